// @ts-check
import { fill, h } from "../core/dom.js";
import { apiUrl, getJson, getWhole, request } from "../core/api.js";
import { currentLanguage, dateTime, localText, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { announce, errorBlock, skeleton } from "../ui/feedback.js";
import { card, keyOf, leaveResult, showResult } from "./finding-card.js";
import { fold, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const ORDER = ["fail", "data_missing", "needs_human"];
const OPEN = new Set(ORDER);
const PAGE = 500;
/** The finding that is open, so that it stays so when something was said of it. @type {WeakMap<Context, string>} */
const opened = new WeakMap();

/**
 * The findings of a submission with what was said of each, forms to say more, and how two submissions differ.
 * @param {Context} context
 * @param {any} application
 * @param {() => void} onChange
 */
export function submissionPart(context, application, onChange) {
  const last = application.submissions.length;
  const body = h("div", { class: "submission" }, skeleton(3));
  const choice = h("select", { id: `submission-${application.application_id}`, onchange: () => show() }, application.submissions.map((/** @type {any} */ s) => h("option", { value: s.number, selected: s.number === last }, t("submission.name", { n: s.number, date: dateTime(s.time), open: s.open_findings }))));
  const show = () => drawFindings(context, application, Number(choice.value), body, onChange);
  show();
  return [h("div", { class: "field-row" }, h("label", { for: choice.id }, t("submission.title")), choice), last > 1 ? differencePart(context, application) : null, body];
}

/** @param {Context} context @param {any} application @param {number} n @param {HTMLElement} body @param {() => void} onChange */
async function drawFindings(context, application, n, body, onChange) {
  const path = `/applications/${encodeURIComponent(application.application_id)}`;
  try {
    const report = await getWhole(`${path}/submissions/${n}/findings?limit=${PAGE}`, "results", (one) => getJson(one, { signal: context.signal }));
    const open = report.results.filter((/** @type {any} */ r) => OPEN.has(r.verdict)).sort((/** @type {any} */ a, /** @type {any} */ b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
    const isLast = n === application.submissions.length;
    const decided = h("ul", { class: "results" });
    const rest = h("ul", { class: "results" });
    const turn = (/** @type {any} */ r) => {
      const active = opened.get(context) === r.finding_id ? "" : r.finding_id;
      opened.set(context, active);
      draw();
      /** @type {HTMLElement | null} */ (body.querySelector(`[data-key="${CSS.escape(keyOf(r))}"] .result-head`))?.focus();
      if (active) showResult(context, r);
      else leaveResult(context);
    };
    const one = (/** @type {any} */ r) => card(context, r, { open: r.finding_id === opened.get(context), onOpen: () => turn(r), more: () => said(path, application, r, isLast, onChange) });
    const ruled = (/** @type {any} */ r) => Boolean(r.rulings?.length);
    const draw = () => { fill(decided, open.filter(ruled).map(one)); fill(rest, open.filter((/** @type {any} */ r) => !ruled(r)).map(one)); };
    draw();
    const link = (/** @type {string} */ format) => apiUrl(`${path}/submissions/${n}/report?format=${format}&language=${currentLanguage()}`).href;
    fill(body, h("p", { class: "muted small" }, t("submission.counts", { open: number(open.length, 0), undecided: number(application.undecided, 0) })),
      decided.childElementCount ? [h("h3", null, t("finding.decided")), decided] : null, rest.childElementCount ? fold(t("finding.undecided"), rest, { open: !decided.childElementCount || Boolean(rest.querySelector(".result.open")), badge: number(rest.childElementCount, 0) }) : null,
      h("p", { class: "links" }, h("a", { class: "button small-button", href: link("html"), target: "_blank", rel: "noopener" }, icon("permit", 15), t("permit.print")), h("a", { class: "button small-button", href: link("bcf-3.0"), download: "" }, icon("download", 15), t("permit.bcf"))));
  } catch (error) {
    if (!context.signal.aborted) fill(body, errorBlock(error, () => drawFindings(context, application, n, body, onChange)));
  }
}

/** What was said of a finding, and the forms to say more. @param {string} path @param {any} application @param {any} r @param {boolean} isLast @param {() => void} onChange */
function said(path, application, r, isLast, onChange) {
  const words_ = (/** @type {any[]} */ list) => h("ul", { class: "said" }, list.map((s) => h("li", { "data-ruling": s.ruling ?? "" }, h("small", { class: "muted" }, `${s.actor} · ${dateTime(s.time)}${s.ruling ? ` · ${t(`ruling.${s.ruling}`)}` : ""}`), h("p", null, s.text))));
  const part = [r.justifications?.length ? [h("h3", null, t("finding.justified")), words_(r.justifications)] : null, r.rulings?.length ? [h("h3", null, t("finding.ruled")), words_(r.rulings)] : null];
  if (!isLast) return part;
  const url = `${path}/findings/${encodeURIComponent(r.finding_id)}`;
  const may = { justify: ["submitted", "in_review", "revision_requested"].includes(application.state), rule: application.state === "in_review" };
  return [part, may.justify ? speak(`${url}/justification`, r, "justify", onChange) : null, may.rule ? speak(`${url}/ruling`, r, "rule", onChange) : null];
}

/** A form that says something of a finding. @param {string} url @param {any} r @param {"justify" | "rule"} kind @param {() => void} onChange */
function speak(url, r, kind, onChange) {
  const text = h("textarea", { id: `${kind}-${r.finding_id}`, rows: 2, required: true, maxLength: 4000 });
  const ruling = h("select", { id: `ruling-${r.finding_id}` }, ["accepted", "upheld"].map((name) => h("option", { value: name }, t(`ruling.${name}`))));
  const out = h("div", { "aria-live": "polite" });
  const form = h("form", { class: "inline-form", "data-form": kind }, h("label", { for: text.id }, t(`finding.${kind}`)), text, kind === "rule" ? [h("label", { for: ruling.id }, t("finding.ruling")), ruling] : null, h("button", { type: "submit", class: "button" }, t(`finding.${kind}.send`)), out);
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const body = { text: text.value.trim(), ...(kind === "rule" ? { ruling: ruling.value } : {}) };
      await request(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      announce(t(`finding.${kind}.done`));
      onChange();
    } catch (error) {
      fill(out, errorBlock(error));
    }
  });
  return form;
}

/** Before and after: which findings are fixed, still open and new. @param {Context} context @param {any} application */
function differencePart(context, application) {
  const numbers = application.submissions.map((/** @type {any} */ s) => s.number);
  const choose = (/** @type {string} */ id, /** @type {number} */ value) => h("select", { id: `${id}-${application.application_id}` }, numbers.map((/** @type {number} */ n) => h("option", { value: n, selected: n === value }, String(n))));
  const [first, second] = [choose("first", numbers.at(-2)), choose("second", numbers.at(-1))];
  const out = h("div", { class: "before-after", "aria-live": "polite" });
  const show = async () => {
    fill(out, skeleton(2));
    try {
      const told = await getJson(`/applications/${encodeURIComponent(application.application_id)}/difference?first=${first.value}&second=${second.value}`, { signal: context.signal });
      fill(out, ["fixed", "still_open", "new"].map((name) => fold(t(`difference.${name}`), h("ul", { class: "plain" }, told[name].map((/** @type {any} */ r) => h("li", null, h("button", { type: "button", class: "link", onclick: () => showResult(context, r) }, localText(r.title)), h("small", { class: "muted" }, ` ${words(`verdict.${r.verdict}`, r.verdict)}: ${localText(r.messages ?? r.message)}`)))), { badge: number(told.counts[name], 0), open: told[name].length > 0 && told[name].length < 12 })));
    } catch (error) {
      if (!context.signal.aborted) fill(out, errorBlock(error, show));
    }
  };
  return fold(t("difference.title"), [h("div", { class: "field-row" }, h("label", { for: first.id }, t("difference.first")), first, h("label", { for: second.id }, t("difference.second")), second, h("button", { type: "button", class: "button", onclick: show, "data-act": "difference" }, t("difference.show"))), out], { open: false });
}
