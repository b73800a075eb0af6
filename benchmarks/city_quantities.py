"""Compare the volumes and areas that CityJSON gives out with those of the same file in another kernel.

Rooms and footprints are measured as any reader of the CityJSON would, by its rings. The other side is IfcOpenShell
with Open CASCADE. What the author of the model stated stands beside it: programs measure rooms by rules of their own.
"""

import json
import multiprocessing
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.geom
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ifc import ElementRecord, Limits
from twin.district import counts_in_footprint
from twin.export.cityjson import cityjson
from twin.exports import of_file
from twin.snapshot import Snapshot

AGREE = 0.005  # half a percent
LEVEL = 0.7  # z of the normal of a floor: 45 degrees
SMALL_M2, SMALL_M3 = 0.02, 0.02  # millimetre coordinates: what is smaller than this cannot agree in percent
SPACE = "IfcSpace"
RAYS = 40_000  # over the box of a footprint: a house is sampled every few centimetres
COVERED = 0.999  # of the rays; edges of a roof and of the walls below may differ by a millimetre
STATED = {"NetVolume": "volume", "GrossVolume": "volume", "NetFloorArea": "floor", "GrossFloorArea": "floor"}

Json = dict[str, Any]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """One quantity in both kernels.

    Attributes:
        global_id: Of the room; of the building for a footprint.
        what: ``volume`` and ``floor`` of a room, ``footprint`` (LoD 0) and ``solid`` (LoD 2) of a building.
        ours: As read from the CityJSON, m3 or m2; None if it gives none.
        theirs: By Open CASCADE; None if it makes no shape.
        closed: Whether their shape is closed; an open one has no volume.
        stated: By the author, None if nothing is stated.
    """

    global_id: str
    what: str
    ours: float | None
    theirs: float | None
    closed: bool
    stated: float | None

    @property
    def comparable(self) -> bool:
        """Return whether there is something to compare with: an open shape has no inside."""
        return self.theirs is not None and self.closed

    @property
    def off(self) -> float:
        """Return the difference as a share of theirs; infinite if ours is missing."""
        if self.theirs is None or self.ours is None:
            return float("inf") if self.comparable else 0.0
        least = SMALL_M3 if self.what == "volume" else SMALL_M2
        return max(0.0, abs(self.ours - self.theirs) - least * 0.1) / max(self.theirs, least)


def compare(path: Path) -> list[Pair]:
    """Return every room and footprint of a model in both kernels."""
    snapshot = of_file(path, Limits()).snapshot()
    city = cityjson(snapshot)
    meshes = _open_cascade(path, snapshot)
    return [*_rooms(snapshot, city, meshes), *_footprint(snapshot, city, meshes), *_solid(snapshot, city, meshes)]


def _rooms(snapshot: Snapshot, city: Json, meshes: Mapping[str, Points]) -> Iterator[Pair]:
    points = np.array(city["vertices"]).reshape(-1, 3) * city["transform"]["scale"]
    for name, thing in city["CityObjects"].items():
        if thing["type"] != "BuildingRoom" or not thing.get("geometry"):
            continue
        volume, floor = _of_geometry(thing["geometry"][0], points)
        their = meshes.get(name)
        stated = _stated(snapshot, name)
        closed = their is not None and _closed(their)
        yield Pair(name, "volume", volume, None if their is None else _volume(their), closed, stated["volume"])
        yield Pair(name, "floor", floor, None if their is None else _floor(their), closed, stated["floor"])


def _footprint(snapshot: Snapshot, city: Json, meshes: Mapping[str, Points]) -> Iterator[Pair]:
    points = np.array(city["vertices"]).reshape(-1, 3) * city["transform"]["scale"]
    buildings = {name: thing for name, thing in city["CityObjects"].items() if thing["type"] == "Building"}
    flat = [shape for thing in buildings.values() for shape in thing.get("geometry", ()) if shape["lod"] == "0"]
    if len(buildings) != 1 or not flat:
        return
    ours = sum(_area(surface, points) for shape in flat for surface in shape["boundaries"])
    body = _body(snapshot, meshes)
    theirs = float(_outline(body).area) if body else None
    yield Pair(next(iter(buildings)), "footprint", ours, theirs, True, None)


