"""One pass over the bytes of a STEP data section, compiled: statements, classes, references, and whether all is even.

The pass accepts the grammar that exporters write and nothing else: numbered statements of one class in capitals,
values apart by commas, closed texts and brackets, numbers of ordinary size. Anything beyond that ends it, and the
slow search of `ifc.step` judges the file. No byte is read beyond the buffer: it ends with a zero, which no rule
accepts.
"""

import numpy as np
from numpy.typing import NDArray

from ifc.compiled import borrowed, compiled, inlined

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

MAX_CLASSES = 1 << 10  # the largest schema has fewer than 900 concrete classes
SLOTS = 1 << 12
UNEVEN, FULL = -1, -2  # why a scan stopped
_MAX_NUMBER = (1 << 32) - 1  # the parser keeps instance numbers in 32 bits
_MAX_DIGITS = 10  # of such a number
_MAX_INTEGER = (1 << 31) - 1  # the parser keeps whole numbers in 32 bits
_MAX_REAL_DIGITS = 40  # with the exponent below: certainly a finite double
_MAX_EXPONENT = 250
_MAX_DEPTH = 32  # brackets in brackets; real files stay below five


@inlined
def is_space(c: int) -> bool:
    """Tell whether a byte is white space."""
    return c == 32 or 9 <= c <= 13


@inlined
def is_digit(c: int) -> bool:
    """Tell whether a byte is a digit."""
    return 48 <= c <= 57


@inlined
def is_word(c: int) -> bool:
    """Tell whether a byte may stand in a name."""
    return 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122 or c == 95


@inlined
def _past_space(d: Bytes, i: int) -> int:
    while is_space(d[i]):
        i += 1
    return i


@inlined
def _instance_number(d: Bytes, i: int) -> tuple[int, int]:
    """Return the number after a cross at `i` and where it ends; -1 if it is none."""
    i += 1
    first, number = i, 0
    while is_digit(d[i]) and i - first <= _MAX_DIGITS:
        number = number * 10 + (d[i] - 48)
        i += 1
    if i == first or i - first > _MAX_DIGITS or d[first] == 48 or number > _MAX_NUMBER:
        return -1, i
    return number, i


@inlined
def _past_number(d: Bytes, i: int) -> int:
    """Return where the number at `i` ends, or -1 if it is not an ordinary one."""
    if d[i] == 43 or d[i] == 45:
        i += 1
    first, value = i, 0
    while is_digit(d[i]):
        value = min(value * 10 + (d[i] - 48), _MAX_INTEGER + 1)
        i += 1
    if i == first or is_word(d[i]):
        return -1
    if d[i] != 46:
        return i if value <= _MAX_INTEGER else -1
    i += 1
    while is_digit(d[i]):
        i += 1
    if i - first > _MAX_REAL_DIGITS:
        return -1
    if d[i] == 69 or d[i] == 101:
        i = _past_exponent(d, i + 1)
    return -1 if i < 0 or is_word(d[i]) or d[i] == 46 else i


@inlined
def _past_exponent(d: Bytes, i: int) -> int:
    """Return where the exponent at `i` ends, or -1 if there is none or a very large one."""
    if d[i] == 43 or d[i] == 45:
        i += 1
    first, power = i, 0
    while is_digit(d[i]) and power <= _MAX_EXPONENT:
        power = power * 10 + (d[i] - 48)
        i += 1
    return i if i > first and power <= _MAX_EXPONENT else -1


@inlined
def _past_text(d: Bytes, i: int) -> int:
    """Return where the text at `i` ends, or -1 if it is not closed or seems to hold a statement."""
    while d[i] == 39:  # two quotes in a row are one quote of the text
        i += 1
        while d[i] != 39:
            if d[i] == 0 or (d[i] == 59 and d[_past_space(d, i + 1)] == 35):
                return -1
            i += 1
        i += 1
    return i


@inlined
def _past_enumeration(d: Bytes, i: int) -> int:
    first = i + 1
    i = first
    while is_word(d[i]):
        i += 1
    return i + 1 if i > first and d[i] == 46 else -1


@inlined
def _past_binary(d: Bytes, i: int) -> int:
    i += 1
    while is_digit(d[i]) or 65 <= d[i] <= 70 or 97 <= d[i] <= 102:
        i += 1
    return i + 1 if d[i] == 34 else -1


@inlined
def _past_value(d: Bytes, i: int) -> int:
    """Return where a value that is no list and no reference ends, or -1. A typed value ends before its bracket."""
    c = d[i]
    if c == 36 or c == 42:
        return i + 1
    if c == 39:
        return _past_text(d, i)
    if c == 46:
        return _past_enumeration(d, i)
    if c == 34:
        return _past_binary(d, i)
    if is_digit(c) or c == 43 or c == 45:
        return _past_number(d, i)
    return -1


