// @ts-check
/** Turn, move and zoom by single clicks, for whoever cannot drag (WCAG 2.2, 2.5.7). */
import { byId, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";

/** Key that does the same on the canvas, its sign, and its words. @type {[string, string, string][]} */
const BUTTONS = [
  ["ArrowUp", "↑", "up"], ["+", "+", "in"], ["ArrowLeft", "←", "left"], ["ArrowRight", "→", "right"], ["ArrowDown", "↓", "down"], ["-", "−", "out"],
];

/**
 * Draw the buttons over the canvas, in the chosen language.
 * @param {import("../gl/viewport.js").Viewport} viewport
 */
export function drawPad(viewport) {
  const pad = document.getElementById("view-pad") ?? byId("stage").insertBefore(h("div", { id: "view-pad", role: "group" }), byId("stage-card"));
  const language = document.documentElement.lang;
  if (pad.dataset.language === language) return;
  pad.dataset.language = language;
  pad.setAttribute("aria-label", t("pad.label"));
  const move = h("button", { type: "button", class: "tool", "aria-pressed": "false", "aria-label": t("pad.move"), title: t("pad.move"), onclick: () => move.setAttribute("aria-pressed", String(!moving())) }, "✥");
  const moving = () => move.getAttribute("aria-pressed") === "true";
  const press = (/** @type {string} */ key) => viewport.onKey(new KeyboardEvent("keydown", { key, shiftKey: moving() && key.startsWith("Arrow") }));
  const buttons = BUTTONS.map(([key, sign, name]) => h("button", { type: "button", class: "tool", "data-pad": name, "aria-label": t(`pad.${name}`), title: t(`pad.${name}`), onclick: () => press(key) }, sign));
  fill(pad, buttons.slice(0, 3), move, buttons.slice(3));
}
