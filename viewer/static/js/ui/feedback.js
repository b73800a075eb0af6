// @ts-check
import { byId, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { t } from "../core/i18n.js";
import { reasonText, said, sentencesReady, translated } from "./sentences.js";

/** Say something to screen readers without moving the focus. @param {string} text */
export function announce(text) {
  byId("announce").textContent = text;
}

/**
 * What went wrong and what to do, as a block.
 * @param {unknown} error
 * @param {(() => void) | null} [retry]
 */
export function errorBlock(error, retry = null) {
  const head = h("p", { class: "notice-title" });
  const body = h("div", { class: "notice-body" });
  const draw = () => {
    const { title, lines, where, todo, gone, lasting } = describe(error);
    const [known, foreign] = [lines.filter((line) => translated(line) !== null), lines.filter((line) => translated(line) === null)];
    fill(head, icon("data_missing"), title);
    fill(body, known.map((line) => h("p", null, said(line))), where ? h("p", { class: "muted" }, where) : null, todo ? h("p", null, todo) : null,
      foreign.length ? h("details", { class: "small" }, h("summary", null, t("error.detail")), foreign.map((line) => h("p", null, said(line)))) : null,
      gone ? h("a", { class: "button", href: "./" }, t("error.home")) : retry && !lasting && h("button", { type: "button", class: "button", onclick: retry }, t("action.retry")));
  };
  draw();
  sentencesReady().then(draw);
  return h("div", { class: "notice error", role: "alert" }, head, body);
}

/**
 * What is said of an error: what its reason code means, lines as the service wrote them, where it is, and what to do.
 * @param {unknown} error
 * @returns {{title: string, lines: string[], where: string, todo: string, gone?: boolean, lasting?: boolean}} gone: the page's own building is not there; lasting: another try would say the same
 */
export function describe(error) {
  const body = /** @type {any} */ (error)?.body;
  if (!body) return { title: t("error.unexpected"), lines: [String(/** @type {any} */ (error)?.message ?? error)], where: "", todo: t("error.todo.page") };
  if (body.reason === "offline") return { title: t("error.offline"), lines: [], where: "", todo: t("error.offline.hint") };
  const where = [body.entity && t("error.entity", { entity: body.entity }), body.line && t("error.line", { line: body.line })].filter(Boolean).join(" · ");
  const title = reasonText(body.reason) || titleOf(body);
  const lines = [body.detail, body.hint].filter((line) => line && line !== body.title && translated(line) !== title);
  const todo = body.hint ? "" : body.reason === "element" ? t("error.todo.element") : body.status === 404 ? t("error.todo.gone") : body.status >= 500 ? t("error.todo.service", { reason: body.reason ?? body.status }) : t("error.todo.input");
  return { title, lines, where, todo, gone: body.status === 404 && ["building", "version"].includes(body.reason), lasting: body.reason === "element" };
}

/** The status in words of the chosen language. @param {any} body */
function titleOf({ status, title }) {
  const key = status === 404 ? "error.404" : status === 409 ? "error.409" : status === 422 || status === 400 || status === 415 ? "error.422" : status === 413 ? "error.413" : status >= 500 ? "error.500" : "";
  return key ? t(key) : title || t("error.unexpected");
}

/** A short message in the corner. @param {string} text @param {"ok" | "error"} [kind] */
export function toast(text, kind = "ok") {
  const note = h("div", { class: `toast ${kind}` }, icon(kind === "ok" ? "pass" : "data_missing"), h("span", null, text),
    h("button", { type: "button", class: "icon-button", "aria-label": t("action.close"), onclick: () => note.remove() }, icon("close", 14)));
  byId("toasts").append(note);
  setTimeout(() => note.remove(), kind === "ok" ? 5000 : 12000);
}

/** @param {unknown} error */
export function toastError(error) {
  sentencesReady().then(() => {
    const { title, lines, where, todo } = describe(error);
    toast([title, ...lines.map((line) => translated(line) ?? line), where, todo].filter(Boolean).join(" "), "error");
  });
}

/** Grey bars where content is about to be. @param {number} rows */
export function skeleton(rows) {
  return h("div", { class: "skeleton", role: "status", "aria-busy": "true", "aria-label": t("stage.loading") },
    Array.from({ length: rows }, (_, i) => h("i", { class: `w${i % 4}` })));
}

/** @param {string} iconName @param {string} title @param {string} [hint] */
export function emptyBlock(iconName, title, hint) {
  return h("div", { class: "empty" }, icon(iconName, 36), h("p", { class: "empty-title" }, title), hint ? h("p", null, hint) : null);
}

/** Message over the canvas; null takes it away. It heads the page where nothing else does. @param {Node | null} content */
export function stageMessage(content) {
  const box = byId("stage-message");
  fill(box, content);
  if (content) document.documentElement.classList.remove("opening"); // no first picture will come to uncover the way out
  const title = box.querySelector(".notice-title, .empty-title");
  if (!title || document.querySelector("h1")) return;
  title.setAttribute("role", "heading");
  title.setAttribute("aria-level", "1");
}

/** Thin line of progress over the canvas. @param {number | null} share 0..1, null hides it */
export function stageProgress(share) {
  const line = byId("progress");
  line.hidden = share === null;
  if (share === null) return;
  line.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  /** @type {HTMLElement} */ (line.firstElementChild).style.width = `${Math.round(share * 100)}%`;
}
