// @ts-check
import { h } from "../core/dom.js";
import { css, SEAL, STAGE, VERDICT } from "../core/colours.js";
import { number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { classLetter, latestStage, permitStatus } from "./modes.js";

/** More lines would cover the picture. */
const MOST_ROWS = 9;

/** Stage as a small tag. @param {string} stage */
export const stageChip = (stage) => h("span", { class: "chip" }, h("i", { class: "dot", colour: css(STAGE[stage] ?? 0x888888) }), t(`stage.${stage}`));

/** Facts of a building as a row of small tags: an icon and words, never a colour alone. @param {any} b */
export function facts(b) {
  const stage = latestStage(b);
  const permit = permitStatus(b);
  const need = b.energy?.heating_kwh_m2;
  const letter = classLetter(b);
  return h("span", { class: "chips" },
    stage ? stageChip(stage) : h("span", { class: "chip quiet" }, t("stage.none")),
    permit !== "none" && h("span", { class: `chip verdict-${permit}` }, icon(permit, 13), permit === "pass" ? t("permit.status.pass") : t(`permit.count.${permit}`, { n: b.permit[permit] })),
    letter && h("span", { class: "chip", "data-class": letter }, t(`energy.class.${letter}`)),
    Number.isFinite(need) && h("span", { class: "chip" }, icon("energy", 13), `${number(need, 0)} kWh/m²`),
    b.seal && b.seal !== "unsealed" && h("span", { class: `chip seal-${b.seal}` }, icon(b.seal, 13), t(`seal.${b.seal}`)),
    b.alarms > 0 && h("span", { class: "chip alarm" }, icon("alarm", 13), t("alarms.count", { n: b.alarms })));
}

/** Card over the canvas for the building under the pointer. @param {any} b */
export function hoverCard(b) {
  const permit = permitStatus(b);
  /** @type {[string, any][]} */
  const rows = [
    [t("building.ehr"), b.ehr_code || "–"],
    [t("building.stage"), latestStage(b) ? t(`stage.${latestStage(b)}`) : t("stage.none")],
    [t("tab.permit"), h("span", null, h("i", { class: "dot", colour: css(VERDICT[permit] ?? 0xb4bdc2) }), t(`permit.status.${permit}`))],
    [t("mode.energy"), b.energy ? `${number(b.energy.heating_kwh_m2, 0)} kWh/m²` : t("energy.unknown")],
    [t("mode.seal"), h("span", null, h("i", { class: "dot", colour: css(SEAL[b.seal] ?? SEAL.unsealed) }), t(`seal.${b.seal ?? "unsealed"}`))],
    [t("attribute.ground_m"), Number.isFinite(b.ground_m) ? number(b.ground_m, 1) : "–"],
    [t("mode.alarms"), b.points ? number(b.alarms ?? 0, 0) : t("alarms.none")],
  ];
  return h("div", { class: "hover-card" }, h("h3", null, b.name || b.building_id), b.address && h("p", { class: "muted" }, b.address),
    h("dl", null, rows.map(([term, value]) => [h("dt", null, term), h("dd", null, value)])), h("p", { class: "hint" }, t("district.open.hint")));
}

/** Card of a building that has no model: what the city file and the register say. @param {any} known answer of GET /district/city/buildings/{row} */
export function cityCard(known) {
  const rows = Object.entries(known.attributes).filter(([, value]) => value !== "" && String(value) !== known.address).slice(0, MOST_ROWS);
  const text = (/** @type {any} */ value) => (typeof value === "number" ? number(value, 2) : String(value));
  return h("div", { class: "hover-card" }, h("h3", null, known.address || known.building_id), h("p", { class: "muted" }, t("city.nomodel")),
    h("dl", null, [[t("building.ehr"), known.ehr_code ?? "–"], [t("attribute.height_m"), known.height_m === null ? "–" : number(known.height_m, 1)], [t("attribute.ground_m"), known.ground_m === null ? "–" : number(known.ground_m, 1)], ...rows.map(([key, value]) => [key, text(value)])]
      .map(([term, value]) => [h("dt", null, term), h("dd", null, value)])));
}
