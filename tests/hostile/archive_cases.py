"""ifcZIP archives that lie, explode, hide or break."""

import io
import stat
import struct
import zipfile

from .case import loaded, refused
from .text_cases import base

WHEN = (2026, 1, 2, 3, 4, 6)
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
BOMB_BYTES = 64 * 2**20


def pack(*entries, method=zipfile.ZIP_DEFLATED):
    """Return an archive of ``(name, content)`` entries, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            entry = name if isinstance(name, zipfile.ZipInfo) else info(name)
            entry.compress_type = method
            archive.writestr(entry, content)
    return buffer.getvalue()


def info(name):
    return zipfile.ZipInfo(name, WHEN)


def patched(data, record, offset, value):
    """Return `data` with bytes replaced at `offset` of its first `record` (local or central header)."""
    at = data.index(record) + offset
    return data[:at] + value + data[at + len(value) :]


def both(data, local, central, value):
    return patched(patched(data, LOCAL, local, value), CENTRAL, central, value)


def good():
    return pack(("model.ifc", base()))


def bomb():
    return base().replace(b"DATA;\n", b"DATA;\n" + b" " * BOMB_BYTES)


def link():
    entry = info("model.ifc")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return pack((entry, "/etc/passwd"))


def overlapping():
    """Return an archive whose two central entries name the same local bytes."""
    data = pack(("a.txt", b"x"), ("model.ifc", base()))
    second = data.index(CENTRAL, data.index(CENTRAL) + 4)
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


def nameless():
    return pack(("./", b""), ("model.ifc", base()))


def zipped(name, build, *reasons):
    return refused(f"zip-{name}", build, *(reasons or ("archive",)), suffix=".ifczip")


CASES = (
    loaded("zip-sound", good, suffix=".ifczip"),
    loaded("zip-stored", lambda: pack(("a/b/MODEL.IFC", base()), method=zipfile.ZIP_STORED), suffix=".ifczip"),
    loaded(
        "zip-bomb-beside-the-model",
        lambda: pack(("model.ifc", base()), ("t.png", bytes(BOMB_BYTES))),
        suffix=".ifczip",
    ),
    zipped("bomb", lambda: pack(("model.ifc", bomb()))),
    zipped("in-a-zip", lambda: pack(("model.ifczip", good()))),
    zipped("in-a-zip-named-ifc", lambda: pack(("model.ifc", good())), "not-step"),
    zipped("path-escape", lambda: pack(("../../model.ifc", base()))),
    zipped("path-escape-of-windows", lambda: pack(("..\\..\\model.ifc", base()))),
    zipped("path-absolute", lambda: pack(("/tmp/model.ifc", base()))),
    zipped("path-with-drive", lambda: pack(("C:/model.ifc", base()))),
    zipped("two-models", lambda: pack(("a.ifc", base()), ("b.ifc", base()))),
    zipped("same-name-twice", lambda: pack(("a.ifc", base()), ("A.ifc", base()))),
    zipped("no-model", lambda: pack(("readme.txt", b"hello"))),
    zipped("nothing", lambda: pack(), "archive", "not-step"),
    zipped("many-entries", lambda: pack(*((f"{n}.txt", b"") for n in range(1000)), ("model.ifc", base()))),
    zipped("encrypted", lambda: both(good(), 6, 8, struct.pack("<H", 1))),
    zipped("wrong-crc", lambda: both(good(), 14, 16, b"\0\0\0\0")),
    zipped("size-too-small", lambda: both(good(), 22, 24, struct.pack("<I", 10))),
    loaded("zip-size-too-large", lambda: both(good(), 22, 24, struct.pack("<I", 2**31)), suffix=".ifczip"),
    loaded("zip-packed-size-too-large", lambda: both(good(), 18, 20, struct.pack("<I", 2**31)), suffix=".ifczip"),
    zipped("unknown-method", lambda: both(good(), 8, 10, struct.pack("<H", 99))),
    zipped("link", link, "archive", "not-step"),
    zipped("folder-named-ifc", lambda: pack(("model.ifc/", b""))),
    zipped("empty-model", lambda: pack(("model.ifc", b"")), "empty", "not-step"),
    zipped("pdf-named-ifc", lambda: pack(("model.ifc", b"%PDF-1.7")), "not-step"),
    zipped("truncated-model", lambda: pack(("model.ifc", base()[:-40])), "truncated"),
    zipped("truncated", lambda: good()[:-30]),
    zipped("spoilt-data", lambda: patched(good(), LOCAL, 60, b"\xff" * 40)),
    zipped("overlapping", overlapping),
    loaded("zip-nameless-entry", nameless, suffix=".ifczip"),
)
