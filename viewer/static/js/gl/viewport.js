// @ts-check
import {
  Box3, OrbitControls, OrthographicCamera, PerspectiveCamera, Scene, Sphere, Spherical, Vector2, Vector3, WebGLRenderTarget, WebGLRenderer,
} from "../../vendor/vendor3d.js";
import { unpackPick } from "../core/ids.js";
import { LINE_LAYER, PICK_LAYER } from "./chunks.js";
import { Flight } from "./flight.js";
import { asFresh, withoutUnused } from "./known.js";
import { readPixel } from "./readback.js";
import { leaveOutUnmet } from "./sight.js";

/** A frame that takes longer is no movement any more. */
const SLOW_MS = 40;
/** The camera rests when it has stood for so long. */
const REST_MS = 180;
/** Pixels drawn per pixel shown, each way, while a slow picture moves that the processor draws. */
const COARSE = 0.5;
const HOME = new Vector3(-0.55, 0.62, 0.8).normalize();

/** @typedef {{origin: [number, number, number], direction: [number, number, number]}} Ray */
/** @typedef {{model: number, feature: number, ray: Ray}} Hit */

/** The one canvas: draws only when something changed, and answers which feature lies under a pixel. */
export class Viewport {
  /**
   * @param {ReturnType<typeof import("./context.js").openContext>} opened
   * @param {{onLost: (lost: boolean) => void}} events
   */
  constructor({ canvas, context, software }, events) {
    this.canvas = canvas;
    this.software = software;
    withoutUnused(context);
    this.renderer = asFresh(context, () => new WebGLRenderer({ canvas, context, alpha: true }));
    /** Pixels drawn per pixel shown, when the picture stands. */
    this.sharpness = this.software ? 1 : Math.min(window.devicePixelRatio, 2);
    this.renderer.setPixelRatio(this.sharpness);
    this.size = new Vector2();
    this.renderer.debug.checkShaderErrors = false; // asking whether a shader compiled would wait for it
    this.scene = new Scene();
    this.lens = new PerspectiveCamera(42, 1, 0.1, 5000);
    this.drawing = new OrthographicCamera(-1, 1, 1, -1, 0.1, 5000);
    this.probe = new OrthographicCamera(-0.01, 0.01, 0.01, -0.01, 0, 50);
    /** @type {PerspectiveCamera | OrthographicCamera} the lens, or the drawing camera of a plan */
    this.camera = this.lens;
    this.controls = new OrbitControls(this.camera, canvas);
    Object.assign(this.controls, { zoomToCursor: true, screenSpacePanning: true, maxPolarAngle: Math.PI * 0.98 });
    this.scout = new PerspectiveCamera(42, 1, 0.1, 5000);
    this.target = new WebGLRenderTarget(1, 1);
    this.bounds = new Sphere(new Vector3(), 50);
    this.flight = new Flight(this.camera, this.controls, this.software, () => this.invalidate());
    this.frames = 0;
    /** When the first picture with a model was finished, milliseconds since the navigation; 0 before. */
    this.shownAt = 0;
    /** @type {(at: number) => void} */
    this.sayShown = () => {};
    /** @type {Promise<number>} that moment */
    this.shown = new Promise((done) => { this.sayShown = done; });
    this.awaited = false;
    /** Nothing to draw has come yet: an empty picture would only keep the graphics process from the first one. */
    this.asleep = true;
    this.queued = false;
    /** @type {WebGLSync | null} */
    this.fence = null;
    /** Whether the camera moves now, and whether frames take too long for it. */
    this.moving = false;
    this.slow = false;
    this.rest = 0;
    /** @type {Set<() => void>} */
    this.afterFrame = new Set();
    /** @type {Set<() => void>} */
    this.afterMove = new Set();
    this.controls.addEventListener("change", () => { this.invalidate(); this.moved(); });
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
    if (width !== this.size.x || height !== this.size.y) this.renderer.setSize(width, height, false); // this empties the canvas
    this.size.set(width, height);
    this.lens.aspect = width / height;
    Object.assign(this.drawing, { left: -width / height, right: width / height });
    this.camera.updateProjectionMatrix();
    this.invalidate();
  }

  /** Whether the picture is a plan: from above, parallel, not turned. */
  get flat() {
    return this.camera === this.drawing;
  }

  /** Look from above in parallel, or through the lens again. @param {boolean} on */
  setFlat(on) {
    if (on === this.flat) return;
    this.camera = this.flight.camera = on ? this.drawing : this.lens;
    this.controls.object = /** @type {any} */ (this.camera);
    this.controls.enableRotate = !on;
    if (on) this.drawing.position.copy(this.controls.target).setY(this.controls.target.y + this.bounds.radius * 2);
    else this.lens.position.copy(this.controls.target).addScaledVector(HOME, this.bounds.radius * 2);
    this.controls.update();
    this.resize();
  }

