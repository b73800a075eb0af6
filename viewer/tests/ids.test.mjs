import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURED, GHOST, HIDDEN, MAX_FEATURE, SELECTED, fillState, packPick, stateSize, unpackPick } from "../static/js/core/ids.js";

test("every feature and model number survives the pick pixel", () => {
  for (const feature of [0, 1, 254, 255, 256, 65534, 65535, 65536, MAX_FEATURE]) {
    for (const model of [0, 1, 255]) assert.deepEqual(unpackPick(packPick(feature, model)), { feature, model });
  }
});

test("the background is nothing, not feature zero", () => {
  assert.equal(unpackPick([0, 0, 0, 0]), null);
  assert.deepEqual(unpackPick([1, 0, 0, 0]), { feature: 0, model: 0 });
});

test("a feature beyond 24 bits is refused", () => {
  assert.throws(() => packPick(MAX_FEATURE + 1, 0), RangeError);
  assert.throws(() => packPick(-1, 0), RangeError);
});

test("the state texture holds all features in a square enough shape", () => {
  for (const n of [0, 1, 1023, 1024, 1025, 100_000]) {
    const { width, height } = stateSize(n);
    assert.ok(width * height >= n && width <= 1024 && height >= 1);
  }
});

const flagsOf = (count, view) => {
  const state = new Uint8Array(count * 4);
  const counts = fillState(state, count, view);
  return { flags: Array.from({ length: count }, (_, i) => state[i * 4 + 3]), state, counts };
};

test("colours, hiding, ghosting and selection are independent bits", () => {
  const { flags, state, counts } = flagsOf(4, { colours: new Map([[0, 0x102030]]), ghostUncoloured: true, hidden: new Set([1]), selected: new Set([2]) });
  assert.deepEqual(flags, [COLOURED, HIDDEN, SELECTED, GHOST]);
  assert.deepEqual([...state.slice(0, 3)], [0x10, 0x20, 0x30]);
  assert.deepEqual(counts, { ghosts: 1, hidden: 1 });
});

test("isolation hides the rest or makes it ghosts", () => {
  assert.deepEqual(flagsOf(3, { isolated: new Set([1]) }).flags, [HIDDEN, 0, HIDDEN]);
  assert.deepEqual(flagsOf(3, { isolated: new Set([1]), ghostRest: true }).flags, [GHOST, 0, GHOST]);
});

test("a second fill leaves nothing of the first", () => {
  const state = new Uint8Array(8);
  fillState(state, 2, { colours: new Map([[0, 0xffffff]]), selected: new Set([1]) });
  fillState(state, 2, {});
  assert.deepEqual([...state], Array(8).fill(0));
});

test("filling 100,000 features takes milliseconds", () => {
  const count = 100_000;
  const state = new Uint8Array(count * 4);
  const colours = new Map(Array.from({ length: count }, (_, i) => [i, i & 0xffffff]));
  fillState(state, count, { colours });
  const start = performance.now();
  fillState(state, count, { colours, selected: new Set([5]) });
  assert.ok(performance.now() - start < 200);
});
