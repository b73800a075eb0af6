"""Read the buildings of a city from CityJSON 1.1 or 2.0 and CityJSONSeq: footprints, heights, attributes.

A building that cannot be used is left out with a finding; the others are read. What concerns the whole file, such as
no known reference system, refuses the file.
"""

import io
import itertools
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from ifc import Severity
from twin.district.city_crs import MapTransform, map_transform
from twin.district.city_shapes import Unusable, outline_of
from twin.district.context import CityContext, ContextBuilding, Findings, Scalar
from twin.district.sayable import exact, sayable
from twin.district.values import EASTING_RANGE_M, NORTHING_RANGE_M
from twin.errors import InvalidInput

MAX_CITY_BYTES = 512 * 1024 * 1024  # the LoD2 of Tallinn is some 33 MB packed; ten times more is several cities
MAX_CITY_BUILDINGS = 250_000  # a quarter of all buildings of Estonia
MAX_ATTRIBUTES = 64  # per building; registers give about thirty
MAX_TEXT_CHARACTERS = 500  # of one attribute
VERSIONS = ("1.1", "2.0")
HEIGHT_RANGE_M = (-1_000.0, 2_000.0)  # mines below the ground, and more above it than anybody builds
HEIGHT_KEYS = ("measuredHeight", "height", "korgus_m", "h_max")
_KINDS = ("Building", "BuildingPart")
_NAMED_KIND = re.compile(r'"type"\s*:\s*"Building(?:Part)?"')
_HINT = "Export it again as CityJSON 1.1 or 2.0."
_TWICE = "The identifier stands twice; the first was kept."
_ONCE = "Give every city object an identifier of its own."
_LINE_HINT = "Each line after the first is one CityJSONFeature."

Json = dict[str, Any]


