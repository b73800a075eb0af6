"""Discipline bands and calm colours, both by IFC class."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

Colour = tuple[float, float, float, float]

STRUCTURE, ARCHITECTURE, SERVICES = "structure", "architecture", "services"
FURNITURE, SITE, SPACES = "furniture", "site", "spaces"
BANDS = (STRUCTURE, ARCHITECTURE, SERVICES, FURNITURE, SITE, SPACES)

_BAND_BY_PREFIX: Mapping[str, str] = {
    "IfcSpace": SPACES,
    "IfcSpatialZone": SPACES,
    "IfcExternalSpatial": SPACES,
    "IfcSpaceHeater": SERVICES,
    "IfcSite": SITE,
    "IfcGeographicElement": SITE,
    "IfcGeotechnical": SITE,
    "IfcEarthworks": SITE,
    "IfcBorehole": SITE,
    "IfcGeomodel": SITE,
    "IfcCourse": SITE,
    "IfcPavement": SITE,
    "IfcCivilElement": SITE,
    "IfcWall": STRUCTURE,
    "IfcSlab": STRUCTURE,
    "IfcColumn": STRUCTURE,
    "IfcBeam": STRUCTURE,
    "IfcFooting": STRUCTURE,
    "IfcPile": STRUCTURE,
    "IfcCaissonFoundation": STRUCTURE,
    "IfcDeepFoundation": STRUCTURE,
    "IfcMember": STRUCTURE,
    "IfcPlate": STRUCTURE,
    "IfcReinforc": STRUCTURE,
    "IfcTendon": STRUCTURE,
    "IfcElementAssembly": STRUCTURE,
    "IfcBearing": STRUCTURE,
    "IfcFurni": FURNITURE,
    "IfcSystemFurnitureElement": FURNITURE,
    "IfcDistribution": SERVICES,
    "IfcFlow": SERVICES,
    "IfcEnergyConversionDevice": SERVICES,
    "IfcElectric": SERVICES,
    "IfcCable": SERVICES,
    "IfcPipe": SERVICES,
    "IfcDuct": SERVICES,
    "IfcAir": SERVICES,
    "IfcTransportElement": SERVICES,
    "IfcConveyorSegment": SERVICES,
}
_SERVICE_CLASSES = frozenset(
    f"Ifc{name}"
    for name in [
        "Actuator",
        "Alarm",
        "AudioVisualAppliance",
        "Boiler",
        "Burner",
        "Chiller",
        "Coil",
        "CommunicationsAppliance",
        "Compressor",
        "Condenser",
        "Controller",
        "CooledBeam",
        "CoolingTower",
        "Damper",
        "Engine",
        "EvaporativeCooler",
        "Evaporator",
        "Fan",
        "Filter",
        "FireSuppressionTerminal",
        "HeatExchanger",
        "Humidifier",
        "Interceptor",
        "JunctionBox",
        "Lamp",
        "LightFixture",
        "LiquidTerminal",
        "MedicalDevice",
        "MobileTelecommunicationsAppliance",
        "MotorConnection",
        "Outlet",
        "ProtectiveDevice",
        "ProtectiveDeviceTrippingUnit",
        "Pump",
        "SanitaryTerminal",
        "Sensor",
        "SolarDevice",
        "StackTerminal",
        "SwitchingDevice",
        "Tank",
        "Transformer",
        "TubeBundle",
        "UnitaryControlElement",
        "UnitaryEquipment",
        "Valve",
        "WasteTerminal",
        "Signal",
        "Electrical",
    ]
)

_COLOUR_BY_PREFIX: Mapping[str, Colour] = {
    "IfcSpace": (0.55, 0.74, 0.86, 0.25),
    "IfcSpatialZone": (0.55, 0.74, 0.86, 0.15),
    "IfcExternalSpatial": (0.70, 0.80, 0.70, 0.10),
    "IfcSpaceHeater": (0.86, 0.62, 0.55, 1.0),
    "IfcWindow": (0.62, 0.78, 0.86, 0.45),
    "IfcCurtainWall": (0.62, 0.78, 0.86, 0.45),
    "IfcDoor": (0.66, 0.52, 0.40, 1.0),
    "IfcRoof": (0.66, 0.42, 0.36, 1.0),
    "IfcSlab": (0.74, 0.73, 0.70, 1.0),
    "IfcWall": (0.86, 0.84, 0.80, 1.0),
    "IfcCovering": (0.82, 0.80, 0.74, 1.0),
    "IfcSite": (0.60, 0.68, 0.52, 1.0),
    "IfcGeographicElement": (0.60, 0.68, 0.52, 1.0),
    "IfcOpening": (0.90, 0.60, 0.40, 0.30),
}
_COLOUR_BY_BAND: Mapping[str, Colour] = {
    STRUCTURE: (0.70, 0.71, 0.73, 1.0),
    ARCHITECTURE: (0.80, 0.79, 0.76, 1.0),
    SERVICES: (0.52, 0.65, 0.74, 1.0),
    FURNITURE: (0.76, 0.66, 0.54, 1.0),
    SITE: (0.64, 0.70, 0.58, 1.0),
    SPACES: (0.55, 0.74, 0.86, 0.25),
}


def band_of(ifc_class: str) -> str:
    """Return the discipline band of `ifc_class`; what is no other discipline is architecture."""
    if ifc_class in _SERVICE_CLASSES:
        return SERVICES
    return _longest_prefix(_BAND_BY_PREFIX, ifc_class) or ARCHITECTURE


def colour_of(ifc_class: str) -> Colour:
    """Return the colour for an element of `ifc_class` whose file gives it no style."""
    return _longest_prefix(_COLOUR_BY_PREFIX, ifc_class) or _COLOUR_BY_BAND[band_of(ifc_class)]


def _longest_prefix(table: Mapping[str, T], ifc_class: str) -> T | None:
    prefixes = [prefix for prefix in table if ifc_class.startswith(prefix)]
    return table[max(prefixes, key=len)] if prefixes else None
