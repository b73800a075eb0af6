import json
from dataclasses import replace

import numpy as np
import pytest

from twin.energy import (
    Boundary,
    EnergyElement,
    EnergyModel,
    Kind,
    Source,
    Sourced,
    UseProfile,
    Zone,
    city_climate,
    simulate,
    synthetic_tallinn,
)
from twin.energy.bands import band_of, changed, doubts_of, hypercube

AREA = 100.0


@pytest.fixture(scope="module")
def climate():
    return synthetic_tallinn()


@pytest.fixture(scope="module")
def pack(climate):
    return city_climate(climate)


def model(u_doubt=0.2, leak_doubt=0.1):
    def part(name, kind, area, azimuth, tilt, u, doubt=0.0, boundary=Boundary.OUTSIDE, g=None):
        u_value = Sourced(u, "W/(m2.K)", Source.DEFAULT, doubt, f"table of {kind.value}s")
        return EnergyElement(
            name, kind, boundary, Sourced(area, "m2", Source.DERIVED), azimuth, tilt, u_value,
            g=None if g is None else Sourced(g, "1", Source.IFC),
        )  # fmt: skip

    elements = (
        *(part(f"wall {a}", Kind.WALL, 30.0, a, 90.0, 0.4, u_doubt) for a in (0.0, 90.0, 180.0, 270.0)),
        part("window", Kind.WINDOW, 12.0, 180.0, 90.0, 1.2, g=0.5),
        part("roof", Kind.ROOF, 100.0, 0.0, 0.0, 0.2),
        part("floor", Kind.FLOOR, 100.0, 0.0, 180.0, 0.2, boundary=Boundary.GROUND),
    )
    use = UseProfile("test", False, (21.0,) * 24, (27.0,) * 24, (4.0,) * 24)
    leak = Sourced(0.4, "1/h", Source.DEFAULT, leak_doubt, "usual leak")
    zone = Zone(Sourced(AREA, "m2", Source.PERSON), Sourced(260.0, "m3", Source.PERSON), leak, use)
    return EnergyModel("banded", zone, elements)


def test_every_slice_of_every_dimension_is_drawn_once():
    draws = hypercube(5, 40, 1)
    for column in draws.T:
        assert sorted((column * 40).astype(int)) == list(range(40))
    assert np.array_equal(draws, hypercube(5, 40, 1))
    assert not np.array_equal(draws, hypercube(5, 40, 2))


def test_the_band_holds_the_value_and_comes_again(pack, climate):
    value = simulate(model(), climate).heating_kwh / AREA
    band = band_of(model(), pack, value, AREA, runs=30)
    assert band.low_kwh_m2 < value < band.high_kwh_m2
    assert band == band_of(model(), pack, value, AREA, runs=30)
    assert json.loads(json.dumps(band.to_json()))["runs"] == 30


def test_more_doubt_is_a_wider_band(pack):
    narrow, wide = (band_of(model(doubt), pack, 80.0, AREA, runs=30) for doubt in (0.05, 0.3))
    assert wide.high_kwh_m2 - wide.low_kwh_m2 > 1.5 * (narrow.high_kwh_m2 - narrow.low_kwh_m2)


def test_no_doubt_is_no_band(pack):
    sure = model(0.0, 0.0)
    band = band_of(sure, pack, 80.0, AREA, runs=30)
    assert (band.low_kwh_m2, band.high_kwh_m2) == pytest.approx((80.0, 80.0))
    assert band.sensitivities == ()


def test_the_largest_doubt_is_named_first_with_what_it_makes(pack, climate):
    start = simulate(model(), climate).heating_kwh / AREA
    band = band_of(model(), pack, start, AREA, runs=20)
    first = band.sensitivities[0]
    assert first.doubt.name == "U-value of walls"
    sentence = first.sentence()
    assert sentence.startswith("U-value of walls (table of walls): ±50 % makes ±")
    # The same by hand with the full engine: walls at 0.6 instead of 0.4 W/(m2.K).
    worse = changed(model(), {first.doubt: 1.5})
    assert [e.u_w_m2k.value for e in worse.elements if e.kind is Kind.WALL] == pytest.approx([0.6] * 4)
    by_hand = simulate(worse, climate).heating_kwh / AREA - start
    assert first.high_kwh_m2 == pytest.approx(by_hand, rel=0.1)


def test_numbers_of_one_source_are_wrong_together():
    names = [doubt.name for doubt in doubts_of(model())]
    assert sorted(names) == ["U-value of walls", "air leakage"]
    other = replace(model(), elements=tuple(
        replace(e, u_w_m2k=replace(e.u_w_m2k, note="another table")) if e.element_id == "wall 0.0" else e
        for e in model().elements
    ))  # fmt: skip
    assert len(doubts_of(other)) == 3
