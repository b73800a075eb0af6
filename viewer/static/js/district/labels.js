// @ts-check
import { Vector3 } from "../../vendor/vendor3d.js";
import { byId, h } from "../core/dom.js";

/** A label keeps so many pixels from the edge of the picture. */
const EDGE = 4;
const MOST = 24;

/**
 * Names above the shown buildings that have a model, without overlaps.
 * @param {import("../gl/viewport.js").Viewport} viewport
 * @param {import("./scene.js").DistrictScene} scene
 * @param {(building: any) => boolean} wanted
 */
export function labelBuildings(viewport, scene, wanted) {
  const layer = byId("labels");
  const labels = scene.buildings.filter(wanted).slice(0, MOST).map((/** @type {any} */ building) => {
    const box = scene.boxById(building.building_id);
    const top = box ? box.getCenter(new Vector3()).setY(box.max.y) : new Vector3();
    return { building, top, width: 0, element: h("span", { class: "label" }, building.name || building.address || building.building_id) };
  });
  layer.replaceChildren(...labels.map((/** @type {any} */ l) => l.element));
  for (const label of labels) label.width = label.element.offsetWidth; // asked once: asking in each frame would lay out the page each time
  const place = () => {
    const stage = layer.getBoundingClientRect();
    /** @type {{x: number, y: number, w: number}[]} */
    const taken = [];
    for (const { building, element, top, width } of labels) {
      const p = viewport.project(top);
      const [x, y, w] = p ? [p.x - stage.left, p.y - stage.top, width] : [0, 0, 0];
      const free = p && scene.isShown(building) && x > 0 && y > 0 && x < stage.width && y < stage.height && !taken.some((o) => Math.abs(o.x - x) < (o.w + w) / 2 + 6 && Math.abs(o.y - y) < 26);
      element.style.visibility = free ? "visible" : "hidden";
      if (!free) continue;
      taken.push({ x, y, w });
      element.style.transform = `translate(${Math.round(Math.min(Math.max(x - w / 2, EDGE), stage.width - w - EDGE))}px, ${Math.round(y - 34)}px)`;
    }
  };
  viewport.afterFrame.add(place);
  return () => { viewport.afterFrame.delete(place); layer.replaceChildren(); };
}
