"""Import of EnergyPlus weather files (EPW)."""

import re
from dataclasses import dataclass

import numpy as np

from twin.energy.climate import DAYS_OF_MONTH, HOURS, ClimateYear, Series, sky_infrared
from twin.errors import InvalidInput

HEADER_LINES = 8
LARGEST_EPW_BYTES = 16 * 1024 * 1024  # a year is about 1.6 MB; ten times that is no weather year
YEAR = re.compile("[0-9]{4}")
FIRST_YEAR, LAST_YEAR = 1900, 2200  # measured years, and those of climate projections
LARGEST_PLACE = (90.0, 180.0, 14.0, 9000.0)  # latitude, longitude, hours from UTC, metres
COLUMNS_NEEDED = 23  # up to total and opaque sky cover; older writers leave the rest away


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    index: int
    low: float
    high: float
    missing: float


# Places and limits are those of the EPW data dictionary (EnergyPlus Auxiliary Programs, "EPW data dictionary").
COLUMNS = (
    _Column("dry bulb", 6, -90.0, 70.0, 99.9),
    _Column("dew point", 7, -90.0, 70.0, 99.9),
    _Column("sky infrared", 12, 0.0, 1000.0, 9999.0),
    _Column("global horizontal", 13, 0.0, 1500.0, 9999.0),
    _Column("direct normal", 14, 0.0, 1500.0, 9999.0),
    _Column("diffuse horizontal", 15, 0.0, 1500.0, 9999.0),
    _Column("wind speed", 21, 0.0, 60.0, 999.0),
    _Column("total sky cover", 22, 0.0, 10.0, 99.0),
)


def read_epw(data: bytes, *, source: str, licence: str, official: bool = False) -> ClimateYear:
    """Read a weather year.

    Args:
        data: The bytes of the file.
        source: Who made it.
        licence: Under which terms it may be used.
        official: True only if the operator vouches that the regulation names this year.

    Raises:
        InvalidInput: (epw-size, epw-header, epw-row, epw-number, epw-hour, epw-year, epw-count) with the line of the
            file.
    """
    if len(data) > LARGEST_EPW_BYTES:
        raise InvalidInput("The weather file is far larger than a year.", reason="epw-size", hint="Give hourly data.")
    lines = data.decode("latin-1").splitlines()  # EPW has no declared encoding; only numbers are read
    place = _location(lines)
    rows = [(number, line) for number, line in enumerate(lines[HEADER_LINES:], HEADER_LINES + 1) if line.strip()]
    table = np.array([_row(number, line, position) for position, (number, line) in enumerate(rows)])
    _check_years(rows)
    if len(rows) != HOURS:
        raise InvalidInput(
            f"The weather file has {len(rows)} hours, not {HOURS}.",
            reason="epw-count",
            hint="Give one row for each hour of a year of 365 days.",
            line=rows[-1][0] if rows else None,
        )
    return _year(table, place, source, licence, official)


def _location(lines: list[str]) -> tuple[str, str, float, float, float, float]:
    parts = lines[0].split(",") if lines else []
    try:
        if parts[0].strip().upper() != "LOCATION":
            raise ValueError("LOCATION")  # noqa: TRY301 - one refusal for all that is wrong
        latitude, longitude, zone, height = (float(part) for part in parts[6:10])
        place = zip((latitude, longitude, zone, height), LARGEST_PLACE, strict=True)
        if not all(abs(value) <= largest for value, largest in place):  # NaN is not either
            raise ValueError("LOCATION")  # noqa: TRY301 - the same
    except (ValueError, IndexError) as error:
        raise InvalidInput(
            "The first line of a weather file must be LOCATION with latitude, longitude, time zone and height.",
            reason="epw-header",
            hint="Export the year as EPW.",
            line=1,
        ) from error
    period = next((line.split(",", 1)[1] for line in lines[:HEADER_LINES] if line.startswith("COMMENTS 1,")), "")
    return f"{parts[1].strip()} {parts[4].strip()}".strip(), period.strip(), latitude, longitude, zone, height


