"""Solids for the author: boxes, prisms and mapped pieces. All lengths are metres."""

from collections.abc import Iterable
from typing import Any

from samples.author import Author, Entity

Point2 = tuple[float, float]


def box(author: Author, x: Point2, y: Point2, z: Point2) -> Entity:
    """Return a box as an extruded rectangle, between the given bounds on each axis."""
    centre = author.point((x[0] + x[1]) / 2, (y[0] + y[1]) / 2)
    profile = author.make(
        "IfcRectangleProfileDef",
        ProfileType="AREA",
        Position=author.once("IfcAxis2Placement2D", centre),
        XDim=author.length(x[1] - x[0]),
        YDim=author.length(y[1] - y[0]),
    )
    return _extrude(author, profile, author.once("IfcAxis2Placement3D", author.point(0, 0, z[0])), z[1] - z[0])


def tube(author: Author, start: tuple[float, float, float], along: tuple[float, float, float], radius: float,
         length: float) -> Entity:  # fmt: skip
    """Return a cylinder that starts at a point and runs along an axis."""
    profile = author.make("IfcCircleProfileDef", ProfileType="AREA", Radius=author.length(radius))
    side = (0, 1, 0) if abs(along[0]) > 0.5 else (1, 0, 0)
    axes = author.once("IfcAxis2Placement3D", author.point(*start), author.direction(*along), author.direction(*side))
    return _extrude(author, profile, axes, length)


def prism_along_x(author: Author, outline: Iterable[Point2], x: Point2) -> Entity:
    """Return an outline in the (y, z) plane extruded along x."""
    axes = author.once(
        "IfcAxis2Placement3D", author.point(x[0], 0, 0), author.direction(1, 0, 0), author.direction(0, 1, 0)
    )
    return _extrude(author, _polygon(author, outline), axes, x[1] - x[0])


def plate(author: Author, outline: Iterable[Point2], hole: Iterable[Point2], y: Point2) -> Entity:
    """Return an outline in the (x, z) plane with an optional hole, between two values of y."""
    axes = author.once(
        "IfcAxis2Placement3D", author.point(0, y[1], 0), author.direction(0, -1, 0), author.direction(1, 0, 0)
    )
    return _extrude(author, _polygon(author, outline, tuple(hole)), axes, y[1] - y[0])


def frame(author: Author, width: float, height: float, border: float, y: Point2) -> Entity:
    """Return a rectangular frame standing in the (x, z) plane."""
    outer = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    b = border
    inner = ((b, b), (width - b, b), (width - b, height - b), (b, height - b))
    return plate(author, outer, inner, y)


def mapped(author: Author, source: Entity) -> Entity:
    """Return one use of a representation map, at the origin of the product."""
    target = author.once("IfcCartesianTransformationOperator3D", None, None, author.point(0, 0, 0), 1.0)
    return author.shape([author.make("IfcMappedItem", source, target)], "MappedRepresentation")


def representation_map(author: Author, items: Iterable[Entity]) -> Entity:
    """Return a map of solids that many products share."""
    origin = author.once("IfcAxis2Placement3D", author.point(0, 0, 0))
    return author.make("IfcRepresentationMap", origin, author.shape(items))


def axis_line(author: Author, length: float) -> Entity:
    """Return the axis of a wall."""
    line = author.once("IfcPolyline", (author.point(0, 0), author.point(length, 0)))
    return author.make("IfcShapeRepresentation", author.axis, "Axis", "Curve2D", [line])


def polygon_area(outline: Iterable[Point2]) -> float:
    """Return the area of a simple polygon."""
    points = list(outline)
    total = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))
    return abs(total) / 2


def _polygon(author: Author, outline: Iterable[Point2], hole: tuple[Point2, ...] = ()) -> Entity:
    curve = _closed(author, outline)
    if not hole:
        return author.make("IfcArbitraryClosedProfileDef", ProfileType="AREA", OuterCurve=curve)
    return author.make(
        "IfcArbitraryProfileDefWithVoids", ProfileType="AREA", OuterCurve=curve, InnerCurves=[_closed(author, hole)]
    )


def _closed(author: Author, outline: Iterable[Point2]) -> Entity:
    points = [author.point(*p) for p in outline]
    return author.make("IfcPolyline", [*points, points[0]])


def _extrude(author: Author, profile: Entity, axes: Any, depth: float) -> Entity:
    return author.make("IfcExtrudedAreaSolid", profile, axes, author.direction(0, 0, 1), author.length(depth))
