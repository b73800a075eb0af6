// @ts-check
import { fill, h } from "../core/dom.js";
import { COMPARE } from "../core/colours.js";
import { getJson, apiUrl, postJson, versionPath } from "../core/api.js";
import { className, dateTime, number, t, valueText } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { once } from "../building/context.js";
import { loadRemoved } from "../building/removed.js";
import { errorBlock, skeleton, toast, toastError } from "../ui/feedback.js";
import { elementLink, fold } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const MOST = 300;

/**
 * Versions, what changed between two, and who signed for this one.
 * @type {import("./tabs.js").Tab}
 */
export async function openHistory(context, panel) {
  const seal = h("section", { class: "seal" }, skeleton(3));
  const diff = h("section", { class: "diff" });
  fill(panel, h("h2", null, t("history.seal")), seal, h("h2", null, t("history.versions")), versionList(context), compareForm(context, diff), diff);
  drawSeal(context, seal);
  /** @type {{end: (() => void) | null}} */
  const removed = { end: null };
  context.answers.set("removed", Promise.resolve(removed));
  return () => removed.end?.();
}

/** @param {Context} context @param {HTMLElement} box */
async function drawSeal(context, box) {
  try {
    const verdict = await getJson(`${context.path}/seal`, { signal: context.signal });
    const name = verdict.verdict ?? "unsealed";
    fill(box, h("p", { class: `seal-badge seal-${name}` }, icon(name, 26), h("b", null, t(`seal.${name}`)), verdict.issuer ? h("span", null, t("seal.by", { issuer: String(verdict.issuer?.name ?? verdict.issuer), date: dateTime(verdict.created) })) : null),
      verdict.steps?.length ? fold(stepsTitle(verdict.steps), h("ol", { class: "steps" }, verdict.steps.map((/** @type {any} */ s) => h("li", { class: `step-${s.verdict}`, value: s.number }, icon(s.verdict === "passed" ? "pass" : s.verdict === "failed" ? "fail" : "not_applicable", 15),
        h("span", null, h("b", null, String(s.name).replaceAll("_", " ")), " – ", t(`step.${s.verdict}`), s.reason ? h("small", null, s.reason) : null)))), { open: name !== "valid" }) : null,
      verdict.merkle_root ? h("p", { class: "small muted root" }, t("seal.root", { n: number(verdict.leaf_count, 0) }), " ", h("code", null, verdict.merkle_root)) : null,
      verdict.sealed ? h("a", { class: "button", href: apiUrl(`${context.path}/seal/bundle`).href, download: "" }, icon("download"), t("seal.bundle")) : sealButton(context, box),
      verdict.sealed && verdict.container ? h("a", { class: "button", href: apiUrl(`${context.path}/seal/container`).href, download: "" }, icon("download"), t("seal.container")) : null);
  } catch (error) {
    if (!context.signal.aborted) fill(box, errorBlock(error, () => drawSeal(context, box)));
  }
}

/** How many steps of the verification ended how. @param {any[]} steps */
function stepsTitle(steps) {
  const counts = ["passed", "failed", "skipped"].map((v) => [v, steps.filter((s) => s.verdict === v).length]).filter(([, n]) => n);
  return `${t("seal.steps")}: ${counts.map(([v, n]) => `${n} ${t(`step.${v}`)}`).join(", ")}`;
}

/** @param {Context} context @param {HTMLElement} box */
function sealButton(context, box) {
  const button = h("button", { type: "button", class: "button primary" }, icon("valid"), t("seal.do"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await postJson(`${context.path}/seal`);
      toast(t("seal.done"));
      await drawSeal(context, box);
    } catch (error) {
      button.disabled = false;
      toastError(error);
    }
  });
  return h("div", null, h("p", { class: "muted" }, t("seal.none.text")), button);
}

/** @param {Context} context */
function versionList({ app, building, version }) {
  const items = [...(building.versions ?? [])].sort((a, b) => String(b.created).localeCompare(String(a.created)));
  return h("ol", { class: "versions" }, items.map((v) => {
    const here = v.stage === version.stage && v.version === version.version;
    return h("li", null, h("button", { type: "button", class: "version", "aria-current": here ? "true" : null, onclick: () => here || app.go({ building: building.building_id, stage: v.stage, version: String(v.version), tab: "history" }) },
      h("span", { class: `stage-dot stage-${v.stage}` }), h("b", null, `${t(`stage.${v.stage}`)} v${v.version}`), v.sealed ? icon("valid", 15) : null, h("small", null, `${dateTime(v.created)} · ${t("history.elements", { n: number(v.elements, 0) })}`)));
  }));
}

