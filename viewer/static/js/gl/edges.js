// @ts-check
import { BufferAttribute, BufferGeometry, LineSegments } from "../../vendor/vendor3d.js";
import { PASS_LINE, featureMaterial } from "./material.js";

/** Larger chunks go without outlines: finding them would hold up the page, and they would be a grey mass. */
export const MAX_TRIANGLES = 60_000;
const COS_SHARP = Math.cos((28 * Math.PI) / 180);

/**
 * Sharp and open edges of a merged primitive, each with the feature it belongs to.
 * @param {{array: ArrayLike<number>, stride: number}} positions
 * @param {ArrayLike<number>} index
 * @param {(vertex: number) => number} featureOf
 * @param {[number, number, number]} scale of the axes, so that angles of stretched positions are true
 * @returns {number[]} pairs of vertex numbers
 */
export function sharpEdges({ array, stride }, index, featureOf, scale) {
  /** @type {Map<string, number>} */
  const places = new Map();
  const place = (/** @type {number} */ v) => {
    const at = v * stride;
    const key = `${array[at]},${array[at + 1]},${array[at + 2]},${featureOf(v)}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, v);
    return v;
  };
  /** @type {Map<number, {a: number, b: number, normal: number[], sharp: boolean, count: number}>} */
  const edges = new Map();
  const span = array.length / stride;
  for (let i = 0; i + 2 < index.length; i += 3) {
    const corners = [place(index[i]), place(index[i + 1]), place(index[i + 2])];
    const normal = faceNormal(array, stride, corners, scale);
    if (!normal) continue;
    for (let k = 0; k < 3; k += 1) {
      const [a, b] = [corners[k], corners[(k + 1) % 3]];
      const key = Math.min(a, b) * span + Math.max(a, b);
      const edge = edges.get(key);
      if (!edge) edges.set(key, { a, b, normal, sharp: false, count: 1 });
      else {
        edge.count += 1;
        edge.sharp ||= Math.abs(edge.normal[0] * normal[0] + edge.normal[1] * normal[1] + edge.normal[2] * normal[2]) < COS_SHARP;
      }
    }
  }
  return [...edges.values()].filter((edge) => edge.sharp || edge.count === 1).flatMap(({ a, b }) => [a, b]);
}

/** @param {ArrayLike<number>} array @param {number} stride @param {number[]} corners @param {number[]} scale */
function faceNormal(array, stride, [a, b, c], scale) {
  const edge = (/** @type {number} */ from, /** @type {number} */ to) => [0, 1, 2].map((k) => (array[to * stride + k] - array[from * stride + k]) * scale[k]);
  const [u, v] = [edge(a, b), edge(a, c)];
  const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const length = Math.hypot(n[0], n[1], n[2]);
  return length > 0 ? n.map((x) => x / length) : null;
}

/**
 * Outlines of a merged mesh, obeying the same states as its faces.
 * @param {any} mesh with indexed geometry
 * @param {import("./features.js").FeatureModel} model
 * @param {{first: number, base: any}} chunk
 * @returns {LineSegments | null}
 */
export function outline(mesh, model, { first, base }) {
  const { geometry } = mesh;
  const position = geometry.getAttribute("position");
  const ids = geometry.getAttribute("featureId");
  if (!geometry.index || geometry.index.count > MAX_TRIANGLES * 3) return null;
  const source = position.isInterleavedBufferAttribute ? { array: position.data.array, stride: position.data.stride } : { array: position.array, stride: position.itemSize };
  const pairs = sharpEdges(source, geometry.index.array, (v) => ids.getX(v), [mesh.scale.x, mesh.scale.y, mesh.scale.z]);
  if (!pairs.length) return null;
  const lines = new BufferGeometry();
  for (const name of Object.keys(geometry.attributes)) lines.setAttribute(name, geometry.attributes[name]);
  lines.setIndex(new BufferAttribute(new Uint32Array(pairs), 1));
  lines.boundingSphere = geometry.boundingSphere;
  const drawn = new LineSegments(lines, featureMaterial(model.uniforms, PASS_LINE, { first, base, colours: Boolean(geometry.getAttribute("color")) }));
  drawn.matrix.copy(mesh.matrix);
  drawn.matrixAutoUpdate = false;
  drawn.renderOrder = 1;
  return drawn;
}
