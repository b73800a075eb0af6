"""Chance without state: every number is a function of a seed, a name and a place, whatever was asked before."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Truths = npt.NDArray[np.bool_]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # constants of splitmix64 (Steele, Lea, Flood 2014)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def key_of(seed: int, *names: object) -> int:
    """Return 64 bits that belong to a seed and a name."""
    digest = hashlib.blake2b("/".join(map(str, (seed, *names))).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def share(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that belongs to a seed and a name."""
    return key_of(seed, *names) / 2**64


def keys_of(seed: int, channel: str, names: Sequence[str]) -> Keys:
    """Return the keys of one channel for many names."""
    return np.array([key_of(seed, channel, name) for name in names], dtype=np.uint64)


def uniform(keys: Keys | int, steps: npt.NDArray[Any]) -> Floats:
    """Return numbers in [0, 1) for every step (rows) and key (columns; none for a single key).

    Args:
        keys: One key or many.
        steps: Whole numbers.
    """
    counts = np.asarray(steps, dtype=np.int64).astype(np.uint64)
    with np.errstate(over="ignore"):
        if isinstance(keys, int):
            state = np.uint64(keys) + counts * _GOLDEN
        else:
            state = keys[np.newaxis, :] + counts[:, np.newaxis] * _GOLDEN
        state = (state ^ (state >> np.uint64(30))) * _MIX_1
        state = (state ^ (state >> np.uint64(27))) * _MIX_2
        state ^= state >> np.uint64(31)
    return state.astype(np.float64) / 2.0**64


def smooth(keys: Keys | int, hours: Floats, period_h: float) -> Floats:
    """Return noise in [-1, 1] that changes over about `period_h` hours.

    Args:
        keys: One key or many; see `uniform`.
        hours: Hours since 1970.
        period_h: Distance of its support points.
    """
    steps = np.floor(hours / period_h)
    part = hours / period_h - steps
    blend = part * part * (3.0 - 2.0 * part)
    low, high = uniform(keys, steps), uniform(keys, steps + 1)
    if low.ndim == 2:
        blend = blend[:, np.newaxis]
    mixed: Floats = 2.0 * (low + (high - low) * blend) - 1.0
    return mixed
