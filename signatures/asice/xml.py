"""Reading and canonicalising the XML of signatures, without anything that XML can do besides."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from signatures.errors import Reason, SignatureError

MAX_XML_BYTES = 4_194_304  # a signature with time-stamp, OCSP and certificates has 15 to 30 kB
MAX_DEPTH = 64

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
ASIC = "http://uri.etsi.org/02918/v1.2.1#"
NAMESPACES = {"asic": ASIC, "ds": DS, "xades": XADES}
_XML = "{http://www.w3.org/XML/1998/namespace}"

C14N_10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_11 = "http://www.w3.org/2006/12/xml-c14n11"
C14N_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"

Element = Any  # lxml ships no types


def parse_xml(data: bytes, *, languages: bool = False) -> Element:
    """Return the root element of `data`.

    Refused are a document type, comments, processing instructions and `xml:` attributes: without them every text is
    whole, every entity is a character, and Canonical XML 1.0 and 1.1 are the same.

    Args:
        data: The document.
        languages: Whether `xml:lang` is let through; then only exclusive canonicalisation may follow.

    Raises:
        SignatureError: (too-large, xades) as said, or not XML.
    """
    if len(data) > MAX_XML_BYTES:
        raise SignatureError("The XML is too large.", reason=Reason.TOO_LARGE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused("The XML is malformed.") from error
    info = root.getroottree().docinfo
    siblings = [*root.itersiblings(), *root.itersiblings(preceding=True)]
    if info.internalDTD is not None or info.externalDTD is not None or info.doctype or siblings:
        raise refused("The XML has a document type, or something beside its root.")
    for element in root.iter():
        _check_element(element, {f"{_XML}lang"} if languages else set())
    return root


def canonical(element: Element, algorithm: str) -> bytes:
    """Return the canonical form of `element` under one of the three algorithms without comments.

    Raises:
        SignatureError: (xades) another algorithm.
    """
    if algorithm not in (C14N_10, C14N_11, C14N_EXCLUSIVE):
        raise refused("A canonicalisation is used that is not accepted.", algorithm)
    return bytes(etree.tostring(element, method="c14n", exclusive=algorithm == C14N_EXCLUSIVE, with_comments=False))


def only(parent: Element, path: str) -> Element:
    """Return the one element at `path` under `parent`.

    Raises:
        SignatureError: (xades) there is none, or more than one.
    """
    found = parent.findall(path, NAMESPACES)
    if len(found) != 1:
        raise refused(f"The signature has {len(found)} of {path.rpartition('/')[2]}; it should have one.")
    return found[0]


def text_of(element: Element) -> str:
    """Return the text of `element`, which holds nothing else.

    Raises:
        SignatureError: (xades) it has children.
    """
    if len(element):
        raise refused("An element that should be text has children.", etree.QName(element).localname)
    return element.text or ""


def children(element: Element) -> list[str]:
    """Return the qualified names of the children."""
    return [child.tag for child in element]


def identified(root: Element) -> Iterator[str]:
    """Yield every Id in the document."""
    for element in root.iter():
        for name in ("Id", "ID", "id"):
            if name in element.attrib:
                yield element.attrib[name]


def refused(message: str, entity: str | None = None) -> SignatureError:
    """Return the error for a signature that is not of the accepted form."""
    return SignatureError(message, reason=Reason.XADES, entity=entity[:120] if entity else None)


def _check_element(element: Element, allowed: set[str]) -> None:
    if not isinstance(element.tag, str):
        raise refused("The XML has a comment, an entity or an instruction in it.")
    if any(name.startswith(_XML) and name not in allowed for name in element.attrib):
        raise refused("The XML uses an xml: attribute.", element.tag)
    if sum(1 for _ in element.iterancestors()) > MAX_DEPTH:
        raise refused("The XML is nested too deep.")
