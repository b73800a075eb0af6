// @ts-check
/** The address of a view: what can be linked, restored and walked back through. */

/**
 * @typedef {object} Place
 * @property {string | null} building
 * @property {string | null} stage
 * @property {string | null} version
 * @property {string | null} element
 * @property {string | null} tab
 * @property {string | null} storey
 * @property {string | null} mode colour mode of the district
 * @property {string | null} check permit check shown
 * @property {string | null} from version compared with, as stage/number
 * @property {string | null} eye camera, see formatEye
 * @property {string | null} cut section planes, see formatCuts
 * @property {string | null} only elements shown alone, GlobalIds apart by dots
 * @property {string | null} look exploded, plan or walk
 * @property {string | null} bands shown kinds of elements, apart by dots
 */

/** @type {ReadonlyArray<keyof Place>} */
export const FIELDS = ["building", "stage", "version", "element", "tab", "storey", "mode", "check", "from", "eye", "cut", "only", "look", "bands"];
const STAGES = new Set(["as-designed", "as-built", "as-maintained"]);
const LOOKS = new Set(["exploded", "plan", "walk"]);
const TABS = new Set(["model", "permit", "energy", "live", "history", "ask"]);

/** @returns {Place} */
export const emptyPlace = () => ({
  building: null, stage: null, version: null, element: null, tab: null, storey: null, mode: null, check: null, from: null,
  eye: null, cut: null, only: null, look: null, bands: null,
});

/**
 * Read the query string; unknown or malformed values are dropped.
 * @param {string} search such as "?building=1…&element=…"
 * @returns {Place}
 */
export function parsePlace(search) {
  const query = new URLSearchParams(search);
  const place = emptyPlace();
  for (const field of FIELDS) place[field] = query.get(field) || null;
  if (place.stage && !STAGES.has(place.stage)) place.stage = null;
  if (place.tab && !TABS.has(place.tab)) place.tab = null;
  if (place.version && !/^(\d+|latest)$/.test(place.version)) place.version = null;
  if (place.from && !/^[a-z-]+\/\d+$/.test(place.from)) place.from = null;
  if (place.look && !LOOKS.has(place.look)) place.look = null;
  return place;
}

/**
 * Camera as text: where it stands and what it looks at, model metres; a plan adds half the height of its picture.
 * @param {readonly number[]} eye six or seven numbers
 */
export const formatEye = (eye) => eye.map((n) => String(Math.round(n * 100) / 100)).join("_");

/** @param {string | null} text @returns {number[] | null} six or seven numbers, null when it is no camera */
export function parseEye(text) {
  const eye = (text ?? "").split("_").map((part) => (part ? Number(part) : NaN));
  return (eye.length === 6 || eye.length === 7) && eye.every((n) => Number.isFinite(n) && Math.abs(n) < 1e7) ? eye : null;
}

/** @typedef {{axis: "x" | "y" | "z", at: number, keep: "below" | "above"}} Cut */

/**
 * Section planes as text, such as "xb3.2_za1": axis, the side that stays, place in model metres. A height cut has the axis h.
 * @param {readonly Cut[]} cuts
 * @param {number | null} height
 */
export function formatCuts(cuts, height) {
  const round = (/** @type {number} */ n) => Math.round(n * 1000) / 1000;
  return [...(height === null ? [] : [`h${round(height)}`]), ...cuts.map(({ axis, keep, at }) => `${axis}${keep[0]}${round(at)}`)].join("_");
}

/** @param {string | null} text @returns {{cuts: Cut[], height: number | null}} what cannot be read is left out */
export function parseCuts(text) {
  /** @type {Map<string, Cut>} */
  const cuts = new Map();
  let height = null;
  for (const part of (text ?? "").split("_")) {
    const found = /^(?:(h)|([xyz])([ab]))(-?\d+(?:\.\d+)?)$/.exec(part);
    if (!found) continue;
    if (found[1]) height = Number(found[4]);
    else cuts.set(found[2], { axis: /** @type {Cut["axis"]} */ (found[2]), keep: found[3] === "a" ? "above" : "below", at: Number(found[4]) });
  }
  return { cuts: [...cuts.values()], height };
}

/**
 * Write a place as a query string, in a fixed order and without defaults.
 * @param {Partial<Place>} place
 */
export function formatPlace(place) {
  const query = new URLSearchParams();
  for (const field of FIELDS) {
    const value = place[field];
    if (!value || (field === "tab" && value === "model")) continue;
    if (!place.building && field !== "mode") continue;
    query.set(field, value);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}
