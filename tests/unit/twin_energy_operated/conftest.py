"""A block of flats as designed, and meters of it as it is run."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from twin.energy import (
    Boundary,
    EnergyElement,
    EnergyModel,
    Kind,
    Options,
    Source,
    Sourced,
    UseProfile,
    Zone,
    simulate,
    synthetic_tallinn,
)
from twin.energy.operated import Daily, Operation, daily_of_year, operated

START = date(2025, 1, 1)


def number(value: float, unit: str = "1") -> Sourced:
    return Sourced(value, unit, Source.PERSON)


def block() -> EnergyModel:
    """A panel block of 2,400 m2 as designed: 21 degrees, 0.45 air changes an hour."""
    parts = []
    for azimuth, wall, window in (
        (0.0, 300.0, 90.0),
        (90.0, 180.0, 20.0),
        (180.0, 290.0, 100.0),
        (270.0, 180.0, 20.0),
    ):
        at = (azimuth, 90.0)
        parts.append(EnergyElement(f"w{azimuth:g}", Kind.WALL, Boundary.OUTSIDE, number(wall), *at, number(0.8)))
        parts.append(
            EnergyElement(
                f"g{azimuth:g}", Kind.WINDOW, Boundary.OUTSIDE, number(window), *at, number(2.0), g=number(0.6)
            )
        )
    parts.append(EnergyElement("roof", Kind.ROOF, Boundary.OUTSIDE, number(500.0), 0.0, 0.0, number(0.5)))
    parts.append(EnergyElement("floor", Kind.FLOOR, Boundary.GROUND, number(500.0), 0.0, 180.0, number(0.4)))
    parts.append(EnergyElement("inner", Kind.INTERNAL, Boundary.ADIABATIC, number(4000.0), 0.0, 90.0, number(1.0)))
    use = UseProfile("flats", False, (21.0,) * 24, (27.0,) * 24, (4.0,) * 24, ventilation_1_h=(0.3,) * 24)
    return EnergyModel("block", Zone(number(2400.0), number(6500.0), number(0.15), use), tuple(parts))


def metered(model: EnergyModel, truth: Operation, noise: float, climate) -> tuple[Daily, Daily]:
    """A meter and rooms of another make than the calibrated model: full elements, other walls, noise of 5 % a day."""
    chance = np.random.default_rng(7)
    other = [replace(e, u_w_m2k=number(e.u_w_m2k.value * 1.02)) for e in model.elements]
    year = simulate(replace(operated(model, truth), elements=tuple(other)), climate, Options(sub_steps=2))
    heat = daily_of_year(year.hourly[:, 0]) * 0.024
    use = (heat + truth.hot_water_kwh_d) * (1.0 + noise * chance.standard_normal(365))
    rooms = daily_of_year(year.air_c) + 0.2 * chance.standard_normal(365)
    return Daily(START, use), Daily(START, rooms)


@pytest.fixture(scope="session")
def climate():
    return synthetic_tallinn()


@pytest.fixture(scope="session")
def made(climate) -> SimpleNamespace:
    model = block()
    return SimpleNamespace(
        model=model, metered=lambda truth, noise=0.05: metered(model, truth, noise, climate), start=START
    )
