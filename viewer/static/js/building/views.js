// @ts-check
import { Box3, Vector3 } from "../../vendor/vendor3d.js";
import { byId, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { announce, toast } from "../ui/feedback.js";
import { Measuring } from "./measure.js";
import { sectionsPanel } from "./sections.js";
import { Surroundings } from "./surroundings.js";
import { Walk } from "./walk.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./state.js").BuildingState} BuildingState */

/** A plan is cut here over the floor, as plans on paper are. */
const PLAN_CUT_M = 1.2;
/** How far from the middle of a room a walk begins, as a share of its length. */
const STEP_BACK = 0.35;

/** Ways of looking that need more than a fill of the state texture: plan, walk, measuring, section planes. */
export class Views {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.measuring = new Measuring(context);
    /** @type {Walk | null} */
    this.walk = null;
    /** @type {Surroundings | null} */
    this.surroundings = null;
    this.undo = [
      context.store.on(["plan"], (state) => this.plan(state)),
      context.store.on(["storey"], ({ plan, storey }) => plan && (storey ? this.cutPlan() : context.store.set({ plan: false }))),
      context.store.on(["walking"], ({ walking }) => (walking ? this.startWalk() : this.endWalk())),
      context.store.on(["exploded"], ({ exploded, storey }) => {
        context.scene.explode(exploded);
        context.app.viewport.fit(storey ? context.scene.storeyBox(storey) : context.scene.reach);
      }),
      context.store.on(["around"], ({ around }) => this.showAround(around)),
      context.store.on(["measuring", "marks"], ({ measuring }) => { if (!measuring) this.measuring.rest(); this.measuring.draw(); }),
      context.store.on(["measuring", "marks", "cuts", "sections", "walking"], () => this.drawWork()),
    ];
  }

  /** @param {Readonly<BuildingState>} state */
  plan({ plan, storey }) {
    const { store, app, scene } = this.context;
    if (plan) store.set({ walking: false, exploded: false, storey: storey ?? this.mainStorey() });
    app.viewport.setFlat(plan);
    if (plan) return this.cutPlan();
    store.set({ clip: null });
    app.viewport.fit(store.get().storey ? scene.storeyBox(store.get().storey) : scene.box, { keepDirection: false });
  }

  /** Cut the storey of a plan, and bring it into the picture. */
  cutPlan() {
    const { store, app, scene } = this.context;
    const box = scene.storeyBox(store.get().storey);
    store.set({ clip: this.floorOf(store.get().storey) + PLAN_CUT_M });
    app.viewport.fit(box.isEmpty() ? scene.box : box, { margin: 1.15 });
  }

  /** Height of a storey's floor in the model; where its elevation lies outside its elements, their foot. @param {string | null} storey */
  floorOf(storey) {
    const { scene } = this.context;
    const box = scene.storeyBox(storey);
    const [low, high] = [box.min.y, box.max.y].map((y) => y + scene.source.origin[2]);
    const told = scene.source.storeys.find((/** @type {any} */ s) => s.global_id === storey)?.elevation_m;
    return box.isEmpty() || (told >= low - 0.5 && told <= high) ? told ?? low : low;
  }

  /** The first storey above the ground that has elements. @returns {string | null} */
  mainStorey() {
    const { source } = this.context.scene;
    const filled = source.storeys.filter((/** @type {any} */ s) => !this.context.scene.storeyBox(s.global_id).isEmpty());
    return (filled.find((/** @type {any} */ s) => s.elevation_m >= -0.5) ?? filled[0] ?? null)?.global_id ?? null;
  }

  /** Box of the space of a storey with the largest floor, or an empty one. @param {string | null} storey */
  roomiest(storey) {
    const { scene } = this.context;
    const floor = (/** @type {Box3} */ box) => (box.isEmpty() ? 0 : (box.max.x - box.min.x) * (box.max.z - box.min.z));
    return scene.spaceRows.filter((/** @type {number} */ row) => scene.table.storey[row] === storey).map((/** @type {number} */ row) => scene.rowBox(row))
      .reduce((/** @type {Box3} */ a, /** @type {Box3} */ b) => (floor(b) > floor(a) ? b : a), new Box3());
  }

  startWalk() {
    const { store, scene } = this.context;
    store.set({ plan: false, exploded: false, clip: null, measuring: null, ...(store.get().ghostRest ? { isolated: null } : {}) }); // nobody walks among ghosts
    const chosen = scene.boxOf(store.get().selected);
    const storey = store.get().storey ?? this.mainStorey();
    const room = chosen.isEmpty() ? this.roomiest(storey) : chosen;
    const box = room.isEmpty() ? scene.storeyBox(storey) : room;
    const [foot, size] = [(box.isEmpty() ? scene.box : box).getCenter(new Vector3()), room.getSize(new Vector3())];
    foot.y = (chosen.isEmpty() ? this.floorOf(storey) - scene.source.origin[2] : box.min.y) + 0.05;
    const east = size.x > size.z; // along the room, from one end: the first picture is no wall
    foot.x -= east ? size.x * STEP_BACK : 0;
    foot.z += east ? 0 : size.z * STEP_BACK;
    this.enterAt(foot, east ? -Math.PI / 2 : 0);
    announce(t("walk.hint"));
  }

  /** @param {Vector3} foot @param {number} heading */
  enterAt(foot, heading) {
    this.walk?.close();
    this.walk = new Walk(this.context, foot, heading);
  }

  endWalk() {
    this.walk?.close();
    this.walk = null;
  }

  /** @param {boolean} on */
  showAround(on) {
    this.surroundings?.close();
    this.surroundings = on ? new Surroundings(this.context) : null;
    this.surroundings?.open().catch((error) => { if (!this.context.signal.aborted) toast(String(error.message ?? error), "error"); });
  }

  /** Leave the innermost way of looking. @returns {boolean} whether there was one */
  escape() {
    const { store } = this.context;
    const { walking, measuring } = store.get();
    if (walking) store.set({ walking: false });
    else if (measuring && this.measuring.first) this.measuring.rest();
    else if (measuring) store.set({ measuring: null });
    return walking || Boolean(measuring);
  }

  /** Panels of what is being done; a slider that is being dragged stays. */
  drawWork() {
    const { store } = this.context;
    const { measuring, marks, cuts, sections, walking } = store.get();
    const key = JSON.stringify([measuring, marks.length, marks.at(-1)?.value, sections, walking, cuts.map(({ axis, keep }) => axis + keep), document.documentElement.lang]);
    const holder = byId("stage-work");
    if (holder.dataset.key === key) return;
    holder.dataset.key = key;
    refill(holder, [this.measuring.panel(), sectionsPanel(this.context), walking ? h("section", { class: "work" }, h("p", { class: "small" }, t("walk.hint"))) : null]);
  }

  close() {
    for (const action of this.undo.splice(0)) action();
    this.endWalk();
    this.surroundings?.close();
    this.measuring.close();
    this.context.app.viewport.setFlat(false);
  }
}

/** Replace what an element holds and keep the focus on the same control. @param {HTMLElement} holder @param {any[]} children */
export function refill(holder, children) {
  const key = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
  const inside = holder.contains(document.activeElement);
  fill(holder, ...children);
  if (inside && key) /** @type {HTMLElement | null} */ (holder.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
}
