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
 */

/** @type {ReadonlyArray<keyof Place>} */
export const FIELDS = ["building", "stage", "version", "element", "tab", "storey", "mode", "check", "from"];
const STAGES = new Set(["as-designed", "as-built", "as-maintained"]);
const TABS = new Set(["model", "permit", "energy", "live", "history", "ask"]);

/** @returns {Place} */
export const emptyPlace = () => ({
  building: null, stage: null, version: null, element: null, tab: null, storey: null, mode: null, check: null, from: null,
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
  return place;
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
