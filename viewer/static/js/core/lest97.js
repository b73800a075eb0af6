// @ts-check
/** ECEF to EPSG:3301 (L-EST97: GRS80, Lambert conformal conic with two standard parallels), metres and radians. */

const A = 6_378_137;
const F = 1 / 298.257222101;
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const RAD = Math.PI / 180;
const ORIGIN = { latitude: (57 + 31 / 60 + 3.19415 / 3600) * RAD, longitude: 24 * RAD, easting: 500_000, northing: 6_375_000 };
const PARALLELS = [(59 + 20 / 60) * RAD, 58 * RAD];

const m = (/** @type {number} */ phi) => Math.cos(phi) / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
const t = (/** @type {number} */ phi) => Math.tan(Math.PI / 4 - phi / 2) / ((1 - E * Math.sin(phi)) / (1 + E * Math.sin(phi))) ** (E / 2);
const N = (Math.log(m(PARALLELS[0])) - Math.log(m(PARALLELS[1]))) / (Math.log(t(PARALLELS[0])) - Math.log(t(PARALLELS[1])));
const K = (A * m(PARALLELS[0])) / (N * t(PARALLELS[0]) ** N);
const R0 = K * t(ORIGIN.latitude) ** N;

/**
 * @param {readonly number[]} point earth-centred, earth-fixed metres
 * @returns {[number, number, number]} latitude, longitude, height above the ellipsoid
 */
export function geodetic([x, y, z]) {
  const p = Math.hypot(x, y);
  let phi = Math.atan2(z, p * (1 - E2));
  let height = 0;
  for (let i = 0; i < 6; i += 1) {
    const radius = A / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
    height = p / Math.cos(phi) - radius;
    phi = Math.atan2(z, p * (1 - (E2 * radius) / (radius + height)));
  }
  return [phi, Math.atan2(y, x), height];
}

/** @param {readonly number[]} point ECEF metres @returns {[number, number, number]} easting, northing, height above the ellipsoid */
export function ecefToMap(point) {
  const [phi, lambda, height] = geodetic(point);
  const r = K * t(phi) ** N;
  const theta = N * (lambda - ORIGIN.longitude);
  return [ORIGIN.easting + r * Math.sin(theta), ORIGIN.northing + R0 - r * Math.cos(theta), height];
}

/**
 * From a tile's frame (y up, x east, z south) to the map: over the 500 m of a tile the map is flat to some millimetres.
 * @param {readonly number[]} transform of the tile, column by column: east, north, up to ECEF
 * @returns {{at: [number, number, number], east: [number, number], north: [number, number]}} place of its origin, and map metres for one metre of its axes
 */
export function tileFrame(transform) {
  const along = (/** @type {number} */ e, /** @type {number} */ n) => ecefToMap([0, 1, 2].map((k) => transform[12 + k] + transform[k] * e + transform[4 + k] * n));
  const [at, e, n] = [along(0, 0), along(100, 0), along(0, 100)];
  return { at, east: [(e[0] - at[0]) / 100, (e[1] - at[1]) / 100], north: [(n[0] - at[0]) / 100, (n[1] - at[1]) / 100] };
}
