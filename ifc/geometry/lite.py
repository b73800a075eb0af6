"""The first kernel, ifclite-geom, as a function that runs in a killable child and writes to a stream file."""

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
from ifc.worker import report_progress

SINGLE_STEP = 2.0**-23  # ifclite counts in single precision around a centre: the relative step of its numbers
MAX_STEP_M = 1.0  # coarser than a metre is no shape
DEFAULT_GREYS: tuple[Colour, ...] = ((0.8, 0.8, 0.8, 1.0), (0.85, 0.85, 0.85, 1.0))  # ifclite's, without a style


def run_ifclite(
    source: Path, out: Path, ids: frozenset[int] | None, openings: bool, known: Known | None = None
) -> None:
    """Mesh the file with ifclite-geom and append products and meshes to `out`.

    Args:
        source: Plain STEP file.
        out: Stream file.
        ids: STEP numbers of the elements to mesh (then no products are listed), or None for all.
        openings: Whether opening solids are wanted too.
        known: What need not be meshed, unless the kernel now counts around another point.

    Raises:
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    data = source.read_bytes()
    try:
        products = [] if ids is not None else list(_products(data, openings))
        append(out, products)
        report_progress(0.2, "Meshing")
        skipped = _skipped(products, known)
        wanted = ids if not skipped else frozenset(product.step_id for product in products) - skipped
        result = _result(data, wanted)
        if known is not None and skipped and _centre(result) != known.centre:
            skipped, result = frozenset(), _result(data, ids)
    except (ValueError, RuntimeError, TypeError) as error:
        raise IfcGeometryError(f"The first kernel refused the file: {error}", reason=Reason.SYNTAX) from error
    report_progress(0.8, "Collecting meshes")
    if ids is None:
        append(out, [Sketch(_centre(result), skipped)])
    centre = np.array(_centre(result))
    meshes = (
        _mesh(step_id, element, centre)
        for step_id, element in result["elements"].items()
        if openings or element["ifc_type"] not in OPENING_CLASSES
    )
    write_meshes(out, (mesh for mesh in meshes if mesh.step_m <= MAX_STEP_M))


def _skipped(products: list[Product], known: Known | None) -> frozenset[int]:
    if known is None:
        return frozenset()
    return frozenset(product.step_id for product in products if product.global_id in known.global_ids)


def _result(data: bytes, ids: frozenset[int] | None) -> Any:
    return ifclite_geom.geometry_data_buffers(data, ids=None if ids is None else set(ids))


def _centre(result: Any) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in result["rtc_offset"])
    return x, y, z


def _products(data: bytes, openings: bool) -> Iterator[Product]:
    rows = ifclite_geom.entity_data(data, type_properties=False, attributes=False)["entities"]
    for step_id, row in rows.items():
        ifc_class = row["ifc_type"]
        if not row["has_geometry"] or ifc_class.endswith(("Type", "Style")):
            continue
        if openings or ifc_class not in OPENING_CLASSES:
            has_body = not ifc_class.startswith(NO_BODY_CLASSES)
            yield Product(int(step_id), row["global_id"] or "", ifc_class, has_body)


def _mesh(step_id: int, element: Any, centre: NDArray[np.float64]) -> RawMesh:
    red, green, blue, opacity = (float(part) for part in element["color"])
    colour = (red, green, blue, opacity)
    vertices = np.frombuffer(element["vertices"], dtype="<f8").reshape(-1, 3)
    reach_m = float(np.abs(vertices - centre).max(initial=0.0))
    return RawMesh(
        int(step_id),
        vertices,
        np.frombuffer(element["faces"], dtype="<u4").reshape(-1, 3),
        None if any(np.allclose(colour, grey, atol=1e-4) for grey in DEFAULT_GREYS) else colour,
        Kernel.IFCLITE,
        reach_m * SINGLE_STEP,
    )
