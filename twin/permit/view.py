"""A building as the tests see it: properties of element or type, relations both ways, storeys, rooms, doors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ifc import ElementRecord, Measure, Mesh, RelationKind, Value
from twin.district import MapFootprint, Parcel, Placement, Plan
from twin.permit.sentences import Thing
from twin.snapshot import Snapshot

SUFFIXES = ("", "StandardCase", "ElementedCase")  # classes of IFC2X3 and IFC4 that mean the same thing here
EMPTY_TEXT = frozenset(
    {"", "-", "notdefined", "undefined", "unknown", "unset", "n/a"}
)  # what tools write for "nothing"
UPWARD = (  # how an element finds its storey, nearest first
    RelationKind.CONTAINED_IN,
    RelationKind.AGGREGATED_IN,
    RelationKind.NESTED_IN,
    RelationKind.FILLS,
    RelationKind.VOIDS,
)
MAX_CLIMB = 32  # deeper nesting than any real model; ends a circle of relations


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Everything that a permit check may look at.

    Attributes:
        snapshot: The building.
        plan: Building areas in force, or None if no plan is at hand.
        parcels: Cadastral units around, or None if they are not at hand.
        neighbours: Other buildings on the map (EPSG:3301), or None if they are not at hand; empty if there are none.
        placement: Where the asker says that the building stands; None takes what the file says.
    """

    snapshot: Snapshot
    plan: Plan | None = None
    parcels: Sequence[Parcel] | None = None
    neighbours: Sequence[MapFootprint] | None = None
    placement: Placement | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stood, such as ``AR_Uks.330_Tulekindlus``."""

    value: Value
    where: str


class BuildingView:
    """Read-only look-ups over one context; built once per check run and thrown away."""

    def __init__(self, context: CheckContext) -> None:
        self.context = context
        self.records: Mapping[str, ElementRecord] = context.snapshot.records
        self._by_class: dict[str, list[ElementRecord]] = defaultdict(list)
        self._inverse: dict[tuple[RelationKind, str], list[str]] = defaultdict(list)
        for record in self.records.values():
            self._by_class[record.ifc_class].append(record)
            for relation in record.relations:
                self._inverse[relation.kind, relation.target].append(record.global_id)

    @cached_property
    def meshes(self) -> Mapping[str, Mesh]:
        """Return the meshes by GlobalId."""
        return self.context.snapshot.meshes.by_id()

    def of_kind(self, *bases: str) -> list[ElementRecord]:
        """Return the records of the classes, their ``StandardCase`` twins included, by GlobalId."""
        found = [record for base in bases for suffix in SUFFIXES for record in self._by_class.get(base + suffix, ())]
        return sorted(found, key=lambda record: record.global_id)

    def sources(self, kind: RelationKind, target: str) -> list[ElementRecord]:
        """Return the records that point at `target` by `kind`."""
        return [self.records[source] for source in self._inverse.get((kind, target), ())]

    def find(self, record: ElementRecord, paths: Iterable[str]) -> Found | None:
        """Return the first value that is filled in, of the element or else of its type.

        Args:
            record: The element.
            paths: ``Set.Property`` in order of preference; ``@Name`` is an attribute of the class.
        """
        for path in paths:
            for owner in self.owners(record):
                value = _lookup(owner, path)
                if not is_empty(value):
                    return Found(value, path)
        return None

    def number(self, record: ElementRecord, paths: Iterable[str]) -> tuple[float, str] | None:
        """Return the first filled-in value as a number in SI, with its path; None if absent or no number."""
        found = self.find(record, paths)
        value = None if found is None else as_number(found.value)
        return None if found is None or value is None else (value, found.where)

    def flag(self, record: ElementRecord, paths: Iterable[str]) -> bool | None:
        """Return the first filled-in value as true or false; None if absent or neither."""
        found = self.find(record, paths)
        return None if found is None else as_flag(found.value)

    def storey_of(self, record: ElementRecord) -> ElementRecord | None:
        """Return the storey that holds an element, through spaces, wholes, hosts and openings, or None."""
        current: ElementRecord | None = record
        for _ in range(MAX_CLIMB):
            if current is None or current.ifc_class == "IfcBuildingStorey":
                return current
            current = self._parent(current)
        return None

    @cached_property
    def building(self) -> ElementRecord | None:
        """Return the only building of the model; None if there is none or more than one."""
        buildings = self.of_kind("IfcBuilding")
        return buildings[0] if len(buildings) == 1 else None

    @cached_property
    def use_code(self) -> str | None:
        """Return the use code of the building, five digits, or None if it is absent or malformed."""
        paths = ("AR_Hoone.705_Kasutusotstarbe-kood", "Pset_BuildingCommon.OccupancyType")
        found = self.find(self.building, paths) if self.building else None
        text = as_text(found.value) if found else ""
        return text if len(text) == 5 and text.isdigit() else None

    def owners(self, record: ElementRecord) -> Iterator[ElementRecord]:
        """Yield an element and then its types: where its properties may stand."""
        yield record
        for target in record.targets(RelationKind.TYPED_BY):
            if target in self.records:
                yield self.records[target]

    def _parent(self, record: ElementRecord) -> ElementRecord | None:
        for kind in UPWARD:
            for target in record.targets(kind):
                if target in self.records:
                    return self.records[target]
        return None


def as_number(value: Value) -> float | None:
    """Return a value as a number in its SI unit, or None if it is not one."""
    if isinstance(value, Measure):
        return value.value
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def as_text(value: Value) -> str:
    """Return a value as a person would write it; a list as its parts joined by a comma."""
    if isinstance(value, tuple):
        return ", ".join(as_text(item) for item in value)
    number = as_number(value)
    if number is not None:
        return str(int(number)) if number.is_integer() else f"{number:g}"
    return "" if value is None else str(value).strip()


def as_flag(value: Value) -> bool | None:
    """Return a value as true or false, or None if it is neither."""
    if isinstance(value, bool):
        return value
    text = as_text(value).casefold()
    if text in {"true", "1", "t", ".t.", "jah", "yes"}:
        return True
    return False if text in {"false", "0", "f", ".f.", "ei", "no"} else None


def is_empty(value: Value) -> bool:
    """Return whether a value says nothing."""
    return value is None or (isinstance(value, str | tuple) and as_text(value).casefold() in EMPTY_TEXT)


def label(record: ElementRecord) -> Thing:
    """Return how a sentence calls an element: class, name and long name."""
    long_name = as_text(record.attributes.get("LongName"))
    name = " ".join(part for part in (record.name, long_name if long_name != record.name else "") if part)
    return Thing(record.ifc_class, name or record.global_id)


def _lookup(record: ElementRecord, path: str) -> Value:
    if path.startswith("@"):
        return record.attributes.get(path[1:])
    set_name, _, name = path.partition(".")
    for sets in (record.property_sets, record.quantity_sets):
        if set_name in sets and name in sets[set_name]:
            return sets[set_name][name]
    return None
