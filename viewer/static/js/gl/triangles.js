// @ts-check
import { Matrix4, Vector3 } from "../../vendor/vendor3d.js";

/**
 * Triangles of one feature where they are drawn now.
 * @param {import("./features.js").FeatureModel} model
 * @param {number} feature
 * @returns {number[]} nine numbers a triangle, scene coordinates
 */
export function trianglesOf(model, feature) {
  /** @type {number[]} */
  const out = [];
  for (const chunk of model.chunks) {
    const local = feature - chunk.info.first;
    if (local < 0 || local >= chunk.info.features) continue;
    for (const mesh of chunk.solids) add(out, mesh, local);
  }
  return out;
}

/** The step that positions of a feature were rounded to, metres. @param {import("./features.js").FeatureModel} model @param {number} feature */
export function stepOf(model, feature) {
  const chunk = model.chunks.find(({ info }) => feature >= info.first && feature < info.first + info.features);
  return Math.max(0, ...(chunk?.solids ?? []).map((/** @type {any} */ mesh) => Math.max(mesh.scale.x, mesh.scale.y, mesh.scale.z))
    .filter((scale) => scale < 0.1));
}

/** @param {number[]} out @param {any} mesh @param {number} local */
function add(out, mesh, local) {
  const ids = mesh.geometry.getAttribute("featureId");
  mesh.updateWorldMatrix(true, false);
  if (!mesh.isInstancedMesh) return addWhere(out, mesh.geometry, mesh.matrixWorld, (v) => Math.round(ids.getX(v)) === local);
  const matrix = new Matrix4();
  for (let i = 0; i < mesh.count; i += 1) {
    if (Math.round(ids.getX(i)) !== local) continue;
    mesh.getMatrixAt(i, matrix);
    addWhere(out, mesh.geometry, matrix.premultiply(mesh.matrixWorld), () => true);
  }
}

/** @param {number[]} out @param {any} geometry @param {Matrix4} matrix @param {(vertex: number) => boolean} wanted */
function addWhere(out, geometry, matrix, wanted) {
  const position = geometry.getAttribute("position");
  const index = geometry.index;
  const count = index ? index.count : position.count;
  const point = new Vector3();
  for (let i = 0; i + 2 < count; i += 3) {
    if (!wanted(index ? index.getX(i) : i)) continue;
    for (let k = i; k < i + 3; k += 1) {
      point.fromBufferAttribute(position, index ? index.getX(k) : k).applyMatrix4(matrix);
      out.push(point.x, point.y, point.z);
    }
  }
}
