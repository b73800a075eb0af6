// @ts-check
import { fill, h } from "../core/dom.js";
import { apiUrl, getJson } from "../core/api.js";
import { ago, number, t, unit, valueText } from "../core/i18n.js";
import { once } from "../building/context.js";
import { follow } from "../live/stream.js";
import { sparkline } from "../ui/charts.js";
import { emptyBlock } from "../ui/feedback.js";
import { alarmList } from "./alarms.js";
import { commandPart } from "./commands.js";
import { HeatMap } from "./heat-map.js";
import { icon } from "../core/icons.js";
import { fold } from "./parts.js";
import { openChart } from "./point-chart.js";
import { kindName, shortName } from "./point-name.js";
import { STALE, mergeObservations, spaceClasses, spaceOf } from "./live-colours.js";

/** @typedef {import("../building/context.js").Context} Context */

const REDRAW_MS = 1000;

/**
 * What the sensors say now: rooms coloured, one point as a chart, alarms, and setpoints where they may be changed.
 * @type {import("./tabs.js").Tab}
 */
export async function openLive(context, panel) {
  const id = encodeURIComponent(context.building.building_id);
  const state = () => getJson(`/buildings/${id}/state`, { signal: context.signal });
  const [points, latest] = await Promise.all([once(context, `/buildings/${id}/points`), state()]);
  if (!points.length) return fill(panel, emptyBlock("live", t("live.empty"), t("live.empty.hint")));
  const view = new LiveView(context, points, latest.items);
  const alarms = await alarmList(context, view.points);
  const commands = await commandPart(context, points, () => view.items);
  fill(panel, ...view.parts(alarms.part, commands));
  view.draw();
  const refresh = async () => { view.items = (await state()).items; view.draw(); };
  const close = follow(apiUrl(`/buildings/${id}/stream`), { onItems: (items) => view.take(items), onGap: () => refresh().catch(() => {}), onState: (open) => view.connected(open) });
  const stop = context.store.on(["selected"], () => { view.draw(); view.showChosen(); });
  const timer = setInterval(() => view.tick(), REDRAW_MS);
  return () => { close(); stop(); alarms.end(); clearInterval(timer); };
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
    this.open = true;
    /** @type {Map<string, number[]>} */
    this.recent = new Map();
    this.table = h("tbody");
    this.chart = h("div", { class: "live-chart" });
    this.room = h("div", { class: "room-card" });
    this.status = h("p", { class: "live-status", role: "status" });
    this.heat = new HeatMap(context, () => ({ kind: this.kind, items: this.items }));
  }

  /** @param {Node} alarms @param {Node | null} commands */
  parts(alarms, commands) {
    const choice = h("select", { id: "live-kind", onchange: () => { this.kind = choice.value; this.draw(); } }, this.kinds.map((k) => h("option", { value: k, selected: k === this.kind }, kindName(k))));
    return [h("h2", null, t("live.title")), this.status, this.room, alarms,
      h("div", { class: "field-row" }, h("label", { for: "live-kind" }, t("live.quantity")), choice), this.chart,
      fold(t("heat.title"), h("div", { class: "heat" }, this.heat.parts())),
      fold(t("live.points"), h("div", { class: "scroll-x", role: "region", "aria-label": t("live.points"), tabindex: "0" }, h("table", { class: "data live" },
        h("thead", null, h("tr", null, ["point", "trend", "value", "age"].map((c) => h("th", { scope: "col" }, t(`live.col.${c}`))))), this.table))), commands];
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

  /** @param {boolean} open whether the stream stands */
  connected(open) {
    this.open = open;
    this.say();
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
    this.drawRoom();
    this.heat.draw();
    const chosen = this.context.store.get().selected[0];
    const own = this.items.filter((i) => i.quantity_kind === this.kind).sort((a, b) => Number(spaceOf(b) === chosen) - Number(spaceOf(a) === chosen));
    fill(this.table, own.map((item) => this.row(item, spaceOf(item) === chosen)));
  }

  say() {
    const stale = this.items.filter((i) => i.stale).length;
    this.status.textContent = [this.open ? "" : t("live.broken"), t("live.count", { n: number(this.items.length, 0) }), stale ? t("live.stale.count", { n: number(stale, 0) }) : t("live.fresh"),
      this.received ? t("live.received", { n: number(this.received, 0) }) : ""].filter(Boolean).join(" · ");
    this.status.classList.toggle("broken", !this.open);
  }

  /** What holds in the selected room: each quantity in words, and its history in one click. */
  drawRoom() {
    const [chosen] = this.context.store.get().selected;
    const own = chosen ? this.items.filter((i) => spaceOf(i) === chosen || i.global_id === chosen) : [];
    if (!own.length) return fill(this.room);
    if (this.room.contains(document.activeElement)) return;
    const node = this.context.scene.rows.get(spaceOf(own[0]));
    const name = node === undefined ? "" : this.context.scene.table.name[node];
    fill(this.room, h("h3", null, t("room.title", { name })), h("ul", { class: "plain" }, own.map((item) => h("li", { class: item.stale ? "stale" : "", "data-judged": judged(item) },
      h("span", null, kindName(item.quantity_kind)), h("b", null, `${valueText(item.value)} ${unit(item.unit)}`), h("span", null, item.stale ? ageText(item) : comfortText(item)),
      h("button", { type: "button", class: "link", "data-history": item.point_id, onclick: () => this.show(item.point_id) }, t("room.history"))))));
  }

  /** The history of what is looked at, where the chosen room has it. */
  showChosen() {
    const [chosen] = this.context.store.get().selected;
    const own = chosen && this.items.find((i) => i.quantity_kind === this.kind && (spaceOf(i) === chosen || i.global_id === chosen));
    const point = own && this.points.get(own.point_id);
    if (point) openChart(this.context, point, this.chart);
  }

  /** @param {string} pointId */
  show(pointId) {
    const point = this.points.get(pointId);
    if (!point) return;
    this.chart.scrollIntoView({ block: "nearest" });
    openChart(this.context, point, this.chart);
  }

  /** @param {any} item @param {boolean} chosen */
  row(item, chosen) {
    const point = this.points.get(item.point_id) ?? item;
    const space = spaceOf(item);
    return h("tr", { class: [item.stale ? "stale" : "", chosen ? "chosen" : ""].join(" ").trim(), "data-point": item.point_id },
      h("td", null, h("span", { class: "name-cell" }, h("button", { type: "button", class: "link", onclick: () => this.show(item.point_id) }, shortName(point)), this.context.scene.rows.has(space) ? this.where(space) : null)),
      h("td", null, sparkline(this.recent.get(item.point_id) ?? [])), h("td", { class: "num" }, h("b", null, valueText(item.value)), ` ${unit(item.unit)}`),
      h("td", { class: "small" }, ageText(item)));
  }

  /** A button that brings the room of a point into view. @param {string} space */
  where(space) {
    const { scene } = this.context;
    const label = `${t("alarm.where")}: ${scene.table.name[scene.rows.get(space) ?? -1] ?? ""}`;
    return h("button", { type: "button", class: "icon-button where", "aria-label": label, title: label, "data-gid": space, onclick: () => this.context.select([space], { zoom: true }) }, icon("fit", 15));
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
}

/** @param {any} item */
export function ageText(item) {
  if (!item.phenomenon_time) return t("live.never");
  return item.stale ? t("live.stale", { ago: ago(item.age_s) }) : ago(item.age_s);
}

/**
 * Where a reading lies against the usual band: "low", "in", "high", or "none" where nothing judges it.
 * @param {any} item with `usual` as the state gives it
 */
export function judged({ kind, value, usual }) {
  if (!usual || typeof value !== "number" || kind === "setpoint") return "none"; // what is wanted is not felt
  if (usual.low !== null && value < usual.low) return "low";
  return usual.high !== null && value > usual.high ? "high" : "in";
}

/** @param {any} item */
function comfortText(item) {
  const verdict = judged(item);
  if (verdict === "none") return ageText(item);
  const { low, high } = item.usual;
  const band = low === null ? `≤ ${number(high)}` : high === null ? `≥ ${number(low)}` : `${number(low)}–${number(high)}`;
  const word = item.quantity_kind === "Temperature" ? `warm.${verdict}` : `comfort.${verdict}`;
  return t(word, { band: `${band} ${unit(item.unit)}` });
}
