"""Which storey an element belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

from ifc.records import ElementRecord, Measure, RelationKind

STOREY_CLASS = "IfcBuildingStorey"

_UPWARDS = (  # in the order in which they are believed
    RelationKind.CONTAINED_IN,
    RelationKind.AGGREGATED_IN,
    RelationKind.NESTED_IN,
    RelationKind.FILLS,
    RelationKind.VOIDS,
    RelationKind.COVERS,
)
_Z = 11  # place of the z translation in a row-major 4 x 4 matrix


@dataclass(frozen=True, slots=True)
class Storey:
    """A storey of a model.

    Attributes:
        global_id: GlobalId of the IfcBuildingStorey.
        name: Its name.
        elevation_m: Height of its origin in model coordinates, metres.
    """

    global_id: str
    name: str
    elevation_m: float


def storeys_of(records: Mapping[str, ElementRecord]) -> tuple[Storey, ...]:
    """Return the storeys, lowest first."""
    found = [
        Storey(record.global_id, record.name, _elevation_m(record))
        for record in records.values()
        if record.ifc_class == STOREY_CLASS
    ]
    return tuple(sorted(found, key=lambda storey: (storey.elevation_m, storey.global_id)))


def storey_of(global_id: str, records: Mapping[str, ElementRecord]) -> str | None:
    """Return the GlobalId of the storey that holds the element, or None if the relations lead to none."""
    waiting, seen = [global_id], set[str]()
    while waiting:
        record = records.get(waiting.pop(0))
        if record is None or record.global_id in seen:
            continue
        if record.ifc_class == STOREY_CLASS:
            return record.global_id
        seen.add(record.global_id)
        waiting += [target for kind in _UPWARDS for target in record.targets(kind)]
    return None


def _elevation_m(record: ElementRecord) -> float:
    if record.placement is not None:
        return record.placement[_Z]
    stated = record.attributes.get("Elevation")
    return stated.value if isinstance(stated, Measure) else 0.0
