// @ts-check
/** Small DOM helpers. Text always becomes a text node, so names with markup in them stay names. */

/** @typedef {Node | string | number | null | undefined | false | any[]} Child what may stand in an element, lists in any depth */

/**
 * Create an element. Keys that start with "on" are listeners, "class" and "data-…"/"aria-…" are attributes,
 * everything else is set as a property when the element has it and as an attribute otherwise.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...Child} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) setProp(element, key, value);
  element.append(...nodes(children));
  return element;
}

/**
 * @param {HTMLElement & Record<string, any>} element
 * @param {string} key
 * @param {any} value
 */
function setProp(element, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "class") element.className = value;
  else if (key === "colour") element.style.backgroundColor = value;
  else if (key.includes("-") || key === "role" || key === "for" || !(key in element)) element.setAttribute(key, value === true ? "" : String(value));
  else element[key] = value;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function nodes(children) {
  return /** @type {any[]} */ (children.flat(Infinity)).filter((c) => c !== null && c !== undefined && c !== false).map((c) => (c instanceof Node ? c : String(c)));
}

/**
 * Replace what an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/**
 * Create an SVG element.
 * @param {string} tag
 * @param {Record<string, string | number | undefined>} [attributes]
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element #${id}`);
  return element;
}

/**
 * Call a function at most once per pause.
 * @template {any[]} A
 * @param {(...args: A) => void} action
 * @param {number} ms
 * @returns {(...args: A) => void}
 */
export function debounce(action, ms) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => action(...args), ms);
  };
}
