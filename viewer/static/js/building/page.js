// @ts-check
import { Vector3 } from "../../vendor/vendor3d.js";
import { byId, fill, h } from "../core/dom.js";
import { createStore } from "../core/store.js";
import { t } from "../core/i18n.js";
import { emptyBlock, errorBlock, skeleton, stageMessage, stageProgress } from "../ui/feedback.js";
import { warm } from "../gl/warm.js";
import { BuildingScene } from "./scene.js";
import { initialState } from "./state.js";
import { restoreView, stateOf } from "./link.js";
import { askFor } from "./opening.js";
import { drawCrumbs } from "./crumbs.js";
import { treeOf } from "./words.js";

/** @typedef {import("./context.js").Context} Context */

/** Panels wait for the first picture, but not longer than this. */
const PANELS_MS = 3000;
/** After so long without anything to load, what may be needed later is made ready. */
const QUIET_MS = 1000;
const panels = () => import("./panels.js");
const pause = (/** @type {number} */ ms) => new Promise((done) => { setTimeout(done, ms); });

/**
 * One building in one version.
 * @param {import("../main.js").App} app
 * @param {import("../core/url.js").Place} place
 * @param {import("./opening.js").Opening | null} [asked] what was asked for before this code came
 * @returns {import("../main.js").Page}
 */
export function openPage(app, place, asked = null) {
  const abort = new AbortController();
  /** @type {Context | null} */
  let context = null;
  /** @type {(() => void)[]} */
  const undo = [];
  const flags = { ready: false, complete: false };
  byId("app").className = "building";
  byId("right").hidden = false;
  fill(byId("left"), skeleton(10));
  fill(byId("right"), skeleton(8));
  stageProgress(0.05);

  const load = async () => {
    stageMessage(null);
    /** @type {Promise<void>} chunks come while the panels are drawn */
    let chunks = Promise.resolve();
    const opening = asked ?? askFor(place, abort.signal);
    asked = null; // another try asks again
    context = await fetchContext(app, place, opening, abort.signal, (scene) => {
      app.viewport.fit(place.storey ? scene.storeyBox(place.storey) : scene.box, { keepDirection: false, jump: true, margin: 1.2 });
      undo.push(() => scene.close());
      const early = initialState(stateOf(place, scene.rows));
      chunks = scene.load((done, total) => { stageProgress(done / total); scene.show(context?.store.get() ?? early); });
      chunks.catch(() => {}); // said below
      const nothing = chunks.catch(() => {}).then(() => (scene.loaded ? app.viewport.shown : 0));
      return Promise.race([app.viewport.shown, nothing, pause(PANELS_MS)]);
    });
    if (!context || abort.signal.aborted) return;
    const { wire, fitView } = await panels();
    if (abort.signal.aborted) return;
    undo.push(...wire(context, place));
    flags.ready = true;
    await chunks;
    if (context.scene.loaded) await context.scene.grounded;
    stageProgress(null);
    if (place.element && !place.eye && context.store.get().selected[0] === place.element) fitView(context);
    flags.complete = true;
    pause(QUIET_MS).then(() => { if (!abort.signal.aborted) warm(app.viewport, true); });
  };
  const retry = () => load().catch((error) => {
    if (abort.signal.aborted) return;
    stageProgress(null);
    if (!context) for (const id of ["left", "right"]) fill(byId(id));
    stageMessage(errorBlock(error, context ? null : retry));
  });
  retry();

  return {
    close() {
      abort.abort();
      for (const action of undo.splice(0)) action();
      stageProgress(null);
      for (const id of ["stage-top", "stage-work", "stage-side", "stage-bottom", "stage-card", "left", "right"]) { fill(byId(id)); delete byId(id).dataset.key; }
    },
    restore(next) {
      if (!context) return;
      context.store.set({ walking: false, plan: false });
      const wanted = stateOf(next, context.scene.rows);
      context.store.set(initialState({ ...wanted, colouring: context.store.get().colouring, marks: context.store.get().marks }));
      context.store.set({ isolated: wanted.isolated });
      restoreView(context, next);
    },
    inspect: () => inspect(app, context, flags),
  };
}

/**
 * @param {import("../main.js").App} app @param {import("../core/url.js").Place} place @param {import("./opening.js").Opening} opening @param {AbortSignal} signal
 * @param {(scene: BuildingScene) => Promise<unknown>} onScene shows it; the rest waits for that
 * @returns {Promise<Context | null>}
 */
async function fetchContext(app, place, opening, signal, onScene) {
  const found = await opening.parts;
  if (!found) await app.words;
  if (!found) return sayEmpty(app, await opening.building());
  const source = await found.scene;
  if (signal.aborted) return null;
  const scene = new BuildingScene(app.viewport, source, found.chunks);
  await onScene(scene);
  const [building, [version, rawTree]] = await Promise.all([opening.building(), found.rest(), app.words, panels()]);
  if (signal.aborted) return null;
  const tree = treeOf(rawTree, scene);
  const store = createStore(initialState(stateOf(place, scene.rows)));
  /** @type {Context} */
  const context = { app, store, scene, building, version, path: found.path, tree, rawTree, signal, answers: new Map(), views: null, select: () => {}, openTab: (tab) => store.set({ tab }) };
  return context;
}

/** @param {import("../main.js").App} app @param {any} building @returns {null} */
function sayEmpty(app, building) {
  stageProgress(null);
  fill(byId("left"), h("div", { class: "panel-head" }, h("h1", null, building.name || building.building_id)));
  fill(byId("right"));
  drawCrumbs(app, building, null);
  stageMessage(emptyBlock("building", t("building.empty"), t("building.empty.hint")));
  return null;
}

/** @param {import("../main.js").App} app @param {Context | null} context @param {{ready: boolean, complete: boolean}} flags */
function inspect(app, context, flags) {
  if (!context) return { ...flags };
  const { store, scene } = context;
  const state = store.get();
  return {
    ...flags, building: context.building.building_id, stage: context.version.stage, version: context.version.version,
    chunks: { loaded: scene.loaded, total: scene.source.chunks.length, bytes: scene.bytes },
    counts: { elements: scene.count, ...scene.model.counts, triangles: scene.model.chunks.reduce((n, c) => n + c.triangles, 0) },
    selected: [...state.selected], tab: state.tab, storey: state.storey, clip: state.clip, bands: [...state.bands],
    cuts: state.cuts, exploded: state.exploded, plan: state.plan, walking: state.walking, around: state.around, neighbours: context.views?.surroundings?.model?.count ?? 0, measuring: state.measuring, isolated: state.isolated?.size ?? null,
    marks: state.marks.map(({ kind, value }) => ({ kind, value })), eye: scene.toModel(app.viewport.camera.position.toArray()),
    colouring: state.colouring?.title ?? null, legend: (state.colouring?.legend ?? []).map(({ key, count, colour }) => ({ key, count, colour })),
    overlay: scene.overlay.children.length,
    async pick(/** @type {number} */ x, /** @type {number} */ y) {
      const row = scene.rowAt(await app.viewport.pick(x, y));
      return row < 0 ? null : scene.table.global_id[row];
    },
    screenPositionOf(/** @type {string} */ id) {
      const box = scene.boxOf([id]);
      return box.isEmpty() ? null : app.viewport.project(box.getCenter(new Vector3()));
    },
  };
}

