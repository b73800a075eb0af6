"""Write BCF 2.1 and 3.0 files."""

import io
import re
import zipfile
from collections.abc import Sequence
from enum import StrEnum

from lxml import etree

from twin.bcf.values import Comment, Project, Topic, View, guid_of

GLOBAL_ID = re.compile(r"[0-9A-Za-z_$]{22}")
SNAPSHOT = "snapshot.png"
ASPECT = 1.5
COLOUR = "FFE2583E"  # opaque; that of our own pictures
_FIXED = (2000, 1, 1, 0, 0, 0)  # time of every member: equal topics give equal bytes


class BcfVersion(StrEnum):
    """Versions of the format that are written."""

    V2_1 = "2.1"
    V3_0 = "3.0"


def write_bcf(topics: Sequence[Topic], project: Project, version: BcfVersion) -> bytes:
    """Return a BCF file with `topics`; equal input gives equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "bcf.version", _version(version))
        _put(archive, "project.bcfp", _project(project, version))
        if version is BcfVersion.V3_0:
            _put(archive, "extensions.xml", _extensions(topics))
        for topic in topics:
            _put(archive, f"{topic.guid}/markup.bcf", _markup(topic, project, version))
            if topic.view is not None:
                _put(archive, f"{topic.guid}/viewpoint.bcfv", _viewpoint(topic, topic.view, version))
                if topic.view.snapshot is not None:
                    _put(archive, f"{topic.guid}/{SNAPSHOT}", topic.view.snapshot)
    return stream.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: etree._Element | bytes) -> None:
    member = zipfile.ZipInfo(name, _FIXED)
    member.compress_type = zipfile.ZIP_DEFLATED
    data = content if isinstance(content, bytes) else etree.tostring(content, xml_declaration=True, encoding="UTF-8")
    archive.writestr(member, data)


def _version(version: BcfVersion) -> etree._Element:
    root = etree.Element("Version", VersionId=version.value)
    if version is BcfVersion.V2_1:
        _text(root, "DetailedVersion", version.value)
    return root


def _project(project: Project, version: BcfVersion) -> etree._Element:
    old = version is BcfVersion.V2_1
    root = etree.Element("ProjectExtension" if old else "ProjectInfo")
    _text(etree.SubElement(root, "Project", ProjectId=project.project_id), "Name", project.name)
    if old:
        _text(root, "ExtensionSchema", "")
    return root


def _extensions(topics: Sequence[Topic]) -> etree._Element:
    root = etree.Element("Extensions")
    for plural, single, found in (
        ("TopicTypes", "TopicType", {topic.kind for topic in topics}),
        ("TopicStatuses", "TopicStatus", {topic.status for topic in topics}),
        ("Priorities", "Priority", set()),
        ("TopicLabels", "TopicLabel", {label for topic in topics for label in topic.labels}),
        ("Users", "User", {topic.author for topic in topics} | {c.author for t in topics for c in t.comments}),
        ("SnippetTypes", "SnippetType", set()),
        ("Stages", "Stage", set()),
    ):
        parent = etree.SubElement(root, plural)
        for name in sorted(found):
            _text(parent, single, name)
    return root


def _markup(topic: Topic, project: Project, version: BcfVersion) -> etree._Element:
    old = version is BcfVersion.V2_1
    root = etree.Element("Markup")
    if project.file_name:
        header = etree.SubElement(root, "Header")
        _file(header if old else etree.SubElement(header, "Files"), project, old=old)
    made = etree.SubElement(root, "Topic", Guid=topic.guid, TopicType=topic.kind, TopicStatus=topic.status)
    _text(made, "Title", topic.title)
    labels = made if old or not topic.labels else etree.SubElement(made, "Labels")
    for label in topic.labels:
        _text(labels, "Labels" if old else "Label", label)
    _text(made, "CreationDate", topic.created)
    _text(made, "CreationAuthor", topic.author)
    if topic.description.strip():  # version 3.0 takes no empty text
        _text(made, "Description", topic.description)
    _comments(root if old else made, topic.comments, old=old)
    if topic.view is not None:
        _view_point(root if old else etree.SubElement(made, "Viewpoints"), topic, topic.view, old=old)
    return root


def _file(parent: etree._Element, project: Project, *, old: bool) -> None:
    made = etree.SubElement(parent, "File", {"isExternal" if old else "IsExternal": "true"})
    if GLOBAL_ID.fullmatch(project.ifc_project):
        made.set("IfcProject", project.ifc_project)
    _text(made, "Filename", project.file_name)


def _comments(parent: etree._Element, comments: Sequence[Comment], *, old: bool) -> None:
    where = parent if old or not comments else etree.SubElement(parent, "Comments")
    for comment in comments:
        made = etree.SubElement(where, "Comment", Guid=comment.guid)
        _text(made, "Date", comment.time)
        _text(made, "Author", comment.author)
        _text(made, "Comment", comment.text)


def _view_point(parent: etree._Element, topic: Topic, view: View, *, old: bool) -> None:
    made = etree.SubElement(parent, "Viewpoints" if old else "ViewPoint", Guid=_view_guid(topic))
    _text(made, "Viewpoint", "viewpoint.bcfv")
    if view.snapshot is not None:
        _text(made, "Snapshot", SNAPSHOT)


def _viewpoint(topic: Topic, view: View, version: BcfVersion) -> etree._Element:
    old = version is BcfVersion.V2_1
    root = etree.Element("VisualizationInfo", Guid=_view_guid(topic))
    parts = etree.SubElement(root, "Components")
    elements = [name for name in topic.elements if GLOBAL_ID.fullmatch(name)]
    if old:
        etree.SubElement(parts, "ViewSetupHints", SpacesVisible="false", OpeningsVisible="false")
    if elements:
        _listed(etree.SubElement(parts, "Selection"), elements)
    visible = etree.SubElement(parts, "Visibility", DefaultVisibility="true")
    if not old:
        etree.SubElement(visible, "ViewSetupHints", SpacesVisible="false", OpeningsVisible="false")
    if elements:
        colour = etree.SubElement(etree.SubElement(parts, "Coloring"), "Color", Color=COLOUR)
        _listed(colour if old else etree.SubElement(colour, "Components"), elements)
    _camera(root, view, old=old)
    return root


def _camera(root: etree._Element, view: View, *, old: bool) -> None:
    camera = etree.SubElement(root, "OrthogonalCamera")
    for name, values in (
        ("CameraViewPoint", view.position),
        ("CameraDirection", view.direction),
        ("CameraUpVector", view.up),
    ):
        made = etree.SubElement(camera, name)
        for axis, value in zip("XYZ", values, strict=True):
            _text(made, axis, f"{value:.6f}")
    _text(camera, "ViewToWorldScale", f"{view.height_m:.6f}")
    if not old:
        _text(camera, "AspectRatio", f"{ASPECT}")


def _listed(parent: etree._Element, elements: Sequence[str]) -> None:
    for name in elements:
        etree.SubElement(parent, "Component", IfcGuid=name)


def _view_guid(topic: Topic) -> str:
    return guid_of(f"view of {topic.guid}")


def _text(parent: etree._Element, name: str, text: str) -> None:
    """Add an element with text; characters that XML cannot hold are left out."""
    made = etree.SubElement(parent, name)
    made.text = "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")
