"""Federation of models made by hand: structure, duplicates, disagreements, disciplines."""

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest

from ifc import (
    ElementRecord,
    Georeference,
    Header,
    Kernel,
    Measure,
    Mesh,
    MeshSet,
    Model,
    ReadFinding,
    Relation,
    RelationKind,
    Severity,
    digest,
)
from twin.errors import InvalidInput
from twin.federation import PROPERTY_SET, Discipline, Part, discipline_of, federate

PLACE = Georeference("IfcMapConversion", "EPSG:3301", "EH2000", 542_000.0, 6_588_000.0, 12.0)


def placed(x=0.0, y=0.0, z=0.0, turn_deg=0.0):
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return (cosine, -sine, 0.0, x, sine, cosine, 0.0, y, 0.0, 0.0, 1.0, z, 0.0, 0.0, 0.0, 1.0)


def within(parent, kind=RelationKind.AGGREGATED_IN):
    return (Relation(kind, parent),)


def part(name, prefix, *elements, unit=1.0, place=PLACE, origin=(0.0, 0.0, 0.0), storeys=(("Level 1", 0.0),)):
    """Return a model with its own GlobalIds for project, site, building and storeys, and some walls in the first."""
    records = [
        ElementRecord(f"{prefix}P", "IfcProject", "Project"),
        ElementRecord(f"{prefix}S", "IfcSite", "Site", relations=within(f"{prefix}P")),
        ElementRecord(
            f"{prefix}B", "IfcBuilding", "House", placement=placed(*origin), relations=within(f"{prefix}S")
        ),
    ]
    for at, (storey, elevation) in enumerate(storeys, start=1):
        spot = placed(origin[0], origin[1], origin[2] + elevation)
        records.append(
            ElementRecord(
                f"{prefix}{at}", "IfcBuildingStorey", storey, placement=spot, relations=within(f"{prefix}B")
            )
        )
    records += elements
    model = Model(
        header=Header("IFC4", "IFC4", length_unit_m=unit),
        file_sha256=hashlib.sha256(name.encode()).hexdigest(),
        project_id=f"{prefix}P",
        records=tuple(sorted(records, key=lambda record: record.global_id)),
        georeference=place,
    )
    meshes = MeshSet(tuple(box(record.global_id, origin) for record in elements))
    return Part(name, model, meshes)


def box(global_id, origin):
    vertices = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]) + np.array(origin)
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], dtype=np.uint32)
    return Mesh(global_id, vertices, faces, (0.5, 0.5, 0.5, 1.0), Kernel.IFCLITE)


def wall(global_id, storey, name="Wall", ifc_class="IfcWall"):
    relations = within(storey, RelationKind.CONTAINED_IN)
    return ElementRecord(global_id, ifc_class, name, placement=placed(), relations=relations)


def rules(model):
    return [item.rule for item in model.findings if item.rule.startswith("federation.")]


def message(model, rule):
    (found,) = (item.message for item in model.findings if item.rule == rule)
    return found


def test_structure_of_equal_names_and_elevations_becomes_one():
    model, meshes = federate(
        [
            part("arch.ifc", "a", wall("w1", "a1"), storeys=(("Level 1", 0.0), ("Level 2", 3.0))),
            part("el.ifc", "b", wall("w2", "b2"), storeys=(("LEVEL  1", 0.0), ("Level 2", 3.02))),
        ]
    )
    records = model.by_id()
    assert set(records) == {"aP", "aS", "aB", "a1", "a2", "w1", "w2"}
    assert records["w2"].targets(RelationKind.CONTAINED_IN) == ("a2",)
    assert rules(model).count("federation.structure") == 5
    assert [mesh.global_id for mesh in meshes] == ["w1", "w2"]
    assert model.project_id == "aP"


def test_a_storey_at_another_height_stays_and_is_told():
    model, _ = federate([part("arch.ifc", "a"), part("el.ifc", "b", wall("w", "b1"), storeys=(("Level 1", 0.3),))])
    assert model.by_id()["b1"].targets(RelationKind.AGGREGATED_IN) == ("aB",)
    assert "“Level 1” at 0.300 m" in message(model, "federation.storey")


def test_an_equal_element_is_kept_once():
    model, meshes = federate([part("arch.ifc", "a", wall("w", "a1")), part("str.ifc", "a", wall("w", "a1"))])
    assert [record.global_id for record in model.of_class("IfcWall")] == ["w"]
    assert model.by_id()["w"].property_sets[PROPERTY_SET]["SourceFile"] == "arch.ifc"
    assert "1 elements" in message(model, "federation.duplicate")
    assert len(meshes) == 1


def test_an_equal_element_is_found_below_a_storey_of_another_name():
    """The storey has another GlobalId in the second file; the wall below it is the same wall."""
    model, _ = federate([part("arch.ifc", "a", wall("w", "a1")), part("str.ifc", "b", wall("w", "b1"))])
    assert [record.global_id for record in model.of_class("IfcWall")] == ["w"]


