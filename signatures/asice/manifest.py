"""The manifest of a container: which files it holds, and of which media type (ODF manifest 1.2)."""

from collections.abc import Mapping

from lxml import etree

from signatures.asice.archive import MEDIA_TYPE, refused
from signatures.asice.xml import parse_xml

PATH = "META-INF/manifest.xml"
_NS = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"


def write_manifest(media_types: Mapping[str, str]) -> bytes:
    """Return the manifest of files, path -> media type."""
    root = etree.Element(f"{{{_NS}}}manifest", nsmap={"manifest": _NS})
    root.set(f"{{{_NS}}}version", "1.2")
    for path, media_type in {"/": MEDIA_TYPE.decode(), **media_types}.items():
        etree.SubElement(
            root, f"{{{_NS}}}file-entry", {f"{{{_NS}}}full-path": path, f"{{{_NS}}}media-type": media_type}
        )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=False))


def read_manifest(data: bytes) -> dict[str, str]:
    """Return the files of a manifest, path -> media type.

    Raises:
        SignatureError: (container, xades) malformed, a path twice, or another kind of container.
    """
    root = parse_xml(data)
    found: dict[str, str] = {}
    for entry in root:
        path, media_type = entry.get(f"{{{_NS}}}full-path"), entry.get(f"{{{_NS}}}media-type")
        if entry.tag != f"{{{_NS}}}file-entry" or path is None or media_type is None or path in found:
            raise refused("The manifest of the container is malformed.")
        found[path] = media_type
    if root.tag != f"{{{_NS}}}manifest" or found.pop("/", None) != MEDIA_TYPE.decode():
        raise refused("The manifest is not that of an ASiC-E container.")
    return found
