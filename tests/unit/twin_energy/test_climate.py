from dataclasses import replace

import numpy as np
import pytest

from twin.energy import read_epw, synthetic_tallinn
from twin.energy.climate import HOURS, month_of_hour
from twin.energy.sun import sun_path
from twin.energy.synthetic import AIR_C
from twin.errors import InvalidInput

HEADER = [
    "LOCATION,Testville,-,EST,made,262300,59.40,24.60,2.0,34.0",
    "DESIGN CONDITIONS,0",
    "TYPICAL/EXTREME PERIODS,0",
    "GROUND TEMPERATURES,0",
    "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
    "COMMENTS 1,Period of record 1991-2020",
    "COMMENTS 2,",
    "DATA PERIODS,1,1,Data,Sunday,1/1,12/31",
]


def epw_lines(infrared: str = "300") -> list[str]:
    rows = []
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    for month, length in enumerate(days, 1):
        for day in range(1, length + 1):
            for hour in range(1, 25):
                values = f"5.0,1.0,75,101325,0,0,{infrared},100,50,70,0,0,0,0,180,3.0,5,5"
                rows.append(f"2001,{month},{day},{hour},60,A,{values},9,9999,9,999999999,0,0,0,0,0,0,0")
    return HEADER + rows


def read(lines: list[str]):
    return read_epw("\n".join(lines).encode(), source="test", licence="none")


def test_an_epw_becomes_a_year():
    year = read(epw_lines())
    assert (year.latitude_deg, year.time_zone_h, year.elevation_m) == (59.40, 2.0, 34.0)
    assert year.period == "Period of record 1991-2020"
    assert {float(v) for v in year.dry_bulb_c} == {5.0}
    assert {float(v) for v in year.dni_w_m2} == {50.0}
    assert year.official is False
    assert year.notes == ()


def test_missing_sky_infrared_is_derived_and_said():
    year = read(epw_lines(infrared="9999"))
    assert 250.0 < float(year.sky_infrared_w_m2[0]) < 330.0
    assert "8760" in year.notes[0]


@pytest.mark.parametrize(
    ("spoil", "reason", "line"),
    [
        (lambda lines: lines.pop(100), "epw-hour", 101),
        (lambda lines: lines.insert(100, lines[99]), "epw-hour", 101),
        (lambda lines: lines.pop(), "epw-count", 8767),
        (lambda lines: lines.__setitem__(50, lines[50].replace(",5.0,", ",nan,")), "epw-number", 51),
        (lambda lines: lines.__setitem__(50, lines[50].replace(",5.0,", ",99.9,")), "epw-number", 51),
        (lambda lines: lines.__setitem__(50, lines[50].replace(",5.0,", ",warm,")), "epw-number", 51),
        (lambda lines: lines.__setitem__(60, lines[60][:40]), "epw-row", 61),
        (lambda lines: lines.__setitem__(0, "LOCATION,x"), "epw-header", 1),
        (lambda lines: lines.__setitem__(0, lines[0].replace("59.40", "nan")), "epw-header", 1),
        (lambda lines: lines.__setitem__(0, lines[0].replace("24.60", "5906")), "epw-header", 1),
        (lambda lines: lines.__setitem__(80, "1985," + lines[80].split(",", 1)[1]), "epw-year", 81),
        (lambda lines: lines.__setitem__(80, "0," + lines[80].split(",", 1)[1]), "epw-year", 81),
        (lambda lines: lines.__setitem__(8, "\u00b2," + lines[8].split(",", 1)[1]), "epw-year", 9),
        (lambda lines: lines.__setitem__(8, "9" * 5_000 + "," + lines[8].split(",", 1)[1]), "epw-year", 9),
        (lambda lines: lines.__setitem__(8, "last," + lines[8].split(",", 1)[1]), "epw-year", 9),
        (lambda lines: lines.insert(1424, "2017,2,29,1," + lines[1424].split(",", 4)[4]), "epw-year", 1425),
    ],
)
def test_damaged_files_are_refused_with_the_line(spoil, reason, line):
    lines = epw_lines()
    spoil(lines)
    with pytest.raises(InvalidInput) as caught:
        read(lines)
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_no_bytes_are_no_year():
    with pytest.raises(InvalidInput):
        read_epw(b"", source="", licence="")


def test_the_digest_follows_the_weather_and_the_place():
    year = read(epw_lines())
    warmer = replace(year, dry_bulb_c=year.dry_bulb_c + 0.1)
    moved = replace(year, longitude_deg=25.0)
    renamed = replace(year, name="other")
    assert len({year.sha256, warmer.sha256, moved.sha256}) == 3
    assert renamed.sha256 == year.sha256


def test_a_short_series_is_refused():
    year = read(epw_lines())
    with pytest.raises(InvalidInput) as caught:
        replace(year, wind_m_s=np.ones(HOURS - 1))
    assert caught.value.entity == "wind_m_s"


def test_the_synthetic_year_meets_its_normals_and_is_never_official():
    year = synthetic_tallinn()
    assert year.official is False
    assert year.sha256 == synthetic_tallinn().sha256
    assert year.monthly_mean_c() == pytest.approx(np.array(AIR_C), abs=1e-6)
    assert float(year.dry_bulb_c.mean()) == pytest.approx(6.4, abs=0.05)
    assert 900.0 < float(year.ghi_w_m2.sum()) / 1000.0 < 1050.0
    assert (year.dew_point_c <= year.dry_bulb_c).all()
    assert float(year.dni_w_m2.max()) < 1000.0
    for name in ("ghi_w_m2", "dni_w_m2", "dhi_w_m2", "wind_m_s", "sky_infrared_w_m2"):
        assert float(getattr(year, name).min()) >= 0.0
    june = month_of_hour() == 5
    assert float(year.ghi_w_m2[june].sum()) > 10 * float(year.ghi_w_m2[month_of_hour() == 11].sum())


def test_direct_light_fades_towards_the_horizon():
    year = synthetic_tallinn()
    path = sun_path(year)
    low, high = path.mean_up[path.bright] < 0.05, path.mean_up[path.bright] > 0.5
    direct = year.dni_w_m2[path.bright]
    assert float(direct[low].max()) < 160.0  # the sun below three degrees
    assert float(direct[high].max()) > 600.0
    whole = year.dni_w_m2 * path.horizontal() + year.dhi_w_m2
    assert whole == pytest.approx(year.ghi_w_m2, abs=0.5)
