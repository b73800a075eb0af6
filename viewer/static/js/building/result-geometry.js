// @ts-check
import { Group } from "../../vendor/vendor3d.js";
import { mapToModel } from "../core/geo.js";
import { band, boxPositions, dots, filled, pathPositions, segments } from "../gl/lines.js";

const COLOUR = 0xc2185b;
const WIDTH_M = 0.08;
/** A band is as wide as this share of what is looked at, for else it is no pixel wide from afar. */
const WIDTH_SHARE = 1 / 250;

/**
 * The shape that a check measured, drawn over the model.
 * @param {any} geometry of a check result
 * @param {{toScene: (p: readonly number[]) => [number, number, number], placement: any, floor: number, reach: number}} frame floor: model height for flat shapes; reach: metres that are looked at together with it
 * @returns {Group | null} null when there is nothing to draw or no placement for map coordinates
 */
export function drawResult(geometry, frame) {
  if (!geometry?.coordinates) return null;
  const onMap = geometry.crs === "EPSG:3301";
  if (onMap && !frame.placement) return null;
  const point = (/** @type {number[]} */ p) => {
    const model = onMap ? mapToModel(frame.placement, [p[0], p[1], p[2] ?? frame.placement.height_m + frame.floor]) : [p[0], p[1], p[2] ?? frame.floor];
    return frame.toScene(model);
  };
  const group = new Group();
  for (const shape of shapes(geometry.type, geometry.coordinates)) group.add(...drawShape(geometry.type, shape.map((/** @type {any} */ ring) => ring.map(point)), Math.max(WIDTH_M, frame.reach * WIDTH_SHARE)));
  return group.children.length ? group : null;
}

/**
 * Any nesting of coordinates as a list of shapes, each a list of rings or paths.
 * @param {string} type
 * @param {any} coordinates
 * @returns {number[][][][]}
 */
export function shapes(type, coordinates) {
  if (!coordinates.length) return [];
  let depth = 0;
  for (let inner = coordinates; Array.isArray(inner); inner = inner[0]) depth += 1;
  if (depth === 1) return coordinates.length === 6 ? [[[coordinates.slice(0, 3), coordinates.slice(3)]]] : [[[coordinates]]];
  if (depth === 2) return type === "box" && coordinates[0].length === 6 ? coordinates.map((/** @type {number[]} */ b) => [[b.slice(0, 3), b.slice(3)]]) : [[coordinates]];
  if (depth === 3) return type === "polygon" ? [coordinates] : coordinates.map((/** @type {any} */ c) => [c]);
  return coordinates;
}

/** @param {string} type @param {[number, number, number][][]} rings @param {number} width of a band, metres */
function drawShape(type, rings, width) {
  const look = { colour: COLOUR, onTop: true };
  if (type === "points") return [dots(rings.flat(), COLOUR)];
  if (type === "box") {
    const [a, b] = rings[0];
    return [segments(boxPositions([...a, ...b]), look)];
  }
  if (type === "polygon") return [filled(rings, { colour: COLOUR, opacity: 0.22, onTop: true, order: 4 }), ...rings.map((ring) => band(ring, { colour: COLOUR, width, closed: true }))];
  return rings.flatMap((path) => [band(path, { colour: COLOUR, width }), segments(pathPositions(path, false), look), dots([path[0], path[path.length - 1]], COLOUR)]);
}
