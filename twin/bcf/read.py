"""Read BCF 2.1 and 3.0 files."""

import io
import re
import zipfile

from lxml import etree

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
    view, elements = _view(archive, folder, root)
    return Topic(
        guid.lower(),
        made.findtext("Title") or "",
        made.findtext("Description") or "",
        made.get("TopicType", ""),
        made.get("TopicStatus", ""),
        made.findtext("CreationAuthor") or "",
        made.findtext("CreationDate") or "",
        tuple(item.text or "" for item in labels),
        elements,
        view,
        tuple(_comment(item) for item in (*root.findall("Comment"), *made.findall("Comments/Comment"))),
    )


def _comment(item: etree._Element) -> Comment:
    words = [item.findtext(name) or "" for name in ("Date", "Author", "Comment")]
    return Comment(item.get("Guid", "").lower(), *words)


def _view(archive: zipfile.ZipFile, folder: str, root: etree._Element) -> tuple[View | None, tuple[str, ...]]:
    """Return the first view of a topic that a parallel projection can be read of, and what is selected in it."""
    for item in (*root.findall("Viewpoints"), *root.findall("Topic/Viewpoints/ViewPoint")):
        name, picture = item.findtext("Viewpoint"), item.findtext("Snapshot")
        if not name:
            continue
        shown = _root(archive, folder + name)
        selected = shown.findall("Components/Selection/Component")
        elements = tuple(part.get("IfcGuid", "") for part in selected if part.get("IfcGuid"))
        snapshot = archive.read(folder + picture) if picture and folder + picture in archive.namelist() else None
        return _camera(shown, snapshot, folder + name), elements
    return None, ()


def _camera(shown: etree._Element, snapshot: bytes | None, name: str) -> View | None:
    camera = shown.find("OrthogonalCamera")
    if camera is None:
        return None
    try:
        height_m = float(camera.findtext("ViewToWorldScale") or "")
        position, direction, up = (
            _triple(camera, part) for part in ("CameraViewPoint", "CameraDirection", "CameraUpVector")
        )
    except ValueError as error:
        raise _refusal("A camera has no numbers.", name) from error
    return View(position, direction, up, height_m, snapshot)


def _triple(camera: etree._Element, name: str) -> tuple[float, float, float]:
    x, y, z = (float(camera.findtext(f"{name}/{axis}") or "") for axis in "XYZ")
    return x, y, z


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
