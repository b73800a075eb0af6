// @ts-check
import { Vector3 } from "../../vendor/vendor3d.js";
import { fill, h } from "../core/dom.js";
import { request } from "../core/api.js";
import { dateTime, number, t } from "../core/i18n.js";
import { parseEye, parsePlace } from "../core/url.js";
import { icon } from "../core/icons.js";
import { restoreView, stateOf } from "../building/link.js";
import { announce, errorBlock, skeleton } from "../ui/feedback.js";
import { fold, words } from "./parts.js";

/** @typedef {import("../building/context.js").Context} Context */

const MOST_SELECTED = 2000;

/**
 * Remarks as BCF: one of one's own with the present view, and those of others with their views.
 * @param {Context} context
 */
export function topicPart(context) {
  const out = h("div", { class: "topics", "aria-live": "polite" });
  const file = h("input", { type: "file", id: "bcf-file", class: "sr", accept: ".bcf,.bcfzip" });
  file.addEventListener("change", () => { if (file.files?.[0]) read(context, file.files[0], out); file.value = ""; });
  return fold(t("topic.title"), [h("p", { class: "muted small" }, t("topic.text")), h("div", { class: "file" }, file, h("label", { for: "bcf-file", class: "button" }, icon("upload", 16), t("topic.open"))), out, remarkForm(context)], { open: false });
}

/** @param {Context} context @param {File} file @param {HTMLElement} out */
async function read(context, file, out) {
  fill(out, skeleton(3));
  const form = new FormData();
  form.append("file", file);
  try {
    const answer = await request(`${context.path}/bcf?pictures=true&limit=100`, { method: "POST", body: form, signal: context.signal });
    const told = await answer.json();
    fill(out, h("p", { class: "muted small" }, t("topic.count", { n: number(told.total, 0), name: file.name })), h("ul", { class: "results topic-items" }, told.topics.map((/** @type {any} */ topic) => topicCard(context, topic))));
    announce(t("topic.count", { n: told.total, name: file.name }));
  } catch (error) {
    if (!context.signal.aborted) fill(out, errorBlock(error));
  }
}

/** @param {Context} context @param {any} topic */
function topicCard(context, topic) {
  const views = topic.views.map((/** @type {any} */ view, /** @type {number} */ i) => h("div", { class: "topic-view" },
    view.snapshot ? h("img", { src: view.snapshot, alt: t("topic.picture", { title: topic.title }), loading: "lazy" }) : null,
    view.camera ? h("button", { type: "button", class: "button small-button", "data-view": i, onclick: () => showView(context, view) }, icon("fit", 15), t("topic.show")) : null,
    view.unknown?.length ? h("small", { class: "muted" }, t("topic.unknown", { n: number(view.unknown.length, 0) })) : null,
    view.left_out?.length ? h("small", { class: "muted" }, t("topic.leftout", { what: view.left_out.map((/** @type {string} */ w) => t(`topic.left.${w}`)).join(", ") })) : null));
  return h("li", { class: "result topic", "data-topic": topic.guid }, h("div", { class: "result-body" },
    h("b", null, topic.title), h("small", { class: "muted" }, [words(`topic.kind.${topic.kind}`, topic.kind), words(`topic.status.${topic.status}`, topic.status), topic.author, dateTime(topic.created)].filter(Boolean).join(" · ")), topic.description ? h("p", { class: "pre" }, topic.description) : null, views,
    topic.comments.length ? h("ul", { class: "said" }, topic.comments.map((/** @type {any} */ c) => h("li", null, h("small", { class: "muted" }, `${c.author} · ${dateTime(c.time)}`), h("p", null, c.text)))) : null));
}

/** Put camera, cuts, isolation and selection where a view says. @param {Context} context @param {any} view */
export function showView(context, view) {
  const place = parsePlace(view.address);
  const given = stateOf(place, context.scene.rows);
  const { scene, store } = context;
  const selected = view.selection.filter((/** @type {string} */ id) => scene.rows.has(id));
  const plan = planOf(context, view);
  const hidden = !given.isolated && !given.cuts.length && selected.length > 0; // spoken of, and behind walls as a rule
  const rows = scene.rowsOf(selected);
  const spaces = [...rows].some((row) => scene.table.band[row] === "spaces");
  store.set({
    cuts: plan ? [] : given.cuts, clip: given.clip, sections: given.sections && !plan, isolated: hidden ? rows : given.isolated, ghostRest: hidden, storey: plan, plan: false, walking: false, exploded: false, selected,
    bands: spaces ? new Set([...store.get().bands, "spaces"]) : store.get().bands,
  });
  if (parseEye(place.eye)) restoreView(context, { ...place, look: plan ? "plan" : null, eye: plan ? `${place.eye}_${view.camera.height_m / 2}` : place.eye });
  context.app.viewport.invalidate();
  announce(t("topic.shown"));
}

