"""Every difference between two records is found, told apart and said."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifc import ElementRecord, MaterialPart, Measure, Reference, Relation, RelationKind, digest
from twin.lifecycle import Aspect, compare, diff

IDENTITY = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)
WALL = ElementRecord(
    "wall",
    "IfcWall",
    name="Sein",
    attributes={"Tag": "7", "Height": Measure(2.7, "m", "IfcLengthMeasure")},
    placement=IDENTITY,
    geometry_digest="aa",
    property_sets={"Pset_WallCommon": {"FireRating": "EI30", "IsExternal": True}},
    quantity_sets={"Qto_WallBaseQuantities": {"NetVolume": Measure(1.5, "m3", "IfcVolumeMeasure")}},
    materials=(MaterialPart("layer", 0, "Tellis", 0.12),),
    references=(Reference("classification", "CCI-EE", identification="AD"),),
    relations=(Relation(RelationKind.CONTAINED_IN, "storey"), Relation(RelationKind.TYPED_BY, "type1")),
)


def moved(x, y, z):
    return (*IDENTITY[:3], x, *IDENTITY[4:7], y, *IDENTITY[8:11], z, *IDENTITY[12:])


CASES = {
    "name": ({"name": "Vahesein"}, Aspect.ATTRIBUTE, "name changed from “Sein” to “Vahesein”."),
    "class": ({"ifc_class": "IfcSlab"}, Aspect.ATTRIBUTE, "ifc_class changed from “IfcWall” to “IfcSlab”."),
    "attribute": ({"attributes": {"Tag": "7"}}, Aspect.ATTRIBUTE, "Height is no longer given; it was 2.7 m."),
    "property": (
        {"property_sets": {"Pset_WallCommon": {"FireRating": "EI60", "IsExternal": True}}},
        Aspect.PROPERTY,
        "Pset_WallCommon/FireRating changed from “EI30” to “EI60”.",
    ),
    "new property": (
        {"property_sets": {**WALL.property_sets, "AR_Sein": {"330_Tulekindlus": "EI30"}}},
        Aspect.PROPERTY,
        "AR_Sein/330_Tulekindlus is now “EI30”; it was not given before.",
    ),
    "quantity": (
        {"quantity_sets": {"Qto_WallBaseQuantities": {"NetVolume": Measure(2.0, "m3", "IfcVolumeMeasure")}}},
        Aspect.QUANTITY,
        "Qto_WallBaseQuantities/NetVolume changed from 1.5 m3 to 2 m3.",
    ),
    "moved by a metre": (
        {"placement": moved(1.0, 0.0, 0.0)},
        Aspect.PLACEMENT,
        "It moved by 1.000 m (x +1.000, y +0.000, z +0.000).",
    ),
    "turned": (
        {"placement": (0.0, -1.0, *IDENTITY[2:4], 1.0, 0.0, *IDENTITY[6:])},
        Aspect.PLACEMENT,
        "It was turned.",
    ),
    "unplaced": ({"placement": None}, Aspect.PLACEMENT, "It has lost its place."),
    "shape": ({"geometry_digest": "bb"}, Aspect.GEOMETRY, "Its shape changed."),
    "material": (
        {"materials": (MaterialPart("layer", 0, "Tellis", 0.25),)},
        Aspect.MATERIAL,
        "materials changed from Tellis 120 mm to Tellis 250 mm.",
    ),
    "storey": (
        {"relations": (Relation(RelationKind.TYPED_BY, "type1"),)},
        Aspect.RELATION,
        "It is no longer containedIn storey.",
    ),
    "reference": ({"references": ()}, Aspect.REFERENCE, None),
}


@pytest.mark.parametrize("case", CASES)
def test_one_change_is_one_sentence_of_the_right_aspect(case):
    changed, aspect, sentence = CASES[case]
    (change,) = compare(WALL, dataclasses.replace(WALL, **changed))
    assert change.aspect is aspect
    assert sentence is None or change.sentence == sentence


def test_another_type_is_named_twice():
    other = dataclasses.replace(WALL, relations=(WALL.relations[0], Relation(RelationKind.TYPED_BY, "type2")))
    changes = compare(WALL, other)
    assert {change.aspect for change in changes} == {Aspect.TYPE}
    assert len(changes) == 2


def test_float_noise_is_no_change():
    noisy = dataclasses.replace(
        WALL,
        placement=moved(3e-8, 0.0, -2e-8),
        attributes={**WALL.attributes, "Height": Measure(2.7 + 1e-10, "m", "IfcLengthMeasure")},
    )
    assert digest(noisy) == digest(WALL)
    assert compare(WALL, noisy) == ()


_texts = st.text(max_size=5)
_values = st.one_of(
    _texts,
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-1e9, 1e9),
    st.builds(Measure, st.floats(-1e6, 1e6), st.sampled_from(["m", "m2", "W/(m2.K)"]), st.just("IfcLengthMeasure")),
)
_records = st.builds(
    ElementRecord,
    st.just("x"),
    st.sampled_from(["IfcWall", "IfcDoor"]),
    name=_texts,
    attributes=st.dictionaries(_texts, _values, max_size=2),
    property_sets=st.dictionaries(_texts, st.dictionaries(_texts, _values, max_size=2), max_size=2),
    relations=st.lists(st.builds(Relation, st.sampled_from(list(RelationKind)), _texts), max_size=2).map(tuple),
)


@given(_records, _records)
def test_records_with_unequal_digests_always_have_a_named_change(before, after):
    assert (compare(before, after) == ()) == (digest(before) == digest(after))


@given(
    st.dictionaries(st.sampled_from("abcdef"), _records, max_size=6),
    st.dictionaries(st.sampled_from("abcdef"), _records, max_size=6),
)
def test_a_diff_accounts_for_every_element(before, after):
    known = {digest(r): r for r in (*before.values(), *after.values())}
    maps = [{i: digest(r) for i, r in m.items()} for m in (before, after)]
    result = diff(*maps, lambda wanted: {d: known[d] for d in wanted})
    assert len(result.added) == len(after.keys() - before.keys())
    assert len(result.removed) == len(before.keys() - after.keys())
    assert len(result.changed) + result.unchanged == len(before.keys() & after.keys())
    assert result.empty == (maps[0] == maps[1])
