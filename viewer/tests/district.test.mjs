import assert from "node:assert/strict";
import { test } from "node:test";
import { MODES, attributesOf, isGlobalId, latestStage, modeOf, permitStatus, searchBuildings } from "../static/js/district/modes.js";

const buildings = [
  { building_id: "101", name: "Pärna kool", address: "Tamme tn 1", ehr_code: "101000001", stages: { "as-designed": 2, "as-built": 1 }, permit: { pass: 5, fail: 1 }, energy: { heating_kwh_m2: 92 }, seal: "valid", alarms: 1, points: 4 },
  { building_id: "102", name: "Büroo", address: "Kase tn 3", ehr_code: "101000002", stages: { "as-designed": 1, "as-built": 0 }, permit: { pass: 3, fail: 0, data_missing: 2 }, energy: null, seal: "unsealed", alarms: 0, points: 2 },
  { building_id: "103", name: "", address: "Kase tn 5", ehr_code: null, stages: {}, permit: null, energy: { heating_kwh_m2: 180 }, seal: "invalid", alarms: 0, points: 0 },
];

test("every building falls into a class of every mode, and counts add up", () => {
  for (const name of MODES) {
    const mode = modeOf(name, buildings);
    const keys = new Set(mode.classes.map((c) => c.key));
    assert.equal(keys.size, mode.classes.length);
    for (const b of buildings) assert.ok(keys.has(mode.keyOf(b)), `${name} ${b.building_id}`);
  }
});

test("the stage is the last that has a version", () => {
  assert.deepEqual(buildings.map(latestStage), ["as-built", "as-designed", null]);
});

test("the permit status is the worst verdict, and no check is not a pass", () => {
  assert.deepEqual(buildings.map(permitStatus), ["fail", "data_missing", "none"]);
});

test("no sensor is not the same as no alarm", () => {
  const { keyOf } = modeOf("alarms", buildings);
  assert.deepEqual(buildings.map(keyOf), ["few", "zero", "none"]);
});

test("a district without energy figures still has a legend", () => {
  const mode = modeOf("energy", [buildings[1]]);
  assert.deepEqual(mode.classes.map((c) => c.key), ["none"]);
});

test("search finds by name, address and code, without accents", () => {
  const found = (q) => searchBuildings(buildings, q).map((b) => b.building_id);
  assert.deepEqual(found("parna"), ["101"]);
  assert.deepEqual(found("kase tn"), ["102", "103"]);
  assert.deepEqual(found("101000002"), ["102"]);
  assert.deepEqual(found("KASE 5"), ["103"]);
  assert.deepEqual(found(""), ["101", "102", "103"]);
});

test("any number of any building can be the colour, placements cannot", () => {
  const list = [{ height_m: 9, energy: { heating_kwh_m2: 50, class: "C" }, placement: { easting_m: 1 }, data_age_s: 20 }, { height_m: null, data_age_s: 1e6 }];
  assert.deepEqual(attributesOf(list), ["data_age_s", "energy.heating_kwh_m2", "height_m"]);
  assert.deepEqual(list.map(modeOf("n:height_m", list).keyOf), ["0", "none"]);
  assert.deepEqual(list.map(modeOf("class", list).keyOf), ["C", "none"]);
  assert.deepEqual(list.map(modeOf("age", list).keyOf), ["minutes", "old"]);
});

test("a GlobalId is known from other words", () => {
  assert.ok(isGlobalId(" 0ikDOtrl5G3u1f$l6EOS4h "));
  for (const text of ["kase tn 5", "4ikDOtrl5G3u1f$l6EOS4h", "0ikDOtrl5G3u1f$l6EOS4"]) assert.ok(!isGlobalId(text));
});
