"""Node labels and edge types, with the terms of the standards that they stand for.

`docs/reference/graph.md` shows the same tables; a test compares the two.
"""

from enum import StrEnum


class Label(StrEnum):
    """Node labels."""

    SITE = "Site"
    BUILDING = "Building"
    STOREY = "Storey"
    SPACE = "Space"
    ELEMENT = "Element"
    OPENING = "Opening"
    PORT = "Port"
    SYSTEM = "System"
    ZONE = "Zone"
    TYPE = "ElementType"
    MATERIAL = "Material"
    POINT = "Point"
    VERSION = "Version"
    CITY_BUILDING = "CityBuilding"
    PARCEL = "Parcel"
    PLAN_AREA = "PlanArea"


CITY_LABELS = (Label.CITY_BUILDING, Label.PARCEL, Label.PLAN_AREA)
MODEL_LABELS = tuple(label for label in Label if label not in (*CITY_LABELS, Label.POINT, Label.VERSION))


class EdgeType(StrEnum):
    """Edge types."""

    HAS_BUILDING = "HAS_BUILDING"
    HAS_STOREY = "HAS_STOREY"
    HAS_SPACE = "HAS_SPACE"
    CONTAINS_ELEMENT = "CONTAINS_ELEMENT"
    HAS_SUB_ELEMENT = "HAS_SUB_ELEMENT"
    ADJACENT_ELEMENT = "ADJACENT_ELEMENT"
    ADJACENT_TO = "ADJACENT_TO"
    CONNECTS = "CONNECTS"
    OPEN_TO = "OPEN_TO"
    LIGHTS = "LIGHTS"
    HAS_OPENING = "HAS_OPENING"
    FILLED_BY = "FILLED_BY"
    HAS_PORT = "HAS_PORT"
    FEEDS = "FEEDS"
    PART_OF = "PART_OF"
    SERVES = "SERVES"
    HAS_TYPE = "HAS_TYPE"
    MADE_OF = "MADE_OF"
    CONTROLS = "CONTROLS"
    IS_POINT_OF = "IS_POINT_OF"
    HAS_LOCATION = "HAS_LOCATION"
    NEAR = "NEAR"
    STANDS_ON = "STANDS_ON"
    APPLIES_TO = "APPLIES_TO"


TERMS: dict[Label | EdgeType, tuple[str, str]] = {
    Label.SITE: ("bot:Site", "IfcSite"),
    Label.BUILDING: ("bot:Building", "IfcBuilding"),
    Label.STOREY: ("bot:Storey", "IfcBuildingStorey"),
    Label.SPACE: ("bot:Space", "IfcSpace"),
    Label.ELEMENT: ("bot:Element", "IfcElement and any other object with a place"),
    Label.OPENING: ("bot:Interface", "IfcOpeningElement"),
    Label.PORT: ("brick:Connection_Point", "IfcPort"),
    Label.SYSTEM: ("brick:System", "IfcSystem"),
    Label.ZONE: ("bot:Zone", "IfcZone and other groups"),
    Label.TYPE: ("ifc:IfcTypeObject", "IfcTypeObject"),
    Label.MATERIAL: ("ifc:IfcMaterial", "IfcMaterial"),
    Label.POINT: ("brick:Point", "sensor, meter, actuator or setpoint of the live state; of no version"),
    Label.VERSION: ("prov:Entity", "one version of one stage of a building"),
    Label.CITY_BUILDING: ("bot:Building", "building on the map, with a model or from the city file; of no version"),
    Label.PARCEL: ("bot:Site", "cadastral unit"),
    Label.PLAN_AREA: ("geo:Feature", "building area (hoonestusala) of a detailed plan with its building right"),
    EdgeType.HAS_BUILDING: ("bot:hasBuilding", "site to building"),
    EdgeType.HAS_STOREY: ("bot:hasStorey", "building to storey"),
    EdgeType.HAS_SPACE: ("bot:hasSpace", "storey, building or space to space"),
    EdgeType.CONTAINS_ELEMENT: ("bot:containsElement", "spatial node to element"),
    EdgeType.HAS_SUB_ELEMENT: ("bot:hasSubElement", "whole to part"),
    EdgeType.ADJACENT_ELEMENT: (
        "bot:adjacentElement",
        "space to an element that bounds it; `source` says how it is known",
    ),
    EdgeType.ADJACENT_TO: ("bot:adjacentZone", "space to space across a wall or slab; `source` says how it is known"),
    EdgeType.CONNECTS: ("bot:interfaceOf", "door to a space that it opens into; `source` says how it is known"),
    EdgeType.OPEN_TO: ("bot:adjacentZone", "space to space that one walks to without a door: open side or stair"),
    EdgeType.LIGHTS: ("bot:interfaceOf", "window to a space behind it; `source` says how it is known"),
    EdgeType.HAS_OPENING: ("ifc:IfcRelVoidsElement", "element to opening"),
    EdgeType.FILLED_BY: ("ifc:IfcRelFillsElement", "opening to door or window"),
    EdgeType.HAS_PORT: ("brick:hasPart", "element to port"),
    EdgeType.FEEDS: ("brick:feeds", "element to the next element downstream"),
    EdgeType.PART_OF: ("brick:isPartOf", "element or space to system, zone or group"),
    EdgeType.SERVES: ("ifc:IfcRelServicesBuildings", "system to spatial node"),
    EdgeType.HAS_TYPE: ("ifc:IfcRelDefinesByType", "occurrence to type"),
    EdgeType.MADE_OF: (
        "ifc:IfcRelAssociatesMaterial",
        "element to material; `share` of its volume where known, `source` is `own` or `type`",
    ),
    EdgeType.CONTROLS: ("brick:controls", "sensor or actuator to flow element"),
    EdgeType.IS_POINT_OF: ("brick:isPointOf", "point to what it is bound to"),
    EdgeType.HAS_LOCATION: ("brick:hasLocation", "point to the space it stands in"),
    EdgeType.NEAR: (
        "geo:sfWithin",
        "city building to another, once a pair: `distance_m`, and `shared_wall_m` where they touch",
    ),
    EdgeType.STANDS_ON: ("geo:sfIntersects", "city building to parcel; `share` of its footprint"),
    EdgeType.APPLIES_TO: ("geo:sfIntersects", "plan area to parcel"),
}
