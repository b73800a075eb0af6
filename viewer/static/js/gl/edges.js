// @ts-check
/** Sharp and open edges of merged primitives. Pure; runs in a worker. */

const COS_SHARP = Math.cos((28 * Math.PI) / 180);

/**
 * Sharp and open edges of a merged primitive; none between two features.
 * @param {{array: ArrayLike<number>, stride: number}} positions
 * @param {ArrayLike<number>} index
 * @param {(vertex: number) => number} featureOf
 * @param {[number, number, number]} scale of the axes, so that angles of stretched positions are true
 * @returns {Uint32Array} pairs of vertex numbers
 */
export function sharpEdges({ array, stride }, index, featureOf, scale) {
  const welded = weld(array, stride, featureOf);
  const triangles = Math.floor(index.length / 3);
  const normals = new Float32Array(triangles * 3);
  const table = new EdgeTable(triangles * 3);
  for (let i = 0; i < triangles; i += 1) {
    const a = welded[index[3 * i]];
    const b = welded[index[3 * i + 1]];
    const c = welded[index[3 * i + 2]];
    if (!faceNormal(array, stride, a, b, c, scale, normals, i)) continue;
    table.add(a, b, i, normals);
    table.add(b, c, i, normals);
    table.add(c, a, i, normals);
  }
  return table.drawn();
}

/** The first vertex at the same place with the same feature, for each vertex. @param {ArrayLike<number>} p @param {number} stride @param {(vertex: number) => number} featureOf */
function weld(p, stride, featureOf) {
  const count = Math.floor(p.length / stride);
  const mask = tableSize(count) - 1;
  const table = new Int32Array(mask + 1).fill(-1);
  const out = new Uint32Array(count);
  for (let v = 0; v < count; v += 1) {
    const x = p[v * stride];
    const y = p[v * stride + 1];
    const z = p[v * stride + 2];
    const feature = featureOf(v);
    let slot = (Math.imul(x * 1024, 73856093) ^ Math.imul(y * 1024, 19349663) ^ Math.imul(z * 1024, 83492791) ^ Math.imul(feature, 40503)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const known = table[slot];
      if (known < 0) { table[slot] = out[v] = v; break; }
      if (p[known * stride] === x && p[known * stride + 1] === y && p[known * stride + 2] === z && featureOf(known) === feature) { out[v] = known; break; }
    }
  }
  return out;
}

/** Edges with the normal of their first face. */
class EdgeTable {
  /** @param {number} most */
  constructor(most) {
    this.mask = tableSize(most) - 1;
    this.low = new Int32Array(this.mask + 1).fill(-1);
    this.high = new Int32Array(this.mask + 1);
    this.face = new Int32Array(this.mask + 1);
    /** 1: one face; 2: more, all in one plane; 3: sharp */
    this.kind = new Uint8Array(this.mask + 1);
  }

  /** @param {number} a @param {number} b @param {number} face @param {Float32Array} normals */
  add(a, b, face, normals) {
    const low = a < b ? a : b;
    const high = a < b ? b : a;
    let slot = (Math.imul(low, 73856093) ^ Math.imul(high, 19349663)) & this.mask;
    while (this.low[slot] >= 0 && (this.low[slot] !== low || this.high[slot] !== high)) slot = (slot + 1) & this.mask;
    if (this.low[slot] < 0) {
      this.low[slot] = low;
      this.high[slot] = high;
      this.face[slot] = face;
      this.kind[slot] = 1;
      return;
    }
    if (this.kind[slot] === 3) return;
    const m = this.face[slot] * 3;
    const n = face * 3;
    const cos = Math.abs(normals[m] * normals[n] + normals[m + 1] * normals[n + 1] + normals[m + 2] * normals[n + 2]);
    this.kind[slot] = cos < COS_SHARP ? 3 : 2;
  }

  /** Pairs of the edges that are drawn. */
  drawn() {
    let count = 0;
    for (const kind of this.kind) count += kind & 1;
    const pairs = new Uint32Array(count * 2);
    let at = 0;
    for (let slot = 0; slot <= this.mask; slot += 1) {
      if (!(this.kind[slot] & 1)) continue;
      pairs[at] = this.low[slot];
      pairs[at + 1] = this.high[slot];
      at += 2;
    }
    return pairs;
  }
}

/** @param {number} entries @returns {number} a power of two with room to spare */
const tableSize = (entries) => 2 ** Math.ceil(Math.log2(Math.max(8, entries * 1.6)));

/** @param {ArrayLike<number>} p @param {number} stride @param {number} a @param {number} b @param {number} c @param {number[]} scale @param {Float32Array} out @param {number} at @returns {boolean} false for a face without area */
function faceNormal(p, stride, a, b, c, scale, out, at) {
  const ux = (p[b * stride] - p[a * stride]) * scale[0];
  const uy = (p[b * stride + 1] - p[a * stride + 1]) * scale[1];
  const uz = (p[b * stride + 2] - p[a * stride + 2]) * scale[2];
  const vx = (p[c * stride] - p[a * stride]) * scale[0];
  const vy = (p[c * stride + 1] - p[a * stride + 1]) * scale[1];
  const vz = (p[c * stride + 2] - p[a * stride + 2]) * scale[2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  const length = Math.sqrt(x * x + y * y + z * z);
  if (!(length > 0)) return false;
  out[at * 3] = x / length;
  out[at * 3 + 1] = y / length;
  out[at * 3 + 2] = z / length;
  return true;
}
