// @ts-check
import { svg } from "./dom.js";

/** Paths on a 24 × 24 grid, drawn with a 1.75 stroke. @type {Record<string, string>} */
const PATHS = {
  building: "M4 21V8l8-5 8 5v13M4 21h16M9 21v-5h6v5M9 11h.01M15 11h.01",
  storey: "M12 3 3 8l9 5 9-5-9-5M3 12l9 5 9-5M3 16l9 5 9-5",
  space: "M4 4h16v16H4zM4 12h7M14 12h6M12 4v4",
  site: "M3 18l6-9 4 5 3-4 5 8zM3 21h18",
  project: "M3 6h7l2 2h9v11H3z",
  class: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5",
  element: "M6 6h12v12H6z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
  upload: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
  download: "M12 4v12M7 11l5 5 5-5M4 20h16",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  hide: "M3 3l18 18M10 6.2A10 10 0 0 1 12 6c6 0 9 6 9 6a16 16 0 0 1-3 3.6M6.5 7.8A15 15 0 0 0 3 12s3 6 9 6a9 9 0 0 0 4-1M10 10a3 3 0 0 0 4 4",
  show: "M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  isolate: "M9 9h6v6H9zM4 7V4h3M17 4h3v3M20 17v3h-3M7 20H4v-3",
  ghost: "M12 3a7 7 0 0 0-7 7v10l2.5-2 2.3 2 2.2-2 2.2 2 2.3-2L19 20V10a7 7 0 0 0-7-7M9.5 10h.01M14.5 10h.01",
  section: "M3 14h18M6 14V6l6-3 6 3v8M6 18v3M12 18v3M18 18v3",
  measure: "M3 16 16 3l5 5L8 21zM7 12l2 2M10 9l3 3M13 6l2 2",
  sections: "M4 8h10v12H4zM4 8l5-4h10v12l-5 4M14 8l5-4M2 22 22 2",
  plan: "M4 4h16v16H4zM4 11h6v-3M14 4v6M20 14h-7v6",
  around: "M3 21V12h5v9M16 21V10h5v11M9.500 21V4h5v17",
  explode: "M12 3l7 3-7 3-7-3zM5 12l7 3 7-3M5 18l7 3 7-3",
  walk: "M13 4.500a1.500 1.500 0 1 0 0-.1M11 21l2-6-3-3 1-5 3 3h3M10 12l-2 2-1 4M11 8L8 9v3",
  close: "M6 6l12 12M18 6L6 18",
  reset: "M4 12a8 8 0 1 0 3-6.2M4 4v5h5",
  pass: "M5 13l4 4L19 7",
  fail: "M6 6l12 12M18 6L6 18",
  data_missing: "M12 8v5M12 17h.01M12 3l10 18H2z",
  needs_human: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0",
  not_applicable: "M5 12h14",
  valid: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5",
  invalid: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9.5 9.5l5 5M14.5 9.5l-5 5",
  unsealed: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z",
  alarm: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
  energy: "M13 3L5 14h6l-1 7 8-11h-6z",
  live: "M3 12h4l3-8 4 16 3-8h4",
  history: "M12 7v5l3 3M4 12a8 8 0 1 0 3-6.2M4 4v4h4",
  permit: "M7 3h8l4 4v14H7zM15 3v4h4M10 13l2 2 4-4",
  ask: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.400M12 18h.01M4 4h16v16H4z",
  chevron: "M9 6l6 6-6 6",
  back: "M15 6l-6 6 6 6",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  layers: "M12 4L3 9l9 5 9-5zM3 14l9 5 9-5",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8h.01",
  tree: "M5 4h6v4H5zM13 10h6v4h-6zM13 17h6v4h-6zM8 8v11h5M8 12h5",
};

/**
 * An inline icon; hidden from screen readers, the word beside it speaks.
 * @param {string} name
 * @param {number} [size]
 */
export function icon(name, size = 18) {
  const path = svg("path", { d: PATHS[name] ?? PATHS.element });
  const root = svg("svg", { viewBox: "0 0 24 24", width: size, height: size, class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" }, path);
  return root;
}
