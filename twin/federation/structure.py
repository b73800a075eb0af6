"""Which spatial elements of two models are the same: by GlobalId, else by name and elevation.

1. Equal GlobalId and class: the same.
2. Projects: a version has one.
3. Sites, buildings and storeys of equal name (case and spaces apart); storeys also of equal elevation.
4. A site or a building that is the only one in both models: whoever federates says that it is one building.
"""

from collections.abc import Iterable, Mapping, Sequence

from ifc import ElementRecord, Measure, ReadFinding, Severity

SPATIAL = ("IfcProject", "IfcSite", "IfcBuilding", "IfcBuildingStorey")
ELEVATION_TOLERANCE_M = 0.05  # rounding in feet and screed thicknesses are less, storeys and mezzanines more
STOREY = "IfcBuildingStorey"

_Z = 11  # place of the z translation in a row-major 4 x 4 matrix


def spatial(records: Iterable[ElementRecord]) -> list[ElementRecord]:
    """Return the records that form the spatial structure."""
    return [record for record in records if record.ifc_class in SPATIAL]


def match(known: Sequence[ElementRecord], added: Sequence[ElementRecord]) -> dict[str, str]:
    """Return for each spatial element of `added` that is one of `known` the GlobalId of the known one."""
    by_id = {record.global_id: record for record in known}
    found = {}
    for record in added:
        same = by_id.get(record.global_id)
        if same is not None and same.ifc_class == record.ifc_class:
            found[record.global_id] = same.global_id
    for kind in SPATIAL:
        ours = [r for r in known if r.ifc_class == kind and r.global_id not in found.values()]
        theirs = [r for r in added if r.ifc_class == kind and r.global_id not in found]
        alone = kind != STOREY and len(ours) == len(theirs) == 1
        for record in theirs:
            same = next((r for r in ours if alone or kind == "IfcProject" or _alike(r, record)), None)
            if same is not None:
                found[record.global_id] = same.global_id
                ours = ours if kind == "IfcProject" else [r for r in ours if r is not same]
    return found


def findings(
    known: Sequence[ElementRecord], added: Sequence[ElementRecord], matched: Mapping[str, str], name: str
) -> list[ReadFinding]:
    """Return what a person should know of the matching of the file `name`."""
    by_id = {record.global_id: record for record in known}
    found = [
        ReadFinding(
            "federation.structure",
            Severity.INFO,
            f"{name}: {record.ifc_class} “{record.name}” became one with “{by_id[target].name}”.",
            "Export all models with the GlobalIds of one common structure.",
            target,
        )
        for record in added
        if (target := matched.get(record.global_id)) is not None and target != record.global_id
    ]
    for record in (r for r in added if r.ifc_class == STOREY and r.global_id not in matched):
        nearest = min(
            (r for r in known if r.ifc_class == STOREY),
            key=lambda r: (_name(r) != _name(record), abs(elevation_m(r) - elevation_m(record))),
            default=None,
        )
        beside = "" if nearest is None else f" Nearest is “{nearest.name}” at {elevation_m(nearest):.3f} m."
        found.append(
            ReadFinding(
                "federation.storey",
                Severity.WARNING,
                f"{name}: storey “{record.name}” at {elevation_m(record):.3f} m stays a storey of its own.{beside}",
                "Give storeys the same names and elevations in all models.",
                record.global_id,
            )
        )
    return found


def elevation_m(record: ElementRecord) -> float:
    """Return the elevation of a storey in model coordinates, metres."""
    if record.placement is not None:
        return record.placement[_Z]
    stated = record.attributes.get("Elevation")
    return stated.value if isinstance(stated, Measure) else 0.0


def _alike(known: ElementRecord, added: ElementRecord) -> bool:
    if _name(known) != _name(added):
        return False
    return known.ifc_class != STOREY or abs(elevation_m(known) - elevation_m(added)) <= ELEVATION_TOLERANCE_M


def _name(record: ElementRecord) -> str:
    return " ".join(record.name.casefold().split())
