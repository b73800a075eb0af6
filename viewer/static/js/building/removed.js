// @ts-check
import { getBlob, getJson } from "../core/api.js";
import { COMPARE } from "../core/colours.js";
import { readChunk } from "../gl/chunks.js";
import { FeatureModel } from "../gl/features.js";

const NUMBER = 2;

/**
 * Draw elements that only an older version has, red and without picking by the page.
 * @param {import("./context.js").Context} context
 * @param {string} path of the older version
 * @param {Set<string>} ids
 * @returns {Promise<{show: (ids: Set<string>) => void, close: () => void}>} show: only these of them
 */
export async function loadRemoved(context, path, ids) {
  const source = await getJson(`${path}/scene`, { signal: context.signal });
  const rows = new Set(source.elements.global_id.flatMap((/** @type {string} */ id, /** @type {number} */ i) => (ids.has(id) ? [i] : [])));
  const model = new FeatureModel(NUMBER, Math.max(1, source.elements.global_id.length));
  for (const info of source.chunks) {
    const wanted = [...rows].some((row) => row >= info.first_feature && row < info.first_feature + info.features);
    if (!wanted || info.band === "spaces") continue;
    const bytes = await getBlob(info.sha256, context.signal);
    model.add(await readChunk(bytes, { storey: info.storey, band: info.band, first: info.first_feature, features: info.features }, model));
  }
  model.group.position.set(...context.scene.toScene(source.origin));
  const colours = new Map([...rows].map((row) => [row, COMPARE.removed]));
  const show = (/** @type {Set<string>} */ some) => {
    model.show({ isolated: new Set([...rows].filter((row) => some.has(source.elements.global_id[row]))), ghostRest: false, colours });
    context.app.viewport.invalidate();
  };
  show(ids);
  context.scene.root.add(model.group);
  return { show, close: () => { model.dispose(); context.app.viewport.invalidate(); } };
}
