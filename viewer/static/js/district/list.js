// @ts-check
import { byId, debounce, fill, h } from "../core/dom.js";
import { getJson, versionPath } from "../core/api.js";
import { number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { announce, emptyBlock, errorBlock, stageMessage, toast } from "../ui/feedback.js";
import { facts } from "./card.js";
import { isGlobalId, latestStage } from "./modes.js";
import { shownBuildings } from "./painter.js";

/** @typedef {import("../core/store.js").Store<import("./page.js").DistrictState>} Store */
/** Shorter words would name half of a city. */
const SHORTEST = 3;
const MOST_HITS = 50;

/**
 * Search and list of the left panel.
 * @param {import("../main.js").App} app @param {Store} store
 * @param {{onRow: (row: number) => void}} actions onRow: a building of the city was chosen
 */
export function drawList(app, store, { onRow }) {
  const ask = cityLookup(store);
  const search = h("input", { type: "search", id: "search", value: store.get().query, placeholder: t("district.search.placeholder"), autocomplete: "off", oninput: debounce(() => { store.set({ query: search.value }); ask(search.value); }, 120) });
  search.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && isGlobalId(search.value)) openElement(app, store.get().buildings, search.value.trim()).catch((error) => stageMessage(errorBlock(error)));
  });
  const list = h("ul", { id: "buildings", class: "cards" });
  const cardOf = (/** @type {Event} */ event) => /** @type {HTMLElement} */ (event.target).closest("button.card");
  list.addEventListener("click", (/** @type {Event} */ event) => {
    const card = cardOf(event);
    if (card?.hasAttribute("data-id")) app.go({ building: card.getAttribute("data-id") });
    else if (card) onRow(Number(card.getAttribute("data-row")));
  });
  for (const kind of ["focusin", "pointerover"]) {
    list.addEventListener(kind, (/** @type {Event} */ event) => store.set({ focus: cardOf(event)?.getAttribute("data-id") ?? null }));
  }
  list.addEventListener("pointerleave", () => store.set({ focus: null }));
  fill(byId("left"),
    h("div", { class: "panel-head" }, h("h1", null, t("district.title")), h("p", { id: "found", class: "muted", role: "status" }),
      h("div", { class: "search" }, icon("search"), h("label", { class: "sr", for: "search" }, t("district.search")), search)),
    list);
}

/** Ask the service for buildings of the city; only the newest answer counts. @param {Store} store */
function cityLookup(store) {
  let asked = 0;
  return async (/** @type {string} */ text) => {
    asked += 1;
    const mine = asked;
    if (text.trim().length < SHORTEST || isGlobalId(text)) return store.set({ hits: null });
    try {
      const hits = await getJson(`/district/city/search?${new URLSearchParams({ q: text, limit: String(MOST_HITS) })}`);
      if (mine === asked) store.set({ hits });
    } catch (error) {
      console.warn("the city was not searched", error);
    }
  };
}

/** @param {import("./page.js").DistrictState} state @param {import("./painter.js").Painter} painter */
export function drawCards(state, painter) {
  const shown = shownBuildings(state, painter.mode);
  const hits = state.query ? (state.hits?.items ?? []).filter((hit) => !painter.scene.city.own.has(hit.row)) : [];
  const list = byId("buildings");
  const { shown: some, total } = painter.totals(state);
  const key = `${shown.map((b) => b.building_id).join()}|${hits.map((hit) => hit.row).join()}|${some}|${total}|${document.documentElement.lang}`;
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  byId("found").textContent = t("district.found", { n: number(some, 0), total: number(total, 0) });
  if (!shown.length && !hits.length && total) return fill(list, h("li", null, emptyBlock("search", t("district.nothing"), t(isGlobalId(state.query) ? "district.globalid.hint" : "district.nothing.hint"))));
  const order = [...shown].sort((a, b) => Number(Boolean(latestStage(b))) - Number(Boolean(latestStage(a))));
  fill(list, ...order.map((b) => h("li", null, h("button", { type: "button", class: "card", "data-id": b.building_id },
    h("span", { class: "card-title" }, b.name || b.building_id), h("span", { class: "card-sub" }, [b.address, b.ehr_code].filter(Boolean).join(" · ")), facts(b)))),
  ...hits.map((hit) => h("li", null, h("button", { type: "button", class: "card", "data-row": hit.row },
    h("span", { class: "card-title" }, hit.address || hit.building_id), h("span", { class: "card-sub" }, [hit.ehr_code ?? hit.building_id, t("city.nomodel")].join(" · "))))));
}

/**
 * Open the element with a GlobalId, whichever building has it.
 * @param {import("../main.js").App} app
 * @param {any[]} buildings
 * @param {string} id
 */
async function openElement(app, buildings, id) {
  for (const b of buildings) {
    const stage = latestStage(b);
    if (!stage) continue;
    const found = await getJson(`${versionPath(b.building_id, stage, "latest")}/elements?q=${encodeURIComponent(id)}&limit=1`);
    if (found.items[0]?.global_id === id) return app.go({ building: b.building_id, stage, element: id });
  }
  announce(t("district.noelement"));
  toast(t("district.noelement"), "error");
}
