// @ts-check
import { fill, h } from "../core/dom.js";
import { apiUrl, getJson, postJson } from "../core/api.js";
import { dateTime, duration, number, t, unit, valueText } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { announce, errorBlock, toastError } from "../ui/feedback.js";
import { term } from "../ui/sentences.js";
import { elementLink, fold } from "./parts.js";
import { pointName } from "./point-name.js";

/** @typedef {import("../building/context.js").Context} Context */

const ASK_MS = 5000;

/**
 * Alarms of the building: what lasts or nobody has seen, with what a person can do about each.
 * @param {Context} context
 * @param {Map<string, any>} points by id
 * @returns {Promise<{part: HTMLElement, end: () => void}>}
 */
export async function alarmList(context, points) {
  const list = new AlarmList(context, points);
  await list.ask();
  const timer = setInterval(() => list.ask(), ASK_MS);
  return { part: list.part, end: () => clearInterval(timer) };
}

class AlarmList {
  /** @param {Context} context @param {Map<string, any>} points */
  constructor(context, points) {
    this.context = context;
    this.points = points;
    this.shown = "";
    /** @type {number | null} */
    this.open = null;
    this.body = h("div", { class: "alarms" });
    this.count = h("span", { class: "badge" });
    this.part = h("details", { class: "fold alarm-fold", open: true }, h("summary", null, h("span", null, t("alarm.title")), this.count), this.body);
  }

  async ask() {
    try {
      const { items } = await getJson(`/buildings/${encodeURIComponent(this.context.building.building_id)}/alarms`, { signal: this.context.signal });
      const key = JSON.stringify(items);
      if (key === this.shown || this.body.contains(document.activeElement) && this.open !== null) return;
      this.shown = key;
      this.draw(items);
    } catch (error) {
      if (!this.context.signal.aborted) fill(this.body, errorBlock(error, () => this.ask()));
    }
  }

  /** @param {any[]} items */
  draw(items) {
    this.count.textContent = number(items.length, 0);
    this.count.classList.toggle("alarm", items.length > 0);
    if (!items.length) return fill(this.body, h("p", { class: "muted" }, t("alarm.none")));
    const order = [...items].sort((a, b) => rank(a) - rank(b) || String(b.raised).localeCompare(String(a.raised)));
    fill(this.body, h("ul", { class: "alarm-items" }, order.map((alarm) => this.item(alarm))));
  }

  /** @param {any} alarm */
  item(alarm) {
    const open = this.open === alarm.alarm_id;
    const more = h("div", { class: "alarm-more", hidden: !open });
    const toggle = h("button", { type: "button", class: "alarm-head", "aria-expanded": String(open), onclick: () => {
      this.open = this.open === alarm.alarm_id ? null : alarm.alarm_id;
      const shown = this.open === alarm.alarm_id;
      toggle.setAttribute("aria-expanded", String(shown));
      more.hidden = !shown;
      if (shown) this.more(alarm, more);
    } }, h("span", { class: `severity severity-${alarm.severity}` }, icon("alarm", 15), word("severity", alarm.severity)),
    h("b", null, term(alarm.title)), h("span", { class: "muted small" }, `${pointName(this.points.get(alarm.point_id) ?? alarm)} · ${amount(alarm.value, alarm.unit)} · ${limitText(alarm)}`),
    h("span", { class: "small" }, `${word("alarm.state", alarm.state)} · ${dateTime(alarm.raised)}${alarm.assignee ? ` · ${t("alarm.assignee", { name: alarm.assignee })}` : ""}`));
    const acts = h("div", { class: "alarm-acts" },
      alarm.acknowledged_by ? h("span", { class: "small muted" }, t("alarm.seen", { name: alarm.acknowledged_by })) : h("button", { type: "button", class: "button small-button", "data-ack": alarm.alarm_id, onclick: () => this.act(alarm, "acknowledge", { note: "" }) }, t("alarm.acknowledge")),
      h("button", { type: "button", class: "link", onclick: () => this.context.select([alarm.space ?? alarm.global_id], { zoom: true }) }, t("alarm.where")));
    if (open) this.more(alarm, more);
    return h("li", { class: "alarm-item", "data-alarm": alarm.alarm_id, "data-state": alarm.state }, toggle, acts, more);
  }

