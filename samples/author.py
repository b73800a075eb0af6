"""A thin writer of IFC2X3 and IFC4: header, units, context, rooted objects, relations; same bytes every run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import ifcopenshell
import ifcopenshell.guid

NAMESPACE = UUID("6f1c0f0e-6d5e-5a8e-9f54-0d3a5f2b7c11")
TIME_STAMP = "2026-01-15T12:00:00"
CREATED = 1768478400  # the same moment, in seconds since 1970
EXPORTER = "Kaksik samples"

Entity = Any
_SI_UNITS = (
    ("AREAUNIT", None, "SQUARE_METRE"),
    ("VOLUMEUNIT", None, "CUBIC_METRE"),
    ("PLANEANGLEUNIT", None, "RADIAN"),
    ("TIMEUNIT", None, "SECOND"),
    ("MASSUNIT", "KILO", "GRAM"),
    ("POWERUNIT", None, "WATT"),
    ("ENERGYUNIT", None, "JOULE"),
    ("THERMODYNAMICTEMPERATUREUNIT", None, "KELVIN"),
)


def guid(*parts: str) -> str:
    """Return the fixed GlobalId that belongs to a name."""
    return str(ifcopenshell.guid.compress(uuid5(NAMESPACE, "/".join(parts)).hex))


class Author:
    """Writes one file.

    Args:
        schema: ``IFC2X3`` or ``IFC4``.
        building_id: Name space of all GlobalIds of the file.
        length_unit: ``METRE`` or ``MILLIMETRE``; all arguments of all methods stay metres.
    """

    def __init__(self, schema: str, building_id: str, length_unit: str = "METRE") -> None:
        self.schema = schema
        self.building_id = building_id
        self.file: Any = ifcopenshell.file(schema=schema)
        self.per_metre = 1000.0 if length_unit == "MILLIMETRE" else 1.0
        self.counts: dict[str, int] = {}
        self._cache: dict[tuple[Any, ...], Entity] = {}
        self._pending: dict[tuple[str, str], tuple[Entity, list[Entity]]] = {}
        self._last: list[tuple[str, Entity]] = []
        self.owner_history = self._owner_history()
        self.units = self._units()
        self.body, self.axis, self.context = self._contexts()

    @property
    def is_ifc4(self) -> bool:
        """Whether the file is IFC4."""
        return self.schema == "IFC4"

    def length(self, metres: float) -> float:
        """Return a length in the unit of the file."""
        return round(metres * self.per_metre, 6)

    def make(self, ifc_class: str, *args: Any, **attributes: Any) -> Entity:
        """Create an entity."""
        return self.file.create_entity(ifc_class, *args, **attributes)

    def once(self, ifc_class: str, *args: Any) -> Entity:
        """Create an entity with these positional attributes, or return the one that exists."""
        key = (ifc_class, *args)
        if key not in self._cache:
            self._cache[key] = self.file.create_entity(ifc_class, *args)
        return self._cache[key]

    def remember(self, *key: Any) -> Entity:
        """Return what was kept under a key, or None."""
        return self._cache.get(("kept", *key))

    def keep(self, entity: Entity, *key: Any) -> Entity:
        """Keep an entity under a key and return it."""
        self._cache[("kept", *key)] = entity
        return entity

    def root(self, ifc_class: str, key: str, **attributes: Any) -> Entity:
        """Create an object with a GlobalId that follows from building and key, and count it."""
        entity = self.make(
            ifc_class, GlobalId=guid(self.building_id, key), OwnerHistory=self.owner_history, **attributes
        )
        self.counts[ifc_class] = self.counts.get(ifc_class, 0) + 1
        return entity

    def relate(self, ifc_class: str, one: tuple[str, Entity], many: tuple[str, Entity], name: str = "") -> None:
        """Note that ``many`` belongs to ``one``; `finish` writes one relation for all of them.

        Args:
            ifc_class: Relation class.
            one: Attribute name and entity of the single side.
            many: Attribute name of the list side and one member of it.
            name: What tells relations of the same entity apart.
        """
        key = (ifc_class, f"{one[0]}#{one[1].id()}{name}")
        if key not in self._pending:
            self._pending[key] = (one, [])
            self._last.append((f"{ifc_class}/{many[0]}/{key[1]}", key))
        self._pending[key][1].append(many[1])

    def link(self, ifc_class: str, key: str, **attributes: Any) -> Entity:
        """Create a single relation at once."""
        return self.make(
            ifc_class, GlobalId=guid(self.building_id, ifc_class, key), OwnerHistory=self.owner_history, **attributes
        )

    def finish(self, path: Path) -> None:
        """Write the pending relations and the file."""
        for label, key in self._last:
            ifc_class, many_name, _ = label.split("/", 2)
            (one_name, one), many = self._pending[key]
            tag = ifc_class + (one.GlobalId if one.is_a("IfcRoot") else str(one.id()))
            self.make(
                ifc_class,
                GlobalId=guid(self.building_id, tag, key[1]),
                OwnerHistory=self.owner_history,
                **{one_name: one, many_name: many},
            )
        self._header(path.name)
        self.file.write(str(path))

    def point(self, *metres: float) -> Entity:
        """Return a point."""
        return self.once("IfcCartesianPoint", tuple(self.length(value) for value in metres))

    def direction(self, *ratios: float) -> Entity:
        """Return a direction."""
        return self.once("IfcDirection", tuple(float(round(value, 9)) for value in ratios))

    def placement(self, parent: Entity | None, x: float, y: float, z: float, along: tuple[float, float]) -> Entity:
        """Return a local placement whose x axis runs along a direction in the plan."""
        if along == (1.0, 0.0):
            axes = self.once("IfcAxis2Placement3D", self.point(x, y, z))
        else:
            axes = self.once(
                "IfcAxis2Placement3D", self.point(x, y, z), self.direction(0, 0, 1), self.direction(*along, 0)
            )
        return self.make("IfcLocalPlacement", PlacementRelTo=parent, RelativePlacement=axes)

    def style(self, name: str, colour: tuple[float, float, float], transparency: float = 0.0) -> Entity:
        """Return a surface style."""
        known = self.remember("style", name)
        if known is not None:
            return known
        shading = self.make(
            "IfcSurfaceStyleRendering",
            SurfaceColour=self.make("IfcColourRgb", None, *colour),
            Transparency=transparency,
            ReflectanceMethod="NOTDEFINED",
        )
        return self.keep(self.make("IfcSurfaceStyle", name, "BOTH", [shading]), "style", name)

    def paint(self, item: Entity, style: Entity) -> None:
        """Give a representation item a surface style."""
        if not self.is_ifc4:
            style = self.once("IfcPresentationStyleAssignment", (style,))
        self.make("IfcStyledItem", Item=item, Styles=[style])

    def shape(self, items: Iterable[Entity], kind: str = "SweptSolid") -> Entity:
        """Return a body representation."""
        return self.make("IfcShapeRepresentation", self.body, "Body", kind, list(items))

    def product_shape(self, *representations: Entity) -> Entity:
        """Return the definition shape of a product."""
        return self.make("IfcProductDefinitionShape", Representations=list(representations))

    def _owner_history(self) -> Entity:
        person = self.make("IfcPerson", None, "Näidis", "Autor")
        organization = self.make("IfcOrganization", None, EXPORTER)
        user = self.make("IfcPersonAndOrganization", person, organization)
        application = self.make("IfcApplication", organization, "1", EXPORTER, "kaksik-samples")
        return self.make(
            "IfcOwnerHistory",
            OwningUser=user,
            OwningApplication=application,
            ChangeAction="ADDED",
            LastModifiedDate=CREATED,
            CreationDate=CREATED,
        )

    def _units(self) -> Entity:
        prefix = "MILLI" if self.per_metre == 1000.0 else None
        units = [self.make("IfcSIUnit", None, "LENGTHUNIT", prefix, "METRE")]
        units += [self.make("IfcSIUnit", None, *row) for row in _SI_UNITS]
        metre = self.make("IfcSIUnit", None, "LENGTHUNIT", None, "METRE")
        by_kind = {unit.UnitType: unit for unit in units}
        watt, kelvin, second = (by_kind[k] for k in ("POWERUNIT", "THERMODYNAMICTEMPERATUREUNIT", "TIMEUNIT"))
        derived = (
            ("THERMALTRANSMITTANCEUNIT", ((watt, 1), (metre, -2), (kelvin, -1))),
            ("THERMALCONDUCTANCEUNIT", ((watt, 1), (metre, -1), (kelvin, -1))),
            ("VOLUMETRICFLOWRATEUNIT", ((metre, 3), (second, -1))),
        )
        for kind, elements in derived:
            parts = [self.make("IfcDerivedUnitElement", unit, exponent) for unit, exponent in elements]
            units.append(self.make("IfcDerivedUnit", parts, kind))
        self.metre = metre
        return self.make("IfcUnitAssignment", units)

    def _contexts(self) -> tuple[Entity, Entity, Entity]:
        origin = self.once("IfcAxis2Placement3D", self.point(0, 0, 0))
        context = self.make(
            "IfcGeometricRepresentationContext",
            ContextType="Model",
            CoordinateSpaceDimension=3,
            Precision=1e-5,
            WorldCoordinateSystem=origin,
        )
        body, axis = (
            self.make(
                "IfcGeometricRepresentationSubContext",
                ContextIdentifier=name,
                ContextType="Model",
                ParentContext=context,
                TargetView=view,
            )
            for name, view in (("Body", "MODEL_VIEW"), ("Axis", "GRAPH_VIEW"))
        )
        return body, axis, context

    def _header(self, name: str) -> None:
        header = self.file.header
        view = "DesignTransferView_V1.0" if self.is_ifc4 else "CoordinationView_V2.0"
        header.file_description.description = (f"ViewDefinition [{view}]",)
        header.file_name.name = name
        header.file_name.time_stamp = TIME_STAMP
        header.file_name.author = ("Näidis",)
        header.file_name.organization = (EXPORTER,)
        header.file_name.preprocessor_version = EXPORTER
        header.file_name.originating_system = EXPORTER
        header.file_name.authorization = ""
