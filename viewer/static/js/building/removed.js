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
 * @returns {Promise<() => void>} takes them off again
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
  model.show({ isolated: rows, ghostRest: false, colours: new Map([...rows].map((row) => [row, COMPARE.removed])) });
  context.scene.root.add(model.group);
  context.app.viewport.invalidate();
  return () => { model.dispose(); context.app.viewport.invalidate(); };
}
