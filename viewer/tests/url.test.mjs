import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyPlace, formatCuts, formatEye, formatPlace, parseCuts, parseEye, parsePlace } from "../static/js/core/url.js";

test("a place survives the address", () => {
  const place = { ...emptyPlace(), building: "101234567", stage: "as-built", version: "2", element: "2O2Fr$t4X7Zf8NOew3FLOH", tab: "permit", storey: "0aB_$1cD2eF3gH4iJ5kL6m", check: "ee-base/height", from: "as-designed/1" };
  assert.deepEqual(parsePlace(formatPlace(place)), place);
});

test("defaults and what belongs to a building stay out of the address", () => {
  assert.equal(formatPlace(emptyPlace()), "");
  assert.equal(formatPlace({ building: "101234567", tab: "model" }), "?building=101234567");
  assert.equal(formatPlace({ element: "x", mode: "energy" }), "?mode=energy");
});

test("nonsense in the address is dropped", () => {
  const place = parsePlace("?building=101234567&stage=demolished&version=2;drop&tab=%3Cb%3E&from=../../etc&other=1");
  assert.deepEqual(place, { ...emptyPlace(), building: "101234567" });
  assert.equal(parsePlace("?version=latest").version, "latest");
});

test("a camera and section planes survive the address", () => {
  const eye = [542010.126, -3.5, 12.004, 0, 1, -2];
  assert.deepEqual(parseEye(formatEye(eye)), [542010.13, -3.5, 12, 0, 1, -2]);
  for (const text of [null, "", "1_2_3", "1_2_3_4_5_x", "1_2_3_4_5_1e9", "1__3_4_5_6"]) assert.equal(parseEye(text), null);
  const cuts = [{ axis: "x", at: -3.25, keep: "below" }, { axis: "z", at: 1, keep: "above" }];
  assert.equal(formatCuts(cuts, 4.2), "h4.2_xb-3.25_za1");
  assert.deepEqual(parseCuts("h4.2_xb-3.25_za1"), { cuts, height: 4.2 });
  assert.deepEqual(parseCuts("wb3_x1_xc2_"), { cuts: [], height: null });
  assert.equal(parsePlace("?building=1&look=sideways").look, null);
  assert.match(formatPlace({ building: "1", cut: "xb-3.25_za1" }), /cut=xb-3\.25_za1/);
});
