// @ts-check
/** A GLB as plain arrays: what chunks and tiles of the service hold, and nothing else of glTF 2.0. */
import { MeshoptDecoder } from "../../../vendor/meshopt.js";

const GLB_HEAD = 12;
const CHUNK_HEAD = 8;
const ARRAYS = /** @type {Record<number, any>} */ ({ 5120: Int8Array, 5121: Uint8Array, 5122: Int16Array, 5123: Uint16Array, 5125: Uint32Array, 5126: Float32Array });
const SIZES = /** @type {Record<string, number>} */ ({ SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 });
const PACKED = ["EXT_meshopt_compression", "KHR_meshopt_compression"];

/**
 * @typedef {object} Attribute
 * @property {any} array
 * @property {number} size numbers a vertex
 * @property {boolean} normalized
 */

/**
 * @typedef {object} Primitive
 * @property {number[]} matrix column by column, from its own coordinates to the scene's
 * @property {number[]} base colour and alpha, linear
 * @property {(name: string, size?: number) => Attribute | null} attribute of the vertices, each in `size` numbers
 * @property {Uint16Array | Uint32Array | null} index
 * @property {number} vertices
 * @property {{matrices: Float32Array, attribute: (name: string) => Attribute | null} | null} instances
 */

/** @param {ArrayBuffer} bytes @returns {Promise<Primitive[]>} */
export async function readGlb(bytes) {
  await MeshoptDecoder.ready;
  const { document, binary } = partsOf(bytes);
  const views = (document.bufferViews ?? []).map((/** @type {any} */ view) => unpacked(view, binary));
  const accessor = (/** @type {number | undefined} */ at, /** @type {number | undefined} */ size) => (at === undefined ? null : attributeOf(document.accessors[at], views, size));
  /** @type {Primitive[]} */
  const found = [];
  const visit = (/** @type {number} */ at, /** @type {number[]} */ above) => {
    const node = document.nodes[at];
    const matrix = times(above, matrixOf(node));
    for (const primitive of node.mesh === undefined ? [] : document.meshes[node.mesh].primitives) {
      found.push({
        matrix, base: document.materials?.[primitive.material]?.pbrMetallicRoughness?.baseColorFactor ?? [1, 1, 1, 1],
        attribute: (name, size) => accessor(primitive.attributes[name], size),
        index: accessor(primitive.indices, 1)?.array ?? null, vertices: document.accessors[primitive.attributes.POSITION].count,
        instances: instancesOf(node.extensions?.EXT_mesh_gpu_instancing?.attributes, accessor),
      });
    }
    for (const child of node.children ?? []) visit(child, matrix);
  };
  for (const at of document.scenes[document.scene ?? 0].nodes) visit(at, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  return found;
}

/** @param {ArrayBuffer} bytes @returns {{document: any, binary: Uint8Array}} */
function partsOf(bytes) {
  const head = new DataView(bytes);
  if (bytes.byteLength < GLB_HEAD + CHUNK_HEAD || head.getUint32(0, true) !== 0x46546c67 || head.getUint32(4, true) !== 2) throw new Error("not a GLB");
  const length = head.getUint32(GLB_HEAD, true);
  const from = GLB_HEAD + CHUNK_HEAD;
  const document = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, from, length)));
  const rest = from + length + CHUNK_HEAD;
  return { document, binary: rest <= bytes.byteLength ? new Uint8Array(bytes, rest) : new Uint8Array(0) };
}

/** Bytes of a buffer view. @param {any} view @param {Uint8Array} binary @returns {{bytes: Uint8Array, stride: number | undefined}} */
function unpacked(view, binary) {
  const how = PACKED.map((name) => view.extensions?.[name]).find(Boolean);
  if (!how) return { bytes: binary.slice(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength), stride: view.byteStride };
  const source = binary.subarray(how.byteOffset ?? 0, (how.byteOffset ?? 0) + how.byteLength);
  const bytes = new Uint8Array(how.count * how.byteStride);
  MeshoptDecoder.decodeGltfBuffer(bytes, how.count, how.byteStride, source, how.mode, how.filter);
  return { bytes, stride: view.byteStride ?? (how.mode === "ATTRIBUTES" ? how.byteStride : undefined) };
}

