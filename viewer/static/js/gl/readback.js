// @ts-check

/** A pixel of a small picture is there soon: looked for after so long, then ever less often. */
const LOOK_MS = [0, 0, 1, 1, 2];

/**
 * The first pixel of the picture that was drawn last; nobody waits for the graphics card, and it is looked for sooner than
 * by the renderer's own reading, which never comes before four milliseconds.
 * @param {WebGL2RenderingContext} gl its target still bound
 * @returns {Promise<Uint8Array>} four bytes, all 0 when the context is lost
 */
export async function readPixel(gl) {
  const pixel = new Uint8Array(4);
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, 4, gl.STREAM_READ);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  for (let looked = 0; fence && !gl.isContextLost(); looked += 1) {
    await new Promise((done) => { setTimeout(done, LOOK_MS[looked] ?? 4); });
    if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) continue;
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, pixel);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    break;
  }
  gl.deleteBuffer(buffer);
  gl.deleteSync(fence);
  return pixel;
}
