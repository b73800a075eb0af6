"""OpenAPI 3.1 as OpenAPI 3.0, for clients that know no other."""

from collections.abc import Mapping
from typing import Any

VERSION = "3.0.3"
_DROPPED = frozenset(
    {"$schema", "$id", "$defs", "contentEncoding", "propertyNames", "patternProperties", "unevaluatedProperties"}
)


def to_openapi_30(document: Mapping[str, Any], prefix: str, server: str) -> dict[str, Any]:
    """Return the part of an OpenAPI 3.1 document below a path as OpenAPI 3.0.

    Args:
        document: OpenAPI 3.1.
        prefix: Paths that begin with it are kept, without it.
        server: URL that stands for the prefix.
    """
    paths = {
        path.removeprefix(prefix) or "/": _turned(item)
        for path, item in document["paths"].items()
        if path.startswith(prefix)
    }
    schemas = {name: _turned(schema) for name, schema in document.get("components", {}).get("schemas", {}).items()}
    used = _reached(paths, schemas)
    made: dict[str, Any] = {
        "openapi": VERSION,
        "info": {
            key: document["info"][key] for key in ("title", "version", "description") if key in document["info"]
        },
        "servers": [{"url": server}],
        "paths": paths,
    }
    if used:
        made["components"] = {"schemas": {name: schemas[name] for name in sorted(used)}}
    return made


def _reached(paths: Any, schemas: Mapping[str, Any]) -> set[str]:
    """Return the names of the schemas that the paths use, at any depth."""
    found: set[str] = set()
    waiting = [paths]
    while waiting:
        for name in _references(waiting.pop()):
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _references(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = value.get("$ref")
        rest = [name for item in value.values() for name in _references(item)]
        return [*rest, own.rpartition("/")[2]] if isinstance(own, str) else rest
    return [name for item in value for name in _references(item)] if isinstance(value, list) else []


def _turned(value: Any) -> Any:
    if isinstance(value, list):
        return [_turned(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "$ref" in value:
        return {"$ref": value["$ref"]}  # nothing may stand beside a reference in 3.0
    made = {key: _turned(item) for key, item in value.items() if key not in _DROPPED}
    for step in (_types, _choices, _bounds, _constants):
        made = step(made)
    return made


def _types(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn a list of types into one type or a choice."""
    kinds = schema.get("type")
    if kinds == "null":
        return {**{k: v for k, v in schema.items() if k != "type"}, "nullable": True, "enum": [None]}
    if not isinstance(kinds, list):
        return schema
    rest = {key: item for key, item in schema.items() if key != "type"}
    named = [kind for kind in kinds if kind != "null"]
    null = {"nullable": True} if len(named) < len(kinds) else {}
    return {**rest, **({"type": named[0]} if len(named) == 1 else {"anyOf": [{"type": k} for k in named]}), **null}


def _choices(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn a choice with null into a nullable one."""
    for word in ("anyOf", "oneOf"):
        options = schema.get(word)
        if not isinstance(options, list):
            continue
        named = [o for o in options if not (isinstance(o, dict) and o.get("enum") == [None])]
        if len(named) == len(options):
            continue
        rest = {key: item for key, item in schema.items() if key != word}
        if len(named) == 1 and "$ref" not in named[0]:
            return {**named[0], **rest, "nullable": True}
        return {**rest, word: named, "nullable": True}
    return schema


def _bounds(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn exclusive bounds that are numbers into bounds with a flag."""
    made = dict(schema)
    for plain, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        bound = made.get(exclusive)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            made[plain], made[exclusive] = bound, True
    return made


def _constants(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn words that 3.0 does not know into those that it does."""
    made = dict(schema)
    if "const" in made:
        made["enum"] = [made.pop("const")]
    if isinstance(made.get("examples"), list):
        examples = made.pop("examples")
        made |= {"example": examples[0]} if examples else {}
    if "contentMediaType" in made and made.get("type") == "string":
        made.pop("contentMediaType")
        made["format"] = "binary"
    if "prefixItems" in made:
        items = made.pop("prefixItems")
        made["items"] = {"anyOf": items} if items else {}
    return made
