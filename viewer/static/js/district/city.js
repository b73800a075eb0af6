// @ts-check
import { Box3, BufferAttribute, BufferGeometry, Group, Matrix4, Mesh, Sphere, Vector3, Vector4 } from "../../vendor/vendor3d.js";
import { getJson, request } from "../core/api.js";
import { readColumns } from "../core/columns.js";
import { HIDDEN, COLOURED, texel } from "../core/ids.js";
import { debounce } from "../core/dom.js";
import { Chunk } from "../gl/chunks.js";
import { FeatureModel } from "../gl/features.js";
import { floor } from "../gl/lines.js";

const MODEL_NUMBER = 255;
/** Squares whose middle is farther than this show their roofs only: the walls would be a pixel or two. */
const WALLS_M = { hardware: 7_000, software: 1_100 };
const PAUSE_MS = 120;
/** Number of the class of buildings that are not drawn, since they have a model. */
export const NOT_DRAWN = 255;
/** Buildings that a filter leaves out. */
const PALE = texel(0xe3e7e8, COLOURED);

/** @typedef {import("./modes.js").Column} Column */

/** All simple buildings of the city: a square of 1 km is one drawable, a building one texel. */
export class City {
  /**
   * @param {import("./scene.js").DistrictScene} scene
   * @param {() => void} onChange
   */
  constructor(scene, onChange) {
    this.scene = scene;
    this.viewport = scene.viewport;
    this.onChange = onChange;
    this.root = new Group();
    this.count = 0;
    /** @type {any} */
    this.summary = null;
    /** @type {FeatureModel | null} */
    this.model = null;
    /** @type {Float32Array | null} six numbers a building, scene coordinates */
    this.boxes = null;
    /** @type {{chunk: Chunk, roofs: number, all: number, center: Vector3, walls: boolean}[]} */
    this.squares = [];
    this.complete = false;
    /** @type {Map<string, Column | null>} by what was asked for; null: nothing has it */
    this.columns = new Map();
    /** Milliseconds of script that the last colouring took. */
    this.paintMs = 0;
    this.abort = new AbortController();
    /** @type {Worker | null} */
    this.worker = null;
    this.later = debounce(() => this.detail(), PAUSE_MS);
    this.viewport.afterMove.add(this.later);
  }

