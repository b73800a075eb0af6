// @ts-check
import { Box3, Group, Vector3 } from "../../vendor/vendor3d.js";
import { NOWHERE, polygonsOf } from "../core/geo.js";
import { extrude } from "../gl/extrude.js";
import { FeatureModel } from "../gl/features.js";
import { clearGroup } from "../gl/lines.js";
import { City } from "./city.js";
import { drawGround } from "./ground.js";
import { RealModels } from "./real.js";

/** Buildings of the district in scene coordinates: x east, y up, z south, metres from the middle of the district. */
export class DistrictScene {
  /**
   * @param {import("../gl/viewport.js").Viewport} viewport
   * @param {any} district answer of GET /district
   * @param {() => void} onChange something else is drawn
   */
  constructor(viewport, district, onChange) {
    this.viewport = viewport;
    /** @type {(building: any) => boolean} those of the last showing */
    this.isShown = () => true;
    this.root = new Group();
    this.buildings = district.buildings.filter((/** @type {any} */ b) => b.footprint);
    this.rows = new Map(this.buildings.map((/** @type {any} */ b, /** @type {number} */ i) => [b.building_id, i]));
    const [e0, n0, e1, n1] = district.bounds ?? NOWHERE;
    const grounds = this.buildings.map((/** @type {any} */ b) => b.ground_m ?? 0);
    const ground = grounds.length ? Math.min(...grounds) : 0;
    this.origin = [(e0 + e1) / 2, (n0 + n1) / 2, ground];
    this.model = new FeatureModel(1, Math.max(1, this.buildings.length));
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
    if (this.buildings.length) viewport.awaitFirst();
    this.models = new RealModels(this, onChange);
    this.city = new City(this, () => { viewport.setBounds(this.reach()); onChange(); });
    this.root.add(this.city.root);
  }

  /** Real models that are drawn, by number. */
  get real() {
    return this.models.shown;
  }

  /** All that is drawn: the buildings, and the city around them. */
  reach() {
    return this.box().clone().union(this.city.box());
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
    this.isShown = isShown;
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

  /** @param {{model: number, feature: number} | null} hit @returns {number} row of the city, −1 for none */
  cityRowAt(hit) {
    return hit && hit.model === this.city.model?.number ? hit.feature : -1;
  }

  /** @param {string} id @returns {Box3 | null} */
  boxById(id) {
    const row = this.rows.get(id);
    return row === undefined ? null : this.boxes[row];
  }

  close() {
    this.city.close();
    this.models.close();
    this.model.dispose();
    clearGroup(this.root);
    this.root.removeFromParent();
  }
}
