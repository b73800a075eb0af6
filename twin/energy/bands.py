"""Answers with a band: what the doubts of the inputs do to the need, by a Latin hypercube, and each doubt alone.

The lumped engine gives the ratios, the full engine the value that they are ratios to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from twin.energy.climate import ClimateYear, Series
from twin.energy.lumped import CityClimate, city_climate, simulate_lumped
from twin.energy.values import LARGEST_U_W_M2K, EnergyElement, EnergyModel, Kind, Sourced

RUNS = 200
SEED = 20_201
NINETY = NormalDist().inv_cdf(0.95)  # a doubt is the half width of the band that holds nine of ten
LEAST_FACTOR = 0.1  # no draw makes a number smaller than a tenth of itself
SHOWN_KWH_M2 = 0.05  # smaller effects are no sentence


@dataclass(frozen=True, slots=True)
class Doubt:
    """Inputs that are wrong together: one kind of number of one kind of part, from one source.

    Attributes:
        name: In words, such as ``U-value of walls``.
        quantity: ``u``, ``g``, ``area`` or ``infiltration``.
        kind: Kind of the elements; None for the zone.
        note: Where the numbers come from.
        share: Doubt over value, the largest of the members.
    """

    name: str
    quantity: str
    kind: Kind | None
    note: str
    share: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What one doubt alone does to the annual heat need.

    Attributes:
        doubt: The doubt.
        low_kwh_m2: Change of the need at the low end of its band.
        high_kwh_m2: Change of the need at the high end.
    """

    doubt: Doubt
    low_kwh_m2: float
    high_kwh_m2: float

    @property
    def size(self) -> float:
        """The larger of both changes, kWh/(m2.a)."""
        return max(abs(self.low_kwh_m2), abs(self.high_kwh_m2))

    def sentence(self) -> str:
        """Return it for a person."""
        said = f"{self.doubt.name} ({self.doubt.note}): ±{100.0 * self.doubt.share:.0f} %"
        return f"{said} makes ±{self.size:.1f} kWh/(m²·a)."


