// @ts-check
import { fill, h, svg } from "../core/dom.js";
import { getJson } from "../core/api.js";
import { css } from "../core/colours.js";
import { dateTime, number, t, unit } from "../core/i18n.js";
import { once } from "../building/context.js";
import { errorBlock, skeleton } from "../ui/feedback.js";
import { STALE, colourOf, spaceOf } from "./live-colours.js";

/** @typedef {import("../building/context.js").Context} Context */

const HOURS = 24;
const STEP_MIN = 30;
const MARGIN_M = 0.4;

/** Plan of a storey with its rooms coloured by what was measured, at any moment of the last day. */
export class HeatMap {
  /** @param {Context} context @param {() => {kind: string, items: any[]}} now what is measured now */
  constructor(context, now) {
    this.context = context;
    this.now = now;
    this.storey = context.store.get().storey ?? this.firstStorey();
    this.back = 0;
    /** @type {any[] | null} */
    this.past = null;
    this.turn = 0;
    this.map = h("div", { class: "heat-map" });
    this.value = h("output", { for: "heat-time" });
  }

  /** The lowest storey with a room in it. */
  firstStorey() {
    const { table, source } = this.context.scene;
    const used = new Set(table.storey.filter((/** @type {any} */ _, /** @type {number} */ i) => table.band[i] === "spaces"));
    return source.storeys.find((/** @type {any} */ s) => used.has(s.global_id))?.global_id ?? source.storeys[0]?.global_id ?? null;
  }

  parts() {
    const { storeys } = this.context.scene.source;
    const choice = h("select", { id: "heat-storey", onchange: () => { this.storey = choice.value; this.plan(); } },
      storeys.map((/** @type {any} */ s) => h("option", { value: s.global_id, selected: s.global_id === this.storey }, s.name || s.global_id)));
    const slider = h("input", { type: "range", id: "heat-time", min: -HOURS * 60, max: 0, step: STEP_MIN, value: 0 });
    slider.addEventListener("input", () => { this.back = -Number(slider.value); this.say(slider); this.moment(); });
    this.say(slider);
    this.plan();
    return [h("div", { class: "field-row" }, h("label", { for: "heat-storey" }, t("heat.storey")), choice),
      h("label", { class: "slider", for: "heat-time" }, h("span", null, t("heat.time")), slider), this.value, this.map];
  }

  /** @param {HTMLElement} slider */
  say(slider) {
    const text = this.back ? dateTime(new Date(Date.now() - this.back * 60_000).toISOString()) : t("heat.now");
    this.value.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  }

  /** Fetch what held at the moment of the slider; the newest question wins. */
  async moment() {
    const mine = ++this.turn;
    if (!this.back) { this.past = null; return this.draw(); }
    const at = new Date(Date.now() - this.back * 60_000).toISOString();
    const path = `/buildings/${encodeURIComponent(this.context.building.building_id)}/state?at=${encodeURIComponent(at)}`;
    try {
      const answer = await getJson(path, { signal: this.context.signal });
      if (mine !== this.turn) return;
      this.past = answer.items;
      this.draw();
    } catch (error) {
      if (mine === this.turn && !this.context.signal.aborted) fill(this.map, errorBlock(error, () => this.moment()));
    }
  }

  async plan() {
    const { storey } = this;
    fill(this.map, skeleton(4));
    if (!storey) return fill(this.map);
    try {
      const shapes = await once(this.context, `${this.context.path}/plans/${encodeURIComponent(storey)}.json`);
      if (storey !== this.storey) return; // another was chosen meanwhile
      this.shapes = shapes;
      this.draw();
    } catch (error) {
      if (storey === this.storey && !this.context.signal.aborted) fill(this.map, errorBlock(error, () => this.plan()));
    }
  }

  /** What is shown: of now or of the moment. */
  shown() {
    const { kind, items } = this.now();
    return { kind, items: this.past ?? items };
  }

  draw() {
    if (!this.shapes) return;
    const { kind, items } = this.shown();
    const readings = new Map(items.filter((i) => i.quantity_kind === kind && typeof i.value === "number").map((i) => [spaceOf(i), i]));
    const paint = colourOf(items, kind);
    const [x0, y0, x1, y1] = this.shapes.bounds;
    const box = [x0 - MARGIN_M, -y1 - MARGIN_M, x1 - x0 + 2 * MARGIN_M, y1 - y0 + 2 * MARGIN_M];
    const rooms = this.shapes.spaces.map((/** @type {any} */ s) => this.room(s, readings.get(s.global_id), paint));
    const walls = this.shapes.elements.map((/** @type {any} */ e) => svg("path", { d: pathOf(e.shape), class: "plan-wall" }));
    const focused = /** @type {HTMLElement | null} */ (this.map.querySelector(":focus"))?.dataset.gid;
    fill(this.map, svg("svg", { viewBox: box.join(" "), role: "group", "aria-label": t("heat.label", { storey: this.shapes.storey.name }) }, ...rooms, ...walls));
    if (focused) /** @type {any} */ (this.map.querySelector(`[data-gid="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {any} space @param {any} item @param {(value: number) => number} paint */
  room(space, item, paint) {
    const [x, y] = middle(space.shape);
    const stale = item?.stale;
    const value = item ? `${number(item.value)} ${unit(item.unit)}` : t("heat.none");
    const words = `${[space.name ?? "", value].join(" ").trim()}${[space.long_name, stale && t("heat.stale")].filter(Boolean).map((w) => `, ${w}`).join("")}`; // begins as it is seen
    const colour = !item ? "#ffffff" : css(stale ? STALE : paint(item.value));
    const choose = () => this.context.select([space.global_id], { zoom: true });
    const group = svg("g", { class: `room ${stale ? "stale" : ""}`, role: "button", tabindex: 0, "aria-label": words, "data-gid": space.global_id, "data-colour": colour },
      svg("path", { d: pathOf(space.shape), fill: colour }),
      svg("text", { x, y: -y - 0.15, class: "plan-name" }, `${space.name ?? ""} `), svg("text", { x, y: -y + 0.75, class: "plan-value" }, item ? number(item.value) : ""));
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      const key = /** @type {KeyboardEvent} */ (event).key;
      if (key === "Enter" || key === " ") { event.preventDefault(); choose(); }
    });
    return group;
  }
}

/** @param {any} shape GeoJSON, model metres @returns {string} y upwards is drawn upwards */
export function pathOf(shape) {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.type === "MultiPolygon" ? shape.coordinates : [];
  return polygons.flat().map((/** @type {number[][]} */ ring) => `M${ring.map(([x, y]) => `${x.toFixed(3)} ${(-y).toFixed(3)}`).join("L")}Z`).join("");
}

/** Where a label stands: middle of the box of the largest ring. @param {any} shape @returns {[number, number]} */
export function middle(shape) {
  const rings = shape.type === "Polygon" ? [shape.coordinates[0]] : shape.coordinates.map((/** @type {any} */ p) => p[0]);
  const [x0, y0, x1, y1] = rings.map(boxOf).reduce((/** @type {number[]} */ a, /** @type {number[]} */ b) => (area(b) > area(a) ? b : a));
  return [(x0 + x1) / 2, (y0 + y1) / 2];
}

/** @param {number[][]} ring */
const boxOf = (ring) => [Math.min(...ring.map((p) => p[0])), Math.min(...ring.map((p) => p[1])), Math.max(...ring.map((p) => p[0])), Math.max(...ring.map((p) => p[1]))];
/** @param {number[]} box */
const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0);