@inlined
def _past_name(d: Bytes, i: int) -> int:
    """Return where the name in capitals at `i` ends, or -1."""
    if not 65 <= d[i] <= 90:
        return -1
    while 65 <= d[i] <= 90 or is_digit(d[i]) or d[i] == 95:
        i += 1
    return i


@inlined
def _class_code(d: Bytes, first: int, end: int, slots: Ints, names: Ints, count: int) -> tuple[int, int]:
    """Return the code of the class whose name stands there, and the number of classes; -1 if they are too many."""
    h = 2166136261
    for i in range(first, end):
        h = ((h ^ d[i]) * 16777619) & 0xFFFFFFFF
    at = h & (SLOTS - 1)
    while slots[at] >= 0:
        code = slots[at]
        begin = names[2 * code]
        if names[2 * code + 1] - begin == end - first:
            k = 0
            while k < end - first and d[begin + k] == d[first + k]:
                k += 1
            if k == end - first:
                return code, count
        at = (at + 1) & (SLOTS - 1)
    if count >= MAX_CLASSES:
        return -1, count
    slots[at] = count
    names[2 * count], names[2 * count + 1] = first, end
    return count, count + 1


@inlined
def _past_arguments(d: Bytes, i: int, target: Longs, place: Ints, references: int) -> tuple[int, int]:  # noqa: C901
    """Return where the arguments after an open bracket end, or `UNEVEN` or `FULL`, and the number of references."""
    depth, argument = 1, 0
    wanted, after_comma = True, False  # wanted: a value must come next, or an end after a bracket
    while depth:
        c = d[i]
        if is_space(c):
            i += 1
        elif c == 44 or c == 41:
            if wanted and (c == 44 or after_comma):
                return UNEVEN, references
            argument += depth == 1 and c == 44
            depth -= c == 41
            wanted = after_comma = c == 44
            i += 1
        elif not wanted:
            return UNEVEN, references
        elif c == 40:
            depth += 1
            i += 1
            after_comma = False
            if depth > _MAX_DEPTH:
                return UNEVEN, references
        elif c == 35:
            wanted = False
            other, i = _instance_number(d, i)
            if other < 0 or references == target.size:
                return UNEVEN if other < 0 else FULL, references
            target[references] = other
            place[references] = argument
            references += 1
        elif 65 <= c <= 90:
            i = _past_space(d, _past_name(d, i))
            if d[i] != 40:
                return UNEVEN, references
        else:
            wanted = False
            i = _past_value(d, i)
            if i < 0:
                return UNEVEN, references
    return i, references


@compiled
def scan(
    d: Bytes,
    start: int,
    number: Longs,
    begin: Ints,
    end: Ints,
    code: Ints,
    pointer: Ints,
    target: Longs,
    place: Ints,
    slots: Ints,
    names: Ints,
) -> tuple[int, int, int, int]:
    """Scan the statements from `start` to ENDSEC.

    Args:
        d: The whole file without comments, and a zero after its end.
        start: Where the data section begins.
        number: Receives the number of each statement.
        begin: Receives where its body begins.
        end: Receives where it ends.
        code: Receives the code of its class.
        pointer: Receives where its references begin; one longer.
        target: Receives the number that each reference names.
        place: Receives the argument in which it stands.
        slots: `SLOTS` times -1, to work with.
        names: Receives where the name of each class begins and ends; twice `MAX_CLASSES`.

    Returns:
        Where ENDSEC begins, `UNEVEN` or `FULL` if an array is too short; the number of statements, of references and
        of classes.
    """
    d, number, begin, end, code = borrowed(d), borrowed(number), borrowed(begin), borrowed(end), borrowed(code)
    pointer, target, place = borrowed(pointer), borrowed(target), borrowed(place)
    slots, names = borrowed(slots), borrowed(names)
    count, references, classes, i, stop = 0, 0, 0, start, UNEVEN
    while True:
        i = _past_space(d, i)
        if d[i] != 35:
            stop = i
            break
        own, i = _instance_number(d, i)
        i = _past_space(d, i)
        if own < 0 or d[i] != 61:
            break
        body = _past_space(d, i + 1)
        i = _past_name(d, body)
        if i < 0:
            break
        kind, classes = _class_code(d, body, i, slots, names, classes)
        i = _past_space(d, i)
        if kind < 0 or d[i] != 40:
            break
        if count == number.size:
            stop = FULL
            break
        pointer[count] = references
        i += 1
        i, references = _past_arguments(d, i, target, place, references)
        if i < 0:
            stop = i
            break
        number[count], begin[count], end[count], code[count] = own, body, i, kind
        count += 1
        i = _past_space(d, i)
        if d[i] != 59:
            break
        i += 1
    pointer[count] = references
    return stop, count, references, classes
