// @ts-check
import { h, svg } from "../core/dom.js";
import { css } from "../core/colours.js";
import { number, t } from "../core/i18n.js";

/** @typedef {{name: string, label: string, value: number, colour: number}} Flow value above zero */

const WIDTH = 340;
const BAR = 12;
const GAP = 7;
const LEAST = 2;
/** Least height of a flow with its label. */
const PITCH = 15;

/**
 * What enters on the left and what leaves on the right of one node in the middle; a table for those who do not see it.
 * @param {Flow[]} incoming
 * @param {Flow[]} outgoing
 * @param {{label: string, unit: string, onFlow?: (name: string) => void}} options
 */
export function sankey(incoming, outgoing, { label, unit, onFlow }) {
  const sums = [incoming, outgoing].map((flows) => flows.reduce((n, f) => n + f.value, 0));
  const most = Math.max(...sums, 1e-9);
  const rows = Math.max(incoming.length, outgoing.length);
  const height = 140 + rows * PITCH;
  const scale = (height - PITCH * rows) / most;
  const [leftX, middleX, rightX] = [0, WIDTH / 2 - BAR / 2, WIDTH - BAR];
  const middleY = (height - most * scale) / 2;
  const parts = [...side(incoming, { barX: leftX, height, scale, middleX, middleY, unit, toRight: true }), ...side(outgoing, { barX: rightX, height, scale, middleX: middleX + BAR, middleY, unit, toRight: false })];
  const node = svg("rect", { x: middleX, y: middleY, width: BAR, height: most * scale, class: "sankey-node" });
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "chart sankey", role: "img", "aria-label": label }, ...parts, node);
  return h("figure", { class: "figure-chart" }, drawing, flowTable([[t("sankey.in"), incoming], [t("sankey.out"), outgoing]], unit, sums, onFlow));
}

/**
 * @param {Flow[]} flows
 * @param {{barX: number, height: number, scale: number, middleX: number, middleY: number, unit: string, toRight: boolean}} place
 */
function side(flows, { barX, height, scale, middleX, middleY, unit, toRight }) {
  const room = (/** @type {Flow} */ f) => Math.max(PITCH, f.value * scale + GAP);
  const total = flows.reduce((n, f) => n + room(f), 0);
  let y = Math.max(0, (height - total) / 2);
  let at = middleY;
  return flows.map((flow) => {
    const wide = Math.max(LEAST, flow.value * scale);
    const [from, to] = toRight ? [barX + BAR, middleX] : [barX, middleX];
    const bend = (from + to) / 2;
    const d = `M${from} ${y}C${bend} ${y} ${bend} ${at} ${to} ${at}V${at + wide}C${bend} ${at + wide} ${bend} ${y + wide} ${from} ${y + wide}Z`;
    const words = `${flow.label}: ${number(flow.value, 0)} ${unit}`;
    const group = svg("g", { "data-flow": flow.name }, svg("title", {}, words), svg("path", { d, fill: css(flow.colour), class: "sankey-flow" }), svg("rect", { x: barX, y, width: BAR, height: wide, fill: css(flow.colour) }),
      svg("text", { x: toRight ? BAR + 5 : WIDTH - BAR - 5, y: y + wide / 2 + 4, "text-anchor": toRight ? "start" : "end", class: "sankey-label" }, flow.label));
    y += room(flow);
    at += flow.value * scale;
    return group;
  });
}

/** @param {[string, Flow[]][]} sides @param {string} unit @param {number[]} sums @param {((name: string) => void) | undefined} onFlow */
function flowTable(sides, unit, sums, onFlow) {
  const row = (/** @type {Flow} */ f, /** @type {number} */ sum) => h("tr", null, h("th", { scope: "row" }, h("i", { class: "swatch", colour: css(f.colour) }), onFlow ? h("button", { type: "button", class: "link", onclick: () => onFlow(f.name) }, f.label) : f.label),
    h("td", { class: "num" }, `${number(f.value, 0)} ${unit}`), h("td", { class: "num" }, `${number(sum ? (f.value / sum) * 100 : 0, 0)} %`));
  return h("table", { class: "data flows" }, sides.map(([title, flows], i) => h("tbody", null, h("tr", null, h("th", { colSpan: 3, scope: "rowgroup" }, t("flow.sum", { title, n: number(sums[i], 0), unit }))), flows.map((f) => row(f, sums[i])))));
}

/**
 * Flows of the heat balance of a year.
 * @param {Record<string, number>} balance numbers ending in _kwh, what enters is positive
 * @param {(name: string) => string} labelOf
 * @param {(name: string) => number} colourOf
 */
export function flowsOf(balance, labelOf, colourOf) {
  const all = Object.entries(balance).filter(([name, v]) => name.endsWith("_kwh") && Number.isFinite(v) && Math.abs(v) >= 0.5)
    .map(([name, v]) => ({ name, label: labelOf(name), value: Math.abs(v), colour: colourOf(name), enters: v > 0 })).sort((a, b) => b.value - a.value);
  return { incoming: all.filter((f) => f.enters), outgoing: all.filter((f) => !f.enters) };
}
