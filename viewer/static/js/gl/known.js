// @ts-check
/**
 * A question to the graphics process waits until that has drawn what it was given before, by whichever window: three.js
 * asks nine while it starts. What is known, or is used by nothing here, need not be asked.
 */

/** Extensions that the viewer uses: it has no textures but one of whole numbers, and draws into bytes only. */
const USED = new Set(["KHR_parallel_shader_compile", "WEBGL_debug_renderer_info", "WEBGL_lose_context"]);

/** Ask for no extension that is not used. @param {WebGL2RenderingContext} context */
export function withoutUnused(context) {
  const ask = context.getExtension.bind(context);
  context.getExtension = (/** @type {string} */ name) => (USED.has(name) ? ask(name) : null);
}

/**
 * Have something done with a fresh context, without asking what every fresh context says.
 * @template T
 * @param {WebGL2RenderingContext} context
 * @param {() => T} work
 * @returns {T}
 */
export function asFresh(context, work) {
  const { canvas } = context;
  const known = new Map(/** @type {[number, any][]} */ ([
    [context.VERSION, "WebGL 2.0 (OpenGL ES 3.0)"],
    [context.SCISSOR_BOX, new Int32Array([0, 0, canvas.width, canvas.height])],
    [context.VIEWPORT, new Int32Array([0, 0, canvas.width, canvas.height])],
  ]));
  if (!context.getContextAttributes()?.antialias) known.set(context.SAMPLES, 0);
  const ask = context.getParameter;
  context.getParameter = (/** @type {number} */ name) => (known.has(name) ? known.get(name) : ask.call(context, name));
  try {
    return work();
  } finally {
    context.getParameter = ask;
  }
}
