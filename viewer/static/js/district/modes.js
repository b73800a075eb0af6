// @ts-check
/** Colour modes of the district: each puts a building into one class of a legend. Pure. */
import { LOAD, NEUTRAL, SEAL, STAGE, VERDICT, classOf, niceBreaks, rampAt } from "../core/colours.js";

/** @typedef {{key: string, label: string, colour: number}} ModeClass label is a key of the words, or text when it holds a number */
/** @typedef {{classes: ModeClass[], keyOf: (building: any) => string, codes: () => Uint8Array}} Mode codes: class of each row of the city */
/** @typedef {{kind: string, values: Float32Array | Uint8Array, words: string[], models: Record<string, any>}} Column one attribute of the city, and of the models by id */
/** @typedef {{count: number, column: (key: string) => Column | null}} CityRows */

export const MODES = /** @type {const} */ (["stage", "permit", "class", "energy", "gap", "seal", "alarms", "age"]);

/** Start of the name of a mode that shows a numeric attribute, such as "n:height_m" or "n:energy.heating_kwh_m2". */
export const ATTRIBUTE = "n:";
/** Start of the name of a mode that shows a column of a joined table: its digest, a colon, the name of the column. */
export const TABLE = "t:";
/** @type {CityRows} */
const NO_CITY = { count: 0, column: () => null };
/** Columns of the city that the modes read. @type {Record<string, string[]>} */
const COLUMNS = {
  stage: ["stage"], permit: ["permit"], class: ["energy_class"], energy: ["heating_kwh_m2"], gap: ["measured_kwh_m2", "heating_kwh_m2"], seal: ["seal"],
  alarms: ["alarms"], age: ["data_age_s"],
};
/** Limits of the measured need above the computed one. @type {[number, number][]} limit as a share, colour */
const GAPS = [[-0.2, 0x2166ac], [-0.05, 0x92c5de], [0.05, 0xe6e6e0], [0.2, 0xf4a582], [0.5, 0xd6604d], [Infinity, 0x8b1a2b]];
const PLACES = new Set(["placement", "footprint", "footprint_model", "permit", "stages"]);
/** Energy classes from good to bad: blue to dark brown, readable without hue. @type {Record<string, number>} */
const CLASSES = { A: 0x1f6fb2, B: 0x5aa9d6, C: 0xa8d3dd, D: 0xf0dc9a, E: 0xe8ab4f, F: 0xcf6f2e, G: 0x9c3d1c, H: 0x5f1f12 };
/** Ages of the newest reading: limit in seconds, colour. @type {Record<string, [number, number]>} */
const AGES = { minutes: [900, 0x1b8a6b], day: [86_400, 0x56b4e9], week: [604_800, 0xe0a100], old: [Infinity, 0xc8501a] };

/** The last stage that has a version. @param {any} building @returns {string | null} */
export function latestStage(building) {
  return ["as-maintained", "as-built", "as-designed"].find((stage) => (building.stages?.[stage] ?? 0) > 0) ?? null;
}

/** The class that was computed from official inputs, else that of the certificate in the register. @param {any} building @returns {string} */
export const classLetter = (building) => building.energy?.class ?? building.register?.energy_class ?? "";

/** The worst verdict of a permit count. @param {any} building @returns {string} */
export function permitStatus(building) {
  const counts = building.permit;
  if (!counts) return "none";
  return ["fail", "data_missing", "needs_human", "pass"].find((verdict) => counts[verdict] > 0) ?? "none";
}

/** Keys of the city's columns that a mode reads. @param {string} name @returns {string[]} */
export function columnsOf(name) {
  if (name.startsWith(TABLE)) return [name.slice(TABLE.length)];
  return name.startsWith(ATTRIBUTE) ? [columnOfPath(name.slice(ATTRIBUTE.length))] : COLUMNS[name] ?? [];
}

/** The city names without a path what the models have in one. @param {string} path */
const columnOfPath = (path) => path.split(".").at(-1) ?? path;

/**
 * @param {string} name one of MODES, or an attribute
 * @param {any[]} buildings with a model
 * @param {CityRows} [city]
 * @returns {Mode}
 */