/** The storey whose plan a view shows: parallel, straight down, cut over its floor; null for any other view. @param {Context} context @param {any} view @returns {string | null} */
function planOf({ scene, views }, { camera, clipping }) {
  if (!camera?.height_m || !views || camera.direction[2] > -0.999) return null;
  const cut = clipping.find((/** @type {any} */ plane) => plane.direction[2] > 0.999)?.location[2];
  if (cut === undefined) return null;
  return scene.source.storeys.filter((/** @type {any} */ s) => views.floorOf(s.global_id) < cut).at(-1)?.global_id ?? null;
}

/** @param {Context} context */
function remarkForm(context) {
  const title = h("input", { type: "text", id: "remark-title", required: true, maxLength: 200 });
  const text = h("textarea", { id: "remark-text", rows: 2, maxLength: 4000 });
  const format = h("select", { id: "remark-format" }, ["3.0", "2.1"].map((v) => h("option", { value: v }, `BCF ${v}`)));
  const out = h("div", { "aria-live": "polite" });
  const form = h("form", { class: "inline-form remark" }, h("h3", null, t("remark.title")), h("label", { for: title.id }, t("remark.name")), title, h("label", { for: text.id }, t("remark.text")), text,
    h("label", { for: format.id }, t("remark.format")), format, h("button", { type: "submit", class: "button" }, icon("download", 16), t("remark.save")), out);
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const body = { title: title.value.trim(), text: text.value.trim(), ...present(context) };
      const answer = await request(`${context.path}/remark?format=${format.value}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      save(await answer.blob(), `${context.building.building_id}-remark.bcf`);
      fill(out);
      announce(t("remark.done"));
    } catch (error) {
      fill(out, errorBlock(error));
    }
  });
  return form;
}

/** What is looked at now: camera, cuts, selection and a picture. @param {Context} context */
function present({ app, scene, store }) {
  const { camera, controls, flat, drawing, lens } = app.viewport;
  const position = scene.toModel(camera.position.toArray());
  const target = scene.toModel(controls.target.toArray());
  const ahead = new Vector3(...target).sub(new Vector3(...position)).normalize();
  const up = upOf(ahead);
  const seen = flat ? { height_m: 2 / drawing.zoom } : { field_of_view_deg: lens.fov };
  const { selected, cuts, clip } = store.get();
  const planes = [...cuts, ...(clip === null ? [] : [{ axis: "z", at: clip, keep: "below" }])].map(({ axis, at, keep }) => {
    const way = keep === "below" ? 1 : -1;
    const pick = (/** @type {number} */ n) => ["x", "y", "z"].map((a) => (a === axis ? n : 0));
    return { location: pick(at), direction: pick(way) };
  });
  return { camera: { position, direction: ahead.toArray(), up: up.toArray(), aspect: lens.aspect, ...seen }, selection: selected.slice(0, MOST_SELECTED), clipping: planes, picture: picture(app.viewport) };
}

/** The upward direction square to where one looks. @param {Vector3} ahead model coordinates */
function upOf(ahead) {
  if (Math.abs(ahead.z) > 0.999) return new Vector3(0, 1, 0);
  const right = new Vector3().crossVectors(ahead, new Vector3(0, 0, 1)).normalize();
  return right.cross(ahead).normalize();
}

/** A PNG of the canvas in base64. @param {import("../gl/viewport.js").Viewport} viewport */
function picture(viewport) {
  viewport.renderer.render(viewport.scene, viewport.camera); // the buffer holds the picture until this task ends
  return viewport.canvas.toDataURL("image/png").replace(/^data:image\/png;base64,/, "");
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const href = URL.createObjectURL(blob);
  const link = h("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
