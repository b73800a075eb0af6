// @ts-check
import { fill, h } from "../core/dom.js";
import { number, t } from "../core/i18n.js";
import { followJob, uploadModel } from "../core/api.js";
import { icon } from "../core/icons.js";
import { sentencesReady, term } from "./sentences.js";
import { errorBlock } from "./feedback.js";

const STAGES = ["as-designed", "as-built", "as-maintained"];

/**
 * Dialog that takes an IFC file, sends it and follows the reading of it.
 * @param {{building: string | null, onDone: (result: any) => void}} options building given: a new version of it
 */
export function openUpload({ building, onDone }) {
  const file = h("input", { type: "file", id: "up-file", class: "sr", accept: ".ifc,.ifczip,.ifcxml,application/x-step", required: true });
  const chosenName = h("span", { class: "muted" }, t("upload.nothing"));
  file.addEventListener("change", () => { chosenName.textContent = file.files?.[0]?.name ?? t("upload.nothing"); });
  const code = h("input", { type: "text", id: "up-code", value: building ?? "", readOnly: Boolean(building), pattern: "1[0-9]{8}|tmp-.+", inputMode: "numeric", autocomplete: "off" });
  const stages = h("fieldset", { class: "choices" }, h("legend", null, t("upload.stage")), STAGES.map((stage, i) =>
    h("label", null, h("input", { type: "radio", name: "stage", value: stage, checked: i === 0 }), h("span", null, t(`stage.${stage}`), h("small", null, t(`stage.${stage}.hint`))))));
  const outcome = h("div", { class: "outcome", "aria-live": "polite" });
  const send = h("button", { type: "submit", class: "button primary" }, t("upload.send"));
  const close = h("button", { type: "button", class: "button" }, t("action.close"));
  const form = h("form", { class: "dialog-body" },
    h("h2", { id: "up-title" }, t("upload.title")), h("p", { class: "muted" }, t("upload.text")),
    h("span", { class: "field-name" }, t("upload.file")), h("div", { class: "file" }, file, h("label", { for: "up-file", class: "button" }, icon("upload", 16), t("upload.choose")), chosenName),
    h("label", { for: "up-code" }, t("upload.code")), code, h("small", { class: "muted" }, t("upload.code.hint")),
    stages, outcome, h("div", { class: "actions" }, close, send));
  const dialog = h("dialog", { "aria-labelledby": "up-title", class: "upload" }, form);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const chosen = file.files?.[0];
    if (!chosen) return;
    send.disabled = true;
    const stage = new FormData(/** @type {HTMLFormElement} */ (form)).get("stage")?.toString() ?? STAGES[0];
    try {
      const result = await run(chosen, { building: code.value.trim() || undefined, stage }, outcome);
      dialog.close();
      onDone(result);
    } catch (error) {
      fill(outcome, errorBlock(error));
      send.disabled = false;
    }
  });
  document.body.append(dialog);
  sentencesReady();
  dialog.showModal();
}

/** @param {File} file @param {{building?: string, stage: string}} target @param {Element} outcome */
async function run(file, target, outcome) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("stage.loading") });
  const label = h("p", { class: "progress-label" });
  fill(outcome, bar, label);
  /** @param {number} share @param {string} text */
  const show = (share, text) => {
    bar.value = share;
    label.textContent = `${text} · ${number(share * 100, 0)} %`;
  };
  show(0, t("upload.sending"));
  const job = await uploadModel(file, target, (share) => show(share, t("upload.sending")));
  const done = await followJob(job.job_id, (j) => show(j.progress ?? 0, (j.label && term(j.label)) || t("upload.reading")));
  return done.result;
}
