import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../static/js/core/store.js";
import { hideRows, initialState, toggleRows } from "../static/js/building/state.js";

test("listeners hear only their keys, and only real changes", () => {
  const store = createStore({ a: 1, b: 1 });
  const heard = [];
  const stop = store.on(["a"], (s) => heard.push(s.a));
  store.set({ b: 2 });
  store.set({ a: 1 });
  store.set({ a: 2, b: 3 });
  stop();
  store.set({ a: 9 });
  assert.deepEqual(heard, [2]);
});

test("a listener stopped by another is not called", () => {
  const store = createStore({ a: 0 });
  let called = 0;
  let stopSecond = () => {};
  store.on(["a"], () => stopSecond());
  stopSecond = store.on(["a"], () => { called += 1; });
  store.set({ a: 1 });
  assert.equal(called, 0);
});

test("hiding drops the selection, and toggling shows only what is wholly hidden", () => {
  const state = initialState({ selected: ["x"] });
  const hidden = { ...state, ...hideRows(state, [1, 2]) };
  assert.deepEqual([[...hidden.hidden], hidden.selected], [[1, 2], []]);
  assert.deepEqual([...toggleRows(hidden, new Set([1, 2])).hidden], []);
  assert.deepEqual([...toggleRows(hidden, new Set([2, 3])).hidden], [1, 2, 3]);
  assert.deepEqual([...state.hidden], []);
});