def test_a_different_element_of_the_same_id_gets_a_suffix_everywhere():
    door = ElementRecord("d", "IfcDoor", relations=(Relation(RelationKind.FILLS, "w"),))
    model, meshes = federate(
        [part("arch.ifc", "a", wall("w", "a1")), part("str.ifc", "a", wall("w", "a1", "Other"), door)]
    )
    records = model.by_id()
    assert (records["w"].name, records["w~2"].name) == ("Wall", "Other")
    assert records["d"].targets(RelationKind.FILLS) == ("w~2",)
    assert [mesh.global_id for mesh in meshes] == ["d", "w", "w~2"]
    assert message(model, "federation.duplicate-differs").startswith("str.ifc: ")


def test_a_suffix_that_is_taken_is_passed_over():
    first = part("a.ifc", "a", wall("w", "a1"), wall("w~2", "a1", "Second"))
    model, _ = federate([first, part("b.ifc", "a", wall("w", "a1", "Third"))])
    assert model.by_id()["w~3"].name == "Third"


def test_every_element_knows_its_discipline_and_its_file_and_the_digest_covers_it():
    given = part("House_HVAC_v2.ifc", "b", wall("p", "b1", ifc_class="IfcPipeSegment"))
    model, _ = federate([part("House_ARCH.ifc", "a", wall("w", "a1")), given])
    records = model.by_id()
    assert records["w"].property_sets[PROPERTY_SET] == {"Discipline": "architecture", "SourceFile": "House_ARCH.ifc"}
    assert records["p"].property_sets[PROPERTY_SET] == {"Discipline": "HVAC", "SourceFile": "House_HVAC_v2.ifc"}
    assert PROPERTY_SET not in records["aB"].property_sets
    other = replace(records["p"], property_sets={PROPERTY_SET: {"Discipline": "electrical", "SourceFile": "x"}})
    assert digest(other) != digest(records["p"])


def test_what_only_the_second_file_says_of_the_building_is_added_and_a_clash_is_told():
    first, second = part("a.ifc", "a"), part("b.ifc", "a")
    model = first.model
    ours = {"Pset": {"Storeys": 2, "Use": "home"}}
    theirs = {"Pset": {"Storeys": 3, "Colour": "red"}, "More": {"x": Measure(1.0, "m", "IfcLengthMeasure")}}
    parts = [_with_sets(first, ours), _with_sets(second, theirs)]
    model, _ = federate(parts)
    assert model.by_id()["aB"].property_sets == {
        "Pset": {"Storeys": 2, "Use": "home", "Colour": "red"},
        "More": theirs["More"],
    }
    assert "Pset.Storeys differ" in message(model, "federation.conflict")


def _with_sets(given, sets):
    records = tuple(
        replace(r, property_sets=sets) if r.ifc_class == "IfcBuilding" else r for r in given.model.records
    )
    return replace(given, model=replace(given.model, records=records))


def test_models_that_agree_have_no_findings():
    model, _ = federate(
        [part("arch.ifc", "a", wall("w", "a1")), part("str.ifc", "a", wall("v", "a1", ifc_class="IfcBeam"))]
    )
    assert rules(model) == []


def test_units_are_compared():
    model, _ = federate([part("arch.ifc", "a"), part("el.ifc", "a", unit=0.3048)])
    assert "0.3048 m" in message(model, "federation.units")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"easting_m": 542_003.5, "height_m": 11.0}, "3.500 m east, 0.000 m north and -1.000 m up"),
        ({"rotation_deg": 359.5}, "turned by -0.5000°"),
        ({"crs": "EPSG:25835"}, "EPSG:25835"),
    ],
)
def test_georeferences_are_compared_and_the_offset_measured(change, words):
    model, _ = federate([part("arch.ifc", "a"), part("el.ifc", "a", place=replace(PLACE, **change))])
    assert words in message(model, "federation.georeference")
    assert model.georeference == PLACE


def test_the_only_place_that_is_given_holds():
    model, _ = federate([part("arch.ifc", "a", place=None), part("el.ifc", "a")])
    assert message(model, "federation.georeference").startswith("arch.ifc does not say")
    assert model.georeference == PLACE
    guessed = replace(PLACE, source="IfcSite", easting_m=1.0)
    assert federate([part("arch.ifc", "a", place=guessed), part("el.ifc", "a")])[0].georeference == PLACE


def test_an_offset_between_placements_is_measured():
    shifted = part("el.ifc", "a", wall("w", "a1"), origin=(0.25, -2.0, 0.0))
    model, _ = federate([part("arch.ifc", "a", wall("v", "a1")), shifted])
    assert "0.250 m, -2.000 m, 0.000 m" in message(model, "federation.placement")


def test_models_far_apart_are_told():
    near, far = part("a.ifc", "a", wall("v", "a1")), part("b.ifc", "a", wall("w", "a1"))
    far = replace(far, meshes=MeshSet((box("w", (101.0, 0.0, 0.0)),)))
    assert "100.0 m away" in message(federate([near, far])[0], "federation.placement")


