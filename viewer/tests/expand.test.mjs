// Bodies that stand a few times become ordinary triangles where they stood; those that stand often stay.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expand } from "../static/js/gl/workers/expand.js";

const STEP = 0.0005;

/** A body of one triangle in steps of half a millimetre, once moved, once turned a quarter about y and moved. */
function body({ uses = 2, base = [0.2, 0.4, 0.6, 1], features = [7, 9] } = {}) {
  const matrices = new Float32Array(uses * 16);
  matrices.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2000, 0, 0, 1], 0);
  matrices.set([0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 4000, 0, 1], 16);
  const arrays = { POSITION: Int16Array.of(0, 0, 0, 0, 1000, 0, 0, 0, 0, 500, 0, 0), _FEATURE_ID_0: Float32Array.from({ length: uses }, (_, i) => features[i % 2]) };
  const attribute = (/** @type {string} */ name) => (arrays[name] ? { array: arrays[name], size: name === "POSITION" ? 4 : 1, normalized: false } : null);
  return { matrix: [STEP, 0, 0, 0, 0, STEP, 0, 0, 0, 0, STEP, 0, 0, 0, 0, 1], base, attribute, index: Uint16Array.of(0, 1, 2), vertices: 3, instances: { matrices, attribute } };
}

test("a body that stands twice becomes two triangles with their features and colours", () => {
  const [made, ...rest] = expand([body()]);
  assert.equal(rest.length, 0);
  assert.equal(made.instances, null);
  assert.deepEqual([...made.index], [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([...made.attribute("_FEATURE_ID_0").array], [7, 7, 7, 9, 9, 9]);
  assert.deepEqual([...made.attribute("COLOR_0").array.slice(0, 4)], [51, 102, 153, 255]);
  const metres = [...made.attribute("POSITION").array].map((value) => Math.round(value * made.matrix[0] * 1e4) / 1e4);
  assert.deepEqual(metres.slice(0, 8), [1, 0, 0, 0, 1.5, 0, 0, 0]);
  assert.deepEqual(metres.slice(12), [0, 2, 0, 0, 0, 2, -0.5, 0, 0, 2.25, 0, 0]);
});

test("glass stays apart from what is solid, and what is drawn often stays one body", () => {
  const often = body({ uses: 5_000 });
  const solid = { ...body(), instances: null };
  const found = expand([often, body(), solid, body({ base: [0.5, 0.5, 0.5, 0.3] })]);
  assert.deepEqual(found.slice(0, 2), [often, solid]);
  assert.deepEqual(found.slice(2).map((one) => one.attribute("COLOR_0").array[3]), [255, 77]);
});
