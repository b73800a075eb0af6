"""Energy poverty by district: aggregated counts beside the computed need, and nothing about single households.

Rules that it keeps:
1. Only tables of groups are read. A column that names persons, flats or buildings is refused.
2. A table with a group of fewer than k households is refused as a whole: leaving the small group out would let it be
   computed from the rest.
3. An answer is given only for a district with at least k computed buildings or as many households.
"""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twin.energy.city.carriers import Carrier
from twin.energy.city.compute import Need
from twin.errors import InvalidInput

LEAST_K, MOST_K = 5, 10_000  # below five a person is guessed; a city quarter has fewer than the upper bound
DEFAULT_K = 10
MAX_TABLE_BYTES = 1024 * 1024  # districts of a country
SHARE_OF_INCOME = 0.10  # Boardman's limit: more than a tenth of the income for energy; source status secondary
COLUMNS = ("district", "households", "median_income_eur", "heated_m2_per_household")
PERSONAL = frozenset(
    {
        "ehr_code",
        "building_id",
        "ehr_kood",
        "address",
        "aadress",
        "name",
        "nimi",
        "person",
        "isikukood",
        "flat",
        "korter",
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    """Households of a district.

    Attributes:
        district: Its name.
        households: How many.
        median_income_eur: Yearly net income of the household in the middle.
        heated_m2_per_household: Mean heated area of a household.
    """

    district: str
    households: int
    median_income_eur: float
    heated_m2_per_household: float


def read_groups(data: bytes, k: int = DEFAULT_K) -> tuple[Group, ...]:
    """Read a CSV of groups.

    Args:
        data: UTF-8 text with the columns `COLUMNS`.
        k: Fewest households of a group.

    Raises:
        InvalidInput: (poverty-k, poverty-table, poverty-personal, poverty-group-too-small) the table cannot be used;
            nothing of it is kept.
    """
    if not LEAST_K <= k <= MOST_K:
        raise InvalidInput(f"k is {LEAST_K} to {MOST_K}.", reason="poverty-k", entity=str(k)[:20])
    if len(data) > MAX_TABLE_BYTES:
        raise InvalidInput(
            "The table is too large for districts.", reason="poverty-table", hint="One row a district."
        )
    rows = _rows(data)
    groups = [_group(line, row) for line, row in rows]
    small = [(line, group) for (line, _), group in zip(rows, groups, strict=True) if group.households < k]
    if small:
        raise InvalidInput(
            f"{len(small)} groups have fewer than {k} households; the whole table is refused.",
            reason="poverty-group-too-small",
            hint="Join small districts before the data leaves its owner.",
            line=small[0][0],
        )
    names = [group.district for group in groups]
    if len(set(names)) != len(names):
        raise InvalidInput(
            "A district is there twice; parts of a group are smaller groups.",
            reason="poverty-table",
            hint="One row a district.",
            entity=next(name for name in names if names.count(name) > 1)[:80],
        )
    return tuple(groups)


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "The table is not UTF-8.", reason="poverty-table", hint="Save it as CSV in UTF-8."
        ) from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    header = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    personal = sorted(PERSONAL & set(header))
    if personal:
        raise InvalidInput(
            "The table names persons, flats or buildings; only groups are taken.",
            reason="poverty-personal",
            hint="Aggregate it by district first.",
            entity=personal[0],
        )
    if set(header) != set(COLUMNS):
        raise InvalidInput(
            "The table has other columns.", reason="poverty-table", hint=f"Columns: {', '.join(COLUMNS)}.", line=1
        )
    reader.fieldnames = header
    try:
        return [
            (reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}) for row in reader
        ]
    except csv.Error as error:
        raise InvalidInput("The table is not CSV.", reason="poverty-table", line=reader.line_num) from error


def _group(line: int, row: dict[str, str]) -> Group:
    try:
        group = Group(
            row["district"], int(row["households"]), float(row["median_income_eur"]),
            float(row["heated_m2_per_household"]),
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise InvalidInput(
            "A cell of the table is no number.", reason="poverty-table", hint="Whole households, euro, m².", line=line
        ) from error
    numbers = (group.median_income_eur, group.heated_m2_per_household)
    if not group.district or not all(math.isfinite(one) and one > 0.0 for one in numbers):
        raise InvalidInput("A row has no name, or a number of zero or less.", reason="poverty-table", line=line)
    return group


def poverty_layer(
    groups: Sequence[Group], needs: Sequence[Need], carrier: Carrier, k: int = DEFAULT_K
) -> list[dict[str, Any]]:
    """Return the share of the income in the middle that heating takes in each district, the highest first.

    Args:
        groups: Households by district.
        needs: Computed needs.
        carrier: Price of heat.
        k: Fewest computed buildings of a district, where its need is not that of many.
    """
    by_district: dict[str, list[Need]] = {}
    for one in needs:
        by_district.setdefault(one.district, []).append(one)
    rows = [_layer_row(group, by_district.get(group.district, []), carrier, k) for group in groups]
    return sorted(rows, key=lambda row: (-(row["share_of_income"] or 0.0), row["district"]))


def _layer_row(group: Group, members: Sequence[Need], carrier: Carrier, k: int) -> dict[str, Any]:
    known = {"district": group.district, "households": group.households, "buildings": len(members)}
    if len(members) < k:
        reason = f"Fewer than {k} buildings of this district were computed."
        return {
            **known,
            "heating_kwh_m2": None,
            "cost_eur": None,
            "share_of_income": None,
            "at_risk": None,
            "reason": reason,
        }
    need = sum(one.heating_kwh for one in members) / sum(one.area_m2 for one in members)
    cost = carrier.price_eur(need * group.heated_m2_per_household)
    share = cost / group.median_income_eur
    return {
        **known, "heating_kwh_m2": round(need, 1), "cost_eur": round(cost, 2), "share_of_income": round(share, 4),
        "at_risk": share > SHARE_OF_INCOME, "reason": "",
    }  # fmt: skip
