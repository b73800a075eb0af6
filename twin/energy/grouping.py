"""Samples of faces put together by element and direction."""

from collections.abc import Sequence

import numpy as np

from ifc import ElementRecord
from twin.energy.parts import FLOOR_TILT_DEG, ROOF_TILT_DEG, Face, true_azimuth_deg
from twin.energy.rays import NO_HIT, Ids, Points
from twin.energy.values import Boundary, Kind
from twin.snapshot import Snapshot

LOWEST_LEVEL_M = 1.0  # floors within this above the lowest point lie on the ground
SAMPLING_DOUBT = 0.01  # share of an area; measured at 60 rays a square metre

WINDOW_CLASSES = frozenset({"IfcWindow", "IfcWindowStandardCase", "IfcCurtainWall", "IfcPlate"})
DOOR_CLASSES = frozenset({"IfcDoor", "IfcDoorStandardCase"})


def kind_of(record: ElementRecord | None, tilt_deg: float) -> Kind:
    """Return what a face is, by the element that closes it and by where it looks."""
    if record is not None and record.ifc_class in WINDOW_CLASSES:
        return Kind.WINDOW
    if record is not None and record.ifc_class in DOOR_CLASSES:
        return Kind.DOOR
    if tilt_deg < ROOF_TILT_DEG:
        return Kind.ROOF
    return Kind.FLOOR if tilt_deg > FLOOR_TILT_DEG else Kind.WALL


def grouped_faces(
    met: Ids,
    points: Points,
    outward: Points,
    weights: Points,
    lowest_m: float,
    ids: Sequence[str],
    snapshot: Snapshot,
) -> list[Face]:
    """Return faces by element and direction, to the whole degree.

    Args:
        met: (n,), place of the element in `ids`, or `NO_HIT`.
        points: (n, 3), metres.
        outward: (n, 3), unit normals away from the room.
        weights: (n,), m2 that each sample stands for.
        lowest_m: Height of the lowest point of the rooms.
        ids: GlobalIds.
        snapshot: The version.
    """
    if not len(met):
        return []
    azimuth = np.round(true_azimuth_deg(outward, snapshot)).astype(np.int64) % 360
    tilt = np.round(np.degrees(np.arccos(np.clip(outward[:, 2], -1.0, 1.0)))).astype(np.int64)
    azimuth[(tilt <= 1) | (tilt >= 179)] = 0
    low = (tilt > FLOOR_TILT_DEG) & (points[:, 2] <= lowest_m + LOWEST_LEVEL_M)
    keys = np.stack([met, azimuth, tilt, low.astype(np.int64)], axis=1)
    groups, index = np.unique(keys, axis=0, return_inverse=True)
    areas = np.bincount(index.reshape(-1), weights=weights, minlength=len(groups))
    return [_face(group, float(area), ids, snapshot) for group, area in zip(groups, areas, strict=True)]


def _face(group: Ids, area: float, ids: Sequence[str], snapshot: Snapshot) -> Face:
    met, azimuth, tilt, low = (int(value) for value in group)
    global_id = "" if met == NO_HIT else ids[met]
    kind = kind_of(snapshot.records.get(global_id), float(tilt))
    boundary = Boundary.GROUND if low and kind is Kind.FLOOR else Boundary.OUTSIDE
    return Face(kind, boundary, global_id, float(azimuth), float(tilt), area, SAMPLING_DOUBT * area, "rays")
