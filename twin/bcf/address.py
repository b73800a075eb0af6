"""The address at which the viewer shows a view of a BCF file: what was seen elsewhere is seen here."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from twin.bcf.values import Camera, ClippingPlane, Vector, View

LENS_DEG = 42.0  # vertical angle of the viewer's lens
MAX_ALONE = 100  # elements that the viewer takes from an address
STRAIGHT = 0.999  # cosine from which a plane counts as square to an axis


@dataclass(frozen=True, slots=True)
class Bearing:
    """A view as an address.

    Attributes:
        address: Query of the viewer's page, from the question mark.
        unknown: GlobalIds of the view that the model does not have.
        left_out: What the address cannot say: ``camera``, ``clipping``, ``visibility``.
    """

    address: str
    unknown: tuple[str, ...]
    left_out: tuple[str, ...]


def bearing(view: View, version: tuple[str, str, int], known: Collection[str], middle: Vector) -> Bearing:
    """Return where the viewer shows a view.

    The viewer has one lens; the eye is moved along the direction until the same height fills its picture at the depth
    of `middle`. It cuts square to the axes only.

    Args:
        view: The view.
        version: Building, stage and number.
        known: GlobalIds of the model.
        middle: What the view looks at, model metres.
    """
    query = dict(zip(("building", "stage", "version"), map(str, version), strict=True))
    left_out = []
    if view.camera is None:
        left_out.append("camera")
    else:
        query["eye"] = "_".join(f"{number:.2f}" for number in _eye(view.camera, middle))
    cuts = [_cut(plane) for plane in view.clipping]
    query["cut"] = "_".join(cut for cut in cuts if cut)
    left_out += ["clipping"] if not all(cuts) else []
    alone = [name for name in view.visibility.exceptions if name in known]
    if not view.visibility.default and len(alone) <= MAX_ALONE:
        query["only"] = ".".join(alone)
    elif view.visibility.exceptions:
        left_out.append("visibility")
    selected = [name for name in view.selection if name in known]
    query["element"] = selected[0] if selected else ""
    named = dict.fromkeys((*view.selection, *view.visibility.exceptions))
    text = urlencode({name: value for name, value in query.items() if value})
    return Bearing(f"?{text}", tuple(name for name in named if name not in known), tuple(left_out))


def _eye(camera: Camera, middle: Vector) -> tuple[float, ...]:
    length = math.hypot(*camera.direction) or 1.0
    ahead = [part / length for part in camera.direction]
    depth = sum((m - p) * d for m, p, d in zip(middle, camera.position, ahead, strict=True))
    depth = max(depth, 1.0)  # what is looked at lies in front of the eye
    target = [p + d * depth for p, d in zip(camera.position, ahead, strict=True)]
    seen = camera.height_m
    if seen is None:
        seen = 2 * depth * math.tan(math.radians((camera.field_of_view_deg or LENS_DEG) / 2))
    away = seen / 2 / math.tan(math.radians(LENS_DEG / 2))
    return (*(t - d * away for t, d in zip(target, ahead, strict=True)), *target)


def _cut(plane: ClippingPlane) -> str:
    length = math.hypot(*plane.direction) or 1.0
    for axis, at, part in zip("xyz", plane.location, plane.direction, strict=True):
        if abs(part) / length >= STRAIGHT:
            return f"{axis}{'b' if part > 0 else 'a'}{at:.3f}"
    return ""
