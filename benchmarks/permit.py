"""The mutation bench of the permit checks: every violation found, no near-miss told, nothing unrelated flipped?

For each check the sample generator makes two violations and a near-miss of a compliant building; every case is
written to IFC and GeoJSON, read back, and run through all packs. What counts is the indication of a check: its worst
finding before the source of the rule is weighed.

Run it with ``python -m benchmarks.permit``; ``--write`` renews the table of the documentation.
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.permit_cases import OPEN, indications, run_case
from samples.mutation_table import mutations
from samples.mutations import Mutation
from samples.permit import COMPLIANT_CASES
from twin.permit import Pack, Verdict, bundled_packs

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "permit-bench.md"
PROCESSES = 2  # a house and a block side by side take less than a gigabyte
Found = Mapping[str, Verdict]


@dataclass(slots=True)
class Row:
    """What the bench found about one check.

    Attributes:
        violations: Number of violations tried.
        found: Number of them that the check told.
        near: Number of near-misses tried.
        alarms: Number of them that the check told.
        flips: Other checks that changed without being declared to depend, with the kind of mutation.
    """

    violations: int = 0
    found: int = 0
    near: int = 0
    alarms: int = 0
    flips: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Return whether both violations were found, no near-miss was told, nothing unrelated flipped."""
        return 2 <= self.violations == self.found and self.near >= 1 and self.alarms == 0 and not self.flips


def judge(mutation: Mutation, before: Found, after: Found, row: Row) -> None:
    """Enter one mutation into the row of its check."""
    told = after[mutation.check_id] in OPEN
    if mutation.kind == "inside":
        row.near += 1
        row.alarms += told
    else:
        row.violations += 1
        row.found += told
    for check in sorted(after):
        other = check != mutation.check_id and not check.startswith(tuple(mutation.depends))
        if other and (after[check] in OPEN) != (before[check] in OPEN):
            row.flips.append(f"{check} ({mutation.kind})")


def bench(chosen: Iterable[Mutation], packs: Sequence[Pack], folder: Path) -> dict[str, Row]:
    """Return the rows of the bench for some mutations, by check."""
    before: dict[str, Found] = {}
    rows: dict[str, Row] = defaultdict(Row)
    for mutation in chosen:
        name = mutation.building
        if name not in before:
            before[name] = indications(run_case(COMPLIANT_CASES[name](), packs, folder / name))
        after = indications(run_case(mutation.case(), packs, folder / "case"))
        judge(mutation, before[mutation.building], after, rows[mutation.check_id])
    return dict(rows)


def bench_apart(checks: Sequence[str]) -> dict[str, Row]:
    """Return the rows of the bench for all mutations of some checks; for a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        return bench([m for m in mutations() if m.check_id in checks], bundled_packs(), Path(name))


def bench_all(checks: Sequence[str], processes: int) -> dict[str, Row]:
    """Return the rows of the bench for some checks, from several processes."""
    shares = [checks[start::processes] for start in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        return {check: row for rows in pool.map(bench_apart, shares) for check, row in rows.items()}


def open_in_compliant(packs: Sequence[Pack], folder: Path) -> list[str]:
    """Return the checks that find something in a building that is meant to comply."""
    return [
        f"{check} ({name}: {verdict.value})"
        for name, make in COMPLIANT_CASES.items()
        for check, verdict in indications(run_case(make(), packs, folder / name)).items()
        if verdict in OPEN
    ]


def table(rows: Mapping[str, Row], packs: Sequence[Pack]) -> list[str]:
    """Return the table as lines of Markdown, in order of the packs."""
    lines = ["| check | source | violations found | near-misses told | unrelated flips |", "|---|---|---|---|---|"]
    for pack in packs:
        for rule in pack.rules:
            row = rows.get(rule.rule_id, Row())
            flips = ", ".join(row.flips) or "–"
            counts = f"{row.found}/{row.violations} | {row.alarms}/{row.near}"
            lines.append(f"| {rule.rule_id} | {rule.source_status.value} | {counts} | {flips} |")
    return lines


def summary(rows: Mapping[str, Row], packs: Sequence[Pack]) -> str:
    """Return the sums in one sentence."""
    checks = [rule.rule_id for pack in packs for rule in pack.rules]
    good = sum(rows.get(check, Row()).good for check in checks)
    found, tried = sum(row.found for row in rows.values()), sum(row.violations for row in rows.values())
    alarms, near = sum(row.alarms for row in rows.values()), sum(row.near for row in rows.values())
    flips = sum(len(row.flips) for row in rows.values())
    return (
        f"{good} of {len(checks)} checks are flawless: {found} of {tried} violations found, {alarms} of {near} "
        f"near-misses told, {flips} unrelated flips."
    )


def page(rows: Mapping[str, Row], packs: Sequence[Pack]) -> str:
    """Return the page of the documentation."""
    head = (
        "# How the permit checks were tried\n\n"
        "Written by `make bench-permit`. Three buildings that comply (a house, an apartment block of five storeys,\n"
        "a school) are changed one thing at a time: two violations for each check, one just beyond its limit and\n"
        "one far, and a near-miss just inside. Every case is written to IFC and GeoJSON and read back. Counted is\n"
        "what a check indicates before the source of its rule is weighed. A flip is another check that changes\n"
        "although nobody declared that it depends.\n\n"
    )
    return head + summary(rows, packs) + "\n\n" + "\n".join(table(rows, packs)) + "\n"


def main() -> int:
    """Run the bench and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="renew the page of the documentation")
    parser.add_argument("--only", default="", help="checks whose name starts with this")
    given = parser.parse_args()
    packs, start = bundled_packs(), time.monotonic()
    chosen = sorted({m.check_id for m in mutations() if m.check_id.startswith(given.only)})
    with tempfile.TemporaryDirectory() as name:
        compliant = open_in_compliant(packs, Path(name))
    rows = bench_all(chosen, PROCESSES)
    print("\n".join(table(rows, packs)))
    print(summary(rows, packs), f"Found in compliant buildings: {', '.join(compliant) or 'nothing'}.")
    print(f"{len(chosen)} checks, {time.monotonic() - start:.0f} s in {PROCESSES} processes.")
    if given.write:
        PAGE.write_text(page(rows, packs), encoding="utf-8")
    known = {rule.rule_id for pack in packs for rule in pack.rules if rule.rule_id.startswith(given.only)}
    return 0 if not compliant and all(rows.get(check, Row()).good for check in known) else 1


if __name__ == "__main__":
    sys.exit(main())