export function modeOf(name, buildings, city = NO_CITY) {
  const column = city.column(columnsOf(name)[0] ?? "");
  if (name === "permit") return permitMode(city);
  if (name === "energy") return numberMode(buildings, (b) => b.energy?.heating_kwh_m2, " kWh/m²", "energy.unknown", city, column);
  if (name === "gap") return gapMode(city);
  if (name === "class") return named("energy.class", [...Object.entries(CLASSES), ["none", NEUTRAL]], (b) => (classLetter(b) in CLASSES ? classLetter(b) : "none"), city, column);
  if (name === "age") return ageMode(city);
  if (name.startsWith(TABLE)) return numberMode(buildings, (b) => column?.models[b.building_id], "", "attribute.none", city, column);
  if (name.startsWith(ATTRIBUTE)) return numberMode(buildings, (b) => valueAt(b, name.slice(ATTRIBUTE.length)) ?? column?.models[b.building_id], "", "attribute.none", city, column);
  if (name === "seal") return named("seal", Object.entries(SEAL), (b) => b.seal ?? "unsealed", city, column);
  if (name === "alarms") return alarmMode(city);
  return named("stage", [...Object.entries(STAGE), ["none", NEUTRAL]], (b) => latestStage(b) ?? "none", city, column);
}

/**
 * Classes by a word; what is no word of theirs is in the last.
 * @param {string} prefix @param {[string, number][]} entries @param {(b: any) => string} keyOf @param {CityRows} city @param {Column | null} column @returns {Mode}
 */
function named(prefix, entries, keyOf, city, column) {
  const keys = entries.map(([key]) => key);
  return { classes: entries.map(([key, colour]) => ({ key, label: `${prefix}.${key}`, colour })), keyOf, codes: () => wordCodes(city.count, column, keys) };
}

/** @param {number} count @param {Column | null} column @param {string[]} keys of the classes, the last for none @returns {Uint8Array} */
function wordCodes(count, column, keys) {
  const out = new Uint8Array(count).fill(keys.length - 1);
  if (!column || column.kind !== "text") return out;
  const classOfWord = new Uint8Array(256).fill(keys.length - 1);
  column.words.forEach((word, i) => { if (keys.includes(word)) classOfWord[i] = keys.indexOf(word); });
  for (let row = 0; row < count; row += 1) out[row] = classOfWord[column.values[row]];
  return out;
}

/** @param {number} count @param {Column | null} column @param {number} none class of no value @param {(value: number) => number} classOfValue @returns {Uint8Array} */
function valueCodes(count, column, none, classOfValue) {
  const out = new Uint8Array(count).fill(none);
  if (!column || column.kind !== "number") return out;
  const { values } = column;
  for (let row = 0; row < count; row += 1) if (values[row] === values[row]) out[row] = classOfValue(values[row]);
  return out;
}

/** @param {CityRows} city @returns {Mode} */
function permitMode(city) {
  const order = /** @type {const} */ (["fail", "data_missing", "needs_human", "pass"]);
  const entries = [...order.map((key) => /** @type {[string, number]} */ ([key, VERDICT[key]])), /** @type {[string, number]} */ (["none", NEUTRAL])];
  return named("permit.status", entries, permitStatus, city, city.column("permit"));
}

