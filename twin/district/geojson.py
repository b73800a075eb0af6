"""Read parcels and plan areas from GeoJSON in EPSG:3301.

A feature that would silently be wrong is left out with a finding that names it; the others are read. A file that does
not say that it is in EPSG:3301, or that has no usable feature, is refused.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from shapely import MultiPolygon, Polygon, get_coordinates
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.validation import explain_validity

from ifc import ReadFinding
from twin.district.context import Findings
from twin.district.sayable import sayable
from twin.district.values import CRS, EASTING_RANGE_M, NORTHING_RANGE_M, Area, Parcel, Plan, PlanArea
from twin.errors import InvalidInput

MAX_BYTES = 64 * 1024 * 1024  # a municipality's parcels are some 20 MB; more is not one district
MAX_NUMBER = 1e9  # of a property: 1,000 km²; no plan has more metres, storeys or houses
MAX_FEATURES = 200_000  # all parcels of the largest Estonian county fit
MAX_DEPTH_HINT = "Write one Feature per area, with a Polygon or MultiPolygon."
CADASTRAL_NUMBER = re.compile(r"\d{5}:\d{3}:\d{4}")
CRS_NAME = re.compile(
    r"(?:urn:ogc:def:crs:EPSG:[^:]*:|EPSG:|https?://www\.opengis\.net/def/crs/EPSG/[^/]*/)(\d+)", re.I
)
_SAYABLE_HINT = "Write null where a number is not known, and repair broken characters."
EXPECTED_CRS = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}'

Made = TypeVar("Made")
Thing = TypeVar("Thing")
Make = Callable[[dict[str, Any], Area, str, int], Thing]  # of its properties, its area, its name and its number


@dataclass(frozen=True, slots=True)
class Read(Generic[Made]):
    """What was read of a file.

    Attributes:
        content: What is usable.
        places: Which features of the file that is, from 0.
        findings: What was left out, at most `MAX_FINDINGS` of them.
        skipped: Number of features left out.
    """

    content: Made
    places: tuple[int, ...]
    findings: tuple[ReadFinding, ...]
    skipped: int

    def whole(self) -> Made:
        """Return the content if nothing was left out.

        Raises:
            InvalidInput: (feature) a feature was left out; the first one and why.
        """
        if self.skipped:
            first = self.findings[0]
            raise InvalidInput(
                f"{self.skipped} features cannot be used. The first: {first.message}",
                reason="feature",
                entity=first.entity,
                hint=first.hint,
            )
        return self.content


def read_parcels(data: bytes) -> Read[tuple[Parcel, ...]]:
    """Read cadastral units from a GeoJSON file; of two with one number the first is kept.

    Args:
        data: UTF-8 GeoJSON FeatureCollection in EPSG:3301, `[easting, northing]`, metres.

    Returns:
        The parcels, in the order of the file.

    Raises:
        InvalidInput: (crs, json, too-large, empty) the file as a whole cannot be used.
    """
    seen: dict[str, int] = {}

    def parcel(properties: dict[str, Any], area: Area, name: str, index: int) -> Parcel:
        made = _parcel(properties, area, name)
        if (first := seen.setdefault(made.cadastral_number, index)) != index:
            raise _refuse(
                f"It stands twice: features {first} and {index}; the first was kept.",
                "duplicate",
                name,
                "Keep one feature per cadastral number.",
            )
        return made

    return _features(data, "parcel", parcel)


def read_plan_areas(data: bytes) -> Read[Plan]:
    """Read the building areas of plans from a GeoJSON file.

    Args:
        data: UTF-8 GeoJSON FeatureCollection in EPSG:3301, `[easting, northing]`, metres.

    Returns:
        The plan with its areas in the order of the file.

    Raises:
        InvalidInput: (crs, json, too-large, empty) the file as a whole cannot be used.
    """
    read = _features(data, "plan-area", lambda properties, area, name, _index: _plan_area(properties, area, name))
    return Read(Plan(read.content), read.places, read.findings, read.skipped)


def _features(
    data: bytes, kind: str, make: Callable[[dict[str, Any], Area, str, int], Thing]
) -> Read[tuple[Thing, ...]]:
    findings, found, places = Findings(), [], []
    features = _collection(data)
    for index, feature in enumerate(features):
        try:
            found.append(_made(feature, index, make))
            places.append(index)
        except InvalidInput as error:
            findings.skip(f"{kind}.{error.reason}", error.message, error.entity or "", error.hint)
    if features and not found:
        first = findings.all()[0]
        raise InvalidInput(
            f"No feature can be used. The first: {first.message}",
            reason="empty",
            entity=first.entity,
            hint=first.hint,
        )
    return Read(tuple(found), tuple(places), findings.all(), findings.skipped)


def _made(feature: Any, index: int, make: Make[Thing]) -> Thing:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise _refuse("It is not a Feature with properties.", "property", f"feature {index}", MAX_DEPTH_HINT)
    label = str(properties.get("cadastral_number") or properties.get("plan_id") or "unnamed")[:40]
    name = f"feature {index} ({label})" if sayable(label) else f"feature {index}"
    area = _area(feature.get("geometry"), name)
    if not sayable(feature):
        raise _refuse("It holds what JSON in UTF-8 cannot say.", "value", name, _SAYABLE_HINT)
    return make(properties, area, name, index)


def _collection(data: bytes) -> list[Any]:
    if len(data) > MAX_BYTES:
        raise _refuse(f"The file has {len(data)} bytes.", "too-large", None, f"Keep it under {MAX_BYTES} bytes.")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refuse("The file is not UTF-8 text.", "json", None, "Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        message = f"The file is not JSON: {error.msg}."
        raise InvalidInput(message, reason="json", hint="Export it again.", line=error.lineno) from error
    except ValueError as error:  # a whole number of thousands of digits
        raise _refuse("The file is not JSON: a number is too long.", "json", None, "Export it again.") from error
    except RecursionError as error:
        raise _refuse("The file is nested too deeply.", "json", None, MAX_DEPTH_HINT) from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise _refuse("The file is not a GeoJSON FeatureCollection.", "json", None, MAX_DEPTH_HINT)
    if not sayable({**document, "features": []}):
        raise _refuse("What the file says of itself cannot be said in JSON.", "json", None, _SAYABLE_HINT)
    _require_crs(document.get("crs"))
    if len(document["features"]) > MAX_FEATURES:
        raise _refuse("The file has too many features.", "too-large", None, f"Keep it under {MAX_FEATURES}.")
    return list(document["features"])


def _require_crs(crs: Any) -> None:
    hint = f"Export in {CRS} and state it: {EXPECTED_CRS}"
    try:
        name = str(crs["properties"]["name"])
    except (TypeError, KeyError) as error:
        raise _refuse("The file does not say its coordinate system.", "crs", "crs", hint) from error
    match = CRS_NAME.fullmatch(name)
    if match is None or f"EPSG:{match[1]}" != CRS:
        raise _refuse(f"The file is in {name}, not in {CRS}.", "crs", "crs", hint)


def _area(geometry: Any, name: str) -> Area:
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise _refuse("Its geometry is not a Polygon or MultiPolygon.", "geometry", name, MAX_DEPTH_HINT)
    try:
        made = shape(geometry)
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise _refuse(
            "Its coordinates are not rings of [easting, northing].", "geometry", name, MAX_DEPTH_HINT
        ) from error
    if not isinstance(made, Polygon | MultiPolygon) or made.is_empty:
        raise _refuse("It has no area.", "geometry", name, "Remove the feature or draw its outline.")
    _require_estonia(get_coordinates(made), name)
    if not made.is_valid:
        raise _refuse(
            f"Its outline is not a simple polygon: {explain_validity(made)}.",
            "geometry",
            name,
            "Redraw the outline so that it does not cross or touch itself.",
        )
    return made


def _require_estonia(points: np.ndarray[Any, np.dtype[np.float64]], name: str) -> None:
    if not np.isfinite(points).all():
        raise _refuse("A coordinate is not a finite number.", "range", name, "Correct the coordinates.")
    if _within(points[:, 0], EASTING_RANGE_M) and _within(points[:, 1], NORTHING_RANGE_M):
        return
    first = f"[{points[0, 0]:.1f}, {points[0, 1]:.1f}]"
    if _within(points[:, 1], EASTING_RANGE_M) and _within(points[:, 0], NORTHING_RANGE_M):
        raise _refuse(
            f"Its axes are swapped: {first} is [northing, easting].",
            "axes",
            name,
            "Write [easting, northing]; in Estonia the easting is 370000 to 740000.",
        )
    raise _refuse(
        f"It lies outside Estonia: {first}.",
        "range",
        name,
        f"Coordinates are {CRS} metres: easting 370000 to 740000, northing 6375000 to 6635000.",
    )


def _within(values: np.ndarray[Any, np.dtype[np.float64]], limits: tuple[float, float]) -> bool:
    return bool(((values >= limits[0]) & (values <= limits[1])).all())


def _parcel(properties: dict[str, Any], area: Area, name: str) -> Parcel:
    number = _text(properties, "cadastral_number", name)
    if not CADASTRAL_NUMBER.fullmatch(number):
        raise _refuse(f"'{number}' is not a cadastral number.", "property", name, "Write it as 78401:118:0122.")
    return Parcel(
        number,
        _text(properties, "address", name, default=""),
        _number(properties, "area_m2", name),
        _text(properties, "land_use", name, default=""),
        area,
    )


def _plan_area(properties: dict[str, Any], area: Area, name: str) -> PlanArea:
    codes = properties.get("use_codes") or []
    if not isinstance(codes, list) or not all(
        isinstance(code, str) and code.isascii() and code.isdigit() for code in codes
    ):
        raise _refuse("use_codes is not a list of digit strings.", "property", name, 'Write ["11101", "1122"].')
    coverage = _number(properties, "max_coverage", name)
    if coverage is not None and coverage > 1:
        raise _refuse("Its property 'max_coverage' is above 1.", "property", name, "Write 0.4 for 40 %.")
    return PlanArea(
        _text(properties, "plan_id", name),
        _text(properties, "plan_name", name, default=""),
        _text(properties, "cadastral_number", name, default=""),
        _number(properties, "max_height_m", name),
        _whole(properties, "max_storeys", name),
        _number(properties, "max_footprint_m2", name),
        _whole(properties, "max_buildings", name),
        tuple(codes),
        _text(properties, "source", name, default=""),
        area,
        coverage,
    )


def _text(properties: dict[str, Any], key: str, name: str, default: str | None = None) -> str:
    value = properties.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not value.strip():
        raise _refuse(f"Its property '{key}' is missing or not text.", "property", name, f"Fill in '{key}'.")
    return value.strip()


def _number(properties: dict[str, Any], key: str, name: str) -> float | None:
    value = properties.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_NUMBER:
        message = f"Its property '{key}' is not a number from zero to {MAX_NUMBER:.0f}."
        raise _refuse(message, "property", name, f"Correct '{key}'.")
    return float(value)


def _whole(properties: dict[str, Any], key: str, name: str) -> int | None:
    value = _number(properties, key, name)
    if value is not None and not value.is_integer():
        raise _refuse(f"Its property '{key}' is not a whole number.", "property", name, f"Correct '{key}'.")
    return None if value is None else int(value)


def _refuse(message: str, reason: str, entity: str | None, hint: str) -> InvalidInput:
    text = message if entity is None or entity == "crs" else f"{entity[0].upper()}{entity[1:]}: {message}"
    return InvalidInput(text, reason=reason, hint=hint, entity=entity)
