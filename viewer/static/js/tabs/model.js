// @ts-check
import { fill, h } from "../core/dom.js";
import { className, dateTime, number, t, unit, valueText } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { labelOf } from "../core/tree.js";
import { errorBlock, skeleton } from "../ui/feedback.js";
import { said } from "../ui/sentences.js";
import { once } from "../building/context.js";
import { lettersAct, setLetters } from "../building/letters.js";
import { MODES } from "../building/toolbar.js";
import { ageText } from "./live.js";
import { elementLink, facts, fold } from "./parts.js";
import { pointName } from "./point-name.js";

/** @typedef {import("../building/context.js").Context} Context */

/**
 * Properties of the selected element, or the building's card.
 * @type {import("./tabs.js").Tab}
 */
export async function openModel(context, panel) {
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    const { selected } = context.store.get();
    if (!selected.length) return fill(panel, ...overview(context));
    if (selected.length > 1) return fill(panel, ...several(context, selected));
    fill(panel, skeleton(8));
    try {
      const record = await once(context, `${context.path}/elements/${encodeURIComponent(selected[0])}`);
      const latest = record.points?.length ? await once(context, `/buildings/${encodeURIComponent(context.building.building_id)}/latest`).catch(() => null) : null;
      if (mine === turn) fill(panel, ...element(context, record, latest));
    } catch (error) {
      if (mine === turn && !context.signal.aborted) fill(panel, errorBlock(error, show));
    }
  };
  await show();
  return context.store.on(["selected"], show);
}

/** @param {Context} context */
function overview({ building, version }) {
  const unread = Object.entries(version.not_understood ?? {});
  const findings = version.findings_read ?? [];
  return [
    h("h2", null, t("model.overview")),
    facts([
      [t("building.ehr"), building.ehr_code || t("building.ehr.none")], [t("building.address"), building.address || "–"],
      [t("building.stage"), t(`stage.${version.stage}`)], [t("building.version"), `v${version.version}`], [t("model.created"), dateTime(version.created)],
      [t("model.file"), version.file_name], [t("model.schema"), version.schema], [t("model.elements"), number(version.elements, 0)], [t("model.spaces"), number(version.spaces, 0)],
      [t("model.height"), building.height_m ? `${number(building.height_m, 1)} m` : null],
      [t("model.position"), building.placement ? `${number(building.placement.easting_m, 2)} E, ${number(building.placement.northing_m, 2)} N (EPSG:3301)` : t("model.position.none")],
    ]),
    h("p", { class: "hint" }, icon("info", 16), t("model.hint")),
    findings.length ? fold(t("model.findings"), h("ul", { class: "plain" }, findings.slice(0, 100).map((/** @type {any} */ f) => h("li", null, said(f.message), f.hint ? h("small", { class: "muted" }, " ", said(f.hint)) : null))), { open: false, badge: number(findings.length, 0) }) : null,
    unread.length ? fold(t("model.unread"), facts(unread.map(([name, n]) => [name, number(/** @type {number} */ (n), 0)])), { open: false, badge: number(unread.length, 0) }) : null,
    fold(t("keys.title"), [lettersSwitch(), facts([...["F", "H", "I", "G", "R", "Esc"].map((key) => /** @type {[string, string]} */ ([key, t(`keys.${key}`)])), ...MODES.map(({ key, name }) => /** @type {[string, string]} */ ([key, t(`tool.${name}`)]))])], { open: false }),
  ].filter((part) => part !== null);
}

/** Letters can be switched off. */
function lettersSwitch() {
  const box = h("input", { type: "checkbox", id: "letters", checked: lettersAct(), onchange: () => setLetters(box.checked) });
  return h("label", { class: "check", for: "letters" }, box, t("keys.letters"));
}

/** @param {Context} context @param {string[]} ids */
function several(context, ids) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const id of ids) {
    const ifcClass = context.scene.table.ifc_class[context.scene.rows.get(id) ?? -1] ?? "–";
    groups.set(ifcClass, [...(groups.get(ifcClass) ?? []), id]);
  }
  return [h("h2", null, t("selection.many", { n: ids.length })), ...[...groups].map(([ifcClass, members]) =>
    fold(className(ifcClass), h("ul", { class: "plain" }, members.slice(0, 200).map((id) => h("li", null, elementLink(context, id)))), { badge: number(members.length, 0), open: groups.size < 4 }))];
}

