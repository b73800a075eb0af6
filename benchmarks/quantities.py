"""Measured quantities beside those of the authors, on every real file that states some.

python -m benchmarks.quantities [--json] [FOLDER]

One row for each file, quantity and class: how many elements, the median and the worst difference in percent of the
larger value, how many lie outside the tolerance, and the worst element. docs/explanation/quantities.md says why the
worst are what they are.
"""

import argparse
import json
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from api.cli.output import print_table
from ifc import Comparison, IfcError, Limits, comparisons, mesh_file, read_file

SHARED = Path(os.environ.get("KAKSIK_SHARED", Path(__file__).resolve().parents[2] / "shared"))
LIMITS = Limits(wall_s=300.0)
COLUMNS = ("file", "class", "quantity", "n", "median_pct", "worst_pct", "outside", "stated", "measured", "worst")
TOGETHER = {"volume_m3": "volumes", "floor_area_m2": "floor areas", "footprint_area_m2": "areas from above"}


def compared(path: Path) -> list[Comparison]:
    """Return every comparison of a file."""
    model = read_file(path, LIMITS)
    meshes, _ = mesh_file(path, LIMITS)
    return list(comparisons(meshes, model.by_id()))


def rows_of(name: str, found: Sequence[Comparison]) -> Iterator[dict[str, Any]]:
    """Yield one row for each class and quantity."""
    groups: dict[tuple[str, str], list[Comparison]] = defaultdict(list)
    for item in found:
        groups[item.record.ifc_class, item.quantity].append(item)
    for (ifc_class, quantity), members in sorted(groups.items()):
        yield {"file": name, "class": ifc_class, "quantity": quantity, **summary(members)}


def summary(members: Sequence[Comparison]) -> dict[str, Any]:
    """Return the numbers of one group, with its worst element."""
    worst = max(members, key=lambda item: item.difference)
    return {
        "n": len(members),
        "median_pct": round(100.0 * statistics.median(item.difference for item in members), 5),
        "worst_pct": round(100.0 * worst.difference, 2),
        "outside": sum(not item.agrees for item in members),
        "stated": f"{worst.name} {worst.authored.value:.3f}",
        "measured": round(worst.measured, 3),
        "worst": f"{worst.record.name[:40]} {worst.record.global_id}",
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED / "models")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows: list[dict[str, Any]] = []
    every: dict[str, list[Comparison]] = defaultdict(list)
    for path in sorted(chosen.folder.rglob("*.ifc")):
        try:
            found = compared(path)
        except IfcError as error:
            print(f"{path.name}: {error.message}", file=sys.stderr)
            continue
        rows += rows_of(path.name, found)
        for item in found:
            every[item.quantity].append(item)
    rows += [
        {"file": "all files", "class": "", "quantity": TOGETHER.get(quantity, quantity), **summary(members)}
        for quantity, members in every.items()
    ]
    if chosen.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        print_table("Measured beside stated", COLUMNS, [[row[column] for column in COLUMNS] for row in rows])


if __name__ == "__main__":
    main()
