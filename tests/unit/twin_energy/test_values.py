import json
import math

import pytest

from twin.energy import (
    Boundary,
    EnergyElement,
    EnergyModel,
    Kind,
    Layer,
    Source,
    Sourced,
    UseProfile,
    Zone,
)
from twin.energy.construction import chain, u_of_layers
from twin.errors import InvalidInput


def number(value: float, unit: str = "1", source: Source = Source.PERSON) -> Sourced:
    return Sourced(value, unit, source)


def wall(**changes) -> EnergyElement:
    usual = {
        "element_id": "wall",
        "kind": Kind.WALL,
        "boundary": Boundary.OUTSIDE,
        "area_m2": number(10.0, "m2"),
        "azimuth_deg": 0.0,
        "tilt_deg": 90.0,
        "u_w_m2k": number(0.3, "W/(m2.K)"),
        "global_ids": ("gid",),
    }
    return EnergyElement(**{**usual, **changes})


USE = UseProfile("test", False, (21.0,) * 24, (27.0,) * 24, (4.0,) * 24)
ZONE = Zone(number(20.0, "m2"), number(50.0, "m3"), number(0.3, "1/h"), USE)


def test_a_model_survives_json_and_keeps_its_digest():
    layers = (Layer(0.1, 0.04, 20.0, 1000.0, "wool"),)
    window = wall(element_id="window", kind=Kind.WINDOW, g=number(0.5))
    model = EnergyModel("b", ZONE, (wall(layers=layers), window), (8.0,) * 12, ("note",))
    again = EnergyModel.from_json(json.loads(json.dumps(model.to_json())))
    assert again == model
    assert again.digest() == model.digest()
    assert EnergyModel("b", ZONE, (window, wall(layers=layers))).digest() != model.digest()


@pytest.mark.parametrize(
    "damage", [lambda d: d.pop("zone"), lambda d: d.update(format=99), lambda d: d["elements"][0].update(kind="moon")]
)
def test_damaged_json_is_refused(damage):
    data = EnergyModel("b", ZONE, (wall(),)).to_json()
    damage(data)
    with pytest.raises(InvalidInput) as caught:
        EnergyModel.from_json(data)
    assert caught.value.reason == "energy-model-json"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"u_w_m2k": number(-0.2)}, "energy-u"),
        ({"u_w_m2k": number(200.0)}, "energy-u"),
        ({"area_m2": number(0.0)}, "energy-area"),
        ({"g": number(1.2)}, "energy-g"),
        ({"layers": (Layer(0.1, 0.0),)}, "energy-layer"),
    ],
)
def test_impossible_elements_are_refused_by_name(changes, reason):
    with pytest.raises(InvalidInput) as caught:
        wall(**changes)
    assert caught.value.reason == reason
    assert caught.value.entity == "gid"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_are_finite(value):
    with pytest.raises(InvalidInput):
        number(value)


def test_set_points_must_not_cross():
    with pytest.raises(InvalidInput):
        UseProfile("odd", False, (28.0,) * 24, (27.0,) * 24, (4.0,) * 24)


def test_u_of_layers_by_hand():
    # Plaster 0.015/0.7, wool 0.2/0.04, brick 0.12/0.6 and 0.13 + 0.04: R = 0.021429 + 5 + 0.2 + 0.17
    layers = (Layer(0.12, 0.6), Layer(0.2, 0.04), Layer(0.015, 0.7))
    assert u_of_layers(layers, Kind.WALL) == pytest.approx(1.0 / 5.391429, rel=1e-6)
    assert u_of_layers(layers, Kind.ROOF) == pytest.approx(1.0 / 5.361429, rel=1e-6)
    assert u_of_layers(layers, Kind.FLOOR) == pytest.approx(1.0 / 5.431429, rel=1e-6)


def test_a_chain_keeps_resistance_and_mass():
    layers = (Layer(0.12, 0.6, 1800.0, 900.0), Layer(0.2, 0.04), Layer(0.015, 0.7, 1400.0, 1000.0))
    nodes = chain(wall(layers=layers))
    assert nodes.resistance_m2k_w() == pytest.approx(5.221429, rel=1e-6)
    assert nodes.capacity.sum() == pytest.approx(0.12 * 1800 * 900 + 0.015 * 1400 * 1000)
    lumped = chain(wall(u_w_m2k=number(0.25)))
    assert lumped.resistance_m2k_w() == pytest.approx(4.0 - 0.17)
