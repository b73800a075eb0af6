// @ts-check
import { Group, Matrix4, Vector3 } from "../../vendor/vendor3d.js";
import { getJson, request } from "../core/api.js";
import { debounce } from "../core/dom.js";
import { tileFrame } from "../core/lest97.js";
import { readChunk } from "../gl/chunks.js";
import { FeatureModel } from "../gl/features.js";

/** Tiles kept on the graphics card: 600 hold a city of 100,000 simple buildings. */
const MOST_TILES = { hardware: 600, software: 120 };
const PARALLEL = 4;
const PAUSE_MS = 160;
/** Features of a tile are 16-bit numbers. */
const MOST_FEATURES = 65_536;
const MODEL_NUMBER = 255;
/** The service subtracts no geoid: heights of the tiles are then EH2000. */
const HEIGHTS = "?geoid_m=0";

/** @typedef {{uri: string, matrix: Matrix4, center: Vector3, state: "none" | "loading" | "shown", chunk: import("../gl/chunks.js").Chunk | null}} Tile */

/** Simple buildings of the whole city, tile by tile, the nearest first; what lies far is given back. */
export class ContextTiles {
  /**
   * @param {import("../gl/viewport.js").Viewport} viewport
   * @param {readonly number[]} origin map point of the scene's origin
   * @param {{most?: number, onChange?: () => void}} [options]
   */
  constructor(viewport, origin, { most, onChange = () => {} } = {}) {
    this.viewport = viewport;
    this.origin = origin;
    this.most = most ?? MOST_TILES[viewport.software ? "software" : "hardware"];
    this.onChange = onChange;
    this.root = new Group();
    this.model = new FeatureModel(MODEL_NUMBER, MOST_FEATURES);
    this.model.uniforms.uLineAlpha.value = 0.2;
    this.root.add(this.model.group);
    /** @type {Tile[]} */
    this.tiles = [];
    this.bytes = 0;
    this.loading = 0;
    this.abort = new AbortController();
    this.later = debounce(() => this.update(), PAUSE_MS);
    viewport.afterMove.add(this.later);
  }

  /** Read the tileset and begin. */
  async open() {
    const { signal } = this.abort;
    const root = await getJson(`/tiles/tileset.json${HEIGHTS}`, { signal });
    for (const { content } of root.root?.children ?? []) {
      const square = await getJson(`/tiles/${content.uri}`, { signal });
      for (const tile of square.root.children ?? []) this.list(tile);
      this.update();
    }
  }

  /** @param {any} tile of a tileset; tiles of the models are left out, they stand here already */
  list(tile) {
    if (!tile.content || /_m\.glb/.test(tile.content.uri)) return;
    const { at, east, north } = tileFrame(tile.transform);
    const [x, y, z] = [at[0] - this.origin[0], at[2] - this.origin[2], -(at[1] - this.origin[1])];
    const matrix = new Matrix4().set(east[0], 0, -north[0], x, 0, 1, 0, y, -east[1], 0, north[1], z, 0, 0, 0, 1);
    this.tiles.push({ uri: tile.content.uri, matrix, center: new Vector3(x, y, z), state: "none", chunk: null });
  }

  /** Bring the nearest tiles, give back the far ones. */
  update() {
    if (this.abort.signal.aborted) return;
    const target = this.root.worldToLocal(this.viewport.controls.target.clone());
    const near = [...this.tiles].sort((a, b) => a.center.distanceToSquared(target) - b.center.distanceToSquared(target));
    for (const tile of near.slice(Math.ceil(this.most * 1.25))) if (tile.state === "shown") this.drop(tile);
    for (const tile of near.slice(0, this.most)) {
      if (this.loading >= PARALLEL) return;
      if (tile.state === "none") this.load(tile);
    }
  }

  /** @param {Tile} tile */
  async load(tile) {
    tile.state = "loading";
    this.loading += 1;
    try {
      const bytes = await (await request(`/tiles/${tile.uri}`, { signal: this.abort.signal })).arrayBuffer();
      const size = bytes.byteLength;
      const chunk = await readChunk(bytes, { storey: null, band: "structure", first: 0, features: MOST_FEATURES }, this.model, { edges: false });
      if (this.abort.signal.aborted) return chunk.dispose();
      chunk.group.applyMatrix4(tile.matrix);
      this.model.add(chunk);
      Object.assign(tile, { chunk, state: "shown" });
      this.bytes += size;
      this.viewport.invalidate();
      this.onChange();
    } catch (error) {
      tile.state = "none";
      if (!this.abort.signal.aborted) console.warn(`tile ${tile.uri} is not drawn`, error);
      return;
    } finally {
      this.loading -= 1;
    }
    this.update();
  }

  /** @param {Tile} tile */
  drop(tile) {
    if (tile.chunk) this.model.remove(tile.chunk);
    Object.assign(tile, { chunk: null, state: "none" });
  }

  get shown() {
    return this.model.chunks.length;
  }

  close() {
    this.abort.abort();
    this.viewport.afterMove.delete(this.later);
    this.model.dispose();
    this.root.removeFromParent();
  }
}
