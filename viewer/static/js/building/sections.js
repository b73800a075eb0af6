// @ts-check
import { h } from "../core/dom.js";
import { number, t } from "../core/i18n.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./state.js").Axis} Axis */
/** @typedef {import("./state.js").Cut} Cut */

const AXES = /** @type {Axis[]} */ (["x", "y", "z"]);

/**
 * Set, move, turn or drop the plane of one axis.
 * @param {readonly Cut[]} cuts
 * @param {Axis} axis
 * @param {Partial<Cut> | null} change null drops it
 * @param {number} middle where a new plane stands
 * @returns {Cut[]}
 */
export function withCut(cuts, axis, change, middle) {
  const others = cuts.filter((cut) => cut.axis !== axis);
  if (!change) return others;
  const old = cuts.find((cut) => cut.axis === axis) ?? { axis, at: middle, keep: /** @type {const} */ ("below") };
  return [...others, { ...old, ...change }].sort((a, b) => a.axis.localeCompare(b.axis));
}

/** Panel of the three section planes. @param {Context} context */
export function sectionsPanel(context) {
  if (!context.store.get().sections) return null;
  return h("section", { class: "work sections", "aria-label": t("tool.sections") }, AXES.map((axis) => row(context, axis)));
}

/** @param {Context} context @param {Axis} axis */
function row({ store, scene }, axis) {
  const k = AXES.indexOf(axis);
  const [low, high] = [scene.source.bounds[0][k], scene.source.bounds[1][k]];
  const cut = store.get().cuts.find((c) => c.axis === axis);
  const change = (/** @type {Partial<Cut> | null} */ to) => store.set({ cuts: withCut(store.get().cuts, axis, to, (low + high) / 2) });
  const value = h("output", { for: `cut-${axis}` }, cut ? `${number(cut.at, 2)} m` : t("section.off"));
  const slider = h("input", { type: "range", id: `cut-${axis}`, "data-key": `cut-${axis}`, "aria-label": t("section.axis", { axis: axis.toUpperCase() }), min: low, max: high, step: Math.max(0.01, (high - low) / 500), value: cut?.at ?? (low + high) / 2 });
  slider.addEventListener("input", () => { change({ at: Number(slider.value) }); value.textContent = `${number(Number(slider.value), 2)} m`; });
  return h("div", { class: "section-row" },
    h("button", { type: "button", class: "axis", "data-key": `cut-${axis}-on`, "aria-pressed": String(Boolean(cut)), "aria-label": t("section.axis", { axis: axis.toUpperCase() }), onclick: () => change(cut ? null : {}) }, axis.toUpperCase()),
    slider, value,
    h("button", { type: "button", class: "link", "data-key": `cut-${axis}-flip`, disabled: !cut, onclick: () => cut && change({ keep: cut.keep === "below" ? "above" : "below" }) }, t("section.flip")));
}
