// @ts-check
/** Colour modes of the district: each puts a building into one class of a legend. Pure. */
import { LOAD, NEUTRAL, SEAL, STAGE, VERDICT, classOf, niceBreaks, rampAt } from "../core/colours.js";

/** @typedef {{key: string, label: string, colour: number}} ModeClass label is a key of the words, or text when it holds a number */
/** @typedef {{classes: ModeClass[], keyOf: (building: any) => string}} Mode */

export const MODES = /** @type {const} */ (["stage", "permit", "energy", "seal", "alarms"]);

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
  if (name === "energy") return energyMode(buildings);
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

/** @param {any[]} buildings @returns {Mode} */
function energyMode(buildings) {
  const values = buildings.map((b) => b.energy?.heating_kwh_m2).filter((v) => Number.isFinite(v));
  if (values.length === 0) return { classes: [{ key: "none", label: "energy.unknown", colour: NEUTRAL }], keyOf: () => "none" };
  const breaks = niceBreaks(Math.min(...values), Math.max(...values));
  const last = breaks.length - 2;
  const classes = breaks.slice(0, -1).map((low, i) => ({
    key: String(i), label: `${low}–${breaks[i + 1]} kWh/m²`, colour: rampAt(LOAD, last ? i / last : 0.5),
  }));
  return {
    classes: [...classes, { key: "none", label: "energy.unknown", colour: NEUTRAL }],
    keyOf: (b) => (Number.isFinite(b.energy?.heating_kwh_m2) ? String(classOf(b.energy.heating_kwh_m2, breaks)) : "none"),
  };
}

/** @returns {Mode} */
function alarmMode() {
  return named("alarms", [["many", VERDICT.fail], ["few", VERDICT.data_missing], ["zero", VERDICT.pass], ["none", NEUTRAL]],
    (b) => (!b.points ? "none" : b.alarms > 2 ? "many" : b.alarms > 0 ? "few" : "zero"));
}

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
