"""Seconds and peak memory of each stage from a file to a scene, beside plain `ifcopenshell.open` of the same file.

Every measurement is a process of its own; the order of the stages alternates, so that a busy minute hits all alike.
The ratio is to plain `ifcopenshell.open` in the same run. The peak of a stage holds what it was prepared with: that
of `scene` the model and the meshes.

    python benchmarks/stages.py [--repeat 3] [--json] [FILE ...]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = Path(os.environ.get("KAKSIK_SHARED", ROOT.parent / "shared")) / "models"
DEFAULT = (
    "duplex_arch_2x3.ifc",
    "schependomlaan/schep_houten_kozijnen_2x3.ifc",
    "janesville_restaurant_2x3.ifc",
)
BASELINE = "ifcopenshell.open"


def plain_open(path: Path) -> Callable[[], object]:
    import ifcopenshell

    return lambda: ifcopenshell.open(str(path))


def gate(path: Path) -> Callable[[], object]:
    from ifc.gate import admit

    return lambda: admit(path)


def records(path: Path) -> Callable[[], object]:
    from ifc import read_model

    return lambda: read_model(path)


def meshes(path: Path) -> Callable[[], object]:
    from ifc import mesh_file

    return lambda: mesh_file(path)


def scene(path: Path) -> Callable[[], object]:
    from ifc import build_scene, mesh_file, read_model

    model, (mesh_set, _) = read_model(path), mesh_file(path)
    return lambda: build_scene(model, mesh_set)


def meshes_again(path: Path) -> Callable[[], object]:
    """Mesh a version in which every hundredth element stands elsewhere, with the meshes of the version before."""
    import tempfile

    from ifc import mesh_file, read_model

    known, _ = mesh_file(path, shape_keys=read_model(path).shape_keys)
    folder = tempfile.TemporaryDirectory()
    changed = Path(folder.name, "changed.ifc")
    _move_some(path, changed)
    model = read_model(changed)

    def again() -> object:
        with folder:
            return mesh_file(changed, shape_keys=model.shape_keys, known=known, outline=model.outline)

    return again


def _move_some(source: Path, target: Path) -> None:
    import ifcopenshell

    file = ifcopenshell.open(str(source))
    shaped = [e for e in file.by_type("IfcElement") if e.Representation and not e.is_a("IfcFeatureElement")]
    for element in shaped[::100]:
        old = element.ObjectPlacement.RelativePlacement
        point = file.createIfcCartesianPoint([x + 0.5 for x in old.Location.Coordinates])
        axes = file.createIfcAxis2Placement3D(point, old.Axis, old.RefDirection)
        element.ObjectPlacement = file.createIfcLocalPlacement(element.ObjectPlacement.PlacementRelTo, axes)
    file.write(str(target))


def plans(path: Path) -> Callable[[], object]:
    from ifc import mesh_file, read_model, storey_plan, storeys_of

    records, (mesh_set, _) = read_model(path).by_id(), mesh_file(path)
    return lambda: [storey_plan(records, mesh_set, storey.global_id) for storey in storeys_of(records)]


def outlines(path: Path) -> Callable[[], object]:
    from ifc import footprint, mesh_file, read_model

    records, (mesh_set, _) = read_model(path).by_id(), mesh_file(path)
    return lambda: footprint(mesh_set, records)


def quantities(path: Path) -> Callable[[], object]:
    from ifc import derive_quantities, mesh_file, read_model

    records, (mesh_set, _) = read_model(path).by_id(), mesh_file(path)
    return lambda: derive_quantities(mesh_set, records)


STAGES: dict[str, Callable[[Path], Callable[[], object]]] = {
    BASELINE: plain_open,
    "gate": gate,
    "records": records,
    "meshes": meshes,
    "meshes, 1 % changed": meshes_again,
    "scene": scene,
    "plans": plans,
    "footprint": outlines,
    "quantities": quantities,
}


def measure_here(stage: str, path: Path) -> dict[str, float]:
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


def measure_apart(stage: str, path: Path) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--stage", stage, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def run(paths: list[Path], repeat: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for path in paths:
        samples: dict[str, list[dict[str, float]]] = {stage: [] for stage in STAGES}
        for number in range(repeat):
            order = list(STAGES) if number % 2 == 0 else list(reversed(STAGES))
            for stage in order:
                samples[stage].append(measure_apart(stage, path))
        rows += [_row(path, stage, samples) for stage in STAGES]
    return rows


def _row(path: Path, stage: str, samples: dict[str, list[dict[str, float]]]) -> dict[str, object]:
    def median(of: str, key: str) -> float:
        return statistics.median(sample[key] for sample in samples[of])

    return {
        "file": path.stem,
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "stage": stage,
        "seconds": round(median(stage, "seconds"), 3),
        "cpu_seconds": round(median(stage, "cpu_seconds"), 3),
        "peak_mib": round(median(stage, "peak_mib"), 1),
        "ratio_seconds": round(median(stage, "seconds") / median(BASELINE, "seconds"), 2),
        "ratio_cpu": round(median(stage, "cpu_seconds") / median(BASELINE, "cpu_seconds"), 2),
        "samples": len(samples[stage]),
    }


def table(rows: list[dict[str, object]]) -> str:
    heads = list(rows[0])
    cells = [[str(row[head]) for head in heads] for row in rows]
    widths = [max(len(head), *(len(row[at]) for row in cells)) for at, head in enumerate(heads)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in [heads, *cells]]
    return "\n".join(line.rstrip() for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stage", choices=list(STAGES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stage:
        print(json.dumps(measure_here(given.stage, given.files[0])))
        return
    paths = given.files or [MODELS / name for name in DEFAULT if (MODELS / name).exists()]
    if not paths:
        parser.error("no models beside the checkout; name IFC files")
    rows = run(paths, given.repeat)
    print(json.dumps(rows, indent=2) if given.json else table(rows))


if __name__ == "__main__":
    main()
