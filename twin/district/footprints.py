"""Outlines of buildings, their parcels and the distances between them."""

from collections.abc import Sequence

import shapely
from shapely import MultiPolygon, Polygon, STRtree

from ifc import ElementRecord, Mesh
from ifc import footprint as ifc_footprint
from ifc import outline as ifc_outline
from twin.district.placement import Placement, place
from twin.district.values import Area, Distance, MapFootprint, Parcel
from twin.snapshot import Snapshot

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
    return _polygonal(ifc_outline(meshes))


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


def _polygonal(geometry: shapely.Geometry) -> Area | None:
    parts = [p for p in shapely.get_parts(geometry) if isinstance(p, Polygon) and not p.is_empty]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
