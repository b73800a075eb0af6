"""CityJSON 2.0: the building with its footprint and block, its storeys, and its rooms as solids.

Identifiers are GlobalIds. Coordinates are EPSG:3301 and EH2000 if the model says reliably where it stands, else those
of the model, and then no reference system is named. Levels of detail: 0 the footprint, 1 the footprint raised to the
height of the body, and 2 for the rooms as they were modelled. A room whose shell is open is a MultiSurface.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from ifc import ElementRecord, Measure, Mesh, RelationKind, derive_quantities, storey_of
from twin.district import Area, Placement, counts_in_footprint, footprint, place
from twin.errors import InvalidInput
from twin.export.surfaces import Surface, is_closed, plane_surfaces, signed_volume
from twin.facts import facts_of
from twin.snapshot import Snapshot

REFERENCE_SYSTEM = "https://www.opengis.net/def/crs/EPSG/0/3301"
STEP_M = 0.001  # coordinates are whole millimetres: finer than anybody builds

_LEVEL = 0.7  # z of a normal from which on a face is floor or ceiling: 45 degrees
_UPWARDS = (RelationKind.AGGREGATED_IN, RelationKind.CONTAINED_IN)

Points = NDArray[np.float64]
Json = dict[str, Any]


def cityjson(snapshot: Snapshot) -> Json:
    """Return `snapshot` as a CityJSON 2.0 object."""
    placement = _placement(snapshot)
    vertices = _Vertices(placement)
    objects = _Objects(snapshot, vertices)
    objects.add_all()
    city: Json = {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {"identifier": f"{snapshot.building_id}/{snapshot.stage.value}/{snapshot.version}"},
        **vertices.to_json(),
        "CityObjects": objects.found,
    }
    if extent := vertices.extent():
        city["metadata"]["geographicalExtent"] = extent
    if placement is not None:
        city["metadata"]["referenceSystem"] = REFERENCE_SYSTEM
    return city


class _Vertices:
    """Corners in whole steps, each once."""

    def __init__(self, placement: Placement | None) -> None:
        self._placement = placement
        self._places: dict[tuple[int, int, int], int] = {}
        self._rows: list[tuple[int, int, int]] = []

    def indices(self, points: Points) -> NDArray[np.int64]:
        """Return the index of each of the model points (n, 3), metres."""
        mapped = points if self._placement is None else self._placement.to_map(points)
        steps = np.rint(mapped / STEP_M).astype(np.int64)
        return np.array([self._index(x, y, z) for x, y, z in steps.tolist()], dtype=np.int64)

    def points(self, indices: NDArray[np.int64]) -> Points:
        """Return the corners of `indices` as written, metres, about the first of them."""
        rows = np.array([self._rows[index] for index in indices.tolist()], dtype=np.float64)
        about: Points = (rows - rows[0]) * STEP_M
        return about

    def extent(self) -> list[float]:
        """Return x0, y0, z0, x1, y1, z1, metres; empty if there are no corners."""
        if not self._rows:
            return []
        rows = np.array(self._rows, dtype=np.int64)
        return [round(float(value) * STEP_M, 3) for value in (*rows.min(axis=0), *rows.max(axis=0))]

    def to_json(self) -> Json:
        """Return the members ``transform`` and ``vertices``."""
        rows = np.array(self._rows, dtype=np.int64).reshape(-1, 3)
        low = rows.min(axis=0) if len(rows) else np.zeros(3, dtype=np.int64)
        translate = [round(float(value) * STEP_M, 3) for value in low]
        return {"transform": {"scale": [STEP_M] * 3, "translate": translate}, "vertices": (rows - low).tolist()}

    def _index(self, x: int, y: int, z: int) -> int:
        index = self._places.setdefault((x, y, z), len(self._rows))
        if index == len(self._rows):
            self._rows.append((x, y, z))
        return index


class _Objects:
    """City objects in the making."""

    def __init__(self, snapshot: Snapshot, vertices: _Vertices) -> None:
        self.found: dict[str, Json] = {}
        self._snapshot = snapshot
        self._vertices = vertices
        self._meshes = snapshot.meshes.by_id()

    def add_all(self) -> None:
        """Add buildings, storeys and rooms."""
        records = self._snapshot.records
        buildings = [r for r in records.values() if r.ifc_class == "IfcBuilding"]
        if not buildings:  # a road or a bridge has none: the project stands for the work
            buildings = [r for r in records.values() if r.ifc_class == "IfcProject"][:1]
        for record in buildings:
            self._building(record, alone=len(buildings) == 1)
        first = buildings[0].global_id
        for record in (r for r in records.values() if r.ifc_class == "IfcBuildingStorey"):
            self._child(record, _above(record.global_id, records, self.found) or first, "BuildingStorey", {})
        rooms = [r for r in records.values() if r.ifc_class == "IfcSpace"]
        measured = derive_quantities(self._snapshot.meshes.only(r.global_id for r in rooms), records)
        for record in rooms:
            parent = storey_of(record.global_id, records) or _above(record.global_id, records, self.found) or first
            quantities = measured.get(record.global_id)
            attributes: Json = {}
            if quantities is not None:
                measures = {"floorArea": quantities.floor_area_m2, "volume": quantities.volume_m3}
                attributes = {key: None if value is None else round(value, 4) for key, value in measures.items()}
            room = self._child(record, parent, "BuildingRoom", attributes)
            if record.global_id in self._meshes:
                room["geometry"] = [self._room(self._meshes[record.global_id])]

    def _building(self, record: ElementRecord, *, alone: bool) -> None:
        part = self._snapshot if alone else _only(self._snapshot, record.global_id)
        facts = facts_of(part)
        attributes = _attributes(record) | {
            "height": facts["height_m"],
            "storeysAboveGround": facts["storeys_above"],
            "buildingId": self._snapshot.building_id,
        }
        made: Json = {"type": "Building", "attributes": _known(attributes)}
        area = footprint(part)
        if area is not None:
            low = _lowest(part)
            made["geometry"] = self._blocks(area, low, low + facts["height_m"])
        self.found[record.global_id] = made

    def _child(self, record: ElementRecord, parent: str, kind: str, attributes: Json) -> Json:
        made: Json = {
            "type": kind,
            "attributes": _known(_attributes(record) | attributes),
            "parents": [parent],
        }
        self.found[record.global_id] = made
        self.found[parent].setdefault("children", []).append(record.global_id)
        return made

    def _blocks(self, area: Area, low: float, high: float) -> list[Json]:
        """Return the footprint as level of detail 0 and the raised footprint as level 1."""
        parts = [p for p in shapely.get_parts(area) if isinstance(p, Polygon)]
        ground = [self._level(part, low, upwards=True) for part in parts]
        found = [_multi_surface("0", ground, ["GroundSurface"] * len(ground))]
        shells = [self._block(part, low, high) for part in parts]
        if len(shells) == 1:
            found.append(_solid("1", *shells[0]))
        elif shells:  # apart from each other: no composite solid
            found.append(
                _multi_surface("1", [s for shell, _ in shells for s in shell], [k for _, ks in shells for k in ks])
            )
        return found

    def _block(self, part: Polygon, low: float, high: float) -> tuple[list[Any], list[str]]:
        surfaces = [self._level(part, low, upwards=False), self._level(part, high, upwards=True)]
        kinds = ["GroundSurface", "RoofSurface"]
        for ring in _ring_points(part):
            ends = np.roll(ring, -1, axis=0)
            for start, end in zip(ring, ends, strict=True):
                corners = np.array([[*start, low], [*end, low], [*end, high], [*start, high]])
                surfaces.append([self._vertices.indices(corners).tolist()])
                kinds.append("WallSurface")
        return surfaces, kinds

    def _level(self, part: Polygon, height: float, *, upwards: bool) -> list[list[int]]:
        rings = []
        for ring in _ring_points(part):
            indices = self._vertices.indices(np.column_stack([ring, np.full(len(ring), height)])).tolist()
            rings.append(indices if upwards else indices[::-1])
        return rings

    def _room(self, mesh: Mesh) -> Json:
        indices = self._vertices.indices(mesh.vertices)
        corners = indices[mesh.faces.astype(np.int64)]
        a, b, c = corners.T
        corners = corners[(a != b) & (b != c) & (c != a)]
        if not len(corners):
            return _multi_surface("2", [], [])
        used, local = np.unique(corners, return_inverse=True)
        corners, points = local.reshape(-1, 3), self._vertices.points(used)
        closed = is_closed(corners)
        if closed and signed_volume(points, corners) < 0.0:
            corners = corners[:, ::-1]
        surfaces = list(plane_surfaces(points, corners))
        boundaries = [[used[list(ring)].tolist() for ring in surface.rings] for surface in surfaces]
        kinds = [_kind(surface) for surface in surfaces]
        return _solid("2", boundaries, kinds) if closed else _multi_surface("2", boundaries, kinds)


def _kind(surface: Surface) -> str:
    if surface.normal_z >= _LEVEL:
        return "CeilingSurface"
    return "FloorSurface" if surface.normal_z <= -_LEVEL else "InteriorWallSurface"


def _solid(lod: str, surfaces: list[Any], kinds: list[str]) -> Json:
    names = sorted(set(kinds))
    values = [[names.index(kind) for kind in kinds]]
    return {"type": "Solid", "lod": lod, "boundaries": [surfaces], "semantics": _semantics(names, values)}


def _multi_surface(lod: str, surfaces: list[Any], kinds: list[str]) -> Json:
    names = sorted(set(kinds))
    values = [names.index(kind) for kind in kinds]
    return {"type": "MultiSurface", "lod": lod, "boundaries": surfaces, "semantics": _semantics(names, values)}


def _semantics(names: Sequence[str], values: list[Any]) -> Json:
    return {"surfaces": [{"type": name} for name in names], "values": values}


def _ring_points(part: Polygon) -> list[Points]:
    """Return the rings of a polygon (x, y) without the repeated last point, the outer one counter-clockwise."""
    turned = shapely.orient_polygons(part)
    return [np.asarray(ring.coords)[:-1, :2] for ring in (turned.exterior, *turned.interiors)]


def _placement(snapshot: Snapshot) -> Placement | None:
    if snapshot.georeference is None:
        return None
    try:
        placement = place(snapshot.georeference)
    except InvalidInput:
        return None
    return placement if placement.trusted else None


def _lowest(snapshot: Snapshot) -> float:
    """Return the lowest z of the body of the building, metres, model coordinates."""
    records = snapshot.records
    body = [m for m in snapshot.meshes if m.global_id in records and counts_in_footprint(records[m.global_id])]
    return min(float(mesh.bounds()[0][2]) for mesh in body)


def _above(global_id: str, records: Mapping[str, ElementRecord], wanted: Mapping[str, Any]) -> str | None:
    """Return the nearest record above that is in `wanted`, or None."""
    seen: set[str] = set()
    waiting = [global_id]
    while waiting:
        record = records.get(waiting.pop(0))
        if record is None or record.global_id in seen:
            continue
        if record.global_id != global_id and record.global_id in wanted:
            return record.global_id
        seen.add(record.global_id)
        waiting += [target for kind in _UPWARDS for target in record.targets(kind)]
    return None


def _only(snapshot: Snapshot, building: str) -> Snapshot:
    """Return the part of a snapshot that belongs to one of its buildings."""
    records = snapshot.records
    wanted = {building: None}
    own = {i: r for i, r in records.items() if i == building or _building_of(i, records, wanted) == building}
    return Snapshot(
        snapshot.building_id,
        snapshot.stage,
        snapshot.version,
        snapshot.file_sha256,
        own,
        snapshot.meshes.only(own),
        snapshot.georeference,
    )


def _building_of(global_id: str, records: Mapping[str, ElementRecord], wanted: Mapping[str, Any]) -> str | None:
    return _above(storey_of(global_id, records) or global_id, records, wanted)


def _attributes(record: ElementRecord) -> Json:
    found: Json = {"name": record.name, "description": record.description, "ifcClass": record.ifc_class}
    for name, key in (("LongName", "longName"), ("Elevation", "elevation")):
        value = record.attributes.get(name)
        found[key] = value.value if isinstance(value, Measure) else value
    return found


def _known(attributes: Json) -> Json:
    return {key: value for key, value in attributes.items() if value not in (None, "")}
