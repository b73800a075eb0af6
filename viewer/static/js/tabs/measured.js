// @ts-check
import { fill, h } from "../core/dom.js";
import { getJson } from "../core/api.js";
import { number, t } from "../core/i18n.js";
import { once } from "../building/context.js";
import { emptyBlock, errorBlock, skeleton } from "../ui/feedback.js";
import { said } from "../ui/sentences.js";
import { facts, fold, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const DAY_MS = 864e5;
const USUAL_DAYS = 365;

/**
 * What a meter counted against what the model needs, and why they differ where the service can say it.
 * @param {Context} context
 * @param {any} report
 */
export function measuredPart(context, report) {
  const body = h("div", { class: "measured" }, skeleton(2));
  once(context, `/buildings/${encodeURIComponent(context.building.building_id)}/points`).then((points) => drawForm(context, report, points, body), (error) => fill(body, errorBlock(error)));
  return fold(t("measured.title"), body, { open: false });
}

/** @param {Context} context @param {any} report @param {any[]} points @param {HTMLElement} body */
function drawForm(context, report, points, body) {
  const meters = points.filter((p) => p.quantity_kind === "Energy");
  if (!meters.length) return fill(body, emptyBlock("energy", t("measured.none"), t("measured.none.hint")));
  const outdoors = points.filter((p) => p.quantity_kind === "Temperature" && /out|väli|õue|ext/i.test(`${p.point_id} ${p.name}`));
  const option = (/** @type {any} */ p) => h("option", { value: p.point_id }, p.name || p.point_id);
  const heat = meters.find((p) => /heat|soojus|chaleur/i.test(`${p.point_id} ${p.name}`));
  const meter = h("select", { id: "measured-meter" }, meters.map(option));
  if (heat) meter.value = heat.point_id;
  const outdoor = h("select", { id: "measured-outdoor" }, h("option", { value: "" }, t("measured.nooutdoor")), outdoors.map(option));
  const now = new Date();
  const date = (/** @type {string} */ id, /** @type {Date} */ value) => h("input", { type: "date", id, value: value.toISOString().slice(0, 10), required: true });
  const from = date("measured-from", new Date(now.getTime() - USUAL_DAYS * DAY_MS));
  const to = date("measured-to", new Date(now.getTime() + DAY_MS));
  const out = h("div", { "aria-live": "polite" });
  const form = h("form", { class: "inline-form" }, h("label", { for: meter.id }, t("measured.meter")), meter, h("label", { for: outdoor.id }, t("measured.outdoor")), outdoor,
    h("label", { for: from.id }, t("measured.from")), from, h("label", { for: to.id }, t("measured.to")), to, h("button", { type: "submit", class: "button primary" }, t("measured.compare")));
  form.addEventListener("submit", (/** @type {Event} */ event) => { event.preventDefault(); compare(context, report, { meter: meter.value, outdoor: outdoor.value, from: from.value, to: to.value }, out); });
  fill(body, form, out);
}

/** @param {Context} context @param {any} report @param {{meter: string, outdoor: string, from: string, to: string}} asked @param {HTMLElement} out */
async function compare(context, report, asked, out) {
  fill(out, skeleton(3));
  const query = new URLSearchParams({ meter: asked.meter, from: `${asked.from}T00:00:00Z`, to: `${asked.to}T00:00:00Z`, ...(asked.outdoor ? { outdoor: asked.outdoor } : {}) });
  try {
    const told = await getJson(`${context.path}/energy/operated?${query}`, { signal: context.signal });
    fill(out, ...answer(told, report));
  } catch (error) {
    if (!context.signal.aborted) fill(out, errorBlock(error, () => compare(context, report, asked, out)));
  }
}

/** @param {any} told @param {any} report */
function answer(told, report) {
  if (!told.known_days) return [emptyBlock("energy", t("measured.unknown"), t("measured.unknown.hint"))];
  const start = Date.parse(told.start);
  const calculated = told.attribution?.designed_kwh ?? (calculatedFor(report.need.monthly, start, told.days) * told.known_days) / told.days;
  const top = Math.max(told.measured_kwh, calculated, 1e-9);
  const bar = (/** @type {string} */ name, /** @type {number} */ kwh) => {
    const filled = h("i");
    filled.style.width = `${(Math.max(0, kwh) / top) * 100}%`;
    return h("li", { class: `bar-${name}`, "data-kwh": kwh.toFixed(1) }, h("span", null, t(`measured.${name}`)), h("div", { class: "bar", "aria-hidden": "true" }, filled), h("b", null, `${number(kwh, 0)} kWh`));
  };
  const gap = calculated > 0 ? ((told.measured_kwh - calculated) / calculated) * 100 : null;
  const why = told.attribution;
  return [h("ul", { class: "bars" }, bar("value", told.measured_kwh), bar("calculated", calculated)),
    h("p", null, t("measured.days", { known: number(told.known_days, 0), days: number(told.days, 0) }), gap === null ? "" : ` ${t("measured.gap", { share: `${gap > 0 ? "+" : ""}${number(gap, 0).replace("-", "−")}` })}`),
    why ? facts(why.causes.map((/** @type {any} */ c) => [words(`cause.${c.name}`, c.name), `${number(c.kwh, 0)} kWh (${number(c.band_kwh[0], 0)}…${number(c.band_kwh[1], 0)})`])) : null,
    why?.sentence ? h("p", null, said(why.sentence)) : h("p", { class: "muted small" }, t("measured.weather")),
    told.reasons?.length ? h("ul", { class: "plain muted small" }, told.reasons.map((/** @type {string} */ r) => h("li", null, said(r)))) : null];
}

/**
 * Calculated heat need of a number of days, from the need of the months of the reference year.
 * @param {{month: number, heating_kwh: number}[]} monthly
 * @param {number} start ms
 * @param {number} days
 */
export function calculatedFor(monthly, start, days) {
  const need = new Map(monthly.map((m) => [m.month, m.heating_kwh]));
  let sum = 0;
  for (let day = 0; day < days; day += 1) {
    const at = new Date(start + day * DAY_MS);
    const length = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    sum += (need.get(at.getUTCMonth() + 1) ?? 0) / length;
  }
  return sum;
}
