import assert from "node:assert/strict";
import { test } from "node:test";
import { asFresh, withoutUnused } from "../static/js/gl/known.js";

const [VERSION, SCISSOR_BOX, VIEWPORT, SAMPLES, MAX_SAMPLES] = [7938, 3088, 2978, 32937, 36183];

/** A context that counts what it is asked. */
function context(antialias) {
  const asked = [];
  return {
    asked, VERSION, SCISSOR_BOX, VIEWPORT, SAMPLES, canvas: { width: 640, height: 360 },
    getContextAttributes: () => ({ antialias }),
    getParameter(name) { asked.push(name); return 4; },
    getExtension(name) { asked.push(name); return {}; },
  };
}

test("a fresh context is not asked for what is known, and afterwards for everything", () => {
  const gl = context(false);
  const found = asFresh(gl, () => [VERSION, VIEWPORT, SCISSOR_BOX, SAMPLES, MAX_SAMPLES].map((name) => gl.getParameter(name)));
  assert.match(found[0], /^WebGL 2\.0/);
  assert.deepEqual([[...found[1]], [...found[2]], found[3], found[4]], [[0, 0, 640, 360], [0, 0, 640, 360], 0, 4]);
  assert.deepEqual(gl.asked, [MAX_SAMPLES]);
  assert.equal(gl.getParameter(VIEWPORT), 4);
});

test("how many samples a pixel has is asked where there are several", () => {
  const gl = context(true);
  assert.equal(asFresh(gl, () => gl.getParameter(SAMPLES)), 4);
});

test("a context answers as before when what was done with it fails", () => {
  const gl = context(false);
  assert.throws(() => asFresh(gl, () => { throw new Error("no"); }), /no/);
  assert.equal(gl.getParameter(VERSION), 4);
});

test("only extensions that are used are asked for", () => {
  const gl = context(false);
  withoutUnused(gl);
  assert.equal(gl.getExtension("EXT_texture_filter_anisotropic"), null);
  assert.ok(gl.getExtension("KHR_parallel_shader_compile"));
  assert.deepEqual(gl.asked, ["KHR_parallel_shader_compile"]);
});
