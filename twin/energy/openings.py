"""Windows by their own outline instead of by counted rays."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ifc import ElementRecord, Mesh, Severity
from twin.energy.findings import EnergyFinding
from twin.energy.parts import Face
from twin.energy.thermal import number
from twin.energy.values import Boundary, Kind

AGREEMENT = 0.15  # share: within it the outline stands for the counted rays, beyond it somebody should look
OUTLINE_DOUBT = 0.02  # share of the area: frame and reveal are not told apart
OVERLAP = 1.02  # a frame may reach this far behind the wall; a larger window has no wall to be in
SAME_DIRECTION_DEG = 2.0


def outline_m2(record: ElementRecord, mesh: Mesh | None) -> float | None:
    """Return the area of a window by its declared size, or else by the extent of its mesh in its own plane, m2."""
    width, height = (number(record.attributes.get(name)) for name in ("OverallWidth", "OverallHeight"))
    if width and height and width > 0.0 and height > 0.0:
        return width * height
    if mesh is None or len(mesh.vertices) < 3:
        return None
    centred = mesh.vertices - mesh.vertices.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    extents = np.ptp(centred @ axes.T, axis=0)
    return float(extents[0] * extents[1])


def exact_openings(
    faces: list[Face], records: Mapping[str, ElementRecord], meshes: Mapping[str, Mesh]
) -> tuple[list[Face], tuple[EnergyFinding, ...]]:
    """Return the faces with windows at their own area, taken from or given to the wall around them."""
    findings: list[EnergyFinding] = []
    result = list(faces)
    for global_id in sorted({face.global_id for face in faces if face.kind is Kind.WINDOW and face.global_id}):
        record = records[global_id]
        if record.ifc_class not in ("IfcWindow", "IfcWindowStandardCase"):
            continue
        findings.extend(_without_size(record))
        own = outline_m2(record, meshes.get(global_id))
        places = [place for place, face in enumerate(result) if face.global_id == global_id]
        counted = sum(result[place].area_m2 for place in places)
        if own is None:
            continue
        wall = sum(result[place].area_m2 for place in _wall_of(result, result[places[0]]))
        if abs(own - counted) > AGREEMENT * max(own, counted) or own > OVERLAP * (wall + counted):
            findings.append(_disagreement(result, places, own, counted))
            continue
        _give_and_take(result, places, own / counted)
    return result, tuple(findings)


def _wall_of(faces: list[Face], window: Face) -> list[int]:
    """Return the opaque faces in the direction of a window, largest first."""
    around = [
        place
        for place, face in enumerate(faces)
        if face.kind in (Kind.WALL, Kind.ROOF)
        and face.boundary is Boundary.OUTSIDE
        and abs((face.azimuth_deg - window.azimuth_deg + 180.0) % 360.0 - 180.0) <= SAME_DIRECTION_DEG
        and abs(face.tilt_deg - window.tilt_deg) <= SAME_DIRECTION_DEG
    ]
    return sorted(around, key=lambda place: -faces[place].area_m2)


def _give_and_take(faces: list[Face], places: list[int], ratio: float) -> None:
    for place in places:
        window = faces[place]
        area = window.area_m2 * ratio
        wall = next(iter(_wall_of(faces, window)), None)
        if wall is not None:
            left = max(faces[wall].area_m2 - (area - window.area_m2), 0.0)
            faces[wall] = replace(faces[wall], area_m2=left)
        faces[place] = replace(window, area_m2=area, area_doubt_m2=OUTLINE_DOUBT * area, area_note="outline")


def _without_size(record: ElementRecord) -> tuple[EnergyFinding, ...]:
    sizes = [number(record.attributes.get(name)) for name in ("OverallWidth", "OverallHeight")]
    if all(size is None or size > 0.0 for size in sizes):
        return ()
    message = f"The window declares a size of {sizes[0]} m by {sizes[1]} m; the extent of its body was used."
    hint = "Correct OverallWidth and OverallHeight."
    return (EnergyFinding("energy.area-zero", Severity.ERROR, message, hint, (record.global_id,)),)


def _disagreement(faces: list[Face], places: list[int], own: float, counted: float) -> EnergyFinding:
    window = faces[max(places, key=lambda place: faces[place].area_m2)]
    wall = sum(faces[place].area_m2 for place in _wall_of(faces, window))
    larger = own > OVERLAP * (wall + counted)
    what = f"larger than the {wall + counted:.2f} m² of its wall" if larger else f"rays found {counted:.2f} m²"
    return EnergyFinding(
        "energy.window-larger-than-wall" if larger else "energy.window-area",
        Severity.ERROR if larger else Severity.WARNING,
        f"The window is {own:.2f} m² by its own size, {what}; the area found by rays was used.",
        "Check OverallWidth and OverallHeight, and whether other elements cover the window.",
        (window.global_id,),
    )
