"""Loading one IFC file into a graph: ours beside `ifc-graph` and `ifctoneo4j`, in the same run.

The peers are installed in a folder of their own. All fill the same real Neo4j, ours the embedded engine too.
Each loader is one process that loads the file again and again, each time from the start: it reads the file, connects,
makes its constraints and writes. The graph is emptied before each load, and has no constraints before each loader.
First all loaders warm up themselves and the server, in turn (`first_s` is the very first load, with the start of the
program and a server that has not seen its queries). Then each loads once more, to make its constraints anew, and is
measured. Given are medians: seconds, processor seconds of the loader and of the server, rows (nodes and edges) and
rows a processor second. A busy machine spoils seconds, hardly processor seconds. What the compilers of the Java
machine take is given apart: it is paid once for a query in the life of a server, late, and often during the load of
another loader.

    python -m benchmarks.graph_peers FILE.ifc [...] [--warm 8] [--rounds 5]
"""

import argparse
import json
import os
import statistics
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
COMPILERS = ("C1 Compiler", "C2 Compiler", "Sweeper")  # threads of the Java machine, by the start of their names

# Loads once for each line that comes in and answers with what it took; `load` is given by each loader
_LOOP = """
import json, logging, os, sys, time
logging.disable(logging.CRITICAL)
answers, sys.stdout = sys.stdout, open(os.devnull, "w")
for _ in sys.stdin:
    wall, spent = time.perf_counter(), time.process_time()
    rows = load()
    took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - spent, "rows": rows}
    print(json.dumps(took), file=answers, flush=True)
"""
_OURS = """
import sys
from pathlib import Path
from graph import KgliteStore, Neo4jStore, Scope, to_batch
from ifc import read_model
file, *where = sys.argv[1:]
def load():
    for old in Path(where[0]).parent.glob("graph.kgl*") if len(where) == 1 else ():
        old.unlink()
    records = {record.global_id: record for record in read_model(Path(file)).records}
    batch = to_batch(Scope("1", "as-built"), 1, "content", records)
    store = KgliteStore(Path(where[0])) if len(where) == 1 else Neo4jStore(*where)
    store.replace(batch)
    store.close()
    return len(batch.nodes) + 1 + len(batch.edges)
"""
_PEER = """
import sys
from {module} import main
def load():
    try:
        code = main()
    except SystemExit as end:
        code = end.code
    if code:
        raise RuntimeError(code)
"""


def install(folder: Path) -> Path | None:
    """Install the peers and return their Python, or None if they cannot be had."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", *PEERS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return folder / "bin" / "python" if done.returncode == 0 else None


def commands(peers: Path | None, file: Path, login: Login, folder: Path) -> Mapping[str, Sequence[str]]:
    """Return the command of each loader."""
    url, user, password = login
    to = ["--neo4j-uri", url, "--neo4j-user", user, "--neo4j-password", password]
    ours = [sys.executable, "-c", _OURS + _LOOP, str(file)]
    found: dict[str, Sequence[str]] = {
        "ours, embedded": [*ours, str(folder / "graph.kgl")],
        "ours, Neo4j": [*ours, *login],
    }
    if peers is not None:
        for name, module, given in (
            ("ifc-graph", "ifc_graph.cli", ["--ifc-file", str(file)]),
            ("ifctoneo4j", "ifctoneo4j.main", [str(file)]),
        ):
            found[name] = [str(peers), "-c", _PEER.format(module=module) + _LOOP, *given, *to]
    return found


class Loader:
    """A process that loads when it is told.

    Args:
        command: Starts it.
        login: The server.
        server: Process id of the server.
    """

    def __init__(self, command: Sequence[str], login: Login, server: int) -> None:
        self._login, self._server = login, server
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def load(self, times: int) -> list[dict[str, Any]]:
        """Load, each time into an empty graph.

        Raises:
            LoaderDied: the process ended.
        """
        return [self._load() for _ in range(times)]

    def _load(self) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        before = cpu_of_threads(self._server)
        try:
            self._child.stdin.write("load\n")
            self._child.stdin.flush()
            answer = self._child.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise LoaderDied(f"ended with {self._child.wait()}")
        spent = {key: after - before[key] for key, after in cpu_of_threads(self._server).items()}
        took = {**spent, **json.loads(answer)}
        rows = _empty(self._login)
        return {**took, "rows": took["rows"] or rows, "remote": rows > 0}

    def close(self) -> None:
        """End the process."""
        self._child.kill()
        self._child.communicate()


class LoaderDied(Exception):  # noqa: N818 - reads as the sentence it is
    """The loader cannot load this file here."""


def summary(first_s: float, took: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the medians of some loads."""
    keys = ("wall_s", "cpu_s", "server_cpu_s", "compiler_cpu_s")
    wall, cpu, server, compiler = (statistics.median(one[key] for one in took) for key in keys)
    if not took[-1]["remote"]:
        server = compiler = 0.0
    return {
        "first_s": round(first_s, 2),
        "rows": took[-1]["rows"],
        "wall_s": round(wall, 3),
        "cpu_s": round(cpu, 3),
        "server_cpu_s": round(server, 3),
        "compiler_cpu_s": round(compiler, 3),
        "work_cpu_s": round(cpu + server, 3),
        "total_cpu_s": round(cpu + server + compiler, 3),
        "rows_per_cpu_s": round(took[-1]["rows"] / (cpu + server)),
    }


