import assert from "node:assert/strict";
import test from "node:test";
import { closest, distance, faceAround, meet, snap } from "../static/js/gl/surface.js";

/** A box of 4 × 3 × 2 m as twelve triangles. */
const box = (() => {
  const v = (i) => [i & 1 ? 4 : 0, i & 2 ? 3 : 0, i & 4 ? 2 : 0];
  return [[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]]
    .flatMap(([a, b, c, d]) => [a, b, c, a, c, d]).flatMap(v);
})();

test("a ray meets the first face, and the next where a section takes the first", () => {
  const ray = { origin: [1, 1, 9], direction: [0, 0, -1] };
  assert.deepEqual(meet(box, ray).point, [1, 1, 2]);
  assert.deepEqual(meet(box, ray, (p) => p[2] < 1).point, [1, 1, 0]);
  assert.equal(meet(box, { origin: [9, 9, 9], direction: [0, 0, -1] }), null);
});

test("the face of a box has its area and four borders, without the diagonal", () => {
  const face = faceAround(box, meet(box, { origin: [1, 1, 9], direction: [0, 0, -1] }).index);
  assert.equal(face.area, 12);
  assert.equal(face.borders.length, 4);
  assert.deepEqual(face.borders.map(([a, b]) => distance(a, b)).sort(), [3, 3, 4, 4]);
});

test("a neighbouring face in another plane is no part of it, nor a far one in the same", () => {
  const far = box.map((x, i) => (i % 3 === 0 ? x + 10 : x));
  assert.equal(faceAround([...box, ...far], 2).area, 12);
});

test("corners attract before edges, edges before the surface", () => {
  const face = faceAround(box, 2);
  const screen = (p) => ({ x: p[0] * 100, y: p[1] * 100 });
  assert.deepEqual(snap([3.95, 2.95, 2], face, screen), { point: [4, 3, 2], kind: "vertex" });
  assert.deepEqual(snap([2, 2.95, 2], face, screen), { point: [2, 3, 2], kind: "edge" });
  assert.deepEqual(snap([2, 1.5, 2], face, screen), { point: [2, 1.5, 2], kind: "surface" });
  assert.deepEqual(snap([3.95, 2.95, 2], face, () => null).kind, "surface");
});

test("the closest point of a segment stays on it", () => {
  assert.deepEqual(closest([5, 1, 0], [0, 0, 0], [4, 0, 0]), [4, 0, 0]);
  assert.deepEqual(closest([1, 1, 0], [2, 0, 0], [2, 0, 0]), [2, 0, 0]);
});
