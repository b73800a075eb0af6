"""The envelope of a model without spaces: outer faces from which a ray escapes, gross, of a lower grade."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ifc import ElementRecord
from twin.energy.parts import AREA_UNIT, Face, true_azimuth_deg
from twin.energy.rays import NO_HIT, Points, Scene, sample
from twin.energy.values import Boundary, Kind, Source, Sourced
from twin.snapshot import Snapshot

HULL_RAYS_M2 = 20.0  # the grade is low anyway
STEP_OUT_M = 0.01
STEEP = 0.5  # vertical part of a normal that tells roofs from walls
ABOVE_GROUND_M = 1.0  # what looks up lower than this is terrace, not roof
HULL_DOUBT = 0.15  # share of an area: outer dimensions, eaves and parapets
SHARE_OF_GROSS = 0.85  # net floor area of gross, usual for dwellings
LEAST_STOREY_M = 2.2


@dataclass(frozen=True, slots=True)
class Hull:
    """What was found.

    Attributes:
        faces: Walls, windows, doors, roof and ground.
        volume_m3: Under the roof, outer dimensions.
        floor_m2: Floor area guessed by storeys.
    """

    faces: tuple[Face, ...]
    volume_m3: float
    floor_m2: Sourced


def hull_faces(
    ids: Sequence[str],
    triangles: Sequence[Points],
    snapshot: Snapshot,
    kind_of: Callable[[ElementRecord | None, float], Kind],
) -> Hull:
    """Measure the outer hull of the given elements."""
    rays = sample(triangles, HULL_RAYS_M2)
    if not len(rays.points):
        return Hull((), 0.0, Sourced(0.0, AREA_UNIT, Source.DERIVED, 0.0, "no geometry"))
    met, _, _ = Scene(triangles).first_hit(rays.points + STEP_OUT_M * rays.normals, rays.normals)
    lowest = float(rays.points[:, 2].min())
    up = rays.normals[:, 2]
    high = rays.points[:, 2] - lowest
    seen = (met == NO_HIT) & (up > -STEEP) & ((up < STEEP) | (high > ABOVE_GROUND_M))
    azimuth = np.round(true_azimuth_deg(rays.normals, snapshot)).astype(np.int64) % 360
    tilt = np.round(np.degrees(np.arccos(np.clip(up, -1.0, 1.0)))).astype(np.int64)
    azimuth[tilt <= 1] = 0
    keys = np.stack([rays.owner, azimuth, tilt], axis=1)[seen]
    groups, index = np.unique(keys, axis=0, return_inverse=True)
    areas = np.bincount(index.reshape(-1), weights=rays.weights[seen], minlength=len(groups))
    faces = [_face(group, float(area), ids, snapshot, kind_of) for group, area in zip(groups, areas, strict=True)]
    roof = seen & (up >= STEEP)
    plan = rays.weights[roof] * up[roof]
    footprint, volume = float(plan.sum()), float((plan * high[roof]).sum())
    if footprint > 0.0:
        note = "plan of the roof"
        faces.append(Face(Kind.FLOOR, Boundary.GROUND, "", 0.0, 180.0, footprint, HULL_DOUBT * footprint, note))
    return Hull(tuple(faces), volume, _floor_m2(footprint, volume, snapshot))


def _face(
    group: np.ndarray,
    area: float,
    ids: Sequence[str],
    snapshot: Snapshot,
    kind_of: Callable[[ElementRecord | None, float], Kind],
) -> Face:
    owner, azimuth, tilt = (int(value) for value in group)
    kind = kind_of(snapshot.records.get(ids[owner]), float(tilt))
    doubt = HULL_DOUBT * area
    return Face(kind, Boundary.OUTSIDE, ids[owner], float(azimuth), float(tilt), area, doubt, "outer hull")


def _floor_m2(footprint: float, volume: float, snapshot: Snapshot) -> Sourced:
    storeys = sum(record.ifc_class == "IfcBuildingStorey" for record in snapshot.records.values())
    height = volume / footprint if footprint > 0.0 else 0.0
    count = max(1, min(storeys or 1, int(height / LEAST_STOREY_M)))
    area = footprint * count * SHARE_OF_GROSS
    note = f"plan of the roof × {count} storeys × {SHARE_OF_GROSS} for walls"
    return Sourced(area, AREA_UNIT, Source.DERIVED, 0.25 * area, note)