@dataclass(frozen=True, slots=True)
class Band:
    """The annual heat need with its band.

    Attributes:
        value_kwh_m2: The need by the full engine with the inputs as they are.
        low_kwh_m2: Five of a hundred draws are below.
        high_kwh_m2: Five of a hundred draws are above.
        runs: Draws.
        seed: Start of the draws; the same seed gives the same band.
        sensitivities: Largest first.
    """

    value_kwh_m2: float
    low_kwh_m2: float
    high_kwh_m2: float
    runs: int
    seed: int
    sensitivities: tuple[Sensitivity, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        shown = [one for one in self.sensitivities if one.size >= SHOWN_KWH_M2]
        return {
            "heating_kwh_m2": round(self.value_kwh_m2, 2),
            "low_kwh_m2": round(self.low_kwh_m2, 2),
            "high_kwh_m2": round(self.high_kwh_m2, 2),
            "runs": self.runs,
            "seed": self.seed,
            "sensitivities": [
                {"name": one.doubt.name, "note": one.doubt.note, "share": round(one.doubt.share, 3),
                 "low_kwh_m2": round(one.low_kwh_m2, 2), "high_kwh_m2": round(one.high_kwh_m2, 2),
                 "sentence": one.sentence()}
                for one in shown
            ],
        }  # fmt: skip


def band_of(
    model: EnergyModel,
    climate: ClimateYear | CityClimate,
    value_kwh_m2: float,
    area_m2: float,
    *,
    runs: int = RUNS,
    seed: int = SEED,
) -> Band:
    """Return the band of the heat need of a model.

    Args:
        model: The building.
        climate: The weather, or its pack.
        value_kwh_m2: The need by the full engine.
        area_m2: Reference area.
        runs: Draws.
        seed: Start of the draws.
    """
    pack = climate if isinstance(climate, CityClimate) else city_climate(climate)
    doubts = doubts_of(model)
    base = simulate_lumped(model, pack).heating_kwh
    scale = value_kwh_m2 / base if base > 0.0 else 1.0 / area_m2

    def need(factors: Mapping[Doubt, float]) -> float:
        return simulate_lumped(changed(model, factors), pack).heating_kwh * scale

    start = base * scale
    alone = [_alone(doubt, start, need) for doubt in doubts]
    draws = hypercube(len(doubts), runs, seed)
    needs = [need(dict(zip(doubts, _factors(doubts, row), strict=True))) for row in draws] if doubts else [start]
    low, high = np.percentile(needs, [5.0, 95.0])
    order = tuple(sorted(alone, key=lambda one: (-one.size, one.doubt.name)))
    return Band(value_kwh_m2, float(low), float(high), len(needs), seed, order)


def _alone(doubt: Doubt, start: float, need: Callable[[Mapping[Doubt, float]], float]) -> Sensitivity:
    low, high = (need({doubt: max(1.0 + sign * doubt.share, LEAST_FACTOR)}) - start for sign in (-1.0, 1.0))
    return Sensitivity(doubt, low, high)


def _factors(doubts: tuple[Doubt, ...], row: Series) -> list[float]:
    normal = NormalDist()
    return [
        max(1.0 + doubt.share * normal.inv_cdf(float(place)) / NINETY, LEAST_FACTOR)
        for doubt, place in zip(doubts, row, strict=True)
    ]


def hypercube(dimensions: int, runs: int, seed: int) -> Series:
    """Return float64 (runs, dimensions) in (0, 1): in each dimension one draw from each of `runs` equal slices."""
    random = np.random.default_rng(seed)
    slices = (
        np.stack([random.permutation(runs) for _ in range(dimensions)], axis=1) if dimensions else np.zeros((runs, 0))
    )
    return np.asarray((slices + random.uniform(0.001, 0.999, slices.shape)) / runs, dtype=np.float64)


def doubts_of(model: EnergyModel) -> tuple[Doubt, ...]:
    """Return the doubts of a model; numbers of one kind from one source are wrong together."""
    found: dict[tuple[str, Kind | None, str], float] = {}

    def add(quantity: str, kind: Kind | None, number: Sourced) -> None:
        if number.doubt > 0.0 and number.value > 0.0:
            key = (quantity, kind, number.note or number.source.value)
            found[key] = max(found.get(key, 0.0), number.doubt / number.value)

    add("infiltration", None, model.zone.infiltration_1_h)
    for element in model.elements:
        if element.kind is Kind.INTERNAL:
            continue
        add("u", element.kind, element.u_w_m2k)
        add("area", element.kind, element.area_m2)
        if element.g is not None:
            add("g", element.kind, element.g)
    words = {"u": "U-value of {}s", "g": "g-value of {}s", "area": "area of {}s", "infiltration": "air leakage"}
    return tuple(
        Doubt(words[quantity].format(kind.value if kind else ""), quantity, kind, note, share)
        for (quantity, kind, note), share in sorted(found.items(), key=lambda row: str(row[0]))
    )


def changed(model: EnergyModel, factors: Mapping[Doubt, float]) -> EnergyModel:
    """Return the model with the numbers behind some doubts multiplied."""
    by_key = {(doubt.quantity, doubt.kind, doubt.note): factor for doubt, factor in factors.items()}

    def moved(quantity: str, kind: Kind | None, number: Sourced) -> Sourced:
        factor = by_key.get((quantity, kind, number.note or number.source.value))
        return number if factor is None else replace(number, value=number.value * factor)

    zone = replace(model.zone, infiltration_1_h=moved("infiltration", None, model.zone.infiltration_1_h))
    return replace(model, zone=zone, elements=tuple(_moved(element, moved) for element in model.elements))


def _moved(element: EnergyElement, moved: Callable[[str, Kind | None, Sourced], Sourced]) -> EnergyElement:
    u = moved("u", element.kind, element.u_w_m2k)
    g = None if element.g is None else moved("g", element.kind, element.g)
    return replace(
        element,
        u_w_m2k=replace(u, value=min(u.value, LARGEST_U_W_M2K)),
        layers=element.layers if u is element.u_w_m2k else (),  # another U-value is that of other layers
        area_m2=moved("area", element.kind, element.area_m2),
        g=g if g is None else replace(g, value=min(g.value, 1.0)),
    )
