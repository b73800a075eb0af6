"""A city of generated buildings, imported and asked through every route: rate, memory, latency, size of answers.

The city is a grid of blocks and corner houses with the attributes that a register gives, written as CityJSON 2.0 or
CityJSONSeq. It is imported by the job that the service runs; then each route is asked again and again in one
process, without a socket. The ratio says what the import costs beside `json.loads` of the same bytes. Times are CPU
seconds of this process or of the child of the import, memory is that of the child.

    python benchmarks/city.py [--buildings 100000] [--form seq|json] [--repeat 20] [--json]
    python benchmarks/city.py --buildings 100000 --write city.city.jsonl
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

EAST, NORTH = 530_000, 6_575_000  # south-west corner of the city, EPSG:3301
PITCH_M = (40, 32)  # from house to house
CRS = "https://www.opengis.net/def/crs/EPSG/0/3301"
SCALE = 0.001
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


def ask_all(twin: Any, repeat: int, buildings: int) -> Iterator[tuple[str, list[float], int]]:
    """Yield the CPU seconds of each route and the size of its largest answer."""
    from fastapi.testclient import TestClient

    from api.app import create_app

    side = max(1, round(buildings**0.5))
    chance = random.Random(2)
    with TestClient(create_app(twin), base_url="http://127.0.0.1") as client:
        for name, call in _routes(client, chance, side, buildings).items():
            times, largest = [], 0
            call()  # what is read once and kept
            for _ in range(repeat):
                started = time.process_time()
                answer = call()
                times.append(time.process_time() - started)
                if answer.status_code != 200:
                    sys.exit(f"{name}: {answer.status_code} {answer.text[:300]}")
                largest = max(largest, len(answer.content))
            yield name, times, largest


def _routes(client: Any, chance: random.Random, side: int, buildings: int) -> dict[str, Callable[[], Any]]:
    api = "/api/v1"
    table = "ehr_code;kwh\n" + "".join(f"{100_000_000 + n};{n % 997}\n" for n in range(buildings))
    wishes = [
        {"name": "neighbour_m", "weight": 1, "worst": 0, "best": 50},
        {"name": "heating_kwh_m2_around", "weight": 2, "worst": 250, "best": 0},
        {"name": "distance_m", "weight": 1, "worst": 9000, "best": 0, "point": [EAST, NORTH]},
    ]

    def some() -> str:
        return f"{100_000_000 + chance.randrange(buildings)}"

    def place(height: int = 45) -> str:
        spot = (EAST + chance.randrange(side) * PITCH_M[0] + 35, NORTH + chance.randrange(side) * PITCH_M[1] + 28)
        return f"{spot[0]},{spot[1]},{height}"

    def square(metres: int) -> str:
        spot = (EAST + chance.randrange(side) * PITCH_M[0], NORTH + chance.randrange(side) * PITCH_M[1])
        return f"{spot[0]},{spot[1]},{spot[0] + metres},{spot[1] + metres}"

    def tile_of(root: Json) -> str:
        (inner,) = chance.sample(root["root"]["children"], 1)
        child = client.get(f"{api}/tiles/{inner['content']['uri']}").json()["root"]["children"]
        return str(chance.choice(child)["content"]["uri"])

    def square_name() -> str:
        return str(chance.choice(root["root"]["children"])["content"]["uri"])

    root = client.get(f"{api}/tiles/tileset.json").json()
    items = f"{api}/ogc/collections/buildings/items"
    return {
        "features, page of 100": lambda: client.get(f"{items}?limit=100&offset={chance.randrange(buildings)}"),
        "features, page of 10,000": lambda: client.get(f"{items}?limit=10000"),
        "features, bbox of a street": lambda: client.get(f"{items}?bbox=24.55,59.33,24.553,59.3315&limit=100"),
        "features, bbox of the city": lambda: client.get(
            f"{items}?bbox=24.0,58.0,26.0,60.0&limit=100&offset={chance.randrange(buildings)}"
        ),
        "features, bbox of half of it": lambda: client.get(
            f"{items}?bbox=24.50,59.28,24.64,59.37&limit=100&offset={chance.randrange(max(1, buildings // 10))}"
        ),
        "one feature": lambda: client.get(f"{items}/{some()}"),
        "district": lambda: client.get(f"{api}/district"),
        "district, 5,000 of the city": lambda: client.get(f"{api}/district?context=true&limit=5000"),
        "district, box of 1 km": lambda: client.get(f"{api}/district?context=true&bbox={square(1000)}"),
        "tileset": lambda: client.get(f"{api}/tiles/tileset.json"),
        "tileset of a square": lambda: client.get(f"{api}/tiles/{square_name()}"),
        "tile (and its square)": lambda: client.get(f"{api}/tiles/{tile_of(root)}"),
        "neighbours, 100 m": lambda: client.get(f"{api}/district/neighbours?building_id={some()}&within_m=100"),
        "neighbours, 2 km": lambda: client.get(f"{api}/district/neighbours?building_id={some()}&within_m=2000"),
        "horizon, 200 m": lambda: client.get(f"{api}/district/horizon?building_id={some()}"),
        "sight across the city": lambda: client.get(f"{api}/district/sight?eye={place()}&mark={place(60)}"),
        "thematic map, every building": lambda: client.post(
            f"{api}/district/thematic?column=kwh&limit=5000", files={"file": ("t.csv", table.encode())}
        ),
        "site search, 2,000 parcels": lambda: client.post(
            f"{api}/district/site-search", json={"min_storeys": 2, "criteria": wishes}
        ),
    }  # fmt: skip


def parcels(count: int, side: int) -> tuple[bytes, bytes]:
    """Return parcels and plan areas over a part of the city."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}
    plots, areas = [], []
    for number in range(count):
        place = number * 7 % side**2  # spread over the city
        east = EAST + place % side * PITCH_M[0] - 2
        north = NORTH + place // side * PITCH_M[1] - 2
        cadastral = f"78401:{number // 10000:03}:{number % 10000:04}"
        ring = [[east, north], [east + 38, north], [east + 38, north + 30], [east, north + 30], [east, north]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        plots.append({"type": "Feature", "geometry": shape, "properties": {"cadastral_number": cadastral}})
        right = {"plan_id": f"DP{number}", "cadastral_number": cadastral, "max_storeys": number % 5, "use_codes": []}
        areas.append({"type": "Feature", "geometry": shape, "properties": right})
    found = ({"type": "FeatureCollection", "crs": crs, "features": features} for features in (plots, areas))
    first, second = (json.dumps(collection).encode() for collection in found)
    return first, second


def import_city(home: Path, source: Path) -> tuple[Json, float, float, float]:
    """Import a file as the service does; return the report, CPU seconds, wall seconds and MiB of the child."""
    from ifc import close_fork_server
    from twin.service import open_twin
    from twin.settings import Settings

    twin = open_twin(Settings(home=home))
    try:
        with source.open("rb") as stream:
            sha256 = twin.blobs.put_stream(stream, 1 << 30)
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        report = twin.city.take(sha256).to_json()
        wall = time.perf_counter() - started
        close_fork_server()  # what its children computed counts when it has ended
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        twin.close()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return report, spent, wall, after.ru_maxrss / 1024


def parse_s(source: Path, form: str) -> float:
    """Return the CPU seconds that `json.loads` alone takes."""
    started = time.process_time()
    with source.open("rb") as stream:
        for text in stream if form == "seq" else (stream.read(),):
            json.loads(text)
    return time.process_time() - started


def measure(buildings: int, form: str, repeat: int) -> Json:
    """Return everything that the benchmark measures."""
    from twin.service import open_twin
    from twin.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        source, home = Path(folder, "city.jsonl"), Path(folder, "home")
        (write_sequence if form == "seq" else write_document)(source, buildings)
        report, spent, wall, memory = import_city(home, source)
        twin = open_twin(Settings(home=home))
        for layer, data in zip(("parcels", "plan_areas"), parcels(2_000, round(buildings**0.5)), strict=True):
            twin.layers.put(layer, data)
        twin.close()
        routes = {
            name: {"p50_ms": _at(times, 0.5), "p99_ms": _at(times, 0.99), "kib": round(size / 1024, 1)}
            for name, times, size in ask_all(Settings(home=home), repeat, buildings)
        }
        return {
            "buildings": report["read"],
            "mib": round(source.stat().st_size / 2**20, 1),
            "import_cpu_s": round(spent, 2),
            "import_wall_s": round(wall, 2),
            "buildings_per_cpu_s": round(report["read"] / spent),
            "ratio_to_json_loads": round(spent / parse_s(source, form), 1),
            "import_mib": round(memory),
            "index_mib": round(sum(f.stat().st_size for f in (home / "district").iterdir()) / 2**20, 1),
            "routes": routes,
            "largest_answer_mib": round(max(r["kib"] for r in routes.values()) / 1024, 2),
        }


def _at(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buildings", type=int, default=100_000)
    parser.add_argument("--form", choices=("seq", "json"), default="seq")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--write", type=Path, help="only write the city to this file")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    if given.write:
        (write_sequence if given.form == "seq" else write_document)(given.write, given.buildings)
        return
    found = measure(given.buildings, given.form, given.repeat)
    if found["largest_answer_mib"] * 2**20 > MAX_ANSWER_BYTES:
        sys.exit(f"An answer has {found['largest_answer_mib']} MiB.")
    if given.json:
        print(json.dumps(found, indent=2))
        return
    routes = found.pop("routes")
    for name, value in found.items():
        print(f"{name:24} {value}")
    for name, row in routes.items():
        print(f"{name:32} p50 {row['p50_ms']:8.1f} ms   p99 {row['p99_ms']:8.1f} ms   {row['kib']:9.1f} KiB")


if __name__ == "__main__":
    main()
