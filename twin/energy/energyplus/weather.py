"""A climate year as an EPW file, so that two engines see the same weather."""

import numpy as np

from twin.energy.climate import DAYS_OF_MONTH, ClimateYear, Series
from twin.energy.sun import sun_path

# What a climate year does not hold, with the codes of the EPW data dictionary for missing.
FLAGS = "?9?9?9?9E0?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9*9*9?9?9?9"
NO_ILLUMINANCE = "999999,999999,999999,9999"
WINDS_DEG = (45, 225, 135, 315)  # nobody knows where from; every face has it before itself half of the time
NO_SKY = "5,5,9999,99999,9,999999999,999,0.999,0,88,0.2,0.0,0.0"  # half covered, nothing known of the rest


def write_epw(climate: ClimateYear) -> bytes:
    """Return the year as EPW; the sun above the air and the humidity are worked out, the pressure is standard."""
    lines = [*_header(climate), *_rows(climate)]
    return ("\r\n".join(lines) + "\r\n").encode("ascii", "replace")


def _header(climate: ClimateYear) -> list[str]:
    place = climate.name.replace(",", " ")
    where = (climate.latitude_deg, climate.longitude_deg, climate.time_zone_h, climate.elevation_m)
    return [
        f"LOCATION,{place},-,-,{climate.source.replace(',', ' ')},999999,{','.join(f'{one:.3f}' for one in where)}",
        "DESIGN CONDITIONS,0",
        "TYPICAL/EXTREME PERIODS,0",
        "GROUND TEMPERATURES,0",
        "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
        f"COMMENTS 1,{climate.period.replace(',', ' ')}",
        "COMMENTS 2,written from a climate year",
        "DATA PERIODS,1,1,Data,Sunday,1/1,12/31",
    ]


def _rows(climate: ClimateYear) -> list[str]:
    pressure = 101_325.0 * (1.0 - 2.25577e-5 * climate.elevation_m) ** 5.2559
    humidity = np.clip(_humidity(climate.dry_bulb_c, climate.dew_point_c), 1.0, 100.0)
    path = sun_path(climate)
    above = path.extraterrestrial_w_m2 * path.horizontal()
    rows = []
    for hour, (month, day, clock) in enumerate(_calendar()):
        sun = (climate.ghi_w_m2[hour], climate.dni_w_m2[hour], climate.dhi_w_m2[hour])
        rows.append(
            f"2017,{month},{day},{clock},60,{FLAGS},{climate.dry_bulb_c[hour]:.3f},{climate.dew_point_c[hour]:.3f},"
            f"{humidity[hour]:.1f},{pressure:.0f},{above[hour]:.2f},{path.extraterrestrial_w_m2[hour]:.2f},"
            f"{climate.sky_infrared_w_m2[hour]:.3f},{','.join(f'{one:.3f}' for one in sun)},{NO_ILLUMINANCE},"
            f"{WINDS_DEG[hour % 4]},{climate.wind_m_s[hour]:.3f},{NO_SKY}"
        )
    return rows


def _calendar() -> list[tuple[int, int, int]]:
    return [
        (month, day, clock)
        for month, length in enumerate(DAYS_OF_MONTH, 1)
        for day in range(1, length + 1)
        for clock in range(1, 25)
    ]


def _humidity(air_c: Series, dew_c: Series) -> Series:
    """Return relative humidity, per cent (Magnus)."""
    wet, dry = 17.62 * dew_c / (243.12 + dew_c), 17.62 * air_c / (243.12 + air_c)
    return np.asarray(100.0 * np.exp(wet - dry), dtype=np.float64)
