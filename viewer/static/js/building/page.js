// @ts-check
import { Vector3 } from "../../vendor/vendor3d.js";
import { byId, fill, h } from "../core/dom.js";
import { createStore } from "../core/store.js";
import { getJson, versionPath } from "../core/api.js";
import { className, onLanguage, t } from "../core/i18n.js";
import { buildTree, withDrawn } from "../core/tree.js";
import { latestStage } from "../district/modes.js";
import { listenPointer } from "../gl/pointer.js";
import { announce, emptyBlock, errorBlock, skeleton, stageMessage, stageProgress } from "../ui/feedback.js";
import { legend } from "../ui/legend.js";
import { openTabs } from "../tabs/tabs.js";
import { BuildingScene } from "./scene.js";
import { initialState } from "./state.js";
import { MODES, drawSelectionBar, drawStoreys, drawToolbar, fitView, hideSelection, isolateSelection, resetView } from "./toolbar.js";
import { keepAddress, restoreView, stateOf } from "./link.js";
import { Views } from "./views.js";
import { TreePanel } from "./tree-panel.js";
import { drawCrumbs } from "./crumbs.js";

/** @typedef {import("./context.js").Context} Context */

/**
 * One building in one version.
 * @param {import("../main.js").App} app
 * @param {import("../core/url.js").Place} place
 * @returns {import("../main.js").Page}
 */
