import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPARE, LOAD, SEQUENTIAL, STAGE, THERMAL, VERDICT, css, rampAt } from "../static/js/core/colours.js";

/** What eyes without one kind of cone see (Machado, Oliveira and Fernandes 2009, severity 1), linear RGB. */
const SIGHTS = {
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const LEAST = 0.055; // distance in OKLab at which two patches side by side are told apart without effort

const linear = (hex) => [16, 8, 0].map((shift) => ((hex >> shift) & 255) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const seen = (hex, sight) => SIGHTS[sight].map((row) => Math.min(1, Math.max(0, row.reduce((sum, k, i) => sum + k * linear(hex)[i], 0))));

/** @param {number[]} rgb linear */
function oklab([r, g, b]) {
  const [l, m, s] = [0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b, 0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b, 0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b].map(Math.cbrt);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

const apart = (a, b, sight) => Math.hypot(...oklab(seen(a, sight)).map((v, i) => v - oklab(seen(b, sight))[i]));

for (const [name, colours] of Object.entries({ COMPARE, STAGE, VERDICT })) {
  test(`any two of ${name} are told apart by every eye`, () => {
    const list = Object.values(colours);
    for (const sight of Object.keys(SIGHTS)) for (const [i, a] of list.entries()) for (const b of list.slice(i + 1)) assert.ok(apart(a, b, sight) > LEAST, `${sight} ${css(a)} ${css(b)} ${apart(a, b, sight).toFixed(3)}`);
  });
}

for (const [name, ramp] of Object.entries({ SEQUENTIAL, LOAD, THERMAL })) {
  test(`neighbouring classes of ${name} are told apart by every eye`, () => {
    const steps = Array.from({ length: 6 }, (_, i) => rampAt(ramp, (i + 0.5) / 6));
    for (const sight of Object.keys(SIGHTS)) steps.slice(1).forEach((colour, i) => assert.ok(apart(colour, steps[i], sight) > LEAST, `${sight} ${css(steps[i])} ${css(colour)} ${apart(colour, steps[i], sight).toFixed(3)}`));
  });
}
