"""Which spaces lie beside, above or below each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ifc.geometry.mesh import Mesh, MeshSet
from ifc.geometry.outline import union_of_triangles
from ifc.geometry.solids import facet_normals
from ifc.records import ElementRecord, Relation, RelationKind

MAX_GAP_M = 0.6  # thickest inner wall or floor between two spaces that still counts as one boundary
MIN_SHARED_M2 = 0.05  # less is a touching corner
PARALLEL = -0.98  # cosine between the normals of facing surfaces: 11 degrees
OVERLAP_M = 0.02  # bodies of sloppy models reach into each other by so much

_LEVEL = 0.9  # a surface with a steeper normal is a floor or a ceiling
_NORMAL_DECIMALS, _OFFSET_DECIMALS = 2, 2
_OPENING_FILLS = ("IfcDoor", "IfcWindow", "IfcVirtualElement")  # what has a space on either side, never on one

FloatArray = NDArray[np.float64]


class AdjacencySource(StrEnum):
    """What says that two spaces are adjacent."""

    BOUNDARY_PAIR = "IfcRelSpaceBoundary.CorrespondingBoundary"
    BOUNDARY = "IfcRelSpaceBoundary"  # both are bounded by one element, and their faces look at each other there
    GEOMETRY = "geometry"  # their faces look at each other within `MAX_GAP_M`


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Two adjacent spaces.

    Attributes:
        a: GlobalId of the first space; below `b` in order of text.
        b: GlobalId of the second space.
        source: What says so.
        area_m2: Area that they share, m²; None if it was not measured.
        stacked: Whether they meet through a floor rather than a wall; None if it was not measured.
    """

    a: str
    b: str
    source: AdjacencySource
    area_m2: float | None = None
    stacked: bool | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A flat part of the surface of a space: its outward normal, a frame, and its outline in that frame."""

    normal: FloatArray
    offset: float
    triangles: FloatArray

    def outline(self, plane: FloatArray) -> BaseGeometry:
        """Return its outline in the plane of two unit vectors; see `frame`."""
        return union_of_triangles(self.triangles @ plane.T)


def space_adjacency(records: Mapping[str, ElementRecord], meshes: MeshSet) -> tuple[Adjacency, ...]:
    """Return the pairs of adjacent spaces, sorted.

    That two spaces share a boundary element is not enough (they may lie on the same side of one wall): their faces
    must look at each other, or the element must be a door, a window or a virtual element between exactly these two.
    Faces that look at each other are enough: authors often leave floors without boundaries.
    """
    spaces = {record.global_id for record in records.values() if record.ifc_class == "IfcSpace"}
    surfaces = {mesh.global_id: facets(mesh) for mesh in meshes if mesh.global_id in spaces}
    boxes = {mesh.global_id: mesh.bounds() for mesh in meshes if mesh.global_id in spaces}
    shared, corresponding = _boundaries(records, spaces)
    found: dict[tuple[str, str], Adjacency] = {}
    for a, b in combinations(sorted(spaces), 2):
        near = a in boxes and b in boxes and _near(boxes[a], boxes[b])
        area, stacked = _facing(surfaces[a], surfaces[b]) if near else (0.0, False)
        touching = area >= MIN_SHARED_M2
        source = _source((a, b), touching, shared, corresponding)
        if source is not None:
            measured = (area, stacked) if touching else (None, None)
            found[a, b] = Adjacency(a, b, source, *measured)
    return tuple(found[pair] for pair in sorted(found))


def _source(
    pair: tuple[str, str],
    touching: bool,
    shared: Mapping[tuple[str, str], bool],
    corresponding: set[tuple[str, str]],
) -> AdjacencySource | None:
    if pair in corresponding:
        return AdjacencySource.BOUNDARY_PAIR
    if pair in shared and (touching or shared[pair]):
        return AdjacencySource.BOUNDARY
    return AdjacencySource.GEOMETRY if touching else None


def _boundaries(
    records: Mapping[str, ElementRecord], spaces: set[str]
) -> tuple[dict[tuple[str, str], bool], set[tuple[str, str]]]:
    """Return pairs with a common element (True: a fill between just them) and pairs that the file states."""
    shared: dict[tuple[str, str], bool] = {}
    corresponding: set[tuple[str, str]] = set()
    for record in records.values():
        sides = {relation.target for relation in _bounds(record)} & spaces
        certain = len(sides) == 2 and record.ifc_class.startswith(_OPENING_FILLS)
        for pair in combinations(sorted(sides), 2):
            shared[pair] = shared.get(pair, False) or certain
        corresponding |= set(_corresponding(record, spaces))
    return shared, corresponding


def _bounds(record: ElementRecord) -> Iterator[Relation]:
    return (relation for relation in record.relations if relation.kind is RelationKind.BOUNDS)


def _corresponding(record: ElementRecord, spaces: set[str]) -> Iterator[tuple[str, str]]:
    for relation in _bounds(record):
        other = relation.detail.get("corresponding_space")
        if isinstance(other, str) and {other, relation.target} <= spaces and other != relation.target:
            yield (min(other, relation.target), max(other, relation.target))


def _near(one: FloatArray, other: FloatArray) -> bool:
    return bool((one[0] - MAX_GAP_M <= other[1]).all() and (other[0] - MAX_GAP_M <= one[1]).all())


def facets(mesh: Mesh) -> list[Facet]:
    """Return the surface of `mesh` as flat facets: triangles of one normal and one plane belong together."""
    triangles, normals = facet_normals(mesh)
    groups: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for index, (normal, triangle) in enumerate(zip(normals, triangles, strict=True)):
        if normal.any():
            key = (*(normal.round(_NORMAL_DECIMALS) + 0.0), round(float(normal @ triangle[0]), _OFFSET_DECIMALS))
            groups[key].append(index)
    return [
        Facet(normals[members[0]], float(normals[members[0]] @ triangles[members[0], 0]), triangles[members])
        for members in groups.values()
    ]


def _facing(one: list[Facet], other: list[Facet]) -> tuple[float, bool]:
    """Return the area in m² over which two surfaces look at each other, and whether most of it is level."""
    walls = floors = 0.0
    for mine in one:
        plane = frame(mine.normal)
        for theirs in other:
            gap = float(mine.normal @ theirs.triangles.mean(axis=(0, 1))) - mine.offset
            if mine.normal @ theirs.normal > PARALLEL or not -OVERLAP_M <= gap <= MAX_GAP_M:
                continue
            area = float(shapely.intersection(mine.outline(plane), theirs.outline(plane)).area)
            if abs(mine.normal[2]) > _LEVEL:
                floors += area
            else:
                walls += area
    return walls + floors, floors > walls


def frame(normal: FloatArray) -> FloatArray:
    """Return float64 (2, 3): two unit vectors that span the plane of `normal`."""
    helper = np.array([0.0, 0.0, 1.0]) if abs(normal[2]) < _LEVEL else np.array([1.0, 0.0, 0.0])
    first = np.cross(helper, normal)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(normal, first)])
