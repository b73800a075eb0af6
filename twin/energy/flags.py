"""Another way to the envelope: the author's IsExternal flag and quantities; kept to see how far the ways agree.

Quantities have outer dimensions: a wall reaches around the corner and past the slabs, and the rays measure inside. So
the part of its side that faces a room is taken, as a share of the whole side, times the quantity. Which elements
count, and how large they are, is the author's word; what of them faces a room is their own body beside the rooms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ifc import ElementRecord, Mesh, Severity
from twin.energy.findings import EnergyFinding
from twin.energy.grouping import grouped_faces
from twin.energy.openings import outline_m2
from twin.energy.parts import Face, areas_by_kind
from twin.energy.rays import NO_HIT, Mask, Points, Samples, Scene, sample, signed_volume, triangles_of
from twin.energy.thermal import find_property, number
from twin.energy.values import Kind
from twin.snapshot import Snapshot

OPAQUE = frozenset({"IfcWall", "IfcWallStandardCase", "IfcSlab", "IfcSlabStandardCase", "IfcRoof"})
WINDOWS = frozenset({"IfcWindow", "IfcWindowStandardCase"})
NET_AREAS = ("NetSideArea", "NetArea", "GrossSideArea", "GrossArea")
RAYS_M2 = 30.0  # half of what the rooms get: this way only bears witness
START_M = 0.005  # off the face, so that what touches it covers it
FACING_M = 0.6  # thickest usual floor build-up or lining between an element and the room
ALONG_SIDE = 0.5  # cosine: faces that look along the main direction of an element, not its ends and reveals
COMPARED = (Kind.WALL, Kind.WINDOW, Kind.ROOF, Kind.FLOOR)


@dataclass(frozen=True, slots=True)
class Flagged:
    """What the author calls external.

    Attributes:
        faces: Where it faces rooms, in their dimensions.
        elsewhere: GlobalIds of elements that face no room, sorted.
    """

    faces: tuple[Face, ...]
    elsewhere: tuple[str, ...]


def flagged_faces(
    snapshot: Snapshot, seen: Sequence[Face], rooms: Sequence[Points], solids: Sequence[Points], origin: Points
) -> Flagged:
    """Return the faces of the elements that the author calls external.

    Args:
        snapshot: The version.
        seen: Faces found by rays; windows look where they were seen.
        rooms: Triangles of the rooms, outwards.
        solids: Triangles of the elements that rays can hit.
        origin: What was subtracted from both.
    """
    meshes = snapshot.meshes.by_id()
    flagged = [one for one in snapshot.records.values() if _is_external(one, snapshot)]
    bodies = [one for one in flagged if one.ifc_class in OPAQUE and _has_body(meshes.get(one.global_id))]
    faces = _beside_rooms(bodies, snapshot, meshes, rooms, solids, origin)
    faces += _windows([one for one in flagged if one.ifc_class in WINDOWS], seen, meshes)
    found = {face.global_id for face in faces}
    flat = {one.global_id for one in flagged if one.ifc_class in WINDOWS} | {one.global_id for one in bodies}
    return Flagged(tuple(faces), tuple(sorted(flat - found)))


def _has_body(mesh: Mesh | None) -> bool:
    return mesh is not None and len(mesh.faces) > 0


def _is_external(record: ElementRecord, snapshot: Snapshot) -> bool:
    """Return the author's flag; a window without one counts as external, for few are not."""
    found = find_property(record, snapshot.records, ("IsExternal",))
    return found[1] is True if found else record.ifc_class in WINDOWS


