"""Read BCF 2.1 and 3.0 files."""

import io
import re
import zipfile

from lxml import etree

from twin.bcf.read_view import read_view
from twin.bcf.values import Comment, Topic, View
from twin.errors import InvalidInput

MAX_TOPICS = 10_000  # a large project has some thousand
MAX_MEMBER_BYTES = 32 * 2**20  # a snapshot of a large screen has below ten megabytes
MAX_BYTES = 512 * 2**20  # of all members, unpacked
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
HINT = "Export it again as BCF 2.1 or 3.0."


def read_bcf(data: bytes) -> tuple[Topic, ...]:
    """Return the topics of a BCF file in the order of their folders.

    Raises:
        InvalidInput: (bcf) it is no such file, of another version, or damaged; (too-large) it holds too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _bounded(archive)
            version = _root(archive, "bcf.version").get("VersionId", "")
            if version not in ("2.1", "3.0"):
                raise _refusal(f"It is BCF {version[:20] or 'of no stated version'}.", "bcf.version")
            names = sorted(name for name in archive.namelist() if name.endswith("/markup.bcf"))
            return tuple(_topic(archive, name.removesuffix("markup.bcf")) for name in names)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise _refusal("It is no zip archive that can be read.", None) from error


def _bounded(archive: zipfile.ZipFile) -> None:
    sizes = [member.file_size for member in archive.infolist()]
    topics = sum(name.endswith("/markup.bcf") for name in archive.namelist())
    if max(sizes, default=0) > MAX_MEMBER_BYTES or sum(sizes) > MAX_BYTES or topics > MAX_TOPICS:
        raise InvalidInput("The BCF file holds too much.", reason="too-large", hint="Split it by discipline.")


def _topic(archive: zipfile.ZipFile, folder: str) -> Topic:
    name = folder + "markup.bcf"
    root = _root(archive, name)
    made = root.find("Topic")
    guid = "" if made is None else made.get("Guid", "")
    if made is None or not GUID.fullmatch(guid):
        raise _refusal("It holds a topic without a Guid.", name)
    labels = [*made.findall("Labels/Label"), *(item for item in made.findall("Labels") if not len(item))]
    related = [*made.findall("RelatedTopic"), *made.findall("RelatedTopics/RelatedTopic")]
    return Topic(
        guid.lower(),
        made.findtext("Title") or "",
        made.findtext("Description") or "",
        made.get("TopicType", ""),
        made.get("TopicStatus", ""),
        made.findtext("CreationAuthor") or "",
        made.findtext("CreationDate") or "",
        tuple(item.text or "" for item in labels),
        tuple(_views(archive, folder, root)),
        tuple(_comment(item) for item in (*root.findall("Comment"), *made.findall("Comments/Comment"))),
        tuple(item.get("Guid", "").lower() for item in related),
        made.findtext("Priority") or "",
        made.findtext("AssignedTo") or "",
        made.findtext("DueDate") or "",
    )


def _comment(item: etree._Element) -> Comment:
    time, author, text = (item.findtext(name) or "" for name in ("Date", "Author", "Comment"))
    view = item.find("Viewpoint")
    about = "" if view is None else view.get("Guid", "").lower()
    return Comment(item.get("Guid", "").lower(), time, author, text, about)


def _views(archive: zipfile.ZipFile, folder: str, root: etree._Element) -> list[View]:
    """Return the views of a topic in the order that they state, else in that of the file."""
    named = [*root.findall("Viewpoints"), *root.findall("Topic/Viewpoints/ViewPoint")]
    views: list[View] = []
    for item in sorted(named, key=_place):
        name, picture = item.findtext("Viewpoint"), item.findtext("Snapshot")
        snapshot = archive.read(folder + picture) if picture and folder + picture in archive.namelist() else None
        shown = _root(archive, folder + name) if name else etree.Element("VisualizationInfo")
        try:
            views.append(read_view(shown, item.get("Guid", "").lower(), snapshot))
        except ValueError as error:
            raise _refusal(f"A view cannot be understood: {error}.", folder + (name or "")) from error
    return views


def _place(item: etree._Element) -> int:
    text = item.findtext("Index") or ""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text.strip()) else 0


def _root(archive: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(archive.read(name), parser)
    except KeyError as error:
        raise _refusal(f"It has no {name[-60:]}.", name) from error
    except (etree.XMLSyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
        raise _refusal("A part of it is no well-formed XML.", name, line) from error


def _refusal(message: str, entity: str | None, line: int | None = None) -> InvalidInput:
    words = f"The file cannot be read as BCF. {message}"
    return InvalidInput(words, reason="bcf", hint=HINT, entity=entity, line=line)
