// @ts-check
import { fill, h } from "../core/dom.js";
import { getJson } from "../core/api.js";
import { dateTime, number, t, unit } from "../core/i18n.js";
import { pointName } from "./point-name.js";
import { lineChart } from "../ui/charts.js";
import { emptyBlock, errorBlock, skeleton } from "../ui/feedback.js";

/** @typedef {import("../building/context.js").Context} Context */
/** @typedef {{t: number, v: number}} Sample time in ms, value */

/** How far back a chart reaches: hours, and the step of its means in seconds. @type {Record<string, [number, number]>} */
export const SPANS = { day: [24, 600], week: [168, 3600], month: [720, 14_400], year: [8760, 86_400] };
const NIGHT = { from: 22, to: 6 };

/**
 * History of one point with a slider that reads any moment of it.
 * @param {Context} context
 * @param {any} point
 * @param {HTMLElement} box filled with it
 * @param {string} span one of SPANS
 */
export async function openChart(context, point, box, span = "day") {
  fill(box, head(context, point, box, span), skeleton(3));
  const [hours, step] = SPANS[span];
  const to = new Date();
  const from = new Date(to.getTime() - hours * 3600e3);
  const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), step_s: String(step) });
  try {
    const answer = await getJson(`/points/${encodeURIComponent(context.building.building_id)}/${encodeURIComponent(point.point_id)}/history?${query}`, { signal: context.signal });
    const items = samples(answer.items);
    fill(box, head(context, point, box, span), items.length > 1 ? drawn(items, point) : emptyBlock("live", t("live.nohistory"), t("live.nohistory.hint")));
  } catch (error) {
    if (!context.signal.aborted) fill(box, head(context, point, box, span), errorBlock(error, () => openChart(context, point, box, span)));
  }
}

/** @param {any[]} items @returns {Sample[]} numbers only */
export const samples = (items) => items.filter((i) => typeof i.v === "number").map((i) => ({ t: typeof i.t === "number" ? i.t : Date.parse(i.t), v: i.v }));

/** @param {Context} context @param {any} point @param {HTMLElement} box @param {string} span */
function head(context, point, box, span) {
  const choose = (/** @type {string} */ name) => h("button", { type: "button", "data-span": name, "aria-pressed": String(name === span), onclick: () => {
    openChart(context, point, box, name).then(() => /** @type {HTMLElement | null} */ (box.querySelector(`[data-span=${name}]`))?.focus());
  } }, t(`live.span.${name}`));
  return [h("h3", null, pointName(point)), h("div", { class: "segments", role: "group", "aria-label": t("live.span") }, Object.keys(SPANS).map(choose))];
}

/** @param {Sample[]} items @param {any} point */
function drawn(items, point) {
  const unitText = unit(point.unit);
  const values = items.map((i) => i.v);
  const read = h("output", { class: "reading", for: "moment" });
  const place = h("div", { class: "chart-holder" });
  const slider = h("input", { type: "range", id: "moment", min: 0, max: items.length - 1, step: 1, value: items.length - 1 });
  const show = () => {
    const item = items[Number(slider.value)];
    const text = `${dateTime(new Date(item.t).toISOString())}: ${number(item.v)} ${unitText}`;
    read.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    fill(place, lineChart(items, unitText, { at: item.t }));
  };
  slider.addEventListener("input", show);
  show();
  const night = lastNight(items, new Date());
  return [place, h("label", { class: "slider", for: "moment" }, h("span", null, t("live.moment")), slider), read,
    h("p", { class: "muted small" }, t("live.extremes", { low: number(Math.min(...values)), high: number(Math.max(...values)), unit: unitText })),
    night ? h("p", { class: "night", "data-high": String(night.high) }, t("live.night", { low: number(night.low), high: number(night.high), unit: unitText, when: dateTime(new Date(night.at).toISOString()) })) : null];
}

/**
 * Lowest and highest value of the last night, 22 to 6 o'clock of the reader; while it lasts, of what there is of it.
 * @param {Sample[]} items
 * @param {Date} now
 * @returns {{low: number, high: number, at: number} | null} at: when it was highest
 */
export function lastNight(items, now) {
  const end = new Date(now);
  end.setHours(NIGHT.to, 0, 0, 0);
  const start = new Date(end);
  start.setDate(start.getDate() - 1);
  start.setHours(NIGHT.from);
  const own = items.filter((i) => i.t >= start.getTime() && i.t <= end.getTime());
  if (!own.length) return null;
  const top = own.reduce((a, b) => (b.v > a.v ? b : a));
  return { low: Math.min(...own.map((i) => i.v)), high: top.v, at: top.t };
}
