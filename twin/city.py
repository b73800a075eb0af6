"""The city around the models: imported buildings and register data, matched to the buildings that have a model."""

import hashlib
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping

from ifc import Limits, ReadFinding, Severity
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, ReportShelf
from twin.city_bodies import CONTEXT, context_body, described, model_body, told
from twin.city_import import Built, build_index
from twin.district import (
    LAYOUT,
    MAX_FINDINGS,
    PART,
    Area,
    Body,
    Bounds,
    Cell,
    ContextBuilding,
    ContextIndex,
    MapFootprint,
    Match,
    Surroundings,
    cell_of,
    column_names,
    match_building,
    near,
    read_register,
)
from twin.errors import InvalidInput, NotFound
from twin.layers import Layers
from twin.plain_properties import has, plain_names
from twin.reading import Progress, silent
from twin.register_rows import REGISTER, RegisterRows

CITY = "city"
NEIGHBOUR_RADIUS_M = 100.0  # the farthest that a rule of distance looks; boundaries of plots lie nearer
MODELS_PART = "m"  # name of the part of a cell that holds the models
TOLD = ("building_id", "source", "ground_m", "height_m")  # of every building
SCORED = ("heating_kwh_m2", "energy_class")  # attributes that a search for a site asks of every building


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


@dataclass(frozen=True, slots=True)
class ShownTile:
    """Buildings that are shown together.

    Attributes:
        cell: Column and row of its cell of `CELL_M` metres from the origin of the map.
        part: Which part of the cell.
        bounds: Box around them in EPSG:3301.
        low_m: Lowest ground in EH2000 metres; 0 where it is not known.
        high_m: Highest top.
    """

    cell: Cell
    part: str
    bounds: Bounds
    low_m: float
    high_m: float