def _beside_rooms(
    bodies: Sequence[ElementRecord],
    snapshot: Snapshot,
    meshes: Mapping[str, Mesh],
    rooms: Sequence[Points],
    solids: Sequence[Points],
    origin: Points,
) -> list[Face]:
    ids = [one.global_id for one in bodies]
    sides = [_sides(triangles_of(meshes[global_id], origin)) for global_id in ids]
    rays = sample([triangles for triangles, _ in sides], RAYS_M2)
    facing = _facing(rays, rooms, solids)
    if not facing.any():
        return []
    scale = np.array(
        [(_declared_m2(one) or m2) / m2 if m2 else 1.0 for one, (_, m2) in zip(bodies, sides, strict=True)]
    )
    lowest = min(float(part[:, :, 2].min()) for part in rooms)
    owner = rays.owner[facing]
    weights = rays.weights[facing] * scale[owner]
    faces = grouped_faces(owner, rays.points[facing], -rays.normals[facing], weights, lowest, ids, snapshot)
    return [replace(face, area_note="flags") for face in faces]


def _declared_m2(record: ElementRecord) -> float | None:
    values = (number(quantities.get(name)) for name in NET_AREAS for quantities in record.quantity_sets.values())
    return next((value for value in values if value and value > 0.0), None)


def _sides(triangles: Points) -> tuple[Points, float]:
    """Return the triangles of the two sides of a body, outwards, and the area of one side, m2."""
    outwards = triangles[:, ::-1] if signed_volume(triangles) < 0.0 else triangles
    cross = np.cross(outwards[:, 1] - outwards[:, 0], outwards[:, 2] - outwards[:, 0]) / 2.0
    area = np.linalg.norm(cross, axis=1)
    main = cross[np.argmax(area)] / max(float(area.max()), 1e-12)
    along = cross @ main
    return outwards[np.abs(along) > ALONG_SIDE * area], float(np.maximum(along, 0.0).sum())


def _facing(rays: Samples, rooms: Sequence[Points], solids: Sequence[Points]) -> Mask:
    """Return which samples have a room before them, with no other element between."""
    scene, start = Scene(rooms), rays.points + START_M * rays.normals
    # Looking back: a start within a room sees its face from behind. Looking on would meet the face that two rooms
    # share, and which of the two is met is a matter of chance.
    back, behind, from_within = scene.first_hit(start, -rays.normals)
    ahead, distance, leaving = scene.first_hit(start, rays.normals)
    _, solid, _ = Scene(solids).first_hit(start, rays.normals)
    within = (back != NO_HIT) & from_within & (behind <= FACING_M)
    near = (ahead != NO_HIT) & ~leaving & (distance <= FACING_M) & (solid >= distance - 2.0 * START_M)
    return np.asarray(within | near, dtype=np.bool_)


def _windows(windows: Sequence[ElementRecord], seen: Sequence[Face], meshes: Mapping[str, Mesh]) -> list[Face]:
    """Return windows at their own size, in the directions in which rays saw them."""
    faces = []
    for record in windows:
        mine = [face for face in seen if face.global_id == record.global_id and face.kind is Kind.WINDOW]
        total = sum(face.area_m2 for face in mine)
        own = outline_m2(record, meshes.get(record.global_id))
        if own and total > 0.0:
            faces += [replace(face, area_m2=own * face.area_m2 / total, area_note="flags") for face in mine]
    return faces


def flag_findings(seen: Sequence[Face], flagged: Flagged) -> tuple[EnergyFinding, ...]:
    """Return findings on kinds of which the author marks nothing, and on marks where no room is."""
    measured, named = areas_by_kind(seen), {face.kind for face in flagged.faces}
    missing = [kind.value for kind in COMPARED if kind not in named and measured.get(kind)]
    findings = []
    if missing:
        findings.append(_finding(
            "energy.flags-missing",
            f"The author marks no {', '.join(missing)} as external; the areas found by rays have no such witness.",
            "Set IsExternal on every element of the envelope.",
            (),
        ))  # fmt: skip
    if flagged.elsewhere:
        findings.append(_finding(
            "energy.flags-elsewhere",
            f"{len(flagged.elsewhere)} elements are marked as external and face no room, such as roofs over attics.",
            "",
            flagged.elsewhere,
        ))  # fmt: skip
    return tuple(findings)


def _finding(rule: str, message: str, hint: str, elements: tuple[str, ...]) -> EnergyFinding:
    return EnergyFinding(rule, Severity.INFO, message, hint, elements)
