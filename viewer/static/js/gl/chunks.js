// @ts-check
import { BufferAttribute, GLTFLoader, Group, Mesh, MeshoptDecoder, Vector4 } from "../../vendor/vendor3d.js";
import { outline } from "./edges.js";
import { PICK, SEE_THROUGH, SOLID, featureMaterial } from "./material.js";

/** Camera layer of the id pass. */
export const PICK_LAYER = 1;

const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);

/** Geometry of one storey × band: the same buffers drawn by up to three passes. */
export class Chunk {
  /**
   * @param {{storey: string | null, band: string, first: number, features: number}} info
   */
  constructor(info) {
    this.info = info;
    this.group = new Group();
    /** @type {Mesh[]} */
    this.solids = [];
    /** @type {Mesh[]} */
    this.through = [];
    /** Whether any of its features is see-through by its own colour. */
    this.alpha = false;
    this.triangles = 0;
    /** @type {(() => import("../../vendor/vendor3d.js").LineSegments | null)[]} outlines still to be found */
    this.outlines = [];
  }

  /**
   * Add one mesh in every pass.
   * @param {any} source Mesh or InstancedMesh with a `featureId` attribute
   * @param {Vector4} base colour and alpha, linear
   * @param {import("./features.js").FeatureModel} model
   */
  add(source, base, model) {
    const colour = source.geometry.getAttribute("color");
    const chunk = { first: this.info.first, base, colours: Boolean(colour) };
    this.alpha ||= base.w < 0.99 || hasAlpha(colour);
    for (const pass of [SOLID, SEE_THROUGH, PICK]) {
      const mesh = pass === SOLID ? source : source.clone();
      mesh.material = featureMaterial(model.uniforms, pass, chunk);
      mesh.layers.set(pass === PICK ? PICK_LAYER : 0);
      mesh.renderOrder = pass === SEE_THROUGH ? 2 : 0;
      mesh.matrixAutoUpdate = false;
      if (pass === SOLID) this.solids.push(mesh);
      if (pass === SEE_THROUGH) this.through.push(mesh);
      this.group.add(mesh);
    }
    if (!source.isInstancedMesh && this.info.band !== "spaces") this.outlines.push(() => outline(source, model, chunk));
    const index = source.geometry.index;
    this.triangles += ((index ? index.count : source.geometry.getAttribute("position").count) / 3) * (source.count ?? 1);
  }

  /** @param {boolean} on */
  setCaps(on) {
    for (const { material } of /** @type {any[]} */ (this.group.children)) {
      if (Boolean(material.defines.CAPS) === on || material.transparent) continue;
      material.defines = on ? { CAPS: 1 } : {};
      material.needsUpdate = true;
    }
  }

  /** Find and draw the outlines of one more mesh. @returns {boolean} whether there was one left */
  outlineNext() {
    const lines = this.outlines.shift()?.();
    if (lines) this.group.add(lines);
    return this.outlines.length > 0;
  }

  /** Free its buffers and materials. */
  dispose() {
    this.group.traverse((/** @type {any} */ node) => {
      node.geometry?.dispose();
      node.material?.dispose();
      if (node.isInstancedMesh) node.dispose();
    });
    this.group.removeFromParent();
  }
}

/**
 * Read one GLB chunk into a model.
 * @param {ArrayBuffer} bytes
 * @param {{storey: string | null, band: string, first: number, features: number}} info
 * @param {import("./features.js").FeatureModel} model
 * @returns {Promise<Chunk>}
 */
export async function readChunk(bytes, info, model) {
  const gltf = await loader.parseAsync(bytes, "");
  const chunk = new Chunk(info);
  gltf.scene.updateMatrixWorld(true);
  /** @type {any[]} */
  const meshes = [];
  gltf.scene.traverse((/** @type {any} */ node) => node.isMesh && meshes.push(node));
  for (const mesh of meshes) {
    if (!adoptFeatureIds(mesh)) continue;
    mesh.matrix.copy(mesh.matrixWorld);
    mesh.matrix.decompose(mesh.position, mesh.quaternion, mesh.scale);
    const { color, opacity } = mesh.material;
    const base = new Vector4(color?.r ?? 0.8, color?.g ?? 0.8, color?.b ?? 0.8, opacity ?? 1);
    mesh.removeFromParent();
    chunk.add(mesh, info.band === "spaces" ? new Vector4(base.x, base.y, base.z, Math.min(base.w, 0.45)) : base, model);
  }
  return chunk;
}

/**
 * Give the id attribute one name: three lower-cases custom vertex attributes but not instanced ones.
 * @param {any} mesh
 */
function adoptFeatureIds(mesh) {
  const { geometry } = mesh;
  const ids = geometry.getAttribute("_FEATURE_ID_0") ?? geometry.getAttribute("_feature_id_0");
  if (!ids) return false;
  geometry.setAttribute("featureId", ids);
  geometry.deleteAttribute("_FEATURE_ID_0");
  geometry.deleteAttribute("_feature_id_0");
  geometry.deleteAttribute("normal");
  return true;
}

/** @param {BufferAttribute | undefined} colour */
function hasAlpha(colour) {
  if (!colour || colour.itemSize < 4) return false;
  for (let i = 0; i < colour.count; i += 1) if (colour.getW(i) < 0.99) return true;
  return false;
}
