import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeObservations, spaceClasses } from "../static/js/tabs/live-colours.js";

const now = Date.parse("2026-11-21T12:00:00Z");
const reading = (id, value, more = {}) => ({ point_id: id, global_id: `s-${id}`, space: `room-${id}`, quantity_kind: "Temperature", unit: "Cel", value, phenomenon_time: "2026-11-21T11:59:00Z", age_s: 60, stale: false, ...more });

test("each fresh reading colours its room once; stale ones stand apart", () => {
  const { groups, stale } = spaceClasses([reading("a", 19), reading("b", 27.9), reading("c", 40), reading("d", 21, { stale: true })], "Temperature");
  assert.deepEqual(groups.flatMap((g) => g.spaces).sort(), ["room-a", "room-b", "room-c"]);
  assert.deepEqual(stale, ["room-d"]);
  assert.ok(groups.at(-1).spaces.includes("room-c"));
});

test("other quantities and readings that are not numbers colour nothing", () => {
  const { groups, stale } = spaceClasses([reading("a", true), reading("b", 20, { quantity_kind: "MoleFraction" })], "Temperature");
  assert.equal(groups.flatMap((g) => g.spaces).length + stale.length, 0);
});

test("a quantity with no fresh reading still has limits", () => {
  const { breaks } = spaceClasses([reading("a", 600, { quantity_kind: "MoleFraction", stale: true })], "MoleFraction");
  assert.ok(breaks.length >= 2);
});

test("a newer observation replaces the reading, an older one does not", () => {
  const items = [reading("a", 19), reading("b", 20)];
  const merged = mergeObservations(items, [{ point_id: "a", value: 22, phenomenon_time: "2026-11-21T11:59:50Z" }, { point_id: "b", value: 5, phenomenon_time: "2026-11-21T10:00:00Z" }], now);
  assert.deepEqual(merged.map((i) => [i.value, i.age_s]), [[22, 10], [20, 60]]);
});
