// @ts-check
/** Exact points on surfaces. The id pass says which element lies under a pixel; only its triangles are looked at here. */

/** @typedef {[number, number, number]} Triple scene coordinates, metres */
/** @typedef {{area: number, triangles: number[], borders: [Triple, Triple][]}} Face a flat piece of surface, area in m² */
/** @typedef {{point: Triple, kind: "vertex" | "edge" | "surface"}} Snapped */

/** Triangles belong to one face while their normals differ by less than this: models are quantised. */
const COS_FLAT = Math.cos((2 * Math.PI) / 180);
/** Corners closer than this are one corner. */
const SAME_M = 1e-3;
const VERTEX_PIXELS = 14;
const EDGE_PIXELS = 9;

const minus = (/** @type {Triple} */ a, /** @type {Triple} */ b) => /** @type {Triple} */ ([a[0] - b[0], a[1] - b[1], a[2] - b[2]]);
const dot = (/** @type {Triple} */ a, /** @type {Triple} */ b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (/** @type {Triple} */ a, /** @type {Triple} */ b) => /** @type {Triple} */ ([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]);
export const distance = (/** @type {Triple} */ a, /** @type {Triple} */ b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** @param {ArrayLike<number>} flat nine numbers a triangle @param {number} i @returns {[Triple, Triple, Triple]} */
const corners = (flat, i) => /** @type {any} */ ([0, 3, 6].map((k) => [flat[i * 9 + k], flat[i * 9 + k + 1], flat[i * 9 + k + 2]]));

/**
 * Where a ray first meets triangles, from either side.
 * @param {ArrayLike<number>} flat nine numbers a triangle
 * @param {{origin: Triple, direction: Triple}} ray
 * @param {(point: Triple) => boolean} [kept] false for points that a section plane takes away
 * @returns {{index: number, distance: number, point: Triple} | null}
 */
export function meet(flat, { origin, direction }, kept = () => true) {
  let best = null;
  for (let i = 0; i * 9 < flat.length; i += 1) {
    const [a, b, c] = corners(flat, i);
    const [u, v] = [minus(b, a), minus(c, a)];
    const p = cross(direction, v);
    const det = dot(u, p);
    if (Math.abs(det) < 1e-14) continue;
    const from = minus(origin, a);
    const s = dot(from, p) / det;
    const q = cross(from, u);
    const r = dot(direction, q) / det;
    const along = dot(v, q) / det;
    if (s < -1e-6 || r < -1e-6 || s + r > 1 + 1e-6 || along < 0 || (best && along >= best.distance)) continue;
    const point = /** @type {Triple} */ (origin.map((o, k) => o + direction[k] * along));
    if (kept(point)) best = { index: i, distance: along, point };
  }
  return best;
}

/**
 * The flat face around a triangle: neighbours in the same plane, its area, and the edges that end it.
 * @param {ArrayLike<number>} flat nine numbers a triangle
 * @param {number} index
 * @returns {Face}
 */
export function faceAround(flat, index) {
  const normal = unit(flat, index);
  const [on] = corners(flat, index);
  const candidates = [];
  for (let i = 0; i * 9 < flat.length; i += 1) {
    const own = unit(flat, i);
    if (own && normal && Math.abs(dot(own, normal)) > COS_FLAT && Math.abs(dot(minus(corners(flat, i)[0], on), normal)) < 0.02) candidates.push(i);
  }
  const triangles = connected(flat, candidates, index);
  const area = triangles.reduce((sum, i) => { const [a, b, c] = corners(flat, i); return sum + Math.hypot(...cross(minus(b, a), minus(c, a))) / 2; }, 0);
  return { area, triangles, borders: [...edgesOf(flat, triangles).values()].filter((e) => e.users.length === 1).map((e) => e.ends) };
}

/** @param {ArrayLike<number>} flat @param {number} i @returns {Triple | null} */
function unit(flat, i) {
  const [a, b, c] = corners(flat, i);
  const n = cross(minus(b, a), minus(c, a));
  const length = Math.hypot(...n);
  return length > 0 ? /** @type {Triple} */ (n.map((x) => x / length)) : null;
}

/** @param {ArrayLike<number>} flat @param {number[]} triangles */
function edgesOf(flat, triangles) {
  const key = (/** @type {Triple} */ p) => p.map((x) => Math.round(x / SAME_M)).join();
  /** @type {Map<string, {ends: [Triple, Triple], users: number[]}>} */
  const edges = new Map();
  for (const i of triangles) {
    const points = corners(flat, i);
    points.forEach((a, k) => {
      const b = points[(k + 1) % 3];
      const name = [key(a), key(b)].sort().join("|");
      const edge = edges.get(name);
      if (edge) edge.users.push(i);
      else edges.set(name, { ends: [a, b], users: [i] });
    });
  }
  return edges;
}

/** @param {ArrayLike<number>} flat @param {number[]} candidates @param {number} start */
function connected(flat, candidates, start) {
  /** @type {Map<number, number[]>} */
  const next = new Map();
  for (const { users } of edgesOf(flat, candidates).values()) for (const i of users) next.set(i, [...(next.get(i) ?? []), ...users]);
  const seen = new Set([start]);
  for (const i of seen) for (const j of next.get(i) ?? []) seen.add(j);
  return [...seen];
}

/**
 * The nearest corner of a face, else the nearest point of its edges, else the point itself, by distance on the screen.
 * @param {Triple} point on the face
 * @param {Face} face
 * @param {(p: Triple) => {x: number, y: number} | null} onScreen
 * @returns {Snapped}
 */
export function snap(point, face, onScreen) {
  const at = onScreen(point);
  if (!at) return { point, kind: "surface" };
  const reach = (/** @type {Triple} */ p) => { const s = onScreen(p); return s ? Math.hypot(s.x - at.x, s.y - at.y) : Infinity; };
  const nearest = (/** @type {Triple[]} */ points, /** @type {number} */ limit) =>
    points.map((p) => ({ p, d: reach(p) })).filter(({ d }) => d <= limit).sort((a, b) => a.d - b.d)[0]?.p;
  const vertex = nearest(face.borders.flat(), VERTEX_PIXELS);
  if (vertex) return { point: vertex, kind: "vertex" };
  const edge = nearest(face.borders.map(([a, b]) => closest(point, a, b)), EDGE_PIXELS);
  return edge ? { point: edge, kind: "edge" } : { point, kind: "surface" };
}

/** The point of a segment that is closest to a point. @param {Triple} p @param {Triple} a @param {Triple} b @returns {Triple} */
export function closest(p, a, b) {
  const along = minus(b, a);
  const length = dot(along, along);
  const share = length > 0 ? Math.min(1, Math.max(0, dot(minus(p, a), along) / length)) : 0;
  return /** @type {Triple} */ (a.map((x, k) => x + along[k] * share));
}
