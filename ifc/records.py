"""Element records: what Kaksik knows of one object of a model.

Rules that every record keeps:
1. It is immutable and says everything in SI units; `Measure.unit` is a UCUM code.
2. It holds no STEP number, no order of the file, no owner history, no exporter noise.
3. Its relations point from the dependent to the independent side (child to parent, door to opening, opening
   to wall, element to space), so that adding an element changes no record but its own.
4. `(building, global_id)` is its key in every other part of Kaksik.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit.

    Attributes:
        value: The number in `unit`, finite.
        unit: UCUM code of an SI unit: ``m``, ``m2``, ``m3``, ``W/(m2.K)``, ``Cel``, ``1`` for a pure ratio.
        kind: The IFC measure that declared it, such as ``IfcLengthMeasure``; decides the rounding.
    """

    value: float
    unit: str
    kind: str


Value = str | bool | int | float | None | Measure | tuple["Value", ...] | Mapping[str, "Value"]


class RelationKind(StrEnum):
    """Relations between records, in the direction in which they are stored (IFC relationship in brackets)."""

    AGGREGATED_IN = "aggregatedIn"  # part -> whole (IfcRelAggregates)
    NESTED_IN = "nestedIn"  # part -> whole, port -> element (IfcRelNests, IfcRelConnectsPortToElement)
    CONTAINED_IN = "containedIn"  # element -> spatial element (IfcRelContainedInSpatialStructure)
    REFERENCED_IN = "referencedIn"  # element -> spatial element (IfcRelReferencedInSpatialStructure)
    TYPED_BY = "typedBy"  # occurrence -> type (IfcRelDefinesByType)
    VOIDS = "voids"  # opening -> element (IfcRelVoidsElement)
    FILLS = "fills"  # door or window -> opening (IfcRelFillsElement)
    ASSIGNED_TO = "assignedTo"  # member -> group, zone, system (IfcRelAssignsToGroup)
    SERVES = "serves"  # system -> spatial element (IfcRelServicesBuildings, IfcRelReferencedIn...)
    CONNECTED_TO = "connectedTo"  # element -> element, detail says how (IfcRelConnectsElements, ...PathElements)
    PORT_CONNECTED_TO = "portConnectedTo"  # source port -> sink port (IfcRelConnectsPorts)
    BOUNDS = "bounds"  # element -> space (IfcRelSpaceBoundary), detail: level, physical, external
    COVERS = "covers"  # covering -> element or space (IfcRelCoversBldgElements, ...Spaces)
    CONTROLS = "controls"  # sensor or actuator -> flow element (IfcRelFlowControlElements)
    DECLARED_IN = "declaredIn"  # type or object -> project or library (IfcRelDeclares)
    PROJECTS = "projects"  # projection -> element (IfcRelProjectsElement)
    ADHERES_TO = "adheresTo"  # surface feature -> element (IfcRelAdheresToElement)
    INTERFERES_WITH = "interferesWith"  # element -> element, detail says how (IfcRelInterferesElements)
    POSITIONED_BY = "positionedBy"  # product -> grid, alignment or referent (IfcRelPositions)
    DEFINED_BY = "definedBy"  # reflecting object -> declared object (IfcRelDefinesByObject)
    FOLLOWS = "follows"  # process -> process before it, detail: its kind (IfcRelSequence)
    ASSIGNED_TO_PROCESS = "assignedToProcess"  # object -> task, event (IfcRelAssignsToProcess)
    ASSIGNED_TO_PRODUCT = "assignedToProduct"  # object -> product (IfcRelAssignsToProduct)
    ASSIGNED_TO_ACTOR = "assignedToActor"  # object -> actor or occupant (IfcRelAssignsToActor)
    ASSIGNED_TO_CONTROL = "assignedToControl"  # object -> schedule, permit, order (IfcRelAssignsToControl)
    ASSIGNED_TO_RESOURCE = "assignedToResource"  # object -> resource (IfcRelAssignsToResource)
    STRUCTURALLY_CONNECTED_TO = "structurallyConnectedTo"  # member -> connection (IfcRelConnectsStructuralMember)
    ACTS_ON = "actsOn"  # load or reaction -> structural item (IfcRelConnectsStructuralActivity)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a record to another record.

    Attributes:
        kind: What it is.
        target: GlobalId of the other record.
        detail: Further attributes of the relation, such as the level of a space boundary.
    """

    kind: RelationKind
    target: str
    detail: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MaterialPart:
    """One material of an element: a layer, a constituent, a profile or the whole.

    Attributes:
        role: ``single``, ``layer``, ``constituent``, ``profile`` or ``list``.
        position: Place in the set, from 0, in the order of the file (layers have a meaning in order).
        material: Name of the material.
        thickness_m: Thickness of a layer in metres.
        name: Name of the layer, constituent or profile itself.
        category: Category of the material or the part.
        properties: Property sets of the material, ``set name -> property -> value``.
        attributes: What else the file says of the part and of how the set is used, by IFC name: ``Fraction``,
            ``Priority``, ``LayerSetDirection``, ``DirectionSense``, ``OffsetFromReferenceLine``, ``CardinalPoint``,
            ``Profile`` with its class and dimensions.
    """

    role: str
    position: int
    material: str
    thickness_m: float | None = None
    name: str = ""
    category: str = ""
    properties: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """A classification, library or document reference.

    Attributes:
        role: ``classification``, ``library`` or ``document``.
        source: Name of the system or library, such as ``CCI-EE``.
        edition: Its edition or version.
        identification: Code in that system.
        name: Human name of the code.
        location: URI, if given.
    """

    role: str
    source: str = ""
    edition: str = ""
    identification: str = ""
    name: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class ElementRecord:
    """One object of a model that has a GlobalId.

    Attributes:
        global_id: The 22-character IFC GlobalId; a repeated one carries the suffix ``~2``, ``~3`` ...
        ifc_class: Exact IFC class, such as ``IfcWallStandardCase``.
        name: `Name`.
        description: `Description`.
        object_type: `ObjectType` (occurrences) or `ElementType` (types).
        predefined_type: `PredefinedType`, resolved against the type; empty if there is none.
        attributes: Other scalar attributes of the class, SI (``LongName``, ``Tag``, ``OverallWidth`` ...), and
            ``PresentationLayers`` of products, ``ShapeAspects`` of what has named parts, ``Tables`` of the project:
            those to which nothing refers, ``TrueNorth`` of the project: the angle from the y axis to true north,
            counter-clockwise, where the file states it.
        placement: World matrix, row-major, 16 numbers, metres; None if the object has no placement.
        geometry_digest: BLAKE2b-256 (hex) of the canonical representation graph of the file; empty if there is none.
            Independent of STEP numbers, order, float noise and of any geometry kernel.
        property_sets: ``set -> property -> value`` of the object itself (not those of its type).
        quantity_sets: ``set -> quantity -> measure`` of the object itself.
        materials: Materials of the object itself, in order.
        references: Classification, library and document references, sorted.
        relations: Relations to other records, sorted by kind, target and detail.
    """

    global_id: str
    ifc_class: str
    name: str = ""
    description: str = ""
    object_type: str = ""
    predefined_type: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    placement: tuple[float, ...] | None = None
    geometry_digest: str = ""
    property_sets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    quantity_sets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    materials: tuple[MaterialPart, ...] = ()
    references: tuple[Reference, ...] = ()
    relations: tuple[Relation, ...] = ()

    def targets(self, kind: RelationKind) -> tuple[str, ...]:
        """Return the GlobalIds that this record points at by `kind`, in stored order."""
        return tuple([r.target for r in self.relations if r.kind is kind]) if self.relations else ()


@dataclass(frozen=True, slots=True)
class Georeference:
    """Where the model's origin lies on the map.

    Attributes:
        source: ``IfcMapConversion``, ``ePset_MapConversion``, ``AR_Reeper`` or ``IfcSite``.
        crs: Name of the projected CRS as given, such as ``EPSG:3301``; empty if not stated.
        vertical_datum: Such as ``EH2000``; empty if not stated.
        easting_m: Easting of the model origin, metres.
        northing_m: Northing of the model origin, metres.
        height_m: Height of the model origin, metres.
        rotation_deg: Angle from the easting axis to the model's x axis, counter-clockwise, degrees.
        scale: Scale from model metres to map metres.
    """

    source: str
    crs: str
    vertical_datum: str
    easting_m: float
    northing_m: float
    height_m: float
    rotation_deg: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself; never part of a digest.

    Attributes:
        schema: Schema as read: ``IFC2X3``, ``IFC4`` or ``IFC4X3_ADD2``.
        declared_schema: Schema token as written in the file.
        view: Model view definition from FILE_DESCRIPTION, if any.
        originating_system: Authoring tool.
        preprocessor: Exporter.
        time_stamp: ISO 8601 text of the header.
        length_unit_m: Length of one model unit in metres.
    """

    schema: str
    declared_schema: str
    view: str = ""
    originating_system: str = ""
    preprocessor: str = ""
    time_stamp: str = ""
    length_unit_m: float = 1.0
