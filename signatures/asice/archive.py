"""The ZIP of an ASiC container: written plainly, read without trusting anything that it says twice."""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from signatures.errors import Reason, SignatureError

MEDIA_TYPE = b"application/vnd.etsi.asic-e+zip"
MIMETYPE = "mimetype"
MAX_ENTRIES = 1_000
MAX_CONTENT_BYTES = 1_073_741_824  # a gibibyte; the largest model seen has 103 MB
MAX_COMMENT = 255  # DigiDoc software signs each entry with its own name and version
MAX_RATIO = 200  # Deflate of a STEP file is about 1:8; 1:1032 is the most that Deflate can do
SMALL_BYTES = 1_048_576  # below this a ratio means nothing

_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_DESCRIPTOR_SIZES = (0, 12, 16)
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FOREIGN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    struct.error,
    OSError,
)
_BAD_NAME = re.compile(r'(^/)|(^|/)\.\.?(/|$)|//|[\x00-\x1f\x7f\\:*?"<>|]')


def pack(entries: Mapping[str, bytes]) -> bytes:
    """Return the ZIP of `entries`, the media type first and not compressed.

    Raises:
        SignatureError: (container) a name that no container may have.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, MIMETYPE, MEDIA_TYPE, zipfile.ZIP_STORED)
        for name, data in entries.items():
            _check_name(name)
            _add(archive, name, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(data: bytes, *, max_bytes: int = MAX_CONTENT_BYTES) -> dict[str, bytes]:
    """Return the entries of a container in their order, without the media type.

    Raises:
        SignatureError: (container) not a ZIP of which every byte is accounted for: something before, between or after
            the entries, two entries of one name, headers that contradict each other, encryption, a bomb.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(data, archive, infos)
            _check_sizes(infos, max_bytes)
            found = {info.filename: _read(archive, info) for info in infos}
    except _FOREIGN as error:
        raise refused("This is not a container, or it is damaged.") from error
    if found.pop(MIMETYPE) != MEDIA_TYPE:
        raise refused("The media type of the container is another.")
    return found


def refused(message: str, entity: str | None = None) -> SignatureError:
    """Return the error for a container that is not of the accepted form."""
    return SignatureError(message, reason=Reason.CONTAINER, entity=entity)


def _add(archive: zipfile.ZipFile, name: str, data: bytes, method: int) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = method
    info.create_system = 3  # Unix, whatever machine writes it
    info.external_attr = 0o100644 << 16
    archive.writestr(info, data)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        data = stream.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise refused("An entry has another size than it says.", info.filename)
    return data


def _check_directory(data: bytes, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    if not infos or len(infos) > MAX_ENTRIES or infos[0].filename != MIMETYPE or infos[0].header_offset != 0:
        raise refused("The container does not begin with its media type, or has too many entries.")
    if infos[0].compress_type != zipfile.ZIP_STORED or infos[0].extra:
        raise refused("The media type of the container is compressed or has extra fields.")
    folded = {unicodedata.normalize("NFC", info.filename).casefold() for info in infos}
    if len(folded) != len(infos):
        raise refused("Two entries have the same name.")
    start: int = getattr(archive, "start_dir")  # noqa: B009 - public in zipfile, absent from its types
    _check_end(data, start, len(infos), archive.comment)
    for info in infos:
        _check_comment(info.comment)
    ends = [info.header_offset for info in infos[1:]] + [start]
    for info, end in zip(infos, ends, strict=True):
        _check_name(info.filename)
        _check_local(data, info, end)


def _check_end(data: bytes, start: int, count: int, comment: bytes) -> None:
    """Check that the directory ends the file: one end record, nothing after it but its comment, no ZIP64."""
    at = len(data) - _END.size - len(comment)
    end = _END.unpack_from(data, at)
    fits = end[0] == b"PK\x05\x06" and end[1:3] == (0, 0) and end[3] == end[4] == count
    _check_comment(comment)
    if not fits or end[7] != len(comment) or end[6] != start or start + end[5] != at:
        raise refused("The end of the container is not that of one plain ZIP.")


def _check_comment(comment: bytes) -> None:
    """Let through the name of a program, which DigiDoc software writes, and nothing that could be part of a ZIP."""
    if len(comment) > MAX_COMMENT or not comment.isascii() or not comment.decode().isprintable():
        raise refused("The container has a comment that is more than the name of a program.")


def _check_local(data: bytes, info: zipfile.ZipInfo, end: int) -> None:
    """Check that the local header says what the directory says, and that the entry ends where the next begins."""
    header: tuple[Any, ...] = _LOCAL.unpack_from(data, info.header_offset)
    flags, method, crc, packed, size, name_length, extra_length = *header[2:4], *header[6:]
    name_at = info.header_offset + _LOCAL.size
    name = data[name_at : name_at + name_length]
    coding = "utf-8" if flags & _UTF8 else "ascii"
    described = bool(flags & _DESCRIPTOR)
    same = name.decode(coding) == info.filename and method == info.compress_type and flags == info.flag_bits
    sizes = (crc, packed, size) == (info.CRC, info.compress_size, info.file_size)
    empty = described and (packed, size) == (0, 0)
    if header[0] != b"PK\x03\x04" or not same or not (sizes or empty) or flags & _ENCRYPTED:
        raise refused("An entry is described in two ways, or encrypted.", info.filename)
    if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused("An entry is compressed in a way that is not accepted.", info.filename)
    rest = end - (name_at + name_length + extra_length + info.compress_size)
    if rest not in (_DESCRIPTOR_SIZES if described else (0,)):
        raise refused("Something lies between two entries, or they overlap.", info.filename)


def _check_sizes(infos: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if sum(info.file_size for info in infos) > max_bytes:
        raise refused(f"The container holds more than {max_bytes} bytes.")
    for info in infos:
        if info.file_size > SMALL_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise refused("An entry is a compression bomb.", info.filename)


def _check_name(name: str) -> None:
    if not name or len(name.encode()) > 255 or _BAD_NAME.search(name) or name.endswith("/"):
        raise refused("An entry has a name that a container may not have.", name[:120])
