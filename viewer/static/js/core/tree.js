// @ts-check
/** The building tree as plain data, from the answer of …/tree; the panel draws it lazily. */

/**
 * @typedef {object} TreeNode
 * @property {string} id unique in the tree
 * @property {"project" | "site" | "building" | "storey" | "space" | "group" | "system" | "class" | "element"} kind
 * @property {string} label
 * @property {string | null} globalId
 * @property {string | null} ifcClass
 * @property {string | null} storey GlobalId of the storey it lies in
 * @property {number} count elements below
 * @property {() => TreeNode[]} children
 * @property {() => string[]} members GlobalIds that selecting the node means
 */

/** @type {Record<string, TreeNode["kind"]>} */
const KINDS = {
  IfcProject: "project", IfcSite: "site", IfcBuilding: "building", IfcBuildingStorey: "storey", IfcSpace: "space", IfcFacility: "building",
  IfcFacilityPart: "storey",
};

/**
 * @param {any} source answer of …/tree
 * @param {{nameOf: (globalId: string) => string, classLabel: (ifcClass: string) => string, spacesLabel: () => string, systemsLabel: () => string}} words
 * @returns {TreeNode}
 */
export function buildTree(source, words) {
  return spatialNode(source, null, words);
}

/**
 * @param {any} source
 * @param {string | null} storey
 * @param {Parameters<typeof buildTree>[1]} words
 * @returns {TreeNode}
 */
