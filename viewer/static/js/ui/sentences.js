// @ts-check
/**
 * Sentences of the service in the reader's language. The service writes English, with a stable code for every refusal.
 * The catalogue of a language has a sentence for each code, and each English sentence with its places as {}.
 */
import { h } from "../core/dom.js";
import { currentLanguage, dateTime, number, onLanguage } from "../core/i18n.js";

/** @typedef {{reasons: Record<string, string>, sentences?: Record<string, string>, terms?: Record<string, string>}} Catalogue */
/** @typedef {{begin: string, pattern: RegExp, words: string}} Template */

const DECIMAL = /^-?\d+\.\d+$/;
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?UTC|Z|[+-]\d\d:\d\d)$/;
/** A place may hold a sentence, which may hold another. */
const DEEPEST = 3;

/** @type {Map<string, Promise<void>>} */
const asked = new Map();
/** @type {Catalogue} */
let catalogue = { reasons: {} };
/** @type {Template[]} */
let templates = [];
/** @type {Map<string, string | null>} */
const kept = new Map();

/** Load the sentences of the chosen language; resolves at once when they are there. */
export function sentencesReady() {
  const language = currentLanguage();
  if (!asked.has(language)) {
    asked.clear();
    asked.set(language, load(language).catch(() => { asked.delete(language); }));
  }
  return /** @type {Promise<void>} */ (asked.get(language));
}

/** @param {string} language */
async function load(language) {
  const answer = await fetch(new URL(`../../i18n/service.${language}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`the sentences for ${language} did not load`);
  const read = await answer.json();
  if (language === currentLanguage()) take(read);
}

/** @param {Catalogue} read */
export function take(read) {
  catalogue = read;
  kept.clear();
  templates = Object.entries(read.sentences ?? {}).sort(([a], [b]) => b.length - a.length).map(([english, words]) => {
    const literal = english.split("{}");
    return { begin: literal[0], words, pattern: new RegExp(`^${literal.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+?)")}$`, "s") };
  });
}

onLanguage(() => { catalogue = { reasons: {} }; templates = []; kept.clear(); });

/**
 * A sentence of the service in the reader's language; null where it has no translation.
 * @param {string} text
 * @param {number} [depth]
 * @returns {string | null}
 */
export function translated(text, depth = 0) {
  if (!catalogue.sentences) return currentLanguage() === "en" ? text : null;
  let found = kept.get(text);
  if (found === undefined) {
    found = match(text, depth) ?? several(text, depth);
    kept.set(text, found);
  }
  return found;
}

/** @param {string} text @param {number} depth */
function match(text, depth) {
  for (const { begin, pattern, words } of templates) {
    const places = text.startsWith(begin) ? pattern.exec(text) : null;
    if (places) return words.replace(/\{(\d)\}/g, (_, n) => place(places[Number(n)], depth + 1));
  }
  return null;
}

/** Two or three sentences that follow one another. @param {string} text @param {number} depth @returns {string | null} */
function several(text, depth) {
  if (depth >= DEEPEST) return null;
  for (let end = text.indexOf(". "); end > 0; end = text.indexOf(". ", end + 1)) {
    const first = match(text.slice(0, end + 1), depth);
    const rest = first && translated(text.slice(end + 2), depth + 1);
    if (rest) return `${first} ${rest}`;
  }
  return null;
}

/** What stands in a place: a moment, a number, a term, a list of terms, or a sentence. @param {string} text @param {number} depth @returns {string} */
function place(text, depth) {
  const bare = text.replace(/^'(.*)'$/s, "$1");
  if (DECIMAL.test(bare)) return number(Number(bare), bare.length);
  if (MOMENT.test(bare)) return dateTime(bare.replace(" UTC", "Z").replace(/^(\S{10}) /, "$1T"));
  const term = catalogue.terms?.[bare];
  if (term) return term;
  const list = bare.split(/, | or /);
  if (list.length > 1) return list.map((one) => place(one, depth)).join(", ");
  return (depth < DEEPEST && / .*\.$/.test(bare) && translated(bare, depth)) || bare;
}

/** A term of the service, such as a kind of document. @param {string} name */
export const term = (name) => catalogue.terms?.[name] ?? name;

/** What a reason code means, in the reader's language. @param {string | undefined} code */
export const reasonText = (code) => (code ? catalogue.reasons[code] ?? "" : "");

/** A sentence of the service as text that says its language where that is not the reader's. @param {string} text */
export function said(text) {
  const words = translated(text);
  return h("span", { lang: words === null && text.includes(" ") ? "en" : null }, words ?? text); // one word is a name
}
