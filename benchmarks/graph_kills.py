"""SIGKILL at random points of loads: afterwards the graph is that of a whole version, and a rebuild gives the same.

A process loads two versions of one building in turn, without end, and is killed after a random time; then the graph
is opened anew. What it holds must be nothing, the first or the second version, bit for bit in canonical export; and
after removing everything and loading again the export must be the same as before. A server outlives the loader and
may be about to commit what came in last: an export, which is many queries, counts when the next one is equal to it.

    python -m benchmarks.graph_kills [--kills 100] [--engines embedded,arcadedb,neo4j] [--seed 20]
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.bolt_servers import NotToBeHad, arcadedb, neo4j_community
from benchmarks.graph_versions import SCOPE, batch
from graph import KgliteStore, Neo4jStore, canonical_lines

SETTLES = 20  # exports after a kill until two of them are equal; one commit is all that can be under way

Where = Sequence[str]  # a path, or url, user and password


class NotWhole(Exception):  # noqa: N818 - reads as the sentence it is
    """After a kill the graph was neither of the versions."""


def opened(where: Where) -> KgliteStore | Neo4jStore:
    """Open the embedded engine or a server."""
    return KgliteStore(Path(where[0])) if len(where) == 1 else Neo4jStore(*where)


def rounds(where: Where, kills: int, seed: int) -> dict[str, Any]:
    """Kill as many loads as asked and return what was seen.

    Raises:
        NotWhole: the graph was not that of a whole version, or was another one after a rebuild.
    """
    chance, finished, seen = random.Random(seed), 0, [0, 0, 0]
    store = opened(where)
    whole = [list[str](), *_exports(store)]
    started = time.perf_counter()
    _exports(store)
    load_s = (time.perf_counter() - started) / 2
    store.close()
    for _ in range(kills):
        finished += _kill_while_loading(where, chance.uniform(0, 3 * load_s))
        store = opened(where)
        try:
            seen[_which(_settled(store), whole)] += 1
            if _rebuilt(store) != whole[1]:
                raise NotWhole("A rebuild gave another graph.")
            if chance.random() < 0.5:  # else the next load begins on what is there
                store.remove(SCOPE)
        finally:
            store.close()
    return {"kills": kills, "seed": seed, "load_s": round(load_s, 3), "loads_finished": finished,
            "found_nothing": seen[0], "found_first": seen[1], "found_second": seen[2]}  # fmt: skip


def _settled(store: KgliteStore | Neo4jStore) -> list[str]:
    found = list(canonical_lines(store))
    for _ in range(SETTLES):
        before, found = found, list(canonical_lines(store))
        if before == found:
            return found
    raise NotWhole("The graph did not come to rest.")


def _which(found: list[str], whole: list[list[str]]) -> int:
    if found not in whole:
        raise NotWhole(f"After a kill the graph was neither version: {len(found)} lines, not {len(whole[1])}.")
    return whole.index(found)


def _rebuilt(store: KgliteStore | Neo4jStore) -> list[str]:
    store.remove(SCOPE)
    store.replace(batch(1))
    return list(canonical_lines(store))


def _exports(store: KgliteStore | Neo4jStore) -> list[list[str]]:
    exports = []
    for number in (1, 2):
        store.replace(batch(number))
        exports.append(list(canonical_lines(store)))
    store.remove(SCOPE)
    return exports


def _load_for_ever(where: Where, told: Connection) -> None:
    store = opened(where)
    told.send("ready")
    while True:
        for number in (2, 1):
            store.replace(batch(number))
            told.send("loaded")


def _kill_while_loading(where: Where, delay_s: float) -> int:
    """Start loads, kill the process after a time, and return how many loads it had finished."""
    forked = multiprocessing.get_context("fork")
    hears, tells = forked.Pipe(duplex=False)
    child = forked.Process(target=_load_for_ever, args=(where, tells), daemon=True)
    child.start()
    tells.close()
    hears.recv()
    time.sleep(delay_s)
    child.kill()
    child.join()
    finished = 0
    try:
        while hears.recv() == "loaded":
            finished += 1
    except (EOFError, OSError):
        return finished
    finally:
        hears.close()
    return finished


def _started(engine: str, folder: Path, stack: ExitStack) -> Where:
    if engine == "embedded":
        return (str(folder / "g.kgl"),)
    return stack.enter_context(arcadedb(folder) if engine == "arcadedb" else neo4j_community(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--engines", default="embedded,arcadedb,neo4j")
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args()
    for engine in given.engines.split(","):
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            folder = Path(name)
            try:
                where = _started(engine, folder, stack)
            except NotToBeHad as reason:
                print(f"{engine}: not measured: {reason}", file=sys.stderr)
                continue
            print(json.dumps({"engine": engine, **rounds(where, given.kills, given.seed)}), flush=True)


if __name__ == "__main__":
    main()
