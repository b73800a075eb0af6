"""ifcZIP: one IFC file in an archive, unpacked in memory within limits."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from ifc.errors import IfcReadError, Reason

MAX_ENTRIES = 64  # an ifcZIP holds one model and perhaps its textures; thousands of entries are an attack
MAX_RATIO = 200  # IFC text packs 4 to 12 times, empty lines included below 50; a bomb packs 1000 times
_CHUNK = 1 << 20


def _refuse(message: str, hint: str, entity: str | None = None) -> IfcReadError:
    return IfcReadError(message, reason=Reason.ARCHIVE, hint=hint, entity=entity)


def unpack(data: bytes, max_bytes: int) -> bytes:
    """Return the one IFC file of the archive `data`.

    Raises:
        IfcReadError: (archive) broken, encrypted, no or several IFC files, a path that leaves the archive, too many
            entries, a ratio that only a bomb has; (too-large) the model is larger than `max_bytes`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, _choose(archive), max_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise _refuse(f"The archive cannot be unpacked: {error}", "Pack the IFC file again, unencrypted.") from error


def _choose(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _refuse(f"The archive holds {len(entries)} entries; {MAX_ENTRIES} are allowed.", "Pack one IFC file.")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
            raise _refuse("An archive entry points outside the archive.", "Pack one IFC file.", entry.filename[:80])
    models = [entry for entry in entries if entry.filename.lower().endswith(".ifc") and not entry.is_dir()]
    if len(models) != 1:
        raise _refuse(f"The archive holds {len(models)} IFC files; exactly one is needed.", "Pack one IFC file.")
    return models[0]


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, max_bytes: int) -> bytes:
    allowed = min(max_bytes, MAX_RATIO * max(entry.compress_size, 1))
    parts, size = list[bytes](), 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise IfcReadError(
                    f"The packed model is larger than {max_bytes // 2**20} MiB.",
                    reason=Reason.TOO_LARGE,
                    hint="Split the model by discipline.",
                    entity=entry.filename[:80],
                )
            if size > allowed:
                raise _refuse(
                    f"The packed model unpacks more than {MAX_RATIO} times: this is a zip bomb.",
                    "Pack the IFC file again.",
                    entry.filename[:80],
                )
            parts.append(chunk)
    return b"".join(parts)
