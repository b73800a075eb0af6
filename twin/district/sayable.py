"""What can be said again: a value that is kept goes out as JSON in UTF-8 to whoever asks, and into a graph."""

import json
from collections.abc import Mapping
from typing import Any

LARGEST_WHOLE = 2**53  # up to here a whole number is the same to whoever reads JSON (RFC 8259, 6)


def sayable(value: Any) -> bool:
    """Return whether JSON in UTF-8 can hold a value: no infinity, no NaN, no half of a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):  # of which UnicodeEncodeError is one
        return False
    return True


def exact(values: Mapping[str, Any]) -> bool:
    """Return whether values with their names are sayable, and each number is the same to all who read it."""
    wholes = (value for value in values.values() if isinstance(value, int))
    return sayable(values) and all(abs(value) <= LARGEST_WHOLE for value in wholes)


def mended(text: str) -> str:
    """Return a text in which half a character is a question mark, for what is said about it."""
    return text if text.isascii() else text.encode(errors="replace").decode()
