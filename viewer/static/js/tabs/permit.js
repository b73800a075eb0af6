// @ts-check
import { fill, h } from "../core/dom.js";
import { apiUrl, getWhole } from "../core/api.js";
import { currentLanguage, localText, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { once } from "../building/context.js";
import { emptyBlock } from "../ui/feedback.js";
import { applicationPart } from "./applications.js";
import { card, keyOf, leaveResult, showResult } from "./finding-card.js";
import { fold } from "./parts.js";
import { topicPart } from "./topics.js";

/** @typedef {import("../building/context.js").Context} Context */

export const ORDER = ["fail", "data_missing", "needs_human", "pass", "not_applicable"];
const ASKING = ["fail", "data_missing", "needs_human"];

/**
 * What the permit will stumble over and where, the applications for it, and remarks of others.
 * @type {import("./tabs.js").Tab}
 */
export async function openPermit(context, panel) {
  const report = await getWhole(`${context.path}/permit`, "results", (path) => once(context, path));
  const { filters, list, restore } = findingList(context, report.results);
  const format = (/** @type {string} */ name) => apiUrl(`${context.path}/permit/report?format=${name}&language=${currentLanguage()}`).href;
  fill(panel, h("h2", null, t("permit.title")), fold(t("permit.packs"), h("ul", { class: "plain" }, report.packs.map((/** @type {any} */ p) => h("li", null, `${localText(p.title)} ${p.version}`))), { open: false, badge: number(report.packs.length, 0) }),
    h("p", { class: "links" }, h("a", { class: "button small-button", href: format("html"), target: "_blank", rel: "noopener" }, icon("permit", 15), t("permit.print")),
      h("a", { class: "button small-button", href: format("bcf-3.0"), download: "" }, icon("download", 15), t("permit.bcf"))),
    applicationPart(context), topicPart(context), h("section", { class: "findings" }, filters, list));
  restore();
  return () => context.app.remember({ check: null });
}

/**
 * Results to filter and open; one is open at a time, and its address is remembered.
 * @param {Context} context
 * @param {any[]} all
 */
function findingList(context, all) {
  const results = [...all].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const present = new Set(results.map((r) => r.verdict));
  /** @type {Set<string>} */
  const shown = new Set(ASKING.some((v) => present.has(v)) ? ASKING : ORDER);
  let active = new URLSearchParams(location.search).get("check");
  const list = h("ul", { class: "results" });
  const filters = h("div", { class: "filters", role: "group", "aria-label": t("permit.filter") });
  const open = (/** @type {any} */ result) => {
    active = active === keyOf(result) ? null : keyOf(result);
    context.app.remember({ check: active });
    draw();
    /** @type {HTMLElement | null} */ (list.querySelector(`[data-key="${CSS.escape(keyOf(result))}"] .result-head`))?.focus();
    if (active) showResult(context, result);
    else leaveResult(context);
  };
  const draw = () => {
    fill(list, ...results.filter((r) => shown.has(r.verdict)).map((r) => card(context, r, { open: keyOf(r) === active, onOpen: () => open(r) })));
    if (!list.childElementCount) fill(list, h("li", null, emptyBlock("pass", t("permit.nothing"))));
  };
  const drawFilters = () => fill(filters, ...ORDER.filter((v) => present.has(v)).map((v) => h("button", {
    type: "button", class: `filter verdict-${v}`, "aria-pressed": String(shown.has(v)), "data-verdict": v,
    onclick: () => { if (!shown.delete(v)) shown.add(v); drawFilters(); draw(); /** @type {any} */ (filters.querySelector(`[data-verdict=${v}]`))?.focus(); },
  }, icon(v, 15), h("span", null, t(`verdict.${v}`)), h("b", null, number(results.filter((r) => r.verdict === v).length, 0)))));
  const restore = () => {
    const linked = results.find((r) => active && keyOf(r).startsWith(active));
    if (linked) {
      active = keyOf(linked);
      shown.add(linked.verdict);
    }
    drawFilters();
    draw();
    if (!linked) return;
    showResult(context, linked);
    setTimeout(() => list.querySelector(".result.open")?.scrollIntoView({ block: "nearest" }));
  };
  return { filters, list, restore };
}
