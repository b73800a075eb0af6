"""Read the buildings of a city from CityJSON 1.1 or 2.0 and CityJSONSeq: footprints, heights, attributes.

A building that cannot be used is left out with a finding; the others are read. What concerns the whole file, such as
no known reference system, refuses the file.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from twin.district.city_crs import MapTransform, map_transform
from twin.district.city_shapes import Unusable, outline_of
from twin.district.context import CityContext, ContextBuilding, Findings, Scalar
from twin.district.values import EASTING_RANGE_M, NORTHING_RANGE_M
from twin.errors import InvalidInput

MAX_CITY_BYTES = 512 * 1024 * 1024  # the LoD2 of Tallinn is some 33 MB packed; ten times more is several cities
MAX_CITY_BUILDINGS = 250_000  # a quarter of all buildings of Estonia
MAX_ATTRIBUTES = 64  # per building; registers give about thirty
MAX_TEXT_CHARACTERS = 500  # of one attribute
VERSIONS = ("1.1", "2.0")
HEIGHT_KEYS = ("measuredHeight", "height", "korgus_m", "h_max")
_KINDS = ("Building", "BuildingPart")
_HINT = "Export it again as CityJSON 1.1 or 2.0."

Json = dict[str, Any]


def read_city(data: bytes) -> CityContext:
    """Read the buildings of a CityJSON file or a CityJSONSeq stream.

    Args:
        data: UTF-8 text.

    Returns:
        Footprints in EPSG:3301, heights EH2000 as far as the file says, with findings.

    Raises:
        InvalidInput: (too-large, json, cityjson, version, crs, empty) the file as a whole cannot be used.
    """
    if len(data) > MAX_CITY_BYTES:
        raise InvalidInput(
            f"The file has {len(data)} bytes; at most {MAX_CITY_BYTES} are read.",
            reason="too-large",
            hint="Cut it to the district.",
        )
    findings = Findings()
    found: dict[str, ContextBuilding] = {}
    for document, transform in _documents(data, findings):
        for building in _buildings(document, transform, findings):
            if building.building_id in found:
                findings.skip(
                    "context.duplicate", "The identifier stands twice; the first was kept.", building.building_id
                )
                continue
            found[building.building_id] = building
            if len(found) > MAX_CITY_BUILDINGS:
                raise InvalidInput(
                    f"The file has more than {MAX_CITY_BUILDINGS} buildings.",
                    reason="too-large",
                    hint="Cut it to the district.",
                )
    if not found:
        first = next(iter(findings.all()), None)
        raise InvalidInput(
            "The file has no building that can be used." + (f" The first: {first.message}" if first else ""),
            reason="empty",
            entity=None if first is None else first.entity,
            hint=(first.hint if first else "") or _HINT,
        )
    return CityContext(tuple(found.values()), findings.all(), findings.skipped)


def _documents(data: bytes, findings: Findings) -> Iterator[tuple[Json, MapTransform]]:
    """Yield each document that holds city objects, with the way to the map of the file."""
    text = _text(data)
    first_line, _, rest = text.partition("\n")
    if rest.strip() and (head := _sequence_head(first_line)) is not None:
        yield from _sequence(head, rest, findings)
        return
    document = _parsed(text, None, findings)
    _require_city(document)
    yield document, _way(document, document, findings)


def _sequence(head: Json, rest: str, findings: Findings) -> Iterator[tuple[Json, MapTransform]]:
    _require_city(head)
    way: MapTransform | None = None
    for number, line in enumerate(rest.split("\n"), start=2):
        if not line.strip():
            continue
        try:
            feature = _parsed(line, number, findings)
        except InvalidInput as error:
            findings.skip("context.json", error.message, f"line {number}", line=number)
            continue
        if feature.get("type") != "CityJSONFeature":
            findings.skip("context.json", "The line is no CityJSONFeature.", f"line {number}", line=number)
            continue
        feature = {**feature, "transform": head.get("transform")}
        way = way or _way(head, feature, findings)
        yield feature, way


def _sequence_head(line: str) -> Json | None:
    try:
        head = json.loads(line)
    except ValueError:
        return None  # one document over many lines
    return head if isinstance(head, dict) and head.get("type") == "CityJSON" else None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is not UTF-8 text.", reason="json", hint="Save it as UTF-8.") from error


def _parsed(text: str, line: int | None, findings: Findings) -> Json:
    def pairs(items: list[tuple[str, Any]]) -> Json:
        made: Json = {}
        for key, value in items:
            if key in made and isinstance(value, dict) and value.get("type") in _KINDS:
                findings.skip("context.duplicate", "The identifier stands twice; the first was kept.", key, line=line)
            made.setdefault(key, value)
        return made

    def refuse(token: str) -> NoReturn:
        raise ValueError(token)

    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "The text is not JSON.", reason="json", hint=_HINT, line=line or getattr(error, "lineno", None)
        ) from error
    if not isinstance(document, dict):
        raise InvalidInput("The text is not a JSON object.", reason="json", hint=_HINT, line=line)
    return document


def _require_city(document: Json) -> None:
    if document.get("type") != "CityJSON":
        raise InvalidInput("The file is not CityJSON.", reason="cityjson", hint=_HINT)
    if document.get("version") not in VERSIONS:
        raise InvalidInput(
            f"CityJSON {str(document.get('version'))[:20]} is not read.",
            reason="version",
            hint="Upgrade it to 1.1 or 2.0, for example with cjio.",
        )


def _way(head: Json, sample: Json, findings: Findings) -> MapTransform:
    metadata = head.get("metadata")
    stated = metadata.get("referenceSystem") if isinstance(metadata, dict) else None
    return map_transform(stated, _vertices(sample), findings)


def _vertices(document: Json) -> NDArray[np.float64]:
    """Return the corners of a document in its own reference system, (n, 3); empty if they are no numbers."""
    try:
        rows = np.array(document.get("vertices") or [], dtype=np.float64).reshape(-1, 3)
        change = document.get("transform")
        if change is not None:
            rows = rows * np.array(change["scale"], dtype=np.float64) + np.array(
                change["translate"], dtype=np.float64
            )
    except (TypeError, ValueError, KeyError, OverflowError):
        return np.empty((0, 3))
    return rows


def _buildings(document: Json, way: MapTransform, findings: Findings) -> Iterator[ContextBuilding]:
    objects = document.get("CityObjects")
    if not isinstance(objects, dict):
        findings.skip("context.cityjson", "There are no CityObjects.", str(document.get("id", "file")))
        return
    vertices = way.to_map(_vertices(document))
    for name, thing in objects.items():
        if not isinstance(thing, dict) or thing.get("type") != "Building":
            continue
        try:
            yield _building(name, thing, objects, vertices)
        except Unusable as problem:
            findings.skip(problem.rule, str(problem), name, problem.hint)


def _building(name: str, thing: Json, objects: Json, vertices: NDArray[np.float64]) -> ContextBuilding:
    outline = outline_of(_geometries(thing, objects), vertices)
    points = outline.points
    if not np.isfinite(points).all():
        raise Unusable("context.range", "A coordinate is not a finite number.", "Correct the coordinates.")
    inside = (
        (points[:, 0] >= EASTING_RANGE_M[0])
        & (points[:, 0] <= EASTING_RANGE_M[1])
        & (points[:, 1] >= NORTHING_RANGE_M[0])
        & (points[:, 1] <= NORTHING_RANGE_M[1])
    )
    if not inside.all():
        where = points[~inside][0]
        raise Unusable(
            "context.range",
            f"It lies outside Estonia: {where[0]:g}, {where[1]:g}.",
            "Check the transform and the reference system of the file.",
        )
    attributes = _attributes(thing.get("attributes"))
    ground, top = float(points[:, 2].min()), float(points[:, 2].max())
    height = top - ground if top - ground > 0 else _stated_height(attributes)
    return ContextBuilding(
        name, outline.shape, round(ground, 3), None if height is None else round(height, 3), attributes
    )


def _geometries(thing: Json, objects: Json) -> list[Any]:
    """Return the geometries of a building and of its parts."""
    found = list(thing.get("geometry") or []) if isinstance(thing.get("geometry"), list) else []
    children = thing.get("children")
    for child in children if isinstance(children, list) else []:
        part = objects.get(child) if isinstance(child, str) else None
        if isinstance(part, dict) and part.get("type") == "BuildingPart" and isinstance(part.get("geometry"), list):
            found += part["geometry"]
    return found


def _attributes(given: Any) -> Mapping[str, Scalar]:
    if not isinstance(given, dict):
        return {}
    plain = {str(k)[:80]: v for k, v in given.items() if isinstance(v, str | int | float | bool) or v is None}
    return {
        key: value[:MAX_TEXT_CHARACTERS] if isinstance(value, str) else value
        for key, value in list(plain.items())[:MAX_ATTRIBUTES]
    }


def _stated_height(attributes: Mapping[str, Scalar]) -> float | None:
    for key in HEIGHT_KEYS:
        value = attributes.get(key)
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and 0 < value < 1000
        ):
            return float(value)
    return None
