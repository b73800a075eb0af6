"""Quantities that Kaksik measures itself, beside those that an author wrote into the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from ifc.findings import ReadFinding, Severity
from ifc.geometry.mesh import Mesh, MeshSet
from ifc.geometry.outline import outline, projection
from ifc.geometry.palette import ARCHITECTURE, STRUCTURE, band_of, lineage
from ifc.geometry.solids import floor_polygon, volume_m3
from ifc.records import ElementRecord, Measure

RELATIVE_TOLERANCE = 0.02  # authored and measured quantities of 1,904 real elements agree within 2 %
ABSOLUTE_TOLERANCE = 0.01  # in m, m² or m³: below it a ratio says nothing

MAX_PROJECTED_TRIANGLES = 1_000  # walls, slabs and stairs; more is furniture and fittings, seldom asked for

_NOT_FOOTPRINT = frozenset({"IfcFooting", "IfcPile", "IfcDeepFoundation", "IfcVirtualElement", "IfcFeatureElement"})
_COMPARED: Mapping[str, tuple[str, ...]] = {  # measured quantity -> authored ones that mean the same
    "volume_m3": ("NetVolume",),
    "floor_area_m2": ("NetFloorArea", "GrossFloorArea"),
}
_SPACE_VOLUMES = ("NetVolume", "GrossVolume")


@dataclass(frozen=True, slots=True)
class DerivedQuantities:
    """What was measured on the mesh of one element.

    Attributes:
        volume_m3: Volume, or None if the shell is not closed.
        volume_reason: Why there is no volume; empty if there is one.
        footprint_area_m2: Area seen from above, or None if the mesh is too detailed for it.
        height_m: Height of the bounding box.
        floor_area_m2: Area of the floor of a space; None for other elements.
        bbox: x0, y0, z0, x1, y1, z1, model coordinates, metres.
    """

    volume_m3: float | None
    volume_reason: str
    footprint_area_m2: float | None
    height_m: float
    floor_area_m2: float | None
    bbox: tuple[float, ...]


def derive_quantities(meshes: MeshSet, records: Mapping[str, ElementRecord]) -> dict[str, DerivedQuantities]:
    """Return the measured quantities of every mesh, by GlobalId."""
    return {mesh.global_id: _derive(mesh, records.get(mesh.global_id)) for mesh in meshes}


def footprint(meshes: MeshSet, records: Mapping[str, ElementRecord]) -> BaseGeometry:
    """Return the outline of the building seen from above, model x and y, metres.

    It is the union of all structural and architectural elements above the foundations; site, furniture, services
    and annotations do not count, proxies only if there is nothing else, then spaces. Empty without any of these.
    """
    kinds = {mesh.global_id: _footprint_kind(records.get(mesh.global_id)) for mesh in meshes}
    for kind in ("element", "proxy", "space"):
        chosen = [mesh for mesh in meshes if kinds[mesh.global_id] == kind]
        if chosen:
            return outline(chosen)
    return shapely.Polygon()


def space_floor_polygon(mesh: Mesh) -> BaseGeometry:
    """Return the floor of the space whose mesh this is, model x and y, metres."""
    return floor_polygon(mesh)


def compare_quantities(
    derived: Mapping[str, DerivedQuantities], records: Mapping[str, ElementRecord]
) -> tuple[ReadFinding, ...]:
    """Return a finding for every authored quantity that differs from the measured one by more than the tolerance."""
    found = (
        _difference(record, measured, authored)
        for global_id, quantities in sorted(derived.items())
        if (record := records.get(global_id)) is not None
        for measured, authored in _pairs(record, quantities)
    )
    return tuple(finding for finding in found if finding is not None)


def _derive(mesh: Mesh, record: ElementRecord | None) -> DerivedQuantities:
    volume, reason = volume_m3(mesh)
    seen = projection(mesh) if len(mesh.faces) <= MAX_PROJECTED_TRIANGLES else None
    low, high = mesh.bounds()
    is_space = record is not None and record.ifc_class == "IfcSpace"
    return DerivedQuantities(
        volume,
        reason,
        None if seen is None else float(seen.area),
        float(high[2] - low[2]),
        float(floor_polygon(mesh).area) if is_space else None,
        (*low.tolist(), *high.tolist()),
    )


def _footprint_kind(record: ElementRecord | None) -> str | None:
    if record is None:
        return None
    names = lineage(record.ifc_class)
    if "IfcBuildingElementProxy" in names:
        return "proxy"
    if record.ifc_class == "IfcSpace":
        return "space"
    counts = "IfcElement" in names and not _NOT_FOOTPRINT & set(names)
    return "element" if counts and band_of(record.ifc_class) in (STRUCTURE, ARCHITECTURE) else None


def _pairs(record: ElementRecord, quantities: DerivedQuantities) -> Iterator[tuple[tuple[str, float], list[Measure]]]:
    for name, authored_names in _COMPARED.items():
        value = getattr(quantities, name)
        names = _SPACE_VOLUMES if record.ifc_class == "IfcSpace" and name == "volume_m3" else authored_names
        authored = [
            item
            for entries in record.quantity_sets.values()
            for key, item in entries.items()
            if key in names and isinstance(item, Measure)
        ]
        if value is not None and authored:
            yield (name, value), authored


def _difference(record: ElementRecord, measured: tuple[str, float], authored: list[Measure]) -> ReadFinding | None:
    """Return a finding if none of the `authored` values is near the measured one."""
    name, value = measured
    nearest = min(authored, key=lambda item: abs(item.value - value))
    allowed = max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * max(abs(nearest.value), abs(value)))
    if abs(nearest.value - value) <= allowed:
        return None
    quantity, unit = name.rsplit("_", 1)
    return ReadFinding(
        "quantity.differs",
        Severity.WARNING,
        f"The file states a {quantity.replace('_', ' ')} of {nearest.value:.3f} {nearest.unit};"
        f" its geometry measures {value:.3f} {unit}.",
        "Let the authoring tool compute the quantities again before export.",
        record.global_id,
    )
