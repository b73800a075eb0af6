// @ts-check
import { h } from "../core/dom.js";
import { dateTime, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";

const ORDER = ["as-designed", "as-built", "as-maintained"];

/**
 * Way back to the district, the name, and the choice of stage and version.
 * @param {import("../main.js").App} app
 * @param {any} building
 * @param {any | null} version
 */
export function drawCrumbs(app, building, version) {
  const back = h("a", { href: "./", class: "crumb" }, icon("back", 16), t("district.title"));
  back.addEventListener("click", (/** @type {Event} */ event) => { event.preventDefault(); app.go({}); });
  const parts = [back, h("span", { class: "crumb here", "aria-current": "page" }, building.name || building.building_id)];
  if (version) parts.push(versionSelect(app, building, version));
  app.crumbs(parts);
}

/** @param {import("../main.js").App} app @param {any} building @param {any} current */
function versionSelect(app, building, current) {
  const versions = [...(building.versions ?? [])].sort((a, b) => ORDER.indexOf(a.stage) - ORDER.indexOf(b.stage) || a.version - b.version);
  const select = h("select", { "aria-label": t("building.version"), title: t("building.version") }, versions.map((v) => h("option", {
    value: `${v.stage}/${v.version}`, selected: v.stage === current.stage && v.version === current.version,
  }, `${t(`stage.${v.stage}`)} · v${v.version} · ${dateTime(v.created)}`)));
  select.addEventListener("change", () => {
    const [stage, version] = select.value.split("/");
    app.go({ building: building.building_id, stage, version });
  });
  return select;
}
