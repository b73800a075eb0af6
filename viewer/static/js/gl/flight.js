// @ts-check
import { Vector3 } from "../../vendor/vendor3d.js";

const MILLISECONDS = 420;

/** Moves the camera smoothly, or at once for people who asked for less motion and for slow drawing. */
export class Flight {
  /**
   * @param {import("../../vendor/vendor3d.js").PerspectiveCamera | import("../../vendor/vendor3d.js").OrthographicCamera} camera
   * @param {import("../../vendor/vendor3d.js").OrbitControls} controls
   * @param {boolean} slow
   * @param {() => void} invalidate
   */
  constructor(camera, controls, slow, invalidate) {
    this.camera = camera;
    this.controls = controls;
    this.slow = slow;
    this.invalidate = invalidate;
    /** @type {{start: number, from: [Vector3, Vector3], to: [Vector3, Vector3]} | null} */
    this.plan = null;
  }

  /** @param {Vector3} target @param {Vector3} eye @param {boolean} jump */
  to(target, eye, jump) {
    this.plan = null;
    if (jump || this.slow || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.place(target, eye);
    } else {
      this.plan = { start: performance.now(), from: [this.controls.target.clone(), this.camera.position.clone()], to: [target.clone(), eye.clone()] };
    }
    this.invalidate();
  }

  /** @param {number} now */
  step(now) {
    if (!this.plan) return;
    const { start, from, to } = this.plan;
    const t = Math.min(1, (now - start) / MILLISECONDS);
    const eased = 1 - (1 - t) ** 3;
    this.place(from[0].clone().lerp(to[0], eased), from[1].clone().lerp(to[1], eased));
    if (t >= 1) this.plan = null;
    else queueMicrotask(() => this.invalidate());
  }

  stop() {
    this.plan = null;
  }

  /** @param {Vector3} target @param {Vector3} eye */
  place(target, eye) {
    this.controls.target.copy(target);
    this.camera.position.copy(eye);
    this.controls.update();
  }
}
