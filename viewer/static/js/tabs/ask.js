// @ts-check
import { fill, h } from "../core/dom.js";
import { getJson } from "../core/api.js";
import { className, localText, number, t, valueText } from "../core/i18n.js";
import { once } from "../building/context.js";
import { emptyBlock, errorBlock, skeleton } from "../ui/feedback.js";
import { elementLink, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const MOST_ROWS = 500; // nobody reads more, and each is some elements of the page

/** A GlobalId is 22 characters of its own alphabet, the first 0–3. */
const GLOBAL_ID = /^[0-3][0-9A-Za-z_$]{21}$/;

/**
 * Named questions to the graph of the building.
 * @type {import("./tabs.js").Tab}
 */
export async function openAsk(context, panel) {
  const answer = await once(context, "/questions");
  const questions = Array.isArray(answer) ? answer : answer.items ?? answer.questions ?? [];
  if (!questions.length) return fill(panel, emptyBlock("ask", t("ask.empty")));
  const out = h("section", { class: "answer", "aria-live": "polite" });
  const fields = h("div", { class: "fields" });
  const choice = h("select", { id: "question", onchange: () => { drawFields(); fill(out); } }, questions.map((/** @type {any} */ q) => h("option", { value: q.name }, localText(q.title) || q.name)));
  const current = () => questions.find((/** @type {any} */ q) => q.name === choice.value);
  const drawFields = () => fill(fields, ...(current().params ?? []).map((/** @type {any} */ p) => field(context, typeof p === "string" ? { name: p } : p)));
  const form = h("form", { class: "ask" }, h("label", { for: "question" }, t("ask.question")), choice, fields, h("button", { type: "submit", class: "button primary" }, t("ask.send")));
  form.addEventListener("submit", (/** @type {Event} */ event) => { event.preventDefault(); ask(context, current(), form, out); });
  drawFields();
  fill(panel, h("h2", null, t("ask.title")), form, out);
  return context.store.on(["selected"], ({ selected }) => {
    const input = /** @type {HTMLInputElement | null} */ (fields.querySelector("[data-kind=element]"));
    if (input && selected.length === 1) input.value = selected[0];
  });
}

/** @param {Context} context @param {any} p */
function field(context, p) {
  const id = `param-${p.name}`;
  const { selected } = context.store.get();
  const wantsElement = ["space", "storey", "element", "system"].includes(p.kind ?? "") || /global_id/.test(p.name);
  const value = p.default ?? (wantsElement ? selected[0] : undefined) ?? "";
  const options = p.options ?? choices(context, p.name === "ifc_class" ? "class" : p.kind);
  const numeric = ["number", "integer", "float", "int"].includes(p.type);
  const input = options ? h("select", { id, name: p.name }, options.map((/** @type {any} */ o) => h("option", { value: o.value ?? String(o), selected: (o.value ?? o) === value }, o.label ?? String(o))))
    : h("input", { id, name: p.name, type: numeric ? "number" : "text", step: numeric ? "any" : undefined, value: String(value), required: p.required !== false && p.default === undefined, "data-kind": p.kind, "aria-describedby": p.kind === "element" ? `${id}-hint` : undefined });
  return h("div", { class: "field" }, h("label", { for: id }, localText(p.title ?? p.description) || words(`column.${p.name}`, p.name.replaceAll("_", " "))), input,
    p.kind === "element" ? h("small", { class: "muted", id: `${id}-hint` }, t("ask.element")) : null);
}

/** What a parameter of a kind can be in this building; null where it has to be typed. @param {Context} context @param {string | undefined} kind */
function choices({ scene, tree }, kind) {
  if (kind === "storey") return scene.source.storeys.map((/** @type {any} */ s) => ({ value: s.global_id, label: s.name || s.global_id }));
  if (kind === "class") return [...new Set(scene.table.ifc_class)].map((name) => ({ value: String(name), label: className(String(name)) })).sort((a, b) => a.label.localeCompare(b.label));
  if (kind !== "space" && kind !== "system") return null;
  /** @type {{value: string, label: string}[]} */
  const found = [];
  const walk = (/** @type {import("../core/tree.js").TreeNode} */ node) => {
    if (node.kind === kind && node.globalId) found.push({ value: node.globalId, label: node.label });
    else if (node.kind !== "class" && node.kind !== "element" && node.kind !== "space") node.children().forEach(walk);
  };
  walk(tree);
  return found.length ? found : null;
}

/**
 * Where a question is asked as of the version that is shown; without it the newest one would answer.
 * @param {{building: any, version: any}} context @param {string} name @param {string[][]} given
 */
export function addressOf({ building, version }, name, given) {
  const query = new URLSearchParams(given.filter(([, value]) => value !== ""));
  query.set("stage", version.stage);
  query.set("version", String(version.version));
  return `/buildings/${encodeURIComponent(building.building_id)}/questions/${encodeURIComponent(name)}?${query}`;
}

/**
 * Rows of an answer that are drawn, and whether there are more.
 * @param {{rows: any[], truncated?: boolean}} answer
 */
export function drawn({ rows, truncated }) {
  return { rows: rows.slice(0, MOST_ROWS), more: Boolean(truncated) || rows.length > MOST_ROWS };
}

/** @param {Context} context @param {any} question @param {HTMLElement} form @param {HTMLElement} out */
async function ask(context, question, form, out) {
  fill(out, skeleton(4));
  const given = [...form.querySelectorAll(".fields [name]")].map((input) => /** @type {HTMLInputElement} */ (input)).map(({ name, value }) => [name, value]);
  try {
    const answer = await getJson(addressOf(context, question.name, given), { signal: context.signal });
    drawAnswer(context, answer, out);
  } catch (error) {
    if (!context.signal.aborted) fill(out, errorBlock(error));
  }
}

/** @param {Context} context @param {any} answer @param {HTMLElement} out */
function drawAnswer(context, answer, out) {
  const { columns, rows } = answer;
  const { rows: shown, more } = drawn(answer);
  const cell = (/** @type {any} */ row, /** @type {string} */ column, /** @type {number} */ i) => (Array.isArray(row) ? row[i] : row[column]);
  const ids = [...new Set(rows.flatMap((/** @type {any} */ row) => columns.map((/** @type {string} */ c, /** @type {number} */ i) => cell(row, c, i)).filter(isGlobalId)))];
  fill(out, h("p", { class: "muted small" }, t("ask.rows", { n: number(rows.length, 0), ms: number((answer.seconds ?? 0) * 1000, 1) }), " ",
    ids.length ? h("button", { type: "button", class: "link", onclick: () => context.select(ids, { zoom: true }) }, t("ask.selectall", { n: number(ids.length, 0) })) : null,
    more ? h("span", null, " ", t("ask.more", { n: number(shown.length, 0) })) : null),
  rows.length ? h("div", { class: "scroll-x" }, h("table", { class: "data" }, h("thead", null, h("tr", null, columns.map((/** @type {string} */ c) => h("th", { scope: "col" }, words(`column.${c}`, c.replaceAll("_", " ")))))),
    h("tbody", null, shown.map((/** @type {any} */ row) => h("tr", null, columns.map((/** @type {string} */ c, /** @type {number} */ i) => value(context, cell(row, c, i)))))))) : emptyBlock("search", t("ask.nothing")));
}

/** @param {any} v */
const isGlobalId = (v) => typeof v === "string" && GLOBAL_ID.test(v);

/** @param {Context} context @param {any} v */
function value(context, v) {
  if (isGlobalId(v)) return h("td", null, elementLink(context, v));
  if (/^Ifc[A-Z]/.test(v)) return h("td", null, className(v));
  return h("td", { class: typeof v === "number" ? "num" : "" }, typeof v === "string" ? words(`answer.${v}`, v) : valueText(v));
}
