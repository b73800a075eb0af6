// @ts-check
import { byId, fill, h } from "../core/dom.js";
import { dateTime, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { skeleton } from "../ui/feedback.js";
import { drawDeviations } from "./deviations.js";
import { compareForm } from "./compare.js";
import { fold, inOrder } from "./parts.js";
import { drawSeal, drawStatus } from "./seal.js";

/** @typedef {import("../building/context.js").Context} Context */

/** Whether the slider opened this page, so that it keeps the focus. */
let slid = false;

/**
 * Versions in the order of the life of a building, what changed between two, who signed, and what was accepted.
 * @type {import("./tabs.js").Tab}
 */
export async function openHistory(context, panel) {
  const seal = h("section", { class: "seal" }, skeleton(3));
  const status = h("div", { class: "status" }, skeleton(2));
  const accepted = h("section", { class: "accepted-list" }, skeleton(2));
  const redraw = () => drawDeviations(context, accepted);
  const { form, out, end } = compareForm(context, redraw);
  fill(panel, h("h2", null, t("history.versions")), slider(context), versionList(context), h("h2", null, t("history.compare.title")), form, out,
    h("h2", null, t("history.seal")), seal, fold(t("status.title"), status, { open: false }), h("h2", null, t("deviation.title")), accepted);
  drawSeal(context, seal);
  drawStatus(context, status);
  redraw();
  if (slid) {
    slid = false;
    setTimeout(() => byId("version-slider").focus());
  }
  return end;
}

/** @param {any} v */
const nameOf = (v) => `${t(`stage.${v.stage}`)} v${v.version}`;

/** One step a version; the label follows the thumb, the model opens when it rests. @param {Context} context */
function slider({ app, building, version }) {
  const items = inOrder(building.versions ?? []);
  const here = items.findIndex((v) => v.stage === version.stage && v.version === version.version);
  const said = h("output", { for: "version-slider", class: "slider-said" });
  const input = h("input", { type: "range", id: "version-slider", min: 0, max: Math.max(0, items.length - 1), step: 1, value: Math.max(0, here), disabled: items.length < 2 });
  const say = () => {
    const v = items[Number(input.value)];
    said.textContent = v ? `${nameOf(v)} · ${dateTime(v.created)}` : "";
    input.setAttribute("aria-valuetext", said.textContent);
  };
  input.addEventListener("input", say);
  input.addEventListener("change", () => {
    const v = items[Number(input.value)];
    if (!v || Number(input.value) === here) return;
    slid = true;
    app.go({ building: building.building_id, stage: v.stage, version: String(v.version), tab: "history" });
  });
  say();
  return h("div", { class: "version-slider" }, h("label", { for: "version-slider" }, t("history.slider")), input,
    h("div", { class: "ticks", "aria-hidden": "true" }, items.map((v) => h("i", { class: `stage-${v.stage}` }))), said);
}

/** @param {Context} context */
function versionList({ app, building, version }) {
  const items = inOrder(building.versions ?? []).reverse();
  return h("ol", { class: "versions" }, items.map((v) => {
    const here = v.stage === version.stage && v.version === version.version;
    return h("li", null, h("button", { type: "button", class: "version", "aria-current": here ? "true" : null, onclick: () => here || app.go({ building: building.building_id, stage: v.stage, version: String(v.version), tab: "history" }) },
      h("span", { class: `stage-dot stage-${v.stage}` }), h("b", null, nameOf(v)), v.sealed ? icon("valid", 15) : null, v.sealed ? h("span", { class: "sr" }, t("history.sealed")) : null, h("small", null, `${dateTime(v.created)} · ${t("history.elements", { n: number(v.elements, 0) })}`)));
  }));
}
