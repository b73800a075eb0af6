// @ts-check

/**
 * A context, with several samples a pixel unless WebGL is drawn by the processor: then no samples, one pixel a point, no
 * flights. Whether it is can be asked of a context only; starting a second one takes long there and nothing elsewhere.
 * @param {HTMLCanvasElement} canvas
 */
export function openContext(canvas) {
  const wishes = { alpha: true, depth: true, stencil: false, powerPreference: /** @type {const} */ ("high-performance") };
  const open = (/** @type {HTMLCanvasElement} */ on, antialias = false) => /** @type {WebGL2RenderingContext | null} */ (on.getContext("webgl2", { ...wishes, antialias }));
  const plain = open(canvas);
  if (!plain) throw new Error("webgl2");
  const info = plain.getExtension("WEBGL_debug_renderer_info");
  const software = /swiftshader|llvmpipe|software|softpipe/i.test(String(plain.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : plain.RENDERER)));
  const fresh = /** @type {HTMLCanvasElement} */ (software ? canvas : canvas.cloneNode());
  const context = software ? plain : open(fresh, true);
  if (!context) throw new Error("webgl2");
  if (software) return { canvas, context, software };
  canvas.replaceWith(fresh);
  plain.getExtension("WEBGL_lose_context")?.loseContext();
  return { canvas: fresh, context, software };
}
