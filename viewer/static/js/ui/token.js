// @ts-check
import { h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { postJson } from "../core/api.js";
import { describe } from "./feedback.js";

/** @type {Promise<void> | null} */
let asking = null;

/** Ask for the access token until a session stands; many refused requests share one form. */
export function askForToken() {
  asking ??= showForm().finally(() => { asking = null; });
  return asking;
}

/** @returns {Promise<void>} */
function showForm() {
  return new Promise((resolve) => {
    const field = h("input", { type: "password", id: "token", autocomplete: "current-password", required: true, "aria-describedby": "token-error" });
    const message = h("p", { id: "token-error", class: "field-error", role: "alert" });
    const form = h("form", { class: "dialog-body" },
      h("h2", { id: "token-title" }, t("token.title")), h("p", null, t("token.text")),
      h("label", { for: "token" }, t("token.label")), field, message,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary" }, t("token.send"))));
    const dialog = h("dialog", { "aria-labelledby": "token-title" }, form);
    dialog.addEventListener("cancel", (/** @type {Event} */ event) => event.preventDefault());
    form.addEventListener("submit", async (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        await postJson("/session", { token: field.value });
        dialog.close();
        dialog.remove();
        resolve();
      } catch (error) {
        const body = /** @type {any} */ (error).body;
        message.textContent = body?.status === 401 || body?.status === 403 || body?.reason === "token" ? t("token.wrong") : describe(error).title;
        field.setAttribute("aria-invalid", "true");
        field.select();
      }
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
