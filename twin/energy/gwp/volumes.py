"""How much of which material is in a building: volumes of elements, split by layers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ifc import ElementRecord, MaterialPart, RelationKind, derive_quantities
from twin.energy.thermal import number
from twin.snapshot import Snapshot

BUILT = frozenset(
    {
        "IfcBeam", "IfcBuildingElementPart", "IfcChimney", "IfcColumn", "IfcCovering", "IfcCurtainWall", "IfcDoor",
        "IfcFooting", "IfcMember", "IfcPile", "IfcPlate", "IfcRailing", "IfcRamp", "IfcRampFlight", "IfcRoof",
        "IfcSlab", "IfcSlabElementedCase", "IfcSlabStandardCase", "IfcStair", "IfcStairFlight", "IfcWall",
        "IfcWallElementedCase", "IfcWallStandardCase", "IfcWindow",
    }
)  # fmt: skip
QUANTITIES = ("NetVolume", "GrossVolume")
UNNAMED = ""  # material of what the model gives none


@dataclass(frozen=True, slots=True)
class MaterialVolume:
    """The volume of one material.

    Attributes:
        material: Name in the model; empty where there is none.
        volume_m3: Its volume.
        elements: GlobalIds that hold it, sorted.
        density_kg_m3: What the model says, or None.
    """

    material: str
    volume_m3: float
    elements: tuple[str, ...]
    density_kg_m3: float | None


@dataclass(frozen=True, slots=True)
class Bill:
    """All materials of a building.

    Attributes:
        materials: By name, largest volume first.
        unmeasured: GlobalIds of built elements whose volume is not known, sorted.
    """

    materials: tuple[MaterialVolume, ...]
    unmeasured: tuple[str, ...]

    @property
    def volume_m3(self) -> float:
        """Volume of everything that was measured."""
        return sum(one.volume_m3 for one in self.materials)


def bill_of(snapshot: Snapshot) -> Bill:
    """Return the materials of a version.

    The measured volume of a closed mesh comes before what the author says. A whole counts by its parts where they
    have volumes. Layers share a volume by thickness, constituents by their fraction, else equally.
    """
    records = snapshot.records
    built = {i: record for i, record in records.items() if record.ifc_class in BUILT}
    sizes = _sizes(snapshot, built)
    by_parts = {whole for i in sizes for whole in built[i].targets(RelationKind.AGGREGATED_IN)}
    volumes: dict[str, float] = defaultdict(float)
    holders: dict[str, list[str]] = defaultdict(list)
    densities: dict[str, float] = {}
    for global_id, size in sizes.items():
        if global_id in by_parts:
            continue
        for name, share, density in _shares(built[global_id], records):
            volumes[name] += size * share
            holders[name].append(global_id)
            if density:
                densities.setdefault(name, density)
    rows = [
        MaterialVolume(name, volume, tuple(sorted(set(holders[name]))), densities.get(name))
        for name, volume in volumes.items()
    ]
    unmeasured = tuple(sorted(i for i in built if i not in sizes and i not in by_parts))
    return Bill(tuple(sorted(rows, key=lambda one: (-one.volume_m3, one.material))), unmeasured)


def _sizes(snapshot: Snapshot, built: Mapping[str, ElementRecord]) -> dict[str, float]:
    """Return the volumes that are known, m3."""
    measured = derive_quantities(snapshot.meshes.only(list(built)), snapshot.records)
    found = {i: (measured[i].volume_m3 if i in measured else None) or _stated(record) for i, record in built.items()}
    return {i: size for i, size in found.items() if size}


def _stated(record: ElementRecord) -> float | None:
    for name in QUANTITIES:
        for quantities in record.quantity_sets.values():
            value = number(quantities.get(name))
            if value and value > 0.0:
                return value
    return None


def _shares(record: ElementRecord, records: Mapping[str, ElementRecord]) -> list[tuple[str, float, float | None]]:
    """Return name, share of the volume and density of each material of an element or of its type."""
    parts = list(record.materials)
    for target in record.targets(RelationKind.TYPED_BY):
        if not parts and target in records:
            parts = list(records[target].materials)
    if not parts:
        return [(UNNAMED, 1.0, None)]
    weights = [_weight(part, parts) for part in parts]
    total = sum(weights)
    return [
        (part.material or UNNAMED, weight / total, _density(part))
        for part, weight in zip(parts, weights, strict=True)
    ]


def _weight(part: MaterialPart, parts: list[MaterialPart]) -> float:
    if all(one.thickness_m and one.thickness_m > 0.0 for one in parts):
        return float(part.thickness_m or 0.0)
    fractions = [number(one.attributes.get("Fraction")) for one in parts]
    if all(value and value > 0.0 for value in fractions):
        return float(number(part.attributes.get("Fraction")) or 0.0)
    return 1.0


def _density(part: MaterialPart) -> float | None:
    for properties in part.properties.values():
        value = number(properties.get("MassDensity"))
        if value and value > 0.0:
            return value
    return None