class City:
    """Buildings around the models.

    Args:
        folder: Where indexes lie; they are made anew from the layers when they are missing.
        layers: Keeps what was imported.
        blobs: Keeps the bytes of it.
        catalogue: Buildings with a model.
        shelf: Their reports.
        register: What the register says of them.
        limits: What the reading of a city may use.
    """

    def __init__(
        self,
        folder: Path,
        layers: Layers,
        blobs: BlobStore,
        catalogue: Catalogue,
        shelf: ReportShelf,
        register: RegisterRows,
        limits: Limits,
    ) -> None:
        self._folder = folder
        self._layers = layers
        self._blobs = blobs
        self._catalogue = catalogue
        self._shelf = shelf
        self._register = register
        self._limits = limits
        self._importing = threading.Lock()
        self._known_matches: tuple[object, tuple[Match, ...]] = (None, ())

    def take(self, sha256: str, progress: Progress = silent) -> Imported:
        """Take a stored file, a city (CityJSON, CityJSONSeq) or register data (CSV), in place of the old one.

        The layer is switched last, when the index is whole on the disk; until then the old one answers. An import
        that is stopped leaves nothing but a file that `sweep` removes, and may be started again.

        Raises:
            InvalidInput: the file as a whole cannot be used; the old one stays.
        """
        with self._blobs.path(sha256).open("rb") as stream:
            start = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        if not start:
            raise InvalidInput("The file is empty.", reason="empty", hint="Give CityJSON, CityJSONSeq or a CSV.")
        with self._importing:
            return self._take_city(sha256, progress) if start[:1] == b"{" else self._take_register(sha256, progress)

    def digest(self) -> str:
        """Return a digest of everything that was imported."""
        digests = self._layers.digests()
        return _digest(digests.get(CITY), digests.get(REGISTER))

    def index(self) -> ContextIndex | None:
        """Return the buildings of the city, or None if none were imported."""
        digests = self._layers.digests()
        city, register = digests.get(CITY), digests.get(REGISTER)
        if city is None:
            return None
        path = self._path(city, register)
        if not path.exists():
            with self._importing:  # the first question makes it, the others wait
                if not path.exists():
                    self._build(city, register, silent)
        return ContextIndex(path)

    def sweep(self, quiet_s: float) -> int:
        """Remove indexes of cities that are no longer shown, and halves of them; return how many files."""
        digests = self._layers.digests()
        current = self._path(digests.get(CITY), digests.get(REGISTER))
        limit = time.time() - quiet_s
        files = [*self._folder.glob("city-*.sqlite"), *self._folder.glob(f"city-*{PART}")]
        old = [file for file in files if file != current and file.stat().st_mtime <= limit]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def models(self) -> list[Body]:
        """Return the buildings with a model that have a place on the map, by id: furthest stage, newest version."""
        energy = self._shelf.summaries("energy")
        found = []
        for building in self._catalogue.buildings():
            if not building.latest:
                continue
            version = self._catalogue.version(building.building_id, building.furthest)
            key = (version.key.building_id, version.key.stage.value, version.key.number)
            body = model_body(version, {"name": building.name, "address": building.address, **energy.get(key, {})})
            if body is not None:
                found.append(body)
        register = self._register.of([body.building_id for body in found])
        return [described(body, register.get(body.building_id, {})) for body in found]

    def matches(self) -> tuple[Match, ...]:
        """Return which buildings of the city are buildings with a model."""
        index = self.index()
        if index is None:
            return ()
        models = self.models()
        key = (self.digest(), tuple((body.building_id, body.shape.wkb) for body in models))
        if self._known_matches[0] != key:
            found = tuple(match for body in models for match in _matches(index, body))
            self._known_matches = (key, found)
        return self._known_matches[1]

    def own(self) -> set[str]:
        """Return the buildings of the city that have a model."""
        return {match.context_id for match in self.matches()}

    def context(self, bounds: Bounds | None = None) -> list[Body]:
        """Return the buildings without a model whose box touches a box."""
        index = self.index()
        if index is None:
            return []
        return [context_body(b) for b in index.within(bounds, leave_out=self.own())]

    def listed(
        self, limit: int, offset: int, area: Area | None = None, where: Mapping[str, str] | None = None
    ) -> tuple[list[Body], int]:
        """Return a page of all buildings that touch an area, models first, and how many there are in all.

        Args:
            limit: Most buildings.
            offset: How many to pass over.
            area: EPSG:3301; None for everywhere.
            where: Properties that they shall have, as texts by name.
        """
        models, index, own = self.models(), self.index(), self.own()
        if where:
            models = [body for body in models if has(told(body), where)]
            own = own | (set() if index is None else index.unlike(where, CONTEXT))
        if area is not None and models:
            hits = shapely.intersects(area, [body.shape for body in models])
            models = [body for body, hit in zip(models, hits, strict=True) if hit]
        page, left = models[offset : offset + limit], max(0, offset - len(models))
        if index is None:
            return page, len(models)
        room = limit - len(page)
        if area is None:
            rest, total = index.within(None, room, left, own), index.count(own)
        else:
            rest, total = index.touching(area, room, left, own)
        return [*page, *(context_body(b) for b in rest)], len(models) + total

    def properties(self) -> list[str]:
        """Return the names of what is known of any building, in alphabetical order."""
        index = self.index()
        known = set() if index is None else {c.name for c in column_names(index) if not {'"', "\\"} & set(c.name)}
        return sorted({*known, *plain_names(told(body) for body in self.models()), *TOLD})

    def bodies(self, bounds: Bounds | None = None) -> list[Body]:
        """Return all buildings in a box, each once: the model where there is one."""
        models = [body for body in self.models() if bounds is None or _meets(body.shape.bounds, bounds)]
        return [*models, *self.context(bounds)]

    def columns(self, own: Collection[str]) -> Surroundings:
        """Return the buildings of the city, less some, in columns."""
        index = self.index()
        if index is None:
            return Surroundings.of_bodies([])
        shapes, known = index.columns(SCORED, own)
        return Surroundings.of(shapes, *zip(*known, strict=True)) if known else Surroundings.of_bodies([])

    def tiles(self) -> list[ShownTile]:
        """Return the tiles of all buildings: those of the city, then those of the models."""
        index = self.index()
        found = [] if index is None else index.tiles(leave_out=self.own())
        shown = [ShownTile(t.cell, str(t.part), t.bounds, t.low_m, t.high_m) for t in found]
        return [*shown, *(_shown(cell, bodies) for cell, bodies in sorted(self._model_cells().items()))]

    def of_tile(self, cell: Cell, part: str) -> list[Body]:
        """Return the buildings of a tile; none if there is no such tile."""
        if part == MODELS_PART:
            return self._model_cells().get(cell, [])
        index = self.index()
        return [] if index is None else [context_body(b) for b in index.of_tile(cell, int(part), self.own())]

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
            raise NotFound(
                "No such building has a place on the map.",
                reason="building",
                entity=building_id[:80],
                hint="Those that have one are at /api/v1/district.",
            )
        return context_body(found)

    def surroundings(self, body: Body, within_m: float) -> list[Body]:
        """Return the other buildings nearer to a body than a distance, nearest first."""
        around = {b.building_id: b for b in self.bodies(_grown(body.shape.bounds, within_m))}
        return [around[d.building_id] for d in near(body, list(around.values()), within_m)]

    def coded(self, codes: Collection[str]) -> dict[str, Body]:
        """Return buildings by register code; a model stands before a building of the city."""
        index = self.index()
        context = [] if index is None else [(b.register_code, context_body(b)) for b in index.with_codes(codes)]
        found = {code: body for code, body in context if code is not None}
        return found | {body.building_id: body for body in self.models() if body.building_id in codes}

    def known_codes(self, codes: Collection[str]) -> set[str]:
        """Return which of some register codes are those of a building on the map."""
        index = self.index()
        found = set() if index is None else index.codes(codes)
        return found | {body.building_id for body in self.models() if body.building_id in codes}

    def around(self, building_id: str) -> list[MapFootprint]:
        """Return the buildings without a model near the building of an id; empty if it has no place on the map."""
        subject = next((body for body in self.models() if body.building_id == building_id), None)
        if subject is None or CITY not in self._layers.digests():
            return []
        box = _grown(subject.shape.bounds, NEIGHBOUR_RADIUS_M)
        return [body.footprint for body in self.context(box)]

    def page(self, bounds: Bounds | None, limit: int, offset: int = 0) -> dict[str, Any]:
        """Return buildings of the city in a box as JSON, with the models that they are matched to."""
        index = self.index()
        found = [] if index is None else index.within(bounds, limit + 1, offset)
        matches = {match.context_id: match for match in self.matches()}
        return {
            "items": [_json(b, matches.get(b.building_id)) for b in found[:limit]],
            "complete": len(found) <= limit,
            "next": None if len(found) <= limit else offset + limit,
            "total": 0 if index is None else index.count(),
        }

    def _model_cells(self) -> dict[Cell, list[Body]]:
        cells: dict[Cell, list[Body]] = {}
        for body in self.models():
            cells.setdefault(cell_of(body.shape.bounds), []).append(body)
        return cells

    def _take_city(self, sha256: str, progress: Progress) -> Imported:
        built = self._build(sha256, self._layers.digests().get(REGISTER), progress)
        self._layers.switch(CITY, sha256)
        doubts = [_doubted(match) for match in self.matches() if match.doubt]
        findings = (*doubts, *built.findings)[:MAX_FINDINGS]
        return Imported(CITY, sha256, built.read, built.skipped, len(self.own()), findings)

    def _take_register(self, sha256: str, progress: Progress) -> Imported:
        table = read_register(self._blobs.get(sha256))
        city = self._layers.digests().get(CITY)
        if city is not None:
            self._build(city, sha256, progress)
        self._layers.switch(REGISTER, sha256)
        matched = sum(1 for body in self.models() if body.building_id in table.rows)
        return Imported(REGISTER, sha256, len(table.rows), table.skipped, matched, table.findings)

    def _build(self, city: str, register: str | None, progress: Progress) -> Built:
        described = None if register is None else self._blobs.path(register)
        return build_index(self._blobs.path(city), described, self._path(city, register), self._limits, progress)

    def _path(self, city: str | None, register: str | None) -> Path:
        return self._folder / f"city-{LAYOUT}-{_digest(city, register)[:32]}.sqlite"


def _matches(index: ContextIndex, body: Body) -> Sequence[Match]:
    return match_building(body.footprint, index.with_code(body.building_id), index.within(body.shape.bounds))


def _doubted(match: Match) -> ReadFinding:
    hint = "Correct the code or the place, in the city file or in the model."
    message = f"It was taken for the model {match.building_id}. {match.doubt}"
    return ReadFinding("context.match", Severity.WARNING, message, hint, entity=match.context_id[:120])


def _shown(cell: Cell, bodies: Sequence[Body]) -> ShownTile:
    west, south, east, north = zip(*(body.shape.bounds for body in bodies), strict=True)
    lows = [body.ground_m or 0.0 for body in bodies]
    highs = [low + (body.height_m or 0.0) for low, body in zip(lows, bodies, strict=True)]
    return ShownTile(cell, MODELS_PART, (min(west), min(south), max(east), max(north)), min(lows), max(highs))


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
