"""The fast writer of canonical bytes says what RFC 8785 says."""

import hashlib
import math

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ifc import (
    ElementRecord,
    IfcRecordError,
    MaterialPart,
    Measure,
    Reference,
    Relation,
    RelationKind,
    canonical_bytes,
    canonical_form,
    digest,
    digested,
    record_from_form,
)
from ifc.canonical_text import number_text

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8) | st.sampled_from(
    ['"', "\\", "\x00\x1f\x7f", "\u2028", "ä", "\ue000", "\U0001f3e0", "m2"]
)
floats = st.floats(allow_nan=False, allow_infinity=False)
measures = st.builds(Measure, floats, st.sampled_from(["m", "m2", "Cel", "rad", "1", "W/(m2.K)"]), texts)
scalars = texts | st.booleans() | st.none() | st.integers(-(2**60), 2**60) | floats | measures
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
named = st.dictionaries(texts, values, max_size=2)
sets = st.dictionaries(texts, named, max_size=2)
parts = st.builds(
    MaterialPart,
    texts,
    st.integers(0, 99),
    texts,
    st.none() | floats.filter(lambda n: abs(n) < 1e6),
    texts,
    texts,
    sets,
)
records = st.builds(
    ElementRecord,
    global_id=texts,
    ifc_class=texts.filter(bool),
    name=texts,
    description=texts,
    object_type=texts,
    predefined_type=texts,
    attributes=named,
    placement=st.none() | st.tuples(*[st.floats(-1e9, 1e9)] * 16),
    geometry_digest=texts,
    property_sets=sets,
    quantity_sets=sets,
    materials=st.lists(parts, max_size=2).map(tuple),
    references=st.lists(st.builds(Reference, texts.filter(bool), texts, texts, texts, texts, texts), max_size=3).map(
        tuple
    ),
    relations=st.lists(st.builds(Relation, st.sampled_from(RelationKind), texts, named), max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records.filter(lambda record: bool(record.global_id)))
def test_the_writer_agrees_with_rfc_8785(record: ElementRecord) -> None:
    expected = rfc8785.dumps(canonical_form(record))

    assert canonical_bytes(record) == expected
    assert digest(record) == hashlib.sha256(expected).hexdigest()
    assert canonical_bytes(record_from_form(canonical_form(record))) == expected


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records, max_size=2), sets)
def test_shared_parts_are_written_alike(some: list[ElementRecord], shared: dict[str, dict[str, object]]) -> None:
    twins = [*some, *some, *(ElementRecord(str(n), "IfcWall", property_sets=shared) for n in range(3))]

    assert list(digested(twins)) == [(digest(record), canonical_bytes(record)) for record in twins]


@given(floats)
def test_numbers_are_those_of_ecmascript(number: float) -> None:
    assert number_text(number + 0.0).encode() == rfc8785.dumps(number + 0.0)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(IfcRecordError):
        canonical_bytes(ElementRecord("a", "IfcWall", attributes={"x": number}))
