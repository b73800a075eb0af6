// @ts-check
/** What stands around the picture of a building, and what keys and the pointer do: it comes after the first picture. */
import { byId, fill, h } from "../core/dom.js";
import { className, onLanguage, t } from "../core/i18n.js";
import { listenPointer } from "../gl/pointer.js";
import { announce } from "../ui/feedback.js";
import { legend } from "../ui/legend.js";
import { openTabs } from "../tabs/tabs.js";
import { MODES, drawSelectionBar, drawStoreys, drawToolbar, fitView, hideSelection, isolateSelection, resetView } from "./toolbar.js";
import { lettersAct } from "./letters.js";
import { keepAddress, restoreView } from "./link.js";
import { Views } from "./views.js";
import { TreePanel } from "./tree-panel.js";
import { drawCrumbs } from "./crumbs.js";
import { treeOf } from "./words.js";

export { fitView };

/** @typedef {import("./context.js").Context} Context */

/** @param {Context} context @param {import("../core/url.js").Place} place @returns {(() => void)[]} */
export function wire(context, place) {
  const { app, store, scene } = context;
  context.select = (ids, options = {}) => {
    if (ids.length === 1 && scene.source.storeys.some((/** @type {any} */ s) => s.global_id === ids[0])) return showStorey(context, ids[0]);
    store.set({ selected: ids });
    if (options.zoom) fitView(context);
  };
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

/** Letters act on the view unless somebody is typing or has switched them off. @param {Context} context */
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
    if (event.key.length === 1 && !lettersAct()) return;
    const action = actions[event.key];
    if (action) action();
  };
  document.addEventListener("keydown", onKey);
  return () => { document.removeEventListener("keydown", onKey); byId("labels").replaceChildren(); };
}

/** @param {Context} context @param {string} storey */
function showStorey({ app, store, scene }, storey) {
  store.set({ storey, selected: [] });
  app.viewport.fit(scene.storeyBox(storey));
}
