"""Load rate, latency of each named question and memory of the embedded graph, beside the raw engine doing the same.

Buildings are generated (`benchmarks.graph_made`), one after the other, so that only the graph takes memory. Each size
is loaded twice, each time in a process of its own: by the raw engine (the same statements, without our layer: no
comparison with what is there, no digest) and by our store, building by building in turn, so that both meet the same
load of the machine. Questions are asked in turn of our store and of the raw
engine under it (no checked parameter, no typed answer), on one graph. Ratios are ours to raw, of process time for
the load and of medians for questions.

    python -m benchmarks.graph [--sizes 10,100] [--elements 1000] [--district 0] [--repeat 100] [--json]

``--district 100000`` also measures a street of as many buildings on the map, each touching the next, on land of its
own: its load, and the questions about the map.

``--sizes 10,1000`` ends with a city of 1,018,000 nodes and 3.54 million edges, about 3.5 edges a node; it needs 3 GB.
"""

import argparse
import itertools
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kglite

from benchmarks.graph_made import argument, batches, city, scope_of
from graph import QUESTIONS, Batch, KgliteStore, Question, ask
from graph.questions import parse_parameters
from graph.store import plan, schema_statements

TELL_EVERY = 100  # buildings
GOAL = 1.30  # of our layer to the engine
DONE = "done"  # what a part says after each load


class Clock:
    """Sums wall and process time of what runs inside it."""

    def __init__(self) -> None:
        self.wall_s = self.process_s = 0.0

    def run(self, call: Callable[[], object]) -> None:
        wall, process = time.perf_counter(), time.process_time()
        call()
        self.wall_s += time.perf_counter() - wall
        self.process_s += time.process_time() - process


def raw_writer(path: Path) -> tuple[Callable[[Batch], Callable[[], object]], Callable[[], None]]:
    """Return what prepares the write of a batch by the engine alone, and what closes it."""
    session = kglite.open_session(str(path), durable="full")
    for statement in schema_statements().values():
        session.execute(statement)

    def prepare(batch: Batch) -> Callable[[], object]:
        statements = plan(batch, {}, {}).statements

        def write() -> None:
            with session.begin() as transaction:
                for text, parameters in statements:
                    transaction.cypher(text, params=parameters)

        return write

    return prepare, session.close


def turns(given: argparse.Namespace) -> int:
    """Return how many times something is loaded: each building, and the map."""
    return 1 if given.district else given.buildings + 1


