// @ts-check
/** In a worker: a GLB becomes plain arrays, cut into pieces that can be left out of a picture, and its outlines. */
import { sharpEdges } from "../edges.js";
import { expand } from "./expand.js";
import { readGlb } from "./glb.js";

/** Triangles drawn or left out at once: a pick draws only the pieces under the pointer. */
const PIECE = 6_000;
/** Larger meshes go without outlines: they would be a grey mass. */
const MAX_OUTLINED = 60_000;

/** @typedef {import("./glb.js").Attribute} Attribute */

/**
 * @typedef {object} Part One primitive as plain arrays.
 * @property {number[]} matrix from its own coordinates to the scene's
 * @property {[number, number, number, number]} base colour and alpha, linear
 * @property {boolean} alpha whether a vertex is see-through
 * @property {Record<string, Attribute>} attributes position, featureId, color
 * @property {{index: Uint32Array | Uint16Array, sphere: [number, number, number, number], box?: number[]}[]} pieces
 * @property {Float32Array | null} instances matrices, where one body stands many times
 * @property {Uint32Array | null} edges pairs of vertices
 */

self.onmessage = async ({ data }) => {
  const { id, bytes, edges } = data;
  if (!bytes) return self.postMessage({ id }); // asked whether it hears
  try {
    const parts = await read(bytes, edges);
    self.postMessage({ id, parts }, { transfer: parts.flatMap(buffersOf) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};

/** @param {ArrayBuffer} bytes @param {boolean} edges @returns {Promise<Part[]>} */
async function read(bytes, edges) {
  return expand(await readGlb(bytes)).flatMap((primitive) => partOf(primitive, edges) ?? []);
}

/** @param {import("./glb.js").Primitive} primitive @param {boolean} edges @returns {Part | null} null when it has no features */
function partOf({ matrix, base, attribute, index, instances }, edges) {
  const [position, featureId] = [attribute("POSITION", 4), (instances ?? { attribute }).attribute("_FEATURE_ID_0")];
  if (!position || !featureId || !index) return null;
  const color = attribute("COLOR_0");
  const attributes = { position, featureId, ...(color ? { color } : {}) };
  const sharp = edges && !instances && index.length <= MAX_OUTLINED * 3;
  const scale = /** @type {[number, number, number]} */ ([0, 4, 8].map((k) => Math.hypot(...matrix.slice(k, k + 3))));
  return {
    matrix, base: /** @type {Part["base"]} */ (base), alpha: color ? seeThrough(color) : false, attributes,
    pieces: instances ? [{ index, sphere: [0, 0, 0, Infinity] }] : piecesOf(index, position.array, featureId.array),
    instances: instances?.matrices ?? null,
    edges: sharp ? sharpEdges({ array: position.array, stride: 4 }, index, (v) => featureId.array[v], scale) : null,
  };
}

/** @param {Attribute} colour */
function seeThrough({ array, size, normalized }) {
  if (size < 4) return false;
  const most = 0.99 * (normalized ? 2 ** (8 * array.BYTES_PER_ELEMENT) - 1 : 1);
  for (let i = 3; i < array.length; i += size) if (array[i] < most) return true;
  return false;
}

/**
 * Cut triangles into pieces of neighbours: each feature whole where it is small enough, features by place.
 * @param {Uint16Array | Uint32Array} index
 * @param {ArrayLike<number>} positions four numbers a vertex
 * @param {ArrayLike<number>} features
 */
function piecesOf(index, positions, features) {
  const triangles = index.length / 3;
  if (triangles <= PIECE) return [{ index, ...roomOf(index, positions) }];
  const order = byPlace(index, positions, features);
  const pieces = [];
  for (let from = 0; from < triangles; from += PIECE) {
    const to = Math.min(triangles, from + PIECE);
    const piece = new Uint32Array((to - from) * 3);
    for (let i = from; i < to; i += 1) for (let k = 0; k < 3; k += 1) piece[(i - from) * 3 + k] = index[order[i] * 3 + k];
    pieces.push({ index: piece, ...roomOf(piece, positions) });
  }
  return pieces;
}

/** Numbers of the triangles, neighbours together (Z-order of the first corner of each feature). @param {Uint16Array | Uint32Array} index @param {ArrayLike<number>} p @param {ArrayLike<number>} features */
function byPlace(index, p, features) {
  const count = index.length / 3;
  const { low, high } = reach(p);
  const cell = (/** @type {number} */ v, /** @type {number} */ k) => Math.floor(((p[v * 4 + k] - low[k]) / (high[k] - low[k] || 1)) * 1023);
  /** @type {Map<number, number>} */
  const places = new Map();
  const keys = new Float64Array(count);
  const ends = new Uint32Array(count); // of each run of triangles of one feature, by its first
  let runs = 0;
  for (let i = 0; i < count;) {
    const v = index[i * 3];
    const feature = features[v];
    let place = places.get(feature);
    if (place === undefined) { place = spread(cell(v, 0)) + 2 * spread(cell(v, 1)) + 4 * spread(cell(v, 2)); places.set(feature, place); }
    keys[runs] = place * count + i; // the number of the triangle breaks ties: below 2^53 for 8 million triangles
    runs += 1;
    const from = i;
    while (i < count && features[index[i * 3]] === feature) i += 1;
    ends[from] = i;
  }
  const order = new Uint32Array(count);
  let at = 0;
  for (const key of keys.subarray(0, runs).sort()) {
    const from = key % count;
    for (let i = from; i < ends[from]; i += 1) { order[at] = i; at += 1; }
  }
  return order;
}

/** Lowest and highest of four numbers a vertex, the first three of them. @param {ArrayLike<number>} p */
function reach(p) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let v = 0; v < p.length; v += 4) for (let k = 0; k < 3; k += 1) { low[k] = Math.min(low[k], p[v + k]); high[k] = Math.max(high[k], p[v + k]); }
  return { low, high };
}

/** Put two empty bits between the ten bits of a number. @param {number} n */
function spread(n) {
  let x = n & 1023;
  x = (x | (x << 16)) & 0x030000ff;
  x = (x | (x << 8)) & 0x0300f00f;
  x = (x | (x << 4)) & 0x030c30c3;
  return (x | (x << 2)) & 0x09249249;
}

/** @param {Uint16Array | Uint32Array} index @param {ArrayLike<number>} p @returns {{sphere: [number, number, number, number], box: number[]}} middle and radius; lowest and highest */
function roomOf(index, p) {
  let [x0, y0, z0, x1, y1, z1] = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (let i = 0; i < index.length; i += 1) {
    const v = index[i] * 4;
    const x = p[v];
    const y = p[v + 1];
    const z = p[v + 2];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  const [x, y, z] = [(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2];
  return { sphere: [x, y, z, Math.hypot(x1 - x, y1 - y, z1 - z)], box: [x0, y0, z0, x1, y1, z1] };
}

/** @param {Part} part @returns {ArrayBuffer[]} */
function buffersOf({ attributes, pieces, edges }) {
  const arrays = [...Object.values(attributes).map(({ array }) => array), ...pieces.map(({ index }) => index), ...(edges ? [edges] : [])];
  return [...new Set(arrays.map((array) => /** @type {ArrayBuffer} */ (array.buffer)))];
}
