// @ts-check
import { Vector3 } from "../../vendor/vendor3d.js";
import { byId, fill, h } from "../core/dom.js";
import { number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { clearGroup, dots, pathPositions, segments } from "../gl/lines.js";
import { distance, faceAround, meet, snap } from "../gl/surface.js";
import { stepOf, trianglesOf } from "../gl/triangles.js";
import { announce } from "../ui/feedback.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./state.js").Mark} Mark */
/** @typedef {import("../gl/surface.js").Triple} Triple */

const COLOUR = 0x8a1f6a;

/** Distances between points on surfaces and areas of faces: by pointer, or by Enter for the middle of the picture. */
export class Measuring {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    /** @type {Triple | null} first point of a distance that waits for its second */
    this.first = null;
    /** @type {{point: Triple, kind: string} | null} */
    this.near = null;
    this.step = 0;
    this.layer = h("div", { class: "measure-labels" });
    byId("labels").append(this.layer);
    this.place = () => this.placeLabels();
    context.app.viewport.afterFrame.add(this.place);
  }

  /** What was hit. @param {any} hit */
  under(hit) {
    const { scene, app } = this.context;
    const row = scene.rowAt(hit);
    if (row < 0) return null;
    const flat = trianglesOf(scene.model, row);
    const met = meet(flat, hit.ray, (p) => scene.kept(p));
    if (!met) return null;
    this.step = Math.max(this.step, stepOf(scene.model, row));
    const face = faceAround(flat, met.index);
    const onScreen = (/** @type {Triple} */ p) => (scene.kept(p) ? app.viewport.project(new Vector3(...p)) : null);
    return { ...snap(met.point, face, onScreen), face };
  }

  /** Show what a click would take. @param {any} hit */
  hover(hit) {
    this.near = this.under(hit);
    this.draw();
  }

  /** Take a point or a face. @param {any} hit */
  take(hit) {
    const found = this.under(hit);
    if (!found) return announce(t("measure.nothing"));
    const { measuring } = this.context.store.get();
    if (measuring === "area") return this.keep({ kind: "area", value: found.face.area, points: [found.point], outline: found.face.borders });
    if (!this.first) {
      this.first = found.point;
      announce(t("measure.second"));
      return this.draw();
    }
    const points = /** @type {Triple[]} */ ([this.first, found.point]);
    this.first = null;
    this.keep({ kind: "distance", value: distance(points[0], points[1]), points, outline: [points] });
  }

  /** Take what lies in the middle of the picture. */
  async takeMiddle() {
    const { viewport } = this.context.app;
    const rect = viewport.canvas.getBoundingClientRect();
    const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
    this.take(await viewport.pick(x, y));
  }

  /** @param {Mark} mark */
  keep(mark) {
    this.context.store.set({ marks: [...this.context.store.get().marks, mark] });
    announce(`${t(`measure.${mark.kind}`)} ${valueOf(mark)}`);
  }

  /** Forget a point that waits for its second, and what lies under the pointer. */
  rest() {
    this.first = this.near = null;
    this.draw();
  }

  /** Lines and dots over the model. */
  draw() {
    const { scene, store, app } = this.context;
    const { marks, measuring } = store.get();
    clearGroup(scene.measures);
    const lines = marks.flatMap((m) => m.outline.flatMap((path) => pathPositions(path, false)));
    if (lines.length) scene.measures.add(segments(lines, { colour: COLOUR, onTop: true }));
    const points = marks.flatMap((m) => (m.kind === "distance" ? m.points : []));
    if (this.first) points.push(this.first);
    if (points.length) scene.measures.add(dots(points, COLOUR));
    if (measuring && this.near) scene.measures.add(dots([this.near.point], this.near.kind === "surface" ? 0x55636c : 0x1f5fd6));
    fill(this.layer, measuring ? h("i", { class: "reticle" }) : null, marks.map((m) => h("span", { class: "label measured" }, valueOf(m))));
    app.viewport.invalidate();
  }

  placeLabels() {
    const { viewport } = this.context.app;
    if (!this.context.store.get().marks.length) return;
    const labels = /** @type {NodeListOf<HTMLElement>} */ (this.layer.querySelectorAll(".label"));
    const stage = viewport.canvas.getBoundingClientRect();
    this.context.store.get().marks.forEach((mark, i) => {
      const at = viewport.project(middle(mark));
      const label = labels[i];
      if (!label) return;
      label.style.visibility = at ? "visible" : "hidden";
      if (at) label.style.transform = `translate(${Math.round(at.x - stage.left - label.offsetWidth / 2)}px, ${Math.round(at.y - stage.top - 12)}px)`;
    });
  }

  /** Panel with the choice, the measurements, and how exact they are. */
  panel() {
    const { store } = this.context;
    const { measuring, marks } = store.get();
    if (!measuring) return null;
    const choice = (/** @type {import("./state.js").MeasureKind} */ kind) =>
      h("button", { type: "button", "data-key": `measure-${kind}`, "aria-pressed": String(measuring === kind), onclick: () => store.set({ measuring: kind }) }, t(`measure.${kind}`));
    return h("section", { class: "work", "aria-label": t("tool.measure") },
      h("div", { class: "segments", role: "group", "aria-label": t("tool.measure") }, choice("distance"), choice("area")),
      h("p", { class: "muted small" }, t(`measure.${measuring}.hint`)),
      marks.length ? h("ol", { class: "marks" }, marks.map((mark, i) => h("li", null, h("span", null, t(`measure.${mark.kind}`)), h("b", null, valueOf(mark)),
        h("button", { type: "button", class: "icon-button", "data-key": `mark-${i}`, "aria-label": t("measure.remove"), onclick: () => store.set({ marks: marks.filter((m) => m !== mark) }) }, icon("close", 14))))) : null,
      this.step > 0 ? h("p", { class: "muted small" }, t("measure.step", { mm: number(this.step * 1000, 1) })) : null);
  }

  close() {
    this.context.app.viewport.afterFrame.delete(this.place);
    this.layer.remove();
  }
}

/** @param {Mark} mark */
export const valueOf = (mark) => (mark.kind === "area" ? `${number(mark.value, 2)} m²` : `${number(mark.value, 3)} m`);

/** @param {Mark} mark */
function middle({ points, outline }) {
  const all = outline.length ? outline.flat() : points;
  const sum = all.reduce((s, p) => s.add(new Vector3(...p)), new Vector3());
  return sum.divideScalar(Math.max(1, all.length));
}
