import assert from "node:assert/strict";
import { test } from "node:test";
import { ecefToMap, geodetic, tileFrame } from "../static/js/core/lest97.js";

/** EPSG:3301 and height with their ECEF place, by PROJ 9. */
const PLACES = [
  [[542000, 6588000, 12.5], [2953665.81292, 1361030.26518, 5468337.687]],
  [[370000, 6400000, 0], [3169620.48142, 1268922.10689, 5369327.40365]],
  [[735000, 6600000, 90], [2863795.86488, 1532218.37547, 5470927.01976]],
];

test("the projection agrees with PROJ within a tenth of a millimetre", () => {
  for (const [map, ecef] of PLACES) ecefToMap(ecef).forEach((value, k) => assert.ok(Math.abs(value - map[k]) < 1e-4, `${value} ${map[k]}`));
});

test("the frame of a tile is turned by the convergence of meridians and keeps its size", () => {
  const [[map], [x, y, z]] = [PLACES[0], PLACES[0][1]];
  const [phi, lambda] = geodetic([x, y, z]);
  const [sl, cl, sp, cp] = [Math.sin(lambda), Math.cos(lambda), Math.sin(phi), Math.cos(phi)];
  const { at, east, north } = tileFrame([-sl, cl, 0, 0, -sp * cl, -sp * sl, cp, 0, cp * cl, cp * sl, sp, 0, x, y, z, 1]);
  assert.ok(Math.hypot(at[0] - map[0], at[1] - map[1]) < 1e-3);
  assert.ok(Math.abs(Math.hypot(...east) - 1) < 5e-4);
  assert.ok(Math.abs(east[0] * north[0] + east[1] * north[1]) < 1e-5);
  assert.ok(east[1] > 0.005 && north[0] < -0.005);
});
