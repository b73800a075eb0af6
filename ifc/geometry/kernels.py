"""The two geometry kernels, as functions that run in a killable child and write to a stream file."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ifclite_geom
import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.unit
import numpy as np
from numpy.typing import NDArray

from ifc.errors import IfcGeometryError, Reason
from ifc.geometry.boxes import box_mesh
from ifc.geometry.mesh import Kernel
from ifc.geometry.stream import Colour, Product, RawMesh, append
from ifc.worker import report_progress

HYBRID_LIBRARY = "hybrid-cgal-simple-opencascade"  # an unknown name ends in a segfault: never take it from outside
KERNEL_VERSIONS = (
    f"ifclite-geom {version('ifclite-geom')}; ifcopenshell {version('ifcopenshell')} {HYBRID_LIBRARY}; meshes 1"
)
OPENING_CLASSES = frozenset({"IfcOpeningElement", "IfcOpeningStandardCase", "IfcVoidingFeature"})
MAX_TRIANGLES = 30_000_000  # seven times the largest building that the viewer was measured with; about 1 GB of arrays
SINGLE_STEP = 2.0**-23  # ifclite counts in single precision around a centre: the relative step of its numbers
MAX_STEP_M = 1.0  # coarser than a metre is no shape
DEFAULT_GREYS: tuple[Colour, ...] = ((0.8, 0.8, 0.8, 1.0), (0.85, 0.85, 0.85, 1.0))  # ifclite's, without a style
FLUSH_ELEMENTS = 64  # meshes a frame: few enough to lose little, many enough to keep the file fast

_NO_BODY_CLASSES = ("IfcAnnotation", "IfcGrid", "IfcStructural", "IfcPort", "IfcDistributionPort", "IfcAlignment")


def run_ifclite(source: Path, out: Path, ids: frozenset[int] | None, openings: bool) -> None:
    """Mesh the file with ifclite-geom and append products and meshes to `out`.

    Args:
        source: Plain STEP file.
        out: Stream file.
        ids: STEP numbers of the elements to mesh (then no products are listed), or None for all.
        openings: Whether opening solids are wanted too.

    Raises:
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    data = source.read_bytes()
    try:
        if ids is None:
            append(out, list(_ifclite_products(data, openings)))
        report_progress(0.2, "Meshing")
        result = ifclite_geom.geometry_data_buffers(data, ids=None if ids is None else set(ids))
    except (ValueError, RuntimeError, TypeError) as error:
        raise IfcGeometryError(f"The first kernel refused the file: {error}", reason=Reason.SYNTAX) from error
    report_progress(0.8, "Collecting meshes")
    centre = np.array(result["rtc_offset"], dtype=np.float64)
    meshes = (
        _ifclite_mesh(step_id, element, centre)
        for step_id, element in result["elements"].items()
        if openings or element["ifc_type"] not in OPENING_CLASSES
    )
    _write(out, (mesh for mesh in meshes if mesh.step_m <= MAX_STEP_M))


def run_hybrid(source: Path, out: Path, ids: frozenset[int] | None, openings: bool) -> None:
    """Mesh the file with the hybrid kernel of ifcopenshell and append products and meshes to `out`.

    Args:
        source: Plain STEP file with a schema token that ifcopenshell knows.
        out: Stream file.
        ids: STEP numbers of the elements to mesh, or None for all.
        openings: Whether opening solids are wanted too.

    Raises:
        IfcGeometryError: (syntax) ifcopenshell cannot open the file.
    """
    try:
        file = ifcopenshell.open(str(source))
    except (OSError, RuntimeError, ifcopenshell.Error, ValueError) as error:
        raise IfcGeometryError(f"The second kernel refused the file: {error}", reason=Reason.SYNTAX) from error
    shaped = [
        item
        for item in file.by_type("IfcProduct")
        if item.Representation
        and (openings or item.is_a() not in OPENING_CLASSES)
        and (ids is None or item.id() in ids)
    ]
    products = [Product(item.id(), item.GlobalId or "", item.is_a(), _has_body(item)) for item in shaped]
    append(out, products)
    unit_m = float(ifcopenshell.util.unit.calculate_unit_scale(file))
    boxes = [box_mesh(item, unit_m) for item in shaped]
    append(out, [box for box in boxes if box is not None])
    bodied = [item for item, product in zip(shaped, products, strict=True) if product.has_body]
    if bodied:
        _write(out, _hybrid_meshes(file, bodied))


def _ifclite_products(data: bytes, openings: bool) -> Iterator[Product]:
    rows = ifclite_geom.entity_data(data, type_properties=False, attributes=False)["entities"]
    for step_id, row in rows.items():
        ifc_class = row["ifc_type"]
        if not row["has_geometry"] or ifc_class.endswith(("Type", "Style")):
            continue
        if openings or ifc_class not in OPENING_CLASSES:
            has_body = not ifc_class.startswith(_NO_BODY_CLASSES)
            yield Product(int(step_id), row["global_id"] or "", ifc_class, has_body)


def _ifclite_mesh(step_id: int, element: Any, centre: NDArray[np.float64]) -> RawMesh:
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


def _has_body(product: Any) -> bool:
    """Return whether a representation of `product` is a body: anything but curves, points, plans and boxes."""
    if product.is_a().startswith(_NO_BODY_CLASSES):
        return False
    flat = {"Axis", "FootPrint", "Plan", "Annotation", "Box", "Reference", "CoG", "Profile", "Clearance", "Lighting"}
    parts = getattr(product.Representation, "Representations", None) or ()
    return not parts or any(part.RepresentationIdentifier not in flat for part in parts)


def _hybrid_meshes(file: Any, products: list[Any]) -> Iterator[RawMesh]:
    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    settings.set("no-normals", True)
    settings.set("weld-vertices", True)
    iterator = ifcopenshell.geom.iterator(settings, file, 1, include=products, geometry_library=HYBRID_LIBRARY)
    if not iterator.initialize():
        return
    while True:
        shape = iterator.get()
        report_progress(0.2 + iterator.progress() / 140, "Meshing with the second kernel")
        geometry = shape.geometry
        vertices = np.frombuffer(geometry.verts_buffer, dtype="<f8").reshape(-1, 3).copy()
        faces = np.frombuffer(geometry.faces_buffer, dtype="<i4").reshape(-1, 3).astype(np.uint32)
        yield RawMesh(shape.id, vertices, faces, _hybrid_colour(geometry), Kernel.HYBRID)
        if not iterator.next():
            return


def _hybrid_colour(geometry: Any) -> Colour | None:
    """Return the style colour that covers most triangles, or None if they have no style."""
    used = np.frombuffer(geometry.material_ids_buffer, dtype="<i4")
    used = used[used >= 0]
    if not len(used):
        return None
    style = geometry.materials[int(np.bincount(used).argmax())]
    if not style.instance_id():
        return None
    opacity = 1.0 - float(style.transparency) if style.has_transparency() else 1.0
    return (float(style.diffuse.r()), float(style.diffuse.g()), float(style.diffuse.b()), opacity)


def _write(out: Path, meshes: Iterator[RawMesh]) -> None:
    pending: list[RawMesh] = []
    triangles = 0
    for mesh in meshes:
        triangles += len(mesh.faces)
        if triangles > MAX_TRIANGLES:
            raise IfcGeometryError(
                f"The model has more than {MAX_TRIANGLES} triangles.",
                reason=Reason.TOO_LARGE,
                hint="Split the model by discipline or simplify furniture and reinforcement.",
            )
        pending.append(mesh)
        if len(pending) >= FLUSH_ELEMENTS:
            append(out, pending)
            pending = []
    append(out, pending)
