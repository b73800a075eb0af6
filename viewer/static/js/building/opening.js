// @ts-check
/** What an open building asks for, from the first moment of the page: the answers come while code and shaders are made ready. */
import { getBlob, getJson, versionPath } from "../core/api.js";
import { decoders } from "../gl/decode.js";
import { latestStage } from "../district/modes.js";

/** Order of loading: what makes the building recognisable comes first. */
export const BANDS = /** @type {const} */ (["structure", "architecture", "site", "services", "furniture", "spaces"]);
/** Chunks that are asked for at once. */
export const PARALLEL = 4;

/**
 * @typedef {object} Opening
 * @property {() => Promise<any>} building asked for when it is first wanted
 * @property {Promise<VersionParts | null>} parts of the version; null when the building has none
 * @property {Promise<unknown>} begun the first chunks are with the workers, or will not come
 */

/**
 * @typedef {object} VersionParts
 * @property {string} path of the version, below the API
 * @property {Promise<any>} scene
 * @property {() => Promise<[any, any]>} rest the version and its tree: no picture waits for these
 * @property {Map<string, Promise<Decoded>>} chunks the first by name, each to be taken once
 * @property {Promise<unknown>} begun
 */

/** @typedef {{bytes: number, parts: Promise<import("../gl/decode.js").Part[]>}} Decoded */

/**
 * Ask for a building and its version.
 * @param {import("../core/url.js").Place} place
 * @param {AbortSignal} [signal]
 * @param {string | null} [stage] the one that will be opened, where that is known already
 * @returns {Opening}
 */
export function askFor(place, signal, stage = place.stage) {
  const id = place.building ?? "";
  const building = once(() => getJson(`/buildings/${encodeURIComponent(id)}`, { signal }));
  const partsOf = (/** @type {string | null} */ of) => (of ? askForVersion(versionPath(id, of, place.version ?? "latest"), signal) : null);
  const parts = stage ? Promise.resolve(partsOf(stage)) : building().then((found) => partsOf(latestStage(found)));
  parts.catch(() => {}); // whoever waits for it says so
  return { building, parts, begun: parts.then((found) => found?.begun).catch(() => {}) };
}

/** The stage that the page itself links to: it needs not be asked for. @param {string | null} building @returns {string | null} */
export function linkedStage(building) {
  const link = document.querySelector('link[rel="preload"][href$="/scene"]');
  const [, linked, stage] = /buildings\/([^/]+)\/versions\/([^/]+)\//.exec(link?.getAttribute("href") ?? "") ?? [];
  return stage && linked === building ? stage : null;
}

/** @param {string} path @param {AbortSignal} [signal] @returns {VersionParts} */
function askForVersion(path, signal) {
  const scene = getJson(`${path}/scene`, { signal });
  /** @type {Map<string, Promise<Decoded>>} */
  const chunks = new Map();
  const begun = scene.then((found) => {
    for (const info of inOrder(found.chunks).slice(0, PARALLEL)) {
      const chunk = chunkOf(info, signal);
      chunk.catch(() => {}); // whoever waits for it says so
      chunks.set(info.sha256, chunk);
    }
    return Promise.allSettled(chunks.values());
  });
  begun.catch(() => {});
  const rest = once(() => Promise.all([getJson(path, { signal }), getJson(`${path}/tree`, { signal })]));
  return { path, scene, rest, chunks, begun };
}

/** Fetch a chunk and hand it to a worker at once. @param {any} info of the scene @param {AbortSignal} [signal] @returns {Promise<Decoded>} */
export async function chunkOf(info, signal) {
  const blob = await getBlob(info.sha256, signal);
  const bytes = blob.byteLength; // the worker takes it
  const parts = decoders.decode(blob, info.band !== "spaces");
  parts.catch(() => {}); // whoever waits for it says so
  return { bytes, parts };
}

/** @template T @param {() => Promise<T>} ask @returns {() => Promise<T>} asks once */
function once(ask) {
  /** @type {Promise<T> | null} */
  let answer = null;
  return () => {
    answer ??= ask();
    answer.catch(() => {}); // whoever waits for it says so
    return answer;
  };
}

/** @param {any[]} chunks @returns {any[]} the recognisable first */
export const inOrder = (chunks) => [...chunks].sort((a, b) => BANDS.indexOf(a.band) - BANDS.indexOf(b.band));
