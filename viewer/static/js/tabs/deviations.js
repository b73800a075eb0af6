// @ts-check
import { fill, h } from "../core/dom.js";
import { apiUrl, getJson, postJson } from "../core/api.js";
import { className, dateTime, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { announce, errorBlock } from "../ui/feedback.js";
import { elementLink, fold, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

export const ROLES = ["municipality", "owner-supervision", "designer", "builder", "owner"];

/** Deviations that somebody accepted: what, who, in which role, when and why, and whether the signature holds. @param {Context} context @param {HTMLElement} box */
export async function drawDeviations(context, box) {
  const id = encodeURIComponent(context.building.building_id);
  try {
    const { items } = await getJson(`/buildings/${id}/deviations`, { signal: context.signal });
    if (!items.length) return fill(box, h("p", { class: "muted" }, t("deviation.none")));
    fill(box, h("ul", { class: "deviations" }, [...items].reverse().map((/** @type {any} */ d) => h("li", { class: "deviation", "data-role": d.role },
      h("p", { class: `signed ${d.valid ? "good" : "bad"}` }, icon(d.valid ? "valid" : "invalid", 18), h("b", null, t(d.valid ? "deviation.valid" : "deviation.invalid"))),
      acceptedText(d), h("blockquote", null, d.reason),
      fold(t("deviation.items"), h("ul", { class: "plain" }, d.items.map((/** @type {any} */ item) => h("li", null, item.global_id ? elementLink(context, item.global_id) : t("deviation.figure"), ` ${item.path === "*" ? t("deviation.whole") : item.path}`))), { badge: number(d.items.length, 0), open: d.items.length < 6 }),
      h("a", { class: "link", href: apiUrl(`/buildings/${id}/deviations/${d.credential_sha256}`).href, download: "" }, t("deviation.credential"))))));
  } catch (error) {
    if (!context.signal.aborted) fill(box, errorBlock(error, () => drawDeviations(context, box)));
  }
}

/** Who accepted it, in which role, when, and with which key. @param {{role: string, by: string, actor?: string, at?: string, time?: string}} d */
export function acceptedText(d) {
  return h("p", { class: "accepted" }, h("b", null, [d.actor, words(`role.${d.role}`, d.role)].filter(Boolean).join(", ")), ` · ${dateTime(d.at ?? d.time)} · `, h("code", { title: d.by }, short(d.by)));
}

/** A key is long; its ends tell it from others. @param {string} by */
export const short = (by) => (by.length > 26 ? `${by.slice(0, 14)}…${by.slice(-8)}` : by);

/**
 * Form with which an officer accepts changes that are ticked in the list.
 * @param {Context} context
 * @param {{from: string, to: string, chosen: () => string[], done: () => void}} of
 */
export function acceptForm(context, { from, to, chosen, done }) {
  const role = h("select", { id: "accept-role" }, ROLES.map((name) => h("option", { value: name }, words(`role.${name}`, name))));
  const reason = h("textarea", { id: "accept-reason", rows: 2, required: true, maxLength: 2000 });
  const out = h("div", { "aria-live": "polite" });
  const form = h("form", { class: "inline-form accept" }, h("label", { for: role.id }, t("accept.role")), role, h("label", { for: reason.id }, t("accept.reason")), reason, h("button", { type: "submit", class: "button primary" }, t("accept.sign")));
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const ids = chosen();
    if (!ids.length) return fill(out, h("p", { class: "field-error" }, t("accept.nothing")));
    try {
      await postJson(`/buildings/${encodeURIComponent(context.building.building_id)}/deviations`, { from, to, role: role.value, reason: reason.value.trim(), items: ids.map((global_id) => ({ global_id, path: "*" })) });
      announce(t("accept.done", { n: ids.length }));
      done();
    } catch (error) {
      if (!context.signal.aborted) fill(out, errorBlock(error));
    }
  });
  return fold(t("accept.title"), [h("p", { class: "muted small" }, t("accept.text")), form, out], { open: false });
}

/** Name of an element that may be in no scene. @param {any} e */
export const nameOf = (e) => `${e.name || e.global_id} · ${className(e.ifc_class)}`;
