"""Answers of bounded size: lists end sooner than asked for rather than grow without end."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

MAX_ANSWER_BYTES = 8 * 1024 * 1024  # of the features; with what stands around them an answer stays below 10 MiB


def bounded(features: Iterable[Mapping[str, Any]], most_bytes: int = MAX_ANSWER_BYTES) -> list[bytes]:
    """Return features as JSON text, as many from the start as fit, and at least one if there is any."""
    found: list[bytes] = []
    size = 0
    for feature in features:
        text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        size += len(text) + 1
        if found and size > most_bytes:
            break
        found.append(text)
    return found


def paged(document: Mapping[str, Any], name: str, offset: int, limit: int) -> dict[str, Any]:
    """Return a document with a page of its list `name`, ending sooner where the answer would grow too large."""
    items = document[name]
    page = items[offset : offset + limit]
    page = page[: len(bounded(page))]
    reached = offset + len(page)
    return {**document, name: page, "total": len(items), "next": reached if reached < len(items) else None}


def with_features(features: Iterable[bytes], members: Mapping[str, Any], name: str = "features") -> bytes:
    """Return a FeatureCollection, or another object with a list of `name`, of texts and plain members."""
    rest = json.dumps(members, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    start = b'{"type":"FeatureCollection",' if name == "features" else b"{"
    tail = b"," + rest[1:] if len(rest) > 2 else b"}"
    return start + b'"' + name.encode() + b'":[' + b",".join(features) + b"]" + tail
