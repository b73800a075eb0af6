"""The mutation bench of the permit checks: every violation found, no near-miss told, nothing unrelated flipped?

For each check the sample generator makes two violations and a near-miss of a compliant building; every case is
written to IFC and GeoJSON, read back, and run through all packs. Detections, false alarms and flips are counted by
the indication of a check: its worst finding before the source of the rule is weighed. Beside them stands what the
pre-check and the formal report then say, where a weak source turns a finding into a question to a person.

Run it with ``python -m benchmarks.permit``; ``--write`` renews the table of the documentation.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill

from benchmarks.permit_cases import OPEN, indications, run_both, run_case, verdicts
from samples.mutation_table import mutations
from samples.mutations import Mutation
from samples.permit import COMPLIANT_CASES
from twin.permit import Pack, Verdict, bundled_packs

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "permit-bench.md"
PROCESSES = 2  # a house and a block side by side take less than a gigabyte
WIDTH = 118  # of a line of prose on the page
COLUMNS = (
    "check", "source", "violations indicated", "pre-check", "formal report", "near-misses indicated",
    "formal report", "unrelated flips",
)  # fmt: skip
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
        said: By kind of mutation: the worst verdict of the pre-check, and that of the formal report.
    """

    violations: int = 0
    found: int = 0
    near: int = 0
    alarms: int = 0
    flips: list[str] = field(default_factory=list)
    said: dict[str, tuple[Verdict, Verdict]] = field(default_factory=dict)

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
        first, formal = run_both(mutation.case(), packs, folder / "case")
        row, check_id = rows[mutation.check_id], mutation.check_id
        judge(mutation, before[name], indications(first), row)
        row.said[mutation.kind] = (verdicts(first)[check_id], verdicts(formal)[check_id])
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
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for pack in packs:
        for rule in pack.rules:
            row = rows.get(rule.rule_id, Row())
            first, formal = (_said(row, ("beyond", "far"), which) for which in (0, 1))
            near, flips = _said(row, ("inside",), 1), ", ".join(row.flips) or "–"
            counts = f"{row.found}/{row.violations} | {first} | {formal} | {row.alarms}/{row.near} | {near}"
            lines.append(f"| {rule.rule_id} | {rule.source_status.value} | {counts} | {flips} |")
    return lines


def _said(row: Row, kinds: Sequence[str], which: int) -> str:
    said = [row.said[kind][which].value.replace("_", " ") for kind in kinds if kind in row.said]
    return ", ".join(dict.fromkeys(said)) or "–"


def formal_summary(rows: Mapping[str, Row]) -> str:
    """Return how the formal report answers the violations and the near-misses, in one sentence."""
    found = Counter(row.said[kind][1] for row in rows.values() for kind in ("beyond", "far") if kind in row.said)
    near = Counter(row.said["inside"][1] for row in rows.values() if "inside" in row.said)
    first, second = (", ".join(f"{n} {v.value.replace('_', ' ')}" for v, n in c.most_common()) for c in (found, near))
    return f"In the formal report the violations become: {first}; the near-misses: {second}."


def summary(rows: Mapping[str, Row], packs: Sequence[Pack]) -> str:
    """Return the sums in one sentence."""
    checks = [rule.rule_id for pack in packs for rule in pack.rules]
    good = sum(rows.get(check, Row()).good for check in checks)
    found, tried = sum(row.found for row in rows.values()), sum(row.violations for row in rows.values())
    alarms, near = sum(row.alarms for row in rows.values()), sum(row.near for row in rows.values())
    flips = sum(len(row.flips) for row in rows.values())
    return (
        f"{good} of {len(checks)} checks are flawless: {found} of {tried} violations indicated, {alarms} of {near} "
        f"near-misses indicated, {flips} unrelated flips."
    )


def page(rows: Mapping[str, Row], packs: Sequence[Pack]) -> str:
    """Return the page of the documentation."""
    head = (
        "# How the permit checks were tried\n\n"
        "Written by `make bench-permit`. Three buildings that comply (a house, an apartment block of five storeys,\n"
        "a school) are changed one thing at a time: two violations for each check, one just beyond its limit and\n"
        "one far, and a near-miss just inside. Every case is written to IFC and GeoJSON and read back. Counted is\n"
        "what a check indicates before the source of its rule is weighed: a flip is another check whose indication\n"
        "changes although nobody declared that it depends. What the reports then say stands beside it: a rule whose\n"
        "source is unverified never decides, and one with a secondary source decides in the pre-check only. So a\n"
        "near-miss of such a rule is no finding, but it is no pass either: a person has to look.\n\n"
    )
    said = [fill(text, WIDTH) for text in (summary(rows, packs), formal_summary(rows))]
    return head + "\n\n".join([*said, "\n".join(table(rows, packs))]) + "\n"


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
    print(formal_summary(rows))
    print(summary(rows, packs), f"Found in compliant buildings: {', '.join(compliant) or 'nothing'}.")
    print(f"{len(chosen)} checks, {time.monotonic() - start:.0f} s in {PROCESSES} processes.")
    if given.write:
        PAGE.write_text(page(rows, packs), encoding="utf-8")
    known = {rule.rule_id for pack in packs for rule in pack.rules if rule.rule_id.startswith(given.only)}
    return 0 if not compliant and all(rows.get(check, Row()).good for check in known) else 1


if __name__ == "__main__":
    sys.exit(main())