  /** Read the outlines and draw them square by square. */
  async open() {
    const { signal } = this.abort;
    this.summary = await getJson("/district/city", { signal });
    this.complete = !this.summary.buildings;
    if (this.complete || signal.aborted) return;
    const answer = await request(`/district/city/${this.summary.outlines}/outlines`, { signal });
    const outlines = await answer.arrayBuffer();
    if (signal.aborted) return;
    this.count = this.summary.buildings;
    this.model = new FeatureModel(MODEL_NUMBER, this.count);
    this.root.add(this.model.group);
    this.drawFloor();
    const { origin } = this.scene;
    const { target } = this.viewport.controls;
    this.worker = new Worker(new URL("../gl/workers/city.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.take(data);
    this.worker.postMessage({ outlines, origin, floor: origin[2], near: [target.x, target.z] }, [outlines]);
  }

  /** What the worker gives. @param {any} data */
  take(data) {
    if (this.abort.signal.aborted) return;
    if (data.boxes) { this.boxes = data.boxes; this.onChange(); }
    else if (data.square) this.add(data.square);
    else this.finish();
    this.viewport.invalidate();
  }

  /** @param {import("../gl/workers/city.js").Square} square */
  add({ center, half, positions, rows, index, roofs }) {
    if (!this.model) return;
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(positions, 4, true));
    geometry.setAttribute("featureId", new BufferAttribute(rows, 1));
    geometry.setIndex(new BufferAttribute(index, 1));
    geometry.boundingSphere = new Sphere(new Vector3(), Math.sqrt(3));
    const chunk = new Chunk({ storey: null, band: "structure", first: 0, features: this.count });
    const mesh = new Mesh(geometry);
    mesh.matrix.copy(new Matrix4().makeTranslation(...center).scale(new Vector3(...half)));
    mesh.matrix.decompose(mesh.position, mesh.quaternion, mesh.scale);
    chunk.add(mesh, new Vector4(0.72, 0.75, 0.77, 1), this.model);
    this.model.add(chunk);
    const square = { chunk, roofs, all: index.length, center: new Vector3(...center), walls: true };
    this.squares.push(square);
    this.detailOf(square);
    this.viewport.awaitFirst();
  }

  finish() {
    this.worker?.terminate();
    this.worker = null;
    this.complete = true;
    this.onChange();
  }

  /** Walls where they can be seen. */
  detail() {
    for (const square of this.squares) this.detailOf(square);
  }

  /** @param {typeof this.squares[number]} square */
  detailOf(square) {
    const away = square.center.distanceTo(this.viewport.camera.position);
    const walls = away < WALLS_M[this.viewport.software ? "software" : "hardware"];
    square.walls = walls;
    for (const mesh of square.chunk.solids) mesh.geometry.setDrawRange(0, walls ? square.all : square.roofs);
  }

  /** A floor under all of it. */
  drawFloor() {
    const [e0, n0, e1, n1] = this.summary.bounds;
    const { origin } = this.scene;
    this.root.add(floor([(e0 + e1) / 2 - origin[0], -0.16, -((n0 + n1) / 2 - origin[1])], Math.hypot(e1 - e0, n1 - n0) * 0.56, 0xeceee6));
  }

  /** Box of the whole city in the scene, empty before it is there. */
  box() {
    const box = new Box3();
    if (!this.summary?.bounds || !this.count) return box;
    const [e0, n0, e1, n1] = this.summary.bounds;
    const { origin } = this.scene;
    return box.expandByPoint(new Vector3(e0 - origin[0], 0, -(n0 - origin[1]))).expandByPoint(new Vector3(e1 - origin[0], 40, -(n1 - origin[1])));
  }

  /** @param {number} row @returns {Box3 | null} */
  boxOf(row) {
    if (!this.boxes || row < 0 || row >= this.count) return null;
    const b = this.boxes.subarray(row * 6, row * 6 + 6);
    return new Box3(new Vector3(b[0], b[1], b[2]), new Vector3(b[3], b[4], b[5]));
  }

  /** Rows that a model stands for. @returns {Set<number>} */
  get own() {
    return new Set(Object.values(this.summary?.models ?? {}));
  }

  /** A column that was fetched. @param {string} key see `columnsOf` @returns {Column | null} */
  column(key) {
    return this.columns.get(key) ?? null;
  }

  /** Names of the attributes of the city that are numbers. @returns {string[]} */
  numbers() {
    return (this.summary?.columns ?? []).filter((/** @type {any} */ c) => c.kind === "number").map((/** @type {any} */ c) => c.name);
  }

  /**
   * Fetch columns that are not here yet.
   * @param {string[]} keys names, or table:column
   */
  async need(keys) {
    const known = new Set([...(this.summary?.columns ?? []).map((/** @type {any} */ c) => c.name), "height_m", "ground_m"]);
    await Promise.all(keys.filter((key) => !this.columns.has(key)).map(async (key) => {
      const [table, name] = key.includes(":") ? [key.slice(0, 64), key.slice(65)] : [null, key];
      if (!table && (!this.count || !known.has(name))) { this.columns.set(key, null); return; }
      const query = new URLSearchParams({ name, ...(table ? { table } : {}) });
      const buffer = await (await request(`/district/city/columns?${query}`, { signal: this.abort.signal })).arrayBuffer();
      const { header, arrays } = readColumns(buffer);
      this.columns.set(key, { kind: header.kind, values: /** @type {Float32Array | Uint8Array} */ (arrays.values), words: header.words ?? [], models: header.models });
    }));
  }

  /**
   * Colour all buildings by their class.
   * @param {Uint8Array} classes of each row; `NOT_DRAWN` for those that have a model
   * @param {number[]} colours of the classes, 0xrrggbb
   * @param {number | null} only class that stays when the others are filtered out
   * @param {number} selected row, −1 for none
   */
  show(classes, colours, only, selected) {
    if (!this.model) return;
    const start = performance.now();
    const palette = new Uint32Array(256).fill(texel(0, HIDDEN));
    colours.forEach((colour, i) => { palette[i] = only === null || only === i ? texel(colour, COLOURED) : PALE; });
    this.model.paint(classes, palette, selected);
    this.paintMs = performance.now() - start;
    this.viewport.invalidate();
  }

  /** What is known of a building. @param {number} row @param {AbortSignal} [signal] */
  describe(row, signal = this.abort.signal) {
    return getJson(`/district/city/buildings/${row}`, { signal });
  }

  close() {
    this.abort.abort();
    this.worker?.terminate();
    this.viewport.afterMove.delete(this.later);
    this.model?.dispose();
    this.columns.clear();
    this.root.removeFromParent();
  }
}
