"""Connection geometry of space boundaries, as far as an area says it: planes in polylines, extruded polylines."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ifc.layers import reference_list
from ifc.placement import Placements, Vector
from ifc.records import Measure, Value
from ifc.step import arguments, class_of, numbers, unnamed_arguments

_GEOMETRY = 6  # position of ConnectionGeometry in IfcRelSpaceBoundary
_SURFACE = b"IFCCONNECTIONSURFACEGEOMETRY"
_EXTRUDED = b"IFCSURFACEOFLINEAREXTRUSION"
_BOUNDED = b"IFCCURVEBOUNDEDPLANE"
_POLYLINE, _COMPOSITE = b"IFCPOLYLINE", b"IFCCOMPOSITECURVE"


class BoundaryAreas:
    """What the connection geometry of a space boundary says in numbers.

    Args:
        statements: ``b"#12"`` -> statement body.
        placements: Reads points.
        length_m: Metres of one length unit.
    """

    def __init__(self, statements: Mapping[bytes, bytes], placements: Placements, length_m: float) -> None:
        self._statements = statements
        self._placements = placements
        self._square = length_m * length_m

    def of(self, number: int) -> dict[str, Value]:
        """Return ``area`` of the boundary with STEP number `number`, or ``surface``, the class that has none."""
        items = self._items(b"#%d" % number)
        body = self._statements.get(items[_GEOMETRY]) if len(items) > _GEOMETRY else None
        if body is None:
            return {}
        surface = unnamed_arguments(body)[0] if class_of(body) == _SURFACE else b""
        area = self._area(surface)
        if area is not None:
            return {"area": Measure(area * self._square, "m2", "IfcAreaMeasure")}
        return {"surface": class_of(self._statements.get(surface, body)).decode("ascii", "replace")}

    def _items(self, key: bytes) -> list[bytes]:
        return unnamed_arguments(self._statements.get(key, b""))

    def _area(self, surface: bytes) -> float | None:
        body = self._statements.get(surface, b"")
        if class_of(body) == _EXTRUDED:
            return self._strip(unnamed_arguments(body))
        items = arguments(body) if class_of(body) == _BOUNDED else []
        if len(items) < 3:
            return None
        outer = self._ring(items[1])
        inner = [self._ring(key) for key in reference_list(items[2])]
        if outer is None or any(ring is None for ring in inner):
            return None
        return max(0.0, outer - sum(ring for ring in inner if ring is not None))

    def _strip(self, items: list[bytes]) -> float | None:
        """Return the area of a polyline drawn along a direction at right angles to it."""
        profile = self._items(items[0]) if len(items) > 3 else []
        points = self._points(profile[2]) if len(profile) > 2 else None
        depth = numbers(items[3]) if len(items) > 3 else ()
        if not points or not depth:
            return None
        return sum(math.dist(a, b) for a, b in pairwise(points)) * depth[0]

    def _ring(self, curve: bytes) -> float | None:
        points = self._points(curve)
        return None if points is None or len(points) < 3 else _shoelace(points)

    def _points(self, curve: bytes) -> list[Vector] | None:
        """Return the points of a polyline or of a composite curve of polylines; None for any other curve."""
        body = self._statements.get(curve, b"")
        kind, items = class_of(body), arguments(body)
        if kind == _POLYLINE and items:
            found = [self._placements.vector(key) for key in reference_list(items[0])]
            return None if any(point is None for point in found) else [point for point in found if point is not None]
        if kind != _COMPOSITE or not items:
            return None
        joined: list[Vector] = []
        for segment in reference_list(items[0]):
            parts = self._items(segment)
            inner = self._statements.get(parts[2], b"") if len(parts) > 2 else b""
            points = self._points(parts[2]) if class_of(inner) == _POLYLINE else None
            if points is None:
                return None
            joined += points if parts[1] == b".T." else points[::-1]
        return joined


def _shoelace(points: Sequence[Vector]) -> float:
    """Return the area of a polygon in the plane of its first two coordinates."""
    x0, y0, _ = points[0]  # near the polygon, so that large coordinates cost no digits
    twice = 0.0
    for (x1, y1, _), (x2, y2, _) in zip(points, [*points[1:], points[0]], strict=True):
        twice += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    return abs(twice) / 2.0
