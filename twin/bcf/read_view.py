"""Read one view of a BCF file: camera, selection, colours, what is shown, what is cut."""

import math

from lxml import etree

from twin.bcf.values import ASPECT, Camera, ClippingPlane, Vector, View, Visibility

HINTS = ("SpacesVisible", "SpaceBoundariesVisible", "OpeningsVisible")


def read_view(shown: etree._Element, guid: str, snapshot: bytes | None) -> View:
    """Return a view of either version.

    Args:
        shown: The element ``VisualizationInfo``.
        guid: UUID of the view.
        snapshot: Its picture, or None.

    Raises:
        ValueError: a number of it is none.
    """
    colours = shown.findall("Components/Coloring/Color")
    planes = shown.findall("ClippingPlanes/ClippingPlane")
    lines = shown.findall("Lines/Line")
    return View(
        _camera(shown),
        snapshot,
        _names(shown.findall("Components/Selection/Component")),
        tuple((item.get("Color", ""), _names([*item.iter("Component")])) for item in colours),
        _visibility(shown),
        tuple(ClippingPlane(_vector(plane, "Location"), _vector(plane, "Direction")) for plane in planes),
        tuple((_vector(line, "StartPoint"), _vector(line, "EndPoint")) for line in lines),
        guid,
    )


def _camera(shown: etree._Element) -> Camera | None:
    parallel, perspective = shown.find("OrthogonalCamera"), shown.find("PerspectiveCamera")
    found = parallel if parallel is not None else perspective
    if found is None:
        return None
    place = [_vector(found, name) for name in ("CameraViewPoint", "CameraDirection", "CameraUpVector")]
    aspect = _number(found, "AspectRatio") if found.find("AspectRatio") is not None else ASPECT
    height = _positive(found, "ViewToWorldScale", math.inf) if parallel is not None else None
    angle = _positive(found, "FieldOfView", 180.0) if parallel is None else None
    return Camera(place[0], place[1], place[2], height, angle, aspect)


def _visibility(shown: etree._Element) -> Visibility:
    found = shown.find("Components/Visibility")
    if found is None:
        return Visibility()
    hints = shown.find("Components/ViewSetupHints")  # version 2.1
    hints = hints if hints is not None else found.find("ViewSetupHints")
    kinds = [False if hints is None else _flag(hints.get(name)) for name in HINTS]
    exceptions = _names(found.findall("Exceptions/Component"))
    return Visibility(_flag(found.get("DefaultVisibility")), exceptions, *kinds)


def _names(parts: list[etree._Element]) -> tuple[str, ...]:
    return tuple(part.get("IfcGuid", "") for part in parts if part.get("IfcGuid"))


def _flag(text: str | None) -> bool:
    return text is not None and text.strip() in {"true", "1"}


def _vector(parent: etree._Element, name: str) -> Vector:
    x, y, z = (_number(parent, f"{name}/{axis}") for axis in "XYZ")
    return x, y, z


def _positive(parent: etree._Element, name: str, below: float) -> float:
    value = _number(parent, name)
    if not 0 < value < below:
        raise ValueError(f"{name} is {value:g}")
    return value


def _number(parent: etree._Element, name: str) -> float:
    text = (parent.findtext(name) or "").strip()
    try:
        value = float(text)
    except ValueError as error:
        raise ValueError(f"{name} is no number") from error
    if not math.isfinite(value):
        raise ValueError(f"{name} is {text}")
    return value