export function openPage(app, place) {
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
    context = await fetchContext(app, place, abort.signal, (scene) => {
      app.viewport.fit(place.storey ? scene.storeyBox(place.storey) : scene.box, { keepDirection: false, jump: true, margin: 1.2 });
      undo.push(() => scene.close());
      const early = initialState(stateOf(place, scene.rows));
      chunks = scene.load((done, total) => { stageProgress(done / total); scene.show(context?.store.get() ?? early); });
      chunks.catch(() => {}); // said below
    });
    if (!context || abort.signal.aborted) return;
    undo.push(...wire(context, place));
    flags.ready = true;
    await chunks;
    stageProgress(null);
    if (place.element && !place.eye && context.store.get().selected[0] === place.element) fitView(context);
    flags.complete = true;
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
 * @param {import("../main.js").App} app @param {import("../core/url.js").Place} place @param {AbortSignal} signal
 * @param {(scene: BuildingScene) => void} onScene its geometry can be asked for
 * @returns {Promise<Context | null>}
 */
async function fetchContext(app, place, signal, onScene) {
  const id = place.building ?? "";
  const asked = getJson(`/buildings/${encodeURIComponent(id)}`, { signal });
  const early = place.stage ? parts(versionPath(id, place.stage, place.version ?? "latest"), signal) : null;
  const building = await asked;
  const stage = place.stage ?? latestStage(building);
  if (!stage) {
    stageProgress(null);
    fill(byId("left"), h("div", { class: "panel-head" }, h("h1", null, building.name || id)));
    fill(byId("right"));
    drawCrumbs(app, building, null);
    stageMessage(emptyBlock("building", t("building.empty"), t("building.empty.hint")));
    return null;
  }
  const path = versionPath(id, stage, place.version ?? "latest");
  const { version, scene: described, tree: structure } = early ?? parts(path, signal);
  const source = await described;
  if (signal.aborted) return null;
  const scene = new BuildingScene(app.viewport, source);
  onScene(scene);
  const rawTree = await structure;
  const tree = treeOf(rawTree, scene);
  const store = createStore(initialState(stateOf(place, scene.rows)));
  /** @type {Context} */
  const context = { app, store, scene, building, version: await version, path, tree, rawTree, signal, answers: new Map(), views: null, select: () => {}, openTab: (tab) => store.set({ tab }) };
  context.select = (ids, options = {}) => {
    if (ids.length === 1 && source.storeys.some((/** @type {any} */ s) => s.global_id === ids[0])) return showStorey(context, ids[0]);
    store.set({ selected: ids });
    if (options.zoom) fitView(context);
  };
  return context;
}

/** Ask for all that a version has at once. @param {string} path @param {AbortSignal} signal */
function parts(path, signal) {
  const asked = { version: getJson(path, { signal }), scene: getJson(`${path}/scene`, { signal }), tree: getJson(`${path}/tree`, { signal }) };
  for (const answer of Object.values(asked)) answer.catch(() => {}); // whoever waits for it says so
  return asked;
}

/** @param {Context} context @param {string} storey */
function showStorey({ app, store, scene }, storey) {
  store.set({ storey, selected: [] });
  app.viewport.fit(scene.storeyBox(storey));
}

/** @param {any} raw @param {BuildingScene} scene */
function treeOf(raw, scene) {
  const nameOf = (/** @type {string} */ id) => scene.table.name[scene.rows.get(id) ?? -1] ?? "";
  return buildTree(withDrawn(raw, scene.table), { nameOf, classLabel: className, spacesLabel: () => className("IfcSpace"), systemsLabel: () => t("tree.systems") });
}

/** @param {Context} context @param {import("../core/url.js").Place} place @returns {(() => void)[]} */
function wire(context, place) {
  const { app, store, scene } = context;
  let panel = new TreePanel(context);
  const stopPointer = listenPointer(app.viewport, pointerActions(context));
  const views = new Views(context);
  context.views = views;
  const redraw = () => {
    drawCrumbs(app, context.building, context.version);
    drawToolbar(context);
    drawStoreys(context);
    drawLegend(context);
    drawSelectionBar(context);
    views.drawWork();
    panel.mark(store.get());
  };
  app.viewport.fit(store.get().storey ? scene.storeyBox(store.get().storey) : scene.box, { keepDirection: false, jump: true, margin: 1.2 });
  const restored = restoreView(context, place);
  redraw();
  scene.show(store.get());
  if (place.element) { panel.reveal(place.element); panel.mark(store.get()); if (!restored && !scene.boxOf([place.element]).isEmpty()) app.viewport.fit(scene.boxOf([place.element]), { margin: 2.4, jump: true }); }
  const { isolated } = store.get();
  const tabs = openTabs(context);
  if (isolated) store.set({ isolated }); // opening a tab takes off what another tab had isolated
  return [
    tabs,
    store.on(["selected", "hidden", "isolated", "ghostRest", "storey", "bands", "clip", "colouring", "cuts", "exploded"], (state) => { scene.show(state); panel.mark(state); }),
    store.on(["selected", "tab"], () => drawSelectionBar(context)),
    store.on(["selected"], (state) => { sayWhatIsSelected(context); if (state.selected.length === 1) panel.reveal(state.selected[0]); panel.mark(state); }),
    store.on(["storey"], () => drawStoreys(context)),
    store.on(["bands", "plan", "exploded", "walking", "measuring", "sections", "around"], () => drawToolbar(context)),
    store.on(["colouring", "legendKey"], () => drawLegend(context)),
    store.on(["selected", "storey", "tab"], ({ selected, storey, tab }) => app.remember({ element: selected.length === 1 ? selected[0] : null, storey, tab })),
    onLanguage(() => { context.tree = treeOf(context.rawTree, scene); panel = new TreePanel(context); redraw(); }),
    () => views.close(),
    keepAddress(context),
    stopPointer,
    listenKeys(context),
  ];
}

/** @param {Context} context */
function sayWhatIsSelected({ store, scene }) {
  const { selected } = store.get();
  const row = scene.rows.get(selected[0] ?? "");
  if (!selected.length) announce(t("selection.none"));
  else if (selected.length > 1) announce(t("selection.many", { n: selected.length }));
  else announce(t("selection.one", { name: row === undefined ? selected[0] : `${className(scene.table.ifc_class[row])} ${scene.table.name[row] ?? ""}` }));
}

/** @param {Context} context */
function drawLegend({ store }) {
  const { colouring, legendKey } = store.get();
  if (!colouring || !colouring.legend.length) return fill(byId("stage-bottom"));
  fill(byId("stage-bottom"), legend(colouring.title, colouring.legend, {
    active: legendKey,
    onToggle(key) {
      const entry = colouring.legend.find((e) => e.key === key);
      store.set({ legendKey: key, isolated: entry ? new Set(entry.rows) : null, ghostRest: true });
    },
  }));
}

/** @param {Context} context */
function pointerActions(context) {
  const { app, store, scene } = context;
  const tip = h("div", { class: "tip", hidden: true });
  byId("labels").replaceChildren(tip);
  return {
    hover(/** @type {any} */ hit, /** @type {PointerEvent} */ event) {
      if (store.get().measuring) context.views?.measuring.hover(hit);
      const row = scene.rowAt(hit);
      if (scene.model.hover(row)) app.viewport.invalidate();
      app.viewport.canvas.style.cursor = row >= 0 ? "pointer" : "grab";
      tip.hidden = row < 0;
      if (row < 0) return;
      fill(tip, h("b", null, scene.table.name[row] || "–"), h("span", null, className(scene.table.ifc_class[row])));
      const stage = app.viewport.canvas.getBoundingClientRect();
      tip.style.transform = `translate(${Math.min(event.clientX - stage.left + 14, stage.width - 240)}px, ${event.clientY - stage.top + 16}px)`;
    },
    click(/** @type {any} */ hit, /** @type {PointerEvent} */ event) {
      if (store.get().measuring) return context.views?.measuring.take(hit);
      const row = scene.rowAt(hit);
      const id = row < 0 ? null : scene.table.global_id[row];
      const { selected } = store.get();
      if (id && (event.ctrlKey || event.metaKey || event.shiftKey)) store.set({ selected: selected.includes(id) ? selected.filter((s) => s !== id) : [...selected, id] });
      else store.set({ selected: id ? [id] : [], ...(id || !store.get().ghostRest || store.get().legendKey ? {} : { isolated: null }) });
    },
    double(/** @type {any} */ hit) {
      if (scene.rowAt(hit) >= 0) fitView(context);
    },
  };
}

/** Letters act on the view unless somebody is typing. @param {Context} context */
function listenKeys(context) {
  const actions = /** @type {Record<string, () => void>} */ ({
    f: () => fitView(context), h: () => hideSelection(context), i: () => isolateSelection(context, false), g: () => isolateSelection(context, true),
    r: () => resetView(context), ...Object.fromEntries(MODES.map(({ key, toggle }) => [key.toLowerCase(), () => toggle(context)])),
    Escape: () => context.views?.escape() || context.store.set({ selected: [], isolated: null, legendKey: null }),
  });
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog")) return;
    if (event.key === "Enter" && target.id === "canvas" && context.store.get().measuring) return context.views?.measuring.takeMiddle();
    const action = actions[event.key];
    if (action) action();
  };
  document.addEventListener("keydown", onKey);
  return () => { document.removeEventListener("keydown", onKey); byId("labels").replaceChildren(); };
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

