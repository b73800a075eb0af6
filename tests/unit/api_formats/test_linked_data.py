"""Linked data: both encodings say the same, whatever stands in the names."""

import json

import pytest
from pyld import jsonld

from api.formats import PREFIXES, Statements, json_ld, statements, turtle
from graph import Scope, to_batch
from ifc import ElementRecord, Measure, Relation, RelationKind
from twin.live import Point, PointKind

BASE = "http://127.0.0.1/api/v1/buildings/120900101/versions/as-built/1/elements"
UGLY = 'tuba "1"\\ \n\tõäü 𝄞 <b> {} ^'


def record(gid, ifc_class, *relations, **options):
    return ElementRecord(gid, ifc_class, relations=tuple(Relation(k, t) for k, t in relations), **options)


RECORDS = {
    r.global_id: r
    for r in (
        record("project", "IfcProject"),
        record("building", "IfcBuilding", name="Maja"),
        record(
            "storey", "IfcBuildingStorey", (RelationKind.AGGREGATED_IN, "building"),
            attributes={"Elevation": Measure(-0.5, "m", "IfcLengthMeasure")},
        ),
        record("0$room_1", "IfcSpace", (RelationKind.AGGREGATED_IN, "storey"), name=UGLY),
        record(
            "wall", "IfcWall", (RelationKind.CONTAINED_IN, "storey"), (RelationKind.BOUNDS, "0$room_1"),
            property_sets={"Pset_WallCommon": {"IsExternal": True, "FireRating": "EI 60"}},
        ),
        record("opening~2", "IfcOpeningElement", (RelationKind.VOIDS, "wall")),
        record("type", "IfcWallType"),
    )
}  # fmt: skip
POINTS = (
    Point("120900101", "t:1", "0$room_1", PointKind.SENSOR, "Temperature", "Cel", "Õhk", space="0$room_1"),
    Point("120900101", "w", "wall", PointKind.SENSOR, "Humidity", "%", space="0$room_1"),
    Point("120900101", "odd", "not-there", PointKind.ACTUATOR, "Strangeness", "{count}"),
)


@pytest.fixture(scope="module")
def content():
    batch = to_batch(Scope("120900101", "as-built"), 1, "", RECORDS)
    return tuple(statements(batch, POINTS, BASE, "project"))


def triples(dataset):
    return {json.dumps(t, sort_keys=True) for t in dataset["@default"]}


def test_both_encodings_say_the_same(content):
    as_turtle = jsonld.JsonLdProcessor.parse_nquads(b"".join(turtle(content)).decode())
    as_json = jsonld.to_rdf(json.loads(b"".join(json_ld(content))))
    assert triples(as_turtle) == triples(as_json)
    assert len(triples(as_turtle)) > 40


def test_the_terms_are_those_of_the_standards(content):
    lines = set(b"".join(turtle(content)).decode().splitlines())
    room = f"<{BASE}/0$room_1>"
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert f"{room} {rdf_type} <https://w3id.org/bot#Space> ." in lines
    assert f"{room} {rdf_type} <{PREFIXES['ifc']}IfcSpace> ." in lines
    assert f"<{BASE}/storey> <https://w3id.org/bot#hasSpace> {room} ." in lines
    assert f"{room} <https://w3id.org/bot#adjacentElement> <{BASE}/wall> ." in lines
    assert f"<{BASE}/wall> <urn:kaksik:term:hasOpening> <{BASE}/opening~2> ." in lines
    point = f"<{BASE}/point:t:1>"
    assert f"{point} {rdf_type} <{PREFIXES['brick']}Temperature_Sensor> ." in lines
    assert f"{point} <{PREFIXES['brick']}isPointOf> {room} ." in lines
    assert f"{point} <{PREFIXES['brick']}hasUnit> <{PREFIXES['unit']}DEG_C> ." in lines
    assert f"<{PREFIXES['unit']}DEG_C> {rdf_type} <{PREFIXES['qudt']}Unit> ." in lines
    assert f"<{BASE}/wall> {rdf_type} <{PREFIXES['brick']}Equipment> ." in lines
    assert f"<{BASE}/wall> <{PREFIXES['brick']}hasLocation> {room} ." in lines
    project = f"<{BASE}/project#project>"
    assert f"<{BASE}/wall#ifc> <{PREFIXES['ref']}hasIfcProjectReference> {project} ." in lines
    assert f'<{BASE}/storey> <urn:kaksik:term:elevationM> "-5.0E-1"^^<{PREFIXES["xsd"]}double> .' in lines
    assert f'<{BASE}/wall#ifc> <{PREFIXES["ref"]}ifcGlobalID> "wall" .' in lines


def test_what_is_not_in_the_model_is_not_pointed_at(content):
    odd = next(s for s in content if s.subject.endswith("point:odd"))
    assert odd.links == ()
    assert odd.types == ("brick:Command",)


def test_a_name_survives_as_it_is(content):
    dataset = jsonld.JsonLdProcessor.parse_nquads(b"".join(turtle(content)).decode())
    names = [t["object"]["value"] for t in dataset["@default"] if t["predicate"]["value"].endswith("label")]
    graph = json.loads(b"".join(json_ld(content)))["@graph"]
    assert UGLY in names
    assert UGLY in [value for entry in graph for value in entry.get("rdfs:label", ())]


def test_it_comes_subject_by_subject(content):
    assert len(list(turtle(content))) == len(content)
    assert len(list(json_ld(content))) > len(content)


def test_what_ends_a_line_for_some_readers_is_escaped():
    odd = Statements("urn:x", (), (), (("rdfs:label", "a\x07b\u2028c\x85\ud800"),))
    assert b'"a\\u0007b\\u2028c\\u0085?"' in b"".join(turtle([odd]))
    assert json.loads(b"".join(json_ld([odd])))["@graph"][0]["rdfs:label"] == ["a\x07b\u2028c\x85?"]
