// @ts-check
import { BufferAttribute, BufferGeometry, InstancedBufferAttribute, InstancedMesh, LineSegments, Mesh, Vector4 } from "../../vendor/vendor3d.js";
import { Chunk } from "./chunks.js";
import { FeatureModel } from "./features.js";
import { PASS_LINE } from "./material.js";

/**
 * Start what takes time and needs no model: the shaders of the usual chunks. The graphics card
 * compiles while the network is waited for; a model that comes later finds its programs ready.
 * @param {import("./viewport.js").Viewport} viewport
 * @param {boolean} [cut] those that section planes need: nobody waits for them at the first cut
 */
export function warm(viewport, cut = false) {
  const model = new FeatureModel(0, 1);
  const chunk = new Chunk({ storey: null, band: "structure", first: 0, features: 1 });
  const base = new Vector4(1, 1, 1, 1);
  // What stands once has its colours in its vertices, what stands many times has one: other mixtures are rare. Of the
  // first every building has some; for the second the first picture would wait where nothing stands many times.
  for (const instanced of cut ? [false, true] : [false]) {
    const geometry = new BufferGeometry();
    const Kind = instanced ? InstancedBufferAttribute : BufferAttribute;
    geometry.setAttribute("position", new BufferAttribute(new Int16Array(12), 4));
    geometry.setAttribute("featureId", new Kind(new Float32Array(3), 1));
    if (!instanced) geometry.setAttribute("color", new BufferAttribute(new Uint8Array(12), 4, true));
    chunk.add(instanced ? new InstancedMesh(geometry, undefined, 1) : new Mesh(geometry), base, model);
    if (!instanced) chunk.group.add(new LineSegments(geometry, chunk.material(PASS_LINE, base, geometry, model)));
  }
  chunk.setCaps(cut);
  viewport.prepare(chunk.group);
}
