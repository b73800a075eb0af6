// @ts-check
import { Box3, Group, Vector3 } from "../../vendor/vendor3d.js";
import { chunkFrom } from "../gl/chunks.js";
import { FeatureModel } from "../gl/features.js";
import { boxPositions, clearGroup, floor, pathPositions, segments } from "../gl/lines.js";
import { PARALLEL, chunkOf, inOrder } from "./opening.js";

/** @typedef {import("./state.js").BuildingState} BuildingState */

/** One version of one building: chunks of storey × band, one table of elements, one state texture. */
export class BuildingScene {
  /**
   * @param {import("../gl/viewport.js").Viewport} viewport
   * @param {any} scene scene.json
   * @param {Map<string, Promise<import("./opening.js").Decoded>>} [asked] chunks that were asked for already
   */
  constructor(viewport, scene, asked = new Map()) {
    this.asked = asked;
    this.viewport = viewport;
    this.source = scene;
    this.table = scene.elements;
    this.count = this.table.global_id.length;
    /** @type {Map<string, number>} */
    this.rows = new Map(this.table.global_id.map((/** @type {string} */ id, /** @type {number} */ i) => [id, i]));
    this.model = new FeatureModel(1, Math.max(1, this.count));
    this.root = new Group();
    this.marks = new Group();
    this.overlay = new Group();
    this.ground = new Group();
    this.measures = new Group();
    this.reach = new Box3();
    /** Metres around the building that are drawn too. */
    this.around = 0;
    /** @type {Map<string | null, number>} how far storeys are lifted, metres */
    this.lifts = new Map();
    this.root.add(this.ground, this.model.group, this.overlay, this.marks, this.measures);
    viewport.scene.add(this.root);
    this.box = new Box3(new Vector3(...this.toScene(scene.bounds[0])), new Vector3(...this.toScene(scene.bounds[0])));
    this.box.expandByPoint(new Vector3(...this.toScene(scene.bounds[1])));
    viewport.setBounds(this.box);
    this.model.uniforms.uReach.value = Math.max(2, this.box.getSize(new Vector3()).length() * 0.5);
    /** @type {number[]} */
    this.spaceRows = this.table.band.flatMap((/** @type {string} */ band, /** @type {number} */ i) => (band === "spaces" ? [i] : []));
    this.abort = new AbortController();
    this.loaded = 0;
    this.bytes = 0;
    this.grounded = viewport.shown.then(() => this.drawGround());
  }

  /** What stands below comes after the first picture: its shaders are others. */
  async drawGround() {
    if (this.abort.signal.aborted) return;
    const ground = new Group();
    drawFloor(ground, this.box);
    await this.viewport.prepare(ground);
    if (this.abort.signal.aborted) return clearGroup(ground);
    this.ground.add(...ground.children);
    this.viewport.invalidate();
  }

  /** @param {readonly number[]} p model coordinates @returns {[number, number, number]} */
  toScene(p) {
    const [x, y, z] = this.source.origin;
    return [p[0] - x, (p[2] ?? 0) - z, -(p[1] - y)];
  }

  /** @param {readonly number[]} p scene coordinates @returns {[number, number, number]} */
  toModel(p) {
    const [x, y, z] = this.source.origin;
    return [p[0] + x, y - p[2], p[1] + z];
  }

  /** @param {number} row @returns {Box3} where it is drawn */
  rowBox(row) {
    const b = this.table.bbox[row];
    const box = new Box3();
    if (b && Number.isFinite(b[0])) box.expandByPoint(new Vector3(...this.toScene(b.slice(0, 3)))).expandByPoint(new Vector3(...this.toScene(b.slice(3, 6))));
    const lift = this.lifts.get(this.table.storey[row]);
    if (lift) box.translate(new Vector3(0, lift, 0));
    return box;
  }

  /** @param {Iterable<string>} ids @returns {Box3} empty when none has geometry */
  boxOf(ids) {
    const box = new Box3();
    for (const row of this.rowsOf(ids)) box.union(this.rowBox(row));
    return box;
  }

