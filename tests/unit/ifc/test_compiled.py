"""The compiled helpers agree with the libraries that do the same for one value at a time."""

import hashlib
import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ifc.blake2b import blake2b
from ifc.compiled import _MODULES, _stamp
from ifc.step_numbers import read_number
from ifc.step_scan import scan


def test_the_hash_is_that_of_the_standard() -> None:
    for size in (0, 1, 63, 64, 127, 128, 129, 255, 256, 1_000):
        message = random.Random(size).randbytes(size)
        room = np.frombuffer(message + bytes(256 - size % 128), np.uint8).copy()
        out = np.zeros(40, np.uint8)
        blake2b(room, size, np.zeros(8, np.uint64), out, 4)

        assert out[4:36].tobytes() == hashlib.blake2b(message, digest_size=32).digest()


def read(text: str) -> float:
    data = np.frombuffer(text.encode() + b")", np.uint8)
    end, _, value = read_number(data, 0, len(text))
    assert end == len(text)
    return value


@given(st.floats(min_value=-1e16, max_value=1e16).filter(lambda value: value == 0 or abs(value) > 1e-26))
@settings(deadline=None)
def test_every_notation_of_a_number_gives_that_number(value: float) -> None:
    notations = (repr(value), f"{value:.16E}", f"{value:.17g}", f"{value:.25f}" if abs(value) > 1e-8 else repr(value))

    assert [read(text) for text in notations] == [value] * len(notations)


def test_numbers_beyond_all_measure_are_infinite_or_nothing() -> None:
    assert read("1.E99999") == np.inf
    assert read("-1.E+400") == -np.inf
    assert read("1.E-99999") == 0.0
    assert read("9" * 400 + ".") == np.inf


def test_kept_code_is_renewed_when_any_compiled_module_changes() -> None:
    assert scan._cache._cache_file._source_stamp == _stamp()
    assert {"step_scan", "digest_kernel", "step_numbers"} <= set(_MODULES)
