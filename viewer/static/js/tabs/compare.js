// @ts-check
import { fill, h } from "../core/dom.js";
import { COMPARE, css } from "../core/colours.js";
import { getJson, versionPath } from "../core/api.js";
import { className, number, t } from "../core/i18n.js";
import { once } from "../building/context.js";
import { loadRemoved } from "../building/removed.js";
import { errorBlock, skeleton } from "../ui/feedback.js";
import { changeText } from "./change-words.js";
import { acceptForm, acceptedText } from "./deviations.js";
import { elementLink, fold, inOrder, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */
/** @typedef {"added" | "changed" | "removed"} Part */

const MOST = 300;
const MOST_CHANGES = 20;
const MOST_ASKED = 100;
/** Guarded figures that are no properties. @type {Record<string, string>} */
const ASPECT = { geometry_digest: "geometry", placement: "placement" };
const PARTS = /** @type {const} */ (["changed", "added", "removed"]);
/** Signs beside the colours. */
const SIGN = { added: "+", changed: "≠", removed: "−" };

/**
 * Choice of an older version, and what differs from it: in words, in colours, and who accepted it.
 * @param {Context} context
 * @param {() => void} onAccepted
 */
export function compareForm(context, onAccepted) {
  const out = h("section", { class: "diff", "aria-live": "polite" });
  const { building, version } = context;
  const here = `${version.stage}/${version.version}`;
  const others = inOrder(building.versions ?? []).map((v) => ({ ...v, key: `${v.stage}/${v.version}` })).filter((v) => v.key !== here);
  if (!others.length) return { form: h("p", { class: "muted" }, t("history.single")), out, end: () => {} };
  const view = new Comparison(context, here, out, onAccepted);
  const wished = new URLSearchParams(location.search).get("from");
  const choice = h("select", { id: "compare-from" }, others.map((v) => h("option", { value: v.key, selected: v.key === wished }, `${t(`stage.${v.stage}`)} v${v.version}`)));
  const run = () => view.run(choice.value);
  if (wished && others.some((v) => v.key === wished)) queueMicrotask(run);
  const form = h("div", { class: "compare-form" }, h("label", { for: "compare-from" }, t("history.compare")), choice, h("button", { type: "button", class: "button primary", id: "compare", onclick: run }, t("history.show")));
  return { form, out, end: () => view.end() };
}

class Comparison {
  /** @param {Context} context @param {string} to @param {HTMLElement} out @param {() => void} onAccepted */
  constructor(context, to, out, onAccepted) {
    this.context = context;
    this.to = to;
    this.out = out;
    this.onAccepted = onAccepted;
    this.storey = context.store.get().storey ?? "";
    /** @type {Set<string>} */
    this.ticked = new Set();
    /** @type {Map<string, string | null>} storeys of what is not drawn, or only in the older version */
    this.places = new Map();
    /** @type {Map<string, string>} names of what is not drawn */
    this.names = new Map();
    /** @type {Awaited<ReturnType<typeof loadRemoved>> | null} */
    this.gone = null;
    this.from = "";
    /** @type {Map<string, string>} who asked for an acceptance, by the digest of its document */
    this.actors = new Map();
  }

  end() {
    this.gone?.close();
    this.gone = null;
  }

  /** @param {string} from */
  async run(from) {
    const { context } = this;
    this.from = from;
    this.ticked.clear();
    fill(this.out, skeleton(5));
    try {
      const building = `/buildings/${encodeURIComponent(context.building.building_id)}`;
      const [diff, accepted] = await Promise.all([getJson(`${building}/diff?from=${from}&to=${this.to}`, { signal: context.signal }), getJson(`${building}/deviations`, { signal: context.signal })]);
      this.diff = diff;
      this.actors = new Map(accepted.items.map((/** @type {any} */ d) => [d.document_sha256, d.actor]));
      context.app.remember({ from });
      if (this.diff.removed.length) await this.loadOld();
      await this.findPlaces();
      this.draw();
    } catch (error) {
      if (!context.signal.aborted) fill(this.out, errorBlock(error, () => this.run(from)));
    }
  }

  /** Removed elements stand only in the older version: its table tells their storey, its chunks are drawn red. */
  async loadOld() {
    const [stage, version] = this.from.split("/");
    const path = versionPath(this.context.building.building_id, stage, version);
    const old = await once(this.context, `${path}/scene`);
    old.elements.global_id.forEach((/** @type {string} */ id, /** @type {number} */ i) => this.places.set(id, old.elements.storey[i]));
    this.end();
    this.gone = await loadRemoved(this.context, path, new Set(this.diff.removed.map((/** @type {any} */ e) => e.global_id)));
  }

  /** @param {any} e @returns {string | null | undefined} */
  storeyOf(e) {
    const { scene } = this.context;
    if (e.ifc_class === "IfcBuildingStorey") return e.global_id;
    const row = scene.rows.get(e.global_id);
    return row === undefined ? this.places.get(e.global_id) : scene.table.storey[row];
  }

  /** Ask where those lie that are not drawn, such as openings, and what types are called. */
  async findPlaces() {
    const { scene, path, signal } = this.context;
    const all = PARTS.flatMap((name) => this.diff[name]);
    this.names = new Map(all.map((e) => [e.global_id, e.name]));
    const targets = all.flatMap((e) => e.changes ?? []).flatMap((c) => [c.before?.target, c.after?.target]).filter((id) => id && !this.names.has(id));
    const lost = [...all.map((e) => e.global_id), ...targets].filter((id) => !scene.rows.has(id) && !this.places.has(id));
    await Promise.all([...new Set(lost)].slice(0, MOST_ASKED).map(async (id) => {
      const [found] = (await getJson(`${path}/elements?q=${encodeURIComponent(id)}&limit=1`, { signal })).items;
      this.places.set(id, found?.storey ?? null);
      if (found?.name && !this.names.get(id)) this.names.set(id, found.name);
    }));
  }

  /** @param {Part} name */
  shown(name) {
    const all = this.diff[name];
    return this.storey ? all.filter((/** @type {any} */ e) => this.storeyOf(e) === this.storey) : all;
  }

  draw() {
    this.colour();
    const { source } = this.context.scene;
    const choice = h("select", { id: "diff-storey", onchange: () => { this.storey = choice.value; this.draw(); document.getElementById("diff-storey")?.focus(); } }, h("option", { value: "" }, t("storeys.all")),
      source.storeys.map((/** @type {any} */ s) => h("option", { value: s.global_id, selected: s.global_id === this.storey }, t("history.storey", { name: s.name || s.global_id }))));
    fill(this.out,
      h("p", { class: "diff-sum" }, PARTS.map((k) => h("span", { class: `diff-${k}` }, h("i", { class: "swatch", colour: css(COMPARE[k]) }), h("b", null, `${SIGN[k]} ${number(this.shown(k).length, 0)}`), ` ${t(`history.${k}`)}`)), h("span", { class: "muted" }, `${number(this.diff.unchanged, 0)} ${t("history.unchanged")}`)),
      h("div", { class: "field-row" }, h("label", { for: "diff-storey" }, t("history.only")), choice),
      PARTS.map((k) => this.part(k)), this.guarded(),
      acceptForm(this.context, { from: this.from, to: this.to, chosen: () => [...this.ticked], done: () => { this.run(this.from); this.onAccepted(); } }));
  }

  /** Figures that are guarded: fire, energy, area, use. */
  guarded() {
    const list = this.diff.guarded ?? [];
    if (!list.length) return null;
    return fold(t("history.guarded"), h("ul", { class: "plain" }, list.slice(0, MOST).map((/** @type {any} */ g) => h("li", null, h("span", { class: "badge" }, words(`concern.${g.concern}`, g.concern)), " ", g.name || this.nameOf(g.global_id), ": ", changeText({ ...g, aspect: ASPECT[g.path] ?? "property" }, (id) => this.nameOf(id))))), { open: false, badge: number(list.length, 0) });
  }

  colour() {
    const { scene, store } = this.context;
    this.gone?.show(new Set(this.shown("removed").map((/** @type {any} */ e) => e.global_id)));
    const colours = new Map();
    const legend = PARTS.map((key) => {
      const rows = key === "removed" ? [] : [...scene.rowsOf(this.shown(key).map((/** @type {any} */ e) => e.global_id))];
      for (const row of rows) colours.set(row, COMPARE[key]);
      return { key, label: `${SIGN[key]} ${t(`history.${key}`)}`, colour: COMPARE[key], count: this.shown(key).length, rows };
    });
    const spaces = [...colours.keys()].some((row) => scene.table.band[row] === "spaces");
    store.set({ isolated: null, legendKey: null, selected: [], colouring: { title: t("history.changes"), colours, ghostUncoloured: true, bands: spaces ? ["spaces"] : [], legend: legend.filter((e) => e.count > 0) } });
  }

  /** @param {Part} name */
  part(name) {
    const items = this.shown(name);
    if (!items.length) return null;
    return fold(`${SIGN[name]} ${t(`history.${name}`)}`, h("ul", { class: "plain changes" }, items.slice(0, MOST).map((/** @type {any} */ e) => this.item(name, e)),
      items.length > MOST ? h("li", { class: "muted" }, t("history.more", { n: number(items.length - MOST, 0) })) : null), { badge: number(items.length, 0), open: name !== "added" || items.length < 30 });
  }

  /** @param {string} id */
  nameOf(id) {
    const { scene } = this.context;
    const row = scene.rows.get(id);
    return (row === undefined ? this.names.get(id) : scene.table.name[row]) || id;
  }

  /** An acceptance with the name of who asked for it. @param {any} accepted */
  named(accepted) {
    return { ...accepted, actor: this.actors.get(accepted.document_sha256) };
  }

  /** @param {Part} name @param {any} e */
  item(name, e) {
    const tick = e.accepted ? null : h("input", { type: "checkbox", "aria-label": t("accept.tick", { name: e.name || className(e.ifc_class) }), "data-tick": e.global_id, onchange: () => { if (!this.ticked.delete(e.global_id)) this.ticked.add(e.global_id); } });
    return h("li", { class: `change change-${name}`, "data-gid": e.global_id, "data-accepted": String(Boolean(e.accepted)) },
      h("div", { class: "change-head" }, tick, name === "removed" ? h("span", null, e.name || e.global_id) : elementLink(this.context, e.global_id, e.name || undefined), h("small", { class: "muted" }, ` ${className(e.ifc_class)}`)),
      e.accepted ? h("div", { class: "accepted-by" }, t("accept.by"), acceptedText(this.named(e.accepted)), h("q", null, e.accepted.reason)) : h("p", { class: "small open-question" }, t("accept.open")),
      e.changes?.length ? h("ul", null, e.changes.slice(0, MOST_CHANGES).map((/** @type {any} */ c) => h("li", null, changeText(c, (id) => this.nameOf(id)), c.accepted && !e.accepted ? acceptedText(this.named(c.accepted)) : null))) : null);
  }
}