/** @param {Context} context @param {HTMLElement} out */
function compareForm(context, out) {
  const { building, version } = context;
  const here = `${version.stage}/${version.version}`;
  const others = (building.versions ?? []).map((/** @type {any} */ v) => ({ ...v, key: `${v.stage}/${v.version}` })).filter((/** @type {any} */ v) => v.key !== here);
  if (!others.length) return h("p", { class: "muted" }, t("history.single"));
  const wished = new URLSearchParams(location.search).get("from");
  const choice = h("select", { id: "compare-from" }, others.map((/** @type {any} */ v) => h("option", { value: v.key, selected: v.key === wished }, `${t(`stage.${v.stage}`)} v${v.version}`)));
  const run = () => compare(context, choice.value, here, out);
  if (wished && others.some((/** @type {any} */ v) => v.key === wished)) queueMicrotask(run);
  return h("div", { class: "compare-form" }, h("label", { for: "compare-from" }, t("history.compare")), choice, h("button", { type: "button", class: "button primary", id: "compare", onclick: run }, t("history.show")));
}

/** @param {Context} context @param {string} from @param {string} to @param {HTMLElement} out */
async function compare(context, from, to, out) {
  fill(out, skeleton(5));
  try {
    const diff = await once(context, `/buildings/${encodeURIComponent(context.building.building_id)}/diff?from=${from}&to=${to}`);
    context.app.remember({ from });
    colourDiff(context, diff);
    fill(out, h("p", { class: "diff-sum" }, /** @type {const} */ (["added", "changed", "removed"]).map((k) => h("span", { class: `diff-${k}` }, h("b", null, number(diff[k].length, 0)), ` ${t(`history.${k}`)}`)), h("span", { class: "muted" }, `${number(diff.unchanged, 0)} ${t("history.unchanged")}`)),
      part(context, "changed", diff.changed), part(context, "added", diff.added), part(context, "removed", diff.removed));
    if (diff.removed.length) await showRemoved(context, from, diff);
  } catch (error) {
    if (!context.signal.aborted) fill(out, errorBlock(error, () => compare(context, from, to, out)));
  }
}

/** The removed elements stand only in the older version: its chunks are loaded and drawn red. @param {Context} context @param {string} from @param {any} diff */
async function showRemoved(context, from, diff) {
  const [stage, number_] = from.split("/");
  const holder = await context.answers.get("removed");
  const end = await loadRemoved(context, versionPath(context.building.building_id, stage, number_), new Set(diff.removed.map((/** @type {any} */ e) => e.global_id)));
  holder?.end?.();
  if (holder) holder.end = end;
}

/** @param {Context} context @param {any} diff */
function colourDiff({ scene, store }, diff) {
  const colours = new Map();
  const legend = /** @type {const} */ (["added", "changed", "removed"]).map((key) => {
    const rows = key === "removed" ? [] : [...scene.rowsOf(diff[key].map((/** @type {any} */ e) => e.global_id))];
    for (const row of rows) colours.set(row, COMPARE[key]);
    return { key, label: t(`history.${key}`), colour: COMPARE[key], count: diff[key].length, rows };
  });
  const spaces = [...colours.keys()].some((row) => scene.table.band[row] === "spaces");
  store.set({ isolated: null, legendKey: null, selected: [], colouring: { title: t("history.changes"), colours, ghostUncoloured: true, bands: spaces ? ["spaces"] : [], legend: legend.filter((e) => e.count > 0) } });
}

/** @param {Context} context @param {"added" | "changed" | "removed"} name @param {any[]} items */
function part(context, name, items) {
  if (!items.length) return null;
  return fold(t(`history.${name}`), h("ul", { class: "plain changes" }, items.slice(0, MOST).map((e) => h("li", null,
    h("div", null, name === "removed" ? h("span", null, e.name || e.global_id) : elementLink(context, e.global_id, e.name || undefined), h("small", { class: "muted" }, ` ${className(e.ifc_class)}`)),
    e.changes?.length ? h("ul", null, e.changes.slice(0, 20).map((/** @type {any} */ c) => h("li", null, c.sentence || `${c.path}: ${valueText(c.before)} → ${valueText(c.after)}`))) : null)),
  items.length > MOST ? h("li", { class: "muted" }, t("history.more", { n: number(items.length - MOST, 0) })) : null), { badge: number(items.length, 0), open: name !== "added" || items.length < 30 });
}
