"""Global warming potential of stored versions: the mapping in an append-only book, the report from it."""

from functools import cached_property
from pathlib import Path
from typing import Any

from twin.catalogue import Journal, Version
from twin.energy.gwp import (
    MAX_FACTOR_BYTES,
    MOST_CHARACTERS,
    Bill,
    Confirmation,
    FactorTable,
    Use,
    bill_of,
    gwp_report,
    illustrative_factors,
    in_force,
    read_factors,
    suggestions,
)
from twin.energy.indicator import bundled_rules
from twin.errors import InvalidInput, NotFound
from twin.reports import Energy
from twin.snapshots import SnapshotReader

BOOK = "gwp-mapping"


def factor_table(path: Path | None) -> FactorTable:
    """Return the table of a file, or the illustrative one.

    Raises:
        NotFound: (gwp-table) there is no such file.
        InvalidInput: (gwp-table) it cannot be used.
    """
    if path is None:
        return illustrative_factors()
    if not path.is_file():
        raise NotFound("There is no such table of factors.", reason="gwp-table", entity=path.name)
    with path.open("rb") as stream:
        return read_factors(stream.read(MAX_FACTOR_BYTES + 1), path.name)


class Carbon:
    """Keeps what persons said of materials, and reports.

    Args:
        journal: The append-only books.
        snapshots: Versions.
        energy: Energy reports, for the use of the building.
        table: File of factors, or None for the illustrative ones.
    """

    def __init__(self, journal: Journal, snapshots: SnapshotReader, energy: Energy, table: Path | None) -> None:
        self._journal = journal
        self._snapshots = snapshots
        self._energy = energy
        self._file = table

    @cached_property
    def table(self) -> FactorTable:
        """The factors in force."""
        return factor_table(self._file)

    def confirm(
        self, version: Version, material: str, factor_id: str | None, person: str, note: str = ""
    ) -> Confirmation:
        """Write which factor stands for a material of a building; None takes it back.

        Raises:
            NotFound: (gwp-material) the version has no such material.
            InvalidInput: (gwp-factor, gwp-note) there is no such factor, or the note is too long.
        """
        if len(note) > MOST_CHARACTERS:
            raise InvalidInput(f"A note has at most {MOST_CHARACTERS} characters.", reason="gwp-note")
        if factor_id is not None:
            self.table.get(factor_id)
        if material not in {one.material for one in self._bill(version).materials}:
            raise NotFound("This version has no such material.", reason="gwp-material", entity=material[:80])
        said = {"material": material, "factor_id": factor_id, "table_sha256": self.table.sha256, "person": person}
        entry = self._journal.append(BOOK, version.key.building_id, {**said, "note": note})
        return Confirmation(material, factor_id, self.table.sha256, person, entry.time, note)

    def history(self, building_id: str) -> list[Confirmation]:
        """Return everything that was said of a building, oldest first."""
        return [
            Confirmation(**{**entry.content, "time": entry.time})
            for entry in self._journal.entries(BOOK, building_id)
        ]

    def report(self, version: Version) -> dict[str, Any]:
        """Return the report of a version, with suggestions for what nobody has confirmed yet."""
        bill = self._bill(version)
        confirmed = in_force(self.history(version.key.building_id))
        report = gwp_report(bill, self.table, confirmed, self._use(version))
        open_ones = [one.material for one in bill.materials if one.material not in confirmed]
        hints = suggestions(bill, self.table)
        report["suggestions"] = {name: [factor.factor_id for factor in hints[name]] for name in open_ones}
        return report

    def _bill(self, version: Version) -> Bill:
        return bill_of(self._snapshots.read(version))

    def _use(self, version: Version) -> Use:
        return use_of(self._energy.report(version))


def use_of(energy: Any) -> Use:
    """Return module B6 from an energy report: all delivered energy by carrier, with the emissions of the rules.

    Args:
        energy: The report as plain JSON.

    Raises:
        InvalidInput: (energy-carrier) the rules have no emission for a carrier.
    """
    rules, indicator = bundled_rules(), energy["indicator"]
    delivered: dict[str, float] = {name: float(kwh) for name, kwh in indicator["delivered_kwh"].items()}
    unknown = sorted(set(delivered) - set(rules.primary))
    if unknown:
        raise InvalidInput(
            f"The rules {rules.rule_id} have no emission for {unknown[0]!r}.",
            reason="energy-carrier",
            hint=f"Use one of {', '.join(sorted(rules.primary))}.",
            entity=unknown[0],
        )
    factors = {name: rules.primary[name][0].co2_kg for name in delivered}
    total = sum(delivered.values())
    emitted = sum(kwh * factors[name] for name, kwh in delivered.items())
    said = ", ".join(f"{name} {factors[name]:g} kg CO2/kWh" for name in sorted(delivered))
    scope = f"All delivered energy by the emissions of {indicator['rules']}: {said}. Export gives nothing back."
    mean = emitted / total if total > 0.0 else 0.0
    return Use(total, mean, float(energy["area_m2"]), scope, str(indicator["primary"]["factor_status"]))
