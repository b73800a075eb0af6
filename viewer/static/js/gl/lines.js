// @ts-check
import {
  BufferGeometry, DoubleSide, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments, Mesh, MeshBasicMaterial, Points, PointsMaterial,
  ShapeUtils, Vector2,
} from "../../vendor/vendor3d.js";

/** @typedef {[number, number, number]} Triple scene coordinates, y up */

/**
 * Segments as one drawable.
 * @param {number[]} positions flat, six numbers per segment
 * @param {{colour: number, opacity?: number, onTop?: boolean}} look
 */
export function segments(positions, { colour, opacity = 1, onTop = false }) {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  const material = new LineBasicMaterial({ color: colour, transparent: opacity < 1 || onTop, opacity, depthTest: !onTop, depthWrite: false });
  const lines = new LineSegments(geometry, material);
  lines.renderOrder = onTop ? 5 : 1;
  return lines;
}

/**
 * Flat positions of a path's segments.
 * @param {Triple[]} points
 * @param {boolean} closed
 */
export function pathPositions(points, closed) {
  /** @type {number[]} */
  const out = [];
  const end = closed ? points.length : points.length - 1;
  for (let i = 0; i < end; i += 1) out.push(...points[i], ...points[(i + 1) % points.length]);
  return out;
}

/** @param {number[]} b x0, y0, z0, x1, y1, z1 in scene coordinates */
export function boxPositions([x0, y0, z0, x1, y1, z1]) {
  /** @type {Triple[]} */
  const low = [[x0, y0, z0], [x1, y0, z0], [x1, y0, z1], [x0, y0, z1]];
  /** @type {Triple[]} */
  const high = low.map(([x, , z]) => [x, y1, z]);
  return [...pathPositions(low, true), ...pathPositions(high, true), ...low.flatMap((p, i) => [...p, ...high[i]])];
}

/**
 * A filled polygon (first ring outer, others holes).
 * @param {Triple[][]} rings
 * @param {{colour: number, opacity: number, onTop?: boolean, order?: number}} look
 */
export function filled(rings, { colour, opacity, onTop = false, order = 0 }) {
  const flat = rings.map((ring) => ring.map(([x, , z]) => new Vector2(x, -z)));
  const faces = ShapeUtils.triangulateShape(flat[0], flat.slice(1));
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(rings.flat(2), 3));
  geometry.setIndex(faces.flat());
  const mesh = new Mesh(geometry, new MeshBasicMaterial({ color: colour, transparent: opacity < 1 || onTop, opacity, side: DoubleSide, depthWrite: false, depthTest: !onTop }));
  mesh.renderOrder = order;
  return mesh;
}

/**
 * Dots of a constant size on the screen.
 * @param {Triple[]} points
 * @param {number} colour
 */
export function dots(points, colour) {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(points.flat(), 3));
  const drawn = new Points(geometry, new PointsMaterial({ color: colour, size: 9, sizeAttenuation: false, depthTest: false, transparent: true }));
  drawn.renderOrder = 6;
  return drawn;
}

/** Empty a group and free what it held. @param {Group} group */
export function clearGroup(group) {
  for (const child of [...group.children]) {
    child.traverse((/** @type {any} */ node) => { node.geometry?.dispose(); node.material?.dispose(); });
    group.remove(child);
  }
}
