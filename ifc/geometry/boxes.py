"""Boxes that a file itself states: the only box that may stand for an element without a body."""

from typing import Any

import numpy as np
from ifcopenshell.util.placement import get_axis2placement
from numpy.typing import NDArray

from ifc.geometry.box import BOX_FACES, box_vertices
from ifc.geometry.mesh import Kernel
from ifc.geometry.stream import RawMesh

MAX_PLACEMENT_DEPTH = 200  # placements of real files nest below 12; more is a cycle or an attack


def box_mesh(product: Any, unit_m: float) -> RawMesh | None:
    """Return the IfcBoundingBox that the file states for `product` as a mesh, or None if it states none.

    Args:
        product: An IfcProduct of ifcopenshell.
        unit_m: Length of one model unit in metres.
    """
    for representation in getattr(product.Representation, "Representations", None) or ():
        for item in representation.Items or ():
            matrix = world_matrix(product.ObjectPlacement) if item.is_a("IfcBoundingBox") else None
            if matrix is not None:
                low = np.array(item.Corner.Coordinates, dtype=np.float64)
                size = np.array([item.XDim, item.YDim, item.ZDim], dtype=np.float64)
                corners = box_vertices(low, low + size) @ matrix[:3, :3].T + matrix[:3, 3]
                return RawMesh(product.id(), corners * unit_m, BOX_FACES, None, Kernel.BOX)
    return None


def world_matrix(placement: Any) -> NDArray[np.float64] | None:
    """Return the 4 x 4 world matrix of an IfcLocalPlacement in model units, or None if it has no sane one."""
    matrix = np.eye(4)
    for _ in range(MAX_PLACEMENT_DEPTH):
        if placement is None:
            return matrix
        if not placement.is_a("IfcLocalPlacement") or placement.RelativePlacement is None:
            return None
        try:
            matrix = get_axis2placement(placement.RelativePlacement) @ matrix
        except (TypeError, ValueError, AttributeError, NotImplementedError):
            return None
        placement = placement.PlacementRelTo
    return None
