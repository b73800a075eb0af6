"""Global warming potential of a building: materials (A1 to A3) and energy in use (B6), with what they cover."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.energy.gwp.factors import FactorTable
from twin.energy.gwp.mapping import Confirmation
from twin.energy.gwp.volumes import Bill, MaterialVolume
from twin.errors import InvalidInput

STUDY_YEARS = 50  # reference study period of Level(s); source status secondary
FULL = 0.95  # share of the volume above which a sum may be called that of the building
MOST_ELEMENTS = 1_000  # that are named; the rest is counted


@dataclass(frozen=True, slots=True)
class Use:
    """Energy in use, module B6.

    Attributes:
        delivered_kwh_a: Delivered energy of a year.
        co2_kg_kwh: Emission of it, kg CO2 equivalent per kWh.
        area_m2: Reference area.
        scope: What of the energy is counted, as a sentence.
        source_status: Of the emission factor.
    """

    delivered_kwh_a: float
    co2_kg_kwh: float
    area_m2: float
    scope: str
    source_status: str

    def __post_init__(self) -> None:
        if not (self.area_m2 > 0.0 and self.delivered_kwh_a >= 0.0 and self.co2_kg_kwh >= 0.0):
            raise InvalidInput(
                "B6 needs an area above zero, and energy and emission of zero or more.",
                reason="gwp-use",
                hint="Check the energy report and the factor of the carrier.",
            )


def gwp_report(bill: Bill, table: FactorTable, confirmed: Mapping[str, Confirmation], use: Use) -> dict[str, Any]:
    """Return the report of a building as plain JSON; a sum never stands without the share that it covers.

    Args:
        bill: Its materials.
        table: The factors.
        confirmed: What persons said of the materials, in force.
        use: Energy in use.
    """
    rows = [_row(one, table, confirmed.get(one.material)) for one in bill.materials]
    counted = [row for row in rows if row["kg_co2e"] is not None]
    whole = bill.volume_m3
    share = sum(row["volume_m3"] for row in counted) / whole if whole > 0.0 else 0.0
    kg = sum(row["kg_co2e"] for row in counted) if counted else None
    statuses = sorted({row["status"] for row in counted})
    yearly = use.delivered_kwh_a * use.co2_kg_kwh
    made = None if kg is None else kg / use.area_m2 / STUDY_YEARS
    return {
        "unit": "kg CO2e",
        "study_years": STUDY_YEARS,
        "area_m2": round(use.area_m2, 2),
        "a1_a3": {
            "kg_co2e": _rounded(kg, 1),
            "kg_co2e_m2_a": _rounded(made, 3),
            "covered_share": round(share, 4),
            "covered_m3": round(sum(row["volume_m3"] for row in counted), 3),
            "volume_m3": round(whole, 3),
            "unmeasured_elements": list(bill.unmeasured[:MOST_ELEMENTS]),
            "unmeasured_total": len(bill.unmeasured),
            "sentence": _sentence(kg, share, len(bill.unmeasured), statuses),
            "factor_statuses": statuses,
        },
        "b6": {
            "kg_co2e": round(yearly * STUDY_YEARS, 1),
            "kg_co2e_m2_a": round(yearly / use.area_m2, 3),
            "scope": use.scope,
            "source_status": use.source_status,
        },
        # A sum of a part of the building and of all of its use would look like the building.
        "total_kg_co2e_m2_a": _rounded(made + yearly / use.area_m2, 3)
        if made is not None and _whole(share, bill)
        else None,
        "table": {"name": table.name, "sha256": table.sha256, "factors": len(table.factors)},
        "materials": rows,
    }


def _whole(share: float, bill: Bill) -> bool:
    return share >= FULL and not bill.unmeasured


def _row(one: MaterialVolume, table: FactorTable, said: Confirmation | None) -> dict[str, Any]:
    known: dict[str, Any] = {
        "material": one.material, "volume_m3": round(one.volume_m3, 6), "elements": len(one.elements),
        "factor_id": None, "kg_co2e": None, "status": None, "confirmed_by": None, "confirmed": None,
    }  # fmt: skip
    if said is None or said.factor_id is None:
        return {**known, "reason": "No person has confirmed a factor."}
    by = {"factor_id": said.factor_id, "confirmed_by": said.person, "confirmed": said.time}
    factor = table.factors.get(said.factor_id) if said.table_sha256 == table.sha256 else None
    if factor is None:
        return {**known, **by, "reason": "It was confirmed for another table; confirm it again."}
    per_m3 = factor.per_m3(one.density_kg_m3)
    if per_m3 is None:
        return {**known, **by, "status": factor.status, "reason": "Neither the model nor the table gives a density."}
    return {**known, **by, "status": factor.status, "kg_co2e": per_m3 * one.volume_m3, "reason": ""}


def _sentence(kg: float | None, share: float, unmeasured: int, statuses: list[str]) -> str:
    rest = f" {unmeasured} elements have no volume and are not in it." if unmeasured else ""
    if kg is None:
        return f"No material has a confirmed factor: there is no number.{rest}"
    doubt = " Some factors are unverified." if "unverified" in statuses else ""
    return f"{kg / 1000.0:,.1f} t CO2e for {share:.0%} of the measured volume.{rest}{doubt}"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
