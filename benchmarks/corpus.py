"""Load every real model beside the checkout through the whole spine and print what became of it.

python -m benchmarks.corpus [--json] [FOLDER]
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from api.cli.output import print_table
from api.problems import problem_of
from ifc import IfcError
from twin.errors import TwinError
from twin.service import Twin, open_twin
from twin.settings import Settings
from twin.snapshot import Stage

SHARED = Path(os.environ.get("KAKSIK_SHARED", Path(__file__).resolve().parents[2] / "shared"))
COLUMNS = ("file", "mb", "seconds", "elements", "spaces", "geometry", "findings", "permit_s", "energy_s", "refused")


def measure(twin: Twin, path: Path) -> dict[str, Any]:
    """Return one row: what became of `path`, and how long each part took."""
    row: dict[str, Any] = {"file": path.name, "mb": round(path.stat().st_size / 1e6, 1)}
    started = time.perf_counter()
    try:
        version = twin.load(path, Stage.AS_DESIGNED, path.stem[:64])
    except (TwinError, IfcError) as error:
        return {**row, "seconds": round(time.perf_counter() - started, 1), "refused": problem_of(error)["detail"]}
    row["seconds"] = round(time.perf_counter() - started, 1)
    meshes = len(twin.snapshots.read(version).meshes)
    row |= {"elements": version.elements, "spaces": version.spaces, "geometry": meshes}
    row["findings"] = len(version.findings)
    row["permit_s"] = _timed(lambda: twin.permits.report(version))
    row["energy_s"] = _timed(lambda: twin.energy.report(version))
    return row


def _timed(work: Any) -> float | str:
    started = time.perf_counter()
    try:
        work()
    except TwinError as error:
        return error.reason
    return round(time.perf_counter() - started, 1)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED / "models")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as home:
        twin = open_twin(Settings(home=Path(home)))
        try:
            for path in sorted(chosen.folder.rglob("*.ifc")):
                rows.append(measure(twin, path))
                print(json.dumps(rows[-1]), file=sys.stderr)
        finally:
            twin.close()
    if chosen.json:
        print(json.dumps(rows, indent=1))
    else:
        print_table("Models", COLUMNS, [[row.get(column, "") for column in COLUMNS] for row in rows])


if __name__ == "__main__":
    main()
