"""The city around the models: imported buildings and register data, matched to the buildings that have a model."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping, shape

from ifc import ReadFinding
from twin.catalogue import Catalogue, ReportShelf, Version
from twin.district import (
    MAX_CITY_BYTES,
    Body,
    Bounds,
    CityContext,
    ContextBuilding,
    ContextIndex,
    MapFootprint,
    Match,
    match_building,
    near,
    read_city,
    read_register,
    with_register,
    write_index,
)
from twin.errors import InvalidInput, NotFound
from twin.layers import Layers

CITY, REGISTER = "city", "register"
NEIGHBOUR_RADIUS_M = 100.0  # the farthest that a rule of distance looks; boundaries of plots lie nearer
MODEL, CONTEXT = "model", "context"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import gave.

    Attributes:
        kind: ``city`` or ``register``.
        sha256: Digest of the bytes, under which they are kept.
        read: Number of buildings or rows read.
        skipped: Number left out.
        matched: How many of them are buildings with a model.
        findings: What was left out or doubted.
    """

    kind: str
    sha256: str
    read: int
    skipped: int
    matched: int
    findings: tuple[ReadFinding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**asdict(self), "findings": [asdict(finding) for finding in self.findings]}


class City:
    """Buildings around the models.

    Args:
        folder: Where indexes lie; they are made anew from the layers when they are missing.
        layers: Keeps what was imported.
        catalogue: Buildings with a model.
        shelf: Their reports.
    """

    def __init__(self, folder: Path, layers: Layers, catalogue: Catalogue, shelf: ReportShelf) -> None:
        self._folder = folder
        self._layers = layers
        self._catalogue = catalogue
        self._shelf = shelf

    def put(self, data: bytes) -> Imported:
        """Read a city (CityJSON, CityJSONSeq) or register data (CSV), and keep it in place of the old one.

        The layer is switched last, when its index is whole on the disk.

        Raises:
            InvalidInput: the file as a whole cannot be used; nothing is stored.
        """
        if len(data) > MAX_CITY_BYTES:
            raise InvalidInput(f"A city is at most {MAX_CITY_BYTES} bytes.", reason="too-large", entity=CITY)
        return self._put_city(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else self._put_register(data)

    def digest(self) -> str:
        """Return a digest of everything that was imported."""
        digests = self._layers.digests()
        return _digest(digests.get(CITY), digests.get(REGISTER))

    def index(self) -> ContextIndex | None:
        """Return the buildings of the city, or None if none were imported."""
        digests = self._layers.digests()
        if CITY not in digests:
            return None
        path = self._path(digests.get(CITY), digests.get(REGISTER))
        if not path.exists():
            self._write(path, read_city(self._layers.content(CITY) or b""), self._register())
        return ContextIndex(path)

    def models(self) -> list[Body]:
        """Return the buildings with a model that have a place on the map, by id: furthest stage, newest version."""
        energy = self._shelf.summaries("energy")
        found = []
        for building in self._catalogue.buildings():
            if not building.latest:
                continue
            version = self._catalogue.version(building.building_id, building.furthest)
            key = (version.key.building_id, version.key.stage.value, version.key.number)
            body = _model(version, {"name": building.name, "address": building.address, **energy.get(key, {})})
            if body is not None:
                found.append(body)
        register = self._register()
        return [_described(body, register.get(body.building_id, {})) for body in found]

    def matches(self) -> tuple[Match, ...]:
        """Return which buildings of the city are buildings with a model."""
        index = self.index()
        if index is None:
            return ()
        return tuple(match for body in self.models() for match in _matches(index, body))

    def context(self, bounds: Bounds | None = None) -> list[Body]:
        """Return the buildings without a model whose box touches a box."""
        index = self.index()
        if index is None:
            return []
        return [_context(b) for b in index.within(bounds, leave_out=self._own())]

    def listed(self, limit: int, offset: int) -> tuple[list[Body], int]:
        """Return a page of all buildings, models first, and how many there are in all."""
        models, index, own = self.models(), self.index(), self._own()
        total = len(models) + (0 if index is None else index.count(own))
        page = models[offset : offset + limit]
        if index is not None and len(page) < limit:
            rest = index.within(None, limit - len(page), max(0, offset - len(models)), own)
            page = [*page, *(_context(b) for b in rest)]
        return page, total

    def bodies(self, bounds: Bounds | None = None) -> list[Body]:
        """Return all buildings in a box, each once: the model where there is one."""
        models = [body for body in self.models() if bounds is None or _meets(body.shape.bounds, bounds)]
        return [*models, *self.context(bounds)]

    def body(self, building_id: str) -> Body:
        """Return one building by the id of its model or of the city file.

        Raises:
            NotFound: (building) none of that id has a place on the map.
        """
        for model in self.models():
            if model.building_id == building_id:
                return model
        index = self.index()
        found = None if index is None else index.named(building_id)
        if found is None:
            raise NotFound("No such building has a place on the map.", reason="building", entity=building_id[:80])
        return _context(found)

    def surroundings(self, body: Body, within_m: float) -> list[Body]:
        """Return the other buildings nearer to a body than a distance, nearest first."""
        around = {b.building_id: b for b in self.bodies(_grown(body.shape.bounds, within_m))}
        return [around[d.building_id] for d in near(body, list(around.values()), within_m)]

    def coded(self) -> dict[str, Body]:
        """Return all buildings by register code; a model stands before a building of the city."""
        index = self.index()
        context = [] if index is None else [(b.register_code, _context(b)) for b in index.within()]
        found = {code: body for code, body in context if code is not None}
        return found | {body.building_id: body for body in self.models()}

    def around(self, building_id: str) -> list[MapFootprint]:
        """Return the buildings without a model near the building of an id; empty if it has no place on the map."""
        subject = next((body for body in self.models() if body.building_id == building_id), None)
        if subject is None or CITY not in self._layers.digests():
            return []
        box = _grown(subject.shape.bounds, NEIGHBOUR_RADIUS_M)
        return [body.footprint for body in self.context(box)]

    def page(self, bounds: Bounds | None, limit: int) -> dict[str, Any]:
        """Return buildings of the city in a box as JSON, with the models that they are matched to."""
        index = self.index()
        found = [] if index is None else index.within(bounds, limit + 1)
        matches = {match.context_id: match for match in self.matches()}
        return {
            "items": [_json(b, matches.get(b.building_id)) for b in found[:limit]],
            "complete": len(found) <= limit,
            "total": 0 if index is None else index.count(),
        }

    def _put_city(self, data: bytes) -> Imported:
        city = read_city(data)
        sha256 = hashlib.sha256(data).hexdigest()
        self._write(self._path(sha256, self._layers.digests().get(REGISTER)), city, self._register())
        self._layers.keep(CITY, data)
        matched = len({match.context_id for match in self.matches()})
        return Imported(CITY, sha256, len(city.buildings), city.skipped, matched, city.findings)

    def _put_register(self, data: bytes) -> Imported:
        table = read_register(data)
        sha256 = hashlib.sha256(data).hexdigest()
        city = self._layers.content(CITY)
        if city is not None:
            self._write(self._path(self._layers.digests()[CITY], sha256), read_city(city), table.rows)
        self._layers.keep(REGISTER, data)
        matched = sum(1 for body in self.models() if body.building_id in table.rows)
        return Imported(REGISTER, sha256, len(table.rows), table.skipped, matched, table.findings)

    def _own(self) -> set[str]:
        """Return the buildings of the city that have a model."""
        return {match.context_id for match in self.matches()}

    def _register(self) -> Mapping[str, Mapping[str, Any]]:
        data = self._layers.content(REGISTER)
        return {} if data is None else read_register(data).rows

    def _write(self, path: Path, city: CityContext, register: Mapping[str, Mapping[str, Any]]) -> None:
        write_index(path, with_register(city.buildings, register))

    def _path(self, city: str | None, register: str | None) -> Path:
        return self._folder / f"city-{_digest(city, register)[:32]}.sqlite"


def _matches(index: ContextIndex, body: Body) -> Sequence[Match]:
    return match_building(body.footprint, index.with_code(body.building_id), index.within(body.shape.bounds))


def _model(version: Version, properties: Mapping[str, Any]) -> Body | None:
    facts = version.facts
    outline = None if facts.get("footprint") is None else shape(facts["footprint"])
    if not isinstance(outline, Polygon | MultiPolygon):
        return None
    known = {**properties, "stage": version.key.stage.value, "version": version.key.number}
    known["storeys_above"] = facts.get("storeys_above")
    return Body(version.key.building_id, outline, facts.get("ground_m"), facts.get("height_m"), MODEL, known)


def _described(body: Body, register: Mapping[str, Any]) -> Body:
    if not register:
        return body
    properties = {**register, **body.properties}
    return Body(body.building_id, body.shape, body.ground_m, body.height_m, body.source, properties)


def _context(building: ContextBuilding) -> Body:
    return Body(
        building.building_id, building.shape, building.ground_m, building.height_m, CONTEXT, building.attributes
    )


def _json(building: ContextBuilding, match: Match | None) -> dict[str, Any]:
    return {
        "id": building.building_id,
        "ehr_code": building.register_code,
        "footprint": mapping(building.shape),
        "ground_m": building.ground_m,
        "height_m": building.height_m,
        "attributes": dict(building.attributes),
        "match": None if match is None else asdict(match),
    }


def _grown(bounds: Sequence[float], by_m: float) -> Bounds:
    return bounds[0] - by_m, bounds[1] - by_m, bounds[2] + by_m, bounds[3] + by_m


def _meets(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1]


def _digest(*parts: str | None) -> str:
    return hashlib.sha256("\n".join(part or "-" for part in parts).encode()).hexdigest()
