"""Quantities that Kaksik measures itself on meshes; each says so, and none is ever put among the author's own."""

from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from ifc.geometry.clear_width import clear_width_m, opening_size_m
from ifc.geometry.mesh import Kernel, Mesh, MeshSet
from ifc.geometry.outline import outline, projection
from ifc.geometry.palette import ARCHITECTURE, STRUCTURE, band_of, lineage
from ifc.geometry.solids import floor_polygon, volume_m3
from ifc.records import ElementRecord, Measure

DERIVED = "derived"  # kind of a measure that no author wrote
DERIVED_DECIMALS = 6  # of m, m² or m³: far below what a kernel tells exactly, and equal on every machine
MAX_PROJECTED_TRIANGLES = 1_000  # walls, slabs and stairs; more is furniture and fittings, seldom asked for

_NOT_FOOTPRINT = frozenset({"IfcFooting", "IfcPile", "IfcDeepFoundation", "IfcVirtualElement", "IfcFeatureElement"})


@dataclass(frozen=True, slots=True)
class DerivedQuantities:
    """What was measured on the mesh of one element.

    Attributes:
        volume_m3: Volume, or None if the shell is not closed.
        volume_reason: Why there is no volume; empty if there is one.
        footprint_area_m2: Area seen from above, or None if the mesh is too detailed for it.
        height_m: Height of the bounding box; of a door or window along its own z axis.
        floor_area_m2: Area of the floor of a space; None for other elements.
        bbox: x0, y0, z0, x1, y1, z1, model coordinates, metres.
        width_m: Width of a door or window along its own x axis, frame included; None for other elements.
        clear_width_m: Of a space the diameter of the largest circle on its floor, of a door what its jambs leave
            free; None if it could not be measured, and for other elements.
        kernel: Which kernel made the mesh; a box (`Kernel.BOX`) has no quantities but its height.
    """

    volume_m3: float | None
    volume_reason: str
    footprint_area_m2: float | None
    height_m: float
    floor_area_m2: float | None
    bbox: tuple[float, ...]
    width_m: float | None = None
    clear_width_m: float | None = None
    kernel: Kernel = Kernel.IFCLITE

    def measures(self) -> dict[str, Measure]:
        """Return what could be measured, by names of IFC quantities where there are such; kind ``derived``."""
        named = {
            "Volume": (self.volume_m3, "m3"),
            "FloorArea": (self.floor_area_m2, "m2"),
            "FootprintArea": (self.footprint_area_m2, "m2"),
            "Height": (self.height_m, "m"),
            "Width": (self.width_m, "m"),
            "ClearWidth": (self.clear_width_m, "m"),
        }
        return {
            name: Measure(round(value, DERIVED_DECIMALS), unit, DERIVED)
            for name, (value, unit) in named.items()
            if value is not None
        }


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


def _derive(mesh: Mesh, record: ElementRecord | None) -> DerivedQuantities:
    low, high = mesh.bounds()
    bbox = (*low.tolist(), *high.tolist())
    if mesh.kernel is Kernel.BOX:
        return DerivedQuantities(None, "only a box", None, float(high[2] - low[2]), None, bbox, kernel=mesh.kernel)
    volume, reason = volume_m3(mesh)
    seen = projection(mesh) if len(mesh.faces) <= MAX_PROJECTED_TRIANGLES else None
    floor = floor_polygon(mesh) if record is not None and record.ifc_class == "IfcSpace" else None
    size = None if record is None else opening_size_m(mesh, record)
    return DerivedQuantities(
        volume,
        reason,
        None if seen is None else float(seen.area),
        float(high[2] - low[2]) if size is None else size[1],
        None if floor is None else float(floor.area),
        bbox,
        None if size is None else size[0],
        clear_width_m(mesh, record, floor),
        mesh.kernel,
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
