"""Answers of bounded size: lists end sooner than asked for rather than grow without end."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

MAX_ANSWER_BYTES = 8 * 1024 * 1024  # of the features; with what stands around them an answer stays below 10 MiB

MAX_ELEMENTS = 20_000  # half a megabyte of GlobalIds in one result; no picture shows more


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


def paged(
    document: Mapping[str, Any], name: str, offset: int, limit: int, most_bytes: int = MAX_ANSWER_BYTES
) -> dict[str, Any]:
    """Return a document with a page of its list `name`, ending sooner where the answer would grow too large."""
    items = document[name]
    page = items[offset : offset + limit]
    page = page[: len(bounded(page, most_bytes))]
    reached = offset + len(page)
    return {**document, name: page, "total": len(items), "next": reached if reached < len(items) else None}


def part_of(report: Mapping[str, Any], offset: int, limit: int, most_bytes: int = MAX_ANSWER_BYTES) -> dict[str, Any]:
    """Return a permit report with a part of its results, and ``offset``, ``total`` and ``next`` beside them.

    A result names at most `MAX_ELEMENTS` elements; ``elements_total`` says how many there are.
    """
    chosen = [_trimmed(result) for result in report["results"][offset : offset + limit]]
    page = paged({**report, "results": chosen}, "results", 0, limit, most_bytes)
    total, reached = len(report["results"]), offset + len(page["results"])
    return {**page, "offset": offset, "total": total, "next": reached if reached < total else None}


def _trimmed(result: Mapping[str, Any]) -> Mapping[str, Any]:
    elements = result["elements"]
    if len(elements) <= MAX_ELEMENTS:
        return result
    return {**result, "elements": elements[:MAX_ELEMENTS], "elements_total": len(elements)}


def with_features(features: Iterable[bytes], members: Mapping[str, Any], name: str = "features") -> bytes:
    """Return a FeatureCollection, or another object with a list of `name`, of texts and plain members."""
    rest = json.dumps(members, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    start = b'{"type":"FeatureCollection",' if name == "features" else b"{"
    tail = b"," + rest[1:] if len(rest) > 2 else b"}"
    return start + b'"' + name.encode() + b'":[' + b",".join(features) + b"]" + tail
