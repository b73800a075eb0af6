// @ts-check
/** Feature ids on the pick target and state bits in the feature-state texture. */

/** Bits of the fourth byte of a state texel. */
export const COLOURED = 1;
export const HIDDEN = 2;
export const GHOST = 4;
export const SELECTED = 8;

/**
 * A state texel as one number (bytes in the order of memory on every machine that browsers run on).
 * @param {number} colour 0xrrggbb
 * @param {number} flags
 */
export const texel = (colour, flags) => ((colour >> 16) | (colour & 0xff00) | ((colour & 255) << 16) | (flags << 24)) >>> 0;

/** Largest feature number a pick can carry: 24 bits, zero means "nothing". */
export const MAX_FEATURE = 0xfffffe;

/**
 * Read a picked pixel.
 * @param {ArrayLike<number>} rgba three bytes of (feature + 1), little end first, and the model number
 * @returns {{model: number, feature: number} | null} null over the background
 */
export function unpackPick(rgba) {
  const id = rgba[0] + (rgba[1] << 8) + (rgba[2] << 16);
  return id === 0 ? null : { model: rgba[3], feature: id - 1 };
}

/**
 * Pack a feature and a model number as the pick shader does.
 * @param {number} feature
 * @param {number} model 0..255
 * @returns {[number, number, number, number]}
 */
export function packPick(feature, model) {
  if (feature < 0 || feature > MAX_FEATURE) throw new RangeError(`feature ${feature} does not fit in 24 bits`);
  const id = feature + 1;
  return [id & 255, (id >> 8) & 255, (id >> 16) & 255, model];
}

/**
 * Size of the state texture for a number of features: rows of 1,024, which the shader counts on.
 * @param {number} features
 * @returns {{width: number, height: number}}
 */
export function stateSize(features) {
  const width = Math.min(1024, Math.max(1, features));
  return { width, height: Math.max(1, Math.ceil(features / width)) };
}

/**
 * @typedef {object} FeatureView What the picture should show of one model.
 * @property {Set<number>} [hidden] features not drawn and not picked
 * @property {Set<number> | null} [isolated] when given, only these are drawn solid
 * @property {boolean} [ghostRest] draw the others as ghosts instead of hiding them
 * @property {Map<number, number> | null} [colours] feature to 0xrrggbb
 * @property {boolean} [ghostUncoloured] draw features without a colour as ghosts
 * @property {Set<number>} [selected]
 * @property {(feature: number) => boolean} [exempt] features that ghosting leaves alone
 */

/**
 * Fill the state array (RGBA8 per feature) from a view; every mode of the viewer is only a different fill.
 * @param {Uint8Array} state at least 4 × count bytes
 * @param {number} count
 * @param {FeatureView} view
 * @returns {{ghosts: number, hidden: number}} how many features are ghosts and hidden
 */
export function fillState(state, count, view) {
  const { hidden, isolated, colours, selected } = view;
  let ghosts = 0;
  let gone = 0;
  for (let i = 0; i < count; i += 1) {
    const at = i * 4;
    const colour = colours?.get(i);
    let flags = 0;
    if (colour !== undefined) {
      state[at] = colour >> 16;
      state[at + 1] = (colour >> 8) & 255;
      state[at + 2] = colour & 255;
      flags |= COLOURED;
    } else {
      state[at] = state[at + 1] = state[at + 2] = 0;
    }
    const outside = isolated ? !isolated.has(i) : false;
    const plain = Boolean(view.ghostUncoloured && colours && colour === undefined);
    if (hidden?.has(i) || (outside && !view.ghostRest)) flags |= HIDDEN;
    else if ((outside || plain) && !selected?.has(i) && !view.exempt?.(i)) flags |= GHOST;
    if (selected?.has(i)) flags |= SELECTED;
    if (flags & HIDDEN) gone += 1;
    if (flags & GHOST) ghosts += 1;
    state[at + 3] = flags;
  }
  return { ghosts, hidden: gone };
}
