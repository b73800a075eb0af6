// @ts-check
import { byId, debounce, fill, h } from "../core/dom.js";
import { createStore } from "../core/store.js";
import { getJson } from "../core/api.js";
import { onLanguage, t } from "../core/i18n.js";
import { emptyBlock, errorBlock, skeleton, stageMessage, stageProgress } from "../ui/feedback.js";
import { listenPointer } from "../gl/pointer.js";
import { Vector3 } from "../../vendor/vendor3d.js";
import { cityCard, hoverCard } from "./card.js";
import { drawControls } from "./controls.js";
import { labelBuildings } from "./labels.js";
import { drawCards, drawList } from "./list.js";
import { ATTRIBUTE, MODES, TABLE, columnsOf, latestStage } from "./modes.js";
import { Painter } from "./painter.js";
import { DistrictScene } from "./scene.js";

/** What the first view leaves free for the legend, as shares of the picture. */
const FREE = { below: 0.1, left: 0.03 };

/**
 * @typedef {object} DistrictState
 * @property {any[]} buildings with a model
 * @property {string} query
 * @property {string} mode
 * @property {string | null} filter class of the legend that is shown alone
 * @property {string | null} focus building with a model under the pointer
 * @property {number | null} row building of the city under the pointer, or chosen
 * @property {{items: any[], total: number} | null} hits buildings of the city that were searched for
 * @property {{sha256: string, columns: string[]}[]} tables joined by register code
 * @property {number} columns how many times something to draw or to colour by came
 */

/**
 * Browse all buildings.
 * @param {import("../main.js").App} app
 * @param {import("../core/url.js").Place} place
 * @returns {import("../main.js").Page}
 */
export function openPage(app, place) {
  const store = createStore(/** @type {DistrictState} */ ({
    buildings: [], query: "", mode: modeName(place.mode), filter: null, focus: null, row: null, hits: null, tables: [], columns: 0,
  }));
  /** @type {DistrictScene | null} */
  let scene = null;
  /** @type {Painter | null} */
  let painter = null;
  let ready = false;
  let open = true;
  /** @type {(() => void)[]} */
  const undo = [];
  layout();
  app.crumbs([h("span", { "aria-current": "page" }, t("district.title"))]);
  const changed = () => { if (open) store.set({ columns: store.get().columns + 1 }); };
  const onRow = (/** @type {number} */ row) => { if (scene) showRow(app, store, scene, row); };
  const repaint = () => {
    if (!scene || !painter) return;
    painter.paint(store.get());
    drawCards(store.get(), painter);
    drawControls(store, scene, painter, { onWhole: () => scene && app.viewport.fit(scene.reach(), { keepDirection: false, jump: true, margin: 0.75 }) });
  };
  const recolour = async () => {
    try {
      await scene?.city.need(columnsOf(store.get().mode));
      changed();
    } catch (error) {
      if (open) stageMessage(errorBlock(error));
    }
  };

  const load = async () => {
    stageMessage(null);
    stageProgress(0.2);
    fill(byId("left"), skeleton(8));
    const district = await getJson("/district");
    if (!district.bounds) district.bounds = (await getJson("/district/city")).bounds; // no model has a place: the city is the place
    if (!open) return;
    stageProgress(0.6);
    scene = new DistrictScene(app.viewport, district, changed);
    painter = new Painter(scene);
    drawList(app, store, { onRow });
    store.set({ buildings: district.buildings });
    firstView(app.viewport, scene.box());
    undo.push(listenPointer(app.viewport, pointerActions(app, store, scene)));
    undo.push(labelBuildings(app.viewport, scene, (b) => Boolean(latestStage(b))));
    stageProgress(null);
    ready = true;
    scene.models.update();
    await scene.city.open();
    if (!open) return;
    if (!scene.buildings.length) emptyOrCity(app, scene, district);
    await recolour();
  };
  const retry = () => load().catch((error) => { if (!open) return; stageProgress(null); if (!scene) fill(byId("left")); stageMessage(errorBlock(error, scene ? null : retry)); });
  undo.push(store.on(["buildings", "query", "mode", "filter", "focus", "row", "hits", "tables", "columns"], repaint));
  undo.push(store.on(["mode"], ({ mode }) => { app.remember({ mode: mode === MODES[0] ? null : mode }); recolour(); }));
  undo.push(onLanguage(() => { app.crumbs([h("span", { "aria-current": "page" }, t("district.title"))]); drawList(app, store, { onRow }); repaint(); }));
  retry();

  return {
    close() {
      open = false;
      for (const action of undo.splice(0)) action();
      scene?.close();
      for (const id of ["stage-top", "stage-bottom", "stage-card", "stage-side", "left"]) { fill(byId(id)); delete byId(id).dataset.key; }
    },
    restore: (next) => store.set({ mode: modeName(next.mode) }),
    inspect: () => ({ ready, ...inspect(app, store.get(), scene, painter) }),
  };
}

