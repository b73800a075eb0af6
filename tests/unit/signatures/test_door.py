"""The door of the package: complete, and light for who only names an error."""

import subprocess
import sys
from pathlib import Path

import pytest

import signatures

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("pyld", "requests", "jsonschema", "asn1crypto", "asyncio")


def test_the_door_hands_out_exactly_what_it_lists():
    assert sorted(signatures.__all__) == sorted(name for names in signatures._NAMES.values() for name in names)
    assert all(getattr(signatures, name) is not None for name in signatures.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        signatures.no_such_name  # noqa: B018


def test_naming_an_error_loads_no_library():
    code = f"import sys; from signatures import SignatureError; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
