// @ts-check
import { Group } from "../../vendor/vendor3d.js";
import { getJson } from "../core/api.js";
import { NOWHERE, centroid, polygonsOf } from "../core/geo.js";
import { ContextTiles } from "../district/context.js";
import { placementMatrix } from "../district/real.js";
import { extrude } from "../gl/extrude.js";
import { FeatureModel } from "../gl/features.js";
import { clearGroup } from "../gl/lines.js";

/** @typedef {import("./context.js").Context} Context */

const WITHIN_M = 400;
const MODEL_NUMBER = 254;
/** A cell has 500 m: these are the one that the building stands in and those around it. */
const TILES = 9;

/** Neighbours as plain bodies around an open building that has a place on the map. */
export class Surroundings {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.root = new Group();
    /** @type {ContextTiles | null} */
    this.city = null;
    /** @type {FeatureModel | null} */
    this.model = null;
  }

  /** Fetch and draw. */
  async open() {
    const { app, building, scene, signal } = this.context;
    const district = await getJson("/district", { signal });
    const { placement } = building;
    const origin = [placement.easting_m, placement.northing_m, placement.height_m];
    this.root.applyMatrix4(placementMatrix(placement, scene.source.origin, origin).invert());
    this.neighbours(district.buildings, origin);
    this.city = new ContextTiles(app.viewport, origin, { most: TILES });
    this.root.add(this.city.root);
    scene.root.add(this.root);
    scene.around = WITHIN_M * 1.6;
    scene.show(this.context.store.get());
    app.viewport.invalidate();
    await this.city.open();
  }

  /** @param {any[]} buildings @param {number[]} origin */
  neighbours(buildings, origin) {
    const near = buildings.filter((b) => b.building_id !== this.context.building.building_id && b.footprint && apart(b.footprint, origin) < WITHIN_M);
    if (!near.length) return;
    this.model = new FeatureModel(MODEL_NUMBER, near.length);
    const bodies = near.map((b) => ({ footprint: b.footprint, base_m: b.ground_m ?? origin[2], height_m: b.height_m || 3 }));
    const { chunk, edges } = extrude(bodies, origin, this.model);
    this.model.add(chunk);
    this.root.add(this.model.group, edges);
  }

  close() {
    this.city?.close();
    this.model?.dispose();
    clearGroup(this.root);
    this.root.removeFromParent();
    this.context.scene.around = 0;
    if (!this.context.signal.aborted) this.context.scene.show(this.context.store.get());
  }
}

/** @param {any} footprint @param {number[]} origin */
function apart(footprint, [e, n]) {
  const [ring] = polygonsOf(footprint)[0] ?? [[NOWHERE]];
  const [x, y] = centroid(ring);
  return Math.hypot(x - e, y - n);
}
