"""The door of the package: every name behind it, and nothing loaded before it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

import ifc

HEAVY = ("numpy", "ifcopenshell", "ifclite_geom", "shapely", "manifold3d")
ROOT = Path(ifc.__file__).parent.parent


@pytest.mark.parametrize("name", ifc.__all__)
def test_every_public_name_is_behind_the_door(name):
    assert getattr(ifc, name) is not None
    assert name in dir(ifc)


def test_the_door_hands_out_exactly_what_it_lists():
    assert sorted(ifc.__all__) == sorted(name for names in ifc._NAMES.values() for name in names)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        ifc.no_such_name  # noqa: B018


@pytest.mark.parametrize("module", ["ifc", "ifc.worker", "ifc._server"])
def test_what_every_child_loads_is_light(module):
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
