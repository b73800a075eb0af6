"""Where the model stands on the map, from whatever the file offers, with doubts as findings."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ifc.findings import ReadFinding, Severity
from ifc.records import ElementRecord, Georeference, Measure, Value
from ifc.site_location import from_site
from ifc.source import Entity, Source, step_id
from ifc.units import UnitReader, Units

EASTING_RANGE_M = (
    370_000.0,
    740_000.0,
)  # Estonia in EPSG:3301; the two ranges do not meet, so axes can be told apart
NORTHING_RANGE_M = (6_375_000.0, 6_635_000.0)
_CONVERSION_SET = "epset_mapconversion"
_SCALE_RANGE = (0.99, 1.01)  # a map projection scales by parts per thousand; anything else is a mistaken unit
_FARTHEST_M = 1e8  # no projected coordinate is larger, zone prefixes of Gauss-Krueger included
_ESTONIAN = "3301"


@dataclass(frozen=True, slots=True)
class Located:
    """A georeference, if there is one, and what is doubtful about it."""

    georeference: Georeference | None
    findings: tuple[ReadFinding, ...] = ()


def _doubt(rule: str, message: str, hint: str, severity: Severity = Severity.WARNING) -> ReadFinding:
    return ReadFinding(f"georeference.{rule}", severity, message, hint)


def locate(
    source: Source, units: Units, reader: UnitReader, records: Sequence[ElementRecord], north: float
) -> Located:
    """Return the georeference of the file, the most explicit statement first.

    Args:
        source: The parsed file.
        units: Units of the project.
        reader: Reader of units.
        records: All records.
        north: Angle in radians from the model's x axis to true north, counter-clockwise.
    """
    for find in (_map_conversion(source, units, reader), _property_set(records, units), _benchmark(records, units)):
        if find is not None:
            return find
    located = from_site(records, north)
    if located is None:
        note = "The file does not say where the building stands."
        return Located(None, (_doubt("none", note, "Add an IfcMapConversion or the AR_Reeper benchmark."),))
    georeference, message = located
    return Located(georeference, (_doubt("site", message, "Add an IfcMapConversion or the AR_Reeper benchmark."),))


def _in(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _metres(values: Iterable[float], limits: tuple[float, float]) -> float:
    """Return the first candidate within `limits`, else the first."""
    candidates = list(values)
    return next((value for value in candidates if _in(value, limits)), candidates[0])


def _map_conversion(source: Source, units: Units, reader: UnitReader) -> Located | None:
    found = [*source.of("IfcMapConversion"), *source.of("IfcRigidOperation")]
    if not found:
        return None
    entity = min(found, key=lambda item: (_numbers(source, item), step_id(item)))
    crs = source.get(entity, "TargetCRS")
    unit = reader.read(source.get(crs, "MapUnit")) if crs is not None else None
    east, north, height, abscissa, ordinate, scale = _numbers(source, entity)
    name, datum = (
        ("", "") if crs is None else (source.text(source.get(crs, key)) for key in ("Name", "VerticalDatum"))
    )
    given = _Conversion(name, datum, east, north, height, abscissa, ordinate, scale)
    return _located("IfcMapConversion", given, unit.factor if unit else None, units.length_m)


def _numbers(source: Source, entity: Entity) -> tuple[float, float, float, float, float, float]:
    def number(default: float, *names: str) -> float:
        value = source.first(entity, *names)
        inner = value if isinstance(value, int | float) or value is None else value[0]
        return float(inner) if isinstance(inner, int | float) and math.isfinite(inner) else default

    return (
        number(0.0, "Eastings", "FirstCoordinate"),
        number(0.0, "Northings", "SecondCoordinate"),
        number(0.0, "OrthogonalHeight", "Height"),
        number(1.0, "XAxisAbscissa"),
        number(0.0, "XAxisOrdinate"),
        number(1.0, "Scale"),
    )


@dataclass(frozen=True, slots=True)
class _Conversion:
    """A map conversion as the file gives it, in its own units."""

    crs: str
    vertical: str
    east: float
    north: float
    height: float
    abscissa: float
    ordinate: float
    scale: float


def _located(source: str, given: _Conversion, map_unit_m: float | None, length_m: float) -> Located:
    findings = list[ReadFinding]()
    unit = map_unit_m if map_unit_m is not None else length_m
    scale = given.scale * unit / length_m
    if not _in(scale, _SCALE_RANGE):
        if not _in(given.scale, _SCALE_RANGE):
            note = f"The scale {given.scale:g} of the map conversion does not fit the units of the model and the map."
            findings.append(_doubt("scale", note + " 1 is assumed.", "Correct Scale or MapUnit."))
            scale = 1.0
        else:
            scale = given.scale
    east, north, height = given.east * unit, given.north * unit, given.height * unit
    if _ESTONIAN in given.crs:
        east, north, more = _estonian(given.east, given.north, unit)
        height = given.height if east == given.east and north == given.north else height
        findings += more
    elif max(abs(east), abs(north)) > _FARTHEST_M:
        east, north = east * 1e-3, north * 1e-3
        findings.append(
            _doubt("unit", "The coordinates are millimetres, not the unit that is named.", "Set MapUnit.")
        )
    if not given.crs:
        findings.append(
            _doubt("crs", "The map conversion names no coordinate system.", "Name it, such as EPSG:3301.")
        )
    rotation = math.degrees(math.atan2(given.ordinate, given.abscissa))
    return Located(
        Georeference(source, given.crs, given.vertical, east, north, height, rotation, scale), tuple(findings)
    )


def _estonian(east: float, north: float, unit: float) -> tuple[float, float, list[ReadFinding]]:
    """Return easting and northing in metres, told by their ranges, and what had to be corrected."""
    for factor in (unit, 1.0, 0.001, 1_000.0):
        first, second = east * factor, north * factor
        doubts = (
            []
            if factor == unit
            else [_doubt("unit", "The coordinates are not in the unit that is named.", "Set MapUnit.")]
        )
        if _in(first, EASTING_RANGE_M) and _in(second, NORTHING_RANGE_M):
            return first, second, doubts
        if _in(second, EASTING_RANGE_M) and _in(first, NORTHING_RANGE_M):
            note = "Easting and northing are exchanged; their ranges tell which is which."
            return second, first, [*doubts, _doubt("axes", note, "Exchange the two coordinates.")]
    note = "The coordinates lie outside Estonia, although the coordinate system is Estonian."
    return east * unit, north * unit, [_doubt("range", note, "Check the coordinates.", Severity.ERROR)]


def _number(value: Value) -> float | None:
    if isinstance(value, Measure):
        return value.value
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(" ", "").replace(",", "."))
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _raw(value: Value, length_m: float) -> float | None:
    """Return a number as typed into the file: a length goes back to the unit of the file."""
    number = _number(value)
    if number is not None and isinstance(value, Measure) and value.unit == "m":
        return number / length_m
    return number


def _property_set(records: Sequence[ElementRecord], units: Units) -> Located | None:
    """Return what the agreed property sets of IFC2X3 say, or None."""
    names = {name for record in records for name in record.property_sets if len(name) == len(_CONVERSION_SET)}
    if not any(name.lower() == _CONVERSION_SET for name in names):
        return None
    for record in records:
        sets = {name.lower(): content for name, content in record.property_sets.items()}
        conversion = sets.get(_CONVERSION_SET)
        if conversion is None:
            continue
        crs = sets.get("epset_projectedcrs", {})
        name = str(crs.get("Name") or conversion.get("TargetCRS") or "")

        def number(key: str, default: float, content: Mapping[str, Value] = conversion) -> float:
            value = _raw(content.get(key), units.length_m)
            return default if value is None else value

        given = _Conversion(
            name,
            str(crs.get("VerticalDatum") or ""),
            number("Eastings", 0.0),
            number("Northings", 0.0),
            number("OrthogonalHeight", 0.0),
            number("XAxisAbscissa", 1.0),
            number("XAxisOrdinate", 0.0),
            number("Scale", 1.0),
        )
        unit = 1.0 if "METRE" in str(crs.get("MapUnit") or "").upper() else None
        return _located("ePset_MapConversion", given, unit, units.length_m)
    return None


def _benchmark(records: Sequence[ElementRecord], units: Units) -> Located | None:
    """Return what the benchmark of the Estonian common BIM requirements says, or None."""
    for record in records:
        content = record.property_sets.get("AR_Reeper")
        if content is None:
            continue
        values = {name[:2]: value for name, value in content.items()}
        x, y, z = (_raw(values.get(number), units.length_m) for number in ("01", "02", "03"))
        if x is None or y is None:
            note = "The benchmark AR_Reeper lacks a coordinate."
            return Located(None, (_doubt("benchmark", note, "Fill 01_X-(L-EST) and 02_Y-(L-EST)."),))
        return _from_benchmark(record, (x, y, z), values.get("04"), units)
    return None


def _from_benchmark(
    record: ElementRecord, point: tuple[float, float, float | None], angle: Value, units: Units
) -> Located:
    east, north, findings = _estonian(point[0], point[1], 1.0)
    if any(item.severity is Severity.ERROR for item in findings):
        return Located(None, tuple(findings))
    degrees = _degrees(angle)
    if degrees is None:
        findings.append(_doubt("rotation", "The benchmark gives no angle; 0 is assumed.", "Fill 04_Nurk."))
    if point[2] is None:
        findings.append(_doubt("height", "The benchmark gives no height; 0 is assumed.", "Fill 03_Z-(EH2000)."))
    turn = -math.radians(degrees or 0.0)  # project north is turned clockwise from true north by the angle
    x, y, z = (record.placement[index] if record.placement else 0.0 for index in (3, 7, 11))
    return Located(
        Georeference(
            source="AR_Reeper",
            crs="EPSG:3301",
            vertical_datum="EH2000",
            easting_m=east - (x * math.cos(turn) - y * math.sin(turn)),
            northing_m=north - (x * math.sin(turn) + y * math.cos(turn)),
            height_m=(point[2] or 0.0) - z,
            rotation_deg=math.degrees(math.atan2(math.sin(turn), math.cos(turn))),
        ),
        tuple(findings),
    )


def _degrees(value: Value) -> float | None:
    if isinstance(value, Measure) and value.unit == "rad":
        return math.degrees(value.value)
    return _number(value)
