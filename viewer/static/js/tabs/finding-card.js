// @ts-check
/** One finding: what was measured against what, where, and what to do. */
import { Box3 } from "../../vendor/vendor3d.js";
import { h } from "../core/dom.js";
import { VERDICT, css } from "../core/colours.js";
import { localText, number, t, unit } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { drawResult } from "../building/result-geometry.js";
import { clearGroup } from "../gl/lines.js";
import { elementLink, fold } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

/** Name of a finding within a report. @param {any} r */
export const keyOf = (r) => [r.pack_id, r.check_id, ...(r.elements ?? []).slice(0, 1)].join("/");

/** Ghost the rest, select the elements, draw the measured shape and bring both into view. @param {Context} context @param {any} result */
export function showResult(context, result) {
  const { scene, store, app, building } = context;
  clearGroup(scene.overlay);
  const rows = scene.rowsOf(result.elements ?? []);
  const spaces = [...rows].some((row) => scene.table.band[row] === "spaces");
  store.set({
    storey: null, selected: result.elements ?? [], isolated: rows.size ? rows : null, ghostRest: true,
    bands: spaces ? new Set([...store.get().bands, "spaces"]) : store.get().bands,
  });
  const placement = building.placement;
  const box = scene.boxOf(result.elements ?? []);
  const reach = box.getSize(box.min.clone()).length();
  const drawn = drawResult(result.geometry, { toScene: (p) => scene.toScene(p), placement, floor: scene.source.storeys[0]?.elevation_m ?? scene.source.bounds[0][2], reach });
  if (drawn) {
    scene.overlay.add(drawn);
    box.union(new Box3().setFromObject(drawn));
  }
  if (!box.isEmpty()) app.viewport.fit(box.expandByScalar(scene.model.uniforms.uReach.value * 0.1), { margin: 1.4 });
  app.viewport.invalidate();
}

/** @param {Context} context */
export function leaveResult({ scene, store, app }) {
  clearGroup(scene.overlay);
  store.set({ selected: [], isolated: null });
  app.viewport.fit(scene.box);
}

/**
 * @param {Context} context
 * @param {any} r result of a check
 * @param {{open: boolean, onOpen: () => void, more?: () => any}} how more: what stands below an open card
 */
export function card(context, r, { open, onOpen, more }) {
  const where = localText(r.citations) || [r.act, r.clause].filter(Boolean).join(", ");
  return h("li", { class: `result ${open ? "open" : ""}`, "data-check": r.check_id, "data-key": keyOf(r) },
    h("button", { type: "button", class: "result-head", "aria-expanded": String(open), onclick: onOpen },
      h("span", { class: `verdict verdict-${r.verdict}` }, icon(r.verdict, 15), t(`verdict.${r.verdict}`)), r.rulings?.length ? h("span", { class: `badge ruling-${r.rulings.at(-1).ruling}` }, t(`ruling.${r.rulings.at(-1).ruling}`)) : null,
      h("span", { class: "result-title" }, localText(r.title)), h("span", { class: "muted small" }, where)),
    open && h("div", { class: "result-body" },
      h("p", null, localText(r.messages ?? r.message)), gauge(r),
      r.advice && r.verdict !== "pass" && h("p", { class: "advice" }, icon("info", 16), h("span", null, localText(r.advices ?? r.advice))),
      h("p", { class: "small muted clause" }, h("b", null, t("permit.clause")), ` ${where}`),
      h("p", { class: `source source-${r.source_status}` }, t(`source.${r.source_status}`)),
      r.elements?.length ? fold(t("permit.elements"), h("ul", { class: "plain" }, r.elements.slice(0, 100).map((/** @type {string} */ id) => h("li", null, elementLink(context, id)))), { badge: number(r.elements_total ?? r.elements.length, 0), open: r.elements.length < 8 }) : null,
      more?.()));
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
    filledPart.style.backgroundColor = css(VERDICT[verdict] ?? 0x888888);
    mark.style.insetInlineStart = `${(limit.value / top) * 100}%`;
  }
  return h("div", { class: "measure" }, h("div", null, h("span", { class: "muted" }, t("permit.measured")), h("b", null, text(measured))),
    h("div", null, h("span", { class: "muted" }, t("permit.limit")), h("b", null, `${sign} ${text(limit)}`)), bar);
}
