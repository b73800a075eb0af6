// @ts-check
import { byId, fill, h } from "../core/dom.js";
import { className, number, t } from "../core/i18n.js";
import { labelOf } from "../core/tree.js";
import { icon } from "../core/icons.js";
import { BANDS } from "./opening.js";
import { CLEAR, hideRows } from "./state.js";
import { drawPad } from "../ui/view-pad.js";
import { refill } from "./views.js";

/** @typedef {import("./context.js").Context} Context */

/** Ways of looking that are on or off, each with its key. @type {{name: string, key: string, on: (state: Readonly<import("./state.js").BuildingState>) => boolean, toggle: (context: Context) => void}[]} */
export const MODES = [
  { name: "measure", key: "M", on: (s) => s.measuring !== null, toggle: ({ store }) => store.set({ measuring: store.get().measuring ? null : "distance", walking: false }) },
  { name: "sections", key: "X", on: (s) => s.sections, toggle: ({ store }) => store.set({ sections: !store.get().sections }) },
  { name: "plan", key: "P", on: (s) => s.plan, toggle: ({ store }) => store.set({ plan: !store.get().plan }) },
  { name: "explode", key: "E", on: (s) => s.exploded, toggle: ({ store }) => store.set({ exploded: !store.get().exploded, plan: false, walking: false }) },
  { name: "around", key: "N", on: (s) => s.around, toggle: ({ store, building }) => building.placement && store.set({ around: !store.get().around }) },
  { name: "walk", key: "W", on: (s) => s.walking, toggle: ({ store }) => store.set({ walking: !store.get().walking }) },
];

/** Buttons over the canvas: view, bands, section, storeys. @param {Context} context */
export function drawToolbar(context) {
  drawPad(context.app.viewport);
  const { store, scene } = context;
  const present = new Set(scene.source.chunks.map((/** @type {any} */ c) => c.band));
  const clip = sectionControl(context);
  const tool = (/** @type {string} */ name, /** @type {() => void} */ action, /** @type {string} */ key) =>
    h("button", { type: "button", class: "tool", title: `${t(`tool.${name}`)} (${key})`, "aria-label": t(`tool.${name}`), "aria-keyshortcuts": key, onclick: action }, icon(name));
  const mode = (/** @type {typeof MODES[number]} */ { name, key, on, toggle }) =>
    h("button", { type: "button", class: "tool", "data-key": `mode-${name}`, title: `${t(`tool.${name}`)} (${key})`, "aria-label": t(`tool.${name}`), "aria-keyshortcuts": key, "aria-pressed": String(on(store.get())), onclick: () => toggle(context) }, icon(name));
  refill(byId("stage-top"), [
    h("div", { class: "tools", role: "toolbar", "aria-label": t("tool.label") },
      tool("fit", () => fitView(context), "F"), tool("hide", () => hideSelection(context), "H"), tool("isolate", () => isolateSelection(context, false), "I"),
      tool("ghost", () => isolateSelection(context, true), "G"), tool("reset", () => resetView(context), "R")),
    h("div", { class: "tools", role: "group", "aria-label": t("tool.ways") }, MODES.map(mode)),
    h("div", { class: "segments", role: "group", "aria-label": t("bands.label") }, BANDS.filter((band) => present.has(band)).map((band) =>
      h("button", { type: "button", "data-band": band, "data-key": `band-${band}`, "aria-pressed": String(store.get().bands.has(band)), onclick: () => toggleBand(store, band) }, t(`band.${band}`)))),
    clip]);
}

/** @param {Context} context */
function sectionControl({ store, scene }) {
  const [low, high] = [scene.source.bounds[0][2], scene.source.bounds[1][2]];
  const value = h("output", { for: "clip" });
  const slider = h("input", { type: "range", id: "clip", min: low, max: high, step: Math.max(0.05, (high - low) / 400), value: store.get().clip ?? high });
  const show = () => { value.textContent = store.get().clip === null ? t("section.off") : `${number(store.get().clip, 1)} m`; };
  slider.addEventListener("input", () => {
    store.set({ clip: Number(slider.value) >= high - 0.02 ? null : Number(slider.value) });
    show();
  });
  show();
  return h("div", { class: "section-cut" }, h("label", { for: "clip" }, icon("section"), h("span", null, t("section.label"))), slider, value);
}

/** @param {Context["store"]} store @param {string} band */
function toggleBand(store, band) {
  const bands = new Set(store.get().bands);
  if (!bands.delete(band)) bands.add(band);
  store.set({ bands });
  document.querySelector(`[data-band="${band}"]`)?.setAttribute("aria-pressed", String(bands.has(band)));
}

