// @ts-check
import { fill, h } from "../core/dom.js";
import { VERDICT } from "../core/colours.js";
import { localText, number, t, unit } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { once } from "../building/context.js";
import { drawResult } from "../building/result-geometry.js";
import { clearGroup } from "../gl/lines.js";
import { Box3 } from "../../vendor/vendor3d.js";
import { emptyBlock } from "../ui/feedback.js";
import { elementLink, fold } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const ORDER = ["fail", "data_missing", "needs_human", "pass", "not_applicable"];

/**
 * What the permit will stumble over, and where.
 * @type {import("./tabs.js").Tab}
 */
export async function openPermit(context, panel) {
  const report = await once(context, `${context.path}/permit`);
  const results = [...report.results].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const present = new Set(results.map((r) => r.verdict));
  /** @type {Set<string>} */
  const shown = new Set(["fail", "data_missing", "needs_human"].some((v) => present.has(v)) ? ["fail", "data_missing", "needs_human"] : ORDER);
  let active = new URLSearchParams(location.search).get("check");
  const list = h("ul", { class: "results" });

  const open = (/** @type {any} */ result) => {
    active = active === key(result) ? null : key(result);
    context.app.remember({ check: active });
    draw();
    if (active) showResult(context, result);
    else leaveResult(context);
  };
  const draw = () => {
    fill(list, ...results.filter((r) => shown.has(r.verdict)).map((r) => card(context, r, key(r) === active, () => open(r))));
    if (!list.childElementCount) fill(list, h("li", null, emptyBlock("pass", t("permit.nothing"))));
  };
  const filters = h("div", { class: "filters", role: "group", "aria-label": t("permit.filter") });
  const drawFilters = () => fill(filters, ...ORDER.filter((v) => present.has(v)).map((v) => h("button", {
    type: "button", class: `filter verdict-${v}`, "aria-pressed": String(shown.has(v)), "data-verdict": v,
    onclick: () => { if (!shown.delete(v)) shown.add(v); drawFilters(); draw(); /** @type {any} */ (filters.querySelector(`[data-verdict=${v}]`))?.focus(); },
  }, icon(v, 15), h("span", null, t(`verdict.${v}`)), h("b", null, number(results.filter((r) => r.verdict === v).length, 0)))));
  drawFilters();
  draw();
  fill(panel, h("h2", null, t("permit.title")), h("p", { class: "muted small" }, report.packs.map((/** @type {any} */ p) => `${localText(p.title)} ${p.version}`).join(" · ")), filters, list);
  const linked = results.find((r) => active && key(r).startsWith(active));
  if (linked) {
    active = key(linked);
    shown.add(linked.verdict);
    drawFilters();
    draw();
    showResult(context, linked);
    setTimeout(() => list.querySelector(".result.open")?.scrollIntoView({ block: "nearest" }));
  }
  return () => context.app.remember({ check: null });
}

/** @param {any} r */
const key = (r) => [r.pack_id, r.check_id, ...(r.elements ?? []).slice(0, 1)].join("/");

/** Ghost the rest, select the elements, draw the measured shape and bring both into view. @param {Context} context @param {any} result */
function showResult(context, result) {
  const { scene, store, app, building } = context;
  clearGroup(scene.overlay);
  const rows = scene.rowsOf(result.elements ?? []);
  const spaces = [...rows].some((row) => scene.table.band[row] === "spaces");
  store.set({
    storey: null, selected: result.elements ?? [], isolated: rows.size ? rows : null, ghostRest: true,
    bands: spaces ? new Set([...store.get().bands, "spaces"]) : store.get().bands,
  });
  const placement = building.placement;
  const drawn = drawResult(result.geometry, { toScene: (p) => scene.toScene(p), placement, floor: scene.source.storeys[0]?.elevation_m ?? scene.source.bounds[0][2] });
  const box = scene.boxOf(result.elements ?? []);
  if (drawn) {
    scene.overlay.add(drawn);
    box.union(new Box3().setFromObject(drawn));
  }
  if (!box.isEmpty()) app.viewport.fit(box.expandByScalar(scene.model.uniforms.uReach.value * 0.1), { margin: 1.4 });
  app.viewport.invalidate();
}

/** @param {Context} context */
function leaveResult({ scene, store, app }) {
  clearGroup(scene.overlay);
  store.set({ selected: [], isolated: null });
  app.viewport.fit(scene.box);
}

/** @param {Context} context @param {any} r @param {boolean} open @param {() => void} onOpen */
function card(context, r, open, onOpen) {
  const where = [r.act, r.clause].filter(Boolean).map(localText).join(", ");
  return h("li", { class: `result ${open ? "open" : ""}`, "data-check": r.check_id },
    h("button", { type: "button", class: "result-head", "aria-expanded": String(open), onclick: onOpen },
      h("span", { class: `verdict verdict-${r.verdict}` }, icon(r.verdict, 15), t(`verdict.${r.verdict}`)),
      h("span", { class: "result-title" }, localText(r.title)), h("span", { class: "muted small" }, where)),
    open && h("div", { class: "result-body" },
      r.message && h("p", null, localText(r.message)), gauge(r),
      r.advice && h("p", { class: "advice" }, icon("info", 16), h("span", null, localText(r.advice))),
      h("p", { class: `source source-${r.source_status}` }, t(`source.${r.source_status}`)),
      r.elements?.length ? fold(t("permit.elements"), h("ul", { class: "plain" }, r.elements.slice(0, 100).map((/** @type {string} */ id) => h("li", null, elementLink(context, id)))), { badge: number(r.elements.length, 0), open: r.elements.length < 8 }) : null));
}

/** Measured value against the limit, in figures and as a bar. @param {any} r */
function gauge({ measured, limit, verdict }) {
  if (!measured && !limit) return null;
  const text = (/** @type {any} */ m) => (m ? `${typeof m.value === "number" ? number(m.value, 2) : m.value} ${unit(m.unit)}` : "–");
  const sign = /** @type {Record<string, string>} */ ({ "<=": "≤", ">=": "≥", "==": "=", in: "∈", matches: "~", inside: "⊂" })[limit?.comparison] ?? limit?.comparison ?? "";
  const numbers = [measured?.value, limit?.value].every((v) => typeof v === "number" && v >= 0);
  const top = numbers ? Math.max(measured.value, limit.value) * 1.15 || 1 : 1;
  const bar = numbers ? h("div", { class: "gauge", "aria-hidden": "true" }, h("i"), h("em")) : null;
  if (bar) {
    const [filledPart, mark] = /** @type {HTMLElement[]} */ ([...bar.children]);
    filledPart.style.width = `${(measured.value / top) * 100}%`;
    filledPart.style.backgroundColor = `#${(VERDICT[verdict] ?? 0x888888).toString(16).padStart(6, "0")}`;
    mark.style.insetInlineStart = `${(limit.value / top) * 100}%`;
  }
  return h("div", { class: "measure" }, h("div", null, h("span", { class: "muted" }, t("permit.measured")), h("b", null, text(measured))),
    h("div", null, h("span", { class: "muted" }, t("permit.limit")), h("b", null, `${sign} ${text(limit)}`)), bar);
}
