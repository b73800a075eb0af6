// @ts-check
/** One state store: every panel and the canvas read from here, so none of them can disagree. */

/**
 * @template {object} S
 * @typedef {object} Store
 * @property {() => Readonly<S>} get
 * @property {(patch: Partial<S>) => void} set
 * @property {(keys: ReadonlyArray<keyof S>, listener: (state: Readonly<S>) => void) => () => void} on returns the undo
 */

/**
 * @template {object} S
 * @param {S} initial
 * @returns {Store<S>}
 */
export function createStore(initial) {
  let state = { ...initial };
  /** @type {Set<{keys: ReadonlyArray<keyof S>, listener: (state: Readonly<S>) => void}>} */
  const listeners = new Set();
  return {
    get: () => state,
    set(patch) {
      const before = state;
      state = { ...state, ...patch };
      const changed = new Set(Object.keys(patch).filter((key) => before[/** @type {keyof S} */ (key)] !== state[/** @type {keyof S} */ (key)]));
      if (changed.size === 0) return;
      for (const entry of [...listeners]) {
        if (listeners.has(entry) && entry.keys.some((key) => changed.has(/** @type {string} */ (key)))) entry.listener(state);
      }
    },
    on(keys, listener) {
      const entry = { keys, listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}
