// @ts-check
/** Colour modes of the district: each puts a building into one class of a legend. Pure. */
import { LOAD, NEUTRAL, SEAL, STAGE, VERDICT, classOf, niceBreaks, rampAt } from "../core/colours.js";

/** @typedef {{key: string, label: string, colour: number}} ModeClass label is a key of the words, or text when it holds a number */
/** @typedef {{classes: ModeClass[], keyOf: (building: any) => string}} Mode */

export const MODES = /** @type {const} */ (["stage", "permit", "class", "energy", "seal", "alarms", "age"]);

/** Start of the name of a mode that shows a numeric attribute, such as "n:height_m" or "n:energy.heating_kwh_m2". */
export const ATTRIBUTE = "n:";
const PLACES = new Set(["placement", "footprint", "footprint_model", "permit", "stages"]);
/** Energy classes from good to bad: blue to dark brown, readable without hue. @type {Record<string, number>} */
const CLASSES = { A: 0x1f6fb2, B: 0x5aa9d6, C: 0xa8d3dd, D: 0xf0dc9a, E: 0xe8ab4f, F: 0xcf6f2e, G: 0x9c3d1c, H: 0x5f1f12 };
/** Ages of the newest reading: limit in seconds, colour. @type {Record<string, [number, number]>} */
const AGES = { minutes: [900, 0x1b8a6b], day: [86_400, 0x56b4e9], week: [604_800, 0xe0a100], old: [Infinity, 0xc8501a] };

/** The last stage that has a version. @param {any} building @returns {string | null} */
export function latestStage(building) {
  return ["as-maintained", "as-built", "as-designed"].find((stage) => (building.stages?.[stage] ?? 0) > 0) ?? null;
}

/** The worst verdict of a permit count. @param {any} building @returns {string} */
export function permitStatus(building) {
  const counts = building.permit;
  if (!counts) return "none";
  return ["fail", "data_missing", "needs_human", "pass"].find((verdict) => counts[verdict] > 0) ?? "none";
}

/**
 * @param {string} name one of MODES
 * @param {any[]} buildings
 * @returns {Mode}
 */
export function modeOf(name, buildings) {
  if (name === "permit") return permitMode();
  if (name === "energy") return numberMode(buildings, (b) => b.energy?.heating_kwh_m2, " kWh/m²", "energy.unknown");
  if (name === "class") return named("energy.class", [...Object.entries(CLASSES), ["none", NEUTRAL]], (b) => (b.energy?.class in CLASSES ? b.energy.class : "none"));
  if (name === "age") return ageMode();
  if (name.startsWith(ATTRIBUTE)) return numberMode(buildings, (b) => valueAt(b, name.slice(ATTRIBUTE.length)), "", "attribute.none");
  if (name === "seal") return named("seal", Object.entries(SEAL), (b) => b.seal ?? "unsealed");
  if (name === "alarms") return alarmMode();
  return named("stage", [...Object.entries(STAGE), ["none", NEUTRAL]], (b) => latestStage(b) ?? "none");
}

/** @param {string} prefix @param {[string, number][]} entries @param {(b: any) => string} keyOf @returns {Mode} */
function named(prefix, entries, keyOf) {
  return { classes: entries.map(([key, colour]) => ({ key, label: `${prefix}.${key}`, colour })), keyOf };
}

/** @returns {Mode} */
function permitMode() {
  const order = /** @type {const} */ (["fail", "data_missing", "needs_human", "pass"]);
  return named("permit.status", [...order.map((key) => /** @type {[string, number]} */ ([key, VERDICT[key]])), ["none", NEUTRAL]], permitStatus);
}

/**
 * Classes of round numbers.
 * @param {any[]} buildings
 * @param {(b: any) => number | null | undefined} valueOf
 * @param {string} unit with its space
 * @param {string} unknown key of the words for no value
 * @returns {Mode}
 */
function numberMode(buildings, valueOf, unit, unknown) {
  const values = buildings.map(valueOf).filter((v) => Number.isFinite(v)).map(Number);
  const none = { key: "none", label: unknown, colour: NEUTRAL };
  if (values.length === 0) return { classes: [none], keyOf: () => "none" };
  const breaks = niceBreaks(values.reduce((a, v) => Math.min(a, v), Infinity), values.reduce((a, v) => Math.max(a, v), -Infinity));
  const last = breaks.length - 2;
  const classes = breaks.slice(0, -1).map((low, i) => ({ key: String(i), label: `${low}–${breaks[i + 1]}${unit}`, colour: rampAt(LOAD, last ? i / last : 0.5) }));
  return { classes: [...classes, none], keyOf: (b) => (Number.isFinite(valueOf(b)) ? String(classOf(Number(valueOf(b)), breaks)) : "none") };
}

/** @returns {Mode} */
function ageMode() {
  const entries = Object.entries(AGES).map(([key, [, colour]]) => /** @type {[string, number]} */ ([key, colour]));
  const keyOf = (/** @type {any} */ b) => Object.keys(AGES).find((key) => b.data_age_s <= AGES[key][0]) ?? "none";
  return named("age", [...entries, ["none", NEUTRAL]], (b) => (Number.isFinite(b.data_age_s) ? keyOf(b) : "none"));
}

/** @param {any} building @param {string} path @returns {any} */
const valueAt = (building, path) => path.split(".").reduce((value, key) => value?.[key], building);

/**
 * Paths of all numbers that any building tells.
 * @param {any[]} buildings
 * @returns {string[]}
 */
export function attributesOf(buildings) {
  const paths = new Set();
  const collect = (/** @type {any} */ value, /** @type {string} */ path) => {
    for (const [key, inner] of Object.entries(value ?? {})) {
      if (Number.isFinite(inner)) paths.add(path + key);
      else if (inner && typeof inner === "object" && !Array.isArray(inner) && !PLACES.has(key)) collect(inner, `${path}${key}.`);
    }
  };
  for (const b of buildings) collect(b, "");
  return [...paths].sort();
}

/** @returns {Mode} */
function alarmMode() {
  return named("alarms", [["many", VERDICT.fail], ["few", VERDICT.data_missing], ["zero", VERDICT.pass], ["none", NEUTRAL]],
    (b) => (!b.points ? "none" : b.alarms > 2 ? "many" : b.alarms > 0 ? "few" : "zero"));
}

/** Whether a text is an IFC GlobalId: 22 digits of base 64. @param {string} text */
export const isGlobalId = (text) => /^[0-3][0-9A-Za-z_$]{21}$/.test(text.trim());

/**
 * Buildings whose name, address or register code holds every word looked for.
 * @param {any[]} buildings
 * @param {string} query
 */
export function searchBuildings(buildings, query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return buildings.filter((b) => {
    const text = plain([b.name, b.address, b.ehr_code, b.building_id].filter(Boolean).join(" "));
    return words.every((word) => text.includes(word));
  });
}

/** Lower case without accents. @param {string} text */
export const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
