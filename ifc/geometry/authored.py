"""Measured quantities beside those that an author wrote into the file: a disagreement is a finding.

What is compared means the same on both sides. A volume is compared with ``NetVolume``, not with ``GrossVolume``,
which ignores openings and layers; only spaces are compared with both. Areas seen from above are compared with
``NetArea`` and ``NetFootprintArea`` of upright prisms, for the area of a sloping plate is not what it covers.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ifc.errors import IfcError
from ifc.findings import ReadFinding, Severity
from ifc.geometry.mesh import Kernel, MeshSet
from ifc.geometry.palette import lineage
from ifc.geometry.quantities import DerivedQuantities, derive_quantities
from ifc.records import ElementRecord, Measure
from ifc.worker import Call, Limits

RELATIVE_TOLERANCE = 0.02  # the median over the real files is below 0.001 %; layered and joined parts stay within 2 %
ABSOLUTE_TOLERANCE = 0.01  # in m, m² or m³: below it a ratio says nothing
CHILD_LIMITS = Limits(wall_s=120.0)  # the 27 MB model needs 2 s

_SPACE = {
    "volume_m3": ("NetVolume", "GrossVolume"),
    "floor_area_m2": ("NetFloorArea", "GrossFloorArea", "GSA BIM Area"),
    "height_m": ("Height",),
}
_FILLING = {"width_m": ("Width",), "height_m": ("Height",)}
_COMPARED: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (  # the first class in the lineage decides
    ("IfcSpace", _SPACE),
    ("IfcDoor", _FILLING),
    ("IfcWindow", _FILLING),
    ("IfcWall", {"volume_m3": ("NetVolume",), "footprint_area_m2": ("NetFootprintArea",), "height_m": ("Height",)}),
    ("IfcSlab", {"volume_m3": ("NetVolume",), "footprint_area_m2": ("NetArea",)}),
    ("IfcElement", {"volume_m3": ("NetVolume",)}),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measured quantity beside the nearest of the author's values that mean the same.

    Attributes:
        record: The element.
        quantity: Attribute of `DerivedQuantities`, such as ``volume_m3``.
        measured: Measured value, SI.
        name: Name of the authored quantity.
        authored: Its value.
    """

    record: ElementRecord
    quantity: str
    measured: float
    name: str
    authored: Measure

    @property
    def difference(self) -> float:
        """Return the difference as a share of the larger value."""
        larger = max(abs(self.authored.value), abs(self.measured))
        return abs(self.authored.value - self.measured) / larger if larger else 0.0

    @property
    def agrees(self) -> bool:
        """Return whether the difference is within `RELATIVE_TOLERANCE` or `ABSOLUTE_TOLERANCE`."""
        gap = abs(self.authored.value - self.measured)
        return gap <= ABSOLUTE_TOLERANCE or self.difference <= RELATIVE_TOLERANCE


def comparisons(meshes: MeshSet, records: Mapping[str, ElementRecord]) -> Iterator[Comparison]:
    """Yield every authored quantity that can be measured, beside what was measured; boxes are not measured."""
    wanted = [i for i, record in records.items() if any(_authored(record, names) for _, names in _wanted(record))]
    for global_id, derived in derive_quantities(meshes.only(wanted), records).items():
        if derived.kernel is not Kernel.BOX:
            yield from _compared(records[global_id], derived)


def differences(compared: Iterable[Comparison]) -> tuple[ReadFinding, ...]:
    """Return a finding for each comparison that does not agree."""
    return tuple(_finding(item) for item in compared if not item.agrees)


def compare_quantities(
    meshes: MeshSet, records: Mapping[str, ElementRecord], limits: Limits = CHILD_LIMITS
) -> tuple[ReadFinding, ...]:
    """Return a finding for every authored quantity that differs from the measured one by more than the tolerance.

    Solids of arbitrary meshes have crashed their library, so they are made in a child. A file in which no author
    states a quantity costs nothing.

    Args:
        meshes: The meshes of a model.
        records: Its records.
        limits: What the child may use.
    """
    stated = {i: record for i, record in records.items() if any(_authored(record, n) for _, n in _wanted(record))}
    measured = meshes.only(stated)
    if not len(measured):
        return ()
    try:
        return Call(_compare).run(limits, None, measured, stated)
    except IfcError as error:
        words = f"Whether the stated quantities fit the geometry could not be judged: {error.message}"
        return (ReadFinding("quantity.not-judged", Severity.WARNING, words, error.hint, entity="IfcElementQuantity"),)


def _compare(meshes: MeshSet, records: Mapping[str, ElementRecord]) -> tuple[ReadFinding, ...]:
    return differences(comparisons(meshes, records))


def _wanted(record: ElementRecord) -> Iterable[tuple[str, tuple[str, ...]]]:
    names = lineage(record.ifc_class)
    return next((wanted.items() for name, wanted in _COMPARED if name in names), ())


def _authored(record: ElementRecord, names: tuple[str, ...]) -> list[tuple[str, Measure]]:
    return [
        (name, item)
        for entries in record.quantity_sets.values()
        for key, item in entries.items()
        if (name := key.partition("~")[0]) in names and isinstance(item, Measure)
    ]


def _compared(record: ElementRecord, derived: DerivedQuantities) -> Iterator[Comparison]:
    for quantity, names in _wanted(record):
        value = getattr(derived, quantity)
        authored = _authored(record, names)
        if value is None or not authored or (quantity == "footprint_area_m2" and not _upright_prism(derived)):
            continue
        name, nearest = min(authored, key=lambda item: abs(item[1].value - value))
        yield Comparison(record, quantity, value, name, nearest)


def _upright_prism(derived: DerivedQuantities) -> bool:
    if derived.volume_m3 is None or derived.footprint_area_m2 is None:
        return False
    return math.isclose(derived.volume_m3, derived.footprint_area_m2 * derived.height_m, rel_tol=RELATIVE_TOLERANCE)


def _finding(item: Comparison) -> ReadFinding:
    filling = item.quantity in ("width_m", "height_m")
    hint = (
        "State the size of the frame, or draw the element in the size that it states."
        if filling and item.record.ifc_class != "IfcSpace"
        else "Let the authoring tool compute the quantities again before export."
    )
    return ReadFinding(
        "quantity.differs",
        Severity.INFO if filling else Severity.WARNING,
        f"{item.name} is stated as {item.authored.value:.3f} {item.authored.unit};"
        f" the geometry measures {item.measured:.3f} {item.quantity.rsplit('_', 1)[1]} (derived).",
        hint,
        item.record.global_id,
        item.record.ifc_class,
    )
