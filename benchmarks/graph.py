"""Load rate, latency of each named question and memory of the embedded graph, beside the raw engine doing the same.

Buildings are generated: storeys, rooms, walls with openings and doors, ducts that one air-handling unit feeds,
materials, types, points. The raw engine runs the same statements and queries on a file of its own, without our layer:
no comparison with what is there, no digest, no checked parameter, no typed answer. Ratios are ours to raw, medians.

    python benchmarks/graph.py [--buildings 20] [--elements 1000] [--repeat 30] [--json]

``--buildings 1000 --elements 1000`` is a city of 1.2 million nodes; it needs 4 GB of memory and some minutes.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import kglite

from graph import (
    QUESTIONS,
    Batch,
    Derived,
    KgliteStore,
    Parameter,
    ParameterKind,
    PointNode,
    Question,
    Scope,
    SpaceLink,
    ask,
    labels_in,
    points_batch,
    to_batch,
)
from graph.questions import parse_parameters
from graph.store import plan, schema_statements
from ifc import ElementRecord, MaterialPart, Measure, Relation, RelationKind

STAGE = "as-built"
STOREYS = 5
ROOM_SHARE = 20  # one room for so many elements
MATERIALS = ("Tellis", "Betoon", "Mineraalvill", "Kips", "Teras", "Puit", "Klaas", "Alumiinium")


def records_of(elements: int) -> dict[str, ElementRecord]:
    """Return the records of one building with about `elements` elements."""
    made: dict[str, ElementRecord] = {}

    def add(i: str, ifc_class: str, *links: tuple[RelationKind, str], **more: Any) -> None:
        relations = tuple(Relation(kind, target) for kind, target in links)
        made[i] = ElementRecord(i, ifc_class, name=i, relations=relations, **more)

    inside, member, nest = RelationKind.CONTAINED_IN, RelationKind.ASSIGNED_TO, RelationKind.NESTED_IN
    add("house", "IfcBuilding")
    add("supply", "IfcDistributionSystem", (RelationKind.SERVES, "house"))
    add("fire", "IfcZone", property_sets={"AR_Tsoon_Tuleohutus": {"085_Tuletõkkesektsioon": "EI60"}})
    for n in range(10):
        add(f"type{n}", "IfcWallType", property_sets={"P": {"ThermalTransmittance": 0.1 + n / 20}})
    for n in range(STOREYS):
        elevation = {"Elevation": Measure(3.0 * n, "m", "IfcLengthMeasure")}
        add(f"storey{n}", "IfcBuildingStorey", (RelationKind.AGGREGATED_IN, "house"), attributes=elevation)
    rooms = max(2, elements // ROOM_SHARE)
    for n in range(rooms):
        sets = {"AR_Ruum": {"115_Kategooria": ("elutuba", "köök", "wc")[n % 3], "722_Eluruumi-number": str(n // 4)}}
        area = {"Q": {"NetFloorArea": Measure(5.0 + n % 30, "m2", "IfcAreaMeasure")}}
        parent = (RelationKind.AGGREGATED_IN, f"storey{n % STOREYS}")
        add(f"room{n}", "IfcSpace", parent, (member, "fire"), property_sets=sets, quantity_sets=area)
    add("ahu", "IfcUnitaryEquipment", (inside, "room0"), (member, "supply"))
    add("out-ahu", "IfcDistributionPort", (nest, "ahu"), (RelationKind.PORT_CONNECTED_TO, "in-0"))
    _elements(add, elements, rooms)
    _ducts(add, [i for i, record in made.items() if record.ifc_class == "IfcAirTerminal"])
    return made


def _elements(add: Callable[..., None], elements: int, rooms: int) -> None:
    inside, bounds = RelationKind.CONTAINED_IN, RelationKind.BOUNDS
    for n in range(elements):
        room, storey, kind = f"room{n % rooms}", f"storey{n % STOREYS}", n % 5
        if kind < 2:
            layers = (
                MaterialPart("layer", 0, MATERIALS[n % 8], 0.1),
                MaterialPart("layer", 1, MATERIALS[n % 7], 0.2),
            )
            volume = {"Q": {"NetVolume": Measure(2.0 + n % 9, "m3", "IfcVolumeMeasure")}}
            add(f"e{n}", "IfcWall", (inside, storey), (bounds, room), (bounds, f"room{(n + 1) % rooms}"),
                (RelationKind.TYPED_BY, f"type{n % 10}"), materials=layers, quantity_sets=volume,
                property_sets={"P": {"IsExternal": n % 3 == 0, "FireRating": "EI30"}})  # fmt: skip
        elif kind == 2:
            add(f"o{n}", "IfcOpeningElement", (RelationKind.VOIDS, f"e{n - 1}"))
            width = {"OverallWidth": Measure(0.7 + n % 5 / 10, "m", "IfcLengthMeasure")}
            add(f"e{n}", "IfcDoor", (inside, storey), (RelationKind.FILLS, f"o{n}"), attributes=width)
        elif kind == 3:
            add(f"e{n}", "IfcAirTerminal", (inside, room), (RelationKind.ASSIGNED_TO, "supply"))
        else:
            add(f"e{n}", "IfcFurniture", (inside, room))


def _ducts(add: Callable[..., None], terminals: list[str]) -> None:
    """Add a trunk for every ten terminals, each fed by the unit."""
    inside, member, nest = RelationKind.CONTAINED_IN, RelationKind.ASSIGNED_TO, RelationKind.NESTED_IN
    for n, terminal in enumerate(terminals):
        trunk = f"duct{n // 10}"
        if n % 10 == 0:
            add(trunk, "IfcDuctSegment", (inside, "storey0"), (member, "supply"))
            add(f"in-{n}", "IfcDistributionPort", (nest, trunk))
            add(f"out-ahu-{n}", "IfcDistributionPort", (nest, "ahu"), (RelationKind.PORT_CONNECTED_TO, f"in-{n}"))
        add(f"in-{terminal}", "IfcDistributionPort", (nest, terminal))
        add(f"to-{terminal}", "IfcDistributionPort", (nest, trunk),
            (RelationKind.PORT_CONNECTED_TO, f"in-{terminal}"))  # fmt: skip


def batches(buildings: int, elements: int) -> Iterator[tuple[Batch, Batch]]:
    """Yield each building with its points."""
    records = records_of(elements)
    rooms = [i for i, record in records.items() if record.ifc_class == "IfcSpace"]
    doors = [i for i, record in records.items() if record.ifc_class == "IfcDoor"]
    pairs = [(door, rooms[(n + side) % len(rooms)]) for n, door in enumerate(doors) for side in (0, 1)]
    derived = Derived(
        adjacency=[SpaceLink(a, b, "geometry") for a, b in itertools.pairwise(rooms)],
        doors=[SpaceLink(a, b, "geometry") for a, b in pairs],
    )
    points = [PointNode(f"p{n}", room, room, "sensor", "Temperature", "Cel") for n, room in enumerate(rooms)]
    for n in range(buildings):
        scope = Scope(str(100_000_000 + n), STAGE)
        batch = to_batch(scope, 1, "content", records, derived)
        yield batch, points_batch(scope, points, labels_in(batch))


def load_ours(path: Path, given: list[Batch]) -> tuple[KgliteStore, float]:
    store = KgliteStore(path)
    started = time.perf_counter()
    for batch in given:
        store.replace(batch)
    return store, time.perf_counter() - started


def load_raw(path: Path, given: list[Batch]) -> tuple[Any, float]:
    session = kglite.open_session(str(path), durable="full")
    for statement in schema_statements():
        session.execute(statement)
    work = [plan(batch, {}, {}).statements for batch in given]
    started = time.perf_counter()
    for statements in work:
        with session.begin() as transaction:
            for text, parameters in statements:
                transaction.cypher(text, params=parameters)
    return session, time.perf_counter() - started


def argument(parameter: Parameter, elements: int, chance: random.Random) -> str:
    """Return a parameter that hits something."""
    walls, rooms = max(1, elements // 5), max(2, elements // ROOM_SHARE)
    if parameter.kind is ParameterKind.SPACE:
        return f"room{chance.randrange(rooms)}"
    if parameter.kind is ParameterKind.STOREY:
        return f"storey{chance.randrange(STOREYS)}"
    if parameter.kind is ParameterKind.SYSTEM:
        return "supply"
    if parameter.kind is ParameterKind.ELEMENT:
        return "ahu" if chance.random() < 0.3 else f"e{5 * chance.randrange(walls)}"
    return {"ifc_class": "IfcDoor", "width_m": "0.9"}.get(parameter.name, "e1")


def measure(question: Question, store: KgliteStore, raw: Any, given: argparse.Namespace) -> dict[str, Any]:
    chance, ours, bare, rows = random.Random(7), [], [], 0
    for n in range(given.repeat):
        scope = Scope(str(100_000_000 + chance.randrange(given.buildings)), STAGE)
        arguments = {p.name: argument(p, given.elements, chance) for p in question.parameters}
        parameters = parse_parameters(question, scope, arguments)

        def asked(scope: Scope = scope, arguments: dict[str, str] = arguments) -> int:
            return len(ask(store, scope, question.name, arguments).rows)

        def plain(parameters: dict[str, Any] = parameters) -> int:
            return len([dict(row) for row in raw.cypher(question.text, params=parameters, timeout_ms=60_000)])

        for call, times in ((asked, ours), (plain, bare)) if n % 2 else ((plain, bare), (asked, ours)):
            count, seconds = timed(call)
            times.append(seconds)
            rows = max(rows, count)
    ordered = sorted(ours)
    return {
        "question": question.name,
        "rows": rows,
        "p50_ms": round(1e3 * statistics.median(ours), 3),
        "p99_ms": round(1e3 * ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 3),
        "raw_p50_ms": round(1e3 * statistics.median(bare), 3),
        "ratio": round(statistics.median(ours) / statistics.median(bare), 2),
    }


def timed(call: Callable[[], int]) -> tuple[int, float]:
    started = time.perf_counter()
    count = call()
    return count, time.perf_counter() - started


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def run(given: argparse.Namespace) -> dict[str, Any]:
    generated = [batch for pair in batches(given.buildings, given.elements) for batch in pair]
    rows = sum(len(batch.nodes) + len(batch.edges) for batch in generated)
    with tempfile.TemporaryDirectory() as folder:
        before = resident_mib()
        store, seconds = load_ours(Path(folder) / "ours.kgl", generated)
        after = resident_mib()
        raw, raw_seconds = load_raw(Path(folder) / "raw.kgl", generated)
        again, unchanged = timed(lambda: sum(store.replace(batch).nodes_put for batch in generated[:20]))
        if again:
            sys.exit("A second load of the same content wrote something.")
        questions = [measure(question, store, raw, given) for question in QUESTIONS]
        store.close()
        raw.close()
    return {
        "buildings": given.buildings,
        "elements": given.elements,
        "nodes": sum(len(batch.nodes) for batch in generated),
        "edges": sum(len(batch.edges) for batch in generated),
        "load_s": round(seconds, 2),
        "rows_per_s": round(rows / seconds),
        "load_ratio": round(seconds / raw_seconds, 2),
        "unchanged_rows_per_s": round(sum(len(b.nodes) + len(b.edges) for b in generated[:20]) / unchanged),
        "graph_mib": round(after - before),
        "median_ratio": round(statistics.median(item["ratio"] for item in questions), 2),
        "questions": questions,
    }


def table(result: dict[str, Any]) -> str:
    lines = [f"{key}: {value}" for key, value in result.items() if key != "questions"]
    heads = list(result["questions"][0])
    lines.append("  ".join(f"{head:>26}" if head == "question" else f"{head:>10}" for head in heads))
    lines += [
        "  ".join(f"{item[head]:>26}" if head == "question" else f"{item[head]:>10}" for head in heads)
        for item in result["questions"]
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buildings", type=int, default=20)
    parser.add_argument("--elements", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    result = run(given)
    print(json.dumps(result, indent=2) if given.json else table(result))


if __name__ == "__main__":
    main()
