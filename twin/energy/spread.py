"""Three ways to the areas of an envelope, beside each other: rays, space boundaries, the author's flags.

Boundaries know an area but not where it looks; an element takes the directions in which rays found it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ifc import ElementRecord, Measure, Relation, RelationKind, Severity
from twin.energy.findings import EnergyFinding
from twin.energy.flags import COMPARED
from twin.energy.parts import Face, orientation_of
from twin.energy.values import Kind

LARGEST_SPREAD = 0.10  # share: beyond it the ways do not measure the same thing
LEAST_COMPARED_M2 = 2.0  # smaller areas of a direction are reveals and corners
UNSEEN = "not seen by rays"

Areas = dict[tuple[str, Kind], float]


@dataclass(frozen=True, slots=True)
class AreaSpread:
    """Areas of one kind in one direction, by each way that knows any of the kind.

    Attributes:
        orientation: As of an envelope part, or `UNSEEN`.
        kind: Wall, window, roof or floor.
        rays_m2: By rays; the one that is used.
        boundaries_m2: By second-level space boundaries, openings taken off; None if the file has none of the kind.
        flags_m2: By `IsExternal` and quantities, as `twin.energy.flags` brings them to the dimensions of rooms; None
            if the author marks none of the kind.
        spread: Largest less smallest over largest; None if rays are alone.
        elements: GlobalIds concerned, sorted.
    """

    orientation: str
    kind: Kind
    rays_m2: float
    boundaries_m2: float | None
    flags_m2: float | None
    spread: float | None
    elements: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        rounded = {
            name: None if value is None else round(value, 2)
            for name, value in (("boundaries_m2", self.boundaries_m2), ("flags_m2", self.flags_m2))
        }
        return {
            "orientation": self.orientation,
            "kind": self.kind.value,
            "rays_m2": round(self.rays_m2, 2),
            **rounded,
            "spread": None if self.spread is None else round(self.spread, 3),
        }


def area_spreads(
    faces: Sequence[Face], records: Mapping[str, ElementRecord], flagged: Sequence[Face]
) -> tuple[AreaSpread, ...]:
    """Return the spread of each kind in each direction.

    Args:
        faces: Faces by rays.
        records: All records of the version.
        flagged: Faces by the author's flags.
    """
    where = _directions(faces)
    rays, flags = _sums(faces), _sums(flagged)
    # Of an element that was seen as several kinds, such as a wall with the sills of its windows, the largest counts.
    kinds = {face.global_id: face.kind for face in sorted(faces, key=lambda face: face.area_m2) if face.global_id}
    bounded = _spread_out(((g, kinds.get(g), m2) for g, m2 in boundary_areas(records).items()), where)
    ids: dict[tuple[str, Kind], set[str]] = {}
    for (global_id, kind), shares in (*where.items(), *_directions(flagged).items()):
        for orientation in shares:
            ids.setdefault((orientation, kind), set()).add(global_id)
    keys = sorted({*rays, *bounded, *flags}, key=lambda key: (key[1], key[0]))
    return tuple(_one(key, rays, bounded, flags, ids.get(key, set())) for key in keys if key[1] in COMPARED)


def _sums(faces: Iterable[Face]) -> Areas:
    areas: Areas = {}
    for face in faces:
        key = (orientation_of(face.kind, face.boundary, face.azimuth_deg, face.tilt_deg), face.kind)
        areas[key] = areas.get(key, 0.0) + face.area_m2
    return areas


def _one(key: tuple[str, Kind], rays: Areas, bounded: Areas, flagged: Areas, ids: set[str]) -> AreaSpread:
    known = [
        areas.get(key, 0.0) if any(kind is key[1] for _, kind in areas) else None for areas in (bounded, flagged)
    ]
    values = [rays.get(key, 0.0), *(value for value in known if value is not None)]
    spread = (max(values) - min(values)) / max(values) if len(values) > 1 and max(values) > 0.0 else None
    return AreaSpread(key[0], key[1], values[0], known[0], known[1], spread, tuple(sorted(ids)))


def spread_findings(spreads: Iterable[AreaSpread]) -> tuple[EnergyFinding, ...]:
    """Return a finding for each kind that spreads by more than `LARGEST_SPREAD` in some direction."""
    findings = []
    for kind in COMPARED:
        wide = [
            one for one in spreads
            if one.kind is kind and (one.spread or 0.0) > LARGEST_SPREAD
            and max(one.rays_m2, one.boundaries_m2 or 0.0, one.flags_m2 or 0.0) >= LEAST_COMPARED_M2
        ]  # fmt: skip
        if wide:
            findings.append(_finding(kind, wide))
    return tuple(findings)


def _finding(kind: Kind, wide: Sequence[AreaSpread]) -> EnergyFinding:
    said = "; ".join(f"{one.orientation}: {_values(one)}, {100.0 * (one.spread or 0.0):.0f} %" for one in wide)
    return EnergyFinding(
        f"energy.spread-{kind.value}",
        Severity.WARNING,
        f"The ways to the area of {kind.value} differ by more than {100.0 * LARGEST_SPREAD:.0f} % ({said}). "
        "The rays were used.",
        "Set IsExternal on every element of the envelope, and check the spaces and their boundaries.",
        tuple(sorted({global_id for one in wide for global_id in one.elements})),
    )


def _values(one: AreaSpread) -> str:
    parts = [f"rays {one.rays_m2:.1f}"]
    parts += [] if one.boundaries_m2 is None else [f"boundaries {one.boundaries_m2:.1f}"]
    parts += [] if one.flags_m2 is None else [f"flags {one.flags_m2:.1f}"]
    return ", ".join(parts) + " m²"


def _directions(faces: Iterable[Face]) -> dict[tuple[str, Kind], dict[str, float]]:
    """Return for each element and kind the share of its area in each direction."""
    areas: dict[tuple[str, Kind], dict[str, float]] = {}
    for face in faces:
        if face.global_id and face.area_m2 > 0.0:
            orientation = orientation_of(face.kind, face.boundary, face.azimuth_deg, face.tilt_deg)
            row = areas.setdefault((face.global_id, face.kind), {})
            row[orientation] = row.get(orientation, 0.0) + face.area_m2
    return {
        key: {name: area / sum(row.values()) for name, area in row.items()} for key, row in areas.items()
    }  # fmt: skip


def _spread_out(
    found: Iterable[tuple[str, Kind | None, float]], where: Mapping[tuple[str, Kind], Mapping[str, float]]
) -> Areas:
    areas: Areas = {}
    for global_id, kind, area in found:
        if kind is None:
            continue
        for orientation, share in where.get((global_id, kind), {UNSEEN: 1.0}).items():
            areas[orientation, kind] = areas.get((orientation, kind), 0.0) + share * area
    return areas


def boundary_areas(records: Mapping[str, ElementRecord]) -> dict[str, float]:
    """Return the area of each element's external second-level boundaries, m2; of hosts without their openings."""
    gross = {record.global_id: _external_m2(record, records) for record in records.values()}
    gross = {global_id: area for global_id, area in gross.items() if area > 0.0}
    net = dict(gross)
    for global_id, area in gross.items():
        for host in _hosts(records[global_id], records):
            if host in net:
                net[host] = max(net[host] - area, 0.0)
    return net


def _external_m2(record: ElementRecord, records: Mapping[str, ElementRecord]) -> float:
    bounds = (relation for relation in record.relations if relation.kind is RelationKind.BOUNDS)
    return sum(_outer_m2(relation) for relation in bounds if _is_room(records.get(relation.target)))


def _is_room(space: ElementRecord | None) -> bool:
    """Return whether a boundary is that of a room; the space outside has its own side of the same wall."""
    return space is not None and space.ifc_class == "IfcSpace"


def _outer_m2(boundary: Relation) -> float:
    detail, area = boundary.detail, boundary.detail.get("area")
    outside = str(detail.get("external", "")).startswith("EXTERNAL")
    return area.value if detail.get("level") == 2 and outside and isinstance(area, Measure) else 0.0


def _hosts(record: ElementRecord, records: Mapping[str, ElementRecord]) -> list[str]:
    openings = [records[one] for one in record.targets(RelationKind.FILLS) if one in records]
    return [host for opening in openings for host in opening.targets(RelationKind.VOIDS)]