/** The whole district, a little up and to the right: the legend stands below at the left. @param {import("../gl/viewport.js").Viewport} viewport @param {import("../../vendor/vendor3d.js").Box3} box */
function firstView(viewport, box) {
  const seen = viewport.fit(box, { keepDirection: false, jump: true, margin: 1.12 });
  if (!seen) return;
  const { target, eye } = seen;
  const away = eye.clone().sub(target);
  const high = 2 * away.length() * Math.tan((viewport.lens.fov * Math.PI) / 360);
  const near = away.clone().setY(0).normalize();
  const right = new Vector3(0, 1, 0).cross(near);
  const shift = near.multiplyScalar((FREE.below * high * away.length()) / away.y).addScaledVector(right, -FREE.left * high * viewport.lens.aspect);
  viewport.flight.to(target.clone().add(shift), eye.clone().add(shift), true);
}

/** Nothing has a model: the city is what there is to see, or there is nothing yet. @param {import("../main.js").App} app @param {DistrictScene} scene @param {any} district */
function emptyOrCity(app, scene, district) {
  if (scene.city.count) app.viewport.fit(scene.reach(), { keepDirection: false, jump: true, margin: 0.75 });
  else if (!district.buildings.length) stageMessage(emptyBlock("building", t("district.empty"), t("district.empty.hint")));
  else stageMessage(emptyBlock("building", t("district.unplaced"), t("district.unplaced.hint")));
}

/** Bring a building of the city into view and tell what is known of it. @param {import("../main.js").App} app @param {import("../core/store.js").Store<DistrictState>} store @param {DistrictScene} scene @param {number} row */
async function showRow(app, store, scene, row) {
  const box = scene.city.boxOf(row);
  store.set({ row });
  if (box) app.viewport.fit(box.expandByScalar(25), {});
  fill(byId("stage-card"), cityCard(await scene.city.describe(row)));
}

/** @param {import("../main.js").App} app @param {DistrictState} state @param {DistrictScene | null} scene @param {Painter | null} painter */
function inspect(app, state, scene, painter) {
  const { city } = scene ?? {};
  return {
    mode: state.mode, filter: state.filter, buildings: state.buildings.length, drawn: scene?.buildings.length ?? 0, realModels: scene?.real.size ?? 0,
    shown: painter?.totals(state).shown ?? 0, focus: state.focus, row: state.row,
    city: { count: city?.count ?? 0, complete: city?.complete ?? false, squares: city?.squares.length ?? 0, walls: city?.squares.filter((s) => s.walls).length ?? 0, classesMs: painter?.ms ?? 0, paintMs: city?.paintMs ?? 0 },
    pick: async (/** @type {number} */ x, /** @type {number} */ y) => scene?.buildingAt(await app.viewport.pick(x, y))?.building_id ?? null,
    pickRow: async (/** @type {number} */ x, /** @type {number} */ y) => scene?.cityRowAt(await app.viewport.pick(x, y)) ?? -1,
    screenPositionOf: (/** @type {string} */ id) => {
      const box = id.startsWith("#") ? city?.boxOf(Number(id.slice(1))) : scene?.boxById(id);
      return box ? app.viewport.project(box.getCenter(new Vector3()).setY(box.max.y)) : null;
    },
  };
}

/** @param {string | null} name */
const modeName = (name) => (name?.startsWith(ATTRIBUTE) || (name && new RegExp(`^${TABLE}[0-9a-f]{64}:.`).test(name)) ? name : MODES.find((mode) => mode === name) ?? MODES[0]);

function layout() {
  byId("app").className = "district";
  byId("right").hidden = true;
  byId("left").setAttribute("aria-label", t("district.list"));
}

/** @param {import("../main.js").App} app @param {import("../core/store.js").Store<DistrictState>} store @param {DistrictScene} scene */
function pointerActions(app, store, scene) {
  let asked = -1;
  const tell = debounce(async (/** @type {number} */ row) => {
    if (asked !== row) return;
    const known = await scene.city.describe(row).catch(() => null);
    if (asked === row && known) fill(byId("stage-card"), cityCard(known));
  }, 80);
  return {
    hover(/** @type {any} */ hit) {
      const building = scene.buildingAt(hit) ?? null;
      const row = scene.cityRowAt(hit);
      app.viewport.canvas.style.cursor = building || row >= 0 ? "pointer" : "grab";
      if (row === asked && row >= 0) return;
      asked = row;
      store.set({ focus: building?.building_id ?? null, row: row >= 0 ? row : null });
      fill(byId("stage-card"), building && hoverCard(building));
      if (row >= 0) tell(row);
    },
    click(/** @type {any} */ hit) {
      const building = scene.buildingAt(hit);
      const row = scene.cityRowAt(hit);
      if (building) app.go({ building: building.building_id });
      else if (row >= 0) { asked = row; showRow(app, store, scene, row); }
    },
  };
}
