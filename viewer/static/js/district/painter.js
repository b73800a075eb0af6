// @ts-check
/** Which class every building is in, models and city, and how many there are of each. */
import { NOT_DRAWN } from "./city.js";
import { modeOf, searchBuildings } from "./modes.js";

/** @typedef {import("./page.js").DistrictState} DistrictState */
/** @typedef {import("./modes.js").Mode} Mode */

/** Keeps what a mode gave until mode, buildings or columns change: a filter or a pointer asks for none of it again. */
export class Painter {
  /** @param {import("./scene.js").DistrictScene} scene */
  constructor(scene) {
    this.scene = scene;
    this.key = "";
    /** @type {Mode} */
    this.mode = { classes: [], keyOf: () => "none", codes: () => new Uint8Array() };
    /** @type {Uint8Array} */
    this.codes = new Uint8Array();
    /** @type {Uint32Array} buildings of the city by class */
    this.tally = new Uint32Array(256);
    /** Milliseconds of script that classes and colours of the whole city last took. */
    this.ms = 0;
  }

  /** @param {DistrictState} state */
  update(state) {
    const { city } = this.scene;
    const key = `${state.mode}|${state.buildings.length}|${city.count}|${state.columns}`;
    if (key === this.key) return;
    this.key = key;
    const start = performance.now();
    this.mode = modeOf(state.mode, state.buildings, city);
    this.codes = this.mode.codes();
    for (const row of city.own) this.codes[row] = NOT_DRAWN;
    this.tally = new Uint32Array(256);
    for (let row = 0; row < this.codes.length; row += 1) this.tally[this.codes[row]] += 1;
    this.ms = performance.now() - start;
  }

  /** Colour everything. @param {DistrictState} state */
  paint(state) {
    this.update(state);
    const { scene, mode } = this;
    const ids = new Set(shownBuildings(state, mode).map((b) => b.building_id));
    const colours = new Map(mode.classes.map((c) => [c.key, c.colour]));
    scene.show((b) => colours.get(mode.keyOf(b)) ?? 0xcccccc, (b) => ids.has(b.building_id), state.focus);
    const only = state.filter === null ? null : mode.classes.findIndex((c) => c.key === state.filter);
    scene.city.show(this.codes, mode.classes.map((c) => c.colour), only, state.row ?? -1);
  }

  /** Buildings of each class: those of the city too, unless something is searched for. @param {DistrictState} state */
  entries(state) {
    const found = searchBuildings(state.buildings, state.query);
    return this.mode.classes.map((c, i) => ({ ...c, count: found.filter((b) => this.mode.keyOf(b) === c.key).length + this.cityCount(state, i) }));
  }

  /** @param {DistrictState} state @param {number} number of a class */
  cityCount(state, number) {
    if (!state.query) return this.tally[number];
    return (state.hits?.items ?? []).filter((item) => this.codes[item.row] === number).length;
  }

  /** How many buildings the filter and the search leave, and how many there are. @param {DistrictState} state */
  totals(state) {
    const city = this.scene.city.count - this.scene.city.own.size;
    const own = shownBuildings(state, this.mode).length;
    const at = state.filter === null ? -1 : this.mode.classes.findIndex((c) => c.key === state.filter);
    const around = state.query ? state.hits?.total ?? 0 : at < 0 ? city : this.tally[at];
    return { shown: own + around, total: state.buildings.length + city };
  }
}

/** Buildings with a model that filter and search leave. @param {DistrictState} state @param {Mode} mode */
export function shownBuildings(state, mode) {
  const found = searchBuildings(state.buildings, state.query);
  return state.filter === null ? found : found.filter((b) => mode.keyOf(b) === state.filter);
}