def measured(
    commands: Mapping[str, Sequence[str]], login: Login, server: int, given: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    """Return what each loader takes, or why it does not load."""
    loaders = {name: Loader(command, login, server) for name, command in commands.items()}
    first: dict[str, float] = {}
    found: dict[str, dict[str, Any]] = {}
    try:
        for warm in (True, False):
            for name, loader in loaders.items():
                if name in found:
                    continue
                _clean(login)
                started = time.perf_counter()
                try:
                    loader.load(1)
                    first.setdefault(name, time.perf_counter() - started)
                    took = loader.load(given.warm if warm else given.rounds)
                except LoaderDied as reason:
                    found[name] = {"failure": str(reason)}
                    continue
                if not warm:
                    found[name] = summary(first[name], took)
    finally:
        for loader in loaders.values():
            loader.close()
    return found


def _clean(login: Login) -> None:
    """Leave neither nodes nor constraints nor indexes."""
    _empty(login)
    with neo4j.GraphDatabase.driver(login[0], auth=login[1:]) as driver:
        for kind, all_of_it in (("CONSTRAINT", "CONSTRAINTS"), ("INDEX", "INDEXES")):
            for row in driver.execute_query(f"SHOW {all_of_it} YIELD name, type WHERE type <> 'LOOKUP'").records:
                driver.execute_query(f"DROP {kind} `{row['name']}` IF EXISTS")


def _empty(login: Login) -> int:
    """Remove everything and return how many nodes and edges there were."""
    with neo4j.GraphDatabase.driver(login[0], auth=login[1:]) as driver:
        texts = (f"MATCH {what} RETURN count(*) AS n" for what in ("(n)", "()-[r]->()"))
        rows = sum(driver.execute_query(text).records[0]["n"] for text in texts)
        driver.execute_query("MATCH (n) DETACH DELETE n")
    return int(rows)


def cpu_of_threads(process: int) -> dict[str, float]:
    """Return the processor seconds of a Java server so far: of what serves, and of what compiles."""
    spent = {"server_cpu_s": 0.0, "compiler_cpu_s": 0.0}
    for thread in Path(f"/proc/{process}/task").iterdir():
        try:
            name, nanoseconds = (thread / "comm").read_text(), (thread / "schedstat").read_text().split()[0]
        except FileNotFoundError:  # it has just ended
            continue
        spent["compiler_cpu_s" if name.startswith(COMPILERS) else "server_cpu_s"] += int(nanoseconds) / 1e9
    return spent


def report(file: Path, peers: Path | None, login: Login, folder: Path, given: argparse.Namespace) -> None:
    """Print what each loader took, and how many times as much as ours."""
    server = int((folder / "neo4j" / "server.pid").read_text())
    found = measured(commands(peers, file, login, folder), login, server, given)
    for name, row in found.items():
        for mine in ("ours, embedded", "ours, Neo4j"):
            for key in ("wall_s", "work_cpu_s", "total_cpu_s", "first_s"):
                if key in row and key in found[mine]:
                    row[f"{key} to {mine}"] = round(row[key] / found[mine][key], 2)
        told = {"file": file.name, "loader": name, "load": round(os.getloadavg()[0], 1), **row}
        print(json.dumps(told), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--warm", type=int, default=8, help="loads of each before the measured ones")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=Path, help="a Python that has the peers already")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = given.peers or install(folder / "peers")
        if peers is None:
            print("The peers cannot be installed here: only ours is measured.", file=sys.stderr)
        (folder / "neo4j").mkdir()
        try:
            with neo4j_community(folder / "neo4j", quick_start=False) as login:
                for file in given.files:
                    report(file, peers, login, folder, given)
        except NotToBeHad as reason:
            sys.exit(f"Not measured: {reason}")


if __name__ == "__main__":
    main()
