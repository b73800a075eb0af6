"""Write one view of a BCF file."""

import re
from collections.abc import Sequence

from lxml import etree

from twin.bcf.values import Camera, Vector, View, Visibility

GLOBAL_ID = re.compile(r"[0-9A-Za-z_$]{22}")


def view_element(view: View, guid: str, *, old: bool) -> etree._Element:
    """Return a view as ``VisualizationInfo``; names that are no GlobalIds are left out.

    Args:
        view: The view.
        guid: Its UUID.
        old: Whether to write version 2.1, else 3.0.
    """
    root = etree.Element("VisualizationInfo", Guid=guid)
    _components(root, view, old=old)
    if view.camera is not None:
        _camera(root, view.camera, old=old)
    lines = etree.SubElement(root, "Lines") if view.lines else root
    for start, end in view.lines:
        made = etree.SubElement(lines, "Line")
        _vector(made, "StartPoint", start)
        _vector(made, "EndPoint", end)
    planes = etree.SubElement(root, "ClippingPlanes") if view.clipping else root
    for plane in view.clipping:
        made = etree.SubElement(planes, "ClippingPlane")
        _vector(made, "Location", plane.location)
        _vector(made, "Direction", plane.direction)
    return root


def put_text(parent: etree._Element, name: str, text: str) -> None:
    """Add an element with text; characters that XML cannot hold are left out."""
    made = etree.SubElement(parent, name)
    made.text = "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


def _components(root: etree._Element, view: View, *, old: bool) -> None:
    parts = etree.SubElement(root, "Components")
    if old:
        _hints(parts, view.visibility)
    selected = _global_ids(view.selection)
    if selected:
        _listed(etree.SubElement(parts, "Selection"), selected)
    visible = etree.SubElement(parts, "Visibility", DefaultVisibility=_flag(view.visibility.default))
    if not old:
        _hints(visible, view.visibility)
    exceptions = _global_ids(view.visibility.exceptions)
    if exceptions:
        _listed(etree.SubElement(visible, "Exceptions"), exceptions)
    colours = [(colour, _global_ids(names)) for colour, names in view.colours if _global_ids(names)]
    colouring = etree.SubElement(parts, "Coloring") if colours else parts
    for colour, names in colours:
        made = etree.SubElement(colouring, "Color", Color=colour.upper())
        _listed(made if old else etree.SubElement(made, "Components"), names)


def _hints(parent: etree._Element, shown: Visibility) -> None:
    etree.SubElement(
        parent,
        "ViewSetupHints",
        SpacesVisible=_flag(shown.spaces),
        SpaceBoundariesVisible=_flag(shown.space_boundaries),
        OpeningsVisible=_flag(shown.openings),
    )


def _camera(root: etree._Element, camera: Camera, *, old: bool) -> None:
    parallel = camera.height_m is not None
    made = etree.SubElement(root, "OrthogonalCamera" if parallel else "PerspectiveCamera")
    _vector(made, "CameraViewPoint", camera.position)
    _vector(made, "CameraDirection", camera.direction)
    _vector(made, "CameraUpVector", camera.up)
    if parallel:
        put_text(made, "ViewToWorldScale", f"{camera.height_m:.6f}")
    else:
        put_text(made, "FieldOfView", f"{camera.field_of_view_deg or 60.0:.6f}")
    if not old:
        put_text(made, "AspectRatio", f"{camera.aspect:.6g}")


def _vector(parent: etree._Element, name: str, values: Vector) -> None:
    made = etree.SubElement(parent, name)
    for axis, value in zip("XYZ", values, strict=True):
        put_text(made, axis, f"{value:.6f}")


def _global_ids(names: Sequence[str]) -> list[str]:
    return [name for name in names if GLOBAL_ID.fullmatch(name)]


def _listed(parent: etree._Element, names: Sequence[str]) -> None:
    for name in names:
        etree.SubElement(parent, "Component", IfcGuid=name)


def _flag(value: bool) -> str:
    return "true" if value else "false"
