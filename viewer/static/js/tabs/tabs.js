// @ts-check
import { byId, fill, h } from "../core/dom.js";
import { onLanguage, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { clearGroup } from "../gl/lines.js";
import { errorBlock, skeleton } from "../ui/feedback.js";
import { sentencesReady } from "../ui/sentences.js";
import { openModel } from "./model.js";
import { openPermit } from "./permit.js";
import { openEnergy } from "./energy.js";
import { openLive } from "./live.js";
import { openHistory } from "./history.js";
import { openAsk } from "./ask.js";

/** @typedef {import("../building/context.js").Context} Context */
/** @typedef {(context: Context, panel: HTMLElement) => Promise<(() => void) | void>} Tab draws itself, returns what ends it */

/** @type {Record<string, {icon: string, open: Tab}>} */
const TABS = {
  model: { icon: "class", open: openModel }, permit: { icon: "permit", open: openPermit }, energy: { icon: "energy", open: openEnergy },
  live: { icon: "live", open: openLive }, history: { icon: "history", open: openHistory }, ask: { icon: "ask", open: openAsk },
};

/**
 * The right panel: one tab at a time; leaving a tab takes its colours and drawings off the model.
 * @param {Context} context
 * @returns {() => void}
 */
export function openTabs(context) {
  const { store, scene } = context;
  const names = Object.keys(TABS);
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": t("tab.label") });
  const panel = h("div", { role: "tabpanel", id: "tab-panel", class: "tab-panel", tabindex: "-1" });
  /** @type {(() => void) | null} */
  let end = null;
  let turn = 0;

  const leave = () => {
    end?.();
    end = null;
    clearGroup(scene.overlay);
    const { isolated } = store.get();
    store.set({ colouring: null, legendKey: null, ...(isolated ? { isolated: null } : {}) });
  };
  const show = async () => {
    const mine = ++turn;
    leave();
    drawTabs();
    fill(panel, skeleton(7));
    const fresh = h("div", { class: "tab-body" });
    try {
      await sentencesReady();
      const ended = (await TABS[store.get().tab].open(context, fresh)) ?? null;
      if (mine !== turn) return ended?.();
      end = ended;
      fill(panel, fresh);
    } catch (error) {
      if (mine === turn && !context.signal.aborted) fill(panel, errorBlock(error, show));
    }
  };
  const drawTabs = () => {
    const focused = list.contains(document.activeElement);
    const { tab } = store.get();
    fill(list, names.map((name) => h("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "tab-panel", "aria-selected": String(name === tab), tabindex: name === tab ? "0" : "-1",
      onclick: () => context.openTab(name),
    }, icon(TABS[name].icon, 17), h("span", null, t(`tab.${name}`)))));
    panel.setAttribute("aria-labelledby", `tab-${tab}`);
    if (focused) /** @type {HTMLElement | null} */ (list.querySelector("[aria-selected=true]"))?.focus();
  };
  list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    context.openTab(names[(names.indexOf(store.get().tab) + step + names.length) % names.length]);
  });
  byId("right").setAttribute("aria-label", t("tab.label"));
  fill(byId("right"), list, panel);
  const undo = [store.on(["tab"], show), onLanguage(show)];
  show();
  return () => { turn += 1; for (const action of undo) action(); end?.(); };
}
