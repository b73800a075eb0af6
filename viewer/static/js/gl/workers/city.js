// @ts-check
/** In a worker: the outlines of a city become bodies, square by square, the nearest to a place first. */
import { ShapeUtils, Vector2 } from "../../../vendor/vendor3d.js";
import { readColumns } from "../../core/columns.js";

/** Side of a square that is drawn at once, metres. */
const SQUARE_M = 1000;
const UNKNOWN = 65_535;
const HOLE = 0x8000_0000;
/** Height of a building whose height nobody told, metres. */
const PLAIN_HEIGHT_M = 3;

/**
 * @typedef {object} Square Bodies of a square: y up, x east, z south, in steps about `center`.
 * @property {[number, number, number]} center metres in the frame asked for
 * @property {[number, number, number]} half metres that 32,767 steps stand for
 * @property {Int16Array} positions four numbers a vertex
 * @property {Float32Array} rows of the city, one a vertex
 * @property {Uint16Array | Uint32Array} index roofs first
 * @property {number} roofs how many of it are roofs
 */

self.onmessage = ({ data }) => {
  const { outlines, origin, floor, near } = data;
  const city = decode(outlines, origin);
  self.postMessage({ boxes: city.boxes.slice(), rows: city.count });
  for (const rows of squares(city, near)) {
    const made = square(city, rows, floor - origin[2]);
    self.postMessage({ square: made }, { transfer: [made.positions.buffer, made.rows.buffer, made.index.buffer] });
  }
  self.postMessage({ done: true });
};

/** @param {ArrayBuffer} buffer @param {readonly number[]} origin of the frame: easting, northing, height */
function decode(buffer, origin) {
  const { header, arrays } = readColumns(buffer);
  const { anchors, heights, rings, lengths, points } = arrays;
  const count = header.buildings;
  const step = header.step_m;
  const flat = new Float32Array(points.length);
  const starts = new Uint32Array(count + 1);
  const firstRing = new Uint32Array(count + 1);
  const boxes = new Float32Array(count * 6);
  let [ax, ay, point, ring] = [0, 0, 0, 0];
  for (let b = 0; b < count; b += 1) {
    ax += anchors[2 * b];
    ay += anchors[2 * b + 1];
    firstRing[b] = ring;
    starts[b] = point;
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const last = ring + rings[b]; ring < last; ring += 1) {
      let [x, y] = [ax, ay];
      for (const end = point + (lengths[ring] & ~HOLE); point < end; point += 1) {
        x += points[2 * point];
        y += points[2 * point + 1];
        const [px, pz] = [header.origin[0] - origin[0] + x * step, -(header.origin[1] - origin[1] + y * step)];
        flat[2 * point] = px;
        flat[2 * point + 1] = pz;
        box[0] = Math.min(box[0], px); box[1] = Math.min(box[1], pz); box[2] = Math.max(box[2], px); box[3] = Math.max(box[3], pz);
      }
    }
    const ground = heights[2 * b] === UNKNOWN ? header.low_m : header.low_m + heights[2 * b] / 100;
    const tall = heights[2 * b + 1] === UNKNOWN ? PLAIN_HEIGHT_M : heights[2 * b + 1] / 100;
    boxes.set([box[0], ground - origin[2], box[1], box[2], ground + tall - origin[2], box[3]], 6 * b);
  }
  starts[count] = point;
  firstRing[count] = ring;
  return { count, flat, starts, firstRing, lengths: /** @type {Uint32Array} */ (lengths), boxes };
}

/** @typedef {ReturnType<typeof decode>} City */

/** Rows by square, the nearest first. @param {City} city @param {readonly number[]} near x and z */
function squares({ count, boxes }, near) {
  /** @type {Map<string, {rows: number[], away: number}>} */
  const found = new Map();
  for (let b = 0; b < count; b += 1) {
    const [i, k] = [Math.floor((boxes[6 * b] + boxes[6 * b + 3]) / 2 / SQUARE_M), Math.floor((boxes[6 * b + 2] + boxes[6 * b + 5]) / 2 / SQUARE_M)];
    const key = `${i},${k}`;
    const known = found.get(key);
    if (known) known.rows.push(b);
    else found.set(key, { rows: [b], away: Math.hypot((i + 0.5) * SQUARE_M - near[0], (k + 0.5) * SQUARE_M - near[1]) });
  }
  return [...found.values()].sort((a, b) => a.away - b.away).map(({ rows }) => rows);
}

