"""How a document becomes another: JSON Patch (RFC 6902) as FROST clients send it, and JSON Merge Patch (RFC 7396)."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from twin.errors import InvalidInput

MAX_OPERATIONS = 100  # of one patch; an entity has a dozen members
MAX_DEPTH = 8  # of a path and of a merged document


def patched(document: Mapping[str, Any], patch: Any) -> dict[str, Any]:
    """Return `document` after a patch: a list is a JSON Patch, an object a JSON Merge Patch.

    Raises:
        InvalidInput: (patch) the patch is malformed, or does not fit the document.
    """
    if isinstance(patch, dict):
        merged = _merged(document, patch, 0)
        return dict(merged)
    if not isinstance(patch, list) or len(patch) > MAX_OPERATIONS:
        raise _wrong(f"It is neither an object nor a list of at most {MAX_OPERATIONS} operations.")
    changed = deepcopy(dict(document))
    for operation in patch:
        _apply(changed, operation)
    return changed


def _merged(document: Any, patch: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
    if depth > MAX_DEPTH:
        raise _wrong("It is nested too deeply.")
    made = dict(document) if isinstance(document, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = _merged(made.get(name), value, depth + 1) if isinstance(value, dict) else value
    return made


def _apply(document: dict[str, Any], operation: Any) -> None:
    if not isinstance(operation, dict):
        raise _wrong("An operation is no object.")
    kind, path = operation.get("op"), _path(operation.get("path"))
    if kind in ("add", "replace", "test") and "value" not in operation:
        raise _wrong(f"{kind} has no value.")
    if kind == "test":
        if _get(document, path) != operation["value"]:
            raise _wrong("A test does not hold.")
    elif kind == "remove":
        _remove(document, path)
    elif kind in ("add", "replace"):
        _put(document, path, operation["value"], new=kind == "add")
    elif kind in ("copy", "move"):
        source = _path(operation.get("from"))
        value = deepcopy(_get(document, source))
        if kind == "move":
            _remove(document, source)
        _put(document, path, value, new=True)
    else:
        raise _wrong("An operation has an unknown name.")


def _path(text: Any) -> list[str]:
    if not isinstance(text, str) or not text.startswith("/") or text.count("/") > MAX_DEPTH:
        raise _wrong("A path must name a member, such as /properties/owner.")
    return [part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/")]


def _get(document: Any, path: Sequence[str]) -> Any:
    for name in path:
        document = document[_key(document, name)]
    return document


def _key(holder: Any, name: str) -> Any:
    if isinstance(holder, dict) and name in holder:
        return name
    if isinstance(holder, list) and name.isascii() and name.isdigit() and int(name) < len(holder):
        return int(name)
    raise _wrong(f"There is no member {name[:40]}.")


def _remove(document: Any, path: Sequence[str]) -> None:
    holder = _get(document, path[:-1])
    del holder[_key(holder, path[-1])]


def _put(document: Any, path: Sequence[str], value: Any, *, new: bool) -> None:
    holder, name = _get(document, path[:-1]), path[-1]
    if new and isinstance(holder, dict):
        holder[name] = value
    elif new and isinstance(holder, list):
        holder.insert(len(holder) if name == "-" else int(_key([*holder, None], name)), value)
    else:
        holder[_key(holder, name)] = value


def _wrong(why: str) -> InvalidInput:
    return InvalidInput(
        f"The patch cannot be applied. {why}",
        reason="patch",
        hint="Send a JSON Patch (RFC 6902) or a JSON Merge Patch (RFC 7396).",
    )
