import assert from "node:assert/strict";
import { test } from "node:test";
import { LOAD, SEQUENTIAL, THERMAL, VERDICT, classOf, contrast, css, luminance, mix, niceBreaks, rampAt } from "../static/js/core/colours.js";

test("a ramp gives its stops, clamps outside and survives a missing value", () => {
  assert.equal(rampAt(SEQUENTIAL, 0), 0x123570);
  assert.equal(rampAt(SEQUENTIAL, 1), 0xfee838);
  assert.equal(rampAt(SEQUENTIAL, 7), 0xfee838);
  assert.equal(rampAt(SEQUENTIAL, -1), 0x123570);
  assert.equal(rampAt(SEQUENTIAL, Number.NaN), 0x123570);
  assert.equal(rampAt([[0, 0x000000], [1, 0xffffff]], 0.5), 0x808080);
});

test("ordered ramps change lightness in one direction, so that hue is not needed", () => {
  for (const [ramp, sign] of [[SEQUENTIAL, 1], [LOAD, -1]]) {
    const steps = Array.from({ length: 11 }, (_, i) => luminance(rampAt(ramp, i / 10)));
    steps.slice(1).forEach((value, i) => assert.ok((value - steps[i]) * sign > 0, `step ${i}`));
  }
});

test("the comfortable middle is the lightest of the thermal ramp", () => {
  const middle = luminance(rampAt(THERMAL, 0.5));
  for (const t of [0, 0.2, 0.8, 1]) assert.ok(luminance(rampAt(THERMAL, t)) < middle);
});

test("verdict colours differ from each other", () => {
  assert.equal(new Set(Object.values(VERDICT)).size, Object.keys(VERDICT).length);
});

test("contrast follows the WCAG formula", () => {
  assert.equal(contrast(0x000000, 0xffffff).toFixed(2), "21.00");
  assert.equal(contrast(0x777777, 0xffffff).toFixed(2), "4.48");
});

test("class limits are round and hold every value", () => {
  assert.deepEqual(niceBreaks(0, 100), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(niceBreaks(0.13, 0.91, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(niceBreaks(5, 5), [5, 6]);
  for (const [low, high] of [[61.3, 188.9], [-12, 33], [0.001, 0.0093]]) {
    const breaks = niceBreaks(low, high);
    assert.ok(breaks[0] <= low && breaks.at(-1) >= high);
    for (const v of [low, (low + high) / 2, high]) {
      const i = classOf(v, breaks);
      assert.ok(breaks[i] <= v && v <= breaks[i + 1]);
    }
  }
});

test("css and mix keep six digits", () => {
  assert.equal(css(0x00000f), "#00000f");
  assert.equal(mix(0x000000, 0xffffff, 0), 0);
  assert.equal(mix(0x102030, 0x304050, 0.5), 0x203040);
});
