// @ts-check
/** Parts of the envelope in colours: by U-value and by direction. */
import { fill, h } from "../core/dom.js";
import { CATEGORY, LOAD, ORIENTATION, niceBreaks, classOf, rampAt } from "../core/colours.js";
import { number, t } from "../core/i18n.js";
import { words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

/** @param {Context} context @param {any} report */
export function colourButtons(context, report) {
  const modes = { none: () => null, u: () => byU(context, report.envelope ?? []), orientation: () => byOrientation(context, report.envelope ?? []) };
  const group = h("div", { class: "segments", role: "group", "aria-label": t("energy.colour") });
  const draw = (/** @type {string} */ active) => fill(group, Object.entries(modes).map(([name, make]) => h("button", { type: "button", "data-colour": name, "aria-pressed": String(name === active), onclick: () => { context.store.set({ colouring: make(), legendKey: null, isolated: null }); draw(name); } }, t(`energy.colour.${name}`))));
  draw("none");
  return group;
}

/** @param {Context} context @param {any[]} envelope @returns {import("../building/state.js").Colouring} */
function byU(context, envelope) {
  const known = envelope.filter((e) => Number.isFinite(e.u_w_m2k));
  const values = known.map((e) => e.u_w_m2k);
  const breaks = niceBreaks(Math.min(...values, 0), Math.max(...values, 0.1), 5);
  const groups = breaks.slice(0, -1).map((low, i) => ({ key: String(i), label: `${number(low, 2)}–${number(breaks[i + 1], 2)} W/(m²·K)`, colour: rampAt(LOAD, i / Math.max(1, breaks.length - 2)), of: known.filter((e) => classOf(e.u_w_m2k, breaks) === i) }));
  return colouring(context, t("energy.u"), groups);
}

/** @param {Context} context @param {any[]} envelope */
function byOrientation(context, envelope) {
  const names = [...new Set(envelope.map((e) => e.orientation))];
  return colouring(context, t("energy.orientation"), names.map((name, i) => ({ key: name, label: words(`orientation.${name}`, name), colour: ORIENTATION[name] ?? CATEGORY[i % CATEGORY.length], of: envelope.filter((e) => e.orientation === name) })));
}

/** @param {Context} context @param {string} title @param {{key: string, label: string, colour: number, of: any[]}[]} groups @returns {import("../building/state.js").Colouring} */
function colouring({ scene }, title, groups) {
  const colours = new Map();
  const legend = groups.map(({ key, label, colour, of }) => {
    const rows = [...scene.rowsOf(of.flatMap((e) => e.elements ?? []))];
    for (const row of rows) colours.set(row, colour);
    return { key, label, colour, count: rows.length, rows };
  });
  return { title, colours, ghostUncoloured: true, legend };
}
