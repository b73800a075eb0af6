"""Seconds of a diff of two large versions and of its guarded parameters, beside SHA-256 of the same canonical bytes.

Records are made up; one in a hundred differs. The ratio is to hashing the canonical bytes of one version,
in the same run; CPU time.

    python -m benchmarks.diff [--elements 200000] [--json]
"""

import argparse
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from ifc import ElementRecord, canonical_bytes, digest
from twin.lifecycle import diff, moves

CHANGED_EVERY = 100
T = TypeVar("T")


def record(number: int) -> ElementRecord:
    """Return a wall."""
    sets = {"Pset_WallCommon": {"FireRating": "REI60", "IsExternal": False, "Reference": f"W{number % 50}"}}
    return ElementRecord(f"{number:022d}", "IfcWall", f"Wall {number}", property_sets=sets)


def changed(old: ElementRecord, number: int) -> ElementRecord:
    """Return a wall with another name; every second one with another fire rating too."""
    rating = "REI30" if number % (2 * CHANGED_EVERY) else "REI60"
    return replace(old, name=f"{old.name} b", property_sets={"Pset_WallCommon": {"FireRating": rating}})


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Return the CPU seconds that an action takes, and what it returns."""
    begin = time.process_time()
    result = action()
    return time.process_time() - begin, result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", type=int, default=200_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    old = [record(n) for n in range(chosen.elements)]
    new = [changed(r, n) if n % CHANGED_EVERY == 0 else r for n, r in enumerate(old)]
    forms = [canonical_bytes(r) for r in old]
    maps = [{r.global_id: digest(r) for r in side} for side in (old, new)]
    known = {maps[side][r.global_id]: r for side, records in enumerate((old, new)) for r in records}
    hashing, _ = timed(lambda: [hashlib.sha256(form).digest() for form in forms])
    comparing, found = timed(lambda: diff(*maps, lambda wanted: {name: known[name] for name in wanted}))
    guarding, moved = timed(lambda: moves(found))
    rows = {"sha256": hashing, "diff": comparing, "guarded": guarding}
    report = {
        "elements": chosen.elements, "changed": len(found.changed), "moved": len(moved),
        "seconds": {name: round(value, 3) for name, value in rows.items()},
        "ratio": {name: round(value / hashing, 2) for name, value in rows.items()},
    }  # fmt: skip
    if chosen.json:
        print(json.dumps(report))
        return
    print(f"{report['elements']} elements, {report['changed']} changed, {report['moved']} guarded parameters moved")
    for name, seconds in rows.items():
        print(f"{name:10} {seconds:8.3f} s CPU  {seconds / hashing:6.2f} x SHA-256")


if __name__ == "__main__":
    main()
