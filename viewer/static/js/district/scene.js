// @ts-check
import { Box3, Group, Matrix4, Vector3 } from "../../vendor/vendor3d.js";
import { getBlob, getJson, versionPath } from "../core/api.js";
import { NOWHERE, polygonsOf } from "../core/geo.js";
import { readChunk } from "../gl/chunks.js";
import { extrude } from "../gl/extrude.js";
import { FeatureModel } from "../gl/features.js";
import { clearGroup } from "../gl/lines.js";
import { ContextTiles } from "./context.js";
import { drawGround } from "./ground.js";
import { latestStage } from "./modes.js";

/** Real models are drawn in the district only while they are few and light; a hundred shells would hide the rest. */
const MAX_REAL = 30;
const TRIANGLES = { hardware: 3_000_000, software: 350_000 };
const FIRST_REAL = 2;
const BANDS = new Set(["structure", "architecture", "site"]);

/** Buildings of the district in scene coordinates: x east, y up, z south, metres from the middle of the district. */
export class DistrictScene {
  /**
   * @param {import("../gl/viewport.js").Viewport} viewport
   * @param {any} district answer of GET /district
   */
  constructor(viewport, district) {
    this.viewport = viewport;
    this.root = new Group();
    this.buildings = district.buildings.filter((/** @type {any} */ b) => b.footprint);
    this.rows = new Map(this.buildings.map((/** @type {any} */ b, /** @type {number} */ i) => [b.building_id, i]));
    const [e0, n0, e1, n1] = district.bounds ?? NOWHERE;
    const grounds = this.buildings.map((/** @type {any} */ b) => b.ground_m ?? 0);
    const ground = grounds.length ? Math.min(...grounds) : 0;
    this.origin = [(e0 + e1) / 2, (n0 + n1) / 2, ground];
    this.model = new FeatureModel(1, Math.max(1, this.buildings.length));
    /** @type {Map<number, {model: FeatureModel, row: number}>} */
    this.real = new Map();
    this.abort = new AbortController();
    this.boxes = this.buildings.map((/** @type {any} */ b) => this.boxOf(b));
    const bodies = this.buildings.map((/** @type {any} */ b) => ({
      footprint: b.footprint, base_m: ground, height_m: (b.ground_m ?? ground) - ground + (b.height_m || 3),
    }));
    const { chunk, edges } = extrude(bodies, this.origin, this.model);
    this.edges = edges;
    this.model.add(chunk);
    this.root.add(drawGround(district, (e, n) => [e - this.origin[0], -(n - this.origin[1])]), this.model.group, edges);
    viewport.scene.add(this.root);
    viewport.setBounds(this.box());
    this.context = new ContextTiles(viewport, this.origin, { onChange: () => viewport.setBounds(this.reach()) });
    this.root.add(this.context.root);
  }

  /** All that is drawn: the buildings, and the city around them. */
  reach() {
    const box = this.box().clone();
    for (const { center, state } of this.context.tiles) if (state === "shown") box.expandByPoint(center);
    return box;
  }

  /** @param {any} b @returns {Box3} */
  boxOf(b) {
    const box = new Box3();
    const low = (b.ground_m ?? this.origin[2]) - this.origin[2];
    for (const [e, n] of polygonsOf(b.footprint).flat(2)) {
      box.expandByPoint(new Vector3(e - this.origin[0], low, -(n - this.origin[1])));
      box.expandByPoint(new Vector3(e - this.origin[0], low + (b.height_m || 3), -(n - this.origin[1])));
    }
    return box;
  }

  box() {
    const all = this.boxes.reduce((/** @type {Box3} */ sum, /** @type {Box3} */ box) => sum.union(box), new Box3());
    return all.isEmpty() ? new Box3(new Vector3(-50, 0, -50), new Vector3(50, 10, 50)) : all;
  }

