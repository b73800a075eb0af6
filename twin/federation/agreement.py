"""Whether two models agree in units, in where they stand on the map, and in where they place the same things."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ifc import ElementRecord, MeshSet, Model, ReadFinding, Severity

OFFSET_TOLERANCE_M = 0.001  # models of one building share an origin exactly; a millimetre is rounding
ANGLE_TOLERANCE_DEG = 0.001  # moves a corner 100 m away by 2 mm
GAP_M = 10.0  # trades of one building touch; farther apart, one of them is in the wrong place

_COMPARED = ("IfcBuilding", "IfcBuildingStorey")  # a site may have any placement of its own


@dataclass(frozen=True, slots=True)
class Part:
    """One of several models: its file name, its content, its meshes (none where only records count)."""

    name: str
    model: Model
    meshes: MeshSet


def disagreements(first: Part, other: Part, matched: Mapping[str, str]) -> Iterator[ReadFinding]:
    """Yield how `other` disagrees with `first`.

    Args:
        first: The model that gives the frame.
        other: The model to be compared.
        matched: GlobalIds of its spatial elements with those of the same ones in `first`.
    """
    yield from _units(first, other)
    yield from _georeference(first, other)
    yield from _placement(first, other, matched)
    yield from _gap(first, other)


def _units(first: Part, other: Part) -> Iterator[ReadFinding]:
    ours, theirs = first.model.header.length_unit_m, other.model.header.length_unit_m
    if not math.isclose(ours, theirs, rel_tol=1e-9):
        yield ReadFinding(
            "federation.units",
            Severity.INFO,
            f"{other.name} is drawn in units of {theirs:g} m, {first.name} in {ours:g} m;"
            " both were turned into metres.",
            "Agree on one length unit for all models of a building.",
        )


def _georeference(first: Part, other: Part) -> Iterator[ReadFinding]:
    ours, theirs = first.model.georeference, other.model.georeference
    hint = "Give all models of a building the same map conversion."
    if ours is None or theirs is None:
        if ours is not theirs:
            silent = first.name if ours is None else other.name
            words = f"{silent} does not say where it stands; the other model does."
            yield ReadFinding("federation.georeference", Severity.WARNING, words, hint)
        return
    offset = (
        theirs.easting_m - ours.easting_m,
        theirs.northing_m - ours.northing_m,
        theirs.height_m - ours.height_m,
    )
    turn = (theirs.rotation_deg - ours.rotation_deg + 180.0) % 360.0 - 180.0
    if math.hypot(*offset) > OFFSET_TOLERANCE_M or abs(turn) > ANGLE_TOLERANCE_DEG:
        yield ReadFinding(
            "federation.georeference",
            Severity.WARNING,
            f"The origin of {other.name} lies {offset[0]:.3f} m east, {offset[1]:.3f} m north and {offset[2]:.3f} m"
            f" up of that of {first.name}, turned by {turn:.4f}°. The place of {first.name} holds;"
            " nothing was moved.",
            hint,
        )
    if theirs.crs and ours.crs and theirs.crs != ours.crs:
        words = f"{other.name} is placed in {theirs.crs}, {first.name} in {ours.crs}."
        yield ReadFinding("federation.georeference", Severity.WARNING, words, hint)


def _placement(first: Part, other: Part, matched: Mapping[str, str]) -> Iterator[ReadFinding]:
    known = first.model.by_id()
    pairs = [
        (known[matched[record.global_id]], record)
        for record in other.model.of_class(*_COMPARED)
        if matched.get(record.global_id) in known
    ]
    offsets = [(math.hypot(*shift), shift, turn, ours) for ours, theirs in pairs if (shift := _shift(ours, theirs))
               for turn in [_turn(ours, theirs)]]  # fmt: skip
    worst = max(offsets, key=lambda item: (item[0], abs(item[2])), default=None)
    if worst is not None and (worst[0] > OFFSET_TOLERANCE_M or abs(worst[2]) > ANGLE_TOLERANCE_DEG):
        _, (x, y, z), turn, record = worst
        yield ReadFinding(
            "federation.placement",
            Severity.WARNING,
            f"{other.name} places {record.ifc_class} “{record.name}” {x:.3f} m, {y:.3f} m, {z:.3f} m (x, y, z) from"
            f" where {first.name} does, turned by {turn:.4f}°. Nothing was moved.",
            "Export all models from one common origin.",
            record.global_id,
        )


def _shift(ours: ElementRecord, theirs: ElementRecord) -> tuple[float, ...] | None:
    if ours.placement is None or theirs.placement is None:
        return None
    return tuple(theirs.placement[at] - ours.placement[at] for at in (3, 7, 11))


def _turn(ours: ElementRecord, theirs: ElementRecord) -> float:
    """Return the angle about z between two placements, degrees."""
    angles = [math.atan2(p[4], p[0]) for p in (ours.placement, theirs.placement) if p is not None]
    return (math.degrees(angles[1] - angles[0]) + 180.0) % 360.0 - 180.0


def _gap(first: Part, other: Part) -> Iterator[ReadFinding]:
    boxes = [_box(part.meshes) for part in (first, other)]
    if boxes[0] is None or boxes[1] is None:
        return
    (low, high), (their_low, their_high) = boxes[0], boxes[1]
    apart = np.maximum(np.maximum(their_low - high, low - their_high), 0.0)
    distance = float(np.linalg.norm(apart))
    if distance > GAP_M:
        yield ReadFinding(
            "federation.placement",
            Severity.WARNING,
            f"{other.name} lies {distance:.1f} m away from {first.name}"
            f" ({apart[0]:.1f} m, {apart[1]:.1f} m, {apart[2]:.1f} m in x, y, z). Nothing was moved.",
            "Export all models from one common origin.",
        )


def _box(meshes: MeshSet) -> Sequence[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] | None:
    if not len(meshes):
        return None
    bounds = np.stack([mesh.bounds() for mesh in meshes])
    return bounds[:, 0].min(axis=0), bounds[:, 1].max(axis=0)
