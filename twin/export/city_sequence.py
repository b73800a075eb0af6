"""CityJSONSeq: the same city as one line for what all have in common, and one line for each building."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def cityjson_lines(city: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a CityJSON object as CityJSONSeq: the head, then a CityJSONFeature for each building."""
    head = {**city, "CityObjects": {}, "vertices": []}
    yield _text(head)
    objects = city["CityObjects"]
    for name, thing in objects.items():
        if not thing.get("parents"):
            yield _text(_feature(name, objects, city["vertices"]))


def _feature(name: str, objects: Mapping[str, Json], vertices: list[Any]) -> Json:
    waiting, own = [name], {}
    while waiting:
        here = waiting.pop()
        own[here] = objects[here]
        waiting += objects[here].get("children", ())
    places: dict[int, int] = {}
    made = {here: _moved(thing, places) for here, thing in own.items()}
    used = [vertices[index] for index in places]
    return {"type": "CityJSONFeature", "id": name, "CityObjects": made, "vertices": used}


def _moved(thing: Json, places: dict[int, int]) -> Json:
    """Return a city object whose corners are numbered anew; `places` learns the new number of each."""
    if "geometry" not in thing:
        return thing
    geometry = [{**shape, "boundaries": _renumbered(shape["boundaries"], places)} for shape in thing["geometry"]]
    return {**thing, "geometry": geometry}


def _renumbered(value: Any, places: dict[int, int]) -> Any:
    if isinstance(value, list):
        return [_renumbered(item, places) for item in value]
    return places.setdefault(value, len(places))


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
