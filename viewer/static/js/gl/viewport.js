// @ts-check
import {
  Box3, OrbitControls, PerspectiveCamera, Scene, Sphere, Spherical, Vector3, WebGLRenderTarget, WebGLRenderer,
} from "../../vendor/vendor3d.js";
import { unpackPick } from "../core/ids.js";
import { PICK_LAYER } from "./chunks.js";
import { Flight } from "./flight.js";

const HOME = new Vector3(-0.55, 0.62, 0.8).normalize();

/** The one canvas: draws only when something changed, and answers which feature lies under a pixel. */
export class Viewport {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{onLost: (lost: boolean) => void}} events
   */
  constructor(canvas, events) {
    this.canvas = canvas;
    this.software = isSoftware();
    this.renderer = new WebGLRenderer({ canvas, antialias: !this.software, alpha: true, powerPreference: "high-performance" });
    this.renderer.setPixelRatio(this.software ? 1 : Math.min(window.devicePixelRatio, 2));
    this.renderer.info.autoReset = true;
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(42, 1, 0.1, 5000);
    this.controls = new OrbitControls(this.camera, canvas);
    Object.assign(this.controls, { zoomToCursor: true, screenSpacePanning: true, maxPolarAngle: Math.PI * 0.98 });
    this.target = new WebGLRenderTarget(1, 1);
    this.bounds = new Sphere(new Vector3(), 50);
    this.flight = new Flight(this.camera, this.controls, this.software, () => this.invalidate());
    this.frames = 0;
    this.queued = false;
    /** @type {WebGLSync | null} */
    this.fence = null;
    /** @type {Set<() => void>} */
    this.afterFrame = new Set();
    this.controls.addEventListener("change", () => this.invalidate());
    canvas.addEventListener("webglcontextlost", (event) => { event.preventDefault(); events.onLost(true); });
    canvas.addEventListener("webglcontextrestored", () => { events.onLost(false); this.invalidate(); });
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    canvas.addEventListener("pointerdown", () => this.flight.stop());
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.invalidate();
  }

  /** Ask for a frame; many askings make one. */
  invalidate() {
    if (this.queued) return;
    this.queued = true;
    requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.queued = false;
    if (this.busy()) return this.invalidate();
    this.flight.step(performance.now());
    this.setDepthRange();
    this.camera.layers.set(0);
    this.renderer.render(this.scene, this.camera);
    const gl = /** @type {WebGL2RenderingContext} */ (this.renderer.getContext());
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.frames += 1;
    for (const action of this.afterFrame) action();
  }

  /** Whether the previous frame is still being drawn: at most one is in flight. */
  busy() {
    if (!this.fence) return false;
    const gl = /** @type {WebGL2RenderingContext} */ (this.renderer.getContext());
    if (gl.isContextLost()) { this.fence = null; return false; }
    const done = gl.getSyncParameter(this.fence, gl.SYNC_STATUS) === gl.SIGNALED;
    if (done) { gl.deleteSync(this.fence); this.fence = null; }
    return !done;
  }

  setDepthRange() {
    const distance = this.camera.position.distanceTo(this.bounds.center);
    const reach = distance + this.bounds.radius * 2.5;
    this.camera.near = Math.max(0.05, Math.min(distance - this.bounds.radius * 2.5, reach / 50), reach / 4000);
    this.camera.far = reach;
    this.camera.updateProjectionMatrix();
  }

  /**
   * The feature under a point of the page.
   * @param {number} clientX
   * @param {number} clientY
   */
  pick(clientX, clientY) {
    const rect = this.canvas.getBoundingClientRect();
    const [x, y] = [clientX - rect.left, clientY - rect.top];
    if (x < 0 || y < 0 || x >= rect.width || y >= rect.height) return null;
    const { camera, renderer } = this;
    camera.setViewOffset(rect.width, rect.height, Math.floor(x), Math.floor(y), 1, 1);
    camera.layers.set(PICK_LAYER);
    renderer.setRenderTarget(this.target);
    renderer.setClearColor(0x000000, 0);
    renderer.clear();
    renderer.render(this.scene, camera);
    const pixel = new Uint8Array(4);
    renderer.readRenderTargetPixels(this.target, 0, 0, 1, 1, pixel);
    renderer.setRenderTarget(null);
    camera.clearViewOffset();
    camera.layers.set(0);
    return unpackPick(pixel);
  }

  /**
   * Where a scene point is on the page, null behind the camera.
   * @param {Vector3} point
   */
  project(point) {
    this.camera.updateMatrixWorld();
    const p = point.clone().project(this.camera);
    if (p.z > 1 || p.z < -1) return null;
    const rect = this.canvas.getBoundingClientRect();
    return { x: rect.left + ((p.x + 1) / 2) * rect.width, y: rect.top + ((1 - p.y) / 2) * rect.height };
  }

  /**
   * Say how large the world is (for the depth range and the far zoom).
   * @param {Box3} box
   */
  setBounds(box) {
    box.getBoundingSphere(this.bounds);
    this.bounds.radius = Math.max(this.bounds.radius, 5);
    this.controls.maxDistance = this.bounds.radius * 8;
    this.controls.minDistance = 0.5;
  }

  /**
   * Bring a box into view.
   * @param {Box3} box
   * @param {{keepDirection?: boolean, jump?: boolean, margin?: number}} [options]
   * @returns {{model: number, feature: number} | null} what will be in the middle of the picture
   */
  fit(box, { keepDirection = true, jump = false, margin = 1.14 } = {}) {
    if (box.isEmpty()) return null;
    const direction = keepDirection ? this.camera.position.clone().sub(this.controls.target).normalize() : HOME.clone();
    if (direction.lengthSq() < 0.5) direction.copy(HOME);
    const center = box.getCenter(new Vector3());
    const distance = Math.max(this.distanceFor(box, center, direction) * margin, 2.5);
    const eye = center.clone().addScaledVector(direction, distance);
    const ahead = this.pickFrom(center, eye);
    this.flight.to(center, eye, jump);
    return ahead;
  }

  /** What would be in the middle of the picture from another place. @param {Vector3} target @param {Vector3} eye */
  pickFrom(target, eye) {
    const [oldTarget, oldEye] = [this.controls.target.clone(), this.camera.position.clone()];
    this.flight.place(target, eye);
    this.setDepthRange();
    const rect = this.canvas.getBoundingClientRect();
    const hit = this.pick(rect.left + rect.width / 2, rect.top + rect.height / 2);
    this.flight.place(oldTarget, oldEye);
    return hit;
  }

  /** How far to stand so that every corner of a box is in the picture. @param {Box3} box @param {Vector3} center @param {Vector3} direction */
  distanceFor(box, center, direction) {
    const right = new Vector3(0, 1, 0).cross(direction).normalize();
    if (right.lengthSq() < 0.5) right.set(1, 0, 0);
    const up = direction.clone().cross(right);
    const tanY = Math.tan((this.camera.fov * Math.PI) / 360);
    const tanX = tanY * this.camera.aspect;
    let distance = 0;
    for (let i = 0; i < 8; i += 1) {
      const corner = new Vector3(i & 1 ? box.max.x : box.min.x, i & 2 ? box.max.y : box.min.y, i & 4 ? box.max.z : box.min.z).sub(center);
      distance = Math.max(distance, corner.dot(direction) + Math.max(Math.abs(corner.dot(right)) / tanX, Math.abs(corner.dot(up)) / tanY));
    }
    return distance;
  }

  /** Arrow keys turn, with Shift they move; plus and minus zoom. @param {KeyboardEvent} event */
  onKey(event) {
    const step = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    })[event.key];
    const zoom = { "+": 0.85, "=": 0.85, "-": 1.18 }[event.key];
    if ((!step && !zoom) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const offset = this.camera.position.clone().sub(this.controls.target);
    if (zoom) offset.multiplyScalar(zoom);
    else if (event.shiftKey) this.pan(step, offset.length() * 0.05);
    else {
      const around = new Spherical().setFromVector3(offset);
      around.theta += step[0] * 0.12;
      around.phi += step[1] * 0.1;
      offset.setFromSpherical(around.makeSafe());
    }
    this.camera.position.copy(this.controls.target).add(offset);
    this.controls.update();
    this.invalidate();
  }

  /** @param {[number, number]} step @param {number} length */
  pan(step, length) {
    const right = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 0);
    const up = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 1);
    this.controls.target.addScaledVector(right, step[0] * length).addScaledVector(up, -step[1] * length);
  }
}

/** Whether WebGL is drawn by the processor: then no multisampling, one pixel per point, no flights. */
function isSoftware() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) throw new Error("webgl2");
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|softpipe/i.test(name);
}
