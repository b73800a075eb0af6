import assert from "node:assert/strict";
import { test } from "node:test";
globalThis.document = { baseURI: "http://localhost/" }; // the address of the service is relative to that of the page
const { getWhole } = await import("../static/js/core/api.js");
const { deliver } = await import("../static/js/live/stream.js");
const { addressOf, drawn } = await import("../static/js/tabs/ask.js");
const { changeText } = await import("../static/js/tabs/change-words.js");
const { middle, pathOf } = await import("../static/js/tabs/heat-map.js");
const { judged } = await import("../static/js/tabs/live.js");
const { calculatedFor } = await import("../static/js/tabs/measured.js");
const { inOrder } = await import("../static/js/tabs/parts.js");
const { lastNight, samples } = await import("../static/js/tabs/point-chart.js");
const { flowsOf } = await import("../static/js/ui/sankey.js");

test("the last night is from ten in the evening to six, and as much of it as there is", () => {
  const at = (day, hour) => new Date(2026, 0, day, hour).getTime();
  const items = [[9, 21, 30], [9, 23, 19], [10, 3, 17], [10, 5, 18], [10, 7, 25], [10, 23, 40]].map(([day, hour, v]) => ({ t: at(day, hour), v }));
  assert.deepEqual(lastNight(items, new Date(2026, 0, 10, 9)), { low: 17, high: 19, at: at(9, 23) });
  assert.deepEqual(lastNight(items, new Date(2026, 0, 10, 23, 30)), { low: 17, high: 19, at: at(9, 23) });
  assert.deepEqual(lastNight(items.slice(0, 2), new Date(2026, 0, 10, 1)), { low: 19, high: 19, at: at(9, 23) });
  assert.equal(lastNight(items.slice(0, 1), new Date(2026, 0, 10, 9)), null);
});

test("readings that are no numbers are no samples", () => {
  assert.deepEqual(samples([{ t: "1970-01-01T00:00:01Z", v: 2 }, { t: 5, v: true }, { t: 5, v: 3 }]), [{ t: 1000, v: 2 }, { t: 5, v: 3 }]);
});

test("a reading is judged against the usual band, open at either end", () => {
  assert.deepEqual([19, 20, 24, 24.1].map((value) => judged({ value, usual: { low: 20, high: 24 } })), ["low", "in", "in", "high"]);
  assert.equal(judged({ value: 5, usual: { low: null, high: 1220 } }), "in");
  assert.equal(judged({ value: 5, usual: null }), "none");
  assert.equal(judged({ kind: "setpoint", value: 19, usual: { low: 20, high: 24 } }), "none");
  assert.equal(judged({ value: null, usual: { low: 1, high: 2 } }), "none");
});

test("the calculated need of some days takes each day's share of its month", () => {
  const monthly = Array.from({ length: 12 }, (_, i) => ({ month: i + 1, heating_kwh: (i + 1) * 31 }));
  assert.equal(calculatedFor(monthly, Date.UTC(2026, 0, 1), 31), 31);
  assert.equal(calculatedFor(monthly, Date.UTC(2026, 0, 31), 2).toFixed(6), (1 + 62 / 28).toFixed(6));
  assert.equal(calculatedFor([], 0, 10), 0);
});

test("flows are sorted, and what is nothing is no flow", () => {
  const { incoming, outgoing } = flowsOf({ heating_kwh: 5, solar_kwh: 9, ground_kwh: -2, cooling_kwh: -0.1, residual: 3 }, (n) => n, () => 0);
  assert.deepEqual([incoming.map((f) => f.name), outgoing.map((f) => [f.name, f.value])], [["solar_kwh", "heating_kwh"], [["ground_kwh", 2]]]);
});

test("shapes of a plan are drawn with north up, and labels stand in the largest part", () => {
  assert.equal(pathOf({ type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 2]]] }), "M0.000 0.000L1.000 0.000L1.000 -2.000Z");
  assert.deepEqual(middle({ type: "MultiPolygon", coordinates: [[[[0, 0], [1, 1]]], [[[10, 10], [14, 12]]]] }), [12, 11]);
});

test("versions stand in the order of a building's life", () => {
  const given = [["as-built", 2], ["as-designed", 10], ["as-built", 1], ["as-designed", 9]].map(([stage, version]) => ({ stage, version }));
  assert.deepEqual(inOrder(given).map((v) => `${v.stage}/${v.version}`), ["as-designed/9", "as-designed/10", "as-built/1", "as-built/2"]);
});

test("what the shared stream tells reaches the listener it is for", () => {
  const told = [];
  const listener = { onItems: (items) => told.push(items.length), onGap: () => told.push("gap"), onState: (open) => told.push(open) };
  for (const message of [{ event: "observation", data: { items: [1, 2] } }, { event: "observation", data: { point_id: "a" } }, { event: "gap", data: {} }, { event: "state", data: { open: true } }]) deliver(message, listener);
  assert.deepEqual(told, [2, 1, "gap", true]);
});

test("every kind of change has words of its own", () => {
  const place = (x, turn = 1) => [turn, 0, 0, x, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const said = (aspect, before, after) => changeText({ aspect, path: "a", before, after }, (id) => `<${id}>`);
  assert.equal(said("placement", place(1), place(0)), "change.moved");
  assert.equal(said("placement", place(1), place(2, 0.5)), "change.moved change.turned");
  assert.equal(said("placement", place(1), place(1, 0.5)), "change.turned");
  assert.equal(said("placement", null, place(1)), "change.place.new");
  assert.deepEqual([[null, "x"], ["x", null], ["x", "y"]].map(([b, a]) => said("geometry", b, a)), ["change.shape.new", "change.shape.gone", "change.shape.changed"]);
  assert.equal(said("type", { kind: "typedBy", target: "T" }, null), "change.nolonger");
  assert.equal(said("relation", null, { kind: "serves", target: "T" }), "change.now");
  assert.equal(said("property", { v: 1, u: "m" }, { f: 2 }), "history.became");
});

test("a list that comes in parts is read to its end, whatever else is asked", async () => {
  const parts = { 0: { total: 5, items: [1, 2], next: 2 }, 2: { items: [3, 4], next: 4 }, 4: { items: [5], next: null } };
  for (const path of ["/list", "/list?limit=2"]) {
    const asked = [];
    const read = async (one) => (asked.push(one), parts[new URL(one, "http://localhost").searchParams.get("offset") ?? 0]);
    assert.deepEqual((await getWhole(path, "items", read)).items, [1, 2, 3, 4, 5]);
    assert.equal(asked.length, 3);
    assert.ok(asked.every((one) => one.startsWith(path) && one.includes("limit") === path.includes("limit")));
  }
});

test("a question is asked of the version that is shown, and an answer that is cut says so", () => {
  const shown = { building: { building_id: "tmp-1" }, version: { stage: "as-designed", version: 2 } };
  assert.equal(addressOf(shown, "narrow-doors", [["width_m", "0.9"], ["storey", ""]]), "/buildings/tmp-1/questions/narrow-doors?width_m=0.9&stage=as-designed&version=2");
  const rows = Array.from({ length: 501 }, (_, i) => ({ i }));
  assert.deepEqual([drawn({ rows }).rows.length, drawn({ rows }).more], [500, true]);
  assert.deepEqual([drawn({ rows: rows.slice(0, 2) }).more, drawn({ rows: rows.slice(0, 2), truncated: true }).more], [false, true]);
});