def test_missing_spaces_are_told_only_if_no_file_has_any():
    note = ReadFinding("spaces.none", Severity.WARNING, "none")
    first, second = part("a.ifc", "a"), part("b.ifc", "a")
    second = replace(second, model=replace(second.model, findings=(note,)))
    assert "spaces.none" not in [f.rule for f in federate([first, second])[0].findings]
    first = replace(first, model=replace(first.model, findings=(note,)))
    assert [f.rule for f in federate([first, second])[0].findings] == ["spaces.none"]


def test_the_digest_of_the_files_tells_their_order_and_content():
    parts = [part("a.ifc", "a"), part("b.ifc", "a")]
    digests = [item.model.file_sha256 for item in parts]
    expected = hashlib.sha256("\n".join(digests).encode()).hexdigest()
    assert federate(parts)[0].file_sha256 == expected
    assert federate(parts[::-1])[0].file_sha256 != expected


def test_nothing_cannot_be_federated():
    with pytest.raises(InvalidInput):
        federate([])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pcert_building_structural_4x3.ifc", Discipline.STRUCTURE),
        ("duplex_electrical_2x3.ifc", Discipline.ELECTRICAL),
        ("Hoone_KVJ_v01.ifc", Discipline.HVAC),
        ("Hoone-VK.ifc", Discipline.PLUMBING),
        ("EK 2026.ifc", Discipline.STRUCTURE),
        ("Landscape.ifczip", Discipline.LANDSCAPING),
    ],
)
def test_the_file_name_tells_the_discipline(name, expected):
    assert discipline_of(name, [wall("w", "1")]) is expected


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (["IfcWall", "IfcSlab", "IfcDoor"], Discipline.STRUCTURE),
        (["IfcWall", "IfcSlab", "IfcSpace"], Discipline.ARCHITECTURE),
        (["IfcPipeSegment", "IfcDuctSegment", "IfcLightFixture"], Discipline.HVAC),
        (["IfcLightFixture", "IfcOutlet", "IfcWall"], Discipline.ELECTRICAL),
        (["IfcSanitaryTerminal"], Discipline.PLUMBING),
        (["IfcGeographicElement"], Discipline.LANDSCAPING),
        ([], Discipline.ARCHITECTURE),
    ],
)
def test_without_a_name_the_classes_tell_the_discipline(classes, expected):
    assert (
        discipline_of("model.ifc", [wall(str(at), "1", ifc_class=name) for at, name in enumerate(classes)])
        is expected
    )


def test_the_same_wall_under_another_id_is_kept_and_told():
    first = part("arch.ifc", "A", wall("w1", "A1"), wall("w2", "A1"))
    noise = part("str.ifc", "B", wall("v1", "B1", ifc_class="IfcWallStandardCase"), origin=(0.0002, 0.0, 0.0))
    model, meshes = federate([first, noise])
    (found,) = [item for item in model.findings if item.rule == "federation.doubled"]
    assert (found.global_id, found.entity, found.severity) == ("v1", "IfcWall", Severity.WARNING)
    assert found.message.startswith("1 IfcWall of str.ifc stand exactly where arch.ifc has one")
    assert found.hint
    assert {"w1", "w2", "v1"} <= set(model.by_id())
    assert len(meshes) == 3


@pytest.mark.parametrize(
    "other",
    [
        part("str.ifc", "B", wall("v1", "B1"), origin=(0.02, 0.0, 0.0)),  # beside
        part("str.ifc", "B", wall("v1", "B1", ifc_class="IfcBeam")),  # something else
        part("str.ifc", "B", wall("w1", "B1", name="other")),  # the same GlobalId: told as such
        part("str.ifc", "B", wall("v1", "B1", ifc_class="IfcSpace")),
    ],
)
def test_what_is_not_the_same_thing_is_not_doubled(other):
    model, _ = federate([part("arch.ifc", "A", wall("w1", "A1")), other])
    assert "federation.doubled" not in rules(model)


def test_boxes_that_stand_for_missing_geometry_are_not_doubled():
    parts = [part("a.ifc", "A", wall("w1", "A1")), part("b.ifc", "B", wall("v1", "B1"))]
    boxes = [replace(p, meshes=MeshSet(tuple(replace(m, kernel=Kernel.BOX) for m in p.meshes))) for p in parts]
    assert "federation.doubled" in rules(federate(parts)[0])
    assert "federation.doubled" not in rules(federate(boxes)[0])


def test_every_finding_says_what_to_change():
    model, _ = federate(
        [
            part("arch.ifc", "A", wall("w1", "A1")),
            part("b.ifc", "B", wall("w1", "B1", name="x"), wall("v", "B1"), unit=0.001),
        ]
    )
    assert all(item.hint for item in model.findings if item.rule.startswith("federation."))