def _solid(snapshot: Snapshot, city: Json, meshes: Mapping[str, Points]) -> Iterator[Pair]:
    """Yield the volume of the LoD 2, and what lies between the roof and the lowest point, over the footprint."""
    points = np.array(city["vertices"]).reshape(-1, 3) * city["transform"]["scale"]
    parts = [thing for thing in city["CityObjects"].values() if thing["type"] in ("Building", "BuildingPart")]
    shapes = [shape for thing in parts for shape in thing.get("geometry", ())]
    solids = [shape["boundaries"][0] for shape in shapes if shape["lod"] == "2"]
    roofs = [meshes[r.global_id] for r in snapshot.records.values() if is_roof(r) and r.global_id in meshes]
    body = _body(snapshot, meshes)
    if not solids or not roofs or not body:
        return
    ours = sum(_enclosed(surfaces, points) for surfaces in solids)
    name = next(name for name, thing in city["CityObjects"].items() if thing["type"] == "Building")
    yield Pair(name, "solid", ours, _under_roof(body, roofs), True, None)


def _body(snapshot: Snapshot, meshes: Mapping[str, Points]) -> list[Points]:
    return [
        meshes[r.global_id] for r in snapshot.records.values() if counts_in_footprint(r) and r.global_id in meshes
    ]


def is_roof(record: ElementRecord) -> bool:
    """Return whether an element is a roof or a plate of one."""
    return record.ifc_class == "IfcRoof" or (record.ifc_class == "IfcSlab" and record.predefined_type == "ROOF")


def _under_roof(body: Sequence[Points], roofs: Sequence[Points]) -> float | None:
    """Return the volume between the lowest point of a body and the top of its roofs, m3, by vertical rays.

    None if a part of the footprint has no roof above it: then there is no such volume.
    """
    area, triangles = _outline(body), np.concatenate(roofs)
    west, south, east, north = area.bounds
    step = ((east - west) * (north - south) / RAYS) ** 0.5
    grid = np.stack(np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step)), -1)
    points = grid.reshape(-1, 2)
    shapely.prepare(area)
    points = points[shapely.contains_xy(area, points[:, 0], points[:, 1])]
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    triangles, across = triangles[np.abs(across[:, 2]) > 1e-9], across[np.abs(across[:, 2]) > 1e-9]
    flat = np.asarray(shapely.polygons(triangles[:, :, :2]))
    at, hit = shapely.STRtree(flat).query(shapely.points(points), predicate="intersects")
    away = points[at] - triangles[hit, 0, :2]
    heights = triangles[hit, 0, 2] - (away * across[hit, :2]).sum(axis=1) / across[hit, 2]
    tops = np.full(len(points), -np.inf)
    np.maximum.at(tops, at, heights)
    if np.mean(np.isfinite(tops)) < COVERED:
        return None
    ground = min(float(triangles[:, 2].min()) for triangles in (part.reshape(-1, 3) for part in body))
    return float((tops[np.isfinite(tops)].mean() - ground) * area.area)


def _of_geometry(shape: Json, points: Points) -> tuple[float | None, float]:
    """Return volume (None if the shape is open) and area of the floors, seen from above, of a room as written."""
    solid = shape["type"] == "Solid"
    surfaces = shape["boundaries"][0] if solid else shape["boundaries"]
    values = shape["semantics"]["values"][0] if solid else shape["semantics"]["values"]
    names = [surface["type"] for surface in shape["semantics"]["surfaces"]]
    floor = sum(
        abs(_vector(surface, points)[2])
        for surface, value in zip(surfaces, values, strict=True)
        if names[value] == "FloorSurface"
    )
    if not solid or not surfaces:
        return None, float(floor)
    return _enclosed(surfaces, points), float(floor)


def _enclosed(surfaces: Sequence[Sequence[Sequence[int]]], points: Points) -> float:
    """Return the volume inside a shell by the divergence theorem over its rings."""
    origin = points[surfaces[0][0][0]]
    parts = [(points[ring[0]] - origin) @ _ring(points[list(ring)]) / 3 for surface in surfaces for ring in surface]
    return float(sum(parts))


def _ring(ring: Points) -> Points:
    """Return the area vector of a ring: as long as its area, along its normal."""
    local = ring - ring[0]
    found: Points = np.cross(local, np.roll(local, -1, axis=0)).sum(axis=0) / 2
    return found


