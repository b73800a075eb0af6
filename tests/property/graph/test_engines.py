"""Random models and random histories of versions: the records are the oracle, the engines must agree with them."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Derived, KgliteStore, Neo4jStore, PrivateGraph, Scope, SpaceLink, canonical_lines, to_batch
from ifc import ElementRecord, MaterialPart, Measure, Relation, RelationKind
from tests.property.graph.oracle import CLASSES, STOREYS, check

SCOPE, OTHER = Scope("1", "as-built"), Scope("1", "as-built", 7)
SPACES, ELEMENTS = tuple(f"s{i}" for i in range(5)), tuple(f"e{i}" for i in range(9))
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


def run_history(store, history, past):
    """Load versions one after the other; each must answer as its records do, and leave the past one alone."""
    store.replace(batch_of(past, 1, OTHER))
    for number, records in enumerate(history, 1):
        store.replace(batch_of(records, number))
        again = store.replace(batch_of(records, number))
        assert (again.nodes_put, again.nodes_removed, again.edges_put, again.edges_removed) == (0, 0, 0, 0)
        check(store, records, SCOPE)
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
    check(PrivateGraph([batch_of(records, 1)]), records, SCOPE)


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
