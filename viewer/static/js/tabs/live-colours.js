// @ts-check
/** Room colours from readings. Pure. */
import { SEQUENTIAL, THERMAL, niceBreaks, rampAt, classOf } from "../core/colours.js";

/** Grey for a reading too old to be believed. */
export const STALE = 0x9aa4aa;

/** Fixed ends where people expect them, so that colours mean the same every day. @type {Record<string, [number, number]>} */
const SCALES = { Temperature: [16, 28], RelativeHumidity: [20, 70], DimensionlessRatio: [0, 1] };

/**
 * Classes of one quantity over spaces.
 * @param {any[]} items latest readings
 * @param {string} kind QUDT quantity kind
 * @returns {{breaks: number[], groups: {key: string, low: number, high: number, colour: number, spaces: string[]}[], stale: string[]}}
 */
export function spaceClasses(items, kind) {
  const own = items.filter((i) => i.quantity_kind === kind && typeof i.value === "number" && spaceOf(i));
  const fresh = own.filter((i) => !i.stale);
  const breaks = breaksOf(fresh.map((i) => i.value), kind);
  const groups = breaks.slice(0, -1).map((from, i) => ({
    key: String(i), low: from, high: breaks[i + 1], colour: classColour(kind, i, breaks),
    spaces: fresh.filter((r) => classOf(r.value, breaks) === i).map(spaceOf),
  }));
  return { breaks, groups, stale: own.filter((i) => i.stale).map(spaceOf) };
}

/** @param {number[]} values @param {string} kind */
function breaksOf(values, kind) {
  const [low, high] = SCALES[kind] ?? [Math.min(...values, Infinity), Math.max(...values, -Infinity)];
  return Number.isFinite(low) ? niceBreaks(low, high, 6) : [0, 1];
}

/** @param {string} kind @param {number} i @param {number[]} breaks */
const classColour = (kind, i, breaks) => rampAt(kind === "Temperature" ? THERMAL : SEQUENTIAL, (i + 0.5) / (breaks.length - 1));

/**
 * The colour of any value of a quantity, in the classes that `spaceClasses` shows.
 * @param {any[]} items
 * @param {string} kind
 * @returns {(value: number) => number}
 */
export function colourOf(items, kind) {
  const values = items.filter((i) => i.quantity_kind === kind && typeof i.value === "number" && !i.stale).map((i) => i.value);
  const breaks = breaksOf(values, kind);
  return (value) => classColour(kind, classOf(value, breaks), breaks);
}

/** The space a reading speaks for. @param {any} item @returns {string} */
export const spaceOf = (item) => item.space ?? item.global_id;

/**
 * Put new observations over the latest ones.
 * @param {any[]} latest
 * @param {any[]} observations
 * @param {number} now ms
 */
export function mergeObservations(latest, observations, now) {
  const news = new Map(observations.map((o) => [o.point_id, o]));
  return latest.map((item) => {
    const o = news.get(item.point_id);
    if (!o) return item;
    const moment = o.phenomenon_time ?? o.t ?? item.phenomenon_time;
    if (item.phenomenon_time && Date.parse(moment) < Date.parse(item.phenomenon_time)) return item;
    return { ...item, value: o.value ?? o.v, phenomenon_time: moment, age_s: Math.max(0, (now - Date.parse(moment)) / 1000), stale: Boolean(o.stale) };
  });
}
