"""The gate: what a file must be before any parser sees it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from ifc.archive import unpack
from ifc.encoding import escape_letters, repair_escapes, to_utf8
from ifc.errors import IfcReadError, Reason
from ifc.findings import ReadFinding, Severity

MAX_FILE_BYTES = 1024**3  # the reader needs about seven times the file in memory; 1 GiB fits the default child limit

_BOM = b"\xef\xbb\xbf"
_LEADING = re.compile(rb"(?:\s+|/\*.*?\*/)*", re.DOTALL)
_END = b"END-ISO-10303-21"
_AFTER_END = re.compile(rb"\s*;?(?:\s+|/\*.*?\*/)*", re.DOTALL)  # a signature block is a comment after the end
_SIGNATURE = re.compile(rb"\s*;?\s*SIGNATURE\b.*?ENDSEC\s*;", re.DOTALL)  # ISO 10303-21 edition 3, section 14
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'((?:\s*,\s*'[^']*')*)", re.IGNORECASE)
_HEADER_BYTES = 1 << 16  # real headers are below 10 kB; long ones list exporter options
_EXACT = {"IFC2X3": "IFC2X3", "IFC2X3_TC1": "IFC2X3", "IFC4X3_ADD2": "IFC4X3_ADD2", "IFC4": "IFC4"}
_SHIMS = (  # (pattern of the token, schema it is read as, how far that is from the truth)
    (re.compile(r"IFC4_(ADD1|ADD2|ADD2_TC1|TC1)"), "IFC4", Severity.INFO),
    (re.compile(r"IFC4X3(_ADD1|_TC1|_ADD2_TC1)?"), "IFC4X3_ADD2", Severity.INFO),
    (re.compile(r"IFC4X3_?RC\d+|IFC4X[12](_\w+)?"), "IFC4X3_ADD2", Severity.WARNING),
    (re.compile(r"IFC2X(2|3)?(_FINAL|_ADD1|_PLATFORM)?"), "IFC2X3", Severity.WARNING),
)
_FOREIGN = (  # (first bytes, what it is)
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"glTF", "a GLB scene"),
    (b"AC10", "a DWG drawing"),
    (b"\xd0\xcf\x11\xe0", "a Revit project or an old Office file"),
    (b"{", "a JSON text"),
    (b"[", "a JSON text"),
    (b"<", "an XML or HTML text"),
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A file that passed the gate.

    Attributes:
        data: STEP text in UTF-8, schema token replaced by one that the parser knows.
        sha256: SHA-256 (hex) of the bytes that were submitted.
        schema: Schema as which it is read.
        declared_schema: Schema token in the file.
        untouched: Whether `data` is the submitted file, byte for byte.
        findings: What the gate noticed.
        signature_block: Signature section after the end of the model, as written, not verified.
    """

    data: bytes
    sha256: str
    schema: str
    declared_schema: str
    untouched: bool
    findings: tuple[ReadFinding, ...]
    signature_block: bytes | None = None


def admit(path: Path, max_bytes: int = MAX_FILE_BYTES) -> Admitted:
    """Check the file at `path` and return its text, ready for the parser.

    Args:
        path: An IFC file (STEP) or an ifcZIP.
        max_bytes: Largest file, and largest model inside an archive.

    Raises:
        IfcReadError: The file is missing, empty, too large, not STEP, truncated or of an unknown schema.
    """
    raw = _bytes(path, max_bytes)
    packed = raw.startswith(b"PK\x03\x04")
    data = unpack(raw, max_bytes) if packed else raw
    body, signature, trailing = _step(data)
    body, guessed = to_utf8(body)
    body, repaired = repair_escapes(escape_letters(body))
    body, declared, schema, approximated = _shim(body)
    return Admitted(
        data=body,
        sha256=hashlib.sha256(raw).hexdigest(),
        schema=schema,
        declared_schema=declared,
        untouched=body == raw,
        findings=(*trailing, *guessed, *repaired, *approximated),
        signature_block=signature,
    )


