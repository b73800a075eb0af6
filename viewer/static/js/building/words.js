// @ts-check
import { className, t } from "../core/i18n.js";
import { buildTree, withDrawn } from "../core/tree.js";

/** The tree in the words of the chosen language. @param {any} raw answer of …/tree @param {import("./scene.js").BuildingScene} scene @returns {import("../core/tree.js").TreeNode} */
export function treeOf(raw, scene) {
  const nameOf = (/** @type {string} */ id) => scene.table.name[scene.rows.get(id) ?? -1] ?? "";
  return buildTree(withDrawn(raw, scene.table), { nameOf, classLabel: className, spacesLabel: () => t("band.spaces"), systemsLabel: () => t("tree.systems") });
}
