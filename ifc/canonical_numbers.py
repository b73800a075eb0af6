"""Rounding of the numbers of a record before they enter the canonical form."""

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
    rounded = round(value, decimals) if decimals is not None else float(_SIGNIFICANT(value))
    return (rounded if math.isfinite(rounded) else value) + 0.0  # + 0.0 turns -0.0 into 0.0
