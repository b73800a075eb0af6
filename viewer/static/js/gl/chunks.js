// @ts-check
import { Box3, BufferAttribute, BufferGeometry, Group, InstancedBufferAttribute, InstancedMesh, LineSegments, Matrix4, Mesh, Sphere, Vector3, Vector4 } from "../../vendor/vendor3d.js";
import { decoders } from "./decode.js";
import { PASS_LINE, PICK, SEE_THROUGH, SOLID, featureMaterial } from "./material.js";

/** Camera layer of the id pass. */
export const PICK_LAYER = 1;
/** Camera layer of outlines, which a moving picture may go without. */
export const LINE_LAYER = 2;

/** @typedef {{storey: string | null, band: string, first: number, features: number}} ChunkInfo */
/** @typedef {import("./workers/chunk.js").Part} Part */

/** Geometry of one storey × band: the same buffers drawn by up to three passes. */
export class Chunk {
  /** @param {ChunkInfo} info */
  constructor(info) {
    this.info = info;
    this.group = new Group();
    /** @type {Mesh[]} */
    this.solids = [];
    /** @type {Mesh[]} */
    this.through = [];
    this.triangles = 0;
    /** @type {Map<string, any>} materials by pass: meshes of one part share them */
    this.materials = new Map();
  }

  /**
   * Add one mesh in every pass.
   * @param {any} source Mesh or InstancedMesh with a `featureId` attribute, its matrix set
   * @param {Vector4} base colour and alpha, linear
   * @param {import("./features.js").FeatureModel} model
   * @param {boolean} [alpha] whether a vertex of it is see-through
   */
  add(source, base, model, alpha = false) {
    for (const pass of [SOLID, SEE_THROUGH, PICK]) {
      const mesh = pass === SOLID ? source : source.clone();
      mesh.material = this.material(pass, base, source.geometry, model);
      mesh.layers.set(pass === PICK ? PICK_LAYER : 0);
      mesh.renderOrder = pass === SEE_THROUGH ? 2 : 0;
      mesh.matrixAutoUpdate = false;
      if (pass === SOLID) this.solids.push(mesh);
      if (pass === SEE_THROUGH) this.through.push(mesh);
      if (pass === SEE_THROUGH) mesh.userData.alpha = base.w < 0.99 || alpha;
      this.group.add(mesh);
    }
    const index = source.geometry.index;
    this.triangles += ((index ? index.count : source.geometry.getAttribute("position").count) / 3) * (source.count ?? 1);
  }

  /** @param {number} pass @param {Vector4} base @param {any} geometry @param {import("./features.js").FeatureModel} model */
  material(pass, base, geometry, model) {
    const colours = Boolean(geometry.getAttribute("color"));
    const key = `${pass}|${colours}|${base.toArray().join()}`;
    const known = this.materials.get(key);
    if (known) return known;
    const made = featureMaterial(model.uniforms, pass, { first: this.info.first, base, colours });
    this.materials.set(key, made);
    return made;
  }

  /** @param {boolean} on */
  setCaps(on) {
    for (const material of this.materials.values()) {
      if (Boolean(material.defines.CUT) === on) continue;
      material.defines = on ? { CUT: 1, ...(material.transparent ? {} : { CAPS: 1 }) } : {};
      material.needsUpdate = true;
    }
  }

  /** Free its buffers and materials. */
  dispose() {
    this.group.traverse((/** @type {any} */ node) => {
      node.geometry?.dispose();
      node.material?.dispose();
      if (node.isInstancedMesh) node.dispose();
    });
    this.group.clear();
    this.group.removeFromParent();
  }
}

/**
 * Read one GLB chunk into a model; the bytes are handed over to a worker.
 * @param {ArrayBuffer} bytes
 * @param {ChunkInfo} info
 * @param {import("./features.js").FeatureModel} model
 * @param {{edges?: boolean}} [options] edges: draw outlines too
 * @returns {Promise<Chunk>}
 */
export async function readChunk(bytes, info, model, { edges = true } = {}) {
  return chunkFrom(await decoders.decode(bytes, edges && info.band !== "spaces"), info, model);
}

/** Wrap what a worker has unpacked. @param {Part[]} parts @param {ChunkInfo} info @param {import("./features.js").FeatureModel} model */
export function chunkFrom(parts, info, model) {
  const chunk = new Chunk(info);
  for (const part of parts) addPart(chunk, part, model);
  return chunk;
}

/** @param {Chunk} chunk @param {Part} part @param {import("./features.js").FeatureModel} model */
function addPart(chunk, part, model) {
  const [r, g, b, a] = part.base;
  const base = new Vector4(r, g, b, chunk.info.band === "spaces" ? Math.min(a, 0.45) : a);
  const attributes = attributesOf(part);
  const matrix = new Matrix4().fromArray(part.matrix);
  for (const { index, sphere, box } of part.pieces) {
    const geometry = new BufferGeometry();
    for (const [name, attribute] of Object.entries(attributes)) geometry.setAttribute(name, attribute);
    geometry.setIndex(new BufferAttribute(index, 1));
    if (Number.isFinite(sphere[3])) geometry.boundingSphere = new Sphere(new Vector3(sphere[0], sphere[1], sphere[2]), sphere[3]);
    if (box) geometry.boundingBox = new Box3().setFromArray(box);
    chunk.add(placed(meshOf(geometry, part), matrix), base, model, part.alpha);
  }
  if (part.edges?.length) chunk.group.add(placed(linesOf(chunk, part.edges, attributes, base, model), matrix));
}

/** @param {Part} part @returns {Record<string, BufferAttribute>} */
function attributesOf({ attributes, instances }) {
  return Object.fromEntries(Object.entries(attributes).map(([name, { array, size, normalized }]) => {
    const Kind = instances && name === "featureId" ? InstancedBufferAttribute : BufferAttribute;
    return [name, new Kind(array, size, normalized)];
  }));
}

/** @param {BufferGeometry} geometry @param {Part} part */
function meshOf(geometry, { instances }) {
  if (!instances) return new Mesh(geometry);
  const mesh = new InstancedMesh(geometry, undefined, instances.length / 16);
  mesh.instanceMatrix.array.set(instances);
  return mesh;
}

/** @template {any} T @param {T} node @param {Matrix4} matrix @returns {T} */
function placed(node, matrix) {
  const object = /** @type {any} */ (node);
  object.matrix.copy(matrix);
  matrix.decompose(object.position, object.quaternion, object.scale);
  object.matrixAutoUpdate = false;
  return node;
}

/** Outlines of a part, obeying the same states as its faces. @param {Chunk} chunk @param {Uint32Array} edges @param {Record<string, BufferAttribute>} attributes @param {Vector4} base @param {import("./features.js").FeatureModel} model */
function linesOf(chunk, edges, attributes, base, model) {
  const geometry = new BufferGeometry();
  for (const [name, attribute] of Object.entries(attributes)) geometry.setAttribute(name, attribute);
  geometry.setIndex(new BufferAttribute(edges, 1));
  const lines = new LineSegments(geometry, chunk.material(PASS_LINE, base, geometry, model));
  lines.renderOrder = 1;
  lines.layers.set(LINE_LAYER);
  return lines;
}
