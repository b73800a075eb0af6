"""Outlines of buildings, their parcels and the distances between them."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, STRtree
from shapely.errors import GEOSException

from ifc import ElementRecord, Mesh
from ifc import footprint as ifc_footprint
from twin.district.placement import Placement, place
from twin.district.values import Area, Distance, MapFootprint, Parcel
from twin.snapshot import Snapshot

GRID_M = 0.001  # outlines are kept to a millimetre: joins triangle edges, far below survey accuracy
MIN_TRIANGLE_M2 = 1e-8  # projections of vertical triangles, which add no area
CLOSE_GAP_M = 0.01  # joints between wall, column and slab, which are no outline
ENVELOPE_CLASSES = (
    "IfcWall",
    "IfcSlab",
    "IfcColumn",
    "IfcCurtainWall",
    "IfcDoor",
    "IfcWindow",
    "IfcBeam",
    "IfcMember",
    "IfcPlate",
    "IfcBuildingElementPart",
)
NOT_FOOTPRINT_SLABS = ("ROOF", "LANDING")


def counts_in_footprint(record: ElementRecord) -> bool:
    """Return whether an element belongs to the body of a building.

    Roofs, eaves, stairs, ramps, railings, terrain, foundations, furniture and services do not: the register excludes
    eaves, terraces and steps from the footprint (ehitisealune pind).
    """
    if record.predefined_type in NOT_FOOTPRINT_SLABS:
        return False
    return record.ifc_class.removesuffix("StandardCase").removesuffix("ElementedCase") in ENVELOPE_CLASSES


def outline(meshes: Sequence[Mesh]) -> Area | None:
    """Return the union of the vertical projections of meshes.

    Args:
        meshes: Meshes in one metric coordinate system, z up.

    Returns:
        Polygon or MultiPolygon in the same plane, or None if nothing has an area.
    """
    shadows = [shadow for mesh in meshes if (shadow := _shadow(mesh)) is not None]
    if not shadows:
        return None
    union = _union(shadows)
    joined = shapely.buffer(union, CLOSE_GAP_M / 2, join_style="mitre")
    closed = shapely.buffer(joined, -CLOSE_GAP_M / 2, join_style="mitre")
    return _polygonal(shapely.set_precision(closed, GRID_M))


def footprint(snapshot: Snapshot) -> Area | None:
    """Return the outline of a building's body in model coordinates.

    Args:
        snapshot: The building.

    Returns:
        Polygon in model metres, or None if no wall, slab, column or façade has geometry.
    """
    records = snapshot.records
    body = [gid for gid, record in records.items() if counts_in_footprint(record)]
    return _polygonal(ifc_footprint(snapshot.meshes.only(body), records))


def footprint_on_map(snapshot: Snapshot, placement: Placement | None = None) -> MapFootprint | None:
    """Return the outline of a building in EPSG:3301: of its body, else of everything that it shows.

    Args:
        snapshot: The building.
        placement: Where it stands; by default what its own georeference says.

    Returns:
        The footprint, or None if there is no geometry or no georeference.

    Raises:
        InvalidInput: (georeference) the georeference holds no usable numbers.
    """
    if placement is None and snapshot.georeference is not None:
        placement = place(snapshot.georeference)
    if placement is None:
        return None
    shape = footprint(snapshot) or _polygonal(ifc_footprint(snapshot.meshes, snapshot.records))
    if shape is None:
        return None
    return MapFootprint(snapshot.building_id, placement.area_to_map(shape))


def parcel_of(shape: Area, parcels: Sequence[Parcel]) -> Parcel | None:
    """Return the parcel that holds most of a footprint (EPSG:3301), or None if none touches it with an area."""
    if not parcels:
        return None
    hits = STRtree([parcel.shape for parcel in parcels]).query(shape, predicate="intersects")
    shares = [(float(parcels[hit].shape.intersection(shape).area), parcels[hit]) for hit in hits]
    best = max(shares, key=lambda share: (share[0], share[1].cadastral_number), default=None)
    return best[1] if best is not None and best[0] > 0 else None


def neighbours(subject: MapFootprint, others: Sequence[MapFootprint], within_m: float) -> tuple[Distance, ...]:
    """Return the other footprints that are nearer than a distance, nearest first.

    Args:
        subject: The building from which is measured.
        others: Footprints in EPSG:3301; the subject itself is left out by its building id.
        within_m: Largest distance in metres.
    """
    found = [other for other in others if other.building_id != subject.building_id]
    if not found:
        return ()
    hits = STRtree([other.shape for other in found]).query(subject.shape, predicate="dwithin", distance=within_m)
    return tuple(
        sorted((_distance(subject, found[hit]) for hit in hits), key=lambda d: (d.distance_m, d.building_id))
    )


def _distance(subject: MapFootprint, other: MapFootprint) -> Distance:
    start, end = shapely.get_coordinates(shapely.shortest_line(subject.shape, other.shape))
    return Distance(
        other.building_id,
        float(subject.shape.distance(other.shape)),
        float(subject.shape.intersection(other.shape).area),
        ((float(start[0]), float(start[1])), (float(end[0]), float(end[1]))),
    )


def _shadow(mesh: Mesh) -> Area | None:
    if len(mesh.faces) == 0 or not np.isfinite(mesh.vertices).all():
        return None
    corners = mesh.vertices[mesh.faces.astype(np.int64), :2]
    edges_a, edges_b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    doubled = edges_a[:, 0] * edges_b[:, 1] - edges_a[:, 1] * edges_b[:, 0]
    flat = corners[np.abs(doubled) > 2 * MIN_TRIANGLE_M2]
    if len(flat) == 0:
        return None
    rings = np.concatenate([flat, flat[:, :1]], axis=1)
    return _polygonal(_union([Polygon(ring) for ring in rings]))


def _union(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    try:
        return shapely.union_all(shapes, grid_size=GRID_M)
    except GEOSException:  # slivers that collapse on the grid; without it the union is robust, only not snapped
        return shapely.union_all(shapes)


def _polygonal(geometry: shapely.Geometry) -> Area | None:
    parts = [p for p in shapely.get_parts(geometry) if isinstance(p, Polygon) and not p.is_empty]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