  /** History, who is affected, and the forms. @param {any} alarm @param {HTMLElement} box */
  async more(alarm, box) {
    try {
      const [told, affected] = await Promise.all([getJson(`/alarms/${alarm.alarm_id}`, { signal: this.context.signal }), getJson(`/alarms/${alarm.alarm_id}/affected`, { signal: this.context.signal })]);
      fill(box, this.assignForm(alarm),
        h("h3", null, t("alarm.affected")), affected.rooms.length ? h("ul", { class: "plain" }, affected.rooms.map((/** @type {any} */ r) => h("li", null, elementLink(this.context, r.space, `${r.name} ${r.long_name ?? ""}`.trim())))) : h("p", { class: "muted" }, t("alarm.affected.none")),
        fold(t("alarm.history"), h("ol", { class: "plain" }, told.history.map((/** @type {any} */ e) => h("li", null, `${dateTime(e.time)}: ${word("alarm.what", e.what)}${e.actor ? ` (${e.actor})` : ""}${e.note ? ` – ${e.note}` : ""}`))), { open: false, badge: number(told.history.length, 0) }),
        h("a", { class: "button small-button", href: apiUrl(`/alarms/${alarm.alarm_id}/work-order`).href, download: "" }, icon("download", 15), t("alarm.order")));
    } catch (error) {
      if (!this.context.signal.aborted) fill(box, errorBlock(error, () => this.more(alarm, box)));
    }
  }

  /** @param {any} alarm */
  assignForm(alarm) {
    const name = h("input", { type: "text", id: `assignee-${alarm.alarm_id}`, required: true, maxLength: 200, value: alarm.assignee ?? "" });
    const note = h("input", { type: "text", id: `note-${alarm.alarm_id}`, maxLength: 2000 });
    const form = h("form", { class: "inline-form" }, h("label", { for: name.id }, t("alarm.assign.who")), name, h("label", { for: note.id }, t("alarm.note")), note, h("button", { type: "submit", class: "button" }, t("alarm.assign")));
    form.addEventListener("submit", (/** @type {Event} */ event) => { event.preventDefault(); this.act(alarm, "assign", { assignee: name.value.trim(), note: note.value.trim() }); });
    return form;
  }

  /** @param {any} alarm @param {string} what @param {object} body */
  async act(alarm, what, body) {
    try {
      await postJson(`/alarms/${alarm.alarm_id}/${what}`, body);
      announce(t(`alarm.done.${what}`, { title: term(alarm.title) }));
      this.open = null;
      this.shown = "";
      await this.ask();
      /** @type {HTMLElement | null} */ (this.body.querySelector(`[data-alarm="${alarm.alarm_id}"] .alarm-head`))?.focus();
    } catch (error) {
      toastError(error);
    }
  }
}

/** What nobody has seen comes first. @param {any} alarm */
const rank = (alarm) => ["active-unacknowledged", "cleared-unacknowledged", "active-acknowledged"].indexOf(alarm.state);

/** @param {string} family @param {string} name */
function word(family, name) {
  const found = t(`${family}.${name}`);
  return found === `${family}.${name}` ? name : found;
}

/** A value with its unit; a time in the unit that people would use. @param {any} value @param {string} ucum */
const amount = (value, ucum) => (ucum === "s" && typeof value === "number" ? duration(value) : `${valueText(value)} ${unit(ucum)}`.trim());

/** @param {any} alarm */
function limitText({ above, below, unit: ucum }) {
  const parts = [above === null ? "" : `> ${amount(above, ucum)}`, below === null ? "" : `< ${amount(below, ucum)}`].filter(Boolean);
  return t("alarm.limit", { limit: parts.join(", ") });
}
