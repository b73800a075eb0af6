// @ts-check
import { fill, h } from "../core/dom.js";
import { getJson, postJson } from "../core/api.js";
import { dateTime, number, t, unit, valueText } from "../core/i18n.js";
import { announce, errorBlock } from "../ui/feedback.js";
import { reasonText, term } from "../ui/sentences.js";
import { pointName } from "./point-name.js";

/** @typedef {import("../building/context.js").Context} Context */

const WAITING = new Set(["proposed", "confirmed", "sent"]);
const ASK_MS = 4000;

/**
 * Setpoints: propose a value, and let another person confirm it. Null where the building has none, or the service
 * has no commands.
 * @param {Context} context
 * @param {any[]} points
 * @param {() => any[]} items what is measured now
 * @returns {Promise<HTMLElement | null>}
 */
export async function commandPart(context, points, items) {
  const own = points.filter((p) => p.kind === "setpoint");
  if (!own.length) return null;
  const path = `/buildings/${encodeURIComponent(context.building.building_id)}/commands`;
  const told = await getJson(path, { signal: context.signal }).catch(() => null);
  if (!told) return null;
  const names = new Map(own.map((p) => [p.point_id, pointName(p)]));
  const list = h("div", { class: "commands" });
  const outcome = h("div", { "aria-live": "polite" });
  const count = h("span", { class: "badge" });
  const draw = (/** @type {any[]} */ commands) => {
    count.textContent = number(commands.length, 0);
    fill(list, commands.length ? h("ul", { class: "plain command-items" }, commands.slice(0, 20).map((c) => row(c, act, names))) : h("p", { class: "muted" }, t("command.none")));
  };
  const ask = async () => { draw((await getJson(path, { signal: context.signal })).items); };
  /** @param {string} where @param {object} body @param {string} said */
  const act = async (where, body, said) => {
    try {
      await postJson(where, body);
      fill(outcome);
      announce(said);
      await ask();
    } catch (error) {
      if (!context.signal.aborted) fill(outcome, errorBlock(error));
    }
  };
  draw(told.items);
  const part = h("details", { class: "fold" }, h("summary", null, h("span", null, t("command.title")), count),
    h("div", { class: "command" }, h("p", { class: "muted small" }, t("command.text")), proposal(own, items, path, act), outcome, list));
  // what somebody else proposes comes without a reload, as long as one looks
  const look = () => { if (part.isConnected && part.open && !list.contains(document.activeElement)) ask().catch(() => {}); };
  part.addEventListener("toggle", look);
  const timer = setInterval(look, ASK_MS);
  context.signal.addEventListener("abort", () => clearInterval(timer));
  return part;
}

/** @param {any[]} points @param {() => any[]} items @param {string} path @param {(where: string, body: object, said: string) => Promise<void>} act */
function proposal(points, items, path, act) {
  const point = h("select", { id: "command-point", onchange: () => limits() }, points.map((p) => h("option", { value: p.point_id }, pointName(p))));
  const value = h("input", { type: "number", id: "command-value", step: "any", required: true, "aria-describedby": "command-limits" });
  const hint = h("small", { id: "command-limits", class: "muted" });
  const reason = h("input", { type: "text", id: "command-reason", required: true, maxLength: 500 });
  const chosen = () => points.find((p) => p.point_id === point.value);
  const limits = () => {
    const p = chosen();
    const now = items().find((i) => i.point_id === p.point_id);
    value.value = typeof now?.value === "number" ? String(now.value) : "";
    if (p.range) [value.min, value.max] = p.range.map(String);
    hint.textContent = t("command.limits", { low: p.range ? number(p.range[0]) : "–", high: p.range ? number(p.range[1]) : "–", unit: unit(p.unit), now: now ? valueText(now.value) : "–" });
  };
  limits();
  const form = h("form", { class: "inline-form" }, h("label", { for: point.id }, t("command.point")), point, h("label", { for: value.id }, t("command.value")), h("div", null, value, hint),
    h("label", { for: reason.id }, t("command.reason")), reason, h("button", { type: "submit", class: "button" }, t("command.propose")));
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    act(path, { point_id: point.value, value: Number(value.value), unit: chosen().unit, reason: reason.value.trim() }, t("command.proposed"));
  });
  return form;
}

/** @param {any} c @param {(where: string, body: object, said: string) => Promise<void>} act @param {Map<string, string>} names of points */
function row(c, act, names) {
  const path = `/buildings/${encodeURIComponent(c.building_id)}/commands/${encodeURIComponent(c.command_id)}`;
  const button = (/** @type {string} */ name, /** @type {string} */ cls) => h("button", { type: "button", class: cls, "data-act": name, onclick: () => act(`${path}/${name}`, {}, t(`command.done.${name}`)) }, t(`command.${name}`));
  const waiting = WAITING.has(c.status);
  return h("li", { "data-command": c.command_id, "data-status": c.status, "data-waiting": waiting || null },
    h("b", null, `${names.get(c.point_id) ?? c.point_id}: ${valueText(c.value)} ${unit(c.unit)}`), h("span", { class: "badge" }, t(`command.status.${c.status}`)),
    h("small", { class: "muted" }, `${t("command.by", { name: c.proposed_by, reason: c.reason })} · ${dateTime(c.proposed)}${c.note ? ` · ${reasonText(c.note) || term(c.note)}` : ""}`),
    c.status === "proposed" ? h("span", { class: "actions" }, button("withdraw", "link"), button("confirm", "button small-button")) : null);
}
