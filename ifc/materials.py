"""Materials of a file: single, lists, layers, constituents and profiles, with their properties."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ifc.links import Links
from ifc.profiles import ProfileProperties
from ifc.properties import PropertyReader, merged
from ifc.records import MaterialPart, Measure, Value
from ifc.source import Entity, Source, class_of, members, step_id
from ifc.values import ValueReader

_SETS: Mapping[str, tuple[str, str]] = {  # class of the set -> (attribute with the parts, role)
    "IfcMaterialLayerSet": ("MaterialLayers", "layer"),
    "IfcMaterialConstituentSet": ("MaterialConstituents", "constituent"),
    "IfcMaterialProfileSet": ("MaterialProfiles", "profile"),
    "IfcMaterialList": ("Materials", "list"),
}
_ROLES: Mapping[str, str] = {
    "IfcMaterial": "single",
    "IfcMaterialLayer": "layer",
    "IfcMaterialLayerWithOffsets": "layer",
    "IfcMaterialConstituent": "constituent",
    "IfcMaterialProfile": "profile",
    "IfcMaterialProfileWithOffsets": "profile",
}
_OWN = ("Name", "Description")
_TOLD = frozenset({"Name", "Category", "LayerThickness"})  # attributes of a part that have a field of their own


class MaterialReader:
    """Decodes material definitions, each once.

    Args:
        source: The parsed file.
        links: What its statements refer to.
        values: Reader of single values.
        properties: Reader of properties.
        profiles: Properties of profiles.
    """

    def __init__(
        self,
        source: Source,
        links: Links,
        values: ValueReader,
        properties: PropertyReader,
        profiles: ProfileProperties,
    ) -> None:
        self._source = source
        self._links = links
        self._values = values
        self._reader = properties
        self._properties = self._all_properties(profiles)
        self._known: dict[int, tuple[MaterialPart, ...]] = {}

    def by_object(self) -> dict[int, tuple[MaterialPart, ...]]:
        """Return the materials of every object, by STEP number."""
        found: dict[int, tuple[MaterialPart, ...]] = {}
        for related, material in self._links.pairs("IfcRelAssociatesMaterial", "RelatedObjects", "RelatingMaterial"):
            parts = self.parts(self._source.entity(material))
            for number in related:
                held = found.get(number)
                found[number] = parts if held is None else _joined(held, parts)
        return found

    def parts(self, material: Entity) -> tuple[MaterialPart, ...]:
        """Return the parts of an IfcMaterialSelect."""
        if material is None:
            return ()
        number = step_id(material)
        if number not in self._known:
            self._known[number] = self._parts(material)
        return self._known[number]

    def _parts(self, material: Entity) -> tuple[MaterialPart, ...]:
        inner = self._source.first(material, "ForLayerSet", "ForProfileSet")
        target = material if inner is None else inner
        kind = class_of(target)
        if kind in _SETS:
            attribute, role = _SETS[kind]
            items = members(self._source.get(target, attribute))
            shared = self._properties.get(step_id(target), {})
            usage = {} if inner is None else self._values.scalars(material)
            return tuple(self._part(item, role, position, shared, usage) for position, item in enumerate(items))
        return (self._part(target, _ROLES.get(kind, "single"), 0, {}, {}),)

    def _part(
        self, item: Entity, role: str, position: int, shared: Mapping[str, Any], usage: Mapping[str, Value]
    ) -> MaterialPart:
        get, text = self._source.get, self._source.text
        pure = class_of(item) == "IfcMaterial"
        material = item if pure else get(item, "Material")
        thickness = self._values.number(get(item, "LayerThickness"), "IfcLengthMeasure")
        own = {} if material is None else self._properties.get(step_id(material), {})
        profile = None if pure else get(item, "Profile")
        drawn = {} if profile is None else self._properties.get(step_id(profile), {})
        category = "" if pure else text(get(item, "Category"))
        return MaterialPart(
            role=role,
            position=position,
            material="" if material is None else text(get(material, "Name")),
            thickness_m=thickness.value if isinstance(thickness, Measure) else None,
            name="" if pure else text(get(item, "Name")),
            category=category or ("" if material is None else text(get(material, "Category"))),
            properties={**shared, **own, **drawn, **self._properties.get(step_id(item), {})},
            attributes=usage if pure else {**usage, **self._own_attributes(item)},
        )

    def _own_attributes(self, item: Entity) -> dict[str, Value]:
        return {name: value for name, value in self._values.scalars(item).items() if name not in _TOLD}

    def _all_properties(self, profiles: ProfileProperties) -> dict[int, Mapping[str, Mapping[str, Value]]]:
        found: dict[int, list[tuple[str, Mapping[str, Value]]]] = {}
        for entity, material in self._source.rows("IfcMaterialProperties", "Material"):
            if material is not None:
                found.setdefault(step_id(material), []).append(self._set(entity))
        for profile, numbers in profiles.by_profile().items():
            found[profile] = [profiles.content(number) for number in numbers]
        return {number: merged(sets) for number, sets in found.items()}

    def _set(self, entity: Entity) -> tuple[str, dict[str, Value]]:
        kind = class_of(entity)
        items = members(self._source.first(entity, "Properties", "ExtendedProperties"))
        name = self._source.text(self._source.get(entity, "Name")) or kind
        content = {key: value for key, value in self._values.scalars(entity).items() if key not in _OWN}
        content.update(self._reader.property(item) for item in items)
        return name, content


def _joined(held: tuple[MaterialPart, ...], more: tuple[MaterialPart, ...]) -> tuple[MaterialPart, ...]:
    """Return two assignments of one object as one, in an order that the file cannot change."""
    first, second = sorted((held, more), key=repr)
    return first + tuple(replace(part, position=len(first) + index) for index, part in enumerate(second))
