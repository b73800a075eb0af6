// @ts-check
/** Turns pointer events on the canvas into hover and click, without taking a drag for a click. */

const CLICK_PIXELS = 5;

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

  const hover = () => {
    const event = waiting;
    waiting = null;
    if (event && !down) on.hover(viewport.pick(event.clientX, event.clientY), event);
  };
  canvas.addEventListener("pointerdown", (event) => { down = { x: event.clientX, y: event.clientY }; dragging = false; }, { signal });
  canvas.addEventListener("pointermove", (event) => {
    if (down && Math.hypot(event.clientX - down.x, event.clientY - down.y) > CLICK_PIXELS) dragging = true;
    if (down || event.pointerType === "touch") return;
    if (!waiting) setTimeout(hover, viewport.software ? 90 : 30);
    waiting = event;
  }, { signal });
  canvas.addEventListener("pointerleave", (event) => { waiting = null; on.hover(null, event); }, { signal });
  window.addEventListener("pointerup", (event) => {
    if (down && !dragging && event.target === canvas && event.button === 0) on.click(viewport.pick(event.clientX, event.clientY), event);
    down = null;
  }, { signal });
  canvas.addEventListener("dblclick", (event) => on.double?.(viewport.pick(event.clientX, event.clientY)), { signal });
  return () => stop.abort();
}
