// @ts-check
import { fill, h } from "../core/dom.js";
import { getJson, observe } from "../core/api.js";
import { ago, dateTime, number, t, unit, valueText } from "../core/i18n.js";
import { once } from "../building/context.js";
import { lineChart, sparkline } from "../ui/charts.js";
import { emptyBlock, errorBlock, skeleton } from "../ui/feedback.js";
import { elementLink } from "./parts.js";
import { STALE, mergeObservations, spaceClasses, spaceOf } from "./live-colours.js";

/** @typedef {import("../building/context.js").Context} Context */

const REDRAW_MS = 1000;
const HISTORY_H = 24;

/**
 * What the sensors say now: rooms coloured, one point as a chart.
 * @type {import("./tabs.js").Tab}
 */
export async function openLive(context, panel) {
  const id = encodeURIComponent(context.building.building_id);
  const [points, latest] = await Promise.all([once(context, `/buildings/${id}/points`), getJson(`/buildings/${id}/latest`, { signal: context.signal })]);
  const list = Array.isArray(points) ? points : points.items ?? points.points ?? [];
  if (!list.length) return fill(panel, emptyBlock("live", t("live.empty"), t("live.empty.hint")));
  const view = new LiveView(context, list, latest.items ?? []);
  fill(panel, ...view.parts());
  view.draw();
  const refresh = async () => { view.items = (await getJson(`/buildings/${id}/latest`, { signal: context.signal })).items ?? []; view.draw(); };
  const close = observe(context.building.building_id, (items) => view.take(items), () => refresh().catch(() => {}));
  const timer = setInterval(() => view.tick(), REDRAW_MS);
  return () => { close(); clearInterval(timer); };
}

class LiveView {
  /** @param {Context} context @param {any[]} points @param {any[]} items */
  constructor(context, points, items) {
    this.context = context;
    this.points = new Map(points.map((p) => [p.point_id, p]));
    this.items = items;
    const kinds = [...new Set(items.map((i) => i.quantity_kind))];
    this.kinds = kinds.sort((a, b) => Number(b === "Temperature") - Number(a === "Temperature"));
    this.kind = this.kinds[0] ?? points[0].quantity_kind;
    this.dirty = false;
    this.received = 0;
    /** @type {Map<string, number[]>} */
    this.recent = new Map();
    this.table = h("tbody");
    this.chart = h("div", { class: "live-chart" });
    this.status = h("p", { class: "live-status", role: "status" });
  }

  parts() {
    const choice = h("select", { id: "live-kind", onchange: () => { this.kind = choice.value; this.draw(); } }, this.kinds.map((k) => h("option", { value: k, selected: k === this.kind }, kindName(k))));
    return [h("h2", null, t("live.title")), this.status, h("div", { class: "field-row" }, h("label", { for: "live-kind" }, t("live.quantity")), choice), this.chart,
      h("table", { class: "data live" }, h("thead", null, h("tr", null, ["point", "trend", "value", "age"].map((c) => h("th", { scope: "col" }, t(`live.col.${c}`))))), this.table)];
  }

  /** @param {any[]} observations */
  take(observations) {
    this.items = mergeObservations(this.items, observations, Date.now());
    this.received += observations.length;
    for (const o of observations) {
      const value = o.value ?? o.v;
      if (typeof value === "number") this.recent.set(o.point_id, [...(this.recent.get(o.point_id) ?? []), value].slice(-30));
    }
    this.dirty = true;
  }

  /** Once a second: redraw when something came, age what did not. */
  tick() {
    for (const item of this.items) {
      if (!item.phenomenon_time) continue;
      const interval = this.points.get(item.point_id)?.interval_s;
      item.age_s = Math.max(0, (Date.now() - Date.parse(item.phenomenon_time)) / 1000);
      if (interval && !item.stale && item.age_s > interval * 3) { item.stale = true; this.dirty = true; }
    }
    if (this.dirty && !this.table.matches(":hover") && !this.table.contains(document.activeElement)) this.draw();
    else if (this.dirty) this.colour();
    this.say();
  }