def load(prepare: Callable[[Batch], Callable[[], object]], given: argparse.Namespace) -> dict[str, Any]:
    clock, nodes, edges = Clock(), 0, 0
    models = () if given.district else batches(given.buildings, given.elements)
    everything = itertools.chain(models, [(city(given.buildings),)])
    for number in range(turns(given)):
        sys.stdin.readline()
        for batch in next(everything):
            clock.run(prepare(batch))
            nodes, edges = nodes + len(batch.nodes), edges + len(batch.edges)
        if number % TELL_EVERY == TELL_EVERY - 1:
            print(f"{given.part}: {number + 1} buildings in {clock.wall_s:.0f} s", file=sys.stderr, flush=True)
        print(DONE, flush=True)
    return {
        "buildings": given.buildings,
        "nodes": nodes,
        "edges": edges,
        "load_wall_s": round(clock.wall_s, 2),
        "load_process_s": round(clock.process_s, 2),
        "rows_per_s": round((nodes + edges) / clock.wall_s),
        "resident_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def measure_raw(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    prepare, close = raw_writer(folder / "raw.kgl")
    result = load(prepare, given)
    close()
    return result


def measure_ours(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    store = KgliteStore(folder / "ours.kgl")
    result = load(lambda batch: lambda: store.replace(batch), given)
    clock, rows = Clock(), 0
    models = (batch for batch, _ in batches(min(given.buildings, 20), given.elements))
    for batch in [city(given.buildings)] if given.district else models:
        clock.run(lambda batch=batch: _unchanged(store, batch))  # type: ignore[misc]
        rows += len(batch.nodes) + len(batch.edges)
    result["unchanged_rows_per_s"] = round(rows / clock.wall_s)
    asked = [question for question in QUESTIONS if question.of_city or not given.district]
    result["questions"] = [measure(question, store, given) for question in asked]
    store.close()
    return result


def _unchanged(store: KgliteStore, batch: Batch) -> None:
    written = store.replace(batch)
    if any((written.nodes_put, written.nodes_removed, written.edges_put, written.edges_removed)):
        sys.exit("A second load of the same content wrote something.")


def measure(question: Question, store: KgliteStore, given: argparse.Namespace) -> dict[str, Any]:
    """Return the latency of a question at our door and at the engine's, asked in turn of the same graph."""
    chance, rows = random.Random(7), 0
    ours: list[float] = []
    bare: list[float] = []
    raw = store._session  # noqa: SLF001 - a second session would be a second graph
    for n in range(given.repeat):
        scope = scope_of(chance.randrange(given.buildings))
        arguments = {p.name: argument(p, given.elements, chance) for p in question.parameters}
        parameters = parse_parameters(question, scope, arguments)

        def asked(scope: Any = scope, arguments: dict[str, str] = arguments) -> int:
            return len(ask(store, scope, question.name, arguments).rows)

        def plain(parameters: dict[str, Any] = parameters) -> int:
            found = raw.cypher(question.text, params=parameters, timeout_ms=60_000, row_limit=1_001)
            return len([dict(row) for row in found])

        for call, times in ((asked, ours), (plain, bare)) if n % 2 else ((plain, bare), (asked, ours)):
            started = time.perf_counter()
            rows = max(rows, call())
            times.append(time.perf_counter() - started)
    ordered = sorted(ours)
    return {
        "question": question.name,
        "rows": rows,
        "p50_ms": round(1e3 * statistics.median(ours), 3),
        "p99_ms": round(1e3 * ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 3),
        "ratio": round(statistics.median(ours) / statistics.median(bare), 2),
    }


def in_children(buildings: int, given: argparse.Namespace) -> list[dict[str, Any]]:
    """Return what the raw engine and our store measured, in processes that load in turn."""
    given.buildings = buildings
    children = [_child(part, given) for part in ("raw", "ours")]
    for _ in range(turns(given)):
        for child in children:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write("next\n")
            child.stdin.flush()
            if child.stdout.readline().strip() != DONE:
                sys.exit("A part of the bench ended before its time.")
    return [dict(json.loads(child.communicate()[0])) for child in children]


def _child(part: str, given: argparse.Namespace) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.graph", "--part", part, "--sizes", str(given.buildings)]
    command += ["--elements", str(given.elements), "--repeat", str(given.repeat), "--district", str(given.district)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def run(given: argparse.Namespace) -> list[dict[str, Any]]:
    results = []
    for buildings in given.sizes:
        raw, ours = in_children(buildings, given)
        ours["load_ratio"] = round(ours["load_process_s"] / raw["load_process_s"], 2)
        ours["load_wall_ratio"] = round(ours["load_wall_s"] / raw["load_wall_s"], 2)
        ours["raw_resident_mib"] = raw["resident_mib"]
        ours["question_ratio"] = round(statistics.median(item["ratio"] for item in ours["questions"]), 2)
        ours["goal_met"] = ours["load_ratio"] < GOAL and ours["question_ratio"] < GOAL
        results.append(ours)
    return results


def table(results: list[dict[str, Any]]) -> str:
    """Return Markdown: what was loaded, and p50 and p99 of each question at each size."""
    keys = [key for key in results[0] if key != "questions"]
    lines = [f"| {key} | " + " | ".join(str(result[key]) for result in results) + " |" for key in keys]
    lines.insert(1, "|---|" + "---|" * len(results))
    heads = [f"rows, p50 ms, p99 ms, ratio at {result['buildings']}" for result in results]
    lines += ["", "| question | " + " | ".join(heads) + " |", "|---|" + "---|" * len(results)]
    for items in zip(*(result["questions"] for result in results), strict=True):
        cells = (f"{i['rows']}, {i['p50_ms']}, {i['p99_ms']}, {i['ratio']}" for i in items)
        lines.append(f"| {items[0]['question']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tell(results: list[dict[str, Any]], given: argparse.Namespace) -> None:
    """Print what was measured."""
    print(json.dumps(results, indent=2) if given.json else table(results) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10,100", help="numbers of buildings")
    parser.add_argument("--elements", type=int, default=1_000)
    parser.add_argument("--district", type=int, default=0, help="buildings of a district without models")
    parser.add_argument("--repeat", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("raw", "ours"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.sizes = [int(size) for size in given.sizes.split(",")]
    if given.part is None:
        district, given.district = given.district, 0
        tell(run(given), given)
        if district:
            given.sizes, given.district = [district], district
            tell(run(given), given)
        return
    given.buildings = given.sizes[0]
    with tempfile.TemporaryDirectory() as folder:
        part = measure_raw if given.part == "raw" else measure_ours
        print(json.dumps(part(Path(folder), given)))


if __name__ == "__main__":
    main()
