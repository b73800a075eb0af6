import assert from "node:assert/strict";
import { test } from "node:test";
import { buildTree, countElements, elementIds, pathTo, withDrawn } from "../static/js/core/tree.js";

const source = {
  global_id: "P", ifc_class: "IfcProject", name: "Project", elements: {}, children: [{
    global_id: "B", ifc_class: "IfcBuilding", name: "", elements: {}, children: [{
      global_id: "S1", ifc_class: "IfcBuildingStorey", name: "Ground", elements: { IfcWindow: ["w1"], IfcWall: ["a1", "a2"] }, children: [
        { global_id: "R1", ifc_class: "IfcSpace", name: "<b>Room</b>", elements: { IfcSensor: ["t1"] }, children: [] },
      ],
    }],
  }],
};
const words = { nameOf: (id) => ({ a1: "Wall 1" })[id] ?? "", classLabel: (c) => c.slice(3), spacesLabel: () => "Spaces", systemsLabel: () => "Systems" };
const tree = () => buildTree(source, words);

test("counts and members reach down to the spaces", () => {
  assert.equal(countElements(source), 4);
  assert.deepEqual(elementIds(source).sort(), ["a1", "a2", "t1", "w1"]);
  assert.equal(tree().count, 4);
});

test("a storey lists its spaces, then its classes in order of name", () => {
  const storey = tree().children()[0].children()[0];
  assert.deepEqual(storey.children().map((n) => [n.kind, n.label, n.count]), [["group", "Spaces", 1], ["class", "Wall", 2], ["class", "Window", 1]]);
  assert.deepEqual(storey.children()[1].members(), ["a1", "a2"]);
});

test("names fall back to the class, and markup in a name stays text", () => {
  const storey = tree().children()[0].children()[0];
  assert.equal(tree().children()[0].label, "Building");
  assert.deepEqual(storey.children()[1].children().map((n) => n.label), ["Wall 1", "Wall"]);
  assert.equal(storey.children()[0].children()[0].label, "<b>Room</b>");
});

test("selecting a space means the space, not what stands in it", () => {
  const space = tree().children()[0].children()[0].children()[0].children()[0];
  assert.deepEqual(space.members(), ["R1"]);
  assert.equal(space.storey, "S1");
});

test("the way to an element names every node above it", () => {
  assert.deepEqual(pathTo(tree(), "a2")?.map((n) => n.id), ["P", "B", "S1", "S1/IfcWall", "S1//a2"]);
  assert.equal(pathTo(tree(), "nowhere"), null);
});

test("ids are unique and children are made once", () => {
  const ids = [];
  const walk = (node) => { ids.push(node.id); node.children().forEach(walk); };
  const root = tree();
  walk(root);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(root.children(), root.children());
});

test("what is drawn and stands nowhere in the structure is added to its storey, or to the top", () => {
  const table = { global_id: ["a1", "flight", "R1", "lost"], ifc_class: ["IfcWall", "IfcStairFlight", "IfcSpace", "IfcProxy"], storey: ["S1", "S1", "S1", null] };
  const whole = withDrawn(source, table);
  assert.deepEqual(whole.children[0].children[0].elements.IfcStairFlight, ["flight"]);
  assert.deepEqual(whole.elements.IfcProxy, ["lost"]);
  assert.equal(source.elements.IfcProxy, undefined);
  assert.equal(withDrawn(whole, table), whole);
});

test("systems and zones stand last, with what is in them by class", () => {
  const groups = [{ global_id: "Y1", ifc_class: "IfcSystem", name: "SV-1", long_name: "Supply", elements: { IfcFan: ["f1"], IfcSpace: ["R1"] } }];
  const root = buildTree({ ...source, groups }, words);
  const systems = root.children().at(-1);
  assert.deepEqual([systems.label, systems.count], ["Systems", 1]);
  const [system] = systems.children();
  assert.deepEqual([system.kind, system.label, system.count, system.members()], ["system", "SV-1 Supply", 2, ["f1", "R1"]]);
  assert.deepEqual(system.children().map((n) => [n.kind, n.ifcClass, n.members()]), [["class", "IfcFan", ["f1"]], ["class", "IfcSpace", ["R1"]]]);
  assert.equal(root.count, 4, "what is in a system is counted where it stands");
  assert.deepEqual(pathTo(root, "R1").map((n) => n.id), ["P", "B", "S1", "S1/spaces", "R1"]);
  assert.equal(tree().children().length, 1, "no systems, no node");
});
