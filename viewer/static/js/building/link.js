// @ts-check
/** The view in the address: camera, section planes, what is shown alone, way of looking. */
import { Vector3 } from "../../vendor/vendor3d.js";
import { debounce } from "../core/dom.js";
import { formatCuts, formatEye, parseCuts, parseEye } from "../core/url.js";
import { initialState } from "./state.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("../core/url.js").Place} Place */

/** More elements than these are not written down: addresses over some 4 kB break in mail. */
const MOST_ALONE = 100;
const PAUSE_MS = 350;

/**
 * State that an address asks for.
 * @param {Place} place
 * @param {Map<string, number>} rows of the elements
 */
export function stateOf(place, rows) {
  const { cuts, height } = parseCuts(place.cut);
  const alone = (place.only ?? "").split(".").flatMap((id) => rows.get(id) ?? []);
  return {
    storey: place.storey, selected: place.element ? [place.element] : [], tab: place.tab ?? "model", cuts, clip: height, sections: cuts.length > 0,
    isolated: alone.length ? new Set(alone) : null, exploded: place.look === "exploded",
    ...(place.bands ? { bands: new Set(place.bands.split(".")) } : {}),
  };
}

/**
 * Put camera and way of looking where the address says.
 * @param {Context} context
 * @param {Place} place
 * @returns {boolean} whether the address had a camera
 */
export function restoreView(context, place) {
  const { app, store, scene, views } = context;
  const eye = parseEye(place.eye);
  const height = store.get().clip;
  if (place.look === "plan") store.set({ plan: true, ...(height === null ? {} : { clip: height }) });
  if (place.look === "walk") store.set({ walking: true });
  if (!eye) return false;
  const [at, target] = [new Vector3(...scene.toScene(eye.slice(0, 3))), new Vector3(...scene.toScene(eye.slice(3, 6)))];
  if (store.get().walking) {
    const ahead = target.clone().sub(at);
    views?.enterAt(at.clone().setY(at.y - 1.55), Math.atan2(-ahead.x, -ahead.z));
  } else {
    app.viewport.flight.to(target, at, true);
    if (eye.length === 7) app.viewport.setReach(eye[6]);
  }
  return true;
}

/**
 * Keep the address in step with the view.
 * @param {Context} context
 * @returns {() => void} the undo
 */
export function keepAddress(context) {
  const { app, store } = context;
  const write = debounce(() => { if (!context.signal.aborted) app.remember(viewOf(context)); }, PAUSE_MS);
  app.viewport.afterMove.add(write);
  const stop = store.on(["cuts", "clip", "isolated", "exploded", "plan", "walking", "bands"], write);
  if (store.get().plan || store.get().walking) write();
  return () => { stop(); app.viewport.afterMove.delete(write); };
}

/** @param {Context} context @returns {Partial<Place>} */
function viewOf({ app, store, scene }) {
  const { cuts, clip, isolated, exploded, plan, walking, bands } = store.get();
  const { camera, controls, flat, drawing } = app.viewport;
  const eye = [...scene.toModel(camera.position.toArray()), ...scene.toModel(controls.target.toArray()), ...(flat ? [1 / drawing.zoom] : [])];
  const usual = initialState({}).bands;
  return {
    eye: formatEye(eye), cut: formatCuts(cuts, clip) || null, look: plan ? "plan" : walking ? "walk" : exploded ? "exploded" : null,
    only: isolated && isolated.size <= MOST_ALONE ? [...isolated].map((row) => scene.table.global_id[row]).join(".") : null,
    bands: bands.size === usual.size && [...usual].every((b) => bands.has(b)) ? null : [...bands].sort().join(".") || "none",
  };
}
