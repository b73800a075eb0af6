"""The scene of a model: GLB chunks by storey and band, and the table of their elements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from ifc.geometry.chunk import MAX_FEATURES, Chunk, FloatArray, build_chunk
from ifc.geometry.mesh import Mesh, MeshSet
from ifc.geometry.palette import BANDS, band_of
from ifc.geometry.storeys import Storey, storey_of, storeys_of
from ifc.model import Model
from ifc.records import ElementRecord

BBOX_DECIMALS = 3  # a millimetre: nothing is measured from a box, and digits do not compress


@dataclass(frozen=True, slots=True)
class SceneElement:
    """One row of the element table.

    Attributes:
        global_id: GlobalId of the element.
        ifc_class: Exact class.
        name: Name.
        storey: GlobalId of its storey, or None.
        band: Discipline band.
        bbox: x0, y0, z0, x1, y1, z1 in model coordinates, metres.
        kernel: Kernel that made the mesh.
    """

    global_id: str
    ifc_class: str
    name: str
    storey: str | None
    band: str
    bbox: tuple[float, ...]
    kernel: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What a viewer needs to show a model.

    Attributes:
        origin: Model coordinates that are the origin of every chunk, metres.
        bounds: Lowest and highest corner of all elements, model coordinates, metres.
        storeys: Storeys, lowest first.
        chunks: GLB chunks; the elements of each are contiguous rows.
        elements: The element table; the row is the feature id.
    """

    origin: tuple[float, float, float]
    bounds: tuple[tuple[float, ...], tuple[float, ...]]
    storeys: tuple[Storey, ...]
    chunks: tuple[Chunk, ...]
    elements: tuple[SceneElement, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``scene.json``: everything but the bytes of the chunks."""
        columns = ("global_id", "ifc_class", "name", "storey", "band", "bbox", "kernel")
        return {
            "origin": list(self.origin),
            "bounds": [list(corner) for corner in self.bounds],
            "storeys": [
                {"global_id": storey.global_id, "name": storey.name, "elevation_m": storey.elevation_m}
                for storey in self.storeys
            ],
            "chunks": [_chunk_json(chunk) for chunk in self.chunks],
            "elements": {name: [_plain(getattr(element, name)) for element in self.elements] for name in columns},
        }


def build_scene(model: Model, meshes: MeshSet) -> Scene:
    """Return the scene of `model` with `meshes`; equal input gives equal bytes."""
    records = model.by_id()
    storeys = storeys_of(records)
    order = {storey.global_id: number for number, storey in enumerate(storeys)}
    rows = [(_element(mesh, records), mesh) for mesh in meshes]
    rows.sort(key=lambda row: _place_order(row[0], order))
    bounds = _bounds([element for element, _ in rows])
    origin = np.floor([(bounds[0][0] + bounds[1][0]) / 2, (bounds[0][1] + bounds[1][1]) / 2, bounds[0][2]])
    return Scene(
        (float(origin[0]), float(origin[1]), float(origin[2])),
        (tuple(bounds[0].round(BBOX_DECIMALS).tolist()), tuple(bounds[1].round(BBOX_DECIMALS).tolist())),
        storeys,
        tuple(_chunks(rows, records, origin)),
        tuple(element for element, _ in rows),
    )


def _element(mesh: Mesh, records: Mapping[str, ElementRecord]) -> SceneElement:
    record = records.get(mesh.global_id) or ElementRecord(mesh.global_id, "IfcProduct")
    return SceneElement(
        mesh.global_id,
        record.ifc_class,
        record.name,
        storey_of(mesh.global_id, records),
        band_of(record.ifc_class),
        tuple(mesh.bounds().round(BBOX_DECIMALS).reshape(-1).tolist()),
        mesh.kernel.value,
    )


def _place_order(element: SceneElement, order: Mapping[str, int]) -> tuple[int, int, str]:
    number = order[element.storey] if element.storey is not None else len(order)
    return number, BANDS.index(element.band), element.global_id


def _chunks(
    rows: list[tuple[SceneElement, Mesh]], records: Mapping[str, ElementRecord], origin: FloatArray
) -> Iterator[Chunk]:
    first = 0
    for place, group in groupby(rows, key=lambda row: (row[0].storey, row[0].band)):
        meshes = [mesh for _, mesh in group]
        for start in range(0, len(meshes), MAX_FEATURES):
            part = meshes[start : start + MAX_FEATURES]
            yield build_chunk(part, records, origin, place, first)
            first += len(part)


def _bounds(elements: Sequence[SceneElement]) -> FloatArray:
    if not elements:
        return np.zeros((2, 3))
    boxes = np.array([element.bbox for element in elements])
    return np.stack([boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)])


def _chunk_json(chunk: Chunk) -> dict[str, Any]:
    return {
        "sha256": chunk.sha256,
        "bytes": len(chunk.glb),
        "triangles": chunk.triangles,
        "storey": chunk.storey,
        "band": chunk.band,
        "first_feature": chunk.first_feature,
        "features": chunk.features,
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
