"""Properties of things on the map as plain values: their names, and the choice by what they hold."""

from collections.abc import Iterable, Mapping
from typing import Any

PLAIN = (str, int, float, bool)


def plain_names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names under which any row holds a plain value, in alphabetical order."""
    return sorted({name for row in rows for name, value in row.items() if isinstance(value, PLAIN)})


def has(row: Mapping[str, Any], where: Mapping[str, str]) -> bool:
    """Return whether a row holds every value that is asked for."""
    return all(same(row.get(name), text) for name, text in where.items())


def same(value: Any, text: str) -> bool:
    """Return whether a plain value is what a text says: numbers by value, truth as ``true`` and ``false``."""
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int | float):
        try:
            return float(text) == float(value)
        except ValueError:
            return False
    return isinstance(value, str) and value == text
