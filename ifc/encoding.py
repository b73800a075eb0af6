"""Text of a STEP file: decode what is not UTF-8, repair escapes that no parser accepts."""

import re

from ifc.errors import IfcReadError, Reason
from ifc.findings import ReadFinding, Severity

_LEGACY = (
    "cp932",
    "cp1252",
    "latin-1",
)  # what exporters write instead: Shift-JIS, Western Windows; latin-1 never fails
_ESCAPE = re.compile(
    rb"\\X2\\((?:[0-9A-Fa-f]{4})*)\\X0\\|\\X4\\((?:[0-9A-Fa-f]{8})*)\\X0\\|\\X[24]\\[0-9A-Fa-f]*(?:\\X0\\)?"
    rb"|\\X\\(?![0-9A-Fa-f]{2})|\\P[^A-I'\\]\\"
)
_ESCAPED = re.compile(rb"\\(?:X[24]?\\|P)")
_REPLACEMENT = rb"\X2\FFFD\X0\ "[:-1]


_SHIFTED_QUOTE = re.compile(rb"\\S\\''(?=\s*[,)])|\\S\\''?")
_C1_ESCAPE = re.compile(rb"\\X\\[89]")
_C1 = re.compile("[\x80-\x9f]")
_RAW = re.compile(r"[^\x00-\x7f]+")
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def to_utf8(data: bytes) -> tuple[bytes, list[ReadFinding]]:
    """Return `data` as UTF-8 with what had to be guessed.

    Shift-JIS is accepted only where the whole file decodes and holds kana or CJK letters; otherwise Windows-1252.
    """
    if data.isascii():
        return data, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
    else:
        return data, []
    for name in _LEGACY:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "cp932" and not _JAPANESE.search(text):
            continue
        return text.encode("utf-8"), [
            ReadFinding(
                "encoding.guessed",
                Severity.WARNING,
                f"The file holds bytes that are neither ASCII nor UTF-8; they were read as {name}.",
                "Export the file with ISO 10303-21 escapes or UTF-8.",
                line=line,
            )
        ]
    raise IfcReadError("The text of the file cannot be decoded.", reason=Reason.ENCODING, line=line)


def escape_letters(data: bytes) -> bytes:
    r"""Return UTF-8 `data` with all letters outside ASCII as ``\X2\`` and ``\X4\`` escapes.

    Exporters write them as they are, which the second edition of ISO 10303-21 forbids and the third allows; the
    parser drops them without a word.
    """
    if data.isascii():
        return data
    return _RAW.sub(_escaped, data.decode("utf-8")).encode("ascii")


def _escaped(match: re.Match[str]) -> str:
    wide = max(match[0]) > "\uffff"
    code = match[0].encode("utf-32-be" if wide else "utf-16-be").hex().upper()
    return f"\\X{4 if wide else 2}\\{code}\\X0\\"


def repair_escapes(data: bytes) -> tuple[bytes, list[ReadFinding]]:
    r"""Return `data` with every broken ``\X2\`` or ``\X4\`` escape replaced by U+FFFD, and a finding for each."""
    if b"\\" not in data:
        return data, []
    if b"\\S\\'" in data:  # a bare quote: where does the text end?
        data = _SHIFTED_QUOTE.sub(
            lambda m: b"\\X\\A7'" if m[0].endswith(b"''") and _ends(data, m) else b"\\X\\A7", data
        )
    if not _ESCAPED.search(data):
        return data, []
    findings: list[ReadFinding] = []

    def repair(match: re.Match[bytes]) -> bytes:
        if _valid(match):
            return match[0]
        findings.append(
            ReadFinding(
                "encoding.escape",
                Severity.WARNING,
                "A text holds a broken character escape; the characters were replaced.",
                "Type the name again in the authoring tool and export.",
                line=_line(data, match.start()),
            )
        )
        return _REPLACEMENT

    return _ESCAPE.sub(repair, data), findings


def _ends(data: bytes, match: re.Match[bytes]) -> bool:
    return data[match.end() : match.end() + 8].lstrip()[:1] in (b",", b")")


def holds_shifted_bytes(data: bytes) -> bool:
    """Tell whether `data` writes bytes 80 to 9F as single characters, which no alphabet of ISO 8859 has."""
    return b"\\" in data and _C1_ESCAPE.search(data) is not None


def from_shift_jis(text: str) -> str:
    """Return `text` decoded from Shift-JIS bytes that an exporter wrote one by one; unchanged if it is not that."""
    if not _C1.search(text):
        return text
    try:
        japanese = text.encode("latin-1").decode("cp932")
    except UnicodeError:
        return text
    return japanese if _JAPANESE.search(japanese) else text


def _valid(match: re.Match[bytes]) -> bool:
    codes, size = (match[1], 4) if match[1] is not None else (match[2], 8)
    if codes is None:
        return False
    raw = bytes.fromhex(codes.decode())
    try:
        raw.decode("utf-16-be" if size == 4 else "utf-32-be")
    except UnicodeDecodeError:
        return False
    return True
