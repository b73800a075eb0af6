"""Which elements bound a space whose boundaries the file does not state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from ifc.geometry.adjacency import MIN_SHARED_M2, OVERLAP_M, PARALLEL, Facet, facets, frame
from ifc.geometry.mesh import Mesh, MeshSet
from ifc.records import ElementRecord, RelationKind

MAX_LINING_M = 0.15  # plaster, a screed or a lining may lie between a space and what bounds it

_BOUNDING = ("IfcWall", "IfcSlab", "IfcRoof", "IfcCurtainWall", "IfcPlate", "IfcColumn")

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounding:
    """An element that bounds a space.

    Attributes:
        space: GlobalId of the space.
        element: GlobalId of the element.
        area_m2: Area over which their faces look at each other, m².
    """

    space: str
    element: str
    area_m2: float


@dataclass(frozen=True, slots=True)
class _Surface:
    """The facets of a mesh with their normals (n, 3) and one point of each (n, 3)."""

    facets: list[Facet]
    normals: FloatArray
    points: FloatArray


def bounding_elements(records: Mapping[str, ElementRecord], meshes: MeshSet) -> tuple[Bounding, ...]:
    """Return the walls, slabs, roofs and columns that bound each space without stated boundaries, sorted.

    An element bounds a space if a face of it looks at a face of the space within `MAX_LINING_M`.
    """
    stated = {target for record in records.values() for target in record.targets(RelationKind.BOUNDS)}
    spaces, elements = [], []
    for mesh in meshes:
        record = records.get(mesh.global_id)
        if record is not None and record.ifc_class == "IfcSpace" and mesh.global_id not in stated:
            spaces.append(mesh)
        elif record is not None and record.ifc_class.startswith(_BOUNDING) and record.ifc_class[-4:] != "Type":
            elements.append(mesh)
    if not spaces or not elements:
        return ()
    boxes, surfaces = np.stack([element.bounds() for element in elements]), dict[str, _Surface]()
    found = (bounding for space in spaces for bounding in _around(space, elements, boxes, surfaces))
    return tuple(sorted(found, key=lambda b: (b.space, b.element)))


def _around(
    space: Mesh, elements: list[Mesh], boxes: FloatArray, surfaces: dict[str, _Surface]
) -> Iterator[Bounding]:
    low, high = space.bounds()
    near = ((boxes[:, 0] <= high + MAX_LINING_M) & (boxes[:, 1] >= low - MAX_LINING_M)).all(axis=1)
    own = facets(space)
    for index in np.flatnonzero(near):
        element = elements[index]
        if element.global_id not in surfaces:
            surfaces[element.global_id] = _surface(element)
        area_m2 = sum(_facing_m2(facet, surfaces[element.global_id]) for facet in own)
        if area_m2 >= MIN_SHARED_M2:
            yield Bounding(space.global_id, element.global_id, area_m2)


def _surface(mesh: Mesh) -> _Surface:
    found = facets(mesh)
    if not found:
        return _Surface([], np.empty((0, 3)), np.empty((0, 3)))
    return _Surface(found, np.stack([f.normal for f in found]), np.stack([f.triangles[0, 0] for f in found]))


def _facing_m2(facet: Facet, surface: _Surface) -> float:
    gaps = surface.points @ facet.normal - facet.offset
    facing = (surface.normals @ facet.normal <= PARALLEL) & (gaps >= -OVERLAP_M) & (gaps <= MAX_LINING_M)
    if not facing.any():
        return 0.0
    plane = frame(facet.normal)
    mine = facet.outline(plane)
    outlines = (surface.facets[index].outline(plane) for index in np.flatnonzero(facing))
    return sum((float(shapely.intersection(mine, outline).area) for outline in outlines), 0.0)
