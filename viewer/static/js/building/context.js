// @ts-check
/**
 * What the panels of the building page share.
 *
 * @typedef {object} Context
 * @property {import("../main.js").App} app
 * @property {import("../core/store.js").Store<import("./state.js").BuildingState>} store
 * @property {import("./scene.js").BuildingScene} scene
 * @property {any} building answer of GET /buildings/{b}
 * @property {any} version answer of the version
 * @property {string} path of the version, below the API
 * @property {import("../core/tree.js").TreeNode} tree
 * @property {any} rawTree answer of …/tree, for new words
 * @property {import("./views.js").Views | null} views
 * @property {(ids: string[], options?: {zoom?: boolean}) => void} select
 * @property {(tab: string) => void} openTab
 * @property {AbortSignal} signal ends with the page
 * @property {Map<string, Promise<any>>} answers answers kept while the page is open
 */

import { getJson } from "../core/api.js";

/**
 * GET once per open page; a failure is not kept.
 * @param {Context} context
 * @param {string} path
 */
export function once(context, path) {
  const kept = context.answers.get(path);
  if (kept) return kept;
  const answer = getJson(path, { signal: context.signal });
  context.answers.set(path, answer);
  answer.catch(() => context.answers.delete(path));
  return answer;
}
