"""What is left free: the size of doors and windows, the way between the jambs of a door, the width of a room."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ifc.geometry.instancing import Pose, pose_of
from ifc.geometry.mesh import Mesh
from ifc.geometry.palette import lineage
from ifc.geometry.section import section
from ifc.records import ElementRecord

CIRCLE_TOLERANCE_M = 0.001  # accuracy of the largest circle in a room
JAMB_SHARE = 0.25  # of the width of a door: what is wider and stands in its way is a leaf or a side light
JAMB_AT_EDGE_M = 0.005  # a jamb or its casing is what begins at the edge of the door; leaves begin further in
LEAF_AT_JAMB_M = 0.05  # hinges hold an open leaf no farther from its jamb
ACROSS = 1.5  # an open leaf reaches out by the width of the door: only beyond that is the door turned by 90 degrees
LEVEL_SHARE = 0.5  # of the height of a door at which it is cut: between threshold and lintel, above most handles

FloatArray = NDArray[np.float64]

_UPRIGHT = 0.99  # cosine between the z axis of a door and up


def opening_size_m(mesh: Mesh, record: ElementRecord) -> tuple[float, float] | None:
    """Return width and height of a door or window along its own axes, frame included, metres; None for others."""
    if not {"IfcDoor", "IfcWindow"} & set(lineage(record.ifc_class)):
        return None
    extent = np.ptp(pose_of(mesh, record).local(mesh.vertices), axis=0)
    return float(extent[_width_axis(extent)]), float(extent[2])


def clear_width_m(mesh: Mesh, record: ElementRecord | None, floor: BaseGeometry | None) -> float | None:
    """Return the clear width of a space or a door, metres; None if it has none, or none that can be measured.

    Args:
        mesh: The element's mesh.
        record: The element.
        floor: The floor of a space, model x and y.
    """
    if floor is not None:
        radius = None if floor.is_empty else shapely.maximum_inscribed_circle(floor, CIRCLE_TOLERANCE_M)  # type: ignore[call-overload]
        return None if radius is None else 2.0 * float(radius.length)
    return _between_jambs(mesh, record) if record is not None and "IfcDoor" in lineage(record.ifc_class) else None


def _between_jambs(mesh: Mesh, record: ElementRecord) -> float | None:
    """Return the distance between the two narrow parts at the edges of a door, cut at half its height.

    A closed leaf fills what lies between and does not count; a leaf that is drawn open stands beside its jamb and
    takes its thickness away, as it does in the building.
    """
    pose = pose_of(mesh, record)
    if pose.rotation[2, 2] < _UPRIGHT:
        return None
    low, high = mesh.bounds()[:, 2]
    parts = shapely.get_parts(section(mesh, float(low + LEVEL_SHARE * (high - low))))
    local = pose.local(mesh.vertices)
    axis = _width_axis(np.ptp(local, axis=0))
    start, end = float(local[:, axis].min()), float(local[:, axis].max())
    rings = [_plan_coordinates(part, pose)[:, [axis, 1 - axis]] for part in parts]
    left, right = _free_from(rings, start, end - start), -_free_from([-ring for ring in rings], -end, end - start)
    return right - left if start < left < right < end else None


def _width_axis(extent: FloatArray) -> int:
    return int(extent[1] > ACROSS * extent[0])


def _plan_coordinates(part: BaseGeometry, pose: Pose) -> FloatArray:
    """Return the corners of a polygon along the own x and y axis of an element."""
    local: FloatArray = (shapely.get_coordinates(part) - pose.translation[:2]) @ pose.rotation[:2, :2]
    return local


def _free_from(rings: Sequence[FloatArray], edge: float, width: float) -> float:
    """Return where the jamb at `edge`, and a leaf that is open beside it, end; `edge` if there is no jamb."""
    lows, highs = [ring.min(axis=0) for ring in rings], [ring.max(axis=0) for ring in rings]
    narrow = [(low, high) for low, high in zip(lows, highs, strict=True) if high[0] - low[0] < JAMB_SHARE * width]
    jamb = max((float(high[0]) for low, high in narrow if low[0] - edge < JAMB_AT_EDGE_M), default=edge)
    leaves = (
        float(high[0]) for low, high in narrow if abs(low[0] - jamb) < LEAF_AT_JAMB_M and high[1] - low[1] > width / 2
    )
    return max(leaves, default=jamb) if jamb > edge else edge
