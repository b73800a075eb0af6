"""Signatures that stand inside submitted IFC files: verified when a file comes in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography import x509

from ifc import IfcReadError, unpack
from signatures import EmbeddedReport, EmbeddedSignature, EmbeddedVerdict, embedded_signatures

TAIL_BYTES = 4 * 1024 * 1024  # where signatures stand; the verifier itself refuses larger ones
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024  # of an archive, in memory; ten times the largest common model
_MARK = b"SIGNATURE;"
_ZIP = b"PK\x03\x04"


def file_signatures(path: Path, roots: Sequence[x509.Certificate] = ()) -> dict[str, Any]:
    """Return the verdict on the signatures inside an IFC file: none, valid, invalid or unread, with reasons.

    Args:
        path: The submitted file, plain or ifcZIP.
        roots: Whose certificates make a signer known.
    """
    with path.open("rb") as stream:
        packed = stream.read(len(_ZIP)) == _ZIP
        stream.seek(max(0, path.stat().st_size - TAIL_BYTES))
        if not packed and _MARK not in stream.read():
            return _json(EmbeddedReport(EmbeddedVerdict.NONE, ()))
    data = path.read_bytes()
    try:
        content = unpack(data, MAX_UNPACKED_BYTES) if packed else data
    except IfcReadError as error:
        return {"verdict": "unread", "signatures": [], "reason": error.message}
    return _json(embedded_signatures(content, roots))


def _json(report: EmbeddedReport) -> dict[str, Any]:
    return {"verdict": report.verdict.value, "signatures": [_signature(item) for item in report.signatures]}


def _signature(signature: EmbeddedSignature) -> dict[str, Any]:
    return {
        "valid": signature.valid,
        "trusted": signature.trusted,
        "reason": signature.reason,
        "signer": signature.signer,
        "issuer": signature.issuer,
        "signed_at": None if signature.signed_at is None else signature.signed_at.isoformat(),
    }
