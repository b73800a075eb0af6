// @ts-check
import { fill, h } from "../core/dom.js";
import { apiUrl, getJson, postJson } from "../core/api.js";
import { dateTime, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { errorBlock, toast, toastError } from "../ui/feedback.js";
import { said } from "../ui/sentences.js";
import { short } from "./deviations.js";
import { fold, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const ICONS = /** @type {Record<string, string>} */ ({ passed: "pass", failed: "fail", skipped: "not_applicable" });

/** Who signed for this version, each step of the verification by its number, and what can be taken away. @param {Context} context @param {HTMLElement} box */
export async function drawSeal(context, box) {
  try {
    const verdict = await getJson(`${context.path}/seal`, { signal: context.signal });
    const name = verdict.verdict ?? "unsealed";
    fill(box, h("p", { class: `seal-badge seal-${name}` }, icon(name, 26), h("b", null, t(`seal.${name}`)), verdict.issuer ? h("span", { title: String(verdict.issuer?.id ?? verdict.issuer) }, t("seal.by", { issuer: verdict.issuer?.name ?? short(String(verdict.issuer)), date: dateTime(verdict.created) })) : null),
      verdict.steps?.length ? fold(stepsTitle(verdict.steps), steps(verdict.steps), { open: name !== "valid" }) : null,
      verdict.merkle_root ? h("p", { class: "small muted root" }, t("seal.root", { n: number(verdict.leaf_count, 0) }), " ", h("code", null, verdict.merkle_root)) : null,
      verdict.sealed ? h("a", { class: "button", href: apiUrl(`${context.path}/seal/bundle`).href, download: "" }, icon("download"), t("seal.bundle")) : sealButton(context, box),
      verdict.sealed && verdict.container ? h("a", { class: "button", href: apiUrl(`${context.path}/seal/container`).href, download: "" }, icon("download"), t("seal.container")) : null);
  } catch (error) {
    if (!context.signal.aborted) fill(box, errorBlock(error, () => drawSeal(context, box)));
  }
}

/** @param {any[]} list */
function steps(list) {
  return h("ol", { class: "steps" }, list.map((s) => h("li", { class: `step-${s.verdict}`, value: s.number }, icon(ICONS[s.verdict] ?? "not_applicable", 15),
    h("span", null, h("b", null, words(`seal.step.${s.name}`, String(s.name).replaceAll("_", " "))), " – ", t(`step.${s.verdict}`), s.reason ? h("small", null, said(s.reason)) : null))));
}

/** How many steps of the verification ended how. @param {any[]} list */
function stepsTitle(list) {
  const counts = ["passed", "failed", "skipped"].map((v) => [v, list.filter((s) => s.verdict === v).length]).filter(([, n]) => n);
  return `${t("seal.steps")}: ${counts.map(([v, n]) => `${n} ${t(`step.${v}`)}`).join(", ")}`;
}

/** @param {Context} context @param {HTMLElement} box */
function sealButton(context, box) {
  const button = h("button", { type: "button", class: "button primary" }, icon("valid"), t("seal.do"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await postJson(`${context.path}/seal`);
      toast(t("seal.done"));
      await drawSeal(context, box);
    } catch (error) {
      button.disabled = false;
      toastError(error);
    }
  });
  return h("div", null, h("p", { class: "muted" }, t("seal.none.text")), button);
}

/** Where this version stands in its life, and what the next statuses still ask for. @param {Context} context @param {HTMLElement} box */
export async function drawStatus(context, box) {
  try {
    const told = await getJson(`${context.path}/lifecycle`, { signal: context.signal });
    const next = told.next.map((/** @type {any} */ n) => {
      const unmet = n.demands.filter((/** @type {any} */ d) => !d.met);
      return fold(t("status.next", { name: words(`transition.${n.transition}`, n.transition), to: n.to }), [
        h("ul", { class: "demands" }, n.demands.map((/** @type {any} */ d) => h("li", { class: d.met ? "met" : "unmet" }, icon(d.met ? "pass" : "data_missing", 15), h("span", null, h("b", null, words(`demand.${d.reason}`, d.reason)), h("small", null, " ", said(d.sentence)))))),
      ], { open: false, badge: unmet.length ? t("status.unmet", { n: number(unmet.length, 0) }) : t("status.ready") });
    });
    fill(box, h("p", null, h("b", null, told.status), " · ", words(`container.${told.container}`, told.container)), next);
  } catch (error) {
    if (!context.signal.aborted) fill(box, errorBlock(error, () => drawStatus(context, box)));
  }
}
