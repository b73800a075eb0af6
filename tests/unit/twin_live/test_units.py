import pytest

from twin.errors import InvalidInput
from twin.live import QUANTITY_KINDS, UNITS, convert, fits_quantity_kind, unit_of


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (212.0, "[degF]", "Cel", 100.0),
        (-40.0, "[degF]", "Cel", -40.0),
        (21.0, "Cel", "K", 294.15),
        (300.0, "K", "degF", 80.33),
        (1.0, "kWh", "MJ", 3.6),
        (1.0, "GJ", "kW.h", 277.77777777777777),
        (2.5, "MW.h", "kW.h", 2500.0),
        (1500.0, "W", "kW", 1.5),
        (0.04, "%", "ppm", 400.0),
        (55.0, "%", "1", 0.55),
        (1013.25, "hPa", "Pa", 101325.0),
        (14.503773773020923, "[psi]", "bar", 1.0),
        (36.0, "m3/h", "l/s", 10.0),
        (60.0, "L/min", "m3/h", 3.6),
        (250.0, "L", "m3", 0.25),
        (36.0, "km/h", "m/s", 10.0),
        (180.0, "deg", "rad", 3.141592653589793),
        (12.5, "µg/m³", "mg/m3", 0.0125),
        (90.0, "min", "h", 1.5),
    ],
)
def test_known_conversions(value: float, source: str, target: str, expected: float) -> None:
    assert convert(value, source, target) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("source", "target"), [("kW", "kW.h"), ("Cel", "%"), ("V.A", "W"), ("m3", "m3/h"), ("J", "Pa")]
)
def test_another_dimension_is_refused(source: str, target: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        convert(1.0, source, target)
    assert caught.value.reason == "unit-dimension"


@pytest.mark.parametrize("code", ["C", "cel", "kw", "KWH", "m^3", "furlong", "Cel "])
def test_what_is_not_ucum_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        unit_of(code)
    assert caught.value.reason == "unit-unknown"


def test_every_quantity_kind_has_a_unit() -> None:
    dimensions = {unit.dimension for unit in UNITS.values()}
    assert {name for names in QUANTITY_KINDS.values() for name in names} == dimensions


def test_an_unknown_quantity_kind_is_not_judged() -> None:
    assert fits_quantity_kind("Radioactivity", "1") is None
    assert fits_quantity_kind("Temperature", "Cel") is True
    assert fits_quantity_kind("Temperature", "kW") is False
