"""The first kernel, ifclite-geom, as functions that run in a killable child and write to a stream file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ifclite_geom
import numpy as np
from numpy.typing import NDArray

from ifc.errors import IfcGeometryError, Reason
from ifc.geometry.kernels import NO_BODY_CLASSES, OPENING_CLASSES, write_meshes
from ifc.geometry.mesh import Kernel
from ifc.geometry.stream import Colour, Known, Product, RawMesh, Sketch, append
from ifc.model import Outline
from ifc.worker import report_progress

SINGLE_STEP = 2.0**-23  # ifclite counts in single precision around a centre: the relative step of its numbers
MAX_STEP_M = 1.0  # coarser than a metre is no shape
PART_BYTES = 30_000_000  # a larger file is meshed in parts: the kernel holds nine times what it is asked for
DEFAULT_GREYS: tuple[Colour, ...] = ((0.8, 0.8, 0.8, 1.0), (0.85, 0.85, 0.85, 1.0))  # ifclite's, without a style

Point = tuple[float, float, float]


def run_ifclite(source: Path, out: Path, ids: frozenset[int], openings: bool) -> None:
    """Mesh some elements of a file with ifclite-geom and append their meshes to `out`.

    Args:
        source: Plain STEP file.
        out: Stream file.
        ids: STEP numbers of the elements.
        openings: Whether opening solids are wanted too.

    Raises:
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    write_meshes(out, raw_meshes(result_of(source.read_bytes(), ids), openings))


def mesh_all(
    data: bytes,
    out: Path,
    openings: bool,
    known: Known | None = None,
    part_bytes: int = PART_BYTES,
    outline: Outline | None = None,
) -> None:
    """Mesh a whole file with ifclite-geom and append products, meshes and a sketch to `out`.

    Args:
        data: Plain STEP text.
        out: Stream file.
        openings: Whether opening solids are wanted too.
        known: What need not be meshed, unless the kernel now counts around another point.
        part_bytes: Text for which the kernel is asked at once.
        outline: What reading says of the same file; else the kernel lists its elements.

    Raises:
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    products, unit_m = _products(data, openings) if outline is None else _outlined(outline, openings)
    append(out, products)
    report_progress(0.2, "Meshing")
    skipped = _skipped(products, known)
    wanted = [product.step_id for product in products if product.step_id not in skipped]
    share = max(len(products), 1) * part_bytes
    parts = _parts(wanted, -(-len(data) * len(wanted) // share), whole=not skipped)
    result = result_of(data, parts[0])
    centre: Point | None = _centre(result)
    if known is not None and skipped and centre != known.centre:
        skipped = frozenset()
        parts = _parts([product.step_id for product in products], -(-len(data) // part_bytes), whole=True)
        result = result_of(data, parts[0])
        centre = _centre(result)
    for number, part in enumerate(parts):
        if number:
            result = None  # the kernel's last answer is let go before it gives the next one
            result = result_of(data, part)
            centre = centre if _centre(result) == centre else None
        report_progress(0.2 + 0.6 * (number + 1) / len(parts), "Meshing")
        write_meshes(out, raw_meshes(result, openings))
    append(out, [Sketch(centre, unit_m, skipped)])


def _parts(wanted: list[int], count: int, *, whole: bool) -> list[frozenset[int] | None]:
    """Return the numbers to ask the kernel for, part by part; None, if one question for everything will do."""
    if count <= 1:
        return [None if whole else frozenset(wanted)]
    size = -(-len(wanted) // count)
    return [frozenset(wanted[start : start + size]) for start in range(0, len(wanted), size)]


def _skipped(products: list[Product], known: Known | None) -> frozenset[int]:
    if known is None:
        return frozenset()
    return frozenset(product.step_id for product in products if product.global_id in known.global_ids)


def result_of(data: bytes, ids: frozenset[int] | None) -> Any:
    """Return what the kernel says of the elements `ids`, or of all if None.

    Raises:
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    try:
        return ifclite_geom.geometry_data_buffers(data, ids=None if ids is None else set(ids))
    except (ValueError, RuntimeError, TypeError) as error:
        raise _refusal(error) from error


def _refusal(error: Exception) -> IfcGeometryError:
    return IfcGeometryError(f"The first kernel refused the file: {error}", reason=Reason.SYNTAX)


def _centre(result: Any) -> Point:
    x, y, z = (float(part) for part in result["rtc_offset"])
    return x, y, z


def _products(data: bytes, openings: bool) -> tuple[list[Product], float]:
    """Return the occurrences that have a shape, and the length of one unit of the file in metres."""
    try:
        found = ifclite_geom.entity_data(data, type_properties=False, attributes=False)
    except (ValueError, RuntimeError, TypeError) as error:
        raise _refusal(error) from error
    products: list[Product] = []
    for step_id, row in found["entities"].items():
        ifc_class = row["ifc_type"]
        if not row["has_geometry"] or ifc_class.endswith(("Type", "Style")):
            continue
        if openings or ifc_class not in OPENING_CLASSES:
            products.append(_product(int(step_id), row["global_id"] or "", ifc_class))
    return products, float(found["length_unit_scale"])


def _outlined(outline: Outline, openings: bool) -> tuple[list[Product], float]:
    """Return what `_products` does, from what reading said of the file."""
    products = [
        _product(item.step_id, item.global_id, item.ifc_class)
        for item in outline.elements
        if openings or item.ifc_class not in OPENING_CLASSES
    ]
    return products, outline.unit_m


def _product(step_id: int, global_id: str, ifc_class: str) -> Product:
    return Product(step_id, global_id, ifc_class, not ifc_class.startswith(NO_BODY_CLASSES))


def raw_meshes(result: Any, openings: bool) -> Iterator[RawMesh]:
    """Yield the meshes in an answer of the kernel, without those too coarse to be a shape."""
    centre = np.array(_centre(result))
    for step_id, element in result["elements"].items():
        if openings or element["ifc_type"] not in OPENING_CLASSES:
            mesh = _mesh(step_id, element, centre)
            if mesh.step_m <= MAX_STEP_M:
                yield mesh


def _mesh(step_id: int, element: Any, centre: NDArray[np.float64]) -> RawMesh:
    red, green, blue, opacity = (float(part) for part in element["color"])
    colour = (red, green, blue, opacity)
    vertices = np.frombuffer(element["vertices"], dtype="<f8").reshape(-1, 3)
    reach_m = float(np.abs(vertices - centre).max(initial=0.0))
    return RawMesh(
        int(step_id),
        vertices,
        np.frombuffer(element["faces"], dtype="<u4").reshape(-1, 3),
        None if any(_near(colour, grey) for grey in DEFAULT_GREYS) else colour,
        Kernel.IFCLITE,
        reach_m * SINGLE_STEP,
    )


def _near(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) < 1e-4 for a, b in zip(one, other, strict=True))
