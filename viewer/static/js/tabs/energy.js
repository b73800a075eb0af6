// @ts-check
import { fill, h } from "../core/dom.js";
import { CATEGORY, LOAD, ORIENTATION, niceBreaks, classOf, rampAt } from "../core/colours.js";
import { monthName, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { once } from "../building/context.js";
import { barChart } from "../ui/charts.js";
import { facts, figure, fold } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const HEATING = 0xc65a1e;
const COOLING = 0x2f78b5;

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
    energyClass(report),
    h("h3", null, t("energy.monthly")), months.length ? barChart(months, [{ name: t("energy.heating"), colour: HEATING }, { name: t("energy.cooling"), colour: COOLING }], "kWh") : null,
    h("h3", null, t("energy.colour")), colourButtons(context, report),
    h("h3", null, t("energy.envelope")), envelope(context, report.envelope ?? []),
    report.balance ? fold(t("energy.balance"), facts(Object.entries(report.balance).filter(([name]) => name.endsWith("_kwh")).map(([name, kwh]) => [words(`balance.${name}`, name), `${number(/** @type {number} */ (kwh), 0)} kWh`])), { open: false }) : null,
    findings(context, report), basis(report));
}

/** @param {string} key @param {string} otherwise */
function words(key, otherwise) {
  const found = t(key);
  return found === key ? otherwise.replace(/_kwh$/, "").replaceAll("_", " ") : found;
}

/** The class, or every reason why there is none. @param {any} report */
function energyClass(report) {
  if (report.class) return h("p", { class: "energy-class" }, h("b", { class: "class-letter" }, report.class), t("energy.class"));
  return h("div", { class: "notice" }, h("p", { class: "notice-title" }, icon("info"), t("energy.noclass")), h("ul", null, (report.class_reasons ?? []).map((/** @type {any} */ r) => h("li", null, typeof r === "string" ? r : r.message ?? String(r)))));
}

/** @param {Context} context @param {any} report */
function colourButtons(context, report) {
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

/** @param {Context} context @param {any[]} parts */
function envelope(context, parts) {
  const rows = [...parts].sort((a, b) => b.area_m2 * (b.u_w_m2k ?? 0) - a.area_m2 * (a.u_w_m2k ?? 0));
  return h("div", { class: "scroll-x" }, h("table", { class: "data" },
    h("thead", null, h("tr", null, ["orientation", "kind", "area", "u", "source"].map((c) => h("th", { scope: "col" }, t(`energy.col.${c}`))))),
    h("tbody", null, rows.map((e) => h("tr", { class: "clickable" },
      h("td", null, h("button", { type: "button", class: "link", onclick: () => context.select(e.elements ?? [], { zoom: true }) }, words(`orientation.${e.orientation}`, e.orientation))),
      h("td", null, words(`kind.${e.kind}`, e.kind)), h("td", { class: "num" }, `${number(e.area_m2, 1)} m²`), h("td", { class: "num" }, number(e.u_w_m2k, 2)), h("td", { class: "small muted" }, words(`usource.${e.u_source}`, e.u_source ?? "–")))))));
}

/** @param {Context} context @param {any} report */
function findings(context, report) {
  if (!report.findings?.length) return null;
  return fold(t("model.findings"), h("ul", { class: "plain" }, report.findings.map((/** @type {any} */ f) => h("li", null, typeof f === "string" ? f : f.message, f.hint ? h("small", { class: "muted" }, ` ${f.hint}`) : null, f.elements?.length ? h("button", { type: "button", class: "link", onclick: () => context.select(f.elements, { zoom: true }) }, ` ${t("selection.many", { n: f.elements.length })}`) : null))), { badge: number(report.findings.length, 0), open: false });
}

/** @param {any} report */
function basis(report) {
  const climate = report.climate ?? {};
  const notes = report.notes ?? [];
  return fold(t("energy.basis"), [facts([[t("energy.engine"), `${report.engine ?? ""} ${report.engine_version ?? ""}`.trim()], [t("energy.climate"), climate.name ?? "–"],
    [t("energy.official"), climate.official === undefined ? null : t(climate.official ? "value.yes" : "value.no")], [t("energy.area"), `${number(report.area_m2, 1)} m²`],
    [t("energy.total"), `${number(report.need?.heating_kwh, 0)} kWh`]]), notes.length ? h("ul", { class: "plain muted" }, notes.map((/** @type {string} */ n) => h("li", null, n))) : null], { open: false });
}
