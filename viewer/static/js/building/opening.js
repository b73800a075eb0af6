// @ts-check
/** What an open building asks for, from the first moment of the page: the answers come while code and shaders are made ready. */
import { getBlob, getJson, versionPath } from "../core/api.js";
import { latestStage } from "../district/modes.js";

/** Order of loading: what makes the building recognisable comes first. */
export const BANDS = /** @type {const} */ (["structure", "architecture", "site", "services", "furniture", "spaces"]);
/** Chunks that are asked for at once. */
export const PARALLEL = 4;

/**
 * @typedef {object} Opening
 * @property {Promise<any>} building
 * @property {Promise<VersionParts | null>} parts of the version; null when the building has none
 */

/**
 * @typedef {object} VersionParts
 * @property {string} path of the version, below the API
 * @property {Promise<any>} version
 * @property {Promise<any>} scene
 * @property {Promise<any>} tree
 * @property {Map<string, Promise<ArrayBuffer>>} blobs the first chunks by name, each to be taken once
 */

/**
 * Ask for a building and its version.
 * @param {import("../core/url.js").Place} place
 * @param {AbortSignal} [signal]
 * @returns {Opening}
 */
export function askFor(place, signal) {
  const id = place.building ?? "";
  const building = getJson(`/buildings/${encodeURIComponent(id)}`, { signal });
  const partsOf = (/** @type {string | null} */ stage) => (stage ? askForVersion(versionPath(id, stage, place.version ?? "latest"), signal) : null);
  const parts = place.stage ? Promise.resolve(partsOf(place.stage)) : building.then((found) => partsOf(latestStage(found)));
  for (const answer of [building, parts]) answer.catch(() => {}); // whoever waits for it says so
  return { building, parts };
}

/** @param {string} path @param {AbortSignal} [signal] @returns {VersionParts} */
function askForVersion(path, signal) {
  const scene = getJson(`${path}/scene`, { signal });
  /** @type {Map<string, Promise<ArrayBuffer>>} */
  const blobs = new Map();
  const first = scene.then(({ chunks }) => {
    for (const { sha256 } of inOrder(chunks).slice(0, PARALLEL)) {
      const blob = getBlob(sha256, signal);
      blob.catch(() => {}); // whoever waits for it says so
      blobs.set(sha256, blob);
    }
    return Promise.allSettled(blobs.values());
  });
  const after = (/** @type {string} */ part) => first.then(() => getJson(`${path}${part}`, { signal })); // no picture waits for these
  const asked = { version: after(""), scene, tree: after("/tree") };
  for (const answer of Object.values(asked)) answer.catch(() => {});
  return { path, ...asked, blobs };
}

/** @param {any[]} chunks @returns {any[]} the recognisable first */
export const inOrder = (chunks) => [...chunks].sort((a, b) => BANDS.indexOf(a.band) - BANDS.indexOf(b.band));
