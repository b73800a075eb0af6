"""Seconds from a file to complete, canonical, digested records, beside plain `ifcopenshell.open` of the same file.

Every file has a process of its own, in which the two take turns: a busy minute hits both alike. CPU seconds, all
threads together; medians. What a process needs before its first file (imports, loading of compiled code: told by a
file of a few lines) is not in the ratio; it stands in the last line.

    python benchmarks/reading.py [--repeat 3] [--json] [FILE ...]
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEDIAN_GOAL, WORST_GOAL = 1.5, 2.5  # times the plain open of the same file
TINY = """ISO-10303-21;HEADER;FILE_DESCRIPTION((''),'2;1');FILE_NAME('','',(''),(''),'','','');FILE_SCHEMA(('IFC4'));
ENDSEC;DATA;#1=IFCPROJECT('0000000000000000000001',$,'P',$,$,$,$,(#2),#3);
#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#4,$);#3=IFCUNITASSIGNMENT((#6));
#4=IFCAXIS2PLACEMENT3D(#5,$,$);#5=IFCCARTESIANPOINT((0.,0.,0.));#6=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#7=IFCPRODUCTDEFINITIONSHAPE($,$,(#8));#8=IFCSHAPEREPRESENTATION(#2,'Body','Brep',());
#9=IFCWALL('0000000000000000000009',$,'W',$,$,#10,#7,$,$);#10=IFCLOCALPLACEMENT($,#4);
ENDSEC;END-ISO-10303-21;
"""
MODELS = Path(os.environ.get("KAKSIK_SHARED", ROOT.parent / "shared")) / "models"


def plain_open(path: Path) -> Callable[[], object]:
    import ifcopenshell

    from ifc.gate import admit

    admitted = admit(path)
    if admitted.untouched:
        return lambda: ifcopenshell.open(str(path))
    copy = Path(tempfile.mkdtemp(prefix="kaksik-"), "model.ifc")  # with a schema token that the parser knows
    copy.write_bytes(admitted.data)
    return lambda: ifcopenshell.open(str(copy))


def records(path: Path) -> Callable[[], object]:
    from ifc import digested, read_model

    return lambda: list(digested(read_model(path).records))


WORK = {"open": plain_open, "records": records}


def measure_here(path: Path, repeat: int) -> dict[str, list[float]]:
    """Time both works in turns, after each has done a file of a few lines."""
    samples: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="kaksik-") as folder:
        tiny = Path(folder, "tiny.ifc")
        tiny.write_text(TINY)
        for name in WORK:
            samples[f"{name} start"] = [_cpu_s(WORK[name], tiny)]
    for number in range(repeat):
        for name in list(WORK) if number % 2 == 0 else reversed(WORK):
            samples.setdefault(name, []).append(_cpu_s(WORK[name], path))
    return samples


def _cpu_s(prepare: Callable[[Path], Callable[[], object]], path: Path) -> float:
    work = prepare(path)
    gc.collect()
    started = time.process_time()
    kept = work()
    seconds = time.process_time() - started
    del kept
    return seconds


def measure_apart(path: Path, repeat: int) -> dict[str, list[float]]:
    command = [sys.executable, str(Path(__file__).resolve()), "--here", "--repeat", str(repeat), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(path: Path, repeat: int) -> dict[str, object]:
    median = {name: statistics.median(samples) for name, samples in measure_apart(path, repeat).items()}
    return {
        "file": path.stem,
        "MB": round(path.stat().st_size / 1e6, 2),
        "open_s": round(median["open"], 3),
        "records_s": round(median["records"], 3),
        "ratio": round(median["records"] / median["open"], 2),
        "open_start_s": round(median["open start"], 3),
        "records_start_s": round(median["records start"], 3),
    }


def table(rows: list[dict[str, object]]) -> str:
    heads = [head for head in rows[0] if not head.endswith("start_s")]
    cells = [heads, *([str(row[head]) for head in heads] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(heads))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells]
    ratios = [float(str(row["ratio"])) for row in rows]
    starts = [statistics.median(float(str(row[key])) for row in rows) for key in ("open_start_s", "records_start_s")]
    return "\n".join(
        [
            *map(str.rstrip, lines),
            f"median {statistics.median(ratios):.2f} (goal {MEDIAN_GOAL})",
            f"worst {max(ratios):.2f} (goal {WORST_GOAL})",
            f"before the first file: open {starts[0]:.2f} s, records {starts[1]:.2f} s",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(json.dumps(measure_here(given.files[0], given.repeat)))
        return
    paths = given.files or sorted(MODELS.rglob("*.ifc"))
    if not paths:
        parser.error("no models beside the checkout; name IFC files")
    rows = [row(path, given.repeat) for path in paths]
    print(json.dumps(rows, indent=2) if given.json else table(rows))


if __name__ == "__main__":
    main()
