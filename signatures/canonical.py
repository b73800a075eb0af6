"""Strict JSON in, RFC 8785 (JCS) bytes out."""

import json
from collections.abc import Iterable
from typing import Any

import rfc8785

from signatures.errors import Reason, SignatureError

MAX_DOCUMENT_BYTES = 65_535  # the entry limit of a C2SP tile log, in which credentials are to be kept
MAX_DEPTH = 32  # a credential has about six levels; recursion beyond this is an attack


def jcs(value: Any) -> bytes:
    """Return the RFC 8785 bytes of `value`.

    Raises:
        SignatureError: (json) not I-JSON: NaN, an integer past 2^53, a lone surrogate, a foreign type, too deep.
    """
    try:
        return bytes(rfc8785.dumps(value))
    except (ValueError, TypeError, RecursionError) as error:
        raise SignatureError(f"Not canonical JSON: {error}.", reason=Reason.JSON) from error


def parse_object(data: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> dict[str, Any]:
    """Return the JSON object in `data`, read strictly (I-JSON, RFC 7493).

    Args:
        data: UTF-8 without a byte order mark.
        max_bytes: Longest accepted `data`.

    Raises:
        SignatureError: (too-large, duplicate-key, json) the bytes are not one plain JSON object.
    """
    if len(data) > max_bytes:
        raise SignatureError(
            f"The document has {len(data)} bytes; at most {max_bytes} are read.", reason=Reason.TOO_LARGE
        )
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise SignatureError(f"Not JSON: {error}.", reason=Reason.JSON, line=line) from error
    if not isinstance(value, dict):
        raise SignatureError("The document is not a JSON object.", reason=Reason.JSON)
    _check_depth(value, MAX_DEPTH)
    jcs(value)
    return value


def parse_canonical(data: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> dict[str, Any]:
    """Return the JSON object in `data`, which must be in its RFC 8785 form.

    Raises:
        SignatureError: as `parse_object`, and (json) if the bytes are another spelling of the same object.
    """
    value = parse_object(data, max_bytes=max_bytes)
    if jcs(value) != data:
        raise SignatureError(
            "The document is not in its canonical form.",
            reason=Reason.JSON,
            hint="Use the bytes as they were issued; do not re-format them.",
        )
    return value


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise SignatureError(
                f"The member {key[:80]!r} occurs twice in one object.", reason=Reason.DUPLICATE_KEY, entity=key[:80]
            )
        result[key] = value
    return result


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise SignatureError(f"The document is nested deeper than {MAX_DEPTH} levels.", reason=Reason.JSON)
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _check_depth(child, left - 1)
