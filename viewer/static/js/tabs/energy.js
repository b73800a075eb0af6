// @ts-check
import { apiUrl } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { currentLanguage, monthName, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { once } from "../building/context.js";
import { barChart } from "../ui/charts.js";
import { errorBlock, skeleton } from "../ui/feedback.js";
import { flowsOf, sankey } from "../ui/sankey.js";
import { said, term } from "../ui/sentences.js";
import { colourButtons } from "./energy-colours.js";
import { measuredPart } from "./measured.js";
import { facts, figure, fold, words } from "./parts.js";
import { whatIf } from "./what-if.js";

/** @typedef {import("../building/context.js").Context} Context */

const HEATING = 0xc65a1e;
const COOLING = 0x2f78b5;
/** Colours of the flows; those of one side differ in lightness, too. @type {Record<string, number>} */
const FLOW = { heating_kwh: HEATING, solar_kwh: 0xe0a100, gains_kwh: 0x8a6fc0, transmission_kwh: 0x3b6fb5, ventilation_kwh: 0x56b4e9, ground_kwh: 0x7d8a92, cooling_kwh: 0x123570 };

/**
 * Need for heat and cold, where it leaves, and what the figures rest on.
 * @type {import("./tabs.js").Tab}
 */
export async function openEnergy(context, panel) {
  const report = await once(context, `${context.path}/energy`);
  const { need } = report;
  const months = (need.monthly ?? []).map((/** @type {any} */ m) => ({ label: monthName(m.month), values: [m.heating_kwh, m.cooling_kwh] }));
  fill(panel, h("h2", null, t("energy.title")),
    h("div", { class: "figures" }, figure(number(need.heating_kwh_m2, 0), "kWh/m²", t("energy.heating")), figure(number(need.cooling_kwh_m2, 1), "kWh/m²", t("energy.cooling")),
      Number.isFinite(report.hours_above_27c) ? figure(number(report.hours_above_27c, 0), "h", t("energy.hot")) : null),
    energyClass(context, report),
    h("p", { class: "links" }, h("a", { class: "button small-button", href: apiUrl(`${context.path}/energy/page?language=${currentLanguage()}`).href, target: "_blank", rel: "noopener" }, icon("energy", 15), t("energy.page")),
      h("a", { class: "button small-button", href: apiUrl(`${context.path}/energy/certificate`).href, download: "" }, icon("download", 15), t("energy.certificate"))),
    h("h3", null, t("energy.monthly")), months.length ? barChart(months, [{ name: t("energy.heating"), colour: HEATING }, { name: t("energy.cooling"), colour: COOLING }], "kWh") : null,
    flows(context, report), whatIf(context, report), measuredPart(context, report), bandPart(context),
    h("h3", null, t("energy.colour")), colourButtons(context, report),
    h("h3", null, t("energy.envelope")), envelope(context, report.envelope ?? []),
    findings(context, report), basis(report));
}

/** Gains and losses of the year as flows; those through the envelope lead to their parts. @param {Context} context @param {any} report */
function flows(context, report) {
  if (!report.balance) return null;
  const { incoming, outgoing } = flowsOf(report.balance, (name) => words(`balance.${name}`, name.replace(/_kwh$/, "").replaceAll("_", " ")), (name) => FLOW[name] ?? 0x888888);
  return [h("h3", null, t("energy.flows")), sankey(incoming, outgoing, { label: t("energy.flows.label", { n: number(incoming.reduce((n, f) => n + f.value, 0), 0) }), unit: "kWh" })];
}

/** How sure the need is: the band, and which doubt makes most of it. @param {Context} context */
function bandPart(context) {
  const box = h("div", { class: "energy-band" }, skeleton(2));
  once(context, `${context.path}/energy/band`).then((band) => fill(box,
    h("p", null, t("energy.band", { low: number(band.low_kwh_m2, 0), high: number(band.high_kwh_m2, 0) })),
    h("ul", { class: "plain" }, band.sensitivities.slice(0, 5).map((/** @type {any} */ s) => h("li", null, h("span", null, `${words(`doubt.${s.name}`, s.name)} ±${number(s.share * 100, 0)} %`), h("b", null, ` ±${number(Math.max(Math.abs(s.low_kwh_m2), Math.abs(s.high_kwh_m2)), 1)} kWh/m²`), h("small", { class: "muted" }, " ", said(s.note)))))),
  (error) => { if (!context.signal.aborted) fill(box, errorBlock(error)); });
  return fold(t("energy.band.title"), box, { open: false });
}

/** The class, or every reason why there is none; and what the register says. @param {Context} context @param {any} report */
function energyClass({ building }, report) {
  const letter = building.register?.energy_class;
  const registered = letter ? h("p", { class: "energy-class registered" }, h("b", { class: "class-letter quiet" }, letter), t("energy.registered")) : null;
  if (report.class) return [h("p", { class: "energy-class" }, h("b", { class: "class-letter" }, report.class), t("energy.class")), registered];
  const reasons = report.class_reasons ?? [];
  return [registered, h("details", { class: "notice" }, h("summary", { class: "notice-title" }, icon("info"), t("energy.noclass"), h("span", { class: "badge" }, t("energy.reasons", { n: number(reasons.length, 0) }))), h("ul", null, reasons.map((/** @type {string} */ r) => h("li", null, said(r)))))];
}

/** @param {Context} context @param {any[]} parts */
function envelope(context, parts) {
  const rows = [...parts].sort((a, b) => b.area_m2 * (b.u_w_m2k ?? 0) - a.area_m2 * (a.u_w_m2k ?? 0));
  return h("div", { class: "scroll-x", role: "region", "aria-label": t("energy.envelope"), tabindex: "0" }, h("table", { class: "data" },
    h("thead", null, h("tr", null, ["orientation", "kind", "area", "u", "source"].map((c) => h("th", { scope: "col" }, t(`energy.col.${c}`))))),
    h("tbody", null, rows.map((e) => h("tr", { class: "clickable" },
      h("td", null, h("button", { type: "button", class: "link", onclick: () => context.select(e.elements ?? [], { zoom: true }) }, words(`orientation.${e.orientation}`, e.orientation))),
      h("td", null, words(`kind.${e.kind}`, e.kind)), h("td", { class: "num" }, `${number(e.area_m2, 1)} m²`), h("td", { class: "num" }, number(e.u_w_m2k, 2)), h("td", { class: "small muted" }, words(`usource.${e.u_source}`, e.u_source ?? "–")))))));
}

/** @param {Context} context @param {any} report */
function findings(context, report) {
  if (!report.findings?.length) return null;
  return fold(t("model.findings"), h("ul", { class: "plain" }, report.findings.map((/** @type {any} */ f) => h("li", null, said(f.message), f.hint ? h("small", { class: "muted" }, " ", said(f.hint)) : null, f.elements?.length ? [" ", h("button", { type: "button", class: "link", onclick: () => context.select(f.elements, { zoom: true }) }, t("selection.many", { n: f.elements.length }))] : null))), { badge: number(report.findings.length, 0), open: false });
}

/** @param {any} report */
function basis(report) {
  const climate = report.climate ?? {};
  const notes = report.notes ?? [];
  return fold(t("energy.basis"), [facts([[t("energy.engine"), `${report.engine ?? ""} ${report.engine_version ?? ""}`.trim()], [t("energy.climate"), climate.name ? term(climate.name) : "–"],
    [t("energy.official"), climate.official === undefined ? null : t(climate.official ? "value.yes" : "value.no")], [t("energy.area"), `${number(report.area_m2, 1)} m²`],
    [t("energy.total"), `${number(report.need?.heating_kwh, 0)} kWh`]]), notes.length ? h("ul", { class: "plain muted" }, notes.map((/** @type {string} */ n) => h("li", null, said(n)))) : null], { open: false });
}
