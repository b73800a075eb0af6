// @ts-check
import { byId, fill, h } from "../core/dom.js";
import { request } from "../core/api.js";
import { number, t } from "../core/i18n.js";
import { announce, errorBlock, stageMessage, toast } from "../ui/feedback.js";
import { drawPad } from "../ui/view-pad.js";
import { legend } from "../ui/legend.js";
import { ATTRIBUTE, MODES, TABLE, attributesOf } from "./modes.js";

/** @typedef {import("../core/store.js").Store<import("./page.js").DistrictState>} Store */
/** @typedef {import("./scene.js").DistrictScene} Scene */
/** @typedef {import("./painter.js").Painter} Painter */

/** Words of a mode. @param {string} name */
export function modeLabel(name) {
  if (name.startsWith(TABLE)) return name.slice(TABLE.length + 65);
  if (!name.startsWith(ATTRIBUTE)) return t(`mode.${name}`);
  const path = name.slice(ATTRIBUTE.length);
  return t(`attribute.${path}`) === `attribute.${path}` ? path : t(`attribute.${path}`);
}

/** Modes over the canvas, legend under it; drawn anew only when something in them changed. @param {Store} store @param {Scene} scene @param {Painter} painter @param {{onWhole: () => void}} actions */
export function drawControls(store, scene, painter, { onWhole }) {
  const state = store.get();
  const key = `${state.mode}|${state.filter}|${state.query}|${state.hits?.total}|${state.buildings.length}|${scene.city.count}|${state.columns}|${state.tables.length}|${document.documentElement.lang}`;
  if (byId("stage-top").dataset.key === key) return;
  byId("stage-top").dataset.key = key;
  drawPad(scene.viewport);
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
  fill(byId("stage-top"),
    h("div", { class: "segments", role: "group", "aria-label": t("district.colour") }, h("span", { class: "segments-label" }, t("district.colour")),
      MODES.map((name) => h("button", { type: "button", "data-key": `mode-${name}`, "aria-pressed": String(name === state.mode), onclick: () => store.set({ mode: name, filter: null }) }, t(`mode.${name}`)))),
    h("div", { class: "segments" }, attributeChoice(store, scene), tableButton(store),
      scene.city.count > 0 && h("button", { type: "button", "data-key": "city-whole", onclick: onWhole }, t("city.whole"))));
  const entries = painter.entries(state).map((c) => ({ ...c, label: t(c.label) }));
  fill(byId("stage-bottom"), legend(modeLabel(state.mode), entries, {
    active: state.filter,
    hint: state.mode === "gap" && entries.every((c) => c.key === "none" || !c.count) ? t("gap.hint") : "",
    onToggle: (filter) => {
      store.set({ filter });
      const { shown, total } = painter.totals(store.get());
      announce(t("district.found", { n: number(shown, 0), total: number(total, 0) }));
    },
  }));
  if (focused) /** @type {HTMLElement | null} */ (document.querySelector(`#stage [data-key="${CSS.escape(focused)}"]`))?.focus();
}

/** Choice of any number as the colour: of the models, of the city, of joined tables. @param {Store} store @param {Scene} scene */
function attributeChoice(store, scene) {
  const { mode, buildings, tables } = store.get();
  const own = attributesOf(buildings);
  const known = new Set(own.map((path) => path.split(".").at(-1)));
  const names = [...own, ...scene.city.numbers().filter((name) => !known.has(name))].map((path) => ATTRIBUTE + path);
  const joined = tables.flatMap(({ sha256, columns }) => columns.map((column) => `${TABLE}${sha256}:${column}`));
  const special = mode.startsWith(ATTRIBUTE) || mode.startsWith(TABLE);
  const all = special && ![...names, ...joined].includes(mode) ? [...names, ...joined, mode] : [...names, ...joined];
  const select = h("select", { "data-key": "mode-attribute", "aria-label": t("attribute.choose") }, h("option", { value: "", selected: !special }, t("attribute.choose")),
    all.map((name) => h("option", { value: name, selected: mode === name }, modeLabel(name))));
  select.addEventListener("change", () => store.set({ mode: select.value || MODES[0], filter: null }));
  return select;
}

/** Takes a table by register code and colours by its first column of numbers. @param {Store} store */
function tableButton(store) {
  const file = h("input", { type: "file", id: "table-file", class: "sr", accept: ".csv,.tsv,text/csv", "data-key": "table-file", "aria-label": t("table.join"), title: t("table.hint") });
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) join(store, chosen).catch((error) => stageMessage(errorBlock(error)));
  });
  return h("label", { class: "file-button", title: t("table.hint") }, file, h("span", null, t("table.join")));
}

/** @param {Store} store @param {File} file */
async function join(store, file) {
  stageMessage(null);
  const [line] = (await file.slice(0, 65_536).text()).replace(/^\ufeff/, "").split(/\r?\n/, 1);
  const cut = [";", "\t", ","].find((sign) => line.includes(sign)) ?? ",";
  const columns = line.split(cut).map((name) => name.trim().replace(/^"|"$/g, ""));
  let refusal = null;
  for (const column of columns.slice(0, 40)) {
    const form = new FormData();
    form.append("file", file);
    try {
      const answer = await (await request(`/district/thematic?${new URLSearchParams({ column, limit: "1" })}`, { method: "POST", body: form })).json();
      const { tables } = store.get();
      const numbers = columns.slice(columns.indexOf(column));
      store.set({ tables: [...tables.filter((other) => other.sha256 !== answer.table), { sha256: answer.table, columns: numbers }], mode: `${TABLE}${answer.table}:${column}`, filter: null });
      toast(t("table.joined", { n: number(answer.total, 0), lost: number(answer.unmatched_total, 0) }));
      return;
    } catch (error) {
      refusal = error;
      if (!["column", "empty"].includes(/** @type {any} */ (error)?.body?.reason)) throw error;
    }
  }
  throw refusal;
}
