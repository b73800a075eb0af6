"""Storeys and spaces of a version as areas on the map; computed once and kept as a report of the version."""

from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping

from ifc import ElementRecord, Measure, space_floor_polygon, storey_of
from twin.catalogue import Version
from twin.district import Area, Placement, counts_in_footprint, outline, place
from twin.errors import InvalidInput
from twin.reports import ReportDesk
from twin.snapshot import Snapshot
from twin.snapshots import SnapshotReader

STEP_M = 0.001  # a map of rooms shows no finer corner
LAYOUT = "plans-1"  # changed with the shape of what is kept
STOREYS, SPACES = "storeys", "spaces"


class Plans:
    """Areas of storeys and spaces.

    Args:
        desk: Keeps what was computed.
        snapshots: Reads records and meshes.
    """

    def __init__(self, desk: ReportDesk, snapshots: SnapshotReader) -> None:
        self._desk = desk
        self._snapshots = snapshots

    def of(self, version: Version) -> Mapping[str, list[dict[str, Any]]]:
        """Return ``storeys`` and ``spaces``, each with GlobalId, names, area and geometry (EPSG:3301)."""
        return self._desk.kept(
            version, "plans", LAYOUT, lambda: plans_of(self._snapshots.read(version)), lambda _r: {}
        )


def plans_of(snapshot: Snapshot) -> Mapping[str, list[dict[str, Any]]]:
    """Return the storeys and spaces of `snapshot` as plain JSON, by GlobalId."""
    placement = _placement(snapshot)
    floors = dict(_floors(snapshot))
    levels = dict(_levels(snapshot))
    return {
        STOREYS: [
            _plain(r, levels.get(r.global_id), placement, snapshot) for r in _of(snapshot, "IfcBuildingStorey")
        ],
        SPACES: [_plain(r, floors.get(r.global_id), placement, snapshot) for r in _of(snapshot, "IfcSpace")],
    }


def _of(snapshot: Snapshot, ifc_class: str) -> list[ElementRecord]:
    return [record for record in snapshot.records.values() if record.ifc_class == ifc_class]


def _placement(snapshot: Snapshot) -> Placement | None:
    if snapshot.georeference is None:
        return None
    try:
        placement = place(snapshot.georeference)
    except InvalidInput:
        return None  # the finding of the reading says so
    return placement if placement.trusted else None


def _floors(snapshot: Snapshot) -> Iterator[tuple[str, Area]]:
    for mesh in snapshot.meshes:
        record = snapshot.records.get(mesh.global_id)
        if record is not None and record.ifc_class == "IfcSpace":
            area = _polygonal(space_floor_polygon(mesh))
            if area is not None:
                yield mesh.global_id, area


def _levels(snapshot: Snapshot) -> Iterator[tuple[str, Area]]:
    members: dict[str, list[str]] = {}
    for record in snapshot.records.values():
        storey = storey_of(record.global_id, snapshot.records) if counts_in_footprint(record) else None
        if storey is not None:
            members.setdefault(storey, []).append(record.global_id)
    for storey, names in members.items():
        area = outline(list(snapshot.meshes.only(names)))
        if area is not None:
            yield storey, area


def _polygonal(shape: shapely.Geometry) -> Area | None:
    parts = [p for p in shapely.get_parts(shape) if isinstance(p, Polygon) and not p.is_empty]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _plain(
    record: ElementRecord, area: Area | None, placement: Placement | None, snapshot: Snapshot
) -> dict[str, Any]:
    elevation = record.attributes.get("Elevation")
    storey = storey_of(record.global_id, snapshot.records) if record.ifc_class == "IfcSpace" else None
    on_map = None if area is None or placement is None else placement.area_to_map(area)
    return {
        "global_id": record.global_id,
        "name": record.name,
        "long_name": record.attributes.get("LongName") or "",
        "storey": storey,
        "elevation_m": elevation.value if isinstance(elevation, Measure) else None,
        "area_m2": None if area is None else round(float(area.area), 3),
        "geometry": None if on_map is None else mapping(shapely.set_precision(on_map, STEP_M)),
    }