/** Strip of storeys, top first. @param {Context} context */
export function drawStoreys({ store, scene }) {
  const storeys = [...scene.source.storeys].reverse();
  if (!storeys.length) return fill(byId("stage-side"));
  const entry = (/** @type {string | null} */ id, /** @type {string} */ label, /** @type {string} */ sub) =>
    h("button", { type: "button", "data-storey": id ?? "", "aria-pressed": String(store.get().storey === id), onclick: () => store.set({ storey: id }) }, h("span", null, label), sub && h("small", null, sub));
  fill(byId("stage-side"), h("div", { class: "storeys", role: "group", "aria-label": t("storeys.label") }, entry(null, t("storeys.all"), ""),
    storeys.map((s) => entry(s.global_id, s.name || "–", `${Math.abs(s.elevation_m) < 0.005 ? "±" : s.elevation_m > 0 ? "+" : "−"}${number(Math.abs(s.elevation_m), 2)} m`))));
}

/** Line under the canvas that says what is selected and what can be done with it. @param {Context} context */
export function drawSelectionBar(context) {
  const { store, scene } = context;
  const { selected } = store.get();
  if (!selected.length) return fill(byId("stage-card"));
  const row = scene.rows.get(selected[0]);
  const label = selected.length > 1 ? t("selection.many", { n: selected.length })
    : row === undefined || scene.table.band[row] === "spaces" ? nameInTree(context.rawTree, selected[0]) : `${scene.table.name[row] || "–"} · ${className(scene.table.ifc_class[row])}`;
  const act = (/** @type {string} */ name, /** @type {() => void} */ action) => h("button", { type: "button", class: "tool", title: t(`tool.${name}`), "aria-label": t(`tool.${name}`), onclick: action }, icon(name, 16));
  fill(byId("stage-card"), h("div", { class: "selection-bar" }, h("strong", null, label),
    act("fit", () => fitView(context)), act("hide", () => hideSelection(context)), act("isolate", () => isolateSelection(context, false)), act("ghost", () => isolateSelection(context, true)),
    store.get().tab === "model" ? null : h("button", { type: "button", class: "link", onclick: () => context.openTab("model") }, t("selection.properties")),
    act("close", () => store.set({ selected: [] }))));
}

/** What the structure calls a room, a storey, a building or a site. @param {any} node of the answer of …/tree @param {string} id @returns {string} */
function nameInTree(node, id) {
  const waiting = [node];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (at.global_id === id) return [labelOf(at), className(at.ifc_class)].filter(Boolean).join(" · ");
    waiting.push(...(at.children ?? []));
  }
  return id;
}

/** @param {Context} context */
export function fitView(context) {
  const { app, store, scene } = context;
  const { selected, storey } = store.get();
  const box = scene.boxOf(selected);
  if (!box.isEmpty()) return lookAt(context, box);
  app.viewport.fit(storey ? scene.storeyBox(storey) : scene.box);
}

/** Bring the selection into view; where something stands before it, that becomes a ghost. @param {Context} context @param {import("../../vendor/vendor3d.js").Box3} box */
async function lookAt({ app, store, scene }, box) {
  const { selected } = store.get();
  const rows = scene.rowsOf(selected);
  const near = box.clone().expandByScalar(scene.box.getSize(box.min.clone()).length() * 0.04);
  const view = app.viewport.fit(near, { margin: 1.35 });
  const ahead = view ? scene.rowAt(await app.viewport.pickFrom(view)) : -1;
  if (store.get().selected !== selected) return; // something else was chosen meanwhile
  if (ahead >= 0 && !rows.has(ahead) && !store.get().isolated) store.set({ isolated: rows, ghostRest: true });
  else if (store.get().isolated && ![...rows].every((row) => store.get().isolated?.has(row))) store.set({ isolated: rows, ghostRest: true });
}

/** @param {Context} context */
export function hideSelection({ store, scene }) {
  store.set(hideRows(store.get(), scene.rowsOf(store.get().selected)));
}

/** @param {Context} context @param {boolean} ghostRest */
export function isolateSelection({ store, scene }, ghostRest) {
  const rows = scene.rowsOf(store.get().selected);
  if (rows.size) store.set({ isolated: rows, ghostRest });
}

/** @param {Context} context */
export function resetView(context) {
  context.store.set({ ...CLEAR(), selected: [] });
  drawToolbar(context);
  fitView(context);
}
