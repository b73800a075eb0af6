"""Binding points to a model: what the model itself declares, and whether a binding holds in a version.

What an IFC file says of a sensor is its class, its kind, its place and perhaps a reference to an outside system. It
rarely says its wire name, never how often it speaks. What is not said is left out or becomes a finding.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ifc import ElementRecord, ReadFinding, RelationKind, Severity
from twin.live.places import Places
from twin.live.points import POINT_ID, Point, PointKind
from twin.live.units import QUANTITY_KINDS, fits_quantity_kind, unit_of
from twin.snapshot import Snapshot

# IFC4 IfcSensorTypeEnum and IfcFlowMeterTypeEnum: the quantity kind (QUDT) and usual unit (UCUM) that follow.
_QUANTITY_BY_TYPE: Mapping[str, tuple[str, str]] = {
    "TEMPERATURESENSOR": ("Temperature", "Cel"),
    "CO2SENSOR": ("AmountOfSubstanceFraction", "[ppm]"),
    "COSENSOR": ("AmountOfSubstanceFraction", "[ppm]"),
    "HUMIDITYSENSOR": ("RelativeHumidity", "%"),
    "PRESSURESENSOR": ("Pressure", "Pa"),
    "LIGHTSENSOR": ("Illuminance", "lx"),
    "FLOWSENSOR": ("VolumeFlowRate", "m3/h"),
    "SOUNDSENSOR": ("SoundPressureLevel", "dB[SPL]"),
    "WINDSENSOR": ("Velocity", "m/s"),
    "LEVELSENSOR": ("Length", "m"),
    "PHSENSOR": ("Acidity", "[pH]"),
    "MOVEMENTSENSOR": ("Dimensionless", "1"),
    "CONTACTSENSOR": ("Dimensionless", "1"),
    "SMOKESENSOR": ("Dimensionless", "1"),
    "FIRESENSOR": ("Dimensionless", "1"),
    "ENERGYMETER": ("Energy", "kW.h"),
    "ELECTRICMETER": ("Energy", "kW.h"),
    "WATERMETER": ("Volume", "m3"),
    "GASMETER": ("Volume", "m3"),
    "OILMETER": ("Volume", "m3"),
}
# Actuators are written as a share of their stroke; every IfcActuatorTypeEnum that moves is one.
_ACTUATOR_QUANTITY = ("DimensionlessRatio", "%")
# An IfcLibraryReference may name the class of Brick that a device is, where its predefined type says nothing.
_BRICK = "brickschema.org/schema/Brick#"
_QUANTITY_BY_BRICK: Mapping[str, tuple[str, str]] = {
    "Temperature": ("Temperature", "Cel"),
    "CO2": ("AmountOfSubstanceFraction", "[ppm]"),
    "Humidity": ("RelativeHumidity", "%"),
    "Pressure": ("Pressure", "Pa"),
    "Illuminance": ("Illuminance", "lx"),
    "Flow": ("VolumeFlowRate", "m3/h"),
    "Energy": ("Energy", "kW.h"),
    "Power": ("Power", "kW"),
    "Occupancy": ("Dimensionless", "1"),
}
_KIND_BY_CLASS: Mapping[str, PointKind] = {
    "IfcSensor": PointKind.SENSOR,
    "IfcSensorType": PointKind.SENSOR,
    "IfcActuator": PointKind.ACTUATOR,
    "IfcActuatorType": PointKind.ACTUATOR,
    "IfcFlowMeter": PointKind.METER,
    "IfcFlowMeterType": PointKind.METER,
}
_COMMON_SETS = ("Pset_SensorTypeCommon", "Pset_ActuatorTypeCommon", "Pset_FlowMeterTypeCommon")
# Objects that nothing can be measured on.
_NEVER = frozenset(
    {
        "IfcProject",
        "IfcOpeningElement",
        "IfcOpeningStandardCase",
        "IfcVoidingFeature",
        "IfcDistributionPort",
        "IfcAnnotation",
        "IfcGrid",
        "IfcVirtualElement",
        "IfcTask",
        "IfcPropertySet",
    }
)
# Objects that can be measured but not driven.
_PASSIVE = frozenset(
    {
        "IfcWall",
        "IfcWallStandardCase",
        "IfcSlab",
        "IfcRoof",
        "IfcColumn",
        "IfcBeam",
        "IfcMember",
        "IfcPlate",
        "IfcCovering",
        "IfcStair",
        "IfcStairFlight",
        "IfcRamp",
        "IfcRampFlight",
        "IfcRailing",
        "IfcFooting",
        "IfcPile",
        "IfcFurniture",
        "IfcFurnishingElement",
    }
)


def _finding(
    rule: str, severity: Severity, message: str, hint: str, global_id: str, point_id: str | None
) -> ReadFinding:
    return ReadFinding(f"point.{rule}", severity, message, hint, global_id=global_id, entity=point_id)


def _declared_kind(record: ElementRecord, records: Mapping[str, ElementRecord]) -> PointKind | None:
    """Return the kind by the class of an occurrence, or by its type as IFC2X3 writes it."""
    if record.ifc_class in _KIND_BY_CLASS:
        return None if record.ifc_class.endswith("Type") else _KIND_BY_CLASS[record.ifc_class]
    types = (records[target] for target in record.targets(RelationKind.TYPED_BY) if target in records)
    return next((_KIND_BY_CLASS[item.ifc_class] for item in types if item.ifc_class in _KIND_BY_CLASS), None)


def _predefined_type(record: ElementRecord, records: Mapping[str, ElementRecord]) -> str:
    types = (records[target] for target in record.targets(RelationKind.TYPED_BY) if target in records)
    return record.predefined_type or next((item.predefined_type for item in types), "")


def _wire_name(record: ElementRecord) -> str:
    """Return the most deliberate name: outside reference, Reference, Tag, then the GlobalId, which always serves."""
    library = (item.identification for item in record.references if item.role == "library")
    sets = (record.property_sets.get(name, {}) for name in _COMMON_SETS)
    references = (str(properties.get("Reference") or "") for properties in sets)
    candidates = (*library, *references, str(record.attributes.get("Tag") or ""))
    return next((name for name in candidates if POINT_ID.fullmatch(name)), record.global_id)


def points_from_records(
    building_id: str, records: Mapping[str, ElementRecord]
) -> tuple[tuple[Point, ...], tuple[ReadFinding, ...]]:
    """Return the points that a model declares, and findings for the devices that cannot become points.

    A point gets no range and no interval: an IFC file does not say them. Its name is the identification of an
    IfcLibraryReference, else `Reference` of its common property set, else its Tag, else its GlobalId.

    Args:
        building_id: Building that the records belong to.
        records: All records of one version by GlobalId.
    """
    places = Places(records)
    points: dict[str, Point] = {}
    findings: list[ReadFinding] = []
    for record in records.values():
        kind = _declared_kind(record, records)
        if kind is None:
            continue
        declared = _predefined_type(record, records)
        quantity = _QUANTITY_BY_TYPE.get(declared) or _quantity_by_brick(record)
        if quantity is None and kind is PointKind.ACTUATOR:
            quantity = _ACTUATOR_QUANTITY
        if quantity is None:
            findings.append(_unknown_quantity(record, declared))
            continue
        name = _wire_name(record)
        point_id = name if name not in points else record.global_id
        space = places.space_of(record.global_id)
        points[point_id] = Point(
            building_id, point_id, record.global_id, kind, *quantity, name=record.name, space=space
        )
    return tuple(points.values()), tuple(findings)


def _unknown_quantity(record: ElementRecord, declared: str) -> ReadFinding:
    said = f"its predefined type is {declared}" if declared else "it has no predefined type"
    return _finding(
        "quantity-unknown",
        Severity.WARNING,
        f"What {record.name or record.ifc_class} measures is not known: {said}.",
        "Set the predefined type in the authoring tool, or bind the device in a points file.",
        record.global_id,
        None,
    )


def _quantity_by_brick(record: ElementRecord) -> tuple[str, str] | None:
    """Return the quantity that an outside reference to a Brick class names."""
    for item in record.references:
        name = (item.location or item.identification).partition(_BRICK)[2]
        for word, quantity in _QUANTITY_BY_BRICK.items():
            if item.role == "library" and word in name:
                return quantity
    return None


def bind(point: Point, places: Places) -> Point:
    """Return `point` with its space resolved from the model; one stated in a file stays if the model is silent."""
    return replace(point, space=places.space_of(point.global_id) or point.space)


def check_binding(point: Point, snapshot: Snapshot, places: Places | None = None) -> tuple[ReadFinding, ...]:
    """Check one binding against one version of its building; an empty answer means that it holds.

    Args:
        point: The binding.
        snapshot: The version.
        places: Of that version, if it is at hand.

    Returns:
        Findings ``point.unbound``, ``point.orphan``, ``point.wrong-building``, ``point.wrong-element``,
        ``point.wrong-space``, ``point.quantity-mismatch``, ``point.quantity-kind-unknown`` and ``point.no-space``.
    """
    if point.building_id != snapshot.building_id:
        message = f"The point belongs to building {point.building_id}, not to {snapshot.building_id}."
        hint = "Check the point against its own building."
        return (_finding("wrong-building", Severity.ERROR, message, hint, point.global_id, point.point_id),)
    if not point.global_id:
        return (unbound(point),)
    record = snapshot.records.get(point.global_id)
    if record is None:
        message = f"{point.point_id} is bound to an object that version {snapshot.stage}/{snapshot.version} lacks."
        hint = "Bind the point to the object that took its place, or retire the point."
        return (_finding("orphan", Severity.ERROR, message, hint, point.global_id, point.point_id),)
    return tuple(_judge(point, record, places or Places(snapshot.records)))


def unbound(point: Point) -> ReadFinding:
    """Return the finding ``point.unbound`` of a point without an object."""
    message = f"{point.point_id} is bound to no object of the model."
    hint = "Bind it to a space, a device or a system; its readings count meanwhile."
    return _finding("unbound", Severity.WARNING, message, hint, "", point.point_id)


def check_bindings(points: Iterable[Point], snapshot: Snapshot) -> tuple[ReadFinding, ...]:
    """Check every binding against one version; see `check_binding`."""
    places = Places(snapshot.records)
    return tuple(finding for point in points for finding in check_binding(point, snapshot, places))


def _judge(point: Point, record: ElementRecord, places: Places) -> Iterator[ReadFinding]:
    at, records = (record.global_id, point.point_id), places.records
    own = places.space_of(record.global_id)
    if _wrong_element(point, record):
        message = f"A {point.kind} cannot be bound to an {record.ifc_class}."
        yield _finding("wrong-element", Severity.ERROR, message, "Bind it to a space, device or system.", *at)
    if (space := records.get(own or "")) is not None and _wrong_space(point, space):
        message = (
            f"{point.quantity_kind} cannot be measured in {space.name or 'a space'}: it is {space.predefined_type}."
        )
        hint = "Bind it to the room; areas are no rooms, and the air outside has no room air quality."
        yield _finding("wrong-space", Severity.ERROR, message, hint, *at)
    if fits_quantity_kind(point.quantity_kind, point.unit) is None:
        message = f"{point.quantity_kind} is not a quantity kind known here; its unit was not judged."
        hint = f"Use a QUDT name, such as {', '.join(sorted(QUANTITY_KINDS)[:4])}."
        yield _finding("quantity-kind-unknown", Severity.WARNING, message, hint, *at)
    declared = _predefined_type(record, records)
    expected = _QUANTITY_BY_TYPE.get(declared)
    if expected and not _same_family(point, expected):
        message = f"The model declares a {declared}, the point sends {point.quantity_kind} in {point.unit}."
        yield _finding("quantity-mismatch", Severity.WARNING, message, "Correct the model or the point.", *at)
    if point.kind is PointKind.SENSOR and own is None and _is_device(record):
        message = f"The model does not say in which space {point.point_id} stands."
        yield _finding("no-space", Severity.INFO, message, "Contain the device in its IfcSpace.", *at)


def _wrong_element(point: Point, record: ElementRecord) -> bool:
    if record.ifc_class in _NEVER or record.ifc_class.endswith(("Type", "Style")):
        return True
    if record.ifc_class == "IfcSensor" and point.kind in (PointKind.ACTUATOR, PointKind.SETPOINT):
        return True
    return record.ifc_class in _PASSIVE and point.kind is not PointKind.SENSOR


def _wrong_space(point: Point, space: ElementRecord) -> bool:
    """Tell whether a space is a calculated area, in which nothing stands, or outside for a quantity of room air."""
    if space.predefined_type == "GFA":
        return True
    return space.predefined_type == "EXTERNAL" and point.unit == "[ppm]" and point.kind is PointKind.SENSOR


def _same_family(point: Point, expected: tuple[str, str]) -> bool:
    """Tell whether a point measures what its device declares; an energy meter may send power, a water meter flow."""
    rates = {"energy": "power", "volume": "volume flow", "volume flow": "mass flow"}
    wanted, sent = unit_of(expected[1]).dimension, unit_of(point.unit).dimension
    return sent in (wanted, rates.get(wanted))


def _is_device(record: ElementRecord) -> bool:
    return record.ifc_class in _KIND_BY_CLASS and not record.ifc_class.endswith("Type")
