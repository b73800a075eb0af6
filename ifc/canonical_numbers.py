"""Rounding of the numbers of a record before they enter the canonical form.

A number on the grid stays as it is, so that a length of 3.2 m reads 3.2. Where two neighbours of the grid part lies
off the middle between them: people write 0.0625 and 12.5, and conversions of units end in such decimals, so that the
middle is the one place where noise in the last bit would be seen. The share is irrational, far from short fractions.

Noise changes nothing as long as it is smaller than the distance of the number from that place. For a written decimal
that is about a tenth of the grid. The digits of a computed number are as good as random, and so is its distance: the
chance of a change is noise divided by grid, about 1e-9 for metres in a building and 1e-4 for millimetres on a map.
"""

import math
from collections.abc import Mapping

from ifc.errors import IfcRecordError, Reason

MAX_INTEGER = 2**53 - 1  # RFC 8785: what every reader of JSON holds exactly; larger ones are written as numbers
DECIMALS_BY_UNIT: Mapping[str, int] = {
    "m": 6,  # a micrometre: below any tolerance on site, above the float noise of a map coordinate
    "m2": 6,
    "m3": 6,
    "rad": 9,
    "deg": 7,
    "Cel": 4,
}
SIGNIFICANT_DIGITS = 10  # of any other number: far below what an authoring tool means, above conversion noise
PLACEMENT_DECIMALS = 6
OFF_MIDDLE = 0.5 - (3.0 - math.sqrt(5.0)) / 2.0  # of the grid: rounding goes up from 0.381966 (a golden section) on
PLACEMENT_SHIFT = OFF_MIDDLE * 10.0**-PLACEMENT_DECIMALS
_SHIFTS = {unit: OFF_MIDDLE * 10.0**-decimals for unit, decimals in DECIMALS_BY_UNIT.items()}
_STRETCH = 1.0 + OFF_MIDDLE * 10.0**-SIGNIFICANT_DIGITS  # at most that share of the last digit, as numbers go to ten
_SIGNIFICANT = f"{{:.{SIGNIFICANT_DIGITS}g}}".format


def round_measure(value: float, unit: str) -> float:
    """Return `value` rounded as the canonical form of a record in `unit` writes it."""
    if not math.isfinite(value):
        raise IfcRecordError(
            f"A number is not finite: {value}.",
            reason=Reason.RECORD,
            hint="Correct the value in the authoring tool.",
        )
    decimals = DECIMALS_BY_UNIT.get(unit)
    rounded = float(_SIGNIFICANT(value * _STRETCH)) if decimals is None else round(value + _SHIFTS[unit], decimals)
    return (rounded if math.isfinite(rounded) else value) + 0.0  # + 0.0 turns -0.0 into 0.0


def round_coordinate(number: float) -> float:
    """Return a number of a placement as the canonical form writes it."""
    return round(number + PLACEMENT_SHIFT, PLACEMENT_DECIMALS) + 0.0