def _row(number: int, line: str, position: int) -> tuple[float, ...]:
    parts = line.split(",")
    if len(parts) < COLUMNS_NEEDED:
        raise InvalidInput(
            f"Line {number} has {len(parts)} columns, at least {COLUMNS_NEEDED} are needed.",
            reason="epw-row",
            hint="The line is cut; export the year again.",
            line=number,
        )
    _check_hour(number, parts, position)
    return tuple(_number(number, parts, column) for column in COLUMNS)


def _check_hour(number: int, parts: list[str], position: int) -> None:
    month, day, hour = _calendar(position % HOURS)
    try:
        found = (int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError as error:
        raise InvalidInput(f"Line {number} has no date.", reason="epw-hour", line=number) from error
    if found[:2] == (2, 29):
        raise InvalidInput(
            f"Line {number} is a 29 February; a reference year has 365 days.",
            reason="epw-year",
            hint="Leave the leap day out, or give another year.",
            line=number,
        )
    if found != (month, day, hour):
        raise InvalidInput(
            f"Line {number} is month {found[0]}, day {found[1]}, hour {found[2]}; "
            f"month {month}, day {day}, hour {hour} was expected.",
            reason="epw-hour",
            hint="An hour is missing, doubled or out of order.",
            line=number,
        )


def _check_years(rows: list[tuple[int, str]]) -> None:
    """Refuse a year that is none, and months that were taken from two years; each month may have its own."""
    years: dict[str, str] = {}
    for number, line in rows:
        year, month = line.split(",", 2)[:2]
        usable = YEAR.fullmatch(year.strip()) is not None and FIRST_YEAR <= int(year) <= LAST_YEAR
        if not usable or years.setdefault(month.strip(), year.strip()) != year.strip():
            raise InvalidInput(
                f"Line {number} is of the year {year.strip()[:20]!r}, and month {month.strip()} began in another."
                if usable
                else f"Line {number} is of the year {year.strip()[:20]!r}, which is none.",
                reason="epw-year",
                hint="A month of a weather year comes from one year; export it again.",
                line=number,
            )


def _calendar(position: int) -> tuple[int, int, int]:
    day, hour = divmod(position, 24)
    for month, length in enumerate(DAYS_OF_MONTH, 1):
        if day < length:
            return month, day + 1, hour + 1
        day -= length
    raise AssertionError(position)


def _number(number: int, parts: list[str], column: _Column) -> float:
    try:
        value = float(parts[column.index])
    except ValueError:
        value = float("nan")
    if value >= column.missing and column.name in ("sky infrared", "total sky cover"):
        return float("nan")  # both can be derived
    if not column.low <= value <= column.high:
        raise InvalidInput(
            f"Line {number}: the {column.name} is {parts[column.index]!r}, "
            f"outside {column.low:g} to {column.high:g}.",
            reason="epw-number",
            hint="A value is missing or not a number; fill it at the source.",
            entity=column.name,
            line=number,
        )
    return value


def _year(
    table: Series, place: tuple[str, str, float, float, float, float], source: str, licence: str, official: bool
) -> ClimateYear:
    name, period, latitude, longitude, zone, height = place
    dry, dew, infrared, ghi, dni, dhi, wind, cover = table.T
    missing = np.isnan(infrared)
    clouds = np.where(np.isnan(cover), 5.0, cover)  # half covered where nobody looked
    notes = (f"Sky infrared was derived from dew point and cloud cover for {missing.sum()} hours.",)
    return ClimateYear(
        name=name,
        source=source,
        licence=licence,
        period=period,
        official=official,
        latitude_deg=latitude,
        longitude_deg=longitude,
        time_zone_h=zone,
        elevation_m=height,
        dry_bulb_c=dry,
        dew_point_c=dew,
        wind_m_s=wind,
        ghi_w_m2=ghi,
        dni_w_m2=dni,
        dhi_w_m2=dhi,
        sky_infrared_w_m2=np.where(missing, sky_infrared(dry, dew, clouds), infrared),
        notes=notes if missing.any() else (),
    )
