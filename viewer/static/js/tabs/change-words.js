// @ts-check
/** A change between two versions in words of the chosen language. */
import { locale, t, valueText } from "../core/i18n.js";
import { words } from "./parts.js";

/** Places of the translation and of the turning part in a row-major 4 × 4 matrix. */
const TRANSLATION = [3, 7, 11];
const TURN = [0, 1, 2, 4, 5, 6, 8, 9, 10];
const SAME = 1e-6;

/** @typedef {{aspect: string, path: string, before: any, after: any}} Change */

/**
 * @param {Change} change
 * @param {(globalId: string) => string} nameOf of an element
 */
export function changeText(change, nameOf) {
  if (change.aspect === "placement") return placeText(change);
  if (change.aspect === "geometry") return t(`change.shape.${kindOf(change)}`);
  const relation = change.after?.target ? change.after : change.before;
  if (relation?.target && relation.kind) return t(change.after ? "change.now" : "change.nolonger", { relation: words(`relation.${relation.kind}.out`, relation.kind), name: nameOf(relation.target) });
  return t("history.became", { path: change.path, before: plainValue(change.before), after: plainValue(change.after) });
}

/** Whether something came, went or became another. @param {Change} change */
const kindOf = ({ before, after }) => (!before ? "new" : !after ? "gone" : "changed");

/** @param {Change} change */
function placeText({ before, after }) {
  if (!before || !after) return t(`change.place.${before ? "gone" : "new"}`);
  const [x, y, z] = TRANSLATION.map((i) => after[i] - before[i]);
  const distance = Math.hypot(x, y, z);
  const turned = TURN.some((i) => Math.abs(after[i] - before[i]) > SAME) ? t("change.turned") : "";
  if (distance < SAME) return turned || t("change.place.changed");
  const millimetres = new Intl.NumberFormat(locale(), { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const signed = (/** @type {number} */ v) => `${v < 0 ? "−" : "+"}${millimetres.format(Math.abs(v))}`;
  return [t("change.moved", { d: millimetres.format(distance), x: signed(x), y: signed(y), z: signed(z) }), turned].filter(Boolean).join(" ");
}

/** A value as digests keep it: {v, u} a measure, {f} a number. @param {any} value */
export function plainValue(value) {
  if (value && typeof value === "object" && "v" in value) return valueText({ value: value.v, unit: value.u });
  if (value && typeof value === "object" && "f" in value) return valueText(value.f);
  return valueText(value);
}