  /** @param {Iterable<string>} ids @returns {Set<number>} rows of those that have geometry */
  rowsOf(ids) {
    const rows = new Set();
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row !== undefined) rows.add(row);
    }
    return rows;
  }

  /** @param {string | null} storey @returns {Box3} */
  storeyBox(storey) {
    const box = new Box3();
    for (let i = 0; i < this.count; i += 1) if (this.table.storey[i] === storey && this.table.band[i] !== "site") box.union(this.rowBox(i));
    return box;
  }

  /** @param {any} info of the scene @returns {Promise<import("./opening.js").Decoded>} */
  decoded(info) {
    const asked = this.asked.get(info.sha256) ?? chunkOf(info, this.abort.signal);
    this.asked.delete(info.sha256); // its arrays are taken: whoever wants them again asks again
    return asked;
  }

  /**
   * Load all chunks, the recognisable first.
   * @param {(done: number, total: number) => void} onProgress
   */
  async load(onProgress) {
    const order = inOrder(this.source.chunks);
    const queue = order.values();
    const total = order.length;
    const worker = async () => {
      for (const info of queue) {
        const { bytes, parts } = await this.decoded(info);
        const chunk = chunkFrom(await parts, { storey: info.storey, band: info.band, first: info.first_feature, features: info.features }, this.model);
        await this.viewport.prepare(chunk.group);
        if (this.abort.signal.aborted) return chunk.dispose();
        this.model.add(chunk);
        this.loaded += 1;
        this.viewport.awaitFirst();
        this.bytes += bytes;
        onProgress(this.loaded, total);
        await this.viewport.breath(); // what came is handed to the graphics card before more comes
      }
    };
    onProgress(0, Math.max(1, total));
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  }

  /**
   * Show the state of the page: chunks by storey and band, features by the state texture, the cut by a uniform.
   * @param {BuildingState} state
   */
  show(state) {
    const { colouring } = state;
    const bands = new Set([...state.bands, ...(colouring?.bands ?? [])]);
    for (const chunk of this.model.chunks) {
      chunk.group.visible = bands.has(chunk.info.band) && (!state.storey || chunk.info.storey === state.storey);
    }
    this.ground.visible = !state.storey;
    this.explode(state.exploded);
    this.cut(state);
    this.model.show({
      hidden: this.hiddenRows(state), isolated: state.isolated, ghostRest: state.ghostRest, colours: colouring?.colours ?? null,
      ghostUncoloured: colouring?.ghostUncoloured ?? false, selected: this.rowsOf(state.selected),
      exempt: colouring ? undefined : (row) => this.table.band[row] === "spaces" && !state.isolated,
    });
    this.markSelection(state.selected);
    this.viewport.invalidate();
  }

  /** Put storeys apart, or together again. @param {boolean} on */
  explode(on) {
    const { storeys } = this.source;
    const gap = on ? Math.max(3, this.box.getSize(new Vector3()).y / Math.max(1, storeys.length)) * 1.2 : 0;
    this.lifts = new Map(storeys.map((/** @type {any} */ s, /** @type {number} */ i) => [s.global_id, i * gap]));
    for (const chunk of this.model.chunks) chunk.group.position.y = this.lifts.get(chunk.info.storey) ?? 0;
    this.reach = this.box.clone();
    this.reach.max.y += gap * Math.max(0, storeys.length - 1);
    this.viewport.setBounds(this.reach.clone().expandByScalar(this.around));
  }

  /** Section planes into the shader. @param {Pick<BuildingState, "clip" | "cuts">} state */
  cut({ clip, cuts }) {
    const { uClip, uCuts } = this.model.uniforms;
    uClip.value = clip === null ? 1e9 : clip - this.source.origin[2];
    uCuts.value.forEach((/** @type {any} */ plane, /** @type {number} */ i) => plane.set(...this.plane(cuts[i])));
    this.model.setCaps(clip !== null || cuts.length > 0);
  }

  /** @param {import("./state.js").Cut | undefined} cut @returns {[number, number, number, number]} what lies before the plane goes */
  plane(cut) {
    if (!cut) return [0, 0, 0, 0];
    const side = cut.keep === "below" ? 1 : -1;
    const [x, y, z] = this.source.origin;
    if (cut.axis === "x") return [side, 0, 0, side * (cut.at - x)];
    if (cut.axis === "y") return [0, 0, -side, side * (cut.at - y)];
    return [0, side, 0, side * (cut.at - z)];
  }

  /** Whether the section planes leave a point. @param {readonly number[]} p scene coordinates */
  kept(p) {
    const { uClip, uCuts } = this.model.uniforms;
    return p[1] <= uClip.value && uCuts.value.every((/** @type {any} */ c) => c.x * p[0] + c.y * p[1] + c.z * p[2] <= c.w + 1e-6);
  }

  /** What is hidden, and room volumes that would only be fog: ghosts show what is built. @param {BuildingState} state */
  hiddenRows({ hidden, isolated, ghostRest, colouring, selected }) {
    const coloured = colouring?.ghostUncoloured ? colouring.colours : null;
    if (!coloured && !(isolated && ghostRest)) return hidden;
    const chosen = this.rowsOf(selected);
    const fog = this.spaceRows.filter((row) => !chosen.has(row) && ((isolated && !isolated.has(row)) || (coloured && !coloured.has(row))));
    return fog.length ? new Set([...hidden, ...fog]) : hidden;
  }

  /** A thin box around a small selection, seen through everything. @param {string[]} selected */
  markSelection(selected) {
    clearGroup(this.marks);
    const rows = [...this.rowsOf(selected)];
    if (!rows.length || rows.length > 24) return;
    const positions = rows.flatMap((row) => {
      const { min, max } = this.rowBox(row);
      return Number.isFinite(min.x) ? boxPositions([min.x, min.y, min.z, max.x, max.y, max.z]) : [];
    });
    this.marks.add(segments(positions, { colour: 0x1f5fd6, opacity: 0.75, onTop: true }));
  }

  /** Whether a picked feature belongs to this model. @param {{model: number, feature: number} | null} hit @returns {number} row or −1 */
  rowAt(hit) {
    return hit && hit.model === this.model.number && hit.feature < this.count ? hit.feature : -1;
  }

  close() {
    this.abort.abort();
    this.model.dispose();
    for (const group of [this.marks, this.overlay, this.ground, this.measures]) clearGroup(group);
    this.root.removeFromParent();
  }
}

/** A quiet floor with a grid of 5 m (25 m when large) under the building. @param {Group} group @param {Box3} box */
function drawFloor(group, box) {
  const size = box.getSize(new Vector3());
  const center = box.getCenter(new Vector3());
  const radius = Math.hypot(size.x, size.z) * 0.75 + 4;
  const y = box.min.y - 0.06;
  group.add(floor([center.x, y, center.z], radius, 0xeef1ee));
  const step = radius > 120 ? 25 : 5;
  /** @type {number[]} */
  const lines = [];
  for (let d = -Math.floor(radius / step) * step; d <= radius; d += step) {
    const half = Math.sqrt(Math.max(0, radius * radius - d * d));
    lines.push(...pathPositions([[center.x + d, y, center.z - half], [center.x + d, y, center.z + half]], false));
    lines.push(...pathPositions([[center.x - half, y, center.z + d], [center.x + half, y, center.z + d]], false));
  }
  const grid = segments(lines, { colour: 0xcfd8d5, opacity: 0.7 });
  grid.renderOrder = -2;
  group.add(grid);
}
