// @ts-check
import { Matrix4, Vector3 } from "../../vendor/vendor3d.js";
import { getBlob, getJson, versionPath } from "../core/api.js";
import { debounce } from "../core/dom.js";
import { readChunk } from "../gl/chunks.js";
import { FeatureModel } from "../gl/features.js";
import { latestStage } from "./modes.js";

/** A building is near when its box is as wide as this share of its distance; half of it is far again. */
const NEAR = 0.06;
/** Models have numbers of one byte in a pick, and each wants its own texture. */
const MOST = 60;
const FIRST_NUMBER = 2;
const TRIANGLES = { hardware: 3_000_000, software: 350_000 };
const BANDS = new Set(["structure", "architecture", "site"]);
const PAUSE_MS = 180;

/** @typedef {{number: number, row: number, model: FeatureModel, triangles: number}} Real */

/** Replaces bodies by their real models while they are near, the widest in the picture first, and gives them back. */
export class RealModels {
  /**
   * @param {import("./scene.js").DistrictScene} scene
   * @param {() => void} onChange
   */
  constructor(scene, onChange) {
    this.scene = scene;
    this.viewport = scene.viewport;
    this.onChange = onChange;
    this.wanted = scene.buildings.filter((/** @type {any} */ b) => latestStage(b) && b.placement);
    this.budget = this.viewport.software ? TRIANGLES.software : TRIANGLES.hardware;
    /** @type {Map<number, Real>} by number */
    this.shown = new Map();
    /** @type {Map<string, {origin: number[], count: number, chunks: any[], triangles: number}>} what is known of models that were asked for */
    this.known = new Map();
    this.abort = new AbortController();
    this.busy = false;
    this.later = debounce(() => this.update(), PAUSE_MS);
    this.viewport.afterMove.add(this.later);
  }

  /** How wide a building is, as a share of its distance. @param {any} building */
  width(building) {
    const box = this.scene.boxById(building.building_id);
    if (!box) return 0;
    const away = Math.max(1, box.distanceToPoint(this.viewport.camera.position));
    return box.getSize(new Vector3()).length() / away;
  }

  /** Give back what is far, then bring what is near, one after the other. */
  async update() {
    for (const real of [...this.shown.values()]) if (this.width(this.scene.buildings[real.row]) < NEAR / 2) this.drop(real);
    if (this.busy) return;
    this.busy = true;
    try {
      const near = this.wanted.map((/** @type {any} */ b) => ({ b, width: this.width(b) })).filter((/** @type {any} */ w) => w.width >= NEAR);
      near.sort((/** @type {any} */ a, /** @type {any} */ b) => b.width - a.width);
      for (const { b } of near) {
        if (this.abort.signal.aborted || this.shown.size >= MOST) break;
        if (!this.has(b)) await this.bring(b);
      }
    } finally {
      this.busy = false;
    }
  }

  /** @param {any} building */
  has(building) {
    const row = this.scene.rows.get(building.building_id);
    return [...this.shown.values()].some((real) => real.row === row);
  }

  /** @param {any} building */
  async bring(building) {
    try {
      const source = await this.describe(building);
      const used = [...this.shown.values()].reduce((n, real) => n + real.triangles, 0);
      if (!source.chunks.length || used + source.triangles > this.budget) return;
      await this.place(building, source);
      this.onChange();
    } catch (error) {
      if (!this.abort.signal.aborted) console.warn(`the model of ${building.building_id} is not drawn`, error);
    }
  }

  /** @param {any} building */
  async describe(building) {
    const known = this.known.get(building.building_id);
    if (known) return known;
    const scene = await getJson(`${versionPath(building.building_id, latestStage(building) ?? "", "latest")}/scene?count=0`, { signal: this.abort.signal });
    const chunks = scene.chunks.filter((/** @type {any} */ c) => BANDS.has(c.band));
    const source = { origin: scene.origin, count: scene.total, chunks, triangles: chunks.reduce((/** @type {number} */ n, /** @type {any} */ c) => n + c.triangles, 0) };
    this.known.set(building.building_id, source);
    return source;
  }

  /** @param {any} building @param {{origin: number[], count: number, chunks: any[], triangles: number}} source */
  async place(building, source) {
    let number = FIRST_NUMBER;
    while (this.shown.has(number)) number += 1;
    const model = new FeatureModel(number, Math.max(1, source.count));
    const { signal } = this.abort;
    try {
      for (const info of source.chunks) {
        const bytes = await getBlob(info.sha256, signal);
        model.add(await readChunk(bytes, { storey: info.storey, band: info.band, first: info.first_feature, features: info.features }, model));
      }
      signal.throwIfAborted();
    } catch (error) {
      model.dispose();
      throw error;
    }
    model.uniforms.uDarkGlass.value = 0.45;
    model.uniforms.uLineAlpha.value = 0.3;
    model.group.applyMatrix4(placementMatrix(building.placement, source.origin, this.scene.origin));
    this.scene.root.add(model.group);
    this.shown.set(number, { number, model, row: this.scene.rows.get(building.building_id) ?? 0, triangles: source.triangles });
  }

  /** @param {Real} real */
  drop(real) {
    real.model.dispose();
    this.shown.delete(real.number);
    this.onChange();
  }

  close() {
    this.abort.abort();
    this.viewport.afterMove.delete(this.later);
    for (const { model } of this.shown.values()) model.dispose();
    this.shown.clear();
  }
}

/**
 * From a chunk's frame (model axes less the scene origin, y up) to the district's.
 * @param {import("../core/geo.js").Placement} p
 * @param {number[]} model model coordinates of the chunk frame's origin
 * @param {number[]} district map coordinates of the district frame's origin
 */
export function placementMatrix(p, model, district) {
  const k = p.scale || 1;
  const place = new Matrix4().makeTranslation(p.easting_m - district[0], p.height_m - district[2], -(p.northing_m - district[1]));
  return place
    .multiply(new Matrix4().makeRotationY((p.rotation_deg * Math.PI) / 180))
    .multiply(new Matrix4().makeScale(k, 1, k))
    .multiply(new Matrix4().makeTranslation(model[0], model[2], -model[1]));
}
