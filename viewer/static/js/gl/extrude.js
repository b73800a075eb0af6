// @ts-check
import { BufferGeometry, Float32BufferAttribute, Group, Mesh, ShapeUtils, Vector2, Vector4 } from "../../vendor/vendor3d.js";
import { polygonsOf } from "../core/geo.js";
import { Chunk } from "./chunks.js";
import { segments } from "./lines.js";

/**
 * Extrude footprints to one mesh with a feature id per vertex.
 * @param {{footprint: any, base_m: number, height_m: number}[]} bodies EPSG:3301 footprints; feature = position in the list
 * @param {readonly number[]} origin map point of the scene's origin
 * @param {import("./features.js").FeatureModel} model
 * @returns {{chunk: Chunk, edges: Group}} edges: the outline of each body, in the order of the list
 */
export function extrude(bodies, origin, model) {
  /** @type {number[]} */
  const positions = [];
  /** @type {number[]} */
  const ids = [];
  const edges = new Group();
  bodies.forEach((body, feature) => {
    const [bottom, top] = [body.base_m - origin[2], body.base_m + body.height_m - origin[2]];
    /** @type {number[]} */
    const outline = [];
    for (const rings of polygonsOf(body.footprint)) {
      const flat = rings.map((ring) => ring.map(([e, n]) => [e - origin[0], n - origin[1]]));
      const before = positions.length;
      addRoof(positions, flat, top);
      for (const ring of flat) addWalls(positions, outline, ring, bottom, top);
      for (let i = before; i < positions.length; i += 3) ids.push(feature);
    }
    edges.add(segments(outline, { colour: 0x33424c, opacity: 0.45 }));
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setAttribute("featureId", new Float32BufferAttribute(ids, 1));
  const chunk = new Chunk({ storey: null, band: "structure", first: 0, features: bodies.length });
  chunk.add(new Mesh(geometry), new Vector4(0.72, 0.75, 0.77, 1), model);
  return { chunk, edges };
}

/** @param {number[]} out @param {number[][][]} rings east, north @param {number} y */
function addRoof(out, rings, y) {
  const shapes = rings.map((ring) => ring.map(([x, n]) => new Vector2(x, n)));
  const points = rings.flat();
  for (const face of ShapeUtils.triangulateShape(shapes[0], shapes.slice(1))) {
    for (const index of face) out.push(points[index][0], y, -points[index][1]);
  }
}

/** @param {number[]} out @param {number[]} edges @param {number[][]} ring @param {number} bottom @param {number} top */
function addWalls(out, edges, ring, bottom, top) {
  ring.forEach(([ax, an], i) => {
    const [bx, bn] = ring[(i + 1) % ring.length];
    out.push(ax, bottom, -an, bx, bottom, -bn, bx, top, -bn, ax, bottom, -an, bx, top, -bn, ax, top, -an);
    edges.push(ax, top, -an, bx, top, -bn, ax, bottom, -an, bx, bottom, -bn, ax, bottom, -an, ax, top, -an);
  });
}
