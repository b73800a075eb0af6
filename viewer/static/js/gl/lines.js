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
  const mesh = new Mesh(geometry, new MeshBasicMaterial({ color: colour, transparent: true, opacity, side: DoubleSide, depthWrite: false, depthTest: !onTop }));
  mesh.renderOrder = order;
  return mesh;
}

/**
 * A round floor that fades out, so that it has no edge.
 * @param {Triple} center
 * @param {number} radius of the solid part
 * @param {number} colour
 */
export function floor([x, y, z], radius, colour) {
  const [positions, colours, index] = [[x, y, z], [1, 1, 1, 1], /** @type {number[]} */ ([])];
  const steps = 64;
  for (let i = 0; i < steps; i += 1) {
    const angle = (i / steps) * Math.PI * 2;
    for (const [r, alpha] of [[radius, 1], [radius * 2.2, 0]]) {
      positions.push(x + Math.cos(angle) * r, y, z + Math.sin(angle) * r);
      colours.push(1, 1, 1, alpha);
    }
    const [a, b] = [1 + i * 2, 1 + ((i + 1) % steps) * 2];
    index.push(0, a, b, a, a + 1, b, b, a + 1, b + 1);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setAttribute("color", new Float32BufferAttribute(colours, 4));
  geometry.setIndex(index);
  const mesh = new Mesh(geometry, new MeshBasicMaterial({ color: colour, vertexColors: true, transparent: true, side: DoubleSide }));
  mesh.renderOrder = -4;
  return mesh;
}

/**
 * A path as a band of a real width, seen through everything: lines of WebGL are one pixel thin.
 * @param {Triple[]} points
 * @param {{colour: number, width: number, closed?: boolean}} look width in metres
 */
export function band(points, { colour, width, closed = false }) {
  /** @type {number[]} */
  const positions = [];
  const end = closed ? points.length : points.length - 1;
  for (let i = 0; i < end; i += 1) {
    const [a, b] = [points[i], points[(i + 1) % points.length]];
    const d = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    const flat = Math.hypot(d[0], d[2]) || 1;
    for (const [x, y, z] of [[-d[2] / flat, 0, d[0] / flat], [0, 1, 0]]) {
      const [ox, oy, oz] = [(x * width) / 2, (y * width) / 2, (z * width) / 2];
      const corner = (/** @type {Triple} */ p, /** @type {number} */ s) => [p[0] + ox * s, p[1] + oy * s, p[2] + oz * s];
      positions.push(...corner(a, -1), ...corner(b, -1), ...corner(b, 1), ...corner(a, -1), ...corner(b, 1), ...corner(a, 1));
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  const mesh = new Mesh(geometry, new MeshBasicMaterial({ color: colour, transparent: true, side: DoubleSide, depthTest: false, depthWrite: false }));
  mesh.renderOrder = 5;
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
