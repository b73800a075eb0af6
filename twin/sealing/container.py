"""The bundle file: a ZIP of which exactly one spelling exists.

Entries are stored, not compressed, in a fixed order with fixed attributes. A reader rebuilds the file from its
entries and compares all bytes, which leaves no room for hidden, doubled, overlapping or inflating content.
"""

import io
import re
import struct
import zipfile
from collections.abc import Mapping

from twin.errors import InvalidInput

MEDIA_TYPE = b"application/vnd.kaksik.seal+zip"
MAX_BUNDLE_BYTES = 16 * 1024 * 1024  # a seal has about 20 kB; the rest is room for some thousand element proofs
MAX_ENTRIES = 4096
_NAME = re.compile(r"(?:[a-z0-9-]+/)?[a-z0-9-]+(?:\.[a-z0-9]+)?")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that ZIP can write
_FOREIGN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    struct.error,
    OSError,
    OverflowError,
)


def pack(entries: Mapping[str, bytes]) -> bytes:
    """Return the one ZIP that holds `entries`, media type first, then by name.

    Raises:
        InvalidInput: (bundle) too large, too many entries, or a name that no bundle has.
    """
    if len(entries) > MAX_ENTRIES or sum(map(len, entries.values())) > MAX_BUNDLE_BYTES:
        raise _refused("The bundle is too large.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, "mimetype", MEDIA_TYPE)
        for name in sorted(entries):
            if not _NAME.fullmatch(name) or name == "mimetype":
                raise _refused("No bundle has an entry of this name.", name)
            _add(archive, name, entries[name])
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the entries of a bundle by name, without the media type.

    Raises:
        InvalidInput: (bundle) not a ZIP, or not the one spelling that `pack` writes.
    """
    if len(data) > MAX_BUNDLE_BYTES + MAX_ENTRIES * 256:  # 256: headers of an entry
        raise _refused("The bundle is too large.")
    try:
        entries = _read(data)
    except _FOREIGN as error:
        raise _refused("This is not a bundle, or it is damaged.") from error
    if entries.pop("mimetype", None) != MEDIA_TYPE or pack(entries) != data:
        raise _refused("The bundle is not in its one spelling: something was added, moved or re-packed.")
    return entries


def _read(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        names = {info.filename for info in infos}
        stored = all(info.compress_type == zipfile.ZIP_STORED for info in infos)
        if len(names) != len(infos) or len(infos) > MAX_ENTRIES + 1 or not stored:
            raise _refused("The bundle has doubled, compressed or too many entries.")
        if sum(info.file_size for info in infos) > len(data):
            raise _refused("The bundle claims more content than it has.")
        return {info.filename: archive.read(info) for info in infos}


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system = 3  # Unix, whatever machine writes it
    info.external_attr = 0o100644 << 16
    archive.writestr(info, data)


def _refused(message: str, entity: str | None = None) -> InvalidInput:
    return InvalidInput(message, reason="bundle", hint="Ask the issuer for the original file.", entity=entity)
