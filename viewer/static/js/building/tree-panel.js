// @ts-check
import { byId, fill, h } from "../core/dom.js";
import { className, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { pathTo } from "../core/tree.js";
import { plain } from "../district/modes.js";
import { toggleRows } from "./state.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("../core/tree.js").TreeNode} TreeNode */

const PAGE = 200;
const ICONS = { project: "project", site: "site", building: "building", storey: "storey", space: "space", group: "layers", system: "layers", class: "class", element: "element" };

/** The tree of the building: arrows move, Enter selects, letters find. */
export class TreePanel {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    /** @type {Map<string, HTMLElement>} rows by node id */
    this.items = new Map();
    /** @type {WeakMap<HTMLElement, TreeNode>} */
    this.nodes = new WeakMap();
    this.root = h("ul", { role: "tree", class: "tree", "aria-label": t("tree.label") });
    this.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
    this.root.addEventListener("click", (/** @type {MouseEvent} */ event) => this.onClick(event));
    this.root.addEventListener("dblclick", () => this.activate(true));
    const search = h("input", { type: "search", id: "tree-search", placeholder: t("tree.search"), autocomplete: "off", oninput: () => this.search(search.value) });
    this.found = h("ul", { class: "found", hidden: true });
    byId("left").setAttribute("aria-label", t("tree.label"));
    fill(byId("left"), h("div", { class: "panel-head" }, h("h1", null, context.building.name || context.building.building_id),
      context.building.address && h("p", { class: "muted" }, context.building.address),
      h("div", { class: "search" }, icon("search"), h("label", { class: "sr", for: "tree-search" }, t("tree.search")), search)), this.found, this.root);
    this.root.append(this.item(context.tree, 1));
    this.openTo(context.tree);
    this.root.querySelector("[role=treeitem]")?.setAttribute("tabindex", "0");
  }

  /** Open single-child levels down to the storeys. @param {TreeNode} node */
  openTo(node) {
    const item = this.items.get(node.id);
    if (!item || node.kind === "storey") return;
    this.expand(item, true);
    for (const child of node.children()) if (["site", "building", "project"].includes(child.kind)) this.openTo(child);
  }

  /** @param {TreeNode} node @param {number} level @returns {HTMLElement} */
  item(node, level) {
    const branch = node.kind !== "element" && (node.count > 0 || node.children().length > 0);
    const eye = node.kind === "element" || branch || node.kind === "space"
      ? h("button", { type: "button", class: "eye", tabindex: "-1", "data-eye": true, "aria-label": t("tool.hide"), title: t("tree.eye") }, icon("show", 15)) : null;
    const row = h("div", { class: "tree-row", role: "treeitem", tabindex: "-1", "aria-level": level, "aria-selected": "false", "aria-label": node.count > 0 ? `${node.label} ${number(node.count, 0)}` : node.label, "data-node": node.id }, h("span", { class: "twist", "data-twist": true }, branch && icon("chevron", 14)), icon(ICONS[node.kind], 16),
      h("span", { class: "tree-label" }, node.label), " ", node.count > 0 && h("span", { class: "tree-count" }, number(node.count, 0)), eye);
    row.style.paddingInlineStart = `${(level - 1) * 14 + 4}px`;
    if (branch) row.setAttribute("aria-expanded", "false");
    this.items.set(node.id, row);
    this.nodes.set(row, node);
    return h("li", { role: "none" }, row);
  }

  /** @param {HTMLElement} item @param {boolean} open */
  expand(item, open) {
    const node = this.nodes.get(item);
    if (!node || !item.hasAttribute("aria-expanded")) return;
    item.setAttribute("aria-expanded", String(open));
    if (!item.nextElementSibling) {
      const list = h("ul", { role: "group" });
      item.after(list);
      this.more(list, node.children(), 0, Number(item.getAttribute("aria-level")) + 1);
    }
  }

  /** Append one page of children, and a button for the next. @param {HTMLElement} list @param {TreeNode[]} children @param {number} from @param {number} level */
  more(list, children, from, level) {
    const next = from + PAGE;
    list.append(...children.slice(from, next).map((child) => this.item(child, level)));
    if (next >= children.length) return;
    const button = h("button", { type: "button", class: "link more" }, t("tree.more", { n: number(children.length - next, 0) }));
    const holder = h("li", { role: "none" }, button);
    button.addEventListener("click", (/** @type {Event} */ event) => { event.stopPropagation(); holder.remove(); this.more(list, children, next, level); });
    list.append(holder);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {Element} */ (event.target);
    const item = /** @type {HTMLElement | null} */ (target.closest("[role=treeitem]"));
    if (!item) return;
    if (target.closest("[data-eye]")) return this.toggleEye(item);
    this.focus(item);
    if (target.closest("[data-twist]")) return this.expand(item, item.getAttribute("aria-expanded") !== "true");
    this.activate(false);
  }

  /** @param {HTMLElement} item */
  toggleEye(item) {
    const node = this.nodes.get(item);
    const { store, scene } = this.context;
    if (node) store.set(toggleRows(store.get(), scene.rowsOf(node.members())));
  }

  /** Do what the focused node means: a storey is shown alone, anything else is selected. @param {boolean} zoom */
  activate(zoom) {
    const item = /** @type {HTMLElement | null} */ (this.root.querySelector("[tabindex='0']"));
    const node = item && this.nodes.get(item);
    if (!node) return;
    const { store, select, scene, app } = this.context;
    if (node.kind === "storey") {
      const storey = store.get().storey === node.globalId && !zoom ? null : node.globalId;
      store.set({ storey, selected: [] });
      app.viewport.fit(storey ? scene.storeyBox(storey) : scene.box);
      this.expand(item, true);
    } else if (["project", "site", "building"].includes(node.kind)) {
      store.set({ storey: null });
      select(node.globalId ? [node.globalId] : []);
    } else {
      const rooms = node.ifcClass === "IfcSpace" || (node.kind === "system" && node.children().some((part) => part.ifcClass === "IfcSpace"));
      if (rooms) store.set({ bands: new Set([...store.get().bands, "spaces"]) });
      select(node.members(), { zoom });
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const item = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[role=treeitem]"));
    if (!item || event.ctrlKey || event.metaKey) return;
    const items = /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll("[role=treeitem]")].filter((i) => /** @type {HTMLElement} */ (i).offsetParent !== null));
    const at = items.indexOf(item);
    const open = item.getAttribute("aria-expanded");
    const moves = /** @type {Record<string, () => void>} */ ({
      ArrowDown: () => this.focus(items[at + 1]), ArrowUp: () => this.focus(items[at - 1]), Home: () => this.focus(items[0]), End: () => this.focus(items.at(-1)),
      ArrowRight: () => (open === "false" ? this.expand(item, true) : open === "true" && this.focus(items[at + 1])),
      ArrowLeft: () => (open === "true" ? this.expand(item, false) : this.focus(item.closest("ul")?.previousElementSibling)),
      Enter: () => this.activate(true), " ": () => this.activate(false), h: () => this.toggleEye(item),
    });
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  /** @param {Element | null | undefined} item */
  focus(item) {
    if (!(item instanceof HTMLElement) || !this.nodes.has(item)) return;
    this.root.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    item.setAttribute("tabindex", "0");
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  /** Mark what the store says: selection, the shown storey, hidden members. @param {import("./state.js").BuildingState} state */
  mark(state) {
    const selected = new Set(state.selected);
    for (const item of this.items.values()) {
      const node = this.nodes.get(item);
      if (!node) continue;
      const on = node.kind === "storey" ? node.globalId === state.storey : node.globalId !== null && selected.has(node.globalId);
      item.setAttribute("aria-selected", String(on));
      if (node.kind === "element" || node.kind === "space") item.classList.toggle("gone", state.hidden.has(this.context.scene.rows.get(node.globalId ?? "") ?? -1));
    }
  }

  /** Open the branches above an element and scroll to it. @param {string} globalId */
  reveal(globalId) {
    const path = pathTo(this.context.tree, globalId);
    if (!path) return;
    for (const node of path.slice(0, -1)) {
      const item = this.items.get(node.id);
      if (item) this.expand(item, true);
    }
    this.items.get(path.at(-1)?.id ?? "")?.scrollIntoView({ block: "nearest" });
  }

  /** List elements by name, class or GlobalId. @param {string} query */
  search(query) {
    const words = plain(query).split(/\s+/).filter(Boolean);
    this.found.hidden = !words.length;
    this.root.hidden = Boolean(words.length);
    if (!words.length) return;
    const { table } = this.context.scene;
    /** @type {number[]} */
    const hits = [];
    for (let i = 0; i < table.global_id.length && hits.length < 100; i += 1) {
      const text = plain(`${table.name[i]} ${table.ifc_class[i]} ${className(table.ifc_class[i])} ${table.global_id[i]}`);
      if (words.every((w) => text.includes(w))) hits.push(i);
    }
    const exact = (/** @type {number} */ i) => Number(plain(table.name[i] ?? "") === words.join(" "));
    hits.sort((a, b) => exact(b) - exact(a) || a - b); // what bears just this name comes first
    fill(this.found, hits.length ? hits.map((i) => h("li", null, h("button", { type: "button", onclick: () => this.context.select([table.global_id[i]], { zoom: true }) },
      icon("element", 15), h("span", null, table.name[i] || "–"), h("small", null, className(table.ifc_class[i]))))) : h("li", { class: "muted pad" }, t("tree.nothing")));
  }
}