  /**
   * Colour all buildings; those not shown become ghosts.
   * @param {(building: any) => number} colourOf
   * @param {(building: any) => boolean} isShown
   * @param {string | null} selected building id
   */
  show(colourOf, isShown, selected) {
    const shown = new Set(this.buildings.flatMap((/** @type {any} */ b, /** @type {number} */ i) => (isShown(b) ? [i] : [])));
    const hidden = new Set([...this.real.values()].map(({ row }) => row));
    const colours = new Map(this.buildings.map((/** @type {any} */ b, /** @type {number} */ i) => [i, colourOf(b)]));
    this.edges.children.forEach((/** @type {any} */ outline, /** @type {number} */ row) => { outline.visible = shown.has(row) && !hidden.has(row); });
    const chosen = this.rows.get(selected ?? "");
    this.model.show({ hidden, isolated: shown, ghostRest: true, colours, selected: new Set(chosen === undefined ? [] : [chosen]) });
    for (const { model, row } of this.real.values()) {
      const all = { has: () => true };
      const none = { has: () => false };
      model.show({
        colours: /** @type {any} */ ({ get: () => colours.get(row) }), ghostRest: true,
        isolated: /** @type {any} */ (shown.has(row) ? all : none), selected: /** @type {any} */ (row === chosen ? all : none),
      });
    }
    this.viewport.invalidate();
  }

  /** @param {{model: number, feature: number} | null} hit @returns {any} the building, or null */
  buildingAt(hit) {
    if (!hit) return null;
    if (hit.model === this.model.number) return this.buildings[hit.feature] ?? null;
    const real = this.real.get(hit.model);
    return real ? this.buildings[real.row] : null;
  }

  /** @param {any} building or null */
  hover(building) {
    const row = building ? this.rows.get(building.building_id) ?? -1 : -1;
    if (this.model.hover(row)) this.viewport.invalidate();
  }

  /** @param {string} id @returns {Box3 | null} */
  boxById(id) {
    const row = this.rows.get(id);
    return row === undefined ? null : this.boxes[row];
  }

  /**
   * Replace extrusions by real models, as far as they are few and light.
   * @param {() => void} onChange
   */
  async loadReal(onChange) {
    const wanted = this.buildings.filter((/** @type {any} */ b) => latestStage(b) && b.placement);
    if (wanted.length > MAX_REAL) return;
    let left = this.viewport.software ? TRIANGLES.software : TRIANGLES.hardware;
    for (const building of wanted) {
      try {
        const scene = await getJson(`${versionPath(building.building_id, latestStage(building) ?? "", "latest")}/scene`, { signal: this.abort.signal });
        const chunks = scene.chunks.filter((/** @type {any} */ c) => BANDS.has(c.band));
        const triangles = chunks.reduce((/** @type {number} */ n, /** @type {any} */ c) => n + c.triangles, 0);
        if (!chunks.length || triangles > left) continue;
        left -= triangles;
        await this.placeReal(building, scene, chunks);
        onChange();
        this.outline();
      } catch (error) {
        if (this.abort.signal.aborted) return;
        console.warn(`the model of ${building.building_id} is not drawn`, error);
      }
    }
  }

  /** Draw outlines of the real models mesh by mesh in idle moments. */
  outline() {
    if (this.abort.signal.aborted) return;
    const chunk = [...this.real.values()].flatMap(({ model }) => model.chunks).find((c) => c.outlines.length > 0);
    if (!chunk) return this.viewport.invalidate();
    chunk.outlineNext();
    setTimeout(() => this.outline(), 4);
  }

  /** @param {any} building @param {any} scene @param {any[]} chunks */
  async placeReal(building, scene, chunks) {
    const number = FIRST_REAL + this.real.size;
    const model = new FeatureModel(number, Math.max(1, scene.elements.global_id.length));
    for (const info of chunks) {
      const bytes = await getBlob(info.sha256, this.abort.signal);
      model.add(await readChunk(bytes, { storey: info.storey, band: info.band, first: info.first_feature, features: info.features }, model));
    }
    model.uniforms.uDarkGlass.value = 0.45;
    model.uniforms.uLineAlpha.value = 0.3;
    model.group.applyMatrix4(placementMatrix(building.placement, scene.origin, this.origin));
    this.root.add(model.group);
    this.real.set(number, { model, row: this.rows.get(building.building_id) ?? 0 });
  }

  close() {
    this.abort.abort();
    this.context.close();
    this.model.dispose();
    for (const { model } of this.real.values()) model.dispose();
    clearGroup(this.root);
    this.root.removeFromParent();
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
