// @ts-check
/** Turns pointer events on the canvas into hover and click, without taking a drag for a click. */

const CLICK_PIXELS = 5;
/** How long the picture stands before a resting pointer is looked under again. */
const REST_MS = 150;

/**
 * @param {import("./viewport.js").Viewport} viewport
 * @param {{hover: (hit: {model: number, feature: number} | null, event: PointerEvent) => void,
 *   click: (hit: {model: number, feature: number} | null, event: PointerEvent) => void,
 *   double?: (hit: {model: number, feature: number} | null) => void}} on
 * @returns {() => void} the undo
 */
export function listenPointer(viewport, on) {
  const { canvas } = viewport;
  const stop = new AbortController();
  const { signal } = stop;
  /** @type {{x: number, y: number} | null} */
  let down = null;
  let dragging = false;
  /** @type {PointerEvent | null} */
  let waiting = null;

  /** @type {PointerEvent | null} where the pointer rests */
  let last = null;
  let seen = "";
  let resting = 0;

  let asked = 0;
  const hover = async () => {
    const event = waiting;
    waiting = null;
    if (!event || down) return;
    asked += 1;
    const mine = asked;
    const hit = await viewport.pick(event.clientX, event.clientY);
    if (mine !== asked || down || signal.aborted) return;
    const found = `${hit?.model} ${hit?.feature}`;
    if (event === last && found === seen) return;
    [last, seen] = [event, found];
    on.hover(hit, event);
  };
  // what lies under a resting pointer changes, too: a model arrives, or the camera flies
  const again = () => {
    clearTimeout(resting);
    resting = setTimeout(() => { if (last && !waiting && !down) { waiting = last; hover(); } }, REST_MS);
  };
  viewport.afterFrame.add(again);
  const at = (/** @type {MouseEvent} */ event, /** @type {(hit: {model: number, feature: number} | null) => void} */ then) =>
    viewport.pick(event.clientX, event.clientY).then((hit) => { if (!signal.aborted) then(hit); });
  canvas.addEventListener("pointerdown", (event) => { down = { x: event.clientX, y: event.clientY }; dragging = false; }, { signal });
  canvas.addEventListener("pointermove", (event) => {
    if (down && Math.hypot(event.clientX - down.x, event.clientY - down.y) > CLICK_PIXELS) dragging = true;
    if (down || event.pointerType === "touch") return;
    if (!waiting) setTimeout(hover, viewport.software ? 90 : 30);
    waiting = event;
  }, { signal });
  canvas.addEventListener("pointerleave", (event) => { waiting = last = null; asked += 1; on.hover(null, event); }, { signal });
  window.addEventListener("pointerup", (event) => {
    if (down && !dragging && event.target === canvas && event.button === 0) at(event, (hit) => on.click(hit, event));
    down = null;
  }, { signal });
  canvas.addEventListener("dblclick", (event) => at(event, (hit) => on.double?.(hit)), { signal });
  return () => { stop.abort(); clearTimeout(resting); viewport.afterFrame.delete(again); };
}
