"""Rounding whose edges lie where no written number does."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ifc import round_measure
from ifc.canonical_numbers import DECIMALS_BY_UNIT, round_coordinate

UNITS = ("m", "m2", "rad", "deg", "Cel", "1", "W/(m2.K)")
WRITTEN = st.builds(lambda digits, places: digits / 10.0**places, st.integers(-(10**8), 10**8), st.integers(0, 9))
INCHES = st.builds(lambda parts, unit: parts / 64 * unit, st.integers(1, 10**6), st.sampled_from([0.0254, 0.3048]))


@given(st.one_of(WRITTEN, INCHES), st.sampled_from(UNITS), st.integers(-3, 3))
def test_the_last_bits_of_a_written_number_change_nothing(number, unit, bits):
    assume(number != 0.0)  # nothing but zero is near zero where digits are counted
    assume(math.ulp(number) < 0.03 * 10.0 ** -DECIMALS_BY_UNIT.get(unit, 0))  # noise is small
    noisy = number
    for _ in range(abs(bits)):
        noisy = math.nextafter(noisy, math.copysign(math.inf, bits))
    assert round_measure(noisy, unit) == round_measure(number, unit)
    if abs(number) < 1e4:
        assert round_coordinate(noisy) == round_coordinate(number)


@given(st.floats(-1e6, 1e6), st.sampled_from(UNITS))
def test_a_rounded_number_stays(number, unit):
    once = round_measure(number, unit)
    assert round_measure(once, unit) == once
    assert abs(once - number) <= max(0.62e-4, 0.62e-9 * abs(number))


@pytest.mark.parametrize("number", [0.0, 3.2, -0.000001, 0.1, 658123.456789, -12.5])
def test_a_decimal_of_the_grid_is_written_as_it_is(number):
    assert round_measure(number, "m") == number
    assert round_coordinate(number) == number


def test_a_real_difference_is_seen():
    assert round_measure(1.000001, "m") != round_measure(1.0, "m")
    assert round_measure(1e-9 + 1.0, "1") != round_measure(1.0, "1")
