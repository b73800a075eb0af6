"""3D Tiles 1.1 of one version of a building: its elements as modelled, with GlobalId, class, name and storey.

A tile holds elements of one storey; a storey with many triangles has several. Rooms and openings are left out: they
would hide what they lie in. Frame and heights are those of `api.formats.tiles`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.formats.tile_glb import (
    ARRAY_BUFFER,
    ELEMENT_ARRAY_BUFFER,
    FLOAT,
    UINT16,
    UINT32,
    GlbFile,
    flat_normals,
    strings,
)
from api.formats.tiles import Frame, frame_of, tileset_of, volume_of
from ifc import Mesh, storey_of
from twin.district import Geoid, Placement, cell_of
from twin.snapshot import Snapshot

MOST_TRIANGLES = 60_000  # of a tile: some six megabytes, since each has corners of its own
MOST_ELEMENTS = 60_000  # of a tile: feature ids are 16 bits
BUILDING_ERROR_M = 100.0  # of nothing instead of a building
HIDDEN = ("IfcSpace", "IfcOpeningElement", "IfcSpatialZone")
UINT8 = 5121

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BuildingTile:
    """Elements that are shown together.

    Attributes:
        storey: GlobalId, or an empty text for what stands in none.
        meshes: The elements, model coordinates.
    """

    storey: str
    meshes: tuple[Mesh, ...]


def building_parts(snapshot: Snapshot) -> list[BuildingTile]:
    """Return the tiles of a version in a fixed order; a storey ends before it grows too large."""
    storeys: dict[str, list[Mesh]] = {}
    for mesh in snapshot.meshes:
        record = snapshot.records.get(mesh.global_id)
        if record is not None and record.ifc_class not in HIDDEN and len(mesh.faces):
            storeys.setdefault(storey_of(mesh.global_id, snapshot.records) or "", []).append(mesh)
    return [BuildingTile(storey, part) for storey in sorted(storeys) for part in _parts(storeys[storey])]


def building_tileset(tiles: Sequence[BuildingTile], placement: Placement, geoid: Geoid, query: str = "") -> Json:
    """Return the tileset; contents are ``{number}.glb`` beside it, from 0."""
    if not tiles:
        return tileset_of([], geoid, BUILDING_ERROR_M)
    matrix = _frame(tiles, placement).matrix()
    children = []
    for number, tile in enumerate(tiles):
        points = np.concatenate([placement.to_map(mesh.vertices) for mesh in tile.meshes])
        (west, south, low), (east, north, high) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        children.append(
            {
                "boundingVolume": volume_of((west, south, east, north), low, high, geoid),
                "transform": matrix,
                "geometricError": 0.0,
                "content": {"uri": f"{number}.glb{query}"},
            }
        )
    return tileset_of(children, geoid, BUILDING_ERROR_M)


def building_tile(
    tiles: Sequence[BuildingTile], number: int, snapshot: Snapshot, placement: Placement, geoid: Geoid
) -> bytes:
    """Return the GLB of one of the tiles of a version."""
    tile, frame, file = tiles[number], _frame(tiles, placement), GlbFile()
    meshes = list(enumerate(tile.meshes))
    solid = [pair for pair in meshes if pair[1].colour[3] >= 1.0]
    clear = [pair for pair in meshes if pair[1].colour[3] < 1.0]
    primitives = [
        _primitive(file, group, len(meshes), material, frame, placement, geoid)
        for material, group in ((0, solid), (1, clear))
        if group
    ]
    plain = {"pbrMetallicRoughness": {"metallicFactor": 0.0}, "doubleSided": True}
    return file.to_bytes(primitives, _metadata(file, tile, snapshot), [plain, {**plain, "alphaMode": "BLEND"}])


def _parts(meshes: Sequence[Mesh]) -> list[tuple[Mesh, ...]]:
    parts: list[list[Mesh]] = [[]]
    triangles = 0
    for mesh in meshes:
        if parts[-1] and (triangles + len(mesh.faces) > MOST_TRIANGLES or len(parts[-1]) >= MOST_ELEMENTS):
            parts.append([])
            triangles = 0
        parts[-1].append(mesh)
        triangles += len(mesh.faces)
    return [tuple(part) for part in parts if part]


def _frame(tiles: Sequence[BuildingTile], placement: Placement) -> Frame:
    """Return the frame of the cell where the first element stands: vertices stay within a kilometre or so of it."""
    spot = placement.to_map(tiles[0].meshes[0].vertices[:1])[0]
    return frame_of(cell_of((spot[0], spot[1], spot[0], spot[1])))


def _primitive(
    file: GlbFile,
    group: Sequence[tuple[int, Mesh]],
    count: int,
    material: int,
    frame: Frame,
    placement: Placement,
    geoid: Geoid,
) -> Json:
    """Return one primitive of elements with their places in the property table; triangles share no corner."""
    corners = np.concatenate([mesh.vertices[mesh.faces.astype(np.int64)].reshape(-1, 3) for _, mesh in group])
    local = frame.local(placement.to_map(corners), geoid)
    y_up = np.column_stack([local[:, 0], local[:, 2], -local[:, 1]]).astype(np.float32)
    faces = np.arange(len(y_up), dtype=np.int64).reshape(-1, 3)
    sizes = [3 * len(mesh.faces) for _, mesh in group]
    features = np.zeros((len(y_up), 2), dtype=np.uint16)  # two bytes of padding, since a stride is a multiple of four
    features[:, 0] = np.repeat([place for place, _ in group], sizes)
    colours = np.repeat(_colours([mesh for _, mesh in group]), sizes, axis=0)
    return {
        "attributes": {
            "POSITION": file.accessor(y_up, FLOAT, "VEC3", ARRAY_BUFFER, bounds=True),
            "NORMAL": file.accessor(flat_normals(y_up, faces), FLOAT, "VEC3", ARRAY_BUFFER),
            "COLOR_0": file.accessor(colours, UINT8, "VEC4", ARRAY_BUFFER, normalized=True),
            "_FEATURE_ID_0": file.accessor(features, UINT16, "SCALAR", ARRAY_BUFFER, stride=4),
        },
        "indices": file.accessor(faces.astype(np.uint32).reshape(-1), UINT32, "SCALAR", ELEMENT_ARRAY_BUFFER),
        "material": material,
        "extensions": {
            "EXT_mesh_features": {"featureIds": [{"featureCount": count, "attribute": 0, "propertyTable": 0}]}
        },
    }


def _colours(meshes: Sequence[Mesh]) -> NDArray[np.uint8]:
    """Return colours as glTF has them: linear, where those of a model are sRGB; opacity stays."""
    given = np.clip(np.array([mesh.colour for mesh in meshes], dtype=np.float64), 0.0, 1.0)
    given[:, :3] = np.where(given[:, :3] <= 0.04045, given[:, :3] / 12.92, ((given[:, :3] + 0.055) / 1.055) ** 2.4)
    rounded: NDArray[np.uint8] = np.rint(given * 255.0).astype(np.uint8)
    return rounded


def _metadata(file: GlbFile, tile: BuildingTile, snapshot: Snapshot) -> Json:
    records = [snapshot.records[mesh.global_id] for mesh in tile.meshes]
    storey = snapshot.records.get(tile.storey)
    columns: Mapping[str, Sequence[str]] = {
        "global_id": [record.global_id for record in records],
        "ifc_class": [record.ifc_class for record in records],
        "name": [record.name or "" for record in records],
        "storey": [(storey.name or storey.global_id) if storey else ""] * len(records),
        "building_id": [snapshot.building_id] * len(records),
    }
    text = {"type": "STRING", "required": True}
    return {
        "schema": {"id": "kaksik", "classes": {"element": {"properties": dict.fromkeys(columns, text)}}},
        "propertyTables": [
            {
                "class": "element",
                "count": len(records),
                "properties": {name: strings(file, values) for name, values in columns.items()},
            }
        ],
    }
