// @ts-check
import { h } from "../core/dom.js";
import { css } from "../core/colours.js";
import { number, t } from "../core/i18n.js";

/**
 * @typedef {object} LegendEntry
 * @property {string} key
 * @property {string} label
 * @property {number} colour 0xrrggbb
 * @property {number} count
 */

/**
 * A legend whose entries filter; a pressed entry is said by aria-pressed and a mark, not by colour alone.
 * @param {string} title
 * @param {LegendEntry[]} entries
 * @param {{active: string | null, onToggle: (key: string | null) => void, hint?: string}} filter hint: what to do where there is nothing to see
 */
export function legend(title, entries, { active, onToggle, hint = "" }) {
  return h("section", { class: "legend", "aria-label": title },
    h("h2", null, title),
    h("ul", null, entries.map((entry) => h("li", null,
      h("button", {
        type: "button", class: "legend-entry", "aria-pressed": String(active === entry.key), "data-key": entry.key,
        disabled: entry.count === 0 && active !== entry.key, onclick: () => onToggle(active === entry.key ? null : entry.key),
      },
      h("i", { class: "swatch", colour: css(entry.colour) }), h("span", null, entry.label), h("b", null, number(entry.count, 0)))))),
    hint ? h("p", { class: "small muted" }, hint) : null,
    active ? h("button", { type: "button", class: "link", onclick: () => onToggle(null) }, t("legend.all")) : null);
}
