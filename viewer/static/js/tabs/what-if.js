// @ts-check
import { fill, h } from "../core/dom.js";
import { postJson } from "../core/api.js";
import { number, t } from "../core/i18n.js";
import { errorBlock, skeleton } from "../ui/feedback.js";
import { fold } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

/** Measures that may be tried: name, unit, lowest, highest, step. @type {[string, string, number, number, number][]} */
const MEASURES = [
  ["wall_u_w_m2k", "W/(m²·K)", 0.05, 3, 0.01], ["roof_u_w_m2k", "W/(m²·K)", 0.05, 3, 0.01], ["floor_u_w_m2k", "W/(m²·K)", 0.05, 3, 0.01],
  ["window_u_w_m2k", "W/(m²·K)", 0.4, 6, 0.05], ["window_g", "", 0.1, 0.9, 0.05], ["leak_factor", "", 0.05, 1, 0.05], ["heat_recovery", "", 0, 0.95, 0.05], ["set_point_c", "°C", 15, 25, 0.5],
];
/** Usual packages. @type {Record<string, Record<string, number>>} */
const PACKAGES = { windows: { window_u_w_m2k: 0.8, window_g: 0.5 }, shell: { wall_u_w_m2k: 0.14, roof_u_w_m2k: 0.1, window_u_w_m2k: 0.8, leak_factor: 0.5 }, air: { heat_recovery: 0.85 }, deep: { wall_u_w_m2k: 0.1, roof_u_w_m2k: 0.08, floor_u_w_m2k: 0.1, window_u_w_m2k: 0.7, leak_factor: 0.3, heat_recovery: 0.9 } };

/**
 * What measures would do to the need; computed by the service on the model of this version, kept nowhere.
 * @param {Context} context
 * @param {any} report
 */
export function whatIf(context, report) {
  const out = h("div", { class: "what-if-answer", "aria-live": "polite" });
  const inputs = MEASURES.map(([name, unit, min, max, step]) => ({ name, unit, input: h("input", { type: "number", id: `measure-${name}`, min, max, step, inputMode: "decimal" }) }));
  const presets = h("div", { class: "segments wrap", role: "group", "aria-label": t("whatif.packages") }, Object.entries(PACKAGES).map(([key, values]) => h("button", { type: "button", "data-package": key, onclick: () => {
    for (const { name, input } of inputs) input.value = values[name] ?? "";
    ask();
  } }, t(`whatif.package.${key}`))));
  const send = h("button", { type: "submit", class: "button primary" }, t("whatif.try"));
  const form = h("form", { class: "what-if" }, presets, inputs.map(({ name, unit, input }) => [h("label", { for: input.id }, t(`whatif.${name}`)), h("span", null, input, unit ? h("small", { class: "muted" }, ` ${unit}`) : null)]), send);
  const ask = async () => {
    const given = inputs.filter(({ input }) => input.value !== "").map(({ name, input }) => [name, Number(input.value)]);
    if (!given.length) return fill(out, h("p", { class: "field-error" }, t("whatif.nothing")));
    fill(out, skeleton(2));
    send.disabled = true;
    try {
      fill(out, answer(await postJson(`${context.path}/energy/what-if`, { name: "viewer", ...Object.fromEntries(given) })));
    } catch (error) {
      if (!context.signal.aborted) fill(out, errorBlock(error, ask));
    } finally {
      send.disabled = false;
    }
  };
  form.addEventListener("submit", (/** @type {Event} */ event) => { event.preventDefault(); ask(); });
  return fold(t("whatif.title"), [h("p", { class: "muted small" }, t("whatif.text", { n: number(report.need.heating_kwh_m2, 0) })), form, out], { open: false });
}

/** Need before and after, in figures and as two bars. @param {any} told */
function answer({ before, after }) {
  const saved = before.heating_kwh - after.heating_kwh;
  const share = before.heating_kwh > 0 ? (saved / before.heating_kwh) * 100 : 0;
  const top = Math.max(before.heating_kwh_m2, after.heating_kwh_m2, 1e-9);
  const bar = (/** @type {string} */ name, /** @type {any} */ need) => {
    const filled = h("i");
    filled.style.width = `${(need.heating_kwh_m2 / top) * 100}%`;
    return h("li", { class: `bar-${name}` }, h("span", null, t(`whatif.${name}`)), h("div", { class: "bar", "aria-hidden": "true" }, filled), h("b", null, `${number(need.heating_kwh_m2, 1)} kWh/m²`));
  };
  return [h("ul", { class: "bars" }, bar("before", before), bar("after", after)),
    h("p", { class: "saved", "data-share": share.toFixed(1) }, t("whatif.saved", { kwh: number(saved, 0), share: number(share, 0) })),
    h("p", { class: "small muted" }, t("whatif.cooling", { before: number(before.cooling_kwh_m2, 1), after: number(after.cooling_kwh_m2, 1) }))];
}
