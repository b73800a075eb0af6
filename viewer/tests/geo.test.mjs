import assert from "node:assert/strict";
import { test } from "node:test";
import { centroid, mapToModel, modelToMap, polygonsOf, toScene } from "../static/js/core/geo.js";

const placement = { easting_m: 542000, northing_m: 6589000, height_m: 31, rotation_deg: 30, scale: 0.9999 };
const close = (a, b) => a.forEach((v, i) => assert.ok(Math.abs(v - b[i]) < 1e-6, `${a} ${b}`));

test("map and back is the same model point", () => {
  for (const p of [[0, 0, 0], [12.5, -7.25, 3], [-100, 40, -2]]) close(mapToModel(placement, modelToMap(placement, p)), p);
});

test("the rotation turns the model's x axis counter-clockwise from east", () => {
  const [e, n] = modelToMap({ ...placement, rotation_deg: 90, scale: 1 }, [10, 0, 0]);
  close([e, n], [542000, 6589010]);
});

test("the scene has y up and north into the picture", () => {
  assert.deepEqual(toScene([3, 5, 7], [1, 1, 1]), [2, 6, -4]);
});

test("closing points are dropped and rings without area refused", () => {
  const ring = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]];
  assert.equal(polygonsOf({ type: "Polygon", coordinates: [ring] })[0][0].length, 4);
  assert.equal(polygonsOf({ type: "MultiPolygon", coordinates: [[ring], [ring]] }).length, 2);
  assert.deepEqual(polygonsOf(null), []);
  assert.deepEqual(polygonsOf({ type: "Polygon", coordinates: [[[0, 0], [1, 1], [0, 0]]] }), [[]]);
});

test("the middle of a ring at large coordinates keeps millimetres", () => {
  const ring = [[542000, 6589000], [542010, 6589000], [542010, 6589020], [542000, 6589020]];
  close(centroid(ring), [542005, 6589010]);
  close(centroid([[0, 0], [2, 2], [4, 4]]), [2, 2]);
});
