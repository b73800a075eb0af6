// @ts-check
/** What points and their quantities are called. */
import { t } from "../core/i18n.js";

/** @param {string} kind */
export function kindName(kind) {
  const key = `quantity.${kind}`;
  const words = t(key);
  return words === key ? kind.replace(/([a-z])([A-Z])/g, "$1 $2") : words;
}

/** Name of a point without the quantity at its end, where it stands in a list of that quantity. @param {any} point */
export function shortName({ name, point_id: id, quantity_kind: kind }) {
  const text = String(name || id);
  const tail = [kind, String(kind).replace(/([a-z])([A-Z])/g, "$1 $2")].map((word) => `: ${word}`.toLowerCase()).find((end) => text.toLowerCase().endsWith(end));
  return tail ? text.slice(0, -tail.length) : text;
}

/** Name of a point with its quantity in the chosen language. @param {any} point */
export function pointName(point) {
  const short = shortName(point);
  return short === (point.name || point.point_id) ? short : `${short}: ${kindName(point.quantity_kind)}`;
}
