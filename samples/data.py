"""Property sets, quantities, materials, types and classification for the author."""

from collections.abc import Mapping, Sequence

from samples.author import Author, Entity, guid
from samples.constructions import CCI_EXAMPLES, MATERIALS, Construction

Value = str | bool | int | float | tuple[str, str | bool | int | float]
Sets = dict[str, dict[str, Value]]
Quantities = dict[str, tuple[str, float]]

LENGTH_MEASURES = ("IfcLengthMeasure", "IfcPositiveLengthMeasure")
QUANTITIES = {
    "length": ("IfcQuantityLength", "LengthValue"),
    "area": ("IfcQuantityArea", "AreaValue"),
    "volume": ("IfcQuantityVolume", "VolumeValue"),
    "count": ("IfcQuantityCount", "CountValue"),
}


def attach(author: Author, element: Entity, sets: Sets, quantity_set: str = "", quantities: Quantities | None = None
           ) -> None:  # fmt: skip
    """Attach property sets and one quantity set; equal sets are shared between elements."""
    for name, properties in sets.items():
        _define(author, element, _property_set(author, name, properties))
    if quantities:
        title = quantity_set if author.is_ifc4 else "BaseQuantities"
        _define(author, element, _element_quantity(author, title, quantities))


def type_sets(author: Author, sets: Sets) -> list[Entity]:
    """Return property sets for a type object."""
    return [_property_set(author, name, properties) for name, properties in sets.items()]


def _define(author: Author, element: Entity, definition: Entity) -> None:
    author.relate(
        "IfcRelDefinesByProperties", ("RelatingPropertyDefinition", definition), ("RelatedObjects", element)
    )


def _property_set(author: Author, name: str, properties: Mapping[str, Value]) -> Entity:
    key = (name, tuple(properties.items()))
    known = author.remember("pset", key)
    if known is not None:
        return known
    members = [_single_value(author, title, value) for title, value in properties.items()]
    entity = author.make(
        "IfcPropertySet", guid(author.building_id, "pset", repr(key)), author.owner_history, name, None, members
    )
    return author.keep(entity, "pset", key)


def _single_value(author: Author, name: str, value: Value) -> Entity:
    kind, raw = _typed(value)
    known = author.remember("property", name, kind, raw)
    if known is not None:
        return known
    stored = author.length(float(raw)) if kind in LENGTH_MEASURES else raw
    entity = author.make("IfcPropertySingleValue", name, None, author.make(kind, stored))
    return author.keep(entity, "property", name, kind, raw)


def _typed(value: Value) -> tuple[str, str | bool | int | float]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, bool):
        return "IfcBoolean", value
    if isinstance(value, int):
        return "IfcInteger", value
    if isinstance(value, float):
        return "IfcReal", value
    return "IfcLabel", value


def _element_quantity(author: Author, name: str, quantities: Quantities) -> Entity:
    key = (name, tuple(quantities.items()))
    known = author.remember("qto", key)
    if known is not None:
        return known
    members = []
    for title, (kind, value) in quantities.items():
        ifc_class, attribute = QUANTITIES[kind]
        amount = author.length(value) if kind == "length" else round(value, 9)
        members.append(author.make(ifc_class, Name=title, **{attribute: amount}))
    entity = author.make(
        "IfcElementQuantity",
        guid(author.building_id, "qto", repr(key)),
        author.owner_history,
        name,
        None,
        None,
        members,
    )
    return author.keep(entity, "qto", key)


def layer_set(author: Author, construction: Construction) -> Entity:
    """Return the material layer set of a construction."""
    known = author.remember("layers", construction.key)
    if known is not None:
        return known
    layers = [
        author.make("IfcMaterialLayer", material(author, key), author.length(thickness), False)
        for key, thickness in construction.layers
    ]
    return author.keep(author.make("IfcMaterialLayerSet", layers, construction.name), "layers", construction.key)


def use_layers(author: Author, element: Entity, construction: Construction) -> None:
    """Associate an element with its layers; one usage per construction."""
    usage = author.remember("usage", construction.key)
    if usage is None:
        direction = "AXIS2" if construction.kind in ("wall", "inner") else "AXIS3"
        offset = -construction.thickness / 2 if direction == "AXIS2" else construction.thickness
        sense = "POSITIVE" if direction == "AXIS2" else "NEGATIVE"
        usage = author.make(
            "IfcMaterialLayerSetUsage", layer_set(author, construction), direction, sense, author.length(offset)
        )
        author.keep(usage, "usage", construction.key)
    associate_material(author, element, usage)


def associate_material(author: Author, element: Entity, chosen: Entity) -> None:
    """Associate an element or type with a material definition."""
    author.relate("IfcRelAssociatesMaterial", ("RelatingMaterial", chosen), ("RelatedObjects", element))


def material(author: Author, key: str) -> Entity:
    """Return a material with its thermal properties."""
    known = author.remember("material", key)
    if known is not None:
        return known
    spec = MATERIALS[key]
    if author.is_ifc4:
        entity = author.make("IfcMaterial", spec.name, None, spec.category)
        thermal: dict[str, Value] = {
            "ThermalConductivity": ("IfcThermalConductivityMeasure", spec.conductivity),
            "SpecificHeatCapacity": ("IfcSpecificHeatCapacityMeasure", spec.heat_capacity),
        }
        common: dict[str, Value] = {"MassDensity": ("IfcMassDensityMeasure", spec.density)}
        for name, values in (("Pset_MaterialThermal", thermal), ("Pset_MaterialCommon", common)):
            members = [_single_value(author, title, value) for title, value in values.items()]
            author.make("IfcMaterialProperties", name, None, members, entity)
    else:
        entity = author.make("IfcMaterial", spec.name)
        author.make(
            "IfcThermalMaterialProperties",
            Material=entity,
            SpecificHeatCapacity=spec.heat_capacity,
            ThermalConductivity=spec.conductivity,
        )
        author.make("IfcGeneralMaterialProperties", Material=entity, MassDensity=spec.density)
    return author.keep(entity, "material", key)


def classify(author: Author, element: Entity, kind: str) -> None:
    """Associate an element with an example code of the CCI classification."""
    reference = author.remember("cci", kind) or author.keep(_reference(author, kind), "cci", kind)
    author.relate(
        "IfcRelAssociatesClassification", ("RelatingClassification", reference), ("RelatedObjects", element)
    )


def _reference(author: Author, kind: str) -> Entity:
    code, name = CCI_EXAMPLES[kind]
    source = author.remember("classification")
    if source is None:
        source = author.make("IfcClassification", Source="Ehituskeskus", Edition="example", Name="CCI-EE (example)")
        author.keep(source, "classification")
    attribute = "Identification" if author.is_ifc4 else "ItemReference"
    return author.make("IfcClassificationReference", Name=name, ReferencedSource=source, **{attribute: code})


def group(author: Author, entity: Entity, members: Sequence[Entity]) -> None:
    """Assign members to a zone or system."""
    for member in members:
        author.relate("IfcRelAssignsToGroup", ("RelatingGroup", entity), ("RelatedObjects", member))
