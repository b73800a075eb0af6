// @ts-check
import { Vector3 } from "../../vendor/vendor3d.js";
import { meet } from "../gl/surface.js";
import { trianglesOf } from "../gl/triangles.js";

/** @typedef {import("./context.js").Context} Context */

const EYE_M = 1.6;
/** A stride for one press of a key; held keys go on at walking speed. */
const STRIDE_M = 0.3;
const SPEED_M_S = 2.2;
const TURN_RAD = 0.1;
const TURN_RAD_S = 1.4;
/** Higher is a table or a wall, no step; lower is followed down a stair. */
const STEP_UP_M = 0.5;
const STEP_DOWN_M = 4;

const FORWARD = /** @type {Record<string, number>} */ ({ w: 1, ArrowUp: 1, s: -1, ArrowDown: -1 });
const ASIDE = /** @type {Record<string, number>} */ ({ d: 1, a: -1 });
const TURN = /** @type {Record<string, number>} */ ({ ArrowLeft: 1, ArrowRight: -1, q: 1, e: -1 });
const TILT = /** @type {Record<string, number>} */ ({ PageUp: 1, PageDown: -1 });

/** Walks at eye height: W A S D and arrows, or a drag to look around; the floor under the feet is followed. */
export class Walk {
  /** @param {Context} context @param {Vector3} foot @param {number} [heading] radians, 0 looks to north of the model */
  constructor(context, foot, heading = 0) {
    this.context = context;
    this.foot = foot.clone();
    this.heading = heading;
    this.tilt = 0;
    /** @type {Set<string>} */
    this.held = new Set();
    this.last = 0;
    this.running = false;
    /** Whether the floor is being looked for. */
    this.looking = false;
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    const { viewport } = context.app;
    viewport.controls.enabled = false;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal, capture: true });
    document.addEventListener("keyup", (event) => this.held.delete(keyOf(event)), { signal, capture: true });
    window.addEventListener("blur", () => this.held.clear(), { signal });
    viewport.canvas.addEventListener("pointermove", (event) => this.onDrag(event), { signal });
    this.follow(EYE_M);
    this.look();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const key = keyOf(event);
    const target = /** @type {HTMLElement} */ (event.target);
    const known = [FORWARD, ASIDE, TURN, TILT].some((keys) => key in keys);
    if (!known || event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog, [role=tree]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    this.held.add(key);
    this.move(key, STRIDE_M, TURN_RAD);
    this.look();
    if (!this.running) { this.running = true; this.last = performance.now(); requestAnimationFrame((now) => this.tick(now)); }
  }

  /** @param {number} now */
  tick(now) {
    const seconds = Math.max(0, Math.min(0.12, (now - this.last) / 1000)); // a frame may be stamped before the key
    this.last = now;
    if (!this.held.size || this.stopper.signal.aborted) { this.running = false; return; }
    for (const key of this.held) this.move(key, SPEED_M_S * seconds, TURN_RAD_S * seconds);
    this.look();
    requestAnimationFrame((next) => this.tick(next));
  }

  /** @param {string} key @param {number} metres @param {number} radians */
  move(key, metres, radians) {
    this.heading += (TURN[key] ?? 0) * radians;
    this.tilt = Math.max(-1.3, Math.min(1.3, this.tilt + (TILT[key] ?? 0) * radians));
    const [ahead, aside] = [(FORWARD[key] ?? 0) * metres, (ASIDE[key] ?? 0) * metres];
    if (!ahead && !aside) return;
    const [s, c] = [Math.sin(this.heading), Math.cos(this.heading)];
    this.foot.x += -s * ahead + c * aside;
    this.foot.z += -c * ahead - s * aside;
    this.follow(STEP_UP_M);
  }

  /** Put the feet on the floor below. @param {number} up how far above the feet to look for it */
  async follow(up) {
    if (this.looking) return;
    const { scene, app } = this.context;
    const from = this.foot.clone();
    from.y += up;
    this.looking = true;
    const row = scene.rowAt(await app.viewport.pickBelow(from));
    this.looking = false;
    if (row < 0 || this.stopper.signal.aborted) return;
    const met = meet(trianglesOf(scene.model, row), { origin: [from.x, from.y, from.z], direction: [0, -1, 0] });
    if (!met || from.y - met.point[1] > up + STEP_DOWN_M) return;
    this.foot.y = met.point[1];
    this.look();
  }

  /** @param {PointerEvent} event */
  onDrag(event) {
    if (!(event.buttons & 1)) return;
    this.heading += event.movementX * 0.005;
    this.tilt = Math.max(-1.3, Math.min(1.3, this.tilt + event.movementY * 0.004));
    this.look();
  }

  look() {
    const { viewport } = this.context.app;
    const eye = this.foot.clone();
    eye.y += EYE_M;
    const level = Math.cos(this.tilt);
    const ahead = new Vector3(-Math.sin(this.heading) * level, Math.sin(this.tilt), -Math.cos(this.heading) * level);
    viewport.camera.position.copy(eye);
    viewport.controls.target.copy(eye).add(ahead);
    viewport.camera.lookAt(viewport.controls.target);
    viewport.invalidate();
    viewport.moved();
  }

  close() {
    this.stopper.abort();
    const { viewport } = this.context.app;
    viewport.controls.target.sub(viewport.camera.position).multiplyScalar(4).add(viewport.camera.position);
    viewport.controls.enabled = true;
    viewport.controls.update();
    viewport.invalidate();
  }
}

/** @param {KeyboardEvent} event */
const keyOf = (event) => (event.key.length === 1 ? event.key.toLowerCase() : event.key);
