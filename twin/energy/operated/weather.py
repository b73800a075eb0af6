"""The weather of a measured time: a reference year with the air temperature of a thermometer."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.energy.climate import KELVIN, ClimateYear
from twin.energy.operated.series import Series
from twin.errors import InvalidInput

LEAST_HOURS = 0.9  # share of the hours that the thermometer must know
LONGEST_BRIDGE_H = 6  # hours without a reading that are crossed by a line


def with_outdoor(base: ClimateYear, outdoor_c: Series, needed: NDArray[np.bool_], name: str) -> ClimateYear:
    """Return a year with measured air temperatures; sun and wind stay those of the base.

    The dew point keeps its distance to the air, the sky its emissivity.

    Args:
        base: The reference year.
        outdoor_c: float64 (8760,), measured, nan where not known.
        needed: bool (8760,), the hours that are compared with a meter.
        name: The thermometer.

    Raises:
        InvalidInput: (energy-weather-missing) too few of the needed hours are known; the answer would not be of this
            weather.
    """
    bridged = _bridged(outdoor_c)
    share = float(np.isfinite(bridged)[needed].mean()) if needed.any() else 0.0
    if share < LEAST_HOURS:
        raise InvalidInput(
            f"The outdoor thermometer knows {share:.0%} of the hours; without the real weather there is no answer.",
            reason="energy-weather-missing",
            hint=f"Give outdoor temperatures for at least {LEAST_HOURS:.0%} of the hours, or a weather file.",
            entity=name,
        )
    air = np.where(np.isfinite(bridged), bridged, base.dry_bulb_c)
    warmer = air - base.dry_bulb_c
    sky = base.sky_infrared_w_m2 * ((air + KELVIN) / (base.dry_bulb_c + KELVIN)) ** 4
    note = f"Air temperature measured by {name} ({share:.0%} of the hours); sun and wind of {base.name}."
    return replace(
        base, name=f"{base.name}, air by {name}", source=f"{base.source}; {name}", official=False,
        dry_bulb_c=air, dew_point_c=base.dew_point_c + warmer, sky_infrared_w_m2=sky, notes=(*base.notes, note),
    )  # fmt: skip


def _bridged(values: Series) -> Series:
    """Return the values with short gaps crossed by a line."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        return values
    line = np.interp(np.arange(len(values)), known, values[known], left=np.nan, right=np.nan)
    before = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))
    after = np.flip(np.minimum.accumulate(np.flip(np.where(np.isfinite(values), np.arange(len(values)), 2**31))))
    return np.where(after - before <= LONGEST_BRIDGE_H + 1, line, values)
