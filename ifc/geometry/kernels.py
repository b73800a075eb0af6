"""What the two geometry kernels share: their limits, and how they hand over meshes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ifc.geometry.box import BOX_FACES, box_vertices
from ifc.geometry.mesh import Kernel
from ifc.geometry.stream import RawMesh, append

HYBRID_LIBRARY = "hybrid-cgal-simple-opencascade"  # an unknown name ends in a segfault: never take it from outside
OPENING_CLASSES = frozenset({"IfcOpeningElement", "IfcOpeningStandardCase", "IfcVoidingFeature"})
MAX_ELEMENT_TRIANGLES = 2_000_000  # the largest element of the real models has 45,000; a viewer shows four million
MAX_TRIANGLES = 30_000_000  # seven times the largest building that the viewer was measured with; about 1 GB of arrays
FLUSH_ELEMENTS = 64  # meshes a frame: few enough to lose little, many enough to keep the file fast
FLUSH_S = 1.0  # after this much time fewer are handed over: slow elements survive the end of the kernel
NO_BODY_CLASSES = ("IfcAnnotation", "IfcGrid", "IfcStructural", "IfcPort", "IfcDistributionPort", "IfcAlignment")


def write_meshes(out: Path, meshes: Iterator[RawMesh], at_once: int = FLUSH_ELEMENTS) -> None:
    """Append `meshes` to the stream file at `out`, boxes in the place of those that break a limit of triangles."""
    pending: list[RawMesh] = []
    triangles, flushed = 0, time.monotonic()
    for mesh in meshes:
        fits = len(mesh.faces) <= MAX_ELEMENT_TRIANGLES and triangles + len(mesh.faces) <= MAX_TRIANGLES
        pending.append(mesh if fits else _box_of(mesh))
        triangles += len(pending[-1].faces)
        if len(pending) >= at_once or time.monotonic() - flushed > FLUSH_S:
            append(out, pending)
            pending, flushed = [], time.monotonic()
    append(out, pending)


def _box_of(mesh: RawMesh) -> RawMesh:
    """Return the bounding box of a mesh, which says how many triangles it stands for."""
    corners = mesh.vertices[np.isfinite(mesh.vertices).all(axis=1)]
    if not len(corners):
        return replace(mesh, faces=mesh.faces[:0])
    vertices = box_vertices(corners.min(axis=0), corners.max(axis=0))
    return replace(mesh, vertices=vertices, faces=BOX_FACES, kernel=Kernel.BOX, replaced=len(mesh.faces))