/** Measured need against the computed one. @param {CityRows} city @returns {Mode} */
function gapMode(city) {
  const [measured, computed] = [city.column("measured_kwh_m2"), city.column("heating_kwh_m2")];
  const percent = (/** @type {number} */ share) => `${share > 0 ? "+" : share < 0 ? "−" : ""}${Math.round(Math.abs(share) * 100)}`;
  const classes = GAPS.map(([limit, colour], i) => ({
    key: String(i), colour,
    label: i === 0 ? `< ${percent(limit)} %` : limit === Infinity ? `> ${percent(GAPS[i - 1][0])} %` : `${percent(GAPS[i - 1][0])} … ${percent(limit)} %`,
  }));
  const at = (/** @type {number} */ share) => GAPS.findIndex(([limit]) => share <= limit);
  const keyOf = (/** @type {any} */ b) => {
    if (b.measured) return String(at(b.measured.gap_share)); // as its meter told
    const [m, c] = [measured?.models[b.building_id], b.energy?.heating_kwh_m2];
    return Number.isFinite(m) && c > 0 ? String(at(m / c - 1)) : "none";
  };
  const codes = () => {
    const out = new Uint8Array(city.count).fill(GAPS.length);
    if (measured?.kind !== "number" || computed?.kind !== "number") return out;
    for (let row = 0; row < city.count; row += 1) if (measured.values[row] >= 0 && computed.values[row] > 0) out[row] = at(measured.values[row] / computed.values[row] - 1);
    return out;
  };
  return { classes: [...classes, { key: "none", label: "gap.unknown", colour: NEUTRAL }], keyOf, codes };
}

/**
 * Classes of round numbers.
 * @param {any[]} buildings
 * @param {(b: any) => number | null | undefined} valueOf
 * @param {string} unit with its space
 * @param {string} unknown key of the words for no value
 * @param {CityRows} city @param {Column | null} column
 * @returns {Mode}
 */
function numberMode(buildings, valueOf, unit, unknown, city, column) {
  const none = { key: "none", label: unknown, colour: NEUTRAL };
  const [low, high] = rangeOf(buildings.map(valueOf), column);
  if (!(low <= high)) return { classes: [none], keyOf: () => "none", codes: () => new Uint8Array(city.count) };
  const breaks = niceBreaks(low, high);
  const last = breaks.length - 2;
  const classes = breaks.slice(0, -1).map((from, i) => ({ key: String(i), label: `${from}–${breaks[i + 1]}${unit}`, colour: rampAt(LOAD, last ? i / last : 0.5) }));
  const keyOf = (/** @type {any} */ b) => (Number.isFinite(valueOf(b)) ? String(classOf(Number(valueOf(b)), breaks)) : "none");
  return { classes: [...classes, none], keyOf, codes: () => valueCodes(city.count, column, classes.length, (v) => classOf(v, breaks)) };
}

/** Least and largest number. @param {any[]} values @param {Column | null} column */
function rangeOf(values, column) {
  let [low, high] = [Infinity, -Infinity];
  const see = (/** @type {any} */ v) => { if (Number.isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); } };
  for (const v of values) see(v);
  const rows = column?.kind === "number" ? column.values : [];
  for (let i = 0; i < rows.length; i += 1) { // by number: an iterator over 100,000 values takes several milliseconds
    if (rows[i] < low) low = rows[i];
    if (rows[i] > high) high = rows[i];
  }
  return [low, high];
}

/** How old the newest reading is. @param {CityRows} city @returns {Mode} */
function ageMode(city) {
  const limits = Object.values(AGES).map(([limit]) => limit);
  const keys = Object.keys(AGES);
  const at = (/** @type {number} */ age) => limits.findIndex((limit) => age <= limit);
  return {
    classes: [...Object.entries(AGES).map(([key, [, colour]]) => ({ key, label: `age.${key}`, colour })), { key: "none", label: "age.none", colour: NEUTRAL }],
    keyOf: (b) => (Number.isFinite(b.data_age_s) ? keys[at(b.data_age_s)] : "none"),
    codes: () => valueCodes(city.count, city.column("data_age_s"), keys.length, at),
  };
}

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

/** @param {any} building @param {string} path @returns {any} */
const valueAt = (building, path) => path.split(".").reduce((value, key) => value?.[key], building);

/** @param {CityRows} city @returns {Mode} */
function alarmMode(city) {
  const mode = named("alarms", [["many", VERDICT.fail], ["few", VERDICT.data_missing], ["zero", VERDICT.pass], ["none", NEUTRAL]],
    (b) => (!b.points ? "none" : b.alarms > 2 ? "many" : b.alarms > 0 ? "few" : "zero"), city, null);
  return { ...mode, codes: () => valueCodes(city.count, city.column("alarms"), 3, (n) => (n > 2 ? 0 : n > 0 ? 1 : 2)) };
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
