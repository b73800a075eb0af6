"""The thermal envelope of a model, by rays from the faces of its spaces; no author's flag is trusted."""

from dataclasses import dataclass, replace

import numpy as np

from ifc import Mesh, Severity
from twin.energy.areas import declared_areas
from twin.energy.findings import EnergyFinding
from twin.energy.flags import flag_findings, flagged_faces
from twin.energy.grouping import DOOR_CLASSES, WINDOW_CLASSES, grouped_faces, kind_of
from twin.energy.hull import hull_faces
from twin.energy.junctions import at_junctions, junction_findings
from twin.energy.openings import exact_openings
from twin.energy.parts import AREA_UNIT, Envelope, Face, Grade, gather, rotation_deg
from twin.energy.rays import NO_HIT, Mask, Points, Samples, Scene, is_closed, sample, signed_volume, triangles_of
from twin.energy.spread import area_spreads, spread_findings
from twin.energy.thermal import Thermal, declared_year
from twin.energy.values import Source, Sourced
from twin.snapshot import Snapshot

INSET_M = 0.01  # rays start inside the space, so that a coincident wall face is still in front
STEP_OUT_M = 0.001
WALL_AND_GAP_M = 1.3  # thickest usual wall 0.5 m and a gap of 0.8 m: the next space within it is a neighbour
REACH_M = 1.0  # an element farther than this does not close the face

OPAQUE_CLASSES = frozenset(
    {
        "IfcWall",
        "IfcWallStandardCase",
        "IfcWallElementedCase",
        "IfcSlab",
        "IfcSlabStandardCase",
        "IfcSlabElementedCase",
        "IfcRoof",
        "IfcFooting",
        "IfcBuildingElementPart",
    }
)
LEAST_SPACE_M3 = 0.01  # a smaller body is no room
OUTSIDE_SPACES = frozenset({"EXTERNAL", "PARKING"})


@dataclass(frozen=True, slots=True, eq=False)
class _Solids:
    """Meshes that rays can hit, with their triangles."""

    ids: tuple[str, ...]
    triangles: tuple[Points, ...]


def build_envelope(snapshot: Snapshot, construction_year: int | None = None) -> Envelope:
    """Return the thermal envelope of a version.

    Args:
        snapshot: Records and meshes.
        construction_year: Year for the table of usual U-values; if not given, the one that the
            model declares.
    """
    thermal = Thermal(snapshot.records, construction_year or declared_year(snapshot.records))
    meshes = snapshot.meshes.by_id()
    corners = [mesh.vertices for mesh in meshes.values() if len(mesh.vertices)]
    origin = np.concatenate(corners).mean(axis=0) if corners else np.zeros(3)
    spaces, findings = _spaces(snapshot, meshes, origin)
    findings += (*_north(snapshot), *declared_areas(snapshot.records))
    solids = _solids(snapshot, meshes, origin)
    if not spaces.ids:
        return _without_spaces(snapshot, solids, thermal, findings)
    rays = sample(spaces.triangles)
    outer, inner_m2 = _outer(rays, spaces)
    faces, holes = _faces(rays, outer, solids, spaces, snapshot)
    exact, noticed = exact_openings(faces, snapshot.records, meshes)
    parts = gather(exact, thermal)
    flagged = flagged_faces(snapshot, exact, spaces.triangles, solids.triangles, origin)
    quality = area_spreads(exact, snapshot.records, flagged.faces)
    compared = (*flag_findings(exact, flagged), *spread_findings(quality))
    volume = sum(signed_volume(part) for part in spaces.triangles)
    floor = _floor_m2(spaces)
    return Envelope(
        Grade.SPACES,
        parts,
        Sourced(max(volume, 0.0), "m3", Source.DERIVED, 0.02 * max(volume, 0.0), "volume of the spaces"),
        Sourced(floor, AREA_UNIT, Source.DERIVED, 0.01 * floor, "faces of the spaces that look down"),
        inner_m2,
        (*findings, *holes, *noticed, *compared, *thermal.findings()),
        quality,
    )


def _spaces(snapshot: Snapshot, meshes: dict[str, Mesh], origin: Points) -> tuple[_Solids, tuple[EnergyFinding, ...]]:
    ids, triangles = [], []
    open_ids, empty_ids = [], []
    for record in snapshot.records.values():
        if record.ifc_class != "IfcSpace" or record.predefined_type in OUTSIDE_SPACES:
            continue
        mesh = meshes.get(record.global_id)
        part = triangles_of(mesh, origin) if mesh is not None else np.zeros((0, 3, 3))
        if mesh is None or abs(signed_volume(part)) < LEAST_SPACE_M3:
            empty_ids.append(record.global_id)
            continue
        if not is_closed(mesh):
            open_ids.append(record.global_id)
        ids.append(record.global_id)
        triangles.append(part[:, ::-1] if signed_volume(part) < 0.0 else part)
    return _Solids(tuple(ids), tuple(triangles)), _odd_spaces(open_ids, empty_ids)


