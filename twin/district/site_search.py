"""Search for a site: parcels filtered by plan rules, scored by weighted criteria, with a reason for every point."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import Point, STRtree

from twin.district.spatial import Body
from twin.district.values import Area, Parcel, Plan, PlanArea
from twin.errors import InvalidInput

ENERGY_RADIUS_M = 300.0  # a street and its neighbours
ENERGY_CLASSES = "ABCDEFGH"  # of the energy label, best first
FIRST_LOOK_M = 50.0  # for a neighbour; the radius doubles until one is found


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
class _Place:
    parcel: Parcel
    facts: Mapping[str, Any]
    bodies: Sequence[Body]
    tree: STRtree


Measure = Callable[[_Place, Criterion], float | None]


def search_sites(parcels: Sequence[Parcel], plan: Plan, bodies: Sequence[Body], query: SiteQuery) -> list[Site]:
    """Return the parcels that fulfil the rules, best first.

    Args:
        parcels: All parcels.
        plan: Building areas; a parcel without one is no site.
        bodies: Buildings that stand, with ``heating_kwh_m2`` and ``class`` or ``energy_class`` in their properties
            where they are known.
        query: What is looked for.

    Raises:
        InvalidInput: (criterion) a criterion is not known or cannot score.
    """
    for criterion in query.criteria:
        _check(criterion)
    tree = STRtree([body.shape for body in bodies])
    planned: dict[str, list[PlanArea]] = {}
    for area in plan:
        planned.setdefault(area.cadastral_number, []).append(area)
    found = []
    for parcel in parcels:
        areas = planned.get(parcel.cadastral_number, [])
        facts = _facts(parcel, areas, bodies, tree) if areas else {}
        if areas and _fulfils(facts, areas, query):
            found.append(_site(_Place(parcel, facts, bodies, tree), query))
    found.sort(key=lambda s: (-(s.score if s.score is not None else -1.0), s.parcel.cadastral_number))
    return found


def _check(criterion: Criterion) -> None:
    if criterion.name not in _MEASURES:
        raise InvalidInput(
            "There is no such criterion.", reason="criterion", entity=criterion.name[:80], hint=", ".join(CRITERIA)
        )
    if criterion.weight <= 0 or criterion.worst == criterion.best:
        raise InvalidInput(
            "A criterion needs a weight above 0 and two different values for worst and best.",
            reason="criterion",
            entity=criterion.name,
        )
    if criterion.name == "distance_m" and criterion.point is None:
        raise InvalidInput("A distance needs a point.", reason="criterion", entity=criterion.name, hint="EPSG:3301")


def _facts(parcel: Parcel, areas: Sequence[PlanArea], bodies: Sequence[Body], tree: STRtree) -> dict[str, Any]:
    hits = tree.query(parcel.shape, predicate="intersects")
    built = sum(float(bodies[int(hit)].shape.intersection(parcel.shape).area) for hit in hits)
    allowed = _sum([area.max_footprint_m2 for area in areas])
    drawn = float(shapely.union_all([area.shape for area in areas]).area) if areas else 0.0
    most = drawn if allowed is None else min(allowed, drawn)
    return {
        "built_m2": round(built, 1),
        "allowed_footprint_m2": round(most, 1),
        "footprint_limit": "building area" if allowed is None or drawn < allowed else "plan",
        "footprint_left_m2": round(max(0.0, most - built), 1),
        "max_height_m": _largest([area.max_height_m for area in areas]),
        "max_storeys": _largest([area.max_storeys for area in areas]),
        "use_codes": sorted({code for area in areas for code in area.use_codes}),
        "plan_ids": sorted({area.plan_id for area in areas}),
    }


def _fulfils(facts: Mapping[str, Any], areas: Sequence[PlanArea], query: SiteQuery) -> bool:
    """Say whether a parcel keeps the rules; what the plan does not limit is allowed."""
    height, storeys = facts["max_height_m"], facts["max_storeys"]
    use = any(not a.use_codes or any(query.use_code.startswith(c) for c in a.use_codes) for a in areas)
    return (
        facts["footprint_left_m2"] >= query.min_footprint_left_m2
        and (height is None or height >= query.min_height_m)
        and (storeys is None or storeys >= query.min_storeys)
        and (not query.use_code or use)
    )


def _site(place: _Place, query: SiteQuery) -> Site:
    scores = tuple(_score(place, criterion) for criterion in query.criteria)
    weights = sum(s.weight for s in scores)
    known = [(s.weight, s.score) for s in scores if s.score is not None]
    share = sum(weight for weight, _ in known)
    total = round(sum(weight * score for weight, score in known) / share, 4) if known else None
    return Site(place.parcel, total, scores, round(share / weights, 4) if weights else 0.0, place.facts)


def _score(place: _Place, criterion: Criterion) -> Score:
    value = _MEASURES[criterion.name](place, criterion)
    if value is None:
        return Score(
            criterion.name, criterion.weight, None, None, f"{criterion.name} is not known here and does not count."
        )
    share = (value - criterion.worst) / (criterion.best - criterion.worst)
    score = round(min(1.0, max(0.0, share)), 4)
    reason = f"{criterion.name} is {value:g}; {criterion.worst:g} scores 0 and {criterion.best:g} scores 1."
    return Score(criterion.name, criterion.weight, round(value, 3), score, reason)


def _distance(place: _Place, criterion: Criterion) -> float | None:
    return None if criterion.point is None else float(place.parcel.shape.distance(Point(criterion.point)))


def _energy_around(place: _Place, _criterion: Criterion) -> float | None:
    return _mean([_number(body.properties.get("heating_kwh_m2")) for body in _around(place)])


def _class_around(place: _Place, _criterion: Criterion) -> float | None:
    """Return the mean energy class around: 1 for A to 8 for H."""
    letters = [
        str(body.properties.get("class") or body.properties.get("energy_class") or "-") for body in _around(place)
    ]
    return _mean(
        [float(ENERGY_CLASSES.index(letter) + 1) if letter in ENERGY_CLASSES else None for letter in letters]
    )


def _around(place: _Place) -> list[Body]:
    if not len(place.bodies):
        return []
    hits = place.tree.query(place.parcel.shape, predicate="dwithin", distance=ENERGY_RADIUS_M)
    return [place.bodies[int(hit)] for hit in hits]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _fact(name: str) -> Measure:
    def measure(place: _Place, _criterion: Criterion) -> float | None:
        value = place.facts[name]
        return None if value is None else float(value)

    return measure


def _neighbour_distance(place: _Place, _criterion: Criterion) -> float | None:
    """Return the distance to the nearest building that does not stand on the parcel itself."""
    parcel, radius = place.parcel.shape, FIRST_LOOK_M
    while True:
        hits = list(place.tree.query(parcel, predicate="dwithin", distance=radius)) if len(place.bodies) else []
        off = [place.bodies[int(hit)].shape for hit in hits]
        near = min((float(parcel.distance(shape)) for shape in off if not _on(shape, parcel)), default=None)
        if near is not None or len(off) == len(place.bodies):
            return near
        radius *= 2


def _on(shape: Area, parcel: Area) -> bool:
    return bool(parcel.covers(shape.representative_point()))


_MEASURES: Mapping[str, Measure] = {
    "area_m2": lambda place, _c: place.parcel.area_m2 or float(place.parcel.shape.area),
    "distance_m": _distance,
    "energy_class_around": _class_around,
    "footprint_left_m2": _fact("footprint_left_m2"),
    "heating_kwh_m2_around": _energy_around,
    "max_height_m": _fact("max_height_m"),
    "max_storeys": _fact("max_storeys"),
    "neighbour_m": _neighbour_distance,
}
CRITERIA = tuple(sorted(_MEASURES))


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _largest(values: Sequence[float | None]) -> float | None:
    """Return the largest value; None if one area sets no limit."""
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None
