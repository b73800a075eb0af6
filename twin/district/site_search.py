"""Search for a site: parcels filtered by plan rules, scored by weighted criteria, with a reason for every point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import Point

from twin.district.site_table import Floats, Rows, SiteTable, sum_of
from twin.district.values import Parcel, PlanArea
from twin.errors import InvalidInput

DISTANCE = "distance_m"  # the one value that a query brings along: from a point of its own
WORDS: Mapping[str, tuple[str, str]] = {  # of each criterion, and its unit
    "area_m2": ("The area of the parcel", "m²"),
    DISTANCE: ("The distance to the point", "m"),
    "energy_class_around": ("The mean energy class around", "(A is 1, H is 8)"),
    "footprint_left_m2": ("The footprint left to build", "m²"),
    "heating_kwh_m2_around": ("The mean heating need around", "kWh/m²"),
    "max_height_m": ("The height that the plan allows", "m"),
    "max_storeys": ("The number of storeys that the plan allows", ""),
    "neighbour_m": ("The distance to the nearest neighbour", "m"),
}
CRITERIA = tuple(WORDS)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One wish.

    Attributes:
        name: One of `CRITERIA`.
        weight: How much it counts, above 0.
        worst: Value that scores 0.
        best: Value that scores 1; may be below `worst`.
        point: Easting and northing, for ``distance_m``.
    """

    name: str
    weight: float
    worst: float
    best: float
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SiteQuery:
    """What is looked for.

    Attributes:
        min_footprint_left_m2: Least footprint that may still be built.
        min_height_m: Least height that the plan must allow.
        min_storeys: Least number of storeys that the plan must allow.
        use_code: Use that the plan must allow; plans name prefixes.
        criteria: Wishes.
    """

    min_footprint_left_m2: float = 0.0
    min_height_m: float = 0.0
    min_storeys: int = 0
    use_code: str = ""
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """What one criterion gave.

    Attributes:
        criterion: Its name.
        weight: How much it counts.
        value: What was measured, or None if it is not known.
        score: 0 to 1, or None.
        reason: One sentence.
    """

    criterion: str
    weight: float
    value: float | None
    score: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Site:
    """A parcel that fulfils the plan rules.

    Attributes:
        parcel: The parcel.
        score: Weighted mean of the known scores, 0 to 1; None if none is known or nothing was wished for.
        scores: One for each criterion.
        known_share: Share of the weights whose value is known.
        facts: What the rules were tested with.
    """

    parcel: Parcel
    score: float | None
    scores: tuple[Score, ...]
    known_share: float
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundSites:
    """A page of the sites that were found.

    Attributes:
        sites: Best first.
        total: How many there are on all pages.
    """

    sites: tuple[Site, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Scored:
    """What one criterion gave, in the order of the rows that fulfil the rules; NaN where it is not known."""

    criterion: Criterion
    values: Floats
    scores: Floats


def search_sites(table: SiteTable, query: SiteQuery, limit: int | None = None, offset: int = 0) -> FoundSites:
    """Return the parcels that fulfil the rules, best first, those of equal score by their number.

    Args:
        table: Parcels with a building right.
        query: What is looked for.
        limit: Most sites; None for all.
        offset: How many to pass over.

    Raises:
        InvalidInput: (criterion) a criterion is not known or cannot score.
    """
    for criterion in query.criteria:
        _check(criterion)
    rows = _fulfilling(table, query)
    scored = [_scored(table, rows, criterion) for criterion in query.criteria]
    totals, shares = _totals(scored, len(rows))
    order = np.lexsort((table.numbers[rows], -np.where(np.isnan(totals), -1.0, totals)))
    chosen = order[offset : None if limit is None else offset + limit]
    facts = _facts(table, rows[chosen])
    sites = (
        Site(table.parcels[rows[i]], _known(totals[i]), _explained(scored, i), float(shares[i]), fact)
        for i, fact in zip(chosen, facts, strict=True)
    )
    return FoundSites(tuple(sites), len(rows))


def _check(criterion: Criterion) -> None:
    if criterion.name not in CRITERIA:
        raise InvalidInput(
            "There is no such criterion.",
            reason="criterion",
            entity=criterion.name[:80],
            hint=f"There is: {', '.join(CRITERIA)}.",
        )
    if criterion.weight <= 0 or criterion.worst == criterion.best:
        raise InvalidInput(
            "A criterion needs a weight above 0 and two different values for worst and best.",
            reason="criterion",
            entity=criterion.name,
            hint="Such as worst 0 and best 500.",
        )
    if criterion.name == DISTANCE and criterion.point is None:
        hint = "Give point as [easting, northing] in metres of EPSG:3301."
        raise InvalidInput("A distance needs a point.", reason="criterion", entity=criterion.name, hint=hint)


def _fulfilling(table: SiteTable, query: SiteQuery) -> Rows:
    """Return the rows that keep the rules; what the plan does not limit is allowed. What costs most is asked last."""
    rows = np.arange(len(table.parcels))
    if query.use_code:
        rows = rows[np.array([_allows(table.rights[row], query.use_code) for row in rows], dtype=bool)]
    least = (
        ("max_height_m", query.min_height_m),
        ("max_storeys", query.min_storeys),
        ("footprint_left_m2", query.min_footprint_left_m2),
    )
    for name, wanted in least:
        if wanted > 0:
            rows = rows[~(table.values(name, rows) < wanted)]
    return rows


def _allows(areas: Sequence[PlanArea], use_code: str) -> bool:
    return any(not area.use_codes or any(map(use_code.startswith, area.use_codes)) for area in areas)


def _scored(table: SiteTable, rows: Rows, criterion: Criterion) -> _Scored:
    if criterion.point is not None and criterion.name == DISTANCE:
        values = shapely.distance(table.shapes[rows], Point(criterion.point))
    else:
        values = table.values(criterion.name, rows)
    shares = (values - criterion.worst) / (criterion.best - criterion.worst)
    return _Scored(criterion, values, np.clip(shares, 0.0, 1.0).round(4))


def _totals(scored: Sequence[_Scored], count: int) -> tuple[Floats, Floats]:
    """Return the weighted mean of the known scores of each row, and the share of the weights that is known."""
    known, total = np.zeros(count), np.zeros(count)
    for one in scored:
        told = ~np.isnan(one.scores)
        known += one.criterion.weight * told
        total += one.criterion.weight * np.where(told, one.scores, 0.0)
    weights = sum(one.criterion.weight for one in scored)
    means = np.where(known > 0, total / np.where(known > 0, known, 1.0), np.nan)
    return means.round(4), (known / weights).round(4) if weights else known


def _explained(scored: Sequence[_Scored], place: int) -> tuple[Score, ...]:
    return tuple(_score(one.criterion, _known(one.values[place]), _known(one.scores[place])) for one in scored)


def _score(criterion: Criterion, value: float | None, score: float | None) -> Score:
    name = criterion.name
    words, unit = WORDS[name]
    if value is None:
        return Score(name, criterion.weight, None, None, f"{words} is not known here and does not count.")
    told = f"{round(value, 2):,.10g} {unit}".rstrip()
    reason = f"{words} is {told}; {criterion.worst:,.10g} scores 0 and {criterion.best:,.10g} scores 1."
    return Score(name, criterion.weight, round(value, 3), score, reason)


def _facts(table: SiteTable, rows: Rows) -> list[dict[str, Any]]:
    """Return what the rules were tested with, of each row."""
    names = ("built_m2", "allowed_footprint_m2", "footprint_left_m2", "max_height_m", "max_storeys", "drawn_m2")
    columns = [[_known(value) for value in table.values(name, rows)] for name in names]
    found = []
    for row, built, allowed, left, height, storeys, drawn in zip(rows, *columns, strict=True):
        areas = table.rights[row]
        named = sum_of([area.max_footprint_m2 for area in areas])
        found.append({
            "built_m2": round(built or 0.0, 1),
            "allowed_footprint_m2": round(allowed or 0.0, 1),
            "footprint_limit": "building area" if named is None or (drawn or 0.0) < named else "plan",
            "footprint_left_m2": left,
            "max_height_m": height,
            "max_storeys": None if storeys is None else int(storeys),
            "use_codes": sorted({code for area in areas for code in area.use_codes}),
            "plan_ids": sorted({area.plan_id for area in areas}),
        })  # fmt: skip
    return found


def _known(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
