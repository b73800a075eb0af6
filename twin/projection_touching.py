"""Which buildings of a large city touch a taller one, from the tables of the city, when its graph is behind.

Addresses, heights and boxes are compared first; the outlines of only those pairs are read that can be rows of the
answer, in the order of the answer and no more than it shows. What is found becomes the same nodes and edges as in the
graph of the city, so that the same text answers.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from twin.city import City
from twin.district import Body, buildings_at, facts_of

FIRST_LOOKED_AT = 256  # buildings of the answer's order that are looked at together; then twice as many, and so on

Pair = tuple[Body, Body, float]  # two bodies in the order of the city, and metres between them


@dataclass(frozen=True, slots=True)
class _Standing:
    """All buildings in the order of the city: models, then the rows of its index that are no models."""

    models: Sequence[Body]
    rows: NDArray[np.int64]
    names: Sequence[str]
    addresses: Sequence[Any]
    heights_m: NDArray[np.float64]
    boxes: NDArray[np.float64]


def touching_taller(city: City, keys: Sequence[str], text: str, tolerance_m: float) -> Iterator[Pair]:
    """Yield pairs of bodies that stand together, of which the lower one has a text in its address.

    They come by address and identifier of the lower one, then by identifier of the taller one.

    Args:
        city: The buildings.
        keys: Names under which an address is known, the first that is known counts.
        text: Part of an address, in any case.
        tolerance_m: Largest distance.
    """
    standing = _standing(city, keys)
    wanted = text.lower()
    addresses = ((i, text) for i, text in enumerate(standing.addresses) if isinstance(text, str))
    hits = [i for i, address in addresses if wanted in address.lower()]
    hits.sort(key=lambda i: (standing.addresses[i], standing.names[i]))
    tree = STRtree(_rectangles(standing.boxes))
    start, size = 0, FIRST_LOOKED_AT
    while start < len(hits):
        yield from _pairs(city, standing, tree, np.array(hits[start : start + size]), tolerance_m)
        start, size = start + size, 2 * size


def _standing(city: City, keys: Sequence[str]) -> _Standing:
    index, own, models = city.index(), city.own(), city.models()
    outlines = np.array([body.shape.bounds for body in models], dtype=np.float64).reshape(-1, 4)
    heights = np.array([body.height_m for body in models], dtype=np.float64)
    names = [body.building_id for body in models]
    addresses = [_first(body.properties, keys) for body in models]
    if index is None:
        return _Standing(models, np.empty(0, dtype=np.int64), names, addresses, heights, outlines)
    facts = facts_of(index, keys)
    kept = [row for row, name in enumerate(facts.names) if name not in own]
    return _Standing(
        models,
        np.array(kept, dtype=np.int64),
        [*names, *(facts.names[row] for row in kept)],
        [*addresses, *(facts.texts[row] for row in kept)],
        np.concatenate([heights, facts.heights_m[kept]]),
        np.concatenate([outlines, facts.boxes[kept]]),
    )


def _first(properties: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((value for key in keys if (value := properties.get(key)) not in (None, "")), None)


def _pairs(
    city: City, standing: _Standing, tree: STRtree, looked_at: NDArray[np.int64], tolerance_m: float
) -> Iterator[Pair]:
    grown = standing.boxes[looked_at] + tolerance_m * np.array([-1, -1, 1, 1])
    at, taller = tree.query(_rectangles(grown))
    rises = standing.heights_m[taller] > standing.heights_m[looked_at[at]]
    found = sorted(
        zip(at[rises].tolist(), taller[rises].tolist(), strict=True), key=lambda p: (p[0], standing.names[p[1]])
    )
    places = [(int(looked_at[low]), high) for low, high in found]
    bodies = _bodies(city, standing, {place for pair in places for place in pair})
    for first, second in map(sorted, places):
        a, b = bodies[first], bodies[second]
        distance_m = float(shapely.distance(a.shape, b.shape))
        if distance_m <= tolerance_m:
            yield a, b, distance_m


def _rectangles(boxes: NDArray[np.float64]) -> NDArray[np.object_]:
    west, south, east, north = boxes.T
    return np.asarray(shapely.box(west, south, east, north), dtype=object)


def _bodies(city: City, standing: _Standing, places: Collection[int]) -> Mapping[int, Body]:
    """Return the bodies at some places of the order of the city."""
    models, index = len(standing.models), city.index()
    rows = {place: int(standing.rows[place - models]) for place in places if place >= models}
    known = {} if index is None else buildings_at(index, list(rows.values()))
    found = {place: standing.models[place] for place in places if place < models}
    for place, row in rows.items():
        b = known[row]
        found[place] = Body(b.building_id, b.shape, b.ground_m, b.height_m, "context", b.attributes)
    return found
