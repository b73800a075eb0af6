"""The envelope as data: what separates the heated space from the outside and from the ground."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from ifc import Measure
from twin.energy.findings import EnergyFinding
from twin.energy.thermal import Thermal
from twin.energy.values import Boundary, Kind, Source, Sourced
from twin.snapshot import Snapshot

if TYPE_CHECKING:
    from twin.energy.spread import AreaSpread

COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
ROOF_TILT_DEG = 60.0  # a face that looks up more steeply than this is a roof
FLOOR_TILT_DEG = 120.0
AREA_UNIT = "m2"
LEAST_PART_M2 = 0.01  # smaller parts are noise of the sampling


class Grade(StrEnum):
    """How good an envelope is, best first."""

    SPACES = "spaces"  # rays from the faces of the spaces
    HULL = "hull"  # no spaces: outer faces, gross


@dataclass(frozen=True, slots=True)
class Face:
    """Envelope area that one element of the model closes in one direction.

    Attributes:
        kind: Wall, window, door, roof or floor.
        boundary: Outside or ground.
        global_id: The element; empty if none was found there.
        azimuth_deg: Outward normal, clockwise from true north.
        tilt_deg: 0 looks up, 90 is vertical.
        area_m2: Area.
        area_doubt_m2: Doubt of the area.
        area_note: How it was measured.
    """

    kind: Kind
    boundary: Boundary
    global_id: str
    azimuth_deg: float
    tilt_deg: float
    area_m2: float
    area_doubt_m2: float
    area_note: str


@dataclass(frozen=True, slots=True)
class EnvelopePart:
    """Faces of one kind, orientation and construction.

    Attributes:
        orientation: One of `COMPASS`, ``roof`` or ``ground``; ``below`` for floors over outside air.
        kind: What it is to the heat balance.
        boundary: Outside or ground.
        azimuth_deg: Mean outward normal, clockwise from true north.
        tilt_deg: Mean tilt.
        area_m2: Area seen from inside.
        u_w_m2k: U-value.
        g: Total solar energy transmittance, of windows.
        elements: GlobalIds, sorted.
    """

    orientation: str
    kind: Kind
    boundary: Boundary
    azimuth_deg: float
    tilt_deg: float
    area_m2: Sourced
    u_w_m2k: Sourced
    g: Sourced | None
    elements: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "orientation": self.orientation,
            "kind": self.kind.value,
            "boundary": self.boundary.value,
            "azimuth_deg": round(self.azimuth_deg, 1),
            "tilt_deg": round(self.tilt_deg, 1),
            "area_m2": round(self.area_m2.value, 2),
            "area_source": self.area_m2.source.value,
            "area_doubt_m2": round(self.area_m2.doubt, 2),
            "u_w_m2k": round(self.u_w_m2k.value, 3),
            "u_source": self.u_w_m2k.source.value,
            "u_note": self.u_w_m2k.note,
            "g": None if self.g is None else round(self.g.value, 3),
            "g_source": None if self.g is None else self.g.source.value,
            "elements": list(self.elements),
        }


@dataclass(frozen=True, slots=True)
class Envelope:
    """The envelope of one version.

    Attributes:
        grade: How it was made.
        parts: Sorted by orientation and kind.
        volume_m3: Enclosed air volume.
        floor_m2: Floor area of what was enclosed, as measured on the geometry.
        inner_m2: Area of inner faces between spaces, one side.
        findings: What was noticed.
        quality: How far several ways to the areas agree; `twin.energy.spread.AreaSpread`.
    """

    grade: Grade
    parts: tuple[EnvelopePart, ...]
    volume_m3: Sourced
    floor_m2: Sourced
    inner_m2: float
    findings: tuple[EnergyFinding, ...]
    quality: tuple["AreaSpread", ...] = ()

    def area_m2(self, kind: Kind, orientation: str | None = None) -> float:
        """Return the area of a kind, of all orientations or of one, m2."""
        return sum(
            part.area_m2.value for part in self.parts if part.kind is kind and orientation in (None, part.orientation)
        )


def rotation_deg(snapshot: Snapshot) -> float | None:
    """Return the angle from east to the model's x axis, counter-clockwise; None if the model does not say it.

    The map conversion says it best; else the true north that the project states.
    """
    if snapshot.georeference is not None:
        return snapshot.georeference.rotation_deg
    said = (r.attributes.get("TrueNorth") for r in snapshot.records.values() if r.ifc_class == "IfcProject")
    return next((-math.degrees(north.value) for north in said if isinstance(north, Measure)), None)


def true_azimuth_deg(normal: np.ndarray, snapshot: Snapshot) -> np.ndarray:
    """Return the azimuth, clockwise from north, of normals (n, 3) in model coordinates."""
    east_ccw = np.degrees(np.arctan2(normal[:, 1], normal[:, 0])) + (rotation_deg(snapshot) or 0.0)
    azimuth: np.ndarray = (90.0 - east_ccw) % 360.0
    return azimuth


def orientation_of(kind: Kind, boundary: Boundary, azimuth_deg: float, tilt_deg: float) -> str:
    """Return the class of orientation of a face."""
    if boundary is Boundary.GROUND:
        return "ground"
    if tilt_deg > FLOOR_TILT_DEG:
        return "below"
    if kind is Kind.ROOF or tilt_deg < ROOF_TILT_DEG:
        return "roof"
    return COMPASS[round(azimuth_deg / 45.0) % len(COMPASS)]


def gather(faces: Iterable[Face], thermal: Thermal) -> tuple[EnvelopePart, ...]:
    """Return parts of equal kind, orientation and construction."""
    groups: dict[tuple[Any, ...], list[Face]] = {}
    for face in faces:
        if face.area_m2 <= 0.0:
            continue
        u = thermal.u(face.global_id, face.kind)
        g = thermal.g(face.global_id) if face.kind is Kind.WINDOW else None
        where = orientation_of(face.kind, face.boundary, face.azimuth_deg, face.tilt_deg)
        # A pitched roof has one class but several directions to the sun.
        slope = round(face.azimuth_deg / 45.0) % 8 if where == "roof" and face.tilt_deg > 5.0 else -1
        groups.setdefault((where, face.kind, face.boundary, slope, u, g), []).append(face)
    parts = [_part(key, members) for key, members in groups.items()]
    kept = [part for part in parts if part.area_m2.value >= LEAST_PART_M2]
    order = {name: place for place, name in enumerate((*COMPASS, "roof", "below", "ground"))}
    return tuple(sorted(kept, key=lambda part: (order[part.orientation], part.kind, part.elements, part.azimuth_deg)))


def _part(key: tuple[Any, ...], members: list[Face]) -> EnvelopePart:
    where, kind, boundary, _, u, g = key
    area = sum(face.area_m2 for face in members)
    angle = np.radians([face.azimuth_deg for face in members])
    weight = np.array([face.area_m2 for face in members])
    azimuth = float(np.degrees(np.arctan2((weight * np.sin(angle)).sum(), (weight * np.cos(angle)).sum())) % 360.0)
    tilt = float((weight * [face.tilt_deg for face in members]).sum() / area)
    doubt = sum(face.area_doubt_m2 for face in members)
    note = ", ".join(sorted({face.area_note for face in members}))
    ids = tuple(sorted({face.global_id for face in members} - {""}))
    horizontal = tilt < 5.0 or tilt > 175.0
    measured = Sourced(area, AREA_UNIT, Source.DERIVED, doubt, note)
    return EnvelopePart(where, kind, boundary, 0.0 if horizontal else azimuth, tilt, measured, u, g, ids)


def areas_by_kind(faces: Iterable[Face]) -> Mapping[Kind, float]:
    """Return the area of each kind, m2."""
    areas: dict[Kind, float] = {}
    for face in faces:
        areas[face.kind] = areas.get(face.kind, 0.0) + face.area_m2
    return areas
