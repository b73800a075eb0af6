// @ts-check
import { Matrix4, Vector3 } from "../../vendor/vendor3d.js";
import { PICK_LAYER } from "./chunks.js";

/** How far beside its box a mesh is still taken to be met, as a part of the box: coordinates are whole numbers. */
const MARGIN = 1e-3;

/**
 * Before a pick of one pixel: leave out of the id pass what the line of sight does not meet. Meshes that say their box only;
 * the renderer's own culling takes spheres, which meet far more.
 * @param {import("../../vendor/vendor3d.js").Scene} scene
 * @param {any} camera whose picture is one pixel
 */
export function leaveOutUnmet(scene, camera) {
  scene.updateMatrixWorld();
  camera.updateMatrixWorld();
  const [near, far] = [-1, 1].map((z) => new Vector3(0, 0, z).unproject(camera));
  const [inward, a, b] = [new Matrix4(), new Vector3(), new Vector3()];
  scene.traverseVisible((/** @type {any} */ node) => {
    for (const mesh of node.children) {
      const box = mesh.geometry?.boundingBox;
      if (!box || !mesh.layers.isEnabled(PICK_LAYER)) continue;
      inward.copy(mesh.matrixWorld).invert();
      mesh.visible = meets(box, a.copy(near).applyMatrix4(inward), b.copy(far).applyMatrix4(inward));
    }
  });
}

/**
 * Whether a segment meets a box.
 * @param {import("../../vendor/vendor3d.js").Box3} box
 * @param {Vector3} from
 * @param {Vector3} to
 */
export function meets({ min, max }, from, to) {
  let [enter, leave] = [0, 1];
  for (const axis of /** @type {const} */ (["x", "y", "z"])) {
    const room = (max[axis] - min[axis]) * MARGIN + MARGIN;
    const [low, high, way] = [min[axis] - room - from[axis], max[axis] + room - from[axis], to[axis] - from[axis]];
    if (way === 0 && (low > 0 || high < 0)) return false;
    if (way === 0) continue;
    enter = Math.max(enter, Math.min(low / way, high / way));
    leave = Math.min(leave, Math.max(low / way, high / way));
  }
  return enter <= leave;
}
