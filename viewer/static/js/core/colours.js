// @ts-check
/** Colour-blind-safe colours: Okabe–Ito for categories, a cividis-like and a blue–red diverging ramp for numbers. */

export const SELECTION = 0x1f5fd6;
export const NEUTRAL = 0xcfd6da;

/** Okabe–Ito, darkened where white ground asks for it. */
export const CATEGORY = [0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0xb8a800, 0x7a6fb3];

/** @type {Record<string, number>} */
export const VERDICT = {
  fail: 0xc8501a,
  data_missing: 0xe0a100,
  needs_human: 0x8a6fc0,
  pass: 0x1b8a6b,
  not_applicable: 0xa9b3b9,
};

/** @type {Record<string, number>} */
export const STAGE = { "as-designed": 0x4a90c8, "as-built": 0xe0a100, "as-maintained": 0x1b8a6b };

/** @type {Record<string, number>} */
export const SEAL = { valid: 0x1b8a6b, invalid: 0xc8501a, unsealed: 0xb4bdc2 };

/** @type {Record<string, number>} */
export const COMPARE = { added: 0x1b8a6b, changed: 0xe69f00, removed: 0xc8321a };

/** @type {Record<string, number>} */
export const ORIENTATION = {
  N: 0x3b6fb5, NE: 0x5aa3d0, E: 0x6cc0b0, SE: 0xb9c24a, S: 0xe69f00, SW: 0xd9702a, W: 0xb5527f, NW: 0x7a5fae,
  roof: 0x8c6d4f, ground: 0x7d8a92,
};

/** @typedef {ReadonlyArray<readonly [number, number]>} Ramp stops of (0..1, 0xrrggbb), ascending */

/** Low to high in blue to yellow; readable without hue (after cividis). @type {Ramp} */
export const SEQUENTIAL = [[0, 0x123570], [0.25, 0x435470], [0.5, 0x7c7b78], [0.75, 0xbcaf6f], [1, 0xfee838]];

/** Cold, comfortable, warm. @type {Ramp} */
export const THERMAL = [[0, 0x2b5fb0], [0.3, 0x86b6e0], [0.5, 0xeceae0], [0.7, 0xf0a35e], [1, 0xb5361c]];

/** Good to bad: pale to dark, single direction of lightness. @type {Ramp} */
export const LOAD = [[0, 0xd7ecd9], [0.33, 0x7fbfb0], [0.66, 0x3a7f9c], [1, 0x2b2f6b]];

/**
 * Colour of a ramp at a place; outside values are clamped.
 * @param {Ramp} ramp
 * @param {number} t
 */
export function rampAt(ramp, t) {
  if (!Number.isFinite(t) || t <= ramp[0][0]) return ramp[0][1];
  for (let i = 1; i < ramp.length; i += 1) {
    const [b, end] = ramp[i];
    if (t > b) continue;
    const [a, start] = ramp[i - 1];
    return mix(start, end, (t - a) / (b - a));
  }
  return ramp[ramp.length - 1][1];
}

/**
 * @param {number} a 0xrrggbb
 * @param {number} b 0xrrggbb
 * @param {number} t share of b
 */
export function mix(a, b, t) {
  const channel = (/** @type {number} */ shift) => {
    const x = (a >> shift) & 255;
    return Math.round(x + (((b >> shift) & 255) - x) * t) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

/** @param {number} colour 0xrrggbb */
export const css = (colour) => `#${colour.toString(16).padStart(6, "0")}`;

/**
 * Round class limits that cover the values: 1, 2 or 5 times a power of ten apart.
 * @param {number} low
 * @param {number} high
 * @param {number} [steps] wished number of classes
 * @returns {number[]} ascending limits, at least two
 */
export function niceBreaks(low, high, steps = 5) {
  if (!(high > low)) return [low, low + 1];
  const raw = (high - low) / steps;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw - 1e-12) ?? raw;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/**
 * Class number of a value between limits (the last class is closed above).
 * @param {number} value
 * @param {number[]} breaks
 */
export function classOf(value, breaks) {
  const last = breaks.length - 2;
  for (let i = 0; i < last; i += 1) if (value < breaks[i + 1]) return i;
  return last;
}

/**
 * WCAG contrast ratio of two colours.
 * @param {number} a
 * @param {number} b
 */
export function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {number} colour */
export function luminance(colour) {
  const [r, g, b] = [16, 8, 0].map((shift) => {
    const c = ((colour >> shift) & 255) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
