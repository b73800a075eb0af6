// @ts-check
/** Words, numbers and dates in the chosen language; switching redraws without a reload. */

export const LANGUAGES = /** @type {const} */ (["en", "et", "fr"]);
const LOCALES = { en: "en-GB", et: "et-EE", fr: "fr-FR" };
const KEY = "kaksik.language";

/** @type {Record<string, string>} */
let words = {};
/** @type {"en" | "et" | "fr"} */
let language = "en";
/** @type {Set<() => void>} */
const listeners = new Set();

/** The language asked for by an earlier visit, else by the browser. */
export function preferredLanguage() {
  const kept = localStorage.getItem(KEY);
  const wished = [kept, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return LANGUAGES.find((l) => l === wished.find((w) => LANGUAGES.some((known) => known === w))) ?? "en";
}

/** @param {"en" | "et" | "fr"} next */
export async function setLanguage(next) {
  const answer = await fetch(new URL(`../../i18n/${next}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`the words for ${next} did not load`);
  words = await answer.json();
  language = next;
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
  translate(document);
  for (const listener of [...listeners]) listener();
}

export const currentLanguage = () => language;

/** BCP 47 tag for Intl. */
export const locale = () => LOCALES[language];

/**
 * @param {() => void} listener called after every change of language
 * @returns {() => void} the undo
 */
export function onLanguage(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The words of a key, with {name} places filled; where {n} is one, those of `key.one` if there are any.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values) {
  const one = String(values?.n) === "1" ? words[`${key}.one`] : undefined;
  return fillIn(one ?? words[key] ?? key, values);
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 */
export function fillIn(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}

/** Put words on everything marked data-i18n (text) and data-i18n-label (aria-label and title). @param {ParentNode} root */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-i18n]")) element.textContent = t(element.getAttribute("data-i18n") ?? "");
  for (const element of root.querySelectorAll("[data-i18n-label]")) {
    const label = t(element.getAttribute("data-i18n-label") ?? "");
    element.setAttribute("aria-label", label);
    if (element.tagName !== "SECTION" && element.tagName !== "ASIDE") element.setAttribute("title", label);
  }
}

/**
 * Words for a text the server gives per language, or as one string.
 * @param {string | Record<string, string> | null | undefined} text
 */
export function localText(text) {
  if (!text) return "";
  return typeof text === "string" ? text : text[language] ?? text.en ?? Object.values(text)[0] ?? "";
}

/** Formats are kept: making one takes longer than using it a hundred times. @type {Map<string, any>} */
const formats = new Map();

/** @template T @param {string} name @param {() => T} make @returns {T} */
function kept(name, make) {
  const key = `${language}|${name}`;
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}

/**
 * @param {number | null | undefined} value
 * @param {number} [digits] most decimals shown
 */
export function number(value, digits = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return kept(`number${digits}`, () => new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits })).format(value);
}

/** @param {string | null | undefined} moment RFC 3339 */
export function dateTime(moment) {
  const date = moment ? new Date(moment) : null;
  if (!date || Number.isNaN(date.getTime())) return "–";
  return kept("moment", () => new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short" })).format(date);
}

/** @param {number} month 1..12 */
export function monthName(month) {
  return new Intl.DateTimeFormat(LOCALES[language], { month: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2023, month - 1, 15)));
}

/**
 * How long ago, in the largest fitting unit.
 * @param {number} seconds
 */
export function ago(seconds) {
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto", style: language === "fr" ? "short" : "narrow" }); // narrow is "-50 s" in French
  if (seconds < 90) return format.format(-Math.round(seconds), "second");
  if (seconds < 5400) return format.format(-Math.round(seconds / 60), "minute");
  if (seconds < 129600) return format.format(-Math.round(seconds / 3600), "hour");
  return format.format(-Math.round(seconds / 86400), "day");
}

/** @param {number} seconds */
export function duration(seconds) {
  const [most, name] = seconds < 120 ? [1, "second"] : seconds < 5400 ? [60, "minute"] : seconds < 172_800 ? [3600, "hour"] : [86_400, "day"];
  return kept(`duration${name}`, () => new Intl.NumberFormat(LOCALES[language], { style: "unit", unit: String(name), unitDisplay: "short", maximumFractionDigits: 0 })).format(seconds / Number(most));
}

/** UCUM codes as people write them. @type {Record<string, string>} */
const UNITS = { Cel: "°C", m2: "m²", m3: "m³", "W/(m2.K)": "W/(m²·K)", "kWh/m2": "kWh/m²", "%": "%", "[ppm]": "ppm", "[ppmv]": "ppm", "m3/h": "m³/h", "m3/s": "m³/s", "kW.h": "kWh", "1": "", deg: "°", rad: "rad" };

/** @param {string | null | undefined} ucum */
export const unit = (ucum) => (ucum ? UNITS[ucum] ?? ucum : "");

/**
 * Any value of a record as text.
 * @param {any} value scalar, {value, unit}, or a list
 * @returns {string}
 */
export function valueText(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (typeof value === "number") return number(value, 3);
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (typeof value === "object") {
    if ("value" in value) return `${valueText(value.value)}${value.unit ? `\u202f${unit(value.unit)}` : ""}`;
    return Object.entries(value).map(([key, inner]) => `${key}: ${valueText(inner)}`).join("; ");
  }
  return String(value);
}

/**
 * A class name in words; unknown classes keep their IFC name.
 * @param {string} ifcClass
 */
export function className(ifcClass) {
  const base = ifcClass.replace(/Type$/, "");
  if (base !== ifcClass && words[`class.${base}`]) return `${words[`class.${base}`]} (${t("model.type")})`;
  return words[`class.${ifcClass}`] ?? ifcClass.replace(/^Ifc/, "").replace(/([a-z])([A-Z])/g, "$1 $2");
}
