"""Properties of profiles: of a material, or as sets of the objects that are drawn with the profile."""

from collections.abc import Iterator, Mapping

import numpy as np

from ifc.links import Links, upper
from ifc.properties import PropertyReader
from ifc.records import Value
from ifc.source import Source, class_of, members
from ifc.step_table import StepTable
from ifc.values import ValueReader

CLASS = "IfcProfileProperties"
_RELATION = "IfcRelAssociatesProfileProperties"  # of IFC2X3
_OWN = frozenset({"Name", "Description", "ProfileDefinition"})
_UP = ("IfcObjectDefinition", "IfcRelationship", "IfcPropertyDefinition")  # where a walk upwards ends


class ProfileProperties:
    """The properties of profiles of one file.

    Args:
        source: The parsed file.
        links: What its statements refer to.
        values: Reader of single values.
        properties: Reader of properties.
    """

    def __init__(self, source: Source, links: Links, values: ValueReader, properties: PropertyReader) -> None:
        self._source = source
        self._links = links
        self._values = values
        self._reader = properties
        self._profile_of = {number: found[0] for number, found in links.of(CLASS, "ProfileDefinition").items()}
        self._of_materials = {found[0] for found in links.of("IfcMaterialProfile", "Profile").values()}
        self._told: set[int] = set()

    def by_profile(self) -> dict[int, list[int]]:
        """Return the STEP numbers of the properties of every profile of a material, by that of the profile."""
        found: dict[int, list[int]] = {}
        for number, profile in self._profile_of.items():
            if profile in self._of_materials:
                found.setdefault(profile, []).append(number)
        return found

    def by_object(self, table: StepTable) -> dict[int, list[int]]:
        """Return the STEP numbers of the properties of objects, by that of the object.

        They are those that a relationship gives it, and those of the profiles that its shape is drawn with.
        """
        found: dict[int, list[int]] = {}
        for related, number in self._links.pairs(_RELATION, "RelatedObjects", "RelatingProfileProperties"):
            for item in related:
                found.setdefault(item, []).append(number)
        for number, profile in self._profile_of.items():
            if profile not in self._of_materials:
                for item in self._drawn_with(table, profile):
                    held = found.setdefault(item, [])
                    if number not in held:
                        held.append(number)
        return found

    def content(self, number: int) -> tuple[str, dict[str, Value]]:
        """Return name and content of the properties with a STEP number."""
        entity = self._source.entity(number)
        self._told.add(number)
        items = members(self._source.first(entity, "Properties"))
        name = self._source.text(self._source.get(entity, "Name")) or class_of(entity)
        scalars: Mapping[str, Value] = self._values.scalars(entity)
        content = {key: value for key, value in scalars.items() if key not in _OWN}
        content.update(self._reader.property(item) for item in items)
        return name, content

    def lost(self) -> Iterator[str]:
        """Yield the classes of those that nothing was told of, each as often as it occurs."""
        for written, numbers in self._links.numbers(CLASS):
            yield from [self._source.spelling(written) for number in numbers if number not in self._told]

    def _drawn_with(self, table: StepTable, profile: int) -> list[int]:
        """Return the objects to which one can go upwards from a profile."""
        ends = upper(frozenset[str]().union(*map(self._source.family, _UP)))
        objects = upper(self._source.family(_UP[0]))
        is_end = np.array([name in ends for name in table.names], np.bool_)[table.code]
        fresh = table.rows_of(np.array([profile], np.int64))
        fresh = fresh[fresh >= 0]
        seen = np.zeros(table.size + 1, np.bool_)  # the last one is that of no row
        while len(fresh):
            marked = np.zeros(table.size + 1, np.bool_)
            marked[fresh] = True
            hits = marked[table.rows].nonzero()[0]
            owners = np.unique(np.searchsorted(table.pointer, hits, side="right") - 1).astype(np.int32)
            owners = owners[~seen[owners]]
            seen[owners] = True
            fresh = owners[~is_end[owners]]
        rows = table.of(objects)
        found: list[int] = table.number[rows[seen[rows]]].tolist()
        return found