def _odd_spaces(open_ids: list[str], empty_ids: list[str]) -> tuple[EnergyFinding, ...]:
    hint = "Model each space as a closed body."
    said = (
        ("energy.space-open", open_ids, "are not closed; their volume and the areas around them are doubtful"),
        ("energy.space-empty", empty_ids, "have no body with a volume; they are not in the envelope"),
    )
    return tuple(
        EnergyFinding(rule, Severity.WARNING, f"{len(found)} spaces {what}.", hint, tuple(sorted(found)))
        for rule, found, what in said
        if found
    )


def _north(snapshot: Snapshot) -> tuple[EnergyFinding, ...]:
    if rotation_deg(snapshot) is not None:
        return ()
    return (
        EnergyFinding(
            "energy.north-unknown",
            Severity.WARNING,
            "The model does not say where north is; its y axis was taken as north.",
            "Give IfcMapConversion or TrueNorth, so that the sun meets the right faces.",
        ),
    )


def _solids(snapshot: Snapshot, meshes: dict[str, Mesh], origin: Points) -> _Solids:
    wanted = WINDOW_CLASSES | DOOR_CLASSES | OPAQUE_CLASSES
    found = [
        (record.global_id, triangles_of(meshes[record.global_id], origin))
        for record in snapshot.records.values()
        if record.ifc_class in wanted and record.global_id in meshes
    ]
    return _Solids(tuple(one for one, _ in found), tuple(part for _, part in found))


def _outer(rays: Samples, spaces: _Solids) -> tuple[Mask, float]:
    """Return which samples have no space behind them, and half the area of the others."""
    scene = Scene(spaces.triangles)
    met, distance, behind = scene.first_hit(rays.points + STEP_OUT_M * rays.normals, rays.normals)
    inner = (met != NO_HIT) & ((distance <= WALL_AND_GAP_M) | (behind & (met != rays.owner)))
    return ~inner, float(rays.weights[inner].sum()) / 2.0


def _faces(
    rays: Samples, outer: Mask, solids: _Solids, spaces: _Solids, snapshot: Snapshot
) -> tuple[list[Face], tuple[EnergyFinding, ...]]:
    """Return the outer faces by element and direction, and what was noticed."""
    met, distance, _ = Scene(solids.triangles).first_hit(rays.points - INSET_M * rays.normals, rays.normals)
    met = np.where(distance <= REACH_M + INSET_M, met, NO_HIT)
    junction = at_junctions(met, outer, rays, len(solids.ids))
    noticed = junction_findings(junction, rays, met, solids.ids)
    outer = outer & ~junction
    met, points, normals, weights = met[outer], rays.points[outer], rays.normals[outer], rays.weights[outer]
    lowest = min(float(part[:, :, 2].min()) for part in spaces.triangles)
    faces = grouped_faces(met, points, normals, weights, lowest, solids.ids, snapshot)
    void = met == NO_HIT
    owners = tuple(sorted({spaces.ids[place] for place in np.unique(rays.owner[outer][void])}))
    return faces, (*noticed, *_holes(float(weights[void].sum()), float(weights.sum()), owners))


MOST_HOLES = 0.02  # share of the envelope; less is the sampling at edges


def _holes(hole_m2: float, total_m2: float, owners: tuple[str, ...]) -> tuple[EnergyFinding, ...]:
    if hole_m2 <= MOST_HOLES * total_m2:
        return ()
    return (
        EnergyFinding(
            "energy.hole",
            Severity.WARNING,
            f"{hole_m2:.1f} m² of the faces of the spaces are closed by no element; usual values stand for them.",
            "Close the spaces by walls, slabs, roofs, windows or doors.",
            owners,
        ),
    )


def _floor_m2(spaces: _Solids) -> float:
    triangles = np.concatenate(spaces.triangles)
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    return float(-np.minimum(cross[:, 2], 0.0).sum() / 2.0)


def _without_spaces(
    snapshot: Snapshot, solids: _Solids, thermal: Thermal, findings: tuple[EnergyFinding, ...]
) -> Envelope:
    hull = hull_faces(solids.ids, solids.triangles, snapshot, kind_of)
    note = EnergyFinding(
        "energy.no-spaces",
        Severity.WARNING,
        "The model has no usable spaces; the outer hull was measured instead, which is of a lower grade.",
        "Export the rooms as IfcSpace with a body.",
    )
    floor = hull.floor_m2
    return Envelope(
        Grade.HULL,
        gather(hull.faces, thermal),
        Sourced(hull.volume_m3, "m3", Source.DERIVED, 0.15 * hull.volume_m3, "height field over the outer hull"),
        replace(floor),
        0.0,
        (*findings, note, *thermal.findings()),
    )
