"""The few facts of a version that lists and maps of buildings show."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from ifc import ElementRecord, Measure, MeshSet
from twin.district import Area, Placement, counts_in_footprint, footprint, place
from twin.errors import InvalidInput
from twin.snapshot import Snapshot

FOOTPRINT_TOLERANCE_M = 0.05  # a map at the scale of a district shows no finer corner


def facts_of(snapshot: Snapshot) -> Mapping[str, Any]:
    """Return the facts of `snapshot`.

    Returns:
        ``footprint`` (GeoJSON, EPSG:3301, or None), ``footprint_model`` (the same in model metres), ``ground_m``
        (EH2000) and ``height_m`` of the building's body, or None, and ``storeys_above`` (storeys that begin at or
        above the lowest ground-floor level, as far as the model tells).
    """
    area = footprint(snapshot)
    low, high = _span(snapshot.records, snapshot.meshes)
    placement = _placement(snapshot)
    return {
        "footprint": None if area is None or placement is None else _geojson(placement.area_to_map(area)),
        "footprint_model": None if area is None else _geojson(area),
        "ground_m": None if placement is None or low is None else round(placement.georeference.height_m + low, 3),
        "height_m": None if low is None or high is None else round(high - low, 3),
        "storeys_above": _storeys_above(snapshot.records),
    }


def _placement(snapshot: Snapshot) -> Placement | None:
    if snapshot.georeference is None:
        return None
    try:
        placement = place(snapshot.georeference)
    except InvalidInput:
        return None  # the finding of the reading says so; a building without a place is still a building
    return placement if placement.trusted else None


def _span(records: Mapping[str, ElementRecord], meshes: MeshSet) -> tuple[float | None, float | None]:
    body = [
        mesh.vertices[:, 2]
        for mesh in meshes
        if mesh.global_id in records
        and (counts_in_footprint(records[mesh.global_id]) or _is_roof(records[mesh.global_id]))
        and len(mesh.vertices)
    ]
    if not body:
        return None, None
    return float(min(np.min(z) for z in body)), float(max(np.max(z) for z in body))


def _is_roof(record: ElementRecord) -> bool:
    return record.ifc_class == "IfcRoof" or (record.ifc_class == "IfcSlab" and record.predefined_type == "ROOF")


def _storeys_above(records: Mapping[str, ElementRecord]) -> int:
    elevations = [
        float(value.value) if isinstance(value, Measure) else 0.0
        for record in records.values()
        if record.ifc_class == "IfcBuildingStorey"
        for value in [record.attributes.get("Elevation")]
    ]
    return sum(1 for elevation in elevations if elevation >= -0.5)


def _geojson(area: Area) -> Mapping[str, Any]:
    simple = shapely.set_precision(area.simplify(FOOTPRINT_TOLERANCE_M), 0.001)
    shape: Mapping[str, Any] = shapely.geometry.mapping(simple)
    return {"type": shape["type"], "coordinates": _lists(shape["coordinates"])}


def _lists(value: Any) -> Any:
    return [_lists(item) for item in value] if isinstance(value, (tuple, list)) else value
