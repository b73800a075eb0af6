"""The shell of a building at level of detail 0, 1 or 2, as polygons that say what they are (CityGML surfaces)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from ifc.errors import IfcGeometryError, Reason
from ifc.geometry.mesh import Mesh, MeshSet
from ifc.geometry.outline import outline
from ifc.geometry.palette import lineage
from ifc.geometry.quantities import footprint
from ifc.geometry.roof import roof_faces
from ifc.geometry.solid_faces import Face, Plane, closed_surfaces
from ifc.records import ElementRecord

SIMPLER_M = 0.01  # corners nearer to the line between their neighbours are left out of a footprint
SAMPLES = 4_000  # points at which roof heights are taken: their median is stable to a millimetre on real roofs

_BODY = frozenset({"IfcWall", "IfcCurtainWall", "IfcColumn", "IfcSlab", "IfcBeam", "IfcMember", "IfcPlate"})
_GRID_M = 0.001

FloatArray = NDArray[np.float64]
Point = tuple[float, float, float]


class SurfaceKind(StrEnum):
    """What a surface of a shell is, as CityGML and CityJSON name it."""

    GROUND = "GroundSurface"
    WALL = "WallSurface"
    ROOF = "RoofSurface"


@dataclass(frozen=True, slots=True)
class Surface:
    """A flat surface: its outer ring, then its holes; counter-clockwise seen from outside, not closed, metres."""

    kind: SurfaceKind
    rings: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Shell:
    """The shell of a building in model coordinates, metres.

    Attributes:
        lod: Level of detail that was reached: 0, 1 or 2.
        surfaces: Its surfaces; from level 1 on they enclose a solid.
        ground_z_m: Height of the ground surface.
        reason: Why the level is lower than was asked for; empty if it is not.
    """

    lod: int
    surfaces: tuple[Surface, ...]
    ground_z_m: float
    reason: str = ""

    def volume_m3(self) -> float:
        """Return the volume that the surfaces enclose; 0 at level 0."""
        if self.lod == 0:
            return 0.0
        origin = np.array(self.surfaces[0].rings[0][0])
        return sum(_cone_m3(np.array(ring) - origin) for surface in self.surfaces for ring in surface.rings)

    def is_closed(self) -> bool:
        """Return whether every edge is met by as many in the other direction."""
        edges = Counter(edge for surface in self.surfaces for ring in surface.rings for edge in _edges(ring))
        return bool(edges) and all(edges[end, start] == count for (start, end), count in edges.items())


def shell(records: Mapping[str, ElementRecord], meshes: MeshSet, lod: int) -> Shell:
    """Return the shell of a building.

    Level 0 is the footprint at the foot of the body, level 1 the footprint extruded to the median height of the
    roof, level 2 has the planes of the roof and the walls below them; eaves are cut off at the footprint. Roof
    planes that meet within `solid_faces.SAME_HEIGHT_M` are joined. Where no roof of planes can be found, level 1
    is given, with the reason.

    Args:
        records: Records by GlobalId.
        meshes: Meshes of the model.
        lod: 0, 1 or 2.

    Raises:
        IfcGeometryError: (empty) the model shows nothing that has a footprint.
    """
    body, roofs = _body(records, meshes), _roofs(records, meshes)
    area = _simple(outline(body) if body else footprint(meshes, records))
    if area.is_empty:
        raise IfcGeometryError("The model shows nothing that has a footprint.", reason=Reason.EMPTY)
    shown = body or list(meshes)
    ground = round(min(float(mesh.bounds()[0, 2]) for mesh in shown), 3)
    if lod <= 0:
        return Shell(0, tuple(_flat(area, ground)), ground)
    reason = ""
    if lod >= 2:
        faces, reason = roof_faces(area, roofs)
        surfaces = closed_surfaces(faces, ground) if not reason else None
        if surfaces is not None:
            return Shell(2, tuple(_surfaces(surfaces)), ground)
        reason = reason or "roof planes cross"
    top = _median_top(area, [*body, *roofs] or shown)
    extruded = closed_surfaces([Face(part, Plane(0.0, 0.0, top)) for part in shapely.get_parts(area)], ground)
    return Shell(1, tuple(_surfaces(extruded or ())), ground, reason)


def _body(records: Mapping[str, ElementRecord], meshes: MeshSet) -> list[Mesh]:
    return [mesh for mesh in meshes if (record := records.get(mesh.global_id)) is not None and _is_body(record)]


def _is_body(record: ElementRecord) -> bool:
    return bool(_BODY & set(lineage(record.ifc_class))) and record.predefined_type not in ("ROOF", "LANDING")


def _roofs(records: Mapping[str, ElementRecord], meshes: MeshSet) -> list[Mesh]:
    return [mesh for mesh in meshes if (record := records.get(mesh.global_id)) is not None and _is_roof(record)]


def _is_roof(record: ElementRecord) -> bool:
    return record.ifc_class == "IfcRoof" or (record.ifc_class == "IfcSlab" and record.predefined_type == "ROOF")


def _simple(area: BaseGeometry) -> BaseGeometry:
    """Return the polygons of `area` without needless corners, on a grid of a millimetre."""
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    simple = shapely.transform(shapely.MultiPolygon(parts).simplify(SIMPLER_M), lambda points: points.round(3))
    return simple if simple.is_valid else shapely.set_precision(shapely.make_valid(simple), _GRID_M)


def _median_top(area: BaseGeometry, shown: list[Mesh]) -> float:
    """Return the median height of the highest surface over points that are spread evenly over `area`."""
    points = _spread(area)
    triangles = np.concatenate([mesh.vertices[mesh.faces.astype(np.int64)] for mesh in shown])
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    normal = np.cross(b - a, c - a)
    level = np.abs(normal[:, 2]) > 1e-9
    tree = STRtree([shapely.Polygon(corners) for corners in triangles[level][:, :, :2]])
    at, hit = tree.query(shapely.points(points), predicate="intersects")
    n, start = normal[level][hit], a[level][hit]
    heights = start[:, 2] - ((points[at] - start[:, :2]) * n[:, :2]).sum(axis=1) / n[:, 2]
    tops = np.full(len(points), -np.inf)
    np.maximum.at(tops, at, heights)
    found = tops[np.isfinite(tops)]
    highest = max(float(mesh.bounds()[1, 2]) for mesh in shown)
    return round(float(np.median(found)) if len(found) else highest, 3)


def _spread(area: BaseGeometry) -> FloatArray:
    x0, y0, x1, y1 = area.bounds
    step = max(((x1 - x0) * (y1 - y0) / SAMPLES) ** 0.5, 1e-3)
    xs, ys = np.arange(x0 + step / 2, x1, step), np.arange(y0 + step / 2, y1, step)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    shapely.prepare(area)
    inside: FloatArray = grid[shapely.contains_xy(area, grid[:, 0], grid[:, 1])]
    return inside if len(inside) else np.array([[area.representative_point().x, area.representative_point().y]])


def _flat(area: BaseGeometry, z: float) -> Iterator[Surface]:
    for part in shapely.get_parts(area):
        upwards = shapely.geometry.polygon.orient(part)
        rings = [shapely.get_coordinates(ring)[:-1] for ring in (upwards.exterior, *upwards.interiors)]
        yield Surface(SurfaceKind.GROUND, tuple(tuple((float(x), float(y), z) for x, y in ring) for ring in rings))


def _surfaces(faces: Iterable[tuple[str, list[list[Point]]]]) -> Iterator[Surface]:
    for kind, rings in faces:
        yield Surface(SurfaceKind(kind), tuple(tuple(ring) for ring in rings))


def _cone_m3(ring: FloatArray) -> float:
    """Return the volume of the cone from the origin over a flat ring, positive if the ring faces away."""
    turned = np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0) / 2.0
    return float(ring[0] @ turned / 3.0)


def _edges(ring: tuple[Point, ...]) -> Iterator[tuple[Point, Point]]:
    return zip(ring, (*ring[1:], ring[0]), strict=True)
