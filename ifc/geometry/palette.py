"""Discipline bands and calm colours, both by IFC class and its supertypes."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ifcopenshell import ifcopenshell_wrapper

Colour = tuple[float, float, float, float]

STRUCTURE, ARCHITECTURE, SERVICES = "structure", "architecture", "services"
FURNITURE, SITE, SPACES = "furniture", "site", "spaces"
BANDS = (STRUCTURE, ARCHITECTURE, SERVICES, FURNITURE, SITE, SPACES)

_BAND_BY_CLASS: Mapping[str, str] = {
    "IfcSpace": SPACES,
    "IfcSpatialZone": SPACES,
    "IfcExternalSpatialStructureElement": SPACES,
    "IfcSite": SITE,
    "IfcGeographicElement": SITE,
    "IfcGeotechnicalElement": SITE,
    "IfcEarthworksElement": SITE,
    "IfcCivilElement": SITE,
    "IfcCourse": SITE,
    "IfcPavement": SITE,
    "IfcKerb": SITE,
    "IfcWall": STRUCTURE,
    "IfcSlab": STRUCTURE,
    "IfcColumn": STRUCTURE,
    "IfcBeam": STRUCTURE,
    "IfcFooting": STRUCTURE,
    "IfcPile": STRUCTURE,
    "IfcDeepFoundation": STRUCTURE,
    "IfcMember": STRUCTURE,
    "IfcPlate": STRUCTURE,
    "IfcReinforcingElement": STRUCTURE,
    "IfcElementAssembly": STRUCTURE,
    "IfcBearing": STRUCTURE,
    "IfcFurnishingElement": FURNITURE,
    "IfcDistributionElement": SERVICES,
    "IfcElectricalElement": SERVICES,
    "IfcTransportElement": SERVICES,
    "IfcTransportationDevice": SERVICES,
}
_COLOUR_BY_CLASS: Mapping[str, Colour] = {
    "IfcSpace": (0.55, 0.74, 0.86, 0.25),
    "IfcSpatialZone": (0.55, 0.74, 0.86, 0.15),
    "IfcExternalSpatialStructureElement": (0.70, 0.80, 0.70, 0.10),
    "IfcSpaceHeater": (0.86, 0.62, 0.55, 1.0),
    "IfcWindow": (0.62, 0.78, 0.86, 0.45),
    "IfcCurtainWall": (0.62, 0.78, 0.86, 0.45),
    "IfcDoor": (0.66, 0.52, 0.40, 1.0),
    "IfcRoof": (0.66, 0.42, 0.36, 1.0),
    "IfcSlab": (0.74, 0.73, 0.70, 1.0),
    "IfcWall": (0.86, 0.84, 0.80, 1.0),
    "IfcCovering": (0.82, 0.80, 0.74, 1.0),
    "IfcOpeningElement": (0.90, 0.60, 0.40, 0.30),
}
_COLOUR_BY_BAND: Mapping[str, Colour] = {
    STRUCTURE: (0.70, 0.71, 0.73, 1.0),
    ARCHITECTURE: (0.80, 0.79, 0.76, 1.0),
    SERVICES: (0.52, 0.65, 0.74, 1.0),
    FURNITURE: (0.76, 0.66, 0.54, 1.0),
    SITE: (0.62, 0.69, 0.55, 1.0),
    SPACES: (0.55, 0.74, 0.86, 0.25),
}


def band_of(ifc_class: str) -> str:
    """Return the discipline band of `ifc_class`; what is of no other discipline is architecture."""
    return next((_BAND_BY_CLASS[name] for name in lineage(ifc_class) if name in _BAND_BY_CLASS), ARCHITECTURE)


def colour_of(ifc_class: str) -> Colour:
    """Return the colour for an element of `ifc_class` whose file gives it no style."""
    found = (_COLOUR_BY_CLASS[name] for name in lineage(ifc_class) if name in _COLOUR_BY_CLASS)
    return next(found, _COLOUR_BY_BAND[band_of(ifc_class)])


@lru_cache(maxsize=2048)  # about the classes of all schemas
def lineage(ifc_class: str) -> tuple[str, ...]:
    """Return `ifc_class` and its supertypes, nearest first, as the newest schema that knows it declares them."""
    for schema in ("IFC4X3_ADD2", "IFC4", "IFC2X3"):
        names: list[str] = []
        declaration: Any = _declaration(schema, ifc_class)
        while declaration is not None:
            names.append(declaration.name())
            declaration = declaration.supertype()
        if names:
            return tuple(names)
    return (ifc_class,)


def _declaration(schema: str, ifc_class: str) -> Any:
    try:
        declaration = ifcopenshell_wrapper.schema_by_name(schema).declaration_by_name(ifc_class)
    except RuntimeError:
        return None
    return declaration.as_entity()
