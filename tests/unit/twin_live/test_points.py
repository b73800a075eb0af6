import json
from dataclasses import replace

import pytest

from ifc import ElementRecord, MeshSet, Reference, Relation, RelationKind, Severity
from twin.errors import InvalidInput
from twin.live import Point, PointKind, check_binding, points_from_records, read_points
from twin.live.places import Places
from twin.snapshot import Snapshot, Stage

BUILDING = "101234567"
BRICK = "https://brickschema.org/schema/Brick#"
GOOD = {
    "point_id": "112-temp",
    "building_id": BUILDING,
    "global_id": "0001",
    "kind": "sensor",
    "quantity_kind": "Temperature",
    "unit": "Cel",
    "name": "Õpperuum 112",
    "range": [-30, 60],
    "interval_s": 60,
}


def file_of(*items: object) -> bytes:
    return json.dumps({"note": "x", "points": items}, indent=1).encode()


def test_a_points_file_is_read_in_order_and_written_back_alike() -> None:
    second = GOOD | {"point_id": "112-co2", "quantity_kind": "MoleFraction", "unit": "ppm", "range": None}
    points = read_points(file_of(GOOD, second))
    assert [point.point_id for point in points] == ["112-temp", "112-co2"]
    assert points[0].range == (-30.0, 60.0)
    assert points[1].unit == "[ppm]"  # the common spelling became UCUM
    assert points[0].as_json() == GOOD | {"space": None, "parent": None}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unit": "furlong"}, "unit-unknown"),
        ({"unit": "kW"}, "unit-dimension"),
        ({"kind": "thing"}, "point-invalid"),
        ({"kind": None}, "point-invalid"),
        ({"building_id": "412345678"}, "point-invalid"),
        ({"building_id": "../../etc"}, "point-invalid"),
        ({"point_id": "a/b"}, "point-invalid"),
        ({"point_id": "+"}, "point-invalid"),
        ({"point_id": ""}, "point-invalid"),
        ({"point_id": "x" * 65}, "point-invalid"),
        ({"range": [60, -30]}, "point-invalid"),
        ({"range": [True, 3]}, "point-invalid"),
        ({"range": [1]}, "point-invalid"),
        ({"interval_s": 0}, "point-invalid"),
        ({"interval_s": "60"}, "point-invalid"),
        ({"interval_s": float("nan")}, "point-invalid"),
        ({"global_id": 5}, "point-invalid"),
        ({"name": "\ud800"}, "point-invalid"),
    ],
)
def test_a_bad_point_is_named_with_its_line(change: dict[str, object], reason: str) -> None:
    bad = GOOD | {"point_id": "bad"} | change
    data = file_of(GOOD, bad)
    with pytest.raises(InvalidInput) as caught:
        read_points(data)
    assert caught.value.reason == reason
    assert caught.value.entity == str(bad["point_id"])[:64]
    lines = data.decode().splitlines()
    assert caught.value.line is not None
    assert lines[caught.value.line - 1].strip() == "{"
    assert lines[caught.value.line].strip().startswith('"point_id"')
    assert caught.value.line > 5  # not the first point


