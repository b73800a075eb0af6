// @ts-check
/** Bodies that stand a few times travel once; here they become ordinary triangles, with outlines and fewer things to draw. */

/** Triangles of all uses of a body together, above which it stays one that is drawn many times. */
const MOST_TRIANGLES = 4_000;
/** Triangles of one primitive that is made here: outlines are found for such. */
const TOGETHER = 40_000;
const TRANSLUCENT = 0.99;

/** @typedef {import("./glb.js").Primitive} Primitive */

/** @param {Primitive[]} primitives @returns {Primitive[]} those that stay, then what became of the others */
export function expand(primitives) {
  const few = new Set(primitives.filter((one) => one.instances && one.index && trianglesOf(one) <= MOST_TRIANGLES));
  const clear = (/** @type {Primitive} */ one) => one.base[3] < TRANSLUCENT;
  const groups = [...grouped([...few].filter((one) => !clear(one))), ...grouped([...few].filter(clear))];
  return [...primitives.filter((one) => !few.has(one)), ...groups.map(together)];
}

/** @param {Primitive} one */
const usesOf = (one) => (one.instances?.matrices.length ?? 0) / 16;

/** @param {Primitive} one */
const trianglesOf = (one) => ((one.index?.length ?? 0) / 3) * usesOf(one);

/** @param {Primitive[]} bodies @returns {Primitive[][]} */
function grouped(bodies) {
  /** @type {Primitive[][]} */
  const groups = [];
  let room = 0;
  for (const body of bodies) {
    if (room < trianglesOf(body)) { groups.push([]); room = TOGETHER; }
    groups[groups.length - 1].push(body);
    room -= trianglesOf(body);
  }
  return groups;
}

/** All uses of some bodies as one primitive, in the coarsest of their steps. @param {Primitive[]} bodies @returns {Primitive} */
function together(bodies) {
  const vertices = bodies.reduce((sum, one) => sum + one.vertices * usesOf(one), 0);
  const unit = Math.max(...bodies.map(({ matrix }) => Math.hypot(matrix[0], matrix[1], matrix[2])));
  const index = new Uint32Array(3 * bodies.reduce((sum, one) => sum + trianglesOf(one), 0));
  const position = new Float32Array(vertices * 4);
  const feature = new Uint16Array(vertices);
  const colour = new Uint8Array(vertices * 4);
  let [vertex, at] = [0, 0];
  for (const body of bodies) {
    const own = body.attribute("POSITION", 4)?.array;
    const ids = body.instances?.attribute("_FEATURE_ID_0")?.array;
    const rgba = body.base.map((part) => Math.round(part * 255));
    for (let use = 0; use < usesOf(body); use += 1) {
      const matrix = times(body.matrix, body.instances?.matrices ?? [], use * 16).map((value) => value / unit);
      for (const corner of body.index ?? []) { index[at] = vertex + corner; at += 1; }
      for (let v = 0; v < body.vertices; v += 1, vertex += 1) {
        for (let k = 0; k < 3; k += 1) position[vertex * 4 + k] = matrix[k] * own[v * 4] + matrix[4 + k] * own[v * 4 + 1] + matrix[8 + k] * own[v * 4 + 2] + matrix[12 + k];
        feature[vertex] = ids[use];
        colour.set(rgba, vertex * 4);
      }
    }
  }
  /** @type {Record<string, import("./glb.js").Attribute>} */
  const attributes = { POSITION: { array: position, size: 4, normalized: false }, _FEATURE_ID_0: { array: feature, size: 1, normalized: false }, COLOR_0: { array: colour, size: 4, normalized: true } };
  return { matrix: [unit, 0, 0, 0, 0, unit, 0, 0, 0, 0, unit, 0, 0, 0, 0, 1], base: [1, 1, 1, 1], attribute: (name) => attributes[name] ?? null, index, vertices, instances: null };
}

/** The product of two matrices, column by column. @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} from where the second begins @returns {number[]} */
function times(a, b, from) {
  return Array.from({ length: 16 }, (_, at) => [0, 1, 2, 3].reduce((sum, k) => sum + a[k * 4 + (at % 4)] * b[from + at - (at % 4) + k], 0));
}
