// @ts-check
/** Files of columns: a header as JSON, then arrays, little-endian; planar arrays hold the first byte of every row first. */

/** @typedef {Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array} Column */

const TYPES = { int16: Int16Array, int32: Int32Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array };

/**
 * Read a file of columns.
 * @param {ArrayBuffer} buffer
 * @returns {{header: any, arrays: Record<string, Column>}}
 */
export function readColumns(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  /** @type {Record<string, Column>} */
  const arrays = {};
  let at = 4 + length;
  for (const { name, type, shape, planar } of header.arrays) {
    const Type = TYPES[/** @type {keyof TYPES} */ (type)];
    const rows = shape[0];
    const row = Type.BYTES_PER_ELEMENT * (shape[1] ?? 1);
    arrays[name] = planar ? new Type(interleaved(new Uint8Array(buffer, at, rows * row), rows, row).buffer) : new Type(buffer, at, rows * (shape[1] ?? 1));
    at += rows * row + ((4 - ((rows * row) % 4)) % 4);
  }
  return { header, arrays };
}

/** @param {Uint8Array} planes @param {number} rows @param {number} row bytes of one */
function interleaved(planes, rows, row) {
  const out = new Uint8Array(rows * row);
  for (let plane = 0; plane < row; plane += 1) {
    const from = plane * rows;
    for (let i = 0, to = plane; i < rows; i += 1, to += row) out[to] = planes[from + i];
  }
  return out;
}
