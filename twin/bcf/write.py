"""Write BCF 2.1 and 3.0 files."""

import io
import zipfile
from collections.abc import Sequence
from enum import StrEnum

from lxml import etree

from twin.bcf.values import Comment, Project, Topic, View, guid_of
from twin.bcf.write_view import GLOBAL_ID, put_text, view_element

PNG = b"\x89PNG"
UNSTATED = "Unspecified"  # version 3.0 demands a type, a status and a title of every topic
_FIXED = (2000, 1, 1, 0, 0, 0)  # time of every member: equal topics give equal bytes


class BcfVersion(StrEnum):
    """Versions of the format that are written."""

    V2_1 = "2.1"
    V3_0 = "3.0"


def write_bcf(topics: Sequence[Topic], project: Project, version: BcfVersion) -> bytes:
    """Return a BCF file with `topics`; equal input gives equal bytes.

    Version 3.0 knows no view without a camera: such views are left out of it.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "bcf.version", _version(version))
        _put(archive, "project.bcfp", _project(project, version))
        if version is BcfVersion.V3_0:
            _put(archive, "extensions.xml", _extensions(topics))
        for topic in topics:
            _put(archive, f"{topic.guid}/markup.bcf", _markup(topic, project, version))
            for number, view in enumerate(_views(topic, version)):
                old, guid = version is BcfVersion.V2_1, _view_guid(topic, number, view)
                _put(archive, f"{topic.guid}/{_file_name(number)}", view_element(view, guid, old=old))
                if view.snapshot is not None:
                    _put(archive, f"{topic.guid}/{_picture_name(number, view.snapshot)}", view.snapshot)
    return stream.getvalue()


def _views(topic: Topic, version: BcfVersion) -> list[View]:
    return [view for view in topic.views if view.camera is not None or version is BcfVersion.V2_1]


def _put(archive: zipfile.ZipFile, name: str, content: etree._Element | bytes) -> None:
    member = zipfile.ZipInfo(name, _FIXED)
    member.compress_type = zipfile.ZIP_DEFLATED
    data = content if isinstance(content, bytes) else etree.tostring(content, xml_declaration=True, encoding="UTF-8")
    archive.writestr(member, data)


def _version(version: BcfVersion) -> etree._Element:
    root = etree.Element("Version", VersionId=version.value)
    if version is BcfVersion.V2_1:
        put_text(root, "DetailedVersion", version.value)
    return root


def _project(project: Project, version: BcfVersion) -> etree._Element:
    old = version is BcfVersion.V2_1
    root = etree.Element("ProjectExtension" if old else "ProjectInfo")
    put_text(etree.SubElement(root, "Project", ProjectId=project.project_id), "Name", project.name)
    if old:
        put_text(root, "ExtensionSchema", "")
    return root


def _extensions(topics: Sequence[Topic]) -> etree._Element:
    people = {topic.author for topic in topics} | {topic.assigned for topic in topics}
    root = etree.Element("Extensions")
    for plural, single, found in (
        ("TopicTypes", "TopicType", {topic.kind or UNSTATED for topic in topics}),
        ("TopicStatuses", "TopicStatus", {topic.status or UNSTATED for topic in topics}),
        ("Priorities", "Priority", {topic.priority for topic in topics}),
        ("TopicLabels", "TopicLabel", {label for topic in topics for label in topic.labels}),
        ("Users", "User", people | {comment.author for topic in topics for comment in topic.comments}),
        ("SnippetTypes", "SnippetType", set()),
        ("Stages", "Stage", set()),
    ):
        parent = etree.SubElement(root, plural)
        for name in sorted(filter(None, found)):
            put_text(parent, single, name)
    return root


def _markup(topic: Topic, project: Project, version: BcfVersion) -> etree._Element:
    old = version is BcfVersion.V2_1
    root = etree.Element("Markup")
    if project.file_name:
        header = etree.SubElement(root, "Header")
        _file(header if old else etree.SubElement(header, "Files"), project, old=old)
    kinds = {"TopicType": topic.kind or UNSTATED, "TopicStatus": topic.status or UNSTATED}
    made = etree.SubElement(root, "Topic", Guid=topic.guid, **kinds)
    put_text(made, "Title", topic.title.strip() or UNSTATED)
    _optional(made, "Priority", topic.priority)
    labels = made if old or not topic.labels else etree.SubElement(made, "Labels")
    for label in topic.labels:
        put_text(labels, "Labels" if old else "Label", label)
    put_text(made, "CreationDate", topic.created)
    put_text(made, "CreationAuthor", topic.author or UNSTATED)
    _optional(made, "DueDate", topic.due)
    _optional(made, "AssignedTo", topic.assigned)
    _optional(made, "Description", topic.description)
    related = made if old or not topic.related else etree.SubElement(made, "RelatedTopics")
    for guid in topic.related:
        etree.SubElement(related, "RelatedTopic", Guid=guid)
    _comments(root if old else made, topic.comments, old=old)
    _view_points(root if old else made, topic, _views(topic, version), old=old)
    return root


def _optional(parent: etree._Element, name: str, text: str) -> None:
    if text.strip():  # version 3.0 takes no empty text
        put_text(parent, name, text)


def _file(parent: etree._Element, project: Project, *, old: bool) -> None:
    made = etree.SubElement(parent, "File", {"isExternal" if old else "IsExternal": "true"})
    if GLOBAL_ID.fullmatch(project.ifc_project):
        made.set("IfcProject", project.ifc_project)
    put_text(made, "Filename", project.file_name)


def _comments(parent: etree._Element, comments: Sequence[Comment], *, old: bool) -> None:
    where = parent if old or not comments else etree.SubElement(parent, "Comments")
    for comment in comments:
        made = etree.SubElement(where, "Comment", Guid=comment.guid)
        put_text(made, "Date", comment.time)
        put_text(made, "Author", comment.author or UNSTATED)
        if old:
            put_text(made, "Comment", comment.text)
        else:
            _optional(made, "Comment", comment.text)
        if comment.view:
            etree.SubElement(made, "Viewpoint", Guid=comment.view)


def _view_points(parent: etree._Element, topic: Topic, views: Sequence[View], *, old: bool) -> None:
    where = parent if old or not views else etree.SubElement(parent, "Viewpoints")
    for number, view in enumerate(views):
        guid = _view_guid(topic, number, view)
        made = etree.SubElement(where, "Viewpoints" if old else "ViewPoint", Guid=guid)
        put_text(made, "Viewpoint", _file_name(number))
        if view.snapshot is not None:
            put_text(made, "Snapshot", _picture_name(number, view.snapshot))
        put_text(made, "Index", str(number))


def _file_name(number: int) -> str:
    return "viewpoint.bcfv" if number == 0 else f"viewpoint-{number}.bcfv"


def _picture_name(number: int, picture: bytes) -> str:
    name = "snapshot" if number == 0 else f"snapshot-{number}"
    return f"{name}.{'png' if picture.startswith(PNG) else 'jpg'}"


def _view_guid(topic: Topic, number: int, view: View) -> str:
    return view.guid or guid_of(f"view of {topic.guid}" if number == 0 else f"view {number} of {topic.guid}")
