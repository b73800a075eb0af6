import assert from "node:assert/strict";
import { test } from "node:test";
import { meets } from "../static/js/gl/sight.js";

const point = (x, y, z) => ({ x, y, z });
const box = { min: point(0, 0, 0), max: point(10, 2, 4) };

test("a line of sight meets a box that it goes through, starts in, or lies in", () => {
  assert.ok(meets(box, point(5, 9, 2), point(5, -9, 2)));
  assert.ok(meets(box, point(5, 1, 2), point(50, 1, 2)));
  assert.ok(meets(box, point(-5, 2, 4), point(50, 2, 4)));
});

test("it misses a box beside it, behind it, or beyond its end", () => {
  assert.ok(!meets(box, point(11, 9, 2), point(11, -9, 2)));
  assert.ok(!meets(box, point(5, 9, 2), point(5, 19, 2)));
  assert.ok(!meets(box, point(5, 9, 2), point(5, 3, 2)));
  assert.ok(!meets(box, point(-9, 9, 2), point(19, 9, 2)));
});

test("a flat box is met, and an empty one is not", () => {
  assert.ok(meets({ min: point(0, 1, 0), max: point(9, 1, 9) }, point(4, 9, 4), point(4, -9, 4)));
  assert.ok(!meets({ min: point(Infinity, Infinity, Infinity), max: point(-Infinity, -Infinity, -Infinity) }, point(4, 9, 4), point(4, -9, 4)));
});
