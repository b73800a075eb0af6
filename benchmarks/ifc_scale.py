"""Seconds, CPU seconds and peak memory of reading and meshing at 2, 27, 54 and 108 MB, beside other programs.

Every measurement is a process of its own; the order alternates, so that a busy minute hits all alike. Medians. Ratios
are to plain `ifcopenshell.open` of the same file in the same run; memory is that of a process and all its children.
The two large models are composed of the 27 MB one (`benchmarks/compose.py`). The peers are installed into a folder of
their own, never into the checkout; a peer that cannot be had or fails is reported as such. On a shared machine CPU
seconds and their ratios tell more than seconds.

    python -m benchmarks.ifc_scale [--sizes 2 27] [--repeat 3] [--json] [--no-peers] [--cache FOLDER]

What is timed:
    ifcopenshell.open     plain open, the baseline
    get_psets loop        open and `ifcopenshell.util.element.get_psets` of every product
    kaksik gate           what is checked before parsing
    kaksik records        file to records with their canonical bytes and digests
    kaksik geometry       file to meshes, in guarded child processes
    kaksik glb            records and meshes, in memory, to the chunks of the scene
    kaksik file to glb    all of it
    ifclite-geom alone    one call of the first kernel: no gate, no child, no cleaning, no second kernel
    ifcfast records       open without its cache, products, property sets, quantities, materials
    ifcfast geometry      open without its cache, meshes with openings cut
    ifc-lite records      its entities and property sets, without meshes (needs Python 3.12: any on the search path)
    ifc-lite geometry     its meshes, without property sets
    ifc-graph records     its selection and properties of elements, without its database
    web-ifc geometry      open and stream all meshes, under node
    fragments import      @thatopen/fragments: file to its own format, under node
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.compose import compose, length_unit_m
from benchmarks.stages import meshes, scene

ROOT = Path(__file__).resolve().parent.parent
MODELS = Path(os.environ.get("KAKSIK_SHARED", ROOT.parent / "shared")) / "models"
SMALL, LARGE = "duplex_arch_2x3.ifc", "janesville_restaurant_2x3.ifc"
COPIES: Mapping[int, tuple[str, int]] = {2: (SMALL, 1), 27: (LARGE, 1), 54: (LARGE, 2), 108: (LARGE, 4)}
PYTHON_PEERS = ("ifcfast==0.6.4", "ifc-graph==0.1.3")
NEWER_PEERS = ("ifc-lite==0.4.0",)  # has wheels from Python 3.12 on
NEWER = ("python3.12", "python3.13", "python3.14")
FOREIGN = ("ifcfast", "ifc-graph", "ifc-lite")  # stages that run in the Python of the peers
NODE_PEERS = ("web-ifc@0.0.78", "@thatopen/fragments@3.4.7")
BASELINE = "ifcopenshell.open"
SAMPLE_S = 0.1  # memory of a tree of processes is looked at this often
TIMEOUT_S = 900  # a peer that takes longer has no answer worth waiting for


def plain_open(path: Path) -> Callable[[], Any]:
    import ifcopenshell

    return lambda: ifcopenshell.open(str(path))


def psets_loop(path: Path) -> Callable[[], Any]:
    import ifcopenshell
    import ifcopenshell.util.element

    def work() -> None:
        model = ifcopenshell.open(str(path))
        for product in model.by_type("IfcProduct"):
            ifcopenshell.util.element.get_psets(product)

    return work


def gate(path: Path) -> Callable[[], Any]:
    from ifc.gate import admit

    return lambda: admit(path)


def records(path: Path) -> Callable[[], Any]:
    from ifc import digested, read_model

    return lambda: sum(1 for _ in digested(read_model(path).records))


def file_to_glb(path: Path) -> Callable[[], Any]:
    from ifc import build_scene, mesh_file, read_file

    def work() -> None:  # as the service does it: guarded children, what reading knows is handed on
        model = read_file(path)
        build_scene(model, mesh_file(path, outline=model.outline)[0])

    return work


def ifclite_alone(path: Path) -> Callable[[], Any]:
    import ifclite_geom

    return lambda: ifclite_geom.geometry_data_buffers(path.read_bytes())


def ifc_lite_records(path: Path) -> Callable[[], Any]:
    import ifc_lite

    return lambda: ifc_lite.IfcModel.from_file(str(path), load_geometry=False)


def ifc_lite_geometry(path: Path) -> Callable[[], Any]:
    import ifc_lite

    return lambda: ifc_lite.IfcModel.from_file(str(path), load_properties=False).meshes


def ifcfast_records(path: Path) -> Callable[[], Any]:
    import ifcfast

    def work() -> None:
        model = ifcfast.open(path, use_cache=False, write_cache=False)
        for layer in ("products", "psets", "quantities", "materials"):
            len(getattr(model, layer))

    return work


def ifcfast_geometry(path: Path) -> Callable[[], Any]:
    import ifcfast

    return lambda: ifcfast.open(path, use_cache=False, write_cache=False).meshes(cut_openings=True)


def ifc_graph_records(path: Path) -> Callable[[], Any]:
    import ifc_graph

    return lambda: len(ifc_graph.filter_physical_elements(str(path))[0])


STAGES: Mapping[str, Callable[[Path], Callable[[], Any]]] = {
    BASELINE: plain_open,
    "get_psets loop": psets_loop,
    "kaksik gate": gate,
    "kaksik records": records,
    "kaksik geometry": meshes,
    "kaksik glb": scene,
    "kaksik file to glb": file_to_glb,
    "ifclite-geom alone": ifclite_alone,
    "ifc-lite records": ifc_lite_records,
    "ifc-lite geometry": ifc_lite_geometry,
    "ifcfast records": ifcfast_records,
    "ifcfast geometry": ifcfast_geometry,
    "ifc-graph records": ifc_graph_records,
}
NODE_STAGES: Mapping[str, str] = {"web-ifc geometry": "web-ifc", "fragments import": "fragments"}


def measure_here(stage: str, path: Path) -> dict[str, Any]:
    """Prepare the stage, then time it; memory is the highest of this process and its children."""
    work = STAGES[stage](path)
    started, used = time.perf_counter(), _cpu_s()
    work()
    seconds, cpu = time.perf_counter() - started, _cpu_s() - used
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_mib": max(peaks) / 1024}


def _cpu_s() -> float:
    from ifc import close_fork_server

    close_fork_server()  # what its children computed counts when it has ended
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


class Peers:
    """The other programs, installed into a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.missing: dict[str, str] = {}

    @property
    def python(self) -> Path:
        return self._folder / "python" / "bin" / "python"

    @property
    def newer(self) -> Path:
        return self._folder / "python312" / "bin" / "python"

    def install(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self.python.exists():
            self._run("python", [sys.executable, "-m", "venv", str(self.python.parent.parent)])
        if not self.newer.exists():
            self._newer()
        for python, names in ((self.python, PYTHON_PEERS), (self.newer, NEWER_PEERS)):
            for name in names:
                self._run(name, [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", name])
        if shutil.which("npm") is None:
            self.missing |= dict.fromkeys(NODE_STAGES.values(), "node and npm are not installed")
            return
        shutil.copyfile(ROOT / "benchmarks" / "peers.mjs", self._folder / "peers.mjs")
        for name in NODE_PEERS:
            quiet = ["--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", str(self._folder)]
            if not (self._folder / "node_modules" / name.rsplit("@", 1)[0]).exists():
                self._run(name, ["npm", "install", *quiet, *NODE_PEERS])

    def _newer(self) -> None:
        """Make an environment of a newer Python, the first that the machine has and that runs."""
        for name in NEWER:
            command = [name, "-m", "venv", str(self.newer.parent.parent)]
            with contextlib.suppress(OSError):
                if not subprocess.run(command, capture_output=True, check=False).returncode:
                    return

    def _run(self, name: str, command: list[str]) -> None:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            self.missing[name] = str(error)
            return
        if done.returncode:
            self.missing[name] = (done.stderr.strip().splitlines() or ["no message"])[-1]

    def command(self, stage: str, path: Path) -> list[str]:
        """Return the command that measures `stage` on `path`."""
        if stage in NODE_STAGES:
            return [
                "node",
                "--max-old-space-size=4096",
                str(self._folder / "peers.mjs"),
                NODE_STAGES[stage],
                str(path),
            ]
        own = {"ifc-lite": self.newer, "ifcfast": self.python, "ifc-graph": self.python}
        python = next((str(path) for name, path in own.items() if stage.startswith(name)), sys.executable)
        return [python, "-m", "benchmarks.ifc_scale", "--stage", stage, str(path)]


def measure_apart(peers: Peers, stage: str, path: Path) -> dict[str, Any]:
    """Return a measurement, or why there is none."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        process = subprocess.Popen(
            peers.command(stage, path), env=environment, cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        tree = TreeMemory(process.pid)
        tree.start()
        out, err = process.communicate(timeout=TIMEOUT_S)
        tree.stop()
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return {"failed": f"longer than {TIMEOUT_S} s"}
    except OSError as error:
        return {"failed": str(error)[:200]}
    if process.returncode:
        return {"failed": (err.strip().splitlines() or [f"exit status {process.returncode}"])[-1][:200]}
    return {**json.loads(out.splitlines()[-1]), "tree_mib": tree.peak_mib}


class TreeMemory(threading.Thread):
    """Watches the memory of a process and all its descendants together, shared pages counted once."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._done = threading.Event()
        self.peak_mib = 0.0

    def run(self) -> None:
        while not self._done.wait(SAMPLE_S):
            self.peak_mib = max(self.peak_mib, sum(map(_pss_mib, _descendants(self._root))))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _descendants(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, tasks.read_text().split())
    return found


def _pss_mib(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def run(files: Mapping[int, Path], peers: Peers, stages: list[str], repeat: int) -> list[dict[str, Any]]:
    rows = []
    for size, path in files.items():
        samples: dict[str, list[dict[str, Any]]] = {stage: [] for stage in stages}
        for number in range(repeat):
            for stage in stages if number % 2 == 0 else reversed(stages):
                if not any("failed" in sample for sample in samples[stage]):
                    samples[stage].append(measure_apart(peers, stage, path))
                    print(size, stage, samples[stage][-1], file=sys.stderr)
        rows += [_row(size, stage, samples) for stage in stages]
    return rows


def _row(size: int, stage: str, samples: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    row: dict[str, Any] = {"mb": size, "what": stage}
    failed = next((sample["failed"] for sample in samples[stage] if "failed" in sample), None)
    if failed is not None:
        return {**row, "failed": failed}
    medians = {key: _median(samples[stage], key) for key in ("seconds", "cpu_seconds", "tree_mib")}
    row |= {key: round(value, 2) for key, value in medians.items()}
    if not any("failed" in sample for sample in samples[BASELINE]):
        for key, name in (("seconds", "ratio"), ("cpu_seconds", "cpu_ratio")):
            row[name] = round(medians[key] / _median(samples[BASELINE], key), 2)
    return {**row, "samples": len(samples[stage])}


def _median(samples: list[dict[str, Any]], key: str) -> float:
    return statistics.median(sample[key] for sample in samples)


def table(rows: list[dict[str, Any]]) -> str:
    heads = (
        "mb",
        "what",
        "seconds",
        "cpu_seconds",
        "peak_mib",
        "tree_mib",
        "ratio",
        "cpu_ratio",
        "samples",
        "failed",
    )
    cells = [[str(row.get(head, "")) for head in heads] for row in rows]
    widths = [max(len(head), *(len(row[at]) for row in cells)) for at, head in enumerate(heads)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in [heads, *cells]]
    return "\n".join(line.rstrip() for line in lines)


def models(sizes: list[int], folder: Path) -> dict[int, Path]:
    """Return the model of each size, composed where there is none."""
    found = {}
    for size in sizes:
        name, copies = COPIES[size]
        found[size] = MODELS / name
        if copies > 1:
            found[size] = folder / f"{size}.ifc"
            compose(MODELS / name, copies, found[size], length_unit_m(MODELS / name))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--sizes", nargs="+", type=int, choices=list(COPIES), default=[2, 27])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "kaksik-benchmarks")
    parser.add_argument("--only", nargs="+", default=[], help="measure only stages that begin so, and the baseline")
    parser.add_argument("--stage", choices=list(STAGES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stage:
        print(json.dumps(measure_here(given.stage, given.file)))
        return
    if not (MODELS / LARGE).exists():
        parser.error("the models are not beside the checkout")
    peers = Peers(given.cache)
    stages = [stage for stage in STAGES if not stage.startswith(FOREIGN)]
    if not given.no_peers:
        peers.install()
        stages = [*STAGES, *NODE_STAGES]
    if given.only:
        stages = [stage for stage in stages if stage == BASELINE or stage.startswith(tuple(given.only))]
    with tempfile.TemporaryDirectory(prefix="kaksik-models-") as folder:
        rows = run(models(given.sizes, Path(folder)), peers, stages, given.repeat)
    for name, why in peers.missing.items():
        print(f"not to be had: {name}: {why}", file=sys.stderr)
    print(json.dumps({"rows": rows, "missing": peers.missing}, indent=2) if given.json else table(rows))


if __name__ == "__main__":
    main()
