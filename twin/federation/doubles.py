"""The same thing modelled twice: elements of two files with different GlobalIds that have one class and one place."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from ifc import Kernel, ReadFinding, Severity, band_of
from twin.federation.agreement import Part
from twin.federation.structure import SPATIAL

BOX_TOLERANCE_M = 0.005  # exporters round to the millimetre, and two trades draw the same wall from the same lines

Box = tuple[int, ...]
Boxes = Mapping[tuple[str, Box], list[str]]

_SHIFT = 0.37  # of a step: whole and half millimetres lie between the edges of the steps, not on them
_NOT_DOUBLED = frozenset({*SPATIAL, "IfcSpace", "IfcOpeningElement", "IfcGrid", "IfcAnnotation"})


class Doubles:
    """Compares each file with all that came before it.

    Nothing is left out for what it finds: which of the two holds is for people to say. Elements of equal GlobalId are
    told by the merging. A box that stands for missing geometry proves nothing and does not count.
    """

    def __init__(self) -> None:
        self._before: list[tuple[str, Boxes, set[str]]] = []

    def add(self, part: Part) -> Iterator[ReadFinding]:
        """Yield one finding for each earlier file and class of which both files hold elements in the same boxes."""
        boxes, ids = _boxes(part), set(part.model.by_id())
        for name, earlier, known in self._before:
            for ifc_class, pairs in sorted(_pairs(earlier, boxes, known & ids).items()):
                yield _finding(ifc_class, name, part.name, pairs)
        self._before.append((part.name, boxes, ids))


def _pairs(earlier: Boxes, boxes: Boxes, shared: set[str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in earlier.keys() & boxes.keys():
        ours, theirs = ([i for i in side[key] if i not in shared] for side in (earlier, boxes))
        if ours and theirs:
            found[key[0]] += zip(ours, theirs, strict=False)
    return {ifc_class: sorted(pairs) for ifc_class, pairs in found.items()}


def _finding(ifc_class: str, first: str, other: str, pairs: list[tuple[str, str]]) -> ReadFinding:
    ours, theirs = pairs[0]
    return ReadFinding(
        "federation.doubled",
        Severity.WARNING,
        f"{len(pairs)} {ifc_class} of {other} stand exactly where {first} has one of another GlobalId, such as"
        f" {theirs} and {ours}. Both were kept and both are counted.",
        "Export each element with one model only, and what is shown for reference with none.",
        theirs,
        ifc_class,
    )


def _boxes(part: Part) -> Boxes:
    known = part.model.by_id()
    found: dict[tuple[str, Box], list[str]] = defaultdict(list)
    for mesh in part.meshes:
        record = known.get(mesh.global_id)
        if record is None or mesh.kernel is Kernel.BOX or record.ifc_class in _NOT_DOUBLED:
            continue
        if band_of(record.ifc_class) != "site":
            steps = np.floor(mesh.bounds() / BOX_TOLERANCE_M + _SHIFT).astype(int)
            found[_kind(record.ifc_class), tuple(steps.reshape(-1).tolist())].append(mesh.global_id)
    return found


def _kind(ifc_class: str) -> str:
    """Return a class without its old special case: IfcWallStandardCase of one exporter is IfcWall of another."""
    return ifc_class.removesuffix("StandardCase")
