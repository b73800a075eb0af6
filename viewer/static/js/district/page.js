// @ts-check
import { byId, debounce, fill, h } from "../core/dom.js";
import { createStore } from "../core/store.js";
import { getJson, versionPath } from "../core/api.js";
import { number, onLanguage, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { announce, emptyBlock, errorBlock, skeleton, stageMessage, stageProgress, toast } from "../ui/feedback.js";
import { legend } from "../ui/legend.js";
import { listenPointer } from "../gl/pointer.js";
import { Vector3 } from "../../vendor/vendor3d.js";
import { facts, hoverCard } from "./card.js";
import { labelBuildings } from "./labels.js";
import { ATTRIBUTE, MODES, attributesOf, isGlobalId, latestStage, modeOf, searchBuildings } from "./modes.js";
import { DistrictScene } from "./scene.js";

/** @typedef {{buildings: any[], query: string, mode: string, filter: string | null, focus: string | null, real: number}} DistrictState */

/**
 * Browse all buildings.
 * @param {import("../main.js").App} app
 * @param {import("../core/url.js").Place} place
 * @returns {import("../main.js").Page}
 */
export function openPage(app, place) {
  const store = createStore(/** @type {DistrictState} */ ({ buildings: [], query: "", mode: modeName(place.mode), filter: null, focus: null, real: 0 }));
  /** @type {DistrictScene | null} */
  let scene = null;
  let ready = false;
  let open = true;
  /** @type {(() => void)[]} */
  const undo = [];
  layout();
  app.crumbs([h("span", { "aria-current": "page" }, t("district.title"))]);

  const load = async () => {
    stageMessage(null);
    stageProgress(0.2);
    fill(byId("left"), skeleton(8));
    const district = await getJson("/district");
    if (!open) return;
    stageProgress(0.6);
    scene = new DistrictScene(app.viewport, district);
    drawList(app, store);
    store.set({ buildings: district.buildings });
    if (!district.buildings.length) stageMessage(emptyBlock("building", t("district.empty"), t("district.empty.hint")));
    else if (!scene.buildings.length) stageMessage(emptyBlock("building", t("district.unplaced"), t("district.unplaced.hint")));
    app.viewport.fit(scene.box(), { keepDirection: false, jump: true, margin: 0.98 });
    undo.push(listenPointer(app.viewport, pointerActions(app, store, () => scene)));
    undo.push(labelBuildings(app.viewport, scene, (b) => Boolean(latestStage(b))));
    stageProgress(null);
    ready = true;
    scene.context.open().catch((error) => open && console.warn("the city is not drawn", error));
    await scene.loadReal(() => store.set({ real: scene?.real.size ?? 0 }));
  };
  const retry = () => load().catch((error) => { stageProgress(null); fill(byId("left")); if (open) stageMessage(errorBlock(error, retry)); });
  undo.push(store.on(["buildings", "query", "mode", "filter", "focus", "real"], () => repaint(store, scene)));
  undo.push(store.on(["mode"], ({ mode }) => app.remember({ mode: mode === MODES[0] ? null : mode })));
  undo.push(onLanguage(() => { app.crumbs([h("span", { "aria-current": "page" }, t("district.title"))]); drawList(app, store); repaint(store, scene); }));
  retry();

  return {
    close() {
      open = false;
      for (const action of undo.splice(0)) action();
      scene?.close();
      for (const id of ["stage-top", "stage-bottom", "stage-card", "stage-side", "left"]) fill(byId(id));
    },
    restore: (next) => store.set({ mode: modeName(next.mode) }),
    inspect: () => ({
      ready, mode: store.get().mode, filter: store.get().filter, buildings: store.get().buildings.length, drawn: scene?.buildings.length ?? 0,
      realModels: scene?.real.size ?? 0, shown: shownBuildings(store.get()).length, focus: store.get().focus,
      context: { tiles: scene?.context.tiles.length ?? 0, shown: scene?.context.shown ?? 0, bytes: scene?.context.bytes ?? 0 },
      pick: (/** @type {number} */ x, /** @type {number} */ y) => scene?.buildingAt(app.viewport.pick(x, y))?.building_id ?? null,
      screenPositionOf: (/** @type {string} */ id) => {
        const box = scene?.boxById(id);
        return box ? app.viewport.project(box.getCenter(new Vector3()).setY(box.max.y)) : null;
      },
    }),
  };
}

/** @param {string | null} name */
const modeName = (name) => (name?.startsWith(ATTRIBUTE) ? name : MODES.find((mode) => mode === name) ?? MODES[0]);

/** Words of a mode. @param {string} name */
function modeLabel(name) {
  if (!name.startsWith(ATTRIBUTE)) return t(`mode.${name}`);
  const path = name.slice(ATTRIBUTE.length);
  return t(`attribute.${path}`) === `attribute.${path}` ? path : t(`attribute.${path}`);
}

function layout() {
  byId("app").className = "district";
  byId("right").hidden = true;
  byId("left").setAttribute("aria-label", t("district.list"));
}

/** @param {DistrictState} state */
function shownBuildings(state) {
  const mode = modeOf(state.mode, state.buildings);
  const found = searchBuildings(state.buildings, state.query);
  return state.filter === null ? found : found.filter((b) => mode.keyOf(b) === state.filter);
}

/** @param {import("../main.js").App} app @param {import("../core/store.js").Store<DistrictState>} store */
function drawList(app, store) {
  const search = h("input", { type: "search", id: "search", value: store.get().query, placeholder: t("district.search.placeholder"), autocomplete: "off", oninput: debounce(() => store.set({ query: search.value }), 120) });
  search.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && isGlobalId(search.value)) openElement(app, store.get().buildings, search.value.trim()).catch((error) => stageMessage(errorBlock(error)));
  });
  const list = h("ul", { id: "buildings", class: "cards" });
  list.addEventListener("click", (/** @type {Event} */ event) => {
    const card = /** @type {HTMLElement} */ (event.target).closest("button[data-id]");
    if (card) app.go({ building: card.getAttribute("data-id") });
  });
  for (const kind of ["focusin", "pointerover"]) {
    list.addEventListener(kind, (/** @type {Event} */ event) => {
      const card = /** @type {HTMLElement} */ (event.target).closest("button[data-id]");
      store.set({ focus: card?.getAttribute("data-id") ?? null });
    });
  }
  list.addEventListener("pointerleave", () => store.set({ focus: null }));
  fill(byId("left"),
    h("div", { class: "panel-head" }, h("h1", null, t("district.title")), h("p", { id: "found", class: "muted", role: "status" }),
      h("div", { class: "search" }, icon("search"), h("label", { class: "sr", for: "search" }, t("district.search")), search)),
    list);
}