def _bytes(path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise IfcReadError(
                f"The file has {size / 2**20:.0f} MiB; {max_bytes / 2**20:.0f} MiB are allowed.",
                reason=Reason.TOO_LARGE,
                hint="Split the model by discipline.",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise IfcReadError(
            f"The file cannot be opened: {error.strerror}.", reason=Reason.NOT_FOUND, hint="Check the path."
        ) from error
    if not raw.strip():
        raise IfcReadError("The file is empty.", reason=Reason.EMPTY, hint="Export it again.", line=1)
    return raw


def _step(data: bytes) -> tuple[bytes, bytes | None, list[ReadFinding]]:
    """Return `data` from its STEP magic to its end mark with its signature, or refuse it by name."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (data[:64].count(b"\0") > 8 and _foreign(data) is None):
        _refuse_wide(data)
    body = data.removeprefix(_BOM)
    match = _LEADING.match(body)
    start = match.end() if match else 0
    if not body[start : start + 12].upper().startswith(b"ISO-10303-21"):
        known = _foreign(body[start:]) or "no STEP file"
        raise IfcReadError(
            f"This is {known}, not an IFC file.",
            reason=Reason.NOT_STEP,
            hint="An IFC file begins with ISO-10303-21. Export the model as IFC (STEP) or ifcZIP.",
            line=1,
        )
    if body.rfind(_END) < 0:
        raise IfcReadError(
            "The file is truncated: its last line, END-ISO-10303-21, is missing.",
            reason=Reason.TRUNCATED,
            hint="The upload or the export was interrupted; send the whole file.",
            line=len(body.splitlines()),
        )
    body, signature, trailing = _without_trailing(body)
    _refuse_nul(body)
    return b"\n" * body.count(b"\n", 0, start) + body[start:], signature, trailing  # lines stay those of the file


def _foreign(data: bytes) -> str | None:
    """Return what a file is that begins as `data` does and is no IFC file, if it is known."""
    return next((name for magic, name in _FOREIGN if data.startswith(magic)), None)


def _without_trailing(body: bytes) -> tuple[bytes, bytes | None, list[ReadFinding]]:
    """Return `body` without what follows its end mark, comments excepted, the signature, and what is odd."""
    start = body.rfind(_END) + len(_END)
    signed = _SIGNATURE.match(body, start)
    if signed:
        found = ReadFinding(
            "file.signature",
            Severity.INFO,
            "The file carries a signature inside; it was kept as it is and not verified.",
            "Seal the version to prove where it comes from.",
            line=body.count(b"\n", 0, start) + 1,
        )
        rest, _, more = _without_trailing(body[:start] + b";" + body[signed.end() :])
        return rest, signed[0].strip(b"; \r\n\t") + b";", [found, *more]
    match = _AFTER_END.match(body, start)
    end = match.end() if match else len(body)
    if end == len(body):
        return body, None, []
    finding = ReadFinding(
        "file.trailing",
        Severity.WARNING,
        f"{len(body) - end} bytes follow the end of the model; they were left out.",
        "Send the file as the authoring tool wrote it.",
        line=body.count(b"\n", 0, end) + 1,
    )
    return body[:end], None, [finding]


def _refuse_nul(body: bytes) -> None:
    at = body.find(b"\0")
    if at >= 0:
        raise IfcReadError(
            "The file holds bytes of value zero: it is damaged.",
            reason=Reason.SYNTAX,
            hint="The disk or the transfer has damaged the file; send it again.",
            line=body.count(b"\n", 0, at) + 1,
        )


def _refuse_wide(data: bytes) -> None:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"I\0S\0O\0" in data[:64] or b"\0I\0S\0O" in data[:64]
    raise IfcReadError(
        "The file is written in UTF-16." if wide else "The file holds binary data, not an IFC model.",
        reason=Reason.ENCODING if wide else Reason.NOT_STEP,
        hint="Save it as UTF-8 or ASCII text." if wide else "Export the model as IFC (STEP) or ifcZIP.",
        line=1,
    )


def _shim(body: bytes) -> tuple[bytes, str, str, list[ReadFinding]]:
    match = _SCHEMA.search(body, 0, _HEADER_BYTES)
    if not match:
        raise IfcReadError(
            "The header names no schema.",
            reason=Reason.SCHEMA_UNKNOWN,
            hint="FILE_SCHEMA must name IFC2X3, IFC4 or IFC4X3.",
            entity="FILE_SCHEMA",
        )
    declared = match[1].decode("ascii", "replace")
    line = body.count(b"\n", 0, match.start()) + 1
    schema, severity = _nearest(declared.strip().upper(), line)
    if schema != declared:
        body = body[: match.start(1)] + schema.encode() + body[match.end(1) :]
    if match[2]:
        body = _SCHEMA.sub(lambda m: m[0][: m.start(2) - m.start()], body, 1)
        severity = severity or Severity.WARNING
    if severity is None:
        return body, declared, schema, []
    finding = ReadFinding(
        "schema.approximated",
        severity,
        f"The schema {declared}{match[2].decode('ascii', 'replace')[:60]} is read as {schema}.",
        "Export as IFC2X3, IFC4 or IFC4X3_ADD2 to be sure that every attribute is read as meant.",
        entity="FILE_SCHEMA",
        line=line,
    )
    return body, declared, schema, [finding]


def _nearest(token: str, line: int) -> tuple[str, Severity | None]:
    if token in _EXACT:
        return _EXACT[token], None
    for pattern, schema, severity in _SHIMS:
        if pattern.fullmatch(token):
            return schema, severity
    raise IfcReadError(
        f"The schema {token[:40]!r} is not known.",
        reason=Reason.SCHEMA_UNKNOWN,
        hint="Export as IFC2X3, IFC4 or IFC4X3_ADD2.",
        entity="FILE_SCHEMA",
        line=line,
    )
