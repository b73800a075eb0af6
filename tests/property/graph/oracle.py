"""Answers to named questions from the records alone, without any graph."""

import math
from collections import Counter

import pytest

from graph import ask
from ifc import RelationKind, round_measure

STOREYS = ("t0", "t1")
CLASSES = ("IfcDoor", "IfcWall", "IfcDuctSegment", "IfcFan", "IfcAirTerminal")


def kept(record, quantity):
    """Return a quantity as stored records have it."""
    measure = record.quantity_sets["Q"][quantity]
    return round_measure(measure.value, measure.unit)


class Oracle:
    """Answers from the records alone, without any graph."""

    def __init__(self, records):
        self.records = records
        self.spaces = [r for r in records.values() if r.ifc_class == "IfcSpace"]
        self.elements = [r for r in records.values() if r.ifc_class in CLASSES]
        self.feeds = {
            (r.targets(RelationKind.NESTED_IN)[0], records[t].targets(RelationKind.NESTED_IN)[0])
            for r in records.values() for t in r.targets(RelationKind.PORT_CONNECTED_TO)
        }  # fmt: skip

    def downstream(self, start):
        reached, front = set(), {start}
        while front:
            front = {b for a, b in self.feeds if a in front} - reached
            reached |= front
        return reached

    def classes(self):
        return Counter(r.ifc_class for r in self.elements)

    def width(self, record):
        measure = record.attributes.get("OverallWidth")
        return None if measure is None else measure.value

    def narrow(self, limit):
        return {r.global_id for r in self.elements
                if r.ifc_class == "IfcDoor" and (w := self.width(r)) is not None and w < limit}  # fmt: skip

    def storeys(self):
        counts = Counter(r.targets(RelationKind.AGGREGATED_IN)[0] for r in self.spaces)
        return {storey: counts[storey] for storey in STOREYS}

    def without_door(self):
        doors = {s for r in self.elements if r.ifc_class == "IfcDoor" for s in r.targets(RelationKind.BOUNDS)}
        return {r.global_id for r in self.spaces} - doors

    def bounding(self, space):
        return {r.global_id for r in self.elements if space in r.targets(RelationKind.BOUNDS)}

    def standing(self, space):
        return {r.global_id for r in self.elements if space in r.targets(RelationKind.CONTAINED_IN)}

    def served(self, element):
        places = {t for e in self.downstream(element) for t in self.records[e].targets(RelationKind.CONTAINED_IN)}
        return places & {r.global_id for r in self.spaces}

    def area(self):
        return math.fsum(kept(r, "NetFloorArea") for r in self.spaces if r.quantity_sets)

    def volumes(self):
        totals = {}
        for r in self.elements:
            thickness_m = [round_measure(part.thickness_m, "m") for part in r.materials]  # as stored
            total = sum(thickness_m)
            for part, own_m in zip(r.materials, thickness_m, strict=True):
                volume = kept(r, "NetVolume") if r.quantity_sets else 0.0
                totals[part.material] = totals.get(part.material, 0.0) + volume * own_m / total
        return totals

    def loose(self):
        return {r.global_id for r in self.elements
                if r.ifc_class == "IfcFan" or any(r.global_id in pair for pair in self.feeds)}  # fmt: skip

    def upstream(self, end):
        return {a for a in {a for a, _ in self.feeds} if end in self.downstream(a)}

    def units(self, space):
        reached = {unit for element in self.standing(space) for unit in self.upstream(element)}
        return {unit for unit in reached if self.records[unit].ifc_class == "IfcFan"}

    def of_class(self, ifc_class):
        return {r.global_id for r in self.elements if r.ifc_class == ifc_class}

    def external(self):
        outer = {r.global_id for r in self.elements if r.property_sets.get("P", {}).get("IsExternal") is True}
        return outer & (self.of_class("IfcWall") | self.of_class("IfcDoor"))

    def rooms(self, storey):
        return {r.global_id for r in self.spaces if storey in r.targets(RelationKind.AGGREGATED_IN)}

    def on_storey(self, storey):
        places = {storey} | self.rooms(storey)
        return {r.global_id for r in self.elements if places & set(r.targets(RelationKind.CONTAINED_IN))}

    def bounded_by(self, element):
        return set(self.records[element].targets(RelationKind.BOUNDS))

    def doors(self, space):
        return self.bounding(space) & self.of_class("IfcDoor")

    def areas(self):
        return {r.global_id: kept(r, "NetFloorArea") for r in self.spaces if r.quantity_sets}

    def made_of(self):
        return {(r.global_id, part.material) for r in self.elements for part in r.materials}

    def steps(self, start, end):
        """Return how many doors one passes from a room to another, or None if one cannot walk there."""
        reached, front, passed = set(), {start}, 0
        while front:
            if end in front:
                return passed
            reached |= front
            doors = {door for space in front for door in self.doors(space)}
            front, passed = {space for door in doors for space in self.bounded_by(door)} - reached, passed + 1
        return None