/**
 * Numbers of an accessor, copied out of what it lies between: what is interleaved cannot be handed over.
 * @param {any} accessor
 * @param {{bytes: Uint8Array, stride: number | undefined}[]} views
 * @param {number} [size] numbers of each in the copy; what is missing is 0
 * @returns {Attribute}
 */
function attributeOf({ bufferView, byteOffset = 0, componentType, type, count, normalized = false }, views, size = SIZES[type]) {
  const Kind = ARRAYS[componentType];
  const array = new Kind(count * size);
  const { bytes, stride } = views[bufferView];
  const own = SIZES[type] * Kind.BYTES_PER_ELEMENT;
  const step = stride ?? own;
  if (step === own && size === SIZES[type]) {
    new Uint8Array(array.buffer).set(bytes.subarray(byteOffset, byteOffset + count * own));
    return { array, size, normalized };
  }
  const used = Math.min(size, SIZES[type]);
  const jump = step / Kind.BYTES_PER_ELEMENT;
  const source = new Kind(bytes.buffer, bytes.byteOffset + byteOffset, count ? (count - 1) * jump + used : 0);
  for (let v = 0; v < count; v += 1) for (let k = 0; k < used; k += 1) array[v * size + k] = source[v * jump + k];
  return { array, size, normalized };
}

/**
 * Matrices of a body that stands many times.
 * @param {Record<string, number> | undefined} attributes
 * @param {(at: number | undefined, size?: number) => Attribute | null} accessor
 * @returns {Primitive["instances"]}
 */
function instancesOf(attributes, accessor) {
  if (!attributes) return null;
  const [moves, turns, scales] = ["TRANSLATION", "ROTATION", "SCALE"].map((name) => plainNumbers(accessor(attributes[name])));
  const all = Object.values(attributes).map((at) => accessor(at));
  const count = all.length ? (all[0]?.array.length ?? 0) / (all[0]?.size ?? 1) : 0;
  const matrices = new Float32Array(count * 16);
  for (let i = 0; i < count; i += 1) {
    const of = (/** @type {ArrayLike<number> | null} */ from, /** @type {number[]} */ without) => (from ? without.map((_, k) => from[i * without.length + k]) : without);
    matrices.set(matrixOf({ translation: of(moves, [0, 0, 0]), rotation: of(turns, [0, 0, 0, 1]), scale: of(scales, [1, 1, 1]) }), i * 16);
  }
  return { matrices, attribute: (name) => accessor(attributes[name]) };
}

/** Whole numbers that stand for parts of one, as such. @param {Attribute | null} attribute @returns {ArrayLike<number> | null} */
function plainNumbers(attribute) {
  if (!attribute?.normalized) return attribute?.array ?? null;
  const most = 2 ** (8 * attribute.array.BYTES_PER_ELEMENT - 1) - 1;
  return Float32Array.from(attribute.array, (value) => Math.max(-1, value / most));
}

/** @param {any} node with a matrix, or with translation, rotation and scale @returns {number[]} */
function matrixOf({ matrix, translation = [0, 0, 0], rotation = [0, 0, 0, 1], scale = [1, 1, 1] }) {
  if (matrix) return matrix;
  const [x, y, z, w] = rotation;
  const turn = [
    1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w),
    2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w),
    2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y),
  ];
  const column = (/** @type {number} */ k) => [...turn.slice(k * 3, k * 3 + 3).map((value) => value * scale[k]), 0];
  return [...column(0), ...column(1), ...column(2), ...translation, 1];
}

/** The product of two matrices, column by column. @param {number[]} a @param {number[]} b @returns {number[]} */
function times(a, b) {
  return b.map((_, at) => [0, 1, 2, 3].reduce((sum, k) => sum + a[k * 4 + (at % 4)] * b[(at - (at % 4)) + k], 0));
}
