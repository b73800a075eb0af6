"""Statements of a record: nothing is lost, nothing is confused."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ifc import ElementRecord, MaterialPart, Measure, Reference, Relation, RelationKind, canonical_bytes
from twin.sealing import element_iri, record_of, statements_of

BUILDING = "112233445"
LINE = re.compile(r'<[^<>"\s]+> <[^<>"\s]+> (<[^<>"\s]+>|"([^"\\\n\r\x00-\x1f\x7f]|\\.)*"(\^\^<[^<>"\s]+>)?) \.')

texts = st.text(max_size=6)
keys = st.sampled_from(["", "m", "f", "u", "!0", "a/b", "detail", "properties"]) | st.text(max_size=4)
numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30)
scalars = texts | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | numbers | st.none()
measures = st.builds(Measure, numbers, st.sampled_from(["m", "W/(m2.K)", "1", ""]), keys)
values = st.recursive(
    scalars | measures,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)
value_maps = st.dictionaries(keys, values, max_size=3)
sets = st.dictionaries(keys, value_maps, max_size=2)
materials = st.builds(MaterialPart, texts, st.integers(0, 12), texts, st.none() | st.floats(0, 9), texts, texts, sets)
relations = st.builds(Relation, st.sampled_from(RelationKind), texts, value_maps)
records = st.builds(
    ElementRecord,
    global_id=texts,
    ifc_class=texts,
    name=texts,
    object_type=texts,
    geometry_digest=texts,
    attributes=value_maps,
    placement=st.none() | st.lists(numbers, min_size=16, max_size=16).map(tuple),
    property_sets=sets,
    quantity_sets=sets,
    materials=st.lists(materials, max_size=2).map(tuple),
    references=st.lists(
        st.builds(Reference, st.sampled_from(["classification", "library"]), texts, texts), max_size=2
    ).map(tuple),
    relations=st.lists(relations, max_size=3).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(records)
def test_lines_read_back_to_the_same_canonical_form(record):
    lines = statements_of(BUILDING, record)
    assert canonical_bytes(record_of(BUILDING, lines)) == canonical_bytes(record)


@settings(max_examples=200, deadline=None)
@given(records, records)
def test_records_of_different_form_never_have_the_same_lines(one, other):
    same_form = canonical_bytes(one) == canonical_bytes(other)
    assert (statements_of(BUILDING, one) == statements_of(BUILDING, other)) is same_form


@settings(max_examples=200, deadline=None)
@given(records)
def test_lines_are_sorted_nquads_about_the_element_without_blank_nodes(record):
    lines = statements_of(BUILDING, record)
    assert lines == sorted(set(lines))
    for line in lines:
        assert LINE.fullmatch(line)
        assert line.startswith(f"<{element_iri(BUILDING, record.global_id)}> ")