/** @param {Context} context @param {any} record @param {any} latest */
function element(context, record, latest) {
  const row = context.scene.rows.get(record.global_id);
  const storey = row === undefined ? null : context.scene.table.storey[row];
  const storeyName = context.scene.source.storeys.find((/** @type {any} */ s) => s.global_id === storey)?.name;
  return [
    h("header", { class: "element-head" }, h("h2", null, labelOf({ name: record.name, long_name: record.attributes?.LongName?.value }) || className(record.ifc_class)),
      h("p", { class: "muted" }, [className(record.ifc_class), storeyName].filter(Boolean).join(" · ")), h("code", { class: "gid" }, record.global_id)),
    row === undefined ? h("p", { class: "hint" }, icon("info", 16), t("model.nogeometry")) : null,
    record.points?.length ? fold(t("model.points"), pointList(record.points, latest), { badge: number(record.points.length, 0) }) : null,
    facts([[t("model.class"), record.ifc_class + (record.predefined_type ? ` · ${record.predefined_type}` : "")], [t("model.objecttype"), record.object_type || null], [t("model.description"), record.description || null]]),
    attributes(record),
    ...sets(record),
    record.materials?.length ? fold(t("model.materials"), h("ul", { class: "plain" }, record.materials.map(material))) : null,
    record.references?.length ? fold(t("model.references"), h("ul", { class: "plain" }, record.references.map((/** @type {any} */ r) => h("li", null, [r.source, r.identification, r.name, r.location].filter(Boolean).join(" · "))))) : null,
    record.relations?.length ? fold(t("model.relations"), relations(context, record.relations), { badge: number(record.relations.length, 0) }) : null,
  ].filter((part) => part !== null);
}

/** @param {any} record */
function attributes(record) {
  const rows = Object.entries(record.attributes ?? {});
  if (!rows.length) return null;
  return fold(t("model.attributes"), facts(rows.map(([name, value]) => [name, valueText(value)])), { badge: number(rows.length, 0), open: false });
}

/** Property and quantity sets; what comes from the type is marked, and an own value hides the type's. @param {any} record */
function sets(record) {
  const inherited = record.type ?? {};
  const blocks = [];
  for (const kind of ["property_sets", "quantity_sets"]) {
    const own = record[kind] ?? {};
    const given = inherited[kind] ?? {};
    for (const name of new Set([...Object.keys(own), ...Object.keys(given)])) {
      const rows = [...new Set([...Object.keys(given[name] ?? {}), ...Object.keys(own[name] ?? {})])].map((prop) => {
        const mine = prop in (own[name] ?? {});
        const value = mine ? own[name][prop] : given[name][prop];
        return h("tr", { class: mine ? "" : "inherited" }, h("th", { scope: "row" }, prop), h("td", null, valueText(value), mine ? null : h("span", { class: "tag", title: t("model.inherited") }, t("model.type"))));
      });
      blocks.push(fold(name, h("table", { class: "properties" }, h("tbody", null, rows)), { badge: number(rows.length, 0), open: blocks.length < 4 }));
    }
  }
  if (inherited.name) blocks.unshift(facts([[t("model.typename"), inherited.name]]));
  return blocks;
}

/** @param {any} m */
function material(m) {
  if (typeof m === "string") return h("li", null, m);
  const thickness = m.thickness_m ?? m.thickness?.value ?? m.thickness;
  const layers = m.layers ?? m.constituents;
  return h("li", null, m.material || m.name || valueText(m), m.role ? h("span", { class: "muted" }, ` ${m.role}`) : null, Number.isFinite(thickness) ? h("span", { class: "muted" }, ` ${number(thickness * 1000, 1)} mm`) : null,
    layers?.length ? h("ol", { class: "plain" }, layers.map(material)) : null);
}

/** @param {Context} context @param {any[]} all */
function relations(context, all) {
  return h("ul", { class: "plain relations" }, all.slice(0, 200).map((r) => {
    const key = `relation.${r.kind}.${r.direction}`;
    const words = t(key);
    return h("li", null, h("span", { class: "muted" }, words === key ? `${r.direction === "in" ? "←" : "→"} ${r.kind}` : words), " ", elementLink(context, r.target, r.target_name || className(r.target_class ?? r.target)));
  }));
}

/** @param {any[]} points @param {any} latest */
function pointList(points, latest) {
  const values = new Map((latest?.items ?? []).map((/** @type {any} */ i) => [i.point_id, i]));
  return h("ul", { class: "plain points" }, points.map((p) => {
    const now = /** @type {any} */ (values.get(p.point_id));
    return h("li", { class: now?.stale ? "stale" : "" }, h("span", null, pointName(p)), now
      ? h("b", null, `${valueText(now.value)} ${unit(now.unit)}`) : h("b", null, "–"), now ? h("small", { class: "muted" }, ageText(now)) : null);
  }));
}