  /** Half the height of a plan's picture in metres. @param {number} metres */
  setReach(metres) {
    this.drawing.zoom = 1 / Math.max(0.2, metres);
    this.drawing.updateProjectionMatrix();
    this.invalidate();
  }

  /** Tell who follows the camera. While it moves slow pictures go without outlines, and coarse where the processor draws; rest brings all back. */
  moved() {
    this.moving = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => { this.moving = false; if (this.slow) this.invalidate(); }, REST_MS);
    for (const action of this.afterMove) action();
  }

  /** Ask for a frame; many askings make one. */
  invalidate() {
    if (this.queued || this.asleep) return;
    this.queued = true;
    requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.queued = false;
    if (this.busy()) return this.invalidate();
    this.flight.step(performance.now());
    this.setDepthRange();
    this.camera.layers.set(0);
    const plain = this.moving && this.slow;
    if (!plain) this.camera.layers.enable(LINE_LAYER);
    const ratio = plain && this.software ? COARSE : this.sharpness;
    if (ratio !== this.renderer.getPixelRatio()) this.renderer.setPixelRatio(ratio); // this empties the canvas
    this.renderer.render(this.scene, this.camera);
    const gl = /** @type {WebGL2RenderingContext} */ (this.renderer.getContext());
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.frames += 1;
    if (this.awaited) this.watchFirst();
    else if (this.moving && !this.slow) this.time();
    for (const action of this.afterFrame) action();
  }

  /** The next frame is the first with something of a model in it: note when it is finished. */
  awaitFirst() {
    this.awaited = this.shownAt === 0;
    this.wake();
  }

  /** Draw from now on, though it may be nothing. */
  wake() {
    if (!this.asleep) return;
    this.asleep = false;
    this.invalidate();
  }

  /** Look until the picture of now is finished. */
  watchFirst() {
    this.awaited = false;
    this.finished(2).then(() => this.sayShown(this.shownAt = performance.now()));
  }

  /** Wait until the picture that is drawn now is finished. @param {number} every ms between two looks @returns {Promise<void>} */
  finished(every) {
    const { fence } = this;
    return new Promise((done) => {
      const look = () => (this.fence === fence && this.busy() ? setTimeout(look, every) : done());
      look();
    });
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

  /** Look how long the picture of now takes, while the camera moves. */
  time() {
    const begun = performance.now();
    this.finished(4).then(() => { if (performance.now() - begun > SLOW_MS) this.slow = true; });
  }

  /** The picture of now, finished; the page does not wait for it. @returns {Promise<void>} */
  drawn() {
    this.invalidate();
    return new Promise((done) => {
      const look = () => (this.queued || this.busy() ? setTimeout(look, 2) : done());
      look();
    });
  }

  setDepthRange() {
    if (this.flat) {
      Object.assign(this.drawing, { near: 0.01, far: this.bounds.radius * 8 });
      return this.camera.updateProjectionMatrix();
    }
    const distance = this.camera.position.distanceTo(this.bounds.center);
    const reach = distance + this.bounds.radius * 2.5;
    this.camera.near = Math.max(0.05, Math.min(distance - this.bounds.radius * 2.5, reach / 50), reach / 4000);
    this.camera.far = reach;
    this.camera.updateProjectionMatrix();
  }

  /** A moment in which the page may answer and draw. */
  breath() {
    return new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 60); });
  }

  /** Have the shaders of a group compiled without waiting for them. @param {import("../../vendor/vendor3d.js").Group} group */
  async prepare(group) {
    if (this.renderer.extensions.has("KHR_parallel_shader_compile")) await this.renderer.compileAsync(group, this.camera, this.scene);
    else this.renderer.compile(group, this.camera, this.scene);
  }

  /** What the graphics card holds, by number. */
  get memory() {
    const { memory, programs } = this.renderer.info;
    return { geometries: memory.geometries, textures: memory.textures, programs: programs?.length ?? 0 };
  }

  /**
   * The feature under a point of the page; the page does not wait for the graphics card.
   * @param {number} clientX
   * @param {number} clientY
   * @returns {Promise<Hit | null>} with the line of sight at the time of asking: the camera may move meanwhile
   */
  async pick(clientX, clientY) {
    const rect = this.canvas.getBoundingClientRect();
    const [x, y] = [clientX - rect.left, clientY - rect.top];
    if (x < 0 || y < 0 || x >= rect.width || y >= rect.height) return null;
    this.camera.setViewOffset(rect.width, rect.height, Math.floor(x), Math.floor(y), 1, 1);
    const asked = this.readId(this.camera);
    this.camera.clearViewOffset();
    const ray = this.ray(clientX, clientY);
    const hit = await asked;
    return hit && { ...hit, ray };
  }

  /** Draw one pixel of the id pass, and read it when it is there. @param {PerspectiveCamera | OrthographicCamera} camera */
  async readId(camera) {
    const { renderer } = this;
    leaveOutUnmet(this.scene, camera);
    camera.layers.set(PICK_LAYER);
    renderer.setRenderTarget(this.target);
    renderer.setClearColor(0x000000, 0);
    renderer.clear();
    renderer.render(this.scene, camera);
    const asked = readPixel(/** @type {WebGL2RenderingContext} */ (renderer.getContext()));
    renderer.setRenderTarget(null);
    camera.layers.set(0);
    return unpackPick(await asked);
  }

  /** The feature below a point of the scene. @param {Vector3} point */
  pickBelow(point) {
    this.probe.position.copy(point);
    this.probe.lookAt(point.x, point.y - 1, point.z);
    this.probe.updateMatrixWorld();
    return this.readId(this.probe);
  }

  /** What lies in the middle of the picture from another place. @param {{target: Vector3, eye: Vector3}} view */
  pickFrom({ target, eye }) {
    this.scout.copy(this.lens, false);
    this.scout.position.copy(eye);
    this.scout.lookAt(target);
    this.scout.setViewOffset(1001, 1001, 500, 500, 1, 1);
    this.scout.updateMatrixWorld();
    return this.readId(this.scout);
  }

  /**
   * The line of sight through a point of the page.
   * @param {number} clientX
   * @param {number} clientY
   * @returns {Ray}
   */
  ray(clientX, clientY) {
    const rect = this.canvas.getBoundingClientRect();
    const [x, y] = [((clientX - rect.left) / rect.width) * 2 - 1, 1 - ((clientY - rect.top) / rect.height) * 2];
    this.camera.updateMatrixWorld();
    const origin = new Vector3(x, y, -1).unproject(this.camera);
    const direction = new Vector3(x, y, 0.5).unproject(this.camera).sub(origin).normalize();
    return { origin: [origin.x, origin.y, origin.z], direction: [direction.x, direction.y, direction.z] };
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
    this.slow = false; // of what is drawn now nothing is known
    box.getBoundingSphere(this.bounds);
    this.bounds.radius = Math.max(this.bounds.radius, 5);
    this.controls.maxDistance = this.bounds.radius * 8;
    this.controls.minDistance = 0.5;
  }

  /**
   * Bring a box into view.
   * @param {Box3} box
   * @param {{keepDirection?: boolean, jump?: boolean, margin?: number}} [options]
   * @returns {{target: Vector3, eye: Vector3} | null} where the camera will stand, null for nothing or a plan
   */
  fit(box, { keepDirection = true, jump = false, margin = 1.14 } = {}) {
    if (box.isEmpty()) return null;
    if (this.flat) return this.fitPlan(box, margin);
    const direction = keepDirection ? this.camera.position.clone().sub(this.controls.target).normalize() : HOME.clone();
    if (direction.lengthSq() < 0.5) direction.copy(HOME);
    const center = box.getCenter(new Vector3());
    const distance = Math.max(this.distanceFor(box, center, direction) * margin, 2.5);
    const eye = center.clone().addScaledVector(direction, distance);
    this.flight.to(center, eye, jump);
    return { target: center, eye };
  }

  /** Bring a box into a plan. @param {Box3} box @param {number} margin @returns {null} */
  fitPlan(box, margin) {
    const [center, size] = [box.getCenter(new Vector3()), box.getSize(new Vector3())];
    this.setReach((Math.max(size.z, size.x / this.lens.aspect) / 2) * margin);
    this.flight.to(center, center.clone().setY(this.bounds.center.y + this.bounds.radius * 2), true);
    return null;
  }

  /** How far to stand so that every corner of a box is in the picture. @param {Box3} box @param {Vector3} center @param {Vector3} direction */
  distanceFor(box, center, direction) {
    const right = new Vector3(0, 1, 0).cross(direction).normalize();
    if (right.lengthSq() < 0.5) right.set(1, 0, 0);
    const up = direction.clone().cross(right);
    const tanY = Math.tan((this.lens.fov * Math.PI) / 360);
    const tanX = tanY * this.lens.aspect;
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
    if (this.flat) this.keyOnPlan(step, zoom);
    else if (zoom) offset.multiplyScalar(zoom);
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

  /** @param {[number, number] | undefined} step @param {number | undefined} zoom */
  keyOnPlan(step, zoom) {
    if (zoom) this.setReach(zoom / this.drawing.zoom);
    else if (step) this.pan(step, 0.12 / this.drawing.zoom);
  }

  /** @param {[number, number]} step @param {number} length */
  pan(step, length) {
    const right = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 0);
    const up = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 1);
    this.controls.target.addScaledVector(right, step[0] * length).addScaledVector(up, -step[1] * length);
  }
}
