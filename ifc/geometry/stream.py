"""The file through which a kernel's child hands over element after element.

What was finished before a child was killed is kept: a hang in the last wall does not lose the first thousand.
"""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ifc.geometry.mesh import Faces, Kernel, Vertices

Colour = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Product:
    """An occurrence that a file says has a shape.

    Attributes:
        step_id: STEP number in the file, only ever used inside one run.
        global_id: GlobalId as written, possibly repeated or empty.
        ifc_class: Exact class if known, such as ``IfcWall``.
        has_body: False if its representations hold no body (axis or plan only), so that no mesh is expected.
    """

    step_id: int
    global_id: str
    ifc_class: str
    has_body: bool = True


@dataclass(frozen=True, slots=True)
class RawMesh:
    """Triangles as a kernel made them, before cleaning.

    Attributes:
        step_id: STEP number of the element.
        vertices: float64 (n, 3), metres, model coordinates, z up.
        faces: uint32 (m, 3).
        colour: Colour of the style, or None if the file gives none.
        kernel: Which kernel made it.
        step_m: Distance between neighbouring numbers of the kernel at these coordinates, metres.
        replaced: Triangles of the shape for which this box stands, because they were too many; else 0.
        moved: Whether the kernel saw it nearer to the origin than it stands.
        unsure: Whether it is of a kind that this kernel may get wrong without a word.
    """

    step_id: int
    vertices: Vertices
    faces: Faces
    colour: Colour | None
    kernel: Kernel
    step_m: float = 0.0
    replaced: int = 0
    moved: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the first kernel says of a file as a whole.

    Attributes:
        centre: Point around which it counted, metres: the last bits of its numbers depend on it. None if it counted
            around several.
        unit_m: Length of one unit of the file in metres.
        known: STEP numbers of the elements that it did not mesh because their meshes are known.
    """

    centre: tuple[float, float, float] | None
    unit_m: float
    known: frozenset[int]


@dataclass(frozen=True, slots=True)
class Known:
    """Elements whose meshes are known already.

    Attributes:
        global_ids: GlobalIds, none of them repeated in the file.
        centre: Point around which their meshes were counted, metres.
    """

    global_ids: frozenset[str]
    centre: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Unsure:
    """What the first kernel may get wrong without a word.

    Attributes:
        step_ids: STEP numbers, those of elements among them.
    """

    step_ids: frozenset[int]


Item = Product | RawMesh | Sketch | Unsure


def append(path: Path, items: Sequence[Item]) -> None:
    """Append `items` to the stream file at `path`."""
    with path.open("ab") as stream:
        pickle.dump(list(items), stream, protocol=pickle.HIGHEST_PROTOCOL)


def read(path: Path) -> Iterator[Item]:
    """Yield what was completely written to the stream file at `path`; a torn last frame is left out."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        while True:
            try:
                items = pickle.load(stream)  # noqa: S301 - written by our own child in our own folder
            except (EOFError, pickle.UnpicklingError, ValueError, AttributeError, IndexError):
                return
            yield from items