def test_two_points_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_points(file_of(GOOD, GOOD | {"global_id": "0002"}))
    assert (caught.value.reason, caught.value.entity) == ("point-duplicate", "112-temp")


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b'{\n"points": [\n}', "not-json", 3),
        (b'{"points":\n[\xff]}', "encoding", 2),
        (b"[]", "point-invalid", 1),
        (b'{"points": 5}', "point-invalid", 1),
        (b'{"points": [\n\n7]}', "point-invalid", 3),
        (b"[" * 100_000, "not-json", None),
        (b'{"points": [' + b"1" * 5000 + b"]}", "not-json", None),
    ],
)
def test_a_file_that_is_not_a_points_file(data: bytes, reason: str, line: int | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_points(data)
    assert (caught.value.reason, caught.value.line) == (reason, line)


def relation(kind: RelationKind, target: str) -> tuple[Relation, ...]:
    return (Relation(kind, target),)


RECORDS = {
    record.global_id: record
    for record in (
        ElementRecord("space", "IfcSpace", name="112"),
        ElementRecord("wall", "IfcWall"),
        ElementRecord("opening", "IfcOpeningElement"),
        ElementRecord(
            "named",
            "IfcSensor",
            name="T",
            predefined_type="TEMPERATURESENSOR",
            property_sets={"Pset_SensorTypeCommon": {"Reference": "112-temp"}},
            relations=relation(RelationKind.CONTAINED_IN, "space"),
        ),
        ElementRecord(
            "library",
            "IfcSensor",
            predefined_type="CO2SENSOR",
            attributes={"Tag": "tag-7"},
            references=(Reference("library", "BACnet", identification="AI-7"), Reference("classification", "CCI")),
        ),
        ElementRecord("nameless", "IfcSensor", predefined_type="HUMIDITYSENSOR", name="not / a name"),
        ElementRecord("mystery", "IfcSensor", predefined_type="NOTDEFINED"),
        ElementRecord("type", "IfcSensorType", predefined_type="TEMPERATURESENSOR"),
        ElementRecord("old", "IfcDistributionControlElement", relations=relation(RelationKind.TYPED_BY, "type")),
        ElementRecord("meter", "IfcFlowMeter", predefined_type="ENERGYMETER", attributes={"Tag": "M1"}),
        ElementRecord("valve", "IfcActuator", relations=relation(RelationKind.AGGREGATED_IN, "named")),
    )
}


def test_points_that_a_model_declares() -> None:
    points, findings = points_from_records(BUILDING, RECORDS)
    found = {point.global_id: point for point in points}
    assert {key: point.point_id for key, point in found.items()} == {
        "named": "112-temp",
        "library": "AI-7",
        "nameless": "nameless",
        "old": "old",
        "meter": "M1",
        "valve": "valve",
    }
    assert found["named"].space == found["valve"].space == "space"
    assert found["library"].space is None
    assert (found["old"].quantity_kind, found["old"].unit) == ("Temperature", "Cel")
    assert found["meter"].kind is PointKind.METER
    assert {point.interval_s for point in points} == {None}  # a file does not say it, so nobody invents it
    assert [(finding.rule, finding.global_id) for finding in findings] == [("point.quantity-unknown", "mystery")]


def snapshot(version: int = 1, without: str = "") -> Snapshot:
    records = {key: record for key, record in RECORDS.items() if key != without}
    return Snapshot(BUILDING, Stage.AS_BUILT, version, "", records, MeshSet(()), None)


def point(
    global_id: str, kind: PointKind = PointKind.SENSOR, quantity: str = "Temperature", unit: str = "Cel"
) -> Point:
    return Point(BUILDING, "p", global_id, kind, quantity, unit)


@pytest.mark.parametrize(
    ("bound", "rules"),
    [
        (point("named"), []),
        (point("space"), []),
        (point("wall"), []),
        (point("gone"), ["point.orphan"]),
        (point("opening"), ["point.wrong-element"]),
        (point("type"), ["point.wrong-element"]),
        (point("wall", PointKind.ACTUATOR, "DimensionlessRatio", "%"), ["point.wrong-element"]),
        (point("wall", PointKind.METER, "Energy", "kW.h"), ["point.wrong-element"]),
        (point("named", PointKind.SETPOINT), ["point.wrong-element"]),
        (point("named", quantity="Power", unit="kW"), ["point.quantity-mismatch"]),
        (point("meter", PointKind.METER, "Power", "kW"), []),
        (point("space", quantity="Radioactivity", unit="1"), ["point.quantity-kind-unknown"]),
        (point("library", quantity="MoleFraction", unit="[ppm]"), ["point.no-space"]),
    ],
)
def test_a_binding_is_judged(bound: Point, rules: list[str]) -> None:
    findings = check_binding(bound, snapshot())
    assert [finding.rule for finding in findings] == rules
    assert all(finding.entity == "p" and finding.message and finding.hint for finding in findings)


def test_a_binding_becomes_an_orphan_with_the_next_version() -> None:
    assert check_binding(point("named"), snapshot(1)) == ()
    (finding,) = check_binding(point("named"), snapshot(2, without="named"))
    assert (finding.rule, finding.severity, finding.global_id) == ("point.orphan", Severity.ERROR, "named")


def test_a_point_of_another_building_is_not_judged_here() -> None:
    other = Point("109999999", "p", "named", PointKind.SENSOR, "Temperature", "Cel")
    assert [finding.rule for finding in check_binding(other, snapshot())] == ["point.wrong-building"]


CSV = """point_id;building_id;global_id;kind;quantity_kind;unit;name;range_low;range_high;interval_s
112-temp;101234567;0aB$x;sensor;Temperature;Cel;Room 112;-30;60;60
meter;101234567;0aB$y;meter;Energy;kW.h;;;;900
"""


@pytest.mark.parametrize("delimiter", [";", ","])
def test_a_table_binds_as_json_does(delimiter: str) -> None:
    first, second = read_points(CSV.replace(";", delimiter).encode())
    assert (first.name, first.range, first.interval_s, first.unit) == ("Room 112", (-30.0, 60.0), 60.0, "Cel")
    assert (second.kind, second.range, second.interval_s) == (PointKind.METER, None, 900.0)


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ("kW.h", "furlong", "unit-unknown", 3),
        ("-30", "cold", "point-invalid", 2),
        (";900", ";0", "point-invalid", 3),
        ("meter;101", "112-temp;101", "point-duplicate", 3),
        ("Energy", "Temperature", "unit-dimension", 3),
    ],
)
def test_a_faulty_line_of_a_table_is_named(old: str, new: str, reason: str, line: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_points(CSV.replace(old, new, 1).encode())
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_a_sensor_in_a_calculated_area_is_a_finding() -> None:
    point = Point("101234567", "co2", "s", PointKind.SENSOR, "MoleFraction", "[ppm]")
    for predefined, expected in (
        ("GFA", ["point.wrong-space"]),
        ("EXTERNAL", ["point.wrong-space"]),
        ("INTERNAL", []),
    ):
        records = {"s": ElementRecord("s", "IfcSpace", predefined_type=predefined)}
        snapshot = Snapshot("101234567", Stage.AS_BUILT, 1, "", records, MeshSet(()), None)
        assert [finding.rule for finding in check_binding(point, snapshot)] == expected


def ducts(*spaces: str) -> dict[str, ElementRecord]:
    """A sensor on a duct: sensor - segment - fitting - one terminal in each of the spaces."""

    def port(name: str, owner: str, *others: str) -> ElementRecord:
        links = tuple(Relation(RelationKind.PORT_CONNECTED_TO, other) for other in others)
        return ElementRecord(
            name, "IfcDistributionPort", relations=(*relation(RelationKind.NESTED_IN, owner), *links)
        )

    records = [
        ElementRecord("sensor", "IfcSensor", predefined_type="TEMPERATURESENSOR"),
        ElementRecord("segment", "IfcDuctSegment"),
        ElementRecord("fitting", "IfcDuctFitting"),
        port("p-sensor", "sensor"),
        port("p-tap", "segment", "p-sensor"),  # the sensor is the sink: connections lead both ways
        port("p-end", "segment", "p-in"),
        port("p-in", "fitting"),
    ]
    for name in spaces:
        inside = relation(RelationKind.CONTAINED_IN, name)
        records += [
            ElementRecord(name, "IfcSpace"),
            ElementRecord(f"terminal-{name}", "IfcAirTerminal", relations=inside),
            port(f"p-out-{name}", "fitting", f"p-{name}"),
            port(f"p-{name}", f"terminal-{name}"),
        ]
    return {record.global_id: record for record in records}


def test_a_sensor_on_a_duct_stands_where_the_duct_leads() -> None:
    assert Places(ducts("a")).space_of("sensor") == "a"
    assert Places(ducts("a")).space_of("segment") == "a"
    assert Places(ducts("a", "b")).space_of("sensor") is None  # it serves two rooms alike
    assert Places(ducts()).space_of("sensor") is None
    (point,), _ = points_from_records(BUILDING, ducts("a"))
    assert point.space == "a"
    near = ducts("a", "b")
    near["segment"] = replace(near["segment"], relations=relation(RelationKind.CONTAINED_IN, "b"))
    assert Places(near).space_of("sensor") == "b"  # the nearest decides


def test_an_actuator_without_a_place_stands_where_what_it_controls_does() -> None:
    records = ducts("a")
    records["valve"] = ElementRecord("valve", "IfcActuator", relations=relation(RelationKind.CONTROLS, "segment"))
    assert Places(records).space_of("valve") == "a"


@pytest.mark.parametrize(
    ("reference", "name", "quantity"),
    [
        (Reference("library", "BACnet", identification="12.15"), "12.15", None),
        (Reference("library", "OPC", identification="Area1.TT101"), "Area1.TT101", None),
        (Reference("library", "Brick", identification=BRICK + "Zone_Air_Temperature_Sensor"), "s", "Temperature"),
        (Reference("library", "Brick", location=BRICK + "Electrical_Power_Sensor"), "s", "Power"),
        (Reference("classification", "Brick", identification=BRICK + "Zone_Air_Temperature_Sensor"), "s", None),
    ],
)
def test_a_reference_to_another_system_names_the_point_or_what_it_measures(
    reference: Reference, name: str, quantity: str | None
) -> None:
    said = "CO2SENSOR" if quantity is None and reference.role == "library" else "USERDEFINED"
    records = {"s": ElementRecord("s", "IfcSensor", predefined_type=said, references=(reference,))}
    points, findings = points_from_records(BUILDING, records)
    if reference.role == "classification":
        assert [finding.rule for finding in findings] == ["point.quantity-unknown"]
    else:
        assert [point.point_id for point in points] == [name]
        assert points[0].quantity_kind == (quantity or "AmountOfSubstanceFraction")