/** @param {City} city @param {number[]} rows @param {number} floor height that bodies stand on */
function square(city, rows, floor) {
  const { flat, starts, boxes } = city;
  const points = rows.reduce((n, b) => n + starts[b + 1] - starts[b], 0);
  const box = bounds(boxes, rows, floor);
  const center = /** @type {[number, number, number]} */ ([0, 1, 2].map((k) => (box[k] + box[k + 3]) / 2));
  const half = /** @type {[number, number, number]} */ ([0, 1, 2].map((k) => Math.max(0.5, (box[k + 3] - box[k]) / 2)));
  const positions = new Int16Array(points * 8);
  const owners = new Float32Array(points * 2);
  /** @type {number[]} */
  const roofs = [];
  const walls = new Uint32Array(points * 6);
  let [vertex, wall] = [0, 0];
  const put = (/** @type {number} */ at, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ z) => {
    positions[4 * at] = Math.round(((x - center[0]) / half[0]) * 32767);
    positions[4 * at + 1] = Math.round(((y - center[1]) / half[1]) * 32767);
    positions[4 * at + 2] = Math.round(((z - center[2]) / half[2]) * 32767);
  };
  for (const b of rows) {
    const count = starts[b + 1] - starts[b];
    const [low, high] = [Math.min(floor, boxes[6 * b + 1]), boxes[6 * b + 4]];
    for (let i = 0; i < count; i += 1) {
      const [x, z] = [flat[2 * (starts[b] + i)], flat[2 * (starts[b] + i) + 1]];
      put(vertex + i, x, high, z);
      put(vertex + count + i, x, low, z);
      owners[vertex + i] = owners[vertex + count + i] = b;
    }
    wall = addBody(city, b, vertex, count, roofs, walls, wall);
    vertex += 2 * count;
  }
  const Index = vertex > 65_535 ? Uint32Array : Uint16Array;
  const index = new Index(roofs.length + wall);
  index.set(roofs);
  index.set(walls.subarray(0, wall), roofs.length);
  return { center, half, positions, rows: owners, index, roofs: roofs.length };
}

/**
 * Roof and walls of one building: top points come first, then the bottom ones.
 * @param {City} city @param {number} b @param {number} vertex @param {number} count
 * @param {number[]} roofs @param {Uint32Array} walls @param {number} wall
 */
function addBody({ flat, starts, firstRing, lengths }, b, vertex, count, roofs, walls, wall) {
  let at = 0;
  /** @type {[number, number][]} start and length of the rings of one polygon */
  let polygon = [];
  const finish = () => { if (polygon.length) addRoof(flat, starts[b], polygon, vertex, roofs); polygon = []; };
  for (let ring = firstRing[b]; ring < firstRing[b + 1]; ring += 1) {
    const length = lengths[ring] & ~HOLE;
    if (!(lengths[ring] & HOLE)) finish();
    polygon.push([at, length]);
    for (let i = 0; i < length; i += 1) {
      const [p, q] = [vertex + at + i, vertex + at + ((i + 1) % length)];
      walls.set([p + count, q + count, q, p + count, q, p], wall);
      wall += 6;
    }
    at += length;
  }
  finish();
  return wall;
}

/** @param {Float32Array} flat @param {number} start @param {[number, number][]} rings @param {number} vertex @param {number[]} roofs */
function addRoof(flat, start, rings, vertex, roofs) {
  const [[at, length]] = rings;
  if (rings.length === 1 && length === 4 && convex(flat, start + at)) {
    roofs.push(vertex + at, vertex + at + 1, vertex + at + 2, vertex + at, vertex + at + 2, vertex + at + 3);
    return;
  }
  const paths = rings.map(([from, n]) => Array.from({ length: n }, (_, i) => new Vector2(flat[2 * (start + from + i)], -flat[2 * (start + from + i) + 1])));
  const numbers = rings.flatMap(([from, n]) => Array.from({ length: n }, (_, i) => vertex + from + i));
  for (const face of ShapeUtils.triangulateShape(paths[0], paths.slice(1))) for (const i of face) roofs.push(numbers[i]);
}

/** @param {Float32Array} flat @param {number} start whether four points turn one way only */
function convex(flat, start) {
  let sign = 0;
  for (let i = 0; i < 4; i += 1) {
    const [a, b, c] = [start + i, start + ((i + 1) % 4), start + ((i + 2) % 4)];
    const cross = (flat[2 * b] - flat[2 * a]) * (flat[2 * c + 1] - flat[2 * b + 1]) - (flat[2 * b + 1] - flat[2 * a + 1]) * (flat[2 * c] - flat[2 * b]);
    if (cross === 0) continue;
    if (sign && Math.sign(cross) !== sign) return false;
    sign = Math.sign(cross);
  }
  return true;
}

/** @param {Float32Array} boxes @param {number[]} rows @param {number} floor */
function bounds(boxes, rows, floor) {
  const box = [Infinity, floor, Infinity, -Infinity, -Infinity, -Infinity];
  for (const b of rows) {
    for (let k = 0; k < 3; k += 1) {
      box[k] = Math.min(box[k], boxes[6 * b + k]);
      box[k + 3] = Math.max(box[k + 3], boxes[6 * b + k + 3]);
    }
  }
  return box;
}