  draw() {
    this.dirty = false;
    this.colour();
    this.say();
    const own = this.items.filter((i) => i.quantity_kind === this.kind);
    fill(this.table, own.map((item) => this.row(item)));
  }

  say() {
    const stale = this.items.filter((i) => i.stale).length;
    this.status.textContent = [t("live.count", { n: number(this.items.length, 0) }), stale ? t("live.stale.count", { n: number(stale, 0) }) : t("live.fresh"), this.received ? t("live.received", { n: number(this.received, 0) }) : ""].filter(Boolean).join(" · ");
  }

  /** @param {any} item */
  row(item) {
    const point = this.points.get(item.point_id) ?? item;
    const space = spaceOf(item);
    return h("tr", { class: item.stale ? "stale" : "", "data-point": item.point_id },
      h("td", null, h("button", { type: "button", class: "link", onclick: () => this.open(point) }, point.name || item.point_id), this.context.scene.rows.has(space) ? h("small", null, elementLink(this.context, space)) : null),
      h("td", null, sparkline(this.recent.get(item.point_id) ?? [])), h("td", { class: "num" }, h("b", null, valueText(item.value)), ` ${unit(item.unit)}`),
      h("td", { class: "small" }, ageText(item)));
  }

  /** Colour the spaces; those without a fresh reading stay grey. */
  colour() {
    const { scene, store } = this.context;
    const { groups, stale } = spaceClasses(this.items, this.kind);
    const unitText = unit(this.items.find((i) => i.quantity_kind === this.kind)?.unit);
    const entries = groups.map((g) => ({ key: g.key, label: `${number(g.low)}–${number(g.high)} ${unitText}`, colour: g.colour, spaces: g.spaces }));
    if (stale.length) entries.push({ key: "stale", label: t("live.stale.legend"), colour: STALE, spaces: stale });
    const colours = new Map();
    const legend = entries.map(({ spaces, ...entry }) => {
      const rows = [...scene.rowsOf(spaces)];
      for (const row of rows) colours.set(row, entry.colour);
      return { ...entry, count: rows.length, rows };
    });
    store.set({ colouring: { title: kindName(this.kind), colours, ghostUncoloured: true, bands: ["spaces"], legend } });
  }

  /** @param {any} point */
  async open(point) {
    fill(this.chart, skeleton(3));
    const to = new Date();
    const from = new Date(to.getTime() - HISTORY_H * 3600e3);
    const path = `/points/${encodeURIComponent(this.context.building.building_id)}/${encodeURIComponent(point.point_id)}/history?from=${encodeURIComponent(from.toISOString())}&to=${encodeURIComponent(to.toISOString())}&step_s=600`;
    try {
      const answer = await getJson(path, { signal: this.context.signal });
      const items = answer.items.filter((/** @type {any} */ i) => typeof i.v === "number").map((/** @type {any} */ i) => ({ t: typeof i.t === "number" ? i.t : Date.parse(i.t), v: i.v }));
      fill(this.chart, h("h3", null, `${point.name || point.point_id}`), h("p", { class: "muted small" }, items.length ? `${dateTime(new Date(items[0].t).toISOString())} – ${dateTime(new Date(items.at(-1).t).toISOString())} · ${unit(point.unit)}` : ""),
        items.length > 1 ? lineChart(items, unit(point.unit)) : emptyBlock("live", t("live.nohistory")));
    } catch (error) {
      fill(this.chart, errorBlock(error, () => this.open(point)));
    }
  }
}

/** @param {any} item */
export function ageText(item) {
  if (!item.phenomenon_time) return t("live.never");
  return item.stale ? t("live.stale", { ago: ago(item.age_s) }) : ago(item.age_s);
}

/** @param {string} kind */
function kindName(kind) {
  const key = `quantity.${kind}`;
  const words = t(key);
  return words === key ? kind.replace(/([a-z])([A-Z])/g, "$1 $2") : words;
}
