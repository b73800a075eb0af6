// @ts-check
/** What the building page shows, and the few moves that change it. Pure but for the store. */

/**
 * @typedef {object} Colouring A mode that a tab puts on the model.
 * @property {string} title
 * @property {Map<number, number>} colours row to 0xrrggbb
 * @property {boolean} ghostUncoloured
 * @property {string[]} [bands] bands it needs to be seen
 * @property {{key: string, label: string, colour: number, count: number, rows: number[]}[]} legend
 */

/** @typedef {"x" | "y" | "z"} Axis of the model, z up */
/** @typedef {{axis: Axis, at: number, keep: "below" | "above"}} Cut a section plane, model metres, and the side that stays */
/** @typedef {"distance" | "area"} MeasureKind */
/** @typedef {{kind: MeasureKind, value: number, points: [number, number, number][], outline: [number, number, number][][]}} Mark a measurement, scene coordinates */

/**
 * @typedef {object} BuildingState
 * @property {string[]} selected GlobalIds
 * @property {Set<number>} hidden rows
 * @property {Set<number> | null} isolated rows
 * @property {boolean} ghostRest show what is not isolated as ghosts
 * @property {string | null} storey
 * @property {Set<string>} bands
 * @property {number | null} clip height of the section plane, model metres
 * @property {Cut[]} cuts at most one for each axis
 * @property {boolean} exploded storeys apart
 * @property {boolean} plan from above, cut over the floor of the storey
 * @property {boolean} walking
 * @property {boolean} around neighbours are drawn
 * @property {MeasureKind | null} measuring
 * @property {Mark[]} marks
 * @property {boolean} sections whether the panel of section planes is open
 * @property {Colouring | null} colouring
 * @property {string | null} legendKey entry of the legend that is shown alone
 * @property {string} tab
 */

/** @param {Partial<BuildingState>} given @returns {BuildingState} */
export function initialState(given) {
  return {
    selected: [], hidden: new Set(), isolated: null, ghostRest: true, storey: null,
    bands: new Set(["structure", "architecture", "services", "furniture", "site"]), clip: null, colouring: null, legendKey: null, tab: "model",
    cuts: [], exploded: false, plan: false, walking: false, measuring: null, marks: [], sections: false, around: false, ...given,
  };
}

/** State without anything hidden, isolated, cut or limited to a storey. */
export const CLEAR = () => ({ hidden: new Set(), isolated: null, storey: null, clip: null, legendKey: null, cuts: [], exploded: false, plan: false, walking: false, measuring: null, marks: [] });

/**
 * Hide rows too.
 * @param {BuildingState} state
 * @param {Iterable<number>} rows
 */
export function hideRows(state, rows) {
  const hidden = new Set(state.hidden);
  for (const row of rows) hidden.add(row);
  return { hidden, selected: [] };
}

/**
 * Show rows again if all are hidden, else hide them.
 * @param {BuildingState} state
 * @param {Set<number>} rows
 */
export function toggleRows(state, rows) {
  const hidden = new Set(state.hidden);
  const all = [...rows].every((row) => hidden.has(row));
  for (const row of rows) if (all) hidden.delete(row); else hidden.add(row);
  return { hidden };
}