class Lines(Protocol):
    """A file of bytes."""

    def readline(self) -> bytes:
        """Return the next line."""

    def read(self) -> bytes:
        """Return the rest."""

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the lines."""


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
    buildings = tuple(stream_city(io.BytesIO(data), findings))
    return CityContext(buildings, findings.all(), findings.skipped)


def stream_city(stream: Lines, findings: Findings) -> Iterator[ContextBuilding]:
    """Yield the buildings of a CityJSON file or a CityJSONSeq stream, each identifier once.

    A sequence is read line by line; a single document is held in memory whole.

    Args:
        stream: UTF-8 text.
        findings: What is left out or doubted goes here.

    Raises:
        InvalidInput: (json, cityjson, version, crs, empty, too-large) the file as a whole cannot be used; known at
            the latest when the last building has been given.
    """
    known: set[str] = set()
    codes: dict[str, str] = {}
    for document, transform in _documents(stream, findings):
        for building in _buildings(document, transform, findings):
            if building.building_id in known:
                findings.skip("context.duplicate", _TWICE, building.building_id, _ONCE)
                continue
            known.add(building.building_id)
            _doubt_code(building, codes, findings)
            if len(known) > MAX_CITY_BUILDINGS:
                raise InvalidInput(
                    f"The file has more than {MAX_CITY_BUILDINGS} buildings.",
                    reason="too-large",
                    hint="Cut it to the district.",
                )
            yield building
    if not known:
        raise _nothing(findings)


def _doubt_code(building: ContextBuilding, codes: dict[str, str], findings: Findings) -> None:
    """Note that another building of the file has the same register code; both are kept, as parts of one may be."""
    code = building.register_code
    if code is not None and (first := codes.setdefault(code, building.building_id)) != building.building_id:
        findings.warn(
            "context.code-twice",
            f"The register code {code} stands on “{first[:80]}” too; both were kept.",
            "Give each building its own code, or make the two parts of one Building.",
            entity=building.building_id[:120],
        )


def _nothing(findings: Findings) -> InvalidInput:
    first = next((one for one in findings.all() if one.severity is Severity.ERROR), None)
    return InvalidInput(
        "The file has no building that can be used." + (f" The first: {first.message}" if first else ""),
        reason="empty",
        entity=None if first is None else first.entity,
        hint=(first.hint if first else "") or _HINT,
    )


def _documents(stream: Lines, findings: Findings) -> Iterator[tuple[Json, MapTransform]]:
    """Yield each document that holds city objects, with the way to the map of the file."""
    first = stream.readline()
    lines = ((number, line) for number, line in enumerate(stream, start=2) if line.strip())
    second = next(lines, None)
    head = None if second is None else _sequence_head(first)
    if head is not None and second is not None:
        yield from _sequence(head, itertools.chain([second], lines), findings)
        return
    rest = b"" if second is None else second[1] + stream.read()
    document = _parsed(_text(first + rest), None, findings)
    _require_city(document)
    yield document, _way(document, document, findings)


def _sequence(
    head: Json, lines: Iterable[tuple[int, bytes]], findings: Findings
) -> Iterator[tuple[Json, MapTransform]]:
    _require_city(head)
    way: MapTransform | None = None
    for number, line in lines:
        try:
            feature = _parsed(_text(line), number, findings)
        except InvalidInput as error:
            findings.skip("context.json", error.message, f"line {number}", _LINE_HINT, number)
            continue
        if feature.get("type") != "CityJSONFeature":
            findings.skip("context.json", "The line is no CityJSONFeature.", f"line {number}", _LINE_HINT, number)
            continue
        feature = {**feature, "transform": head.get("transform")}
        way = way or _way(head, feature, findings)
        yield feature, way


def _sequence_head(line: bytes) -> Json | None:
    try:
        head = json.loads(line.decode("utf-8-sig"))
    except ValueError:
        return None  # one document over many lines
    return head if isinstance(head, dict) and head.get("type") == "CityJSON" else None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is not UTF-8 text.", reason="json", hint="Save it as UTF-8.") from error


def _parsed(text: str, line: int | None, findings: Findings) -> Json:
    try:
        document = json.loads(text, parse_constant=_refuse)
        if isinstance(document, dict) and _repeats(text, document):
            document = json.loads(text, object_pairs_hook=lambda pairs: _first_of(pairs, line, findings))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "The text is not JSON.", reason="json", hint=_HINT, line=line or getattr(error, "lineno", None)
        ) from error
    if not isinstance(document, dict):
        raise InvalidInput("The text is not a JSON object.", reason="json", hint=_HINT, line=line)
    return document


def _refuse(token: str) -> NoReturn:
    raise ValueError(token)


def _repeats(text: str, document: Json) -> bool:
    """Say whether the text may name more objects than the document has: JSON keeps the last of two equal names."""
    objects = document.get("CityObjects")
    if not isinstance(objects, dict):
        return False
    kept = sum(1 for thing in objects.values() if isinstance(thing, dict) and thing.get("type") in _KINDS)
    return sum(1 for _ in _NAMED_KIND.finditer(text)) > kept


def _first_of(pairs: list[tuple[str, Any]], line: int | None, findings: Findings) -> Json:
    made: Json = {}
    for key, value in pairs:
        if key in made and isinstance(value, dict) and value.get("type") in _KINDS:
            findings.skip("context.duplicate", _TWICE, key, _ONCE, line)
        made.setdefault(key, value)
    return made


def _require_city(document: Json) -> None:
    if document.get("type") != "CityJSON":
        raise InvalidInput("The file is not CityJSON.", reason="cityjson", hint=_HINT)
    if document.get("version") not in VERSIONS:
        raise InvalidInput(
            f"CityJSON {str(document.get('version'))[:20]} is not read.",
            reason="version",
            hint="Convert it to 1.1 or 2.0, for example with cjio.",
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
    except (TypeError, ValueError, KeyError, OverflowError, IndexError):
        return np.empty((0, 3))
    return rows


def _buildings(document: Json, way: MapTransform, findings: Findings) -> Iterator[ContextBuilding]:
    objects = document.get("CityObjects")
    if not isinstance(objects, dict):
        findings.skip("context.cityjson", "There are no CityObjects.", str(document.get("id", "file")), _HINT)
        return
    vertices = way.to_map(_vertices(document))
    if document.get("vertices") and not len(vertices):
        message = "Its vertices, or its transform, are not rows of three numbers."
        findings.skip("context.vertices", message, str(document.get("id", "file")), _HINT)
        return
    for name, thing in objects.items():
        if not isinstance(thing, dict) or thing.get("type") != "Building":
            continue
        try:
            yield _building(name, thing, objects, vertices, findings)
        except Unusable as problem:
            findings.skip(problem.rule, str(problem), name, problem.hint)


def _building(
    name: str, thing: Json, objects: Json, vertices: NDArray[np.float64], findings: Findings
) -> ContextBuilding:
    if not (name.isascii() or sayable(name)):
        raise Unusable("context.identifier", "Its identifier holds half a character.", "Export it again in UTF-8.")
    outline = outline_of(_geometries(thing, objects), vertices)
    points = outline.points
    if not np.isfinite(points).all():
        raise Unusable("context.range", "A coordinate is not a finite number.", "Correct the coordinates.")
    (west, south, ground), (east, north, top) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    _require_estonia(west, south, east, north)
    if not HEIGHT_RANGE_M[0] <= ground <= top <= HEIGHT_RANGE_M[1]:
        raise Unusable(
            "context.range",
            f"Its heights, {ground:.1f} m to {top:.1f} m, are not those of a building in Estonia.",
            "Check the transform and the unit of the heights; they are EH2000 metres.",
        )
    attributes = _attributes(thing.get("attributes"), name, findings)
    height = top - ground if top - ground > 0 else _stated_height(attributes)
    return ContextBuilding(
        name, outline.shape, round(ground, 3), None if height is None else round(height, 3), attributes
    )


def _require_estonia(west: float, south: float, east: float, north: float) -> None:
    if _within(west, east, EASTING_RANGE_M) and _within(south, north, NORTHING_RANGE_M):
        return
    where = f"{west:.1f}, {south:.1f} to {east:.1f}, {north:.1f}"
    if _within(south, north, EASTING_RANGE_M) and _within(west, east, NORTHING_RANGE_M):
        raise Unusable(
            "context.axes",
            f"Its axes are swapped: {where} are northings before eastings.",
            "Write the easting first; in Estonia it is 370000 to 740000.",
        )
    raise Unusable(
        "context.range",
        f"It lies outside Estonia: {where}.",
        "Check the transform and the reference system of the file.",
    )


def _within(low: float, high: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= low <= high <= limits[1]


def _geometries(thing: Json, objects: Json) -> list[Any]:
    """Return the geometries of a building and of its parts."""
    found = list(thing.get("geometry") or []) if isinstance(thing.get("geometry"), list) else []
    children = thing.get("children")
    for child in children if isinstance(children, list) else []:
        part = objects.get(child) if isinstance(child, str) else None
        if isinstance(part, dict) and part.get("type") == "BuildingPart" and isinstance(part.get("geometry"), list):
            found += part["geometry"]
    return found


def _attributes(given: Any, name: str, findings: Findings) -> Mapping[str, Scalar]:
    if not isinstance(given, dict):
        return {}
    scalars = [(str(k)[:80], v) for k, v in given.items() if isinstance(v, str | int | float | bool) or v is None]
    plain = {
        key: value[:MAX_TEXT_CHARACTERS] if isinstance(value, str) else value
        for key, value in scalars[:MAX_ATTRIBUTES]
    }
    if exact(plain):
        return plain
    kept = {key: value for key, value in plain.items() if exact({key: value})}
    findings.warn(
        "context.value",
        f"{len(plain) - len(kept)} of its attributes cannot be said again in JSON; they were left out.",
        "Write null where a number is not known, and repair broken characters.",
        entity=name[:120],
    )
    return kept


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
