"""Loading one IFC file into a graph: ours beside `ifc-graph` and `ifctoneo4j`, in the same run.

The peers are installed in a folder of their own. All fill the same real Neo4j, emptied before each; ours fills
the embedded engine too. Each loads in a process of its own, from the start of the program to the last commit: parsing
the file and starting Python count for all. The best of the rounds is taken.

    python -m benchmarks.graph_peers FILE.ifc [...] [--rounds 2]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import neo4j

from benchmarks.bolt_servers import Login, NotToBeHad, neo4j_community

PEERS = ("ifc-graph==0.1.3", "ifctoneo4j==0.1.2")
GOAL = 5.0  # times faster than either

_OURS = """
import sys
from pathlib import Path
from graph import KgliteStore, Neo4jStore, Scope, to_batch
from ifc import read_model
file, *where = sys.argv[1:]
store = KgliteStore(Path(where[0])) if len(where) == 1 else Neo4jStore(*where)
records = {record.global_id: record for record in read_model(Path(file)).records}
store.replace(to_batch(Scope("1", "as-built"), 1, "content", records))
store.close()
"""


def install(folder: Path) -> Path | None:
    """Install the peers and return the folder of their commands, or None if they cannot be had."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", *PEERS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return folder / "bin" if done.returncode == 0 else None


def commands(peers: Path | None, file: Path, login: Login, folder: Path) -> Mapping[str, Sequence[str]]:
    """Return the command of each loader."""
    url, user, password = login
    to = ["--neo4j-uri", url, "--neo4j-user", user, "--neo4j-password", password]
    ours = [sys.executable, "-c", _OURS, str(file)]
    found: dict[str, Sequence[str]] = {
        "ours, embedded": [*ours, str(folder / "graph.kgl")],
        "ours, Neo4j": [*ours, *login],
    }
    if peers is not None:
        found["ifc-graph"] = [str(peers / "ifc-graph"), "--ifc-file", str(file), *to]
        found["ifctoneo4j"] = [str(peers / "ifctoneo4j"), str(file), *to]
    return found


def measure(name: str, command: Sequence[str], login: Login, folder: Path) -> dict[str, Any]:
    """Run a loader on an empty graph and return its wall time and what the graph holds then."""
    _empty(login)
    for path in folder.glob("graph.kgl*"):
        path.unlink()
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    nodes, edges = _held(login)
    failed = done.returncode != 0 or (name != "ours, embedded" and nodes == 0)
    return {"loader": name, "seconds": round(seconds, 2), "nodes": nodes, "edges": edges,
            "failure": (done.stderr or done.stdout)[-300:] if failed else ""}  # fmt: skip


def _empty(login: Login) -> None:
    with neo4j.GraphDatabase.driver(login[0], auth=login[1:]) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")


def _held(login: Login) -> tuple[int, int]:
    with neo4j.GraphDatabase.driver(login[0], auth=login[1:]) as driver:
        texts = (f"MATCH {what} RETURN count(*) AS n" for what in ("(n)", "()-[r]->()"))
        counts = [driver.execute_query(text).records[0]["n"] for text in texts]
    return counts[0], counts[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = install(folder / "peers")
        if peers is None:
            print("The peers cannot be installed here: only ours is measured.", file=sys.stderr)
        (folder / "neo4j").mkdir()
        try:
            with neo4j_community(folder / "neo4j", quick_start=False) as login:
                for file in given.files:
                    report(file, peers, login, folder, given.rounds)
        except NotToBeHad as reason:
            sys.exit(f"Not measured: {reason}")


def report(file: Path, peers: Path | None, login: Login, folder: Path, rounds: int) -> None:
    """Print the best round of each loader, and how many times slower than ours it is."""
    best: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        for name, command in commands(peers, file, login, folder).items():
            found = measure(name, command, login, folder)
            if name not in best or found["seconds"] < best[name]["seconds"]:
                best[name] = found
    for found in best.values():
        for mine in ("ours, embedded", "ours, Neo4j"):
            found[f"times {mine}"] = round(found["seconds"] / best[mine]["seconds"], 2)
        print(json.dumps({"file": file.name, **found}), flush=True)


if __name__ == "__main__":
    main()
