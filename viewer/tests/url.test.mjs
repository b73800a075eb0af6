import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyPlace, formatPlace, parsePlace } from "../static/js/core/url.js";

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
