"""Numbers of STEP text, compiled: read to the nearest double.

Between 1e-26 and 1e16 every notation of a double gives that double; beyond, the last bit may be another one.
"""

import numpy as np
from numpy.typing import NDArray

from ifc.compiled import compiled

Bytes = NDArray[np.uint8]

_ZERO, _NINE, _DOT, _PLUS, _MINUS = 48, 57, 46, 43, 45
_MAX_DIGITS = 19  # that an unsigned word holds; the twentieth is below a thousandth of the last bit of a double
_EXACT = 22  # powers of ten up to here are doubles without an error
_TENS = np.array([10.0**power for power in range(_EXACT + 1)])
_EXACT_WORD = np.uint64(1 << 53)
_LOW_BITS = np.uint64((1 << 11) - 1)
_SPLITTER = 134217729.0  # 2**27 + 1, Dekker's
_LARGEST = 400  # a larger exponent is infinity or zero whatever the digits say


@compiled
def digit_at(data: Bytes, i: int, end: int) -> bool:
    """Tell whether a digit stands at `i`, before `end`."""
    return i < end and _ZERO <= data[i] <= _NINE


@compiled
def _split(a: float) -> tuple[float, float]:
    t = _SPLITTER * a
    high = t - (t - a)
    return high, a - high


@compiled
def _divided(high: float, low: float, p: float) -> tuple[float, float]:
    """Return (`high` + `low`) / `p` as a sum of two doubles."""
    q = high / p
    a, b = _split(q)
    c, d = _split(p)
    whole = q * p
    error = ((a * c - whole) + a * d + b * c) + b * d
    rest = ((high - whole) - error + low) / p
    total = q + rest
    return total, rest - (total - q)


@compiled
def nearest(digits: np.uint64, power: int) -> float:
    """Return ``digits * 10**power`` as a double."""
    if digits == 0:
        return 0.0
    if digits < _EXACT_WORD and -_EXACT <= power <= _EXACT:
        return float(float(digits) / _TENS[-power] if power < 0 else float(digits) * _TENS[power])
    if -2 * _EXACT <= power < 0:
        tail = digits & _LOW_BITS
        high, low = _divided(float(digits - tail), float(tail), _TENS[min(-power, _EXACT)])
        if -power > _EXACT:
            high, low = _divided(high, low, _TENS[-power - _EXACT])
        return high + low
    if power < -_LARGEST:
        return 0.0
    if power > _LARGEST:
        return np.inf
    return float(float(digits) * 10.0 ** (power / 2) * 10.0 ** (power - power / 2))


@compiled
def read_number(data: Bytes, i: int, end: int) -> tuple[int, bool, float]:
    """Return where the number at `i` ends, whether it is written as a real, and its value.

    Args:
        data: STEP text.
        i: Where a sign or a digit stands.
        end: Where to stop at the latest.
    """
    negative = data[i] == _MINUS
    if data[i] == _MINUS or data[i] == _PLUS:
        i += 1
    digits, kept, power = np.uint64(0), 0, 0
    while digit_at(data, i, end):
        if kept < _MAX_DIGITS:
            digits = digits * np.uint64(10) + np.uint64(data[i] - _ZERO)
            kept += 1 if digits else 0
        else:
            power += 1
        i += 1
    real = i < end and data[i] == _DOT
    if real:
        i += 1
        while digit_at(data, i, end):
            if kept < _MAX_DIGITS:
                digits = digits * np.uint64(10) + np.uint64(data[i] - _ZERO)
                kept += 1 if digits else 0
                power -= 1
            i += 1
    i, exponent = _exponent(data, i, end)
    value = nearest(digits, power + exponent)
    return i, real or exponent != 0, -value if negative else value


@compiled
def _exponent(data: Bytes, i: int, end: int) -> tuple[int, int]:
    if i >= end or (data[i] != 69 and data[i] != 101):  # E e
        return i, 0
    k, down, found = i + 1, False, 0
    if k < end and (data[k] == _MINUS or data[k] == _PLUS):
        down = data[k] == _MINUS
        k += 1
    if not digit_at(data, k, end):
        return i, 0
    while digit_at(data, k, end):
        found = min(found * 10 + (data[k] - _ZERO), 2 * _LARGEST)
        k += 1
    return k, -found if down else found