function spatialNode(source, storey, words) {
  const kind = KINDS[source.ifc_class] ?? (source.children?.length ? "building" : "space");
  const here = kind === "storey" ? source.global_id : storey;
  const children = source.children ?? [];
  const spaces = children.filter((/** @type {any} */ c) => KINDS[c.ifc_class] === "space");
  const parts = children.filter((/** @type {any} */ c) => KINDS[c.ifc_class] !== "space");
  const classes = Object.entries(source.elements ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return {
    id: source.global_id, kind, label: labelOf(source) || words.classLabel(source.ifc_class), globalId: source.global_id,
    ifcClass: source.ifc_class, storey: here, count: countElements(source),
    children: once(() => [
      ...parts.map((/** @type {any} */ part) => spatialNode(part, here, words)),
      ...(spaces.length ? [groupNode(source, spaces, here, words)] : []),
      ...classes.map(([ifcClass, ids]) => classNode(source.global_id, ifcClass, /** @type {string[]} */ (ids), here, words)),
      ...(source.groups?.length ? [systemsNode(source, words)] : []),
    ]),
    members: () => (kind === "space" ? [source.global_id] : elementIds(source)),
  };
}

/**
 * The structure with all that is drawn: parts of elements, such as the flights of a stair, stand beside them.
 * @param {any} source answer of …/tree, left as it is
 * @param {{global_id: string[], ifc_class: string[], storey: (string | null)[]}} table of the scene
 * @returns {any}
 */
export function withDrawn(source, table) {
  const known = new Set(allIds(source));
  /** @type {Map<string | null, Record<string, string[]>>} */
  const missing = new Map();
  table.global_id.forEach((id, i) => {
    if (known.has(id)) return;
    const place = table.storey[i] !== null && known.has(/** @type {string} */ (table.storey[i])) ? table.storey[i] : source.global_id;
    const classes = missing.get(place) ?? {};
    missing.set(place, { ...classes, [table.ifc_class[i]]: [...(classes[table.ifc_class[i]] ?? []), id] });
  });
  return missing.size ? added(source, missing) : source;
}

/** @param {any} source @param {Map<string | null, Record<string, string[]>>} missing @returns {any} */
function added(source, missing) {
  const elements = { ...source.elements };
  for (const [ifcClass, ids] of Object.entries(missing.get(source.global_id) ?? {})) elements[ifcClass] = [...(elements[ifcClass] ?? []), ...ids];
  return { ...source, elements, children: (source.children ?? []).map((/** @type {any} */ child) => added(child, missing)) };
}

/** @param {any} source @returns {string[]} all that the structure names, spaces and storeys too */
function allIds(source) {
  return [source.global_id, ...Object.values(source.elements ?? {}).flat(), ...(source.children ?? []).flatMap(allIds)];
}

/** Name, and the long name where it says more. @param {any} source @returns {string} */
export const labelOf = ({ name, long_name: long }) => (!long || long === name ? name ?? "" : !name || long.includes(name) ? long : `${name} ${long}`);

/** @param {any} source @param {any[]} spaces @param {string | null} storey @param {Parameters<typeof buildTree>[1]} words @returns {TreeNode} */
function groupNode(source, spaces, storey, words) {
  return {
    id: `${source.global_id}/spaces`, kind: "group", label: words.spacesLabel(), globalId: null, ifcClass: "IfcSpace", storey,
    count: spaces.length,
    children: once(() => spaces.map((space) => spatialNode(space, storey, words))),
    members: () => spaces.map((space) => space.global_id),
  };
}

/** Systems, zones and other groups; what is in one stands by class below it. @param {any} source @param {Parameters<typeof buildTree>[1]} words @returns {TreeNode} */
function systemsNode(source, words) {
  return {
    id: `${source.global_id}/systems`, kind: "group", label: words.systemsLabel(), globalId: null, ifcClass: null, storey: null,
    count: source.groups.length,
    children: once(() => source.groups.map((/** @type {any} */ group) => systemNode(group, words))),
    members: () => source.groups.flatMap((/** @type {any} */ group) => Object.values(group.elements).flat()),
  };
}

/** @param {any} group @param {Parameters<typeof buildTree>[1]} words @returns {TreeNode} */
function systemNode(group, words) {
  const classes = /** @type {[string, string[]][]} */ (Object.entries(group.elements));
  const members = classes.flatMap(([, ids]) => ids);
  return {
    id: `system/${group.global_id}`, kind: "system", label: labelOf(group) || words.classLabel(group.ifc_class), globalId: group.global_id,
    ifcClass: group.ifc_class, storey: null, count: members.length,
    children: once(() => classes.map(([ifcClass, ids]) => classNode(`system/${group.global_id}`, ifcClass, ids, null, words))),
    members: () => members,
  };
}

/** @param {string} parent @param {string} ifcClass @param {string[]} ids @param {string | null} storey @param {Parameters<typeof buildTree>[1]} words @returns {TreeNode} */
function classNode(parent, ifcClass, ids, storey, words) {
  return {
    id: `${parent}/${ifcClass}`, kind: "class", label: words.classLabel(ifcClass), globalId: null, ifcClass, storey, count: ids.length,
    children: once(() => ids.map((id) => elementNode(parent, id, ifcClass, storey, words))),
    members: () => ids,
  };
}

/** @param {string} parent @param {string} id @param {string} ifcClass @param {string | null} storey @param {Parameters<typeof buildTree>[1]} words @returns {TreeNode} */
function elementNode(parent, id, ifcClass, storey, words) {
  return {
    id: `${parent}//${id}`, kind: "element", label: words.nameOf(id) || words.classLabel(ifcClass), globalId: id, ifcClass, storey, count: 0,
    children: () => [], members: () => [id],
  };
}

/**
 * Elements contained in a spatial node and below, spaces not counted.
 * @param {any} source
 * @returns {number}
 */
export function countElements(source) {
  const own = Object.values(source.elements ?? {}).reduce((n, ids) => n + /** @type {string[]} */ (ids).length, 0);
  return (source.children ?? []).reduce((/** @type {number} */ n, /** @type {any} */ c) => n + countElements(c), own);
}

/** @param {any} source @returns {string[]} */
export function elementIds(source) {
  return [...Object.values(source.elements ?? {}).flat(), ...(source.children ?? []).flatMap(elementIds)];
}

/**
 * The nodes from the root to one that means a GlobalId, or null.
 * @param {TreeNode} node
 * @param {string} globalId
 * @returns {TreeNode[] | null}
 */
export function pathTo(node, globalId) {
  if (node.globalId === globalId) return [node];
  for (const child of node.children()) {
    const rest = pathTo(child, globalId);
    if (rest) return [node, ...rest];
  }
  return null;
}

/**
 * @template T
 * @param {() => T} make
 * @returns {() => T}
 */
function once(make) {
  /** @type {{value: T} | null} */
  let kept = null;
  return () => (kept ??= { value: make() }).value;
}
