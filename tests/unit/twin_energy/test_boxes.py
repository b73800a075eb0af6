"""Boxes of any size: areas, volume and balance hold whatever the shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.energy import Kind, build_envelope, build_model, reference_area, simulate, synthetic_tallinn

CLIMATE = synthetic_tallinn()
size = st.floats(min_value=2.5, max_value=25.0)


def room(build, length: float, width: float, height: float, thickness: float):
    """Make a room of which only the inner size is given, in a shell of one mesh per side."""
    t, x, y, z = thickness, length, width, height
    sides = {
        "north": ((-t, y, 0), (x + t, y + t, z)),
        "south": ((-t, -t, 0), (x + t, 0, z)),
        "east": ((x, 0, 0), (x + t, y, z)),
        "west": ((-t, 0, 0), (0, y, z)),
        "floor": ((-t, -t, -t), (x + t, y + t, 0)),
        "roof": ((-t, -t, z), (x + t, y + t, z + t)),
    }
    records = [build.record("space", "IfcSpace")]
    meshes = [build.box("space", (0, 0, 0), (x, y, z))]
    for name, (low, high) in sides.items():
        records.append(build.record(name, "IfcSlab" if name in ("floor", "roof") else "IfcWall", 0.3))
        meshes.append(build.box(name, low, high))
    return build.snapshot(records, meshes)


@settings(max_examples=25, deadline=None)
@given(length=size, width=size, height=st.floats(2.0, 8.0), thickness=st.floats(0.05, 0.6))
def test_areas_volume_and_balance(build, length, width, height, thickness):
    snap = room(build, length, width, height, thickness)
    envelope = build_envelope(snap)
    for name in ("N", "S"):
        assert envelope.area_m2(Kind.WALL, name) == pytest.approx(length * height, rel=1e-6)
    for name in ("E", "W"):
        assert envelope.area_m2(Kind.WALL, name) == pytest.approx(width * height, rel=1e-6)
    assert envelope.area_m2(Kind.ROOF) == pytest.approx(length * width, rel=1e-6)
    assert envelope.area_m2(Kind.FLOOR) == pytest.approx(length * width, rel=1e-6)
    assert envelope.volume_m3.value == pytest.approx(length * width * height)
    model = build_model("box", envelope, reference_area(snap, envelope).area_m2)
    result = simulate(model, CLIMATE)
    assert result.residual < 1e-6
    assert np.isfinite(result.hourly).all()
    assert result.heating_kwh > 0.0
