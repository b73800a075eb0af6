"""The reference area of the indicator: what is kept at room temperature."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ifc import ElementRecord, Mesh, Severity, Value
from twin.energy.findings import EnergyFinding
from twin.energy.parts import AREA_UNIT, Envelope
from twin.energy.thermal import find_property, number
from twin.energy.values import Source, Sourced
from twin.snapshot import Snapshot

ROOM_TEMPERATURE = ("721_Ruumitemperatuuriga-pind",)  # the area of the rule since 1 March 2025
HEATED = ("720_Köetav-pind",)  # the area of the rule before
OWN_AREA = ("120_Pindala",)
QUANTITIES = ("NetFloorArea", "GrossFloorArea")
SIDES = ("NetSideArea", "GrossSideArea", "NetArea", "GrossArea")
SIDED = frozenset({"IfcWall", "IfcWallStandardCase", "IfcSlab", "IfcSlabStandardCase", "IfcRoof"})
YES = frozenset({"true", "yes", "jah", "1", "t", "y"})


@dataclass(frozen=True, slots=True)
class ReferenceArea:
    """The area that the need is divided by.

    Attributes:
        area_m2: The area.
        basis: How it was found, as a sentence.
        flagged: Whether it rests on the author's flags for this purpose.
        spaces: GlobalIds of the spaces counted, sorted.
    """

    area_m2: Sourced
    basis: str
    flagged: bool
    spaces: tuple[str, ...]


def reference_area(snapshot: Snapshot, envelope: Envelope) -> ReferenceArea:
    """Return the area at room temperature, else the heated one, else that of all spaces, else the measured one."""
    spaces = [record for record in snapshot.records.values() if record.ifc_class == "IfcSpace"]
    meshes = snapshot.meshes.by_id()
    for names in (ROOM_TEMPERATURE, HEATED):
        found = [(space, flag[1]) for space in spaces if (flag := find_property(space, snapshot.records, names))]
        counted = [(space, _flagged_m2(space, value, snapshot, meshes)) for space, value in found]
        kept = [(space.global_id, area) for space, area in counted if area > 0.0]
        if kept:
            basis = f"Sum of {len(kept)} spaces marked {names[0]}, of {len(spaces)} spaces in all."
            return _area(kept, Source.IFC, 0.01, basis, flagged=True)
    kept = [(space.global_id, space_m2(space, snapshot, meshes)) for space in spaces]
    kept = [(global_id, area) for global_id, area in kept if area > 0.0]
    if kept:
        basis = f"Sum of all {len(kept)} spaces; none is marked as kept at room temperature."
        return _area(kept, Source.DERIVED, 0.05, basis, flagged=False)
    return ReferenceArea(envelope.floor_m2, f"No space has an area; {envelope.floor_m2.note}.", False, ())


def declared_areas(records: Mapping[str, ElementRecord]) -> tuple[EnergyFinding, ...]:
    """Return a finding for each name under which elements declare an area of zero or less, with these elements."""
    wrong: dict[str, list[str]] = {}
    for record in records.values():
        is_space = record.ifc_class == "IfcSpace"
        names = (*QUANTITIES, *OWN_AREA) if is_space else SIDES if record.ifc_class in SIDED else ()
        for sets in (record.quantity_sets, record.property_sets):
            found = [(name, number(values.get(name))) for values in sets.values() for name in names]
            found += [
                (name, value) for values in sets.values() for name in (*ROOM_TEMPERATURE, *HEATED)
                if is_space and (value := number(values.get(name))) is not None and value < 0.0
            ]  # fmt: skip
            for name, value in found:
                if value is not None and not value > 0.0:
                    wrong.setdefault(name, []).append(record.global_id)
    return tuple(
        EnergyFinding(
            "energy.area-zero",
            Severity.ERROR,
            f"{name} of {len(ids)} elements is zero or less; it was not used.",
            "Correct the area in the model.",
            tuple(sorted(set(ids))),
        )
        for name, ids in sorted(wrong.items())
    )


def space_m2(space: ElementRecord, snapshot: Snapshot, meshes: dict[str, Mesh]) -> float:
    """Return the floor area of a space by quantity, property or mesh, m2; 0 if nothing says it."""
    for name in QUANTITIES:
        for quantities in space.quantity_sets.values():
            value = number(quantities.get(name))
            if value and value > 0.0:
                return value
    own = find_property(space, snapshot.records, OWN_AREA)
    value = number(own[1]) if own else None
    if value and value > 0.0:
        return value
    mesh = meshes.get(space.global_id)
    return _footprint_m2(mesh) if mesh is not None and len(mesh.faces) else 0.0


def _flagged_m2(space: ElementRecord, flag: Value, snapshot: Snapshot, meshes: dict[str, Mesh]) -> float:
    if flag is True or (isinstance(flag, str) and flag.strip().lower() in YES):
        return space_m2(space, snapshot, meshes)
    return max(number(flag) or 0.0, 0.0)


def _footprint_m2(mesh: Mesh) -> float:
    triangles = mesh.vertices[mesh.faces.astype(np.int64)]
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    return float(np.abs(cross[:, 2]).sum() / 4.0)  # what looks up and what looks down have one plan


def _area(kept: list[tuple[str, float]], source: Source, doubt: float, basis: str, *, flagged: bool) -> ReferenceArea:
    total = sum(area for _, area in kept)
    spaces = tuple(sorted(global_id for global_id, _ in kept))
    return ReferenceArea(Sourced(total, AREA_UNIT, source, doubt * total, basis), basis, flagged, spaces)
