import assert from "node:assert/strict";
import { test } from "node:test";
import { readColumns } from "../static/js/core/columns.js";
import { COLOURED, HIDDEN, fillState, texel } from "../static/js/core/ids.js";
import { columnsOf, modeOf } from "../static/js/district/modes.js";
import { sharpEdges } from "../static/js/gl/edges.js";

/** A file as the service writes it. @param {any} facts @param {[string, any, number[]][]} arrays */
function file(facts, arrays) {
  const about = arrays.map(([name, array, shape]) => ({ name, type: `${array.constructor.name.replace("Array", "").toLowerCase()}`, shape, planar: true }));
  const text = JSON.stringify({ ...facts, arrays: about });
  const header = new TextEncoder().encode(text + " ".repeat((4 - (new TextEncoder().encode(text).length % 4)) % 4));
  const parts = [new Uint8Array(new Uint32Array([header.length]).buffer), header];
  for (const [, array, shape] of arrays) {
    const bytes = new Uint8Array(array.buffer);
    const row = bytes.length / shape[0];
    parts.push(Uint8Array.from(bytes, (_, i) => bytes[(i % shape[0]) * row + Math.floor(i / shape[0])]), new Uint8Array((4 - (bytes.length % 4)) % 4));
  }
  return new Blob(parts).arrayBuffer();
}

/** Two squares of 10 m, one of them with a yard. */
const CITY = () => file({ buildings: 2, origin: [500, 600], step_m: 0.01, low_m: 5 }, [
  ["anchors", new Int32Array([0, 0, 5000, 0]), [2, 2]],
  ["heights", new Uint16Array([100, 900, 65535, 65535]), [2, 2]],
  ["rings", new Uint16Array([1, 2]), [2]],
  ["lengths", new Uint32Array([4, 4, 4 + 0x80000000]), [3]],
  ["points", new Int16Array([0, 0, 1000, 0, 0, 1000, -1000, 0, 0, 0, 1000, 0, 0, 1000, -1000, 0, 300, 300, 0, 400, 400, 0, 0, -400]), [12, 2]],
]);

test("columns come back from planes of bytes", async () => {
  const { header, arrays } = readColumns(await CITY());
  assert.equal(header.low_m, 5);
  assert.deepEqual([...arrays.anchors], [0, 0, 5000, 0]);
  assert.deepEqual([...arrays.lengths], [4, 4, 0x80000004]);
});

test("outlines become bodies with roofs first, a yard stays open, and what has no height stands three metres tall", async () => {
  const said = [];
  globalThis.self = { postMessage: (message) => said.push(message) };
  await import("../static/js/gl/workers/city.js");
  globalThis.self.onmessage({ data: { outlines: await CITY(), origin: [500, 600, 5], floor: 5, near: [0, 0] } });
  const [{ boxes }, { square }] = said;
  assert.deepEqual([...boxes].map((v) => Math.round(v * 100) / 100 + 0), [0, 1, -10, 10, 10, 0, 50, 0, -10, 60, 3, 0]);
  assert.equal(said.at(-1).done, true);
  const area = (from, to) => {
    let sum = 0;
    for (let i = from; i < to; i += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => [0, 1, 2].map((x) => (square.positions[square.index[i + k] * 4 + x] / 32767) * square.half[x]));
      const [u, v] = [b.map((x, k) => x - a[k]), c.map((x, k) => x - a[k])];
      sum += Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]) / 2;
    }
    return sum;
  };
  assert.ok(Math.abs(area(0, square.roofs) - (100 + 100 - 16)) < 0.5);
  assert.ok(Math.abs(area(square.roofs, square.index.length) - (40 * 10 + (40 + 16) * 3)) < 2);
});

test("a class of one byte gives the texel that a fill gives", () => {
  const state = new Uint8Array(8);
  fillState(state, 2, { colours: new Map([[0, 0x1f6fb2]]), hidden: new Set([1]) });
  assert.deepEqual([...new Uint32Array(state.buffer)], [texel(0x1f6fb2, COLOURED), texel(0, HIDDEN)]);
});

test("rows of a city fall into the classes of the models", () => {
  const columns = {
    energy_class: { kind: "text", values: new Uint8Array([0, 1, 255]), words: ["C", "?"], models: {} },
    heating_kwh_m2: { kind: "number", values: new Float32Array([100, 100, NaN]), words: [], models: {} },
    measured_kwh_m2: { kind: "number", values: new Float32Array([70, 130, 50]), words: [], models: { a: 220 } },
    alarms: { kind: "number", values: new Float32Array([0, 2, NaN]), words: [], models: {} },
  };
  const city = { count: 3, column: (key) => columns[key] ?? null };
  const keys = (name) => { const mode = modeOf(name, [], city); return [...mode.codes()].map((code) => mode.classes[code].key); };
  assert.deepEqual(keys("class"), ["C", "none", "none"]);
  assert.deepEqual(keys("gap"), ["0", "4", "none"]);
  assert.deepEqual(keys("alarms"), ["zero", "few", "none"]);
  assert.deepEqual(keys("stage"), ["none", "none", "none"]);
  assert.equal(modeOf("gap", [], city).keyOf({ building_id: "a", energy: { heating_kwh_m2: 100 } }), "5");
  assert.deepEqual([columnsOf("n:energy.heating_kwh_m2"), columnsOf("t:ab:radon")], [["heating_kwh_m2"], ["ab:radon"]]);
});

test("a box has twelve edges, however its faces are cut, and touching boxes keep theirs", () => {
  const corners = [0, 1].flatMap((f) => [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [(i & 1) + f, (i >> 1) & 1, i >> 2]));
  const box = [0, 1, 3, 0, 3, 2, 4, 6, 7, 4, 7, 5, 0, 4, 5, 0, 5, 1, 2, 3, 7, 2, 7, 6, 0, 2, 6, 0, 6, 4, 1, 5, 7, 1, 7, 3];
  const index = [...box, ...box.map((i) => i + 8)];
  const pairs = sharpEdges({ array: Float32Array.from(corners.flat()), stride: 3 }, index, (v) => Math.floor(v / 8), [1, 1, 1]);
  assert.equal(pairs.length, 2 * 24);
});
