"""The second kernel, hybrid of ifcopenshell, as a function that runs in a killable child."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.unit
import numpy as np

from ifc.errors import IfcGeometryError, Reason
from ifc.geometry.boxes import box_mesh
from ifc.geometry.kernels import HYBRID_LIBRARY, NO_BODY_CLASSES, OPENING_CLASSES, write_meshes
from ifc.geometry.mesh import Kernel
from ifc.geometry.stream import Colour, Product, RawMesh, append
from ifc.worker import report_progress

QUESTIONS = 50  # about as many for the elements that are left: each looks at all products of the file


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
    if ids is None:
        write_meshes(out, _meshes(file, bodied))
        return
    for batch in _simplest_first(file, bodied):
        write_meshes(out, _meshes(file, batch), at_once=1)


def _has_body(product: Any) -> bool:
    """Return whether a representation of `product` is a body: anything but curves, points, plans and boxes."""
    if product.is_a().startswith(NO_BODY_CLASSES):
        return False
    flat = {"Axis", "FootPrint", "Plan", "Annotation", "Box", "Reference", "CoG", "Profile", "Clearance", "Lighting"}
    parts = getattr(product.Representation, "Representations", None) or ()
    return not parts or any(part.RepresentationIdentifier not in flat for part in parts)


def _simplest_first(file: Any, products: list[Any]) -> Iterator[list[Any]]:
    """Yield the products a few at a time, so that one of thousands of parts does not take the time of the others.

    The order inside of one question is the kernel's own.
    """
    ordered = sorted(products, key=lambda product: len(file.traverse(product.Representation)))
    size = max(1, len(ordered) // QUESTIONS)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))


def _meshes(file: Any, products: list[Any]) -> Iterator[RawMesh]:
    if not products:
        return
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
        yield RawMesh(shape.id, vertices, faces, _colour(geometry), Kernel.HYBRID)
        if not iterator.next():
            return


def _colour(geometry: Any) -> Colour | None:
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
