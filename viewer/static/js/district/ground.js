// @ts-check
import { Group } from "../../vendor/vendor3d.js";
import { NOWHERE, polygonsOf } from "../core/geo.js";
import { filled, floor, pathPositions, segments } from "../gl/lines.js";

/** @typedef {import("../gl/lines.js").Triple} Triple */

/**
 * Parcels and plan areas lying on the ground.
 * @param {{bounds: number[] | null, parcels: any, plan_areas: any}} district EPSG:3301
 * @param {(e: number, n: number) => [number, number]} local map to scene x and z
 */
export function drawGround(district, local) {
  const group = new Group();
  const [e0, n0, e1, n1] = district.bounds ?? NOWHERE;
  const [x, z] = local((e0 + e1) / 2, (n0 + n1) / 2);
  group.add(floor([x, -0.12, z], Math.hypot(e1 - e0, n1 - n0) * 0.62 + 20, 0xeceee6));
  layer(group, district.parcels, local, { fill: 0xe2e8dc, opacity: 1, line: 0xa9b5a6, y: -0.06, order: -3 });
  layer(group, district.plan_areas, local, { fill: 0x8a6fc0, opacity: 0.13, line: 0x6f55a8, y: -0.02, order: -2 });
  return group;
}

/** @param {[number, number]} xz @param {number} y @returns {Triple} */
const at = ([x, z], y) => [x, y, z];

/**
 * @param {Group} group
 * @param {any} collection GeoJSON
 * @param {(e: number, n: number) => [number, number]} local
 * @param {{fill: number, opacity: number, line: number, y: number, order: number}} look
 */
function layer(group, collection, local, look) {
  /** @type {number[]} */
  const lines = [];
  for (const feature of collection?.features ?? []) {
    for (const rings of polygonsOf(feature.geometry)) {
      if (!rings.length) continue;
      const flat = rings.map((ring) => ring.map(([e, n]) => at(local(e, n), look.y)));
      group.add(filled(flat, { colour: look.fill, opacity: look.opacity, order: look.order }));
      for (const ring of flat) lines.push(...pathPositions(ring, true));
    }
  }
  if (!lines.length) return;
  const drawn = segments(lines, { colour: look.line, opacity: 0.9 });
  drawn.renderOrder = look.order + 1;
  group.add(drawn);
}
