"""Another way to the envelope: the author's IsExternal flag and quantities; kept to see how far the ways agree."""

from collections.abc import Iterable, Mapping

import numpy as np

from ifc import ElementRecord, Mesh, Severity
from twin.energy.findings import EnergyFinding
from twin.energy.openings import outline_m2
from twin.energy.parts import Face, areas_by_kind
from twin.energy.thermal import find_property, number
from twin.energy.values import Kind
from twin.snapshot import Snapshot

WALLS = frozenset({"IfcWall", "IfcWallStandardCase"})
SLABS = frozenset({"IfcSlab", "IfcSlabStandardCase", "IfcRoof"})
OPENINGS = {"IfcWindow": Kind.WINDOW, "IfcDoor": Kind.DOOR}
NET_AREAS = ("NetSideArea", "NetArea", "GrossSideArea", "GrossArea")


def flagged_elements(snapshot: Snapshot, meshes: Mapping[str, Mesh]) -> list[tuple[str, Kind, float]]:
    """Return GlobalId, kind and area, m2, of the elements that the author calls external."""
    found = []
    for record in snapshot.records.values():
        kind = _kind(record)
        if kind is None or not _is_external(record, snapshot):
            continue
        area = _area(record, kind, meshes.get(record.global_id))
        if area:
            found.append((record.global_id, kind, area))
    return found


def unflagged_kinds(faces: Iterable[Face], flagged: Iterable[tuple[str, Kind, float]]) -> tuple[EnergyFinding, ...]:
    """Return a finding if rays found kinds of which the author marks nothing."""
    measured, named = areas_by_kind(faces), {kind for _, kind, _ in flagged}
    kinds = (Kind.WALL, Kind.WINDOW, Kind.ROOF, Kind.FLOOR)
    unnamed = [kind.value for kind in kinds if kind not in named and measured.get(kind)]
    return (_unnamed(unnamed),) if unnamed else ()


def _unnamed(kinds: list[str]) -> EnergyFinding:
    return EnergyFinding(
        "energy.flags-missing",
        Severity.INFO,
        f"The author marks no {', '.join(kinds)} as external; the areas found by rays have no second witness.",
        "Set IsExternal on every element of the envelope.",
    )


def _kind(record: ElementRecord) -> Kind | None:
    if record.ifc_class in WALLS:
        return Kind.WALL
    if record.ifc_class in SLABS:
        roof = record.ifc_class == "IfcRoof" or record.predefined_type == "ROOF"
        return Kind.ROOF if roof else Kind.FLOOR
    return OPENINGS.get(record.ifc_class.removesuffix("StandardCase"))


def _is_external(record: ElementRecord, snapshot: Snapshot) -> bool:
    """Return the author's flag; a window without one counts as external, for few are not."""
    found = find_property(record, snapshot.records, ("IsExternal",))
    return found[1] is True if found else OPENINGS.get(record.ifc_class) is Kind.WINDOW


def _area(record: ElementRecord, kind: Kind, mesh: Mesh | None) -> float | None:
    if kind in (Kind.WINDOW, Kind.DOOR):
        return outline_m2(record, mesh)
    for name in NET_AREAS:
        for quantities in record.quantity_sets.values():
            value = number(quantities.get(name))
            if value and value > 0.0:
                return value
    return _side_m2(mesh) if mesh is not None and len(mesh.faces) else None


def _side_m2(mesh: Mesh) -> float:
    """Return the area of the largest side of a slab-like body, m2: triangles along its main direction."""
    triangles = mesh.vertices[mesh.faces.astype(np.int64)]
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]) / 2.0
    main = cross[np.argmax(np.linalg.norm(cross, axis=1))]
    length = float(np.linalg.norm(main))
    if length == 0.0:
        return 0.0
    along = cross @ (main / length)
    return float(np.maximum(along, 0.0).sum())
