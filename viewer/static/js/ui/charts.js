// @ts-check
import { h, svg } from "../core/dom.js";
import { css, niceBreaks } from "../core/colours.js";
import { dateTime, locale, number, t } from "../core/i18n.js";

const WIDTH = 340;
const DAY_MS = 864e5;
/** Width of a figure beside an axis. */
const LETTER = 6;
/** A line that moves less than this share of its value is drawn as the flat line that it is. */
const LEAST_SHARE = 0.02;

/**
 * Stacked pairs of bars per month, with a table for those who do not see it.
 * @param {{label: string, values: number[]}[]} groups
 * @param {{name: string, colour: number}[]} series
 * @param {string} unitText
 */
export function barChart(groups, series, unitText) {
  const height = 170;
  const [left, bottom, top] = [46, 22, 10];
  const most = Math.max(1e-9, ...groups.flatMap((g) => g.values));
  const ticks = niceBreaks(0, most, 4);
  const max = ticks[ticks.length - 1];
  const y = (/** @type {number} */ v) => top + (height - top - bottom) * (1 - v / max);
  const step = (WIDTH - left - 4) / groups.length;
  const wide = Math.min(11, (step - 4) / series.length);
  const parts = ticks.map((v) => svg("g", {}, svg("line", { x1: left, x2: WIDTH, y1: y(v), y2: y(v), class: "grid" }), svg("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, number(v, 0))));
  groups.forEach((group, i) => {
    const middle = left + step * (i + 0.5);
    group.values.forEach((v, s) => parts.push(svg("rect", {
      x: middle - (wide * series.length) / 2 + wide * s, y: y(v), width: Math.max(1, wide - 1), height: Math.max(0, y(0) - y(v)), fill: css(series[s].colour), rx: 1.5,
    }, svg("title", {}, `${group.label}: ${series[s].name} ${number(v, 0)} ${unitText}`))));
    parts.push(svg("text", { x: middle, y: height - 6, "text-anchor": "middle" }, group.label.slice(0, 1).toUpperCase()));
  });
  const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "chart", role: "img", "aria-label": series.map((s) => s.name).join(", ") }, ...parts);
  const key = h("div", { class: "chart-key" }, series.map((s) => h("span", null, h("i", { class: "swatch", colour: css(s.colour) }), s.name)), h("span", { class: "muted" }, unitText));
  const table = h("table", { class: "sr" }, h("tbody", null, groups.map((g) => h("tr", null, h("th", { scope: "row" }, g.label), g.values.map((v) => h("td", null, number(v, 0)))))));
  return h("figure", { class: "figure-chart" }, chart, key, table);
}

/**
 * A line over time with two axes; gaps longer than four times the usual step stay gaps.
 * @param {{t: number, v: number}[]} items ascending time, ms
 * @param {string} unitText
 * @param {{at?: number}} [options] at: moment that is marked; the last one otherwise
 */
export function lineChart(items, unitText, { at } = {}) {
  const height = 150;
  const [bottom, top] = [20, 10];
  const values = items.map((i) => i.v);
  const ticks = niceBreaks(...wideEnough(Math.min(...values), Math.max(...values)), 4);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const digits = Math.max(1, Math.ceil(-Math.log10(ticks[1] - ticks[0]) - 1e-9));
  const left = Math.max(38, 10 + LETTER * Math.max(...ticks.map((v) => number(v, digits).length)));
  const [t0, t1] = [items[0].t, Math.max(items[items.length - 1].t, items[0].t + 1)];
  const x = (/** @type {number} */ time) => left + ((time - t0) / (t1 - t0)) * (WIDTH - left - 6);
  const y = (/** @type {number} */ v) => top + (height - top - bottom) * (1 - (v - low) / (high - low));
  const label = (/** @type {number} */ time) => new Intl.DateTimeFormat(locale(), t1 - t0 > 2 * DAY_MS ? { day: "numeric", month: "short" } : { ...(t1 - t0 > DAY_MS / 2 ? { weekday: "short" } : {}), hour: "2-digit", minute: "2-digit" }).format(time);
  const last = items.find((i) => i.t === at) ?? items[items.length - 1];
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "chart", role: "img", "aria-label": t("live.chart", { n: items.length, low: number(Math.min(...values)), high: number(Math.max(...values)), unit: unitText }) },
    ...ticks.map((v) => svg("g", {}, svg("line", { x1: left, x2: WIDTH, y1: y(v), y2: y(v), class: "grid" }), svg("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, number(v, digits)))),
    ...[0, 0.5, 1].map((f) => svg("text", { x: x(t0 + (t1 - t0) * f), y: height - 4, "text-anchor": ["start", "middle", "end"][f * 2] }, label(t0 + (t1 - t0) * f))),
    svg("path", { d: linePath(items, x, y), class: "line" }), svg("line", { x1: x(last.t), x2: x(last.t), y1: top, y2: height - bottom, class: "cursor" }), svg("circle", { cx: x(last.t), cy: y(last.v), r: 3, class: "point" }, svg("title", {}, dateTime(new Date(last.t).toISOString()))));
}

/** @param {number} low @param {number} high @returns {[number, number]} the same middle, and no zoom into noise */
function wideEnough(low, high) {
  const lacking = Math.max(0, (Math.abs(low + high) / 2) * LEAST_SHARE - (high - low)) / 2;
  return [low - lacking, high + lacking];
}

/** @param {{t: number, v: number}[]} items @param {(t: number) => number} x @param {(v: number) => number} y */
export function linePath(items, x, y) {
  const steps = items.slice(1).map((item, i) => item.t - items[i].t).sort((a, b) => a - b);
  const gap = (steps[Math.floor(steps.length / 2)] ?? 0) * 4;
  return items.map((item, i) => `${i === 0 || (gap > 0 && item.t - items[i - 1].t > gap) ? "M" : "L"}${x(item.t).toFixed(1)} ${y(item.v).toFixed(1)}`).join("");
}

/**
 * A small line without axes.
 * @param {number[]} values
 */
export function sparkline(values) {
  const [width, height] = [72, 20];
  if (values.length < 2) return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "spark", "aria-hidden": "true" });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const d = values.map((v, i) => `${i ? "L" : "M"}${((i / (values.length - 1)) * (width - 2) + 1).toFixed(1)} ${(height - 2 - ((v - low) / (high - low || 1)) * (height - 4)).toFixed(1)}`).join("");
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "spark", "aria-hidden": "true" }, svg("path", { d, class: "line" }));
}