def check(store, records, scope):
    """Compare the answers of an engine with those of the records."""
    oracle = Oracle(records)

    def column(name, key, **given):
        return [row[key] for row in ask(store, scope, name, given).rows]

    def table(name, key, value):
        return {row[key]: row[value] for row in ask(store, scope, name, {}).rows}

    assert table("classes", "ifc_class", "elements") == oracle.classes()
    assert table("storeys", "storey", "spaces") == oracle.storeys()
    assert set(column("narrow-doors", "door", width_m="1.0")) == oracle.narrow(1.0)
    assert set(column("spaces-without-door", "space")) == oracle.without_door()
    assert set(column("equipment-without-system", "element")) == oracle.loose()
    assert math.fsum(column("rooms-by-category", "area_m2")) == pytest.approx(oracle.area())
    assert table("material-take-off", "material", "volume_m3") == pytest.approx(oracle.volumes())
    check_the_whole(oracle, column, table)
    for storey in STOREYS:
        assert set(column("spaces-of-storey", "space", storey=storey)) == oracle.rooms(storey)
        walls = oracle.on_storey(storey) & oracle.of_class("IfcWall")
        assert set(column("elements-of-storey", "element", storey=storey, ifc_class="IfcWall")) == walls
        found = ask(store, scope, "classes-of-storey", {"storey": storey}).rows
        classes = Counter(records[i].ifc_class for i in oracle.on_storey(storey))
        assert {row["ifc_class"]: row["elements"] for row in found} == classes
    for space in (r.global_id for r in oracle.spaces):
        check_a_space(oracle, column, space)
        assert set(column("boundaries-of-space", "element", space=space)) == oracle.bounding(space)
        assert set(column("elements-in-space", "element", space=space)) == oracle.standing(space)
    for element in (r.global_id for r in oracle.elements):
        assert set(column("fed-by", "element", element=element)) == oracle.upstream(element)
        assert set(column("bounded-by-element", "space", element=element)) == oracle.bounded_by(element)
        assert set(column("rooms-served-by", "space", element=element)) == oracle.served(element)


def check_the_whole(oracle, column, table):
    assert set(column("spaces-without-window", "space")) == {r.global_id for r in oracle.spaces}
    assert set(column("spaces-without-point", "space")) == {r.global_id for r in oracle.spaces}
    assert set(column("envelope-without-u-value", "element")) == oracle.external()
    assert table("largest-spaces", "space", "area_m2") == oracle.areas()
    assert set(column("elements-by-name", "element", text="E1")) == {"e1"} & {r.global_id for r in oracle.elements}
    assert table("materials", "material", "elements") == Counter(material for _, material in oracle.made_of())
    wooden = {element for element, material in oracle.made_of() if material == "Puit"}
    assert set(column("elements-of-material", "element", text="puit")) == wooden


def check_a_space(oracle, column, space):
    assert set(column("doors-of-space", "door", space=space)) == oracle.doors(space)
    assert set(column("units-serving-space", "element", space=space)) == oracle.units(space)
    outer = oracle.bounding(space) & oracle.external() & oracle.of_class("IfcWall")
    assert set(column("external-walls-of-space", "element", space=space)) == outer
    for other in (r.global_id for r in oracle.spaces if r.global_id > space):
        way, passed = column("way-between-spaces", "element", space=space, to=other), oracle.steps(space, other)
        assert len(way) == (0 if passed is None else 2 * passed + 1)
        assert way[:1] + way[-1:] == ([] if passed is None else [space, other])
        assert all({way[n - 1], way[n + 1]} <= oracle.bounded_by(way[n]) for n in range(1, len(way), 2))
