"""The part of a STEP file that the parser has to see, compiled: no geometry, every repeated property once.

References follow: one to a repeated property names the first of its kind, one to a statement that is left out becomes
``$``, or leaves its list. What is left out is read from the columns of the file.
"""

import numpy as np
from numpy.typing import NDArray

from ifc.compiled import borrowed, compiled, inlined
from ifc.step_scan import is_digit

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_MAX_KEY_BYTES = 24  # a cross, a number, an equals sign, a semicolon and a line break


@inlined
def _same(d: Bytes, a: int, b: int, size: int) -> bool:
    k = 0
    while k < size and d[a + k] == d[b + k]:
        k += 1
    return k == size


@compiled
def first_of_kind(d: Bytes, begin: Ints, end: Ints, rows: Ints, slots: Ints, first: Ints) -> None:
    """Tell of statements without references the first one that says the same, byte for byte.

    Args:
        d: Text.
        begin: Where the body of each statement begins.
        end: Where it ends.
        rows: The statements to compare.
        slots: -1, a power of two of them, at least twice as many as `rows`.
        first: Receives the row of the first one, for each of `rows`.
    """
    d, begin, end, slots = borrowed(d), borrowed(begin), borrowed(end), borrowed(slots)
    mask = slots.size - 1
    for row in rows:
        size, h = end[row] - begin[row], np.uint64(14695981039346656037)
        for k in range(begin[row], end[row]):
            h = (h ^ np.uint64(d[k])) * np.uint64(1099511628211)
        at = np.int64((h ^ (h >> np.uint64(29))) & np.uint64(mask))
        while slots[at] >= 0:
            other = slots[at]
            if end[other] - begin[other] == size and _same(d, begin[other], begin[row], size):
                break
            at = (at + 1) & mask
        if slots[at] < 0:
            slots[at] = row
        first[row] = slots[at]


@inlined
def _put_number(out: Bytes, at: int, number: int) -> int:
    divisor = 1
    while number // divisor >= 10:
        divisor *= 10
    while divisor:
        out[at] = 48 + (number // divisor) % 10
        at += 1
        divisor //= 10
    return at


@compiled
def reduce_text(
    d: Bytes, number: Longs, begin: Ints, end: Ints, pointer: Ints, rows: Ints, first: Ints, out: Bytes
) -> int:
    """Write the statements that stay and return the bytes written, or -1 if there is no room.

    Args:
        d: Text.
        number: Number of each statement.
        begin: Where its body begins.
        end: Where it ends.
        pointer: Where its references begin.
        rows: Row of each reference, -1 if there is no such statement.
        first: Of each statement itself if it stays, the one that stands for it, or -1 if it is left out.
        out: Receives the text.
    """
    d, number, begin, end, pointer = borrowed(d), borrowed(number), borrowed(begin), borrowed(end), borrowed(pointer)
    rows, first, out = borrowed(rows), borrowed(first), borrowed(out)
    at = 0
    for row in range(number.size):
        if first[row] != row:
            continue
        references = pointer[row + 1] - pointer[row]
        if at + (end[row] - begin[row]) + _MAX_KEY_BYTES * (references + 1) > out.size:
            return -1
        out[at] = 35
        at = _put_number(out, at + 1, number[row])
        out[at] = 61
        at += 1
        at = _put_body(d, number, begin[row], end[row], pointer[row], rows, first, out, at)
        out[at], out[at + 1] = 59, 10
        at += 2
    return at


@compiled
def _put_body(  # noqa: C901 - one loop over the bytes of a statement
    d: Bytes, number: Longs, i: int, stop: int, reference: int, rows: Ints, first: Ints, out: Bytes, at: int
) -> int:
    depth, quoted, gone = 0, False, False  # gone: the member of a list before this place was left out
    while i < stop:
        c = d[i]
        if c == 39:
            quoted = not quoted
        if quoted or c != 35:
            if not quoted:
                depth += (c == 40) - (c == 41)
                if gone and c == 44:
                    i += 1
                    gone = False
                    continue
                gone = gone and c != 41
            out[at] = c
            at += 1
            i += 1
            continue
        begin = i
        i += 1
        while i < stop and is_digit(d[i]):
            i += 1
        row = rows[reference]
        reference += 1
        if row < 0:
            while begin < i:
                out[at] = d[begin]
                at += 1
                begin += 1
        elif first[row] >= 0:
            out[at] = 35
            at = _put_number(out, at + 1, number[first[row]])
        elif depth < 2:
            out[at] = 36
            at += 1
        elif out[at - 1] == 44:  # not the first of its list: the comma before it goes
            at -= 1
        else:
            gone = True
    return at