def _vector(surface: Sequence[Sequence[int]], points: Points) -> Points:
    found: Points = np.sum([_ring(points[list(ring)]) for ring in surface], axis=0)
    return found


def _area(surface: Sequence[Sequence[int]], points: Points) -> float:
    return float(np.linalg.norm(_vector(surface, points)))


def _open_cascade(path: Path, snapshot: Snapshot) -> dict[str, Points]:
    """Return the triangles (n, 3, 3) of rooms and of the body of the building, metres, world coordinates."""
    wanted = {
        r.global_id for r in snapshot.records.values() if r.ifc_class == SPACE or counts_in_footprint(r) or is_roof(r)
    }
    file = ifcopenshell.open(path)
    include = [one for one in file.by_type("IfcProduct") if one.GlobalId in wanted and one.Representation]
    if not include:
        return {}
    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    settings.set("mesher-linear-deflection", 0.0005)
    settings.set("mesher-angular-deflection", 0.1)
    iterator = ifcopenshell.geom.iterator(
        settings, file, max(1, multiprocessing.cpu_count() // 2), include=include, geometry_library="opencascade"
    )
    found: dict[str, Points] = {}
    if iterator.initialize():
        while True:
            shape = iterator.get()
            corners = np.array(shape.geometry.verts).reshape(-1, 3)
            found[shape.guid] = corners[np.array(shape.geometry.faces, dtype=np.int64).reshape(-1, 3)]
            if not iterator.next():
                break
    return found


def _volume(triangles: Points) -> float:
    local = triangles - triangles.reshape(-1, 3).mean(axis=0)
    return abs(float(np.einsum("ij,ij->i", local[:, 0], np.cross(local[:, 1], local[:, 2])).sum() / 6))


def _floor(triangles: Points) -> float:
    """Return the area, seen from above, of what looks down."""
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(across, axis=1)
    signed = np.einsum("ij,ij->i", triangles[:, 0] - triangles.reshape(-1, 3).mean(axis=0), across).sum()
    across = across if signed >= 0 else -across
    return float(np.abs(across[across[:, 2] <= -LEVEL * lengths, 2]).sum() / 2)


def _closed(triangles: Points) -> bool:
    corners = np.round(triangles.reshape(-1, 3), 5)
    _, index = np.unique(corners, axis=0, return_inverse=True)
    faces = index.reshape(-1, 3)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = edges[edges[:, 0] != edges[:, 1]]
    forward, counts = np.unique(edges, axis=0, return_counts=True)
    there = {tuple(edge): count for edge, count in zip(forward.tolist(), counts.tolist(), strict=True)}
    return all(there.get((b, a)) == count for (a, b), count in there.items())


def _outline(bodies: Sequence[Points]) -> BaseGeometry:
    areas = np.asarray(shapely.polygons(np.concatenate(bodies)[:, :, :2]))
    return shapely.union_all(areas[shapely.area(areas) > 1e-10], grid_size=1e-4)


def _stated(snapshot: Snapshot, name: str) -> dict[str, float | None]:
    found: dict[str, float | None] = {"volume": None, "floor": None}
    for values in snapshot.records[name].quantity_sets.values():
        for key, value in values.items():
            number = getattr(value, "value", value)
            what = STATED.get(key)
            if (
                what is not None
                and isinstance(number, int | float)
                and (found[what] is None or key.startswith("Net"))
            ):
                found[what] = float(number)
    return found


def main(paths: Sequence[str]) -> None:
    """Print a row for each model and what does not agree."""
    for path in map(Path, paths):
        print(json.dumps({"file": path.name, **summary(compare(path))}), flush=True)


def summary(pairs: Sequence[Pair]) -> Json:
    """Return counts, the worst difference and what does not agree, for each quantity."""
    made: Json = {}
    for what in ("volume", "floor", "footprint", "solid"):
        own = [pair for pair in pairs if pair.what == what]
        both = [pair for pair in own if pair.comparable]
        made[what] = {
            "all": len(own),
            "compared": len(both),
            "worst": max((pair.off for pair in both), default=None),
            "off": [asdict(pair) for pair in both if pair.off > AGREE],
        }
    return made


if __name__ == "__main__":
    main(sys.argv[1:])