/** @param {import("../core/store.js").Store<DistrictState>} store @param {DistrictScene | null} scene */
function repaint(store, scene) {
  const state = store.get();
  if (!scene) return;
  const mode = modeOf(state.mode, state.buildings);
  const shown = shownBuildings(state);
  const ids = new Set(shown.map((b) => b.building_id));
  const colours = new Map(mode.classes.map((c) => [c.key, c.colour]));
  scene.show((b) => colours.get(mode.keyOf(b)) ?? 0xcccccc, (b) => ids.has(b.building_id), state.focus);
  drawCards(shown, state);
  drawControls(store, mode);
}

/** @param {any[]} shown @param {DistrictState} state */
function drawCards(shown, state) {
  const list = byId("buildings");
  const key = `${shown.map((b) => b.building_id).join()}|${document.documentElement.lang}`;
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  byId("found").textContent = t("district.found", { n: number(shown.length, 0), total: number(state.buildings.length, 0) });
  if (!shown.length && state.buildings.length) return fill(list, h("li", null, emptyBlock("search", t("district.nothing"), t(isGlobalId(state.query) ? "district.globalid.hint" : "district.nothing.hint"))));
  const order = [...shown].sort((a, b) => Number(Boolean(latestStage(b))) - Number(Boolean(latestStage(a))));
  fill(list, ...order.map((b) => h("li", null, h("button", { type: "button", class: "card", "data-id": b.building_id },
    h("span", { class: "card-title" }, b.name || b.building_id), h("span", { class: "card-sub" }, [b.address, b.ehr_code].filter(Boolean).join(" · ")), facts(b)))));
}

