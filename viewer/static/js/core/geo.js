// @ts-check

/** Bounds of a district in which no building has a place on the map, metres. */
export const NOWHERE = [-50, -50, 50, 50];
/**
 * Frames: model (m, z up), map (EPSG:3301 east, north, EH2000 height), scene (m, y up, x east or model x, z = −north or −y).
 */

/** @typedef {{easting_m: number, northing_m: number, height_m: number, rotation_deg: number, scale?: number | null}} Placement */
/** @typedef {[number, number, number]} Triple */

/**
 * Model to map.
 * @param {Placement} p
 * @param {Triple} point
 * @returns {Triple}
 */
export function modelToMap(p, [x, y, z]) {
  const { c, s, k } = turn(p);
  return [p.easting_m + k * (x * c - y * s), p.northing_m + k * (x * s + y * c), p.height_m + z];
}

/**
 * Map to model.
 * @param {Placement} p
 * @param {Triple} point
 * @returns {Triple}
 */
export function mapToModel(p, [e, n, height]) {
  const { c, s, k } = turn(p);
  const de = (e - p.easting_m) / k;
  const dn = (n - p.northing_m) / k;
  return [de * c + dn * s, dn * c - de * s, height - p.height_m];
}

/** @param {Placement} p */
function turn(p) {
  const angle = (p.rotation_deg * Math.PI) / 180;
  return { c: Math.cos(angle), s: Math.sin(angle), k: p.scale || 1 };
}

/**
 * A z-up point to the scene's y-up frame about an origin.
 * @param {readonly number[]} point
 * @param {readonly number[]} origin
 * @returns {Triple}
 */
export function toScene(point, origin) {
  return [point[0] - origin[0], (point[2] ?? 0) - (origin[2] ?? 0), -(point[1] - origin[1])];
}

/**
 * Rings of a Polygon or MultiPolygon, closing points dropped.
 * @param {any} geometry GeoJSON
 * @returns {number[][][][]} polygons → rings → points
 */
export function polygonsOf(geometry) {
  if (!geometry) return [];
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : geometry.type === "Polygon" ? [geometry.coordinates] : [];
  return polygons.map((/** @type {number[][][]} */ rings) => rings.map(open).filter((ring) => ring.length >= 3));
}

/** @param {number[][]} ring */
function open(ring) {
  const [first, last] = [ring[0], ring[ring.length - 1]];
  return ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
}

/**
 * Area-weighted middle of a ring, its mean where the area is zero.
 * @param {number[][]} ring
 * @returns {[number, number]}
 */
export function centroid(ring) {
  const [x0, y0] = ring[0];
  let area = 0;
  let cx = 0;
  let cy = 0;
  for (let i = 0; i < ring.length; i += 1) {
    const [ax, ay] = [ring[i][0] - x0, ring[i][1] - y0];
    const next = ring[(i + 1) % ring.length];
    const [bx, by] = [next[0] - x0, next[1] - y0];
    const cross = ax * by - bx * ay;
    area += cross;
    cx += (ax + bx) * cross;
    cy += (ay + by) * cross;
  }
  if (Math.abs(area) < 1e-9) return [ring.reduce((s, p) => s + p[0], 0) / ring.length, ring.reduce((s, p) => s + p[1], 0) / ring.length];
  return [x0 + cx / (3 * area), y0 + cy / (3 * area)];
}
