// @ts-check
/** Pieces that several tabs use. */
import { h } from "../core/dom.js";
import { className, t } from "../core/i18n.js";
import { pathTo } from "../core/tree.js";
import { once } from "../building/context.js";

/** @typedef {import("../building/context.js").Context} Context */

/**
 * An element as a link that selects it and brings it into view.
 * @param {Context} context
 * @param {string} globalId
 * @param {string} [label]
 */
export function elementLink(context, globalId, label) {
  const row = context.scene.rows.get(globalId);
  const { table } = context.scene;
  const known = !label && (row === undefined || table.band[row] === "spaces") ? pathTo(context.tree, globalId)?.at(-1)?.label : undefined;
  const text = label || known || (row === undefined ? globalId : table.name[row] || className(table.ifc_class[row]));
  const link = h("button", { type: "button", class: "link element", "data-gid": globalId, title: globalId, onclick: () => context.select([globalId], { zoom: true }) }, text);
  if (text === globalId) lookUp(context, globalId).then((name) => { if (name) link.textContent = name; }, () => {});
  return link;
}

/** What is neither drawn nor in the tree, such as an opening or a type, by its name or class. @param {Context} context @param {string} globalId */
async function lookUp(context, globalId) {
  const { items } = await once(context, `${context.path}/elements?q=${encodeURIComponent(globalId)}&limit=1`);
  return items[0] && (items[0].name || className(items[0].ifc_class));
}

/**
 * A titled part of a panel that can be folded.
 * @param {string} title
 * @param {any} content
 * @param {{open?: boolean, badge?: string}} [options]
 */
export function fold(title, content, { open = true, badge = "" } = {}) {
  return h("details", { class: "fold", open }, h("summary", null, h("span", null, title), badge ? h("span", { class: "badge" }, badge) : null), content);
}

/** Terms and values. @param {[string, any][]} rows */
export const facts = (rows) => h("dl", { class: "facts" }, rows.filter(([, value]) => value !== null && value !== undefined).map(([term, value]) => [h("dt", null, term), h("dd", null, value)]));

/** A large figure with its unit and meaning. @param {string} value @param {string} unitText @param {string} label */
export const figure = (value, unitText, label) => h("div", { class: "figure" }, h("b", null, value), h("span", null, unitText), h("small", null, label));

/** Words of a key, or what to say where there are none. @param {string} key @param {string} otherwise */
export function words(key, otherwise) {
  const found = t(key);
  return found === key ? otherwise : found;
}

const STAGES = ["as-designed", "as-built", "as-maintained"];

/** Versions in the order of the life of a building: by stage, then by number. @param {any[]} versions */
export const inOrder = (versions) => [...versions].sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || a.version - b.version);
