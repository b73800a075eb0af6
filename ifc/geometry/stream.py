"""The file through which a kernel's child hands over element after element.

What was finished before a child was killed is kept: a hang in the last wall does not lose the first thousand.
"""

import mmap
import pickle
import struct
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


_MARK = bytes.fromhex("a3f59d0c6e1b4877b2d8315c9fe4062a")  # begins a frame; stands in no other place but by chance
_END = bytes.fromhex("5be0178f24c96d3a81f7420e9bd6ac35")
_SIZE = struct.Struct("<Q")
_ALIGNED = 64  # bytes; numbers in memory are read fastest from multiples of it

Item = Product | RawMesh | Sketch | Unsure


def append(path: Path, items: Sequence[Item]) -> None:
    """Append `items` to the stream file at `path`: one frame, arrays beside their description."""
    arrays: list[pickle.PickleBuffer] = []
    told = pickle.dumps(list(items), protocol=pickle.HIGHEST_PROTOCOL, buffer_callback=arrays.append)
    parts = [memoryview(told), *(array.raw() for array in arrays)]
    sizes = b"".join(_SIZE.pack(part.nbytes) for part in parts)
    with path.open("ab") as stream:
        stream.write(_MARK + _SIZE.pack(len(parts)) + sizes)
        for part in parts:
            stream.write(bytes(-stream.tell() % _ALIGNED))
            stream.write(part)
        stream.write(_END)


def read(path: Path) -> Iterator[Item]:
    """Yield what was completely written to the stream file at `path`; a torn frame is left out.

    Arrays are views of the mapped file: they are read when somebody looks at them, and the system may let them go
    again. The file may be removed meanwhile, but nobody may shorten it.
    """
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    at = mapped.find(_MARK)
    while at >= 0:
        try:
            items, end = _frame(mapped, at + len(_MARK))
        except (EOFError, pickle.UnpicklingError, ValueError, AttributeError, IndexError, struct.error):
            items, end = [], at + len(_MARK)  # torn: the child was killed while it wrote
        yield from items
        at = mapped.find(_MARK, end)


def _frame(mapped: mmap.mmap, at: int) -> tuple[list[Item], int]:
    """Return the items of the frame whose sizes stand at `at`, and where it ends.

    Raises:
        ValueError: The frame is longer than the file.
    """
    whole = memoryview(mapped)
    (count,) = _SIZE.unpack_from(mapped, at)
    end = at + _SIZE.size * (count + 1)
    if end > len(whole):
        raise ValueError("torn")
    parts: list[memoryview] = []
    for (size,) in _SIZE.iter_unpack(whole[at + _SIZE.size : end]):
        begin = end + -end % _ALIGNED
        end = begin + size
        if end > len(whole):
            raise ValueError("torn")
        parts.append(whole[begin:end])
    if whole[end : end + len(_END)] != _END:  # torn, and something else was written after it
        raise ValueError("torn")
    items: list[Item] = pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - by our own child in our own folder
    return items, end
