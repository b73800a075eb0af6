"""CityJSON 2.0: the building with its shells, its storeys, and its rooms as solids.

Identifiers are GlobalIds. Coordinates are EPSG:3301 and EH2000 if the model says reliably where it stands, else those
of the model, and then no reference system is named. Levels of detail are those of `ifc.shell`: 0 the footprint, 1 the
footprint raised to the median height of the roof, 2 with the planes of the roof; where level 2 cannot be had, the
attribute ``lod2Missing`` says why. Rooms are of level 2, as they were modelled. A room whose shell is open is a
MultiSurface; of a building in several pieces each piece is a BuildingPart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ifc import (
    ElementRecord,
    IfcGeometryError,
    Measure,
    Mesh,
    RelationKind,
    Shell,
    derive_quantities,
    shell,
    storey_of,
)
from twin.district import Placement, place
from twin.errors import InvalidInput
from twin.export.surfaces import Surface, is_closed, plane_surfaces, sewn, signed_volume
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
        self.found[record.global_id] = made
        for one in _shells(part):
            self._shell(record.global_id, made, one)
            if one.reason:
                made["attributes"]["lod2Missing"] = one.reason

    def _child(self, record: ElementRecord, parent: str, kind: str, attributes: Json) -> Json:
        made: Json = {
            "type": kind,
            "attributes": _known(_attributes(record) | attributes),
            "parents": [parent],
        }
        self.found[record.global_id] = made
        self.found[parent].setdefault("children", []).append(record.global_id)
        return made

    def _shell(self, building: str, made: Json, one: Shell) -> None:
        """Add a shell to a building; the solids of one in several pieces are parts of it."""
        surfaces, kinds = [], []
        for surface in one.surfaces:
            rings = [self._ring(ring) for ring in surface.rings]
            if len(rings[0]) >= 3:
                surfaces.append([ring for ring in rings if len(ring) >= 3])
                kinds.append(surface.kind.value)
        lod = str(one.lod)
        if one.lod == 0:
            made.setdefault("geometry", []).append(_multi_surface(lod, surfaces, kinds))
            return
        pieces = _pieces(surfaces)
        for number, piece in enumerate(pieces, start=1):
            solid = _solid(lod, [surfaces[i] for i in piece], [kinds[i] for i in piece])
            if len(pieces) == 1:
                made.setdefault("geometry", []).append(solid)
            else:
                name = f"{building}-lod{lod}-{number}"
                self.found[name] = {"type": "BuildingPart", "parents": [building], "geometry": [solid]}
                made.setdefault("children", []).append(name)

    def _ring(self, ring: Sequence[Sequence[float]]) -> list[int]:
        """Return a ring without corners that fall together on the grid of the file."""
        indices = self._vertices.indices(np.array(ring, dtype=np.float64)).tolist()
        return [index for place, index in enumerate(indices) if index != indices[place - 1]]

    def _room(self, mesh: Mesh) -> Json:
        indices = self._vertices.indices(mesh.vertices)
        corners = indices[mesh.faces.astype(np.int64)]
        a, b, c = corners.T
        corners = corners[(a != b) & (b != c) & (c != a)]
        if not len(corners):
            return _multi_surface("2", [], [])
        used, local = np.unique(corners, return_inverse=True)
        corners, points = local.reshape(-1, 3), self._vertices.points(used)
        if not (closed := is_closed(corners)):
            corners = sewn(points, corners)
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


def _shells(part: Snapshot) -> list[Shell]:
    """Return the shells of a building at the levels that it reaches, ascending; empty if it shows nothing."""
    try:
        made = [shell(part.records, part.meshes, lod) for lod in (0, 1, 2)]
    except IfcGeometryError:
        return []
    return made if made[2].lod == 2 else [made[0], made[2]]  # the third is of level 1 and says why


def _pieces(surfaces: Sequence[Sequence[Sequence[int]]]) -> list[list[int]]:
    """Return which surfaces hang together by common edges."""
    owner: dict[tuple[int, int], int] = {}
    links = [
        (number, owner.setdefault((min(edge), max(edge)), number))
        for number, rings in enumerate(surfaces)
        for ring in rings
        for edge in zip(ring, (*ring[1:], ring[0]), strict=True)
    ]
    if not links:
        return [[]]
    rows, columns = np.array(links).T
    graph = coo_array((np.ones(len(links)), (rows, columns)), shape=(len(surfaces), len(surfaces)))
    count, labels = connected_components(graph, directed=False)
    return [np.flatnonzero(labels == piece).tolist() for piece in range(count)]


def _semantics(names: Sequence[str], values: list[Any]) -> Json:
    return {"surfaces": [{"type": name} for name in names], "values": values}


def _placement(snapshot: Snapshot) -> Placement | None:
    if snapshot.georeference is None:
        return None
    try:
        placement = place(snapshot.georeference)
    except InvalidInput:
        return None
    return placement if placement.trusted else None


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
