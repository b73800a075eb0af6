"""Random models and random histories of versions: the records are the oracle, the engines must agree with them."""

import math
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Derived, KgliteStore, Neo4jStore, PrivateGraph, Scope, SpaceLink, ask, canonical_lines, to_batch
from ifc import ElementRecord, MaterialPart, Measure, Relation, RelationKind, round_measure

SCOPE, OTHER = Scope("1", "as-built"), Scope("1", "as-built", 7)
STOREYS, SPACES, ELEMENTS = ("t0", "t1"), tuple(f"s{i}" for i in range(5)), tuple(f"e{i}" for i in range(9))
CLASSES = ("IfcDoor", "IfcWall", "IfcDuctSegment", "IfcFan", "IfcAirTerminal")
MATERIALS = ("Puit", "Vill 'kivi'", "Ø\N{SNOWMAN}")


@st.composite
def models(draw):
    """Return the records of a model with two storeys, some rooms and elements that feed, bound and stand anywhere."""
    records = {i: ElementRecord(i, "IfcBuildingStorey", name=i) for i in STOREYS}
    spaces = draw(st.lists(st.sampled_from(SPACES), unique=True))
    for i in sorted(spaces):
        area = draw(st.none() | st.floats(0.5, 500))
        sets = {} if area is None else {"Q": {"NetFloorArea": Measure(area, "m2", "IfcAreaMeasure")}}
        parent = Relation(RelationKind.AGGREGATED_IN, draw(st.sampled_from(STOREYS)))
        records[i] = ElementRecord(i, "IfcSpace", name=draw(st.sampled_from(("a", "B", "õ"))), quantity_sets=sets,
                                   relations=(parent,))  # fmt: skip
    elements = sorted(draw(st.lists(st.sampled_from(ELEMENTS), unique=True)))
    for i in elements:
        records[i] = draw(_elements(i, (*STOREYS, *sorted(spaces)), spaces))
    for i in elements:
        for target in draw(st.lists(st.sampled_from(elements), unique=True, max_size=2)):
            _join(records, i, target)
    return records


@st.composite
def _elements(draw, i, places, spaces):
    relations = [Relation(RelationKind.CONTAINED_IN, draw(st.sampled_from(places)))]
    bounded = draw(st.lists(st.sampled_from(sorted(spaces)), unique=True)) if spaces else []
    relations += [Relation(RelationKind.BOUNDS, space) for space in bounded]
    width = draw(st.none() | st.floats(0.1, 3))
    attributes = {} if width is None else {"OverallWidth": Measure(width, "m", "IfcLengthMeasure")}
    volume = draw(st.none() | st.floats(0.01, 50))
    quantities = {} if volume is None else {"Q": {"NetVolume": Measure(volume, "m3", "IfcVolumeMeasure")}}
    names = draw(st.lists(st.sampled_from(MATERIALS), max_size=2))
    layers = tuple(MaterialPart("layer", n, name, draw(st.floats(0.01, 1))) for n, name in enumerate(names))
    external = draw(st.sampled_from(({}, {"P": {"IsExternal": True}}, {"P": {"IsExternal": False}})))
    return ElementRecord(i, draw(st.sampled_from(CLASSES)), name=i, attributes=attributes, quantity_sets=quantities,
                         materials=layers, property_sets=external, relations=tuple(relations))  # fmt: skip


def _join(records, source, target):
    out, into = f"p-{source}-{target}-out", f"p-{source}-{target}-in"
    records[into] = ElementRecord(into, "IfcDistributionPort", relations=(Relation(RelationKind.NESTED_IN, target),))
    links = (Relation(RelationKind.NESTED_IN, source), Relation(RelationKind.PORT_CONNECTED_TO, into))
    records[out] = ElementRecord(out, "IfcDistributionPort", relations=links)


def derived_of(records):
    """Return doors of the rooms that they bound, as the boundaries of a model would give them."""
    doors = [r for r in records.values() if r.ifc_class == "IfcDoor"]
    return Derived(
        doors=[SpaceLink(d.global_id, s, "boundary") for d in doors for s in d.targets(RelationKind.BOUNDS)]
    )


def batch_of(records, version, scope=SCOPE):
    return to_batch(scope, version, f"v{version}", records, derived_of(records))


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


def check(store, records, scope=SCOPE):
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
    for space in (r.global_id for r in oracle.spaces):
        assert set(column("boundaries-of-space", "element", space=space)) == oracle.bounding(space)
        assert set(column("elements-in-space", "element", space=space)) == oracle.standing(space)
    for element in (r.global_id for r in oracle.elements):
        assert set(column("rooms-served-by", "space", element=element)) == oracle.served(element)


def run_history(store, history, past):
    """Load versions one after the other; each must answer as its records do, and leave the past one alone."""
    store.replace(batch_of(past, 1, OTHER))
    for number, records in enumerate(history, 1):
        store.replace(batch_of(records, number))
        again = store.replace(batch_of(records, number))
        assert (again.nodes_put, again.nodes_removed, again.edges_put, again.edges_removed) == (0, 0, 0, 0)
        check(store, records)
        check(store, past, OTHER)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(history=st.lists(models(), min_size=1, max_size=4), past=models())
def test_the_embedded_engine_answers_as_the_records_do(history, past):
    folder = Path(tempfile.mkdtemp())
    store = KgliteStore(folder / "g.kgl")
    try:
        run_history(store, history, past)
        incremental = list(canonical_lines(store))
        for scope in (SCOPE, OTHER):
            store.remove(scope)
        assert list(canonical_lines(store)) == []
        store.replace(batch_of(history[-1], len(history)))
        store.replace(batch_of(past, 1, OTHER))
        assert list(canonical_lines(store)) == incremental
    finally:
        store.close()
        shutil.rmtree(folder)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=models())
def test_a_private_graph_answers_as_the_records_do(records):
    check(PrivateGraph([batch_of(records, 1)]), records)


@pytest.mark.bolt
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_server_answers_as_the_records_do(bolt_at_length):
    store = Neo4jStore(*bolt_at_length)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(history=st.lists(models(), min_size=1, max_size=2), past=models())
    def histories(history, past):
        run_history(store, history, past)

    try:
        histories()
    finally:
        for scope in store.loaded():
            store.remove(scope)
        store.close()