/** @param {import("../core/store.js").Store<DistrictState>} store @param {import("./modes.js").Mode} mode */
function drawControls(store, mode) {
  const state = store.get();
  const key = `${state.mode}|${state.filter}|${state.query}|${state.buildings.length}|${document.documentElement.lang}`;
  if (byId("stage-top").dataset.key === key) return;
  byId("stage-top").dataset.key = key;
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
  fill(byId("stage-top"), h("div", { class: "segments", role: "group", "aria-label": t("district.colour") }, h("span", { class: "segments-label" }, t("district.colour")),
    MODES.map((name) => h("button", { type: "button", "data-key": `mode-${name}`, "aria-pressed": String(name === state.mode), onclick: () => store.set({ mode: name, filter: null }) }, t(`mode.${name}`))), attributeChoice(store)));
  const found = searchBuildings(state.buildings, state.query);
  const entries = mode.classes.map((c) => ({ ...c, label: t(c.label), count: found.filter((b) => mode.keyOf(b) === c.key).length }));
  fill(byId("stage-bottom"), legend(modeLabel(state.mode), entries, {
    active: state.filter,
    onToggle: (filter) => { store.set({ filter }); announce(t("district.found", { n: shownBuildings(store.get()).length, total: state.buildings.length })); },
  }));
  if (focused) /** @type {HTMLElement | null} */ (document.querySelector(`#stage [data-key="${CSS.escape(focused)}"]`))?.focus();
}

/** Choice of any number as the colour. @param {import("../core/store.js").Store<DistrictState>} store */
function attributeChoice(store) {
  const { mode, buildings } = store.get();
  const chosen = mode.startsWith(ATTRIBUTE) ? mode : "";
  const select = h("select", { "data-key": "mode-attribute", "aria-label": t("attribute.choose") }, h("option", { value: "", selected: !chosen }, t("attribute.choose")),
    attributesOf(buildings).map((path) => h("option", { value: ATTRIBUTE + path, selected: chosen === ATTRIBUTE + path }, modeLabel(ATTRIBUTE + path))));
  select.addEventListener("change", () => store.set({ mode: select.value || MODES[0], filter: null }));
  return select;
}

/**
 * Open the element with a GlobalId, whichever building has it.
 * @param {import("../main.js").App} app
 * @param {any[]} buildings
 * @param {string} id
 */
async function openElement(app, buildings, id) {
  for (const b of buildings) {
    const stage = latestStage(b);
    if (!stage) continue;
    const found = await getJson(`${versionPath(b.building_id, stage, "latest")}/elements?q=${encodeURIComponent(id)}&limit=1`);
    if (found.items[0]?.global_id === id) return app.go({ building: b.building_id, stage, element: id });
  }
  announce(t("district.noelement"));
  toast(t("district.noelement"), "error");
}

/** @param {import("../main.js").App} app @param {import("../core/store.js").Store<DistrictState>} store @param {() => DistrictScene | null} scene */
function pointerActions(app, store, scene) {
  return {
    hover(/** @type {any} */ hit) {
      const building = scene()?.buildingAt(hit) ?? null;
      app.viewport.canvas.style.cursor = building ? "pointer" : "grab";
      store.set({ focus: building?.building_id ?? null });
      fill(byId("stage-card"), building && hoverCard(building));
    },
    click(/** @type {any} */ hit) {
      const building = scene()?.buildingAt(hit);
      if (building) app.go({ building: building.building_id });
    },
  };
}
