"""A city of generated buildings, imported and asked through every route: rate, memory, latency, size of answers.

The city is a grid of blocks and corner houses with the attributes that a register gives, written as CityJSON 2.0 or
CityJSONSeq. It is imported by the job that the service runs; then each route is asked again and again in one
process, without a socket. Two ratios say what our layer costs: the import against `json.loads` of the same bytes,
and a page of features against `json.dumps` of the same page. Times are CPU seconds, memory is that of the import.

    python benchmarks/city.py [--buildings 100000] [--form seq|json] [--repeat 20] [--json]
    python benchmarks/city.py --buildings 100000 --write city.city.jsonl
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

EAST, NORTH = 530_000, 6_575_000  # south-west corner of the city, EPSG:3301
PITCH_M = (40, 32)  # from house to house
CRS = "https://www.opengis.net/def/crs/EPSG/0/3301"
SCALE = 0.001
ROUNDS = 3  # CPU time of one import varies by some per cent
MAX_ANSWER_BYTES = 10 * 1024 * 1024

Json = dict[str, Any]


def features(count: int, seed: int = 1) -> Iterator[Json]:
    """Yield the buildings of a city as CityJSONFeatures over the transform of `head`."""
    chance = random.Random(seed)
    side = max(1, round(count**0.5))
    for number in range(count):
        place = (number % side * PITCH_M[0], number // side * PITCH_M[1])
        yield _feature(number, place, chance)


def head() -> Json:
    """Return the first line of the city as a sequence."""
    return {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {"referenceSystem": CRS},
        "transform": {"scale": [SCALE] * 3, "translate": [EAST, NORTH, 0.0]},
        "CityObjects": {},
        "vertices": [],
    }


def _feature(number: int, place: tuple[int, int], chance: random.Random) -> Json:
    width, depth = chance.randint(80, 280) / 10, chance.randint(80, 220) / 10
    ground, height = chance.randint(50, 400) / 10, chance.randint(30, 300) / 10
    ring = [(0.0, 0.0), (width, 0.0), (width, depth), (0.0, depth)]
    if number % 4 == 0:  # a house at a corner
        ring[2:3] = [(width, depth / 2), (width / 2, depth / 2), (width / 2, depth)]
    corners = [(place[0] + x, place[1] + y, z) for z in (ground, ground + height) for x, y in ring]
    size = len(ring)
    walls = [[[i, (i + 1) % size, (i + 1) % size + size, i + size]] for i in range(size)]
    shell = [[list(range(size))[::-1]], [list(range(size, 2 * size))], *walls]
    semantics = {
        "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}],
        "values": [[0, 1, *[2] * size]],
    }
    name = f"{100_000_000 + number}"
    attributes = {
        "ehr_gid": name, "measuredHeight": height, "storeysAboveGround": max(1, int(height // 3)),
        "aasta": chance.randint(1880, 2025), "tyyp": chance.choice(("elamu", "büroo", "kool", "ladu")),
        "heating_kwh_m2": chance.randint(30, 260), "aadress": f"Näidise tn {number}",
    }  # fmt: skip
    solid = {"type": "Solid", "lod": "1.2", "boundaries": [shell], "semantics": semantics}
    return {
        "type": "CityJSONFeature",
        "id": name,
        "CityObjects": {name: {"type": "Building", "attributes": attributes, "geometry": [solid]}},
        "vertices": [[round(v / SCALE) for v in corner] for corner in corners],
    }


def write_sequence(path: Path, count: int) -> None:
    """Write the city as CityJSONSeq."""
    with path.open("w", encoding="utf-8") as file:
        for line in _lines(count):
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_document(path: Path, count: int) -> None:
    """Write the city as one CityJSON object."""
    document = head()
    for feature in features(count):
        start = len(document["vertices"])
        document["vertices"] += feature["vertices"]
        for name, thing in feature["CityObjects"].items():
            (solid,) = thing["geometry"]
            solid["boundaries"] = _shifted(solid["boundaries"], start)
            document["CityObjects"][name] = thing
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _lines(count: int) -> Iterator[Json]:
    yield head()
    yield from features(count)


def _shifted(value: Any, by: int) -> Any:
    return [_shifted(item, by) for item in value] if isinstance(value, list) else value + by
