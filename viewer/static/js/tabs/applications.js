// @ts-check
import { fill, h } from "../core/dom.js";
import { followJob, getJson, postJson } from "../core/api.js";
import { dateTime, number, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { announce, errorBlock, skeleton } from "../ui/feedback.js";
import { term } from "../ui/sentences.js";
import { submissionPart } from "./submission.js";
import { fold, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

export const DESIGN_STAGES = ["ES", "EP", "PP", "TP", "TJ"];
/** What may follow a state; the service has the last word. @type {Record<string, string[]>} */
const ACTS = { submitted: ["review", "request_revision"], in_review: ["grant", "request_revision", "refuse"] };

/**
 * Applications for a permit of this building: open one, submit this version, judge, and compare submissions.
 * @param {Context} context
 */
export function applicationPart(context) {
  const view = new Applications(context);
  view.ask();
  return view.part;
}

class Applications {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.body = h("div", { class: "applications" }, skeleton(2));
    this.count = h("span", { class: "badge" });
    this.part = h("details", { class: "fold application-fold" }, h("summary", null, h("span", null, t("application.title")), this.count), this.body);
    /** @type {string | null} */
    this.open = null;
  }

  async ask() {
    try {
      const answer = await getJson(`/applications?building_id=${encodeURIComponent(this.context.building.building_id)}`, { signal: this.context.signal });
      this.draw(answer.items);
    } catch (error) {
      if (!this.context.signal.aborted) fill(this.body, errorBlock(error, () => this.ask()));
    }
  }

  /** @param {any[]} items */
  draw(items) {
    this.count.textContent = number(items.length, 0);
    if (items.length && this.open === null) {
      this.open = items[items.length - 1].application_id;
      this.part.open = items[items.length - 1].state !== "draft";
    }
    const out = answerPlace();
    const start = h("button", { type: "button", class: "button", id: "open-application", onclick: () => this.act("/applications", { building_id: this.context.building.building_id }, t("application.opened"), out) }, icon("permit", 16), t("application.open"));
    fill(this.body, items.length ? h("ul", { class: "plain" }, [...items].reverse().map((a) => this.item(a))) : h("p", { class: "muted" }, t("application.none")), start, out);
  }

  /** @param {any} a */
  item(a) {
    const part = h("details", { class: "application", "data-application": a.application_id, "data-state": a.state, open: this.open === a.application_id },
      h("summary", null, h("b", null, words(`application.state.${a.state}`, a.state)), h("small", { class: "muted" }, ` · ${t("application.by", { name: a.applicant, date: dateTime(a.opened) })}`)),
      h("div", { class: "application-body" }, decision(a), this.moves(a), a.submissions.length ? submissionPart(this.context, a, () => this.ask()) : h("p", { class: "muted" }, t("application.draft")), history(a)));
    part.addEventListener("toggle", () => { if (part.open) this.open = a.application_id; });
    return h("li", null, part);
  }

  /** Submit, or what an officer can do now. @param {any} a */
  moves(a) {
    const path = `/applications/${encodeURIComponent(a.application_id)}`;
    const message = h("input", { type: "text", id: `message-${a.application_id}`, maxLength: 4000 });
    const out = answerPlace();
    const acts = (ACTS[a.state] ?? []).map((name) => h("button", { type: "button", class: name === "grant" ? "button primary" : "button", "data-act": name, onclick: () => this.act(`${path}/acts`, { act: name, message: message.value.trim() }, t(`application.done.${name}`), out) }, t(`application.act.${name}`)));
    const submit = a.state === "draft" || a.state === "revision_requested" ? this.submitForm(a, path, out) : null;
    return [submit, acts.length ? h("div", { class: "inline-form" }, h("label", { for: message.id }, t("application.message")), message, h("div", { class: "act-buttons" }, acts)) : null, out];
  }

  /** @param {any} a @param {string} path @param {HTMLElement} out */
  submitForm(a, path, out) {
    const { version } = this.context;
    const stage = h("select", { id: `stage-${a.application_id}` }, DESIGN_STAGES.map((name) => h("option", { value: name, selected: name === "EP" }, t(`design.${name}`))));
    const send = h("button", { type: "submit", class: "button primary", "data-act": "submit" }, t("application.submit", { version: `${t(`stage.${version.stage}`)} v${version.version}` }));
    const form = h("form", { class: "inline-form" }, h("label", { for: stage.id }, t("application.stage")), stage, send);
    form.addEventListener("submit", async (/** @type {Event} */ event) => {
      event.preventDefault();
      send.disabled = true; // one submission a press
      await this.run(async () => {
        const job = await postJson(`${path}/submissions`, { version: `${version.stage}/${version.version}`, design_stage: stage.value });
        await this.follow(job, out);
        announce(t("application.submitted"));
      }, out);
      send.disabled = false;
    });
    return form;
  }

  /** Show how far the checks are. @param {any} job @param {HTMLElement} out */
  async follow(job, out) {
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("stage.loading") });
    const label = h("p", { class: "progress-label" });
    fill(out, bar, label);
    await followJob(job.job_id, (j) => { bar.value = j.progress ?? 0; label.textContent = `${term(j.label ?? "")} · ${number((j.progress ?? 0) * 100, 0)} %`; });
  }

  /** @param {string} path @param {object} body @param {string} said @param {HTMLElement} out */
  act(path, body, said, out) {
    return this.run(async () => {
      const made = await postJson(path, body);
      this.open = made?.application_id ?? this.open;
      announce(said);
    }, out);
  }

  /** @param {() => Promise<void>} action @param {HTMLElement} out */
  async run(action, out) {
    try {
      await action();
      fill(out);
      await this.ask();
    } catch (error) {
      if (this.context.signal.aborted) return;
      fill(out, errorBlock(error));
      out.scrollIntoView({ block: "nearest" });
    }
  }
}

/** Where the answer to a press of a button is said: beside it, not at the end of a long list. */
const answerPlace = () => h("div", { "aria-live": "polite" });

/** What was decided last, by whom and why. @param {any} a */
function decision(a) {
  const last = a.history.filter((/** @type {any} */ e) => ["grant", "refuse", "request_revision"].includes(e.act)).at(-1);
  if (!last || !["granted", "refused", "revision_requested"].includes(a.state)) return null;
  return h("div", { class: `notice decision decision-${a.state}` }, h("p", { class: "notice-title" }, icon(a.state === "granted" ? "pass" : "fail"), words(`application.state.${a.state}`, a.state)), last.message ? h("p", null, last.message) : null, h("p", { class: "small muted" }, `${last.actor} · ${dateTime(last.time)}`));
}

/** @param {any} a */
function history(a) {
  return fold(t("application.history"), h("ol", { class: "plain" }, a.history.map((/** @type {any} */ e) => h("li", null, `${dateTime(e.time)}: ${words(`application.act.${e.act}`, e.act)} (${e.actor})${e.message ? ` – ${e.message}` : ""}`))), { open: false, badge: number(a.history.length, 0) });
}
