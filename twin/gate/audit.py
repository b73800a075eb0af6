"""Audit of an IDS file: well-formed, valid against the official schema, and sensible for the IFC schemas it names."""

from typing import Any

from ifctester.ids import Ids, get_schema
from lxml import etree
from xmlschema import XMLSchemaValidationError

from twin.errors import InvalidInput
from twin.gate.sense import Nonsense, senseless

MAX_IDS_BYTES = 8 * 2**20  # the largest public IDS files have below one MiB
HINT = "Correct the file in an IDS editor; the format is IDS 1.0 of buildingSMART."
NAMESPACES = {"": "http://standards.buildingsmart.org/IDS"}


def audit_ids(data: bytes) -> None:
    """Judge an IDS file; its patterns are run, so a file of a stranger is judged in a child (`run_ids`).

    Raises:
        InvalidInput: (too-large) it is over `MAX_IDS_BYTES`; (ids-xml) it is no well-formed XML; (ids) it breaks the
            schema of IDS 1.0 or asks for what no model can hold; with the line.
    """
    audit_form(data)
    found = audit_sense(data)
    if found is not None:
        raise refusal_of(found)


def audit_form(data: bytes) -> None:
    """Judge an IDS file as XML and against the schema of IDS 1.0; none of its patterns is run.

    Raises:
        InvalidInput: (too-large, ids-xml, ids) as `audit_ids`.
    """
    broken = next(get_schema().iter_errors(_parsed(data)), None)
    if broken is not None:
        raise _refusal(str(broken.reason or broken.message), broken.sourceline, _name(broken.elem))


def audit_sense(data: bytes) -> Nonsense | None:
    """Return what in a valid IDS file no model can meet, or None."""
    return senseless(_parsed(data))


def refusal_of(found: Nonsense) -> InvalidInput:
    """Return the error that says why an IDS file makes no sense."""
    return _refusal(found.message, found.line, found.specification)


def parse_ids(data: bytes) -> Ids:
    """Return an IDS file as ifctester knows it.

    Raises:
        InvalidInput: (too-large, ids-xml, ids) it cannot be read.
    """
    root = _parsed(data)
    try:
        return Ids().parse(get_schema().decode(root, strip_namespaces=True, namespaces=NAMESPACES))
    except XMLSchemaValidationError as error:
        raise _refusal(str(error.reason), error.sourceline, _name(error.elem)) from error


def _parsed(data: bytes) -> etree._Element:
    if len(data) > MAX_IDS_BYTES:
        raise InvalidInput(
            f"The IDS file is larger than {MAX_IDS_BYTES} bytes.", reason="too-large", hint="Split it by purpose."
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
        raise InvalidInput(
            f"The IDS file is no well-formed XML: {error}.", reason="ids-xml", hint=HINT, line=line
        ) from error
    if root.getroottree().docinfo.doctype:
        raise InvalidInput("The IDS file has a document type.", reason="ids-xml", hint=HINT, line=1)
    return root


def _refusal(message: str, line: int | None, entity: str | None) -> InvalidInput:
    return InvalidInput(f"The IDS file is not valid: {message}", reason="ids", hint=HINT, entity=entity, line=line)


def _name(element: Any) -> str | None:
    return None if element is None else str(etree.QName(element).localname)
