"""Tokens of statements, compiled: the work behind `ifc.geometry_digest`, all statements of a shape in one call.

A token is what a statement says, without white space, numbers in millionths, and in place of every reference the
token of what it refers to. A token longer than a hash is hashed. A statement is written once all it refers to is.
"""

import numpy as np
from numpy.typing import NDArray

from ifc.blake2b import DIGEST_BYTES, blake2b
from ifc.compiled import borrowed, compiled, inlined
from ifc.step_numbers import read_number
from ifc.step_scan import is_digit, is_space, is_word

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

GENERIC, POINT, DIRECTION, IGNORED = 0, 3, 4, 5  # kinds of classes; the middle ones begin their tokens
INLINE_BYTES = 96  # a shorter token stands for itself: points, directions and bounds are not worth a hash
MICRO = 1e6  # numbers count in millionths of what the file writes: a micrometre in metres, below that in millimetres
GRID_OFFSET = 0.6180339887498949  # no short decimal lies where two steps part, see `ifc.canonical_numbers`
MISSING = -1  # row of a reference to a statement that does not exist
_HASHED, _REAL = 1, 2  # first bytes; STEP text never holds them
_UNKNOWN, _WAITING, _READY, _CLOSED = 0, 1, 2, 3  # states; closed: leads into a cycle
_WIDEST = 5  # a number of two letters becomes nine bytes


@inlined
def _put_double(out: Bytes, at: int, value: float, cell: NDArray[np.float64]) -> int:
    cell[0] = np.floor(value * MICRO + GRID_OFFSET) + 0.0
    raw = cell.view(np.uint8)
    for k in range(8):
        out[at + k] = raw[k]
    return at + 8


@compiled
def _put_coordinates(d: Bytes, i: int, end: int, kind: int, out: Bytes, cell: NDArray[np.float64]) -> int:
    """Write the token of a point or direction and return its length; -1 if it holds anything but numbers."""
    at, count = 2, 0
    while i < end:
        c = d[i]
        if is_digit(c) or c == 43 or c == 45:
            if (c == 43 or c == 45) and not (i + 1 < end and is_digit(d[i + 1])):
                return -1
            i, _, value = read_number(d, i, end)
            at = _put_double(out, at, value, cell)
            count += 1
        elif c == 44 or c == 40 or c == 41 or is_space(c):
            i += 1
        else:
            return -1
    if count == 0 or count > 3:
        return -1
    out[0], out[1] = kind, count
    return at


@compiled
def _put_name(d: Bytes, i: int, end: int, out: Bytes, at: int) -> int:
    while i < end and (is_word(d[i]) or is_space(d[i])):
        if not is_space(d[i]):
            out[at] = d[i]
            at += 1
        i += 1
    return at


@compiled
def _put_integer(d: Bytes, i: int, end: int, out: Bytes, at: int) -> int:
    """Write a whole number without a plus and without leading zeros."""
    negative = d[i] == 45
    while i < end and not 49 <= d[i] <= 57:
        i += 1
    if i == end:
        out[at] = 48
        return at + 1
    if negative:
        out[at] = 45
        at += 1
    for k in range(i, end):
        out[at] = d[k]
        at += 1
    return at


@compiled
def _past_quoted(d: Bytes, i: int, end: int) -> int:
    quote = d[i]
    i += 1
    while i < end and d[i] != quote:
        i += 1
    return min(i + 1, end)


@inlined
def _past_digits(d: Bytes, i: int, end: int) -> int:
    while i < end and is_digit(d[i]):
        i += 1
    return i


@inlined
def _put_word(d: Bytes, i: int, end: int, out: Bytes, at: int) -> tuple[int, int]:
    """Copy letters and digits; return where they end, and where to go on writing."""
    while i < end and is_word(d[i]):
        out[at] = d[i]
        at += 1
        i += 1
    return i, at


@inlined
def _put_child(
    d: Bytes,
    begin: Ints,
    end: Ints,
    kinds: Bytes,
    child: int,
    state: Bytes,
    offset: Longs,
    length: Ints,
    arena: Bytes,
    out: Bytes,
    at: int,
) -> int:
    """Write what stands for the statement this refers to."""
    if child == MISSING:
        out[at] = 63
        return at + 1
    if kinds[child] == IGNORED:
        out[at] = 36
        return at + 1
    if state[child] != _READY:
        out[at] = 63
        return _put_name(d, begin[child], end[child], out, at + 1)
    first = offset[child]
    for k in range(length[child]):
        out[at + k] = arena[first + k]
    return int(at + length[child])


@compiled
def _write(  # noqa: C901 - one loop over the bytes of a statement
    d: Bytes,
    begin: Ints,
    end: Ints,
    kinds: Bytes,
    row: int,
    pointer: Ints,
    rows: Ints,
    state: Bytes,
    offset: Longs,
    length: Ints,
    arena: Bytes,
    out: Bytes,
    cell: NDArray[np.float64],
) -> int:
    """Write the token of `row` to `out` and return its length."""
    i, stop, at, reference = begin[row], end[row], 0, pointer[row]
    kind = kinds[row]
    if kind in (POINT, DIRECTION):
        k = i
        while k < stop and d[k] != 40:
            k += 1
        at = _put_coordinates(d, k, stop, kind, out, cell)
        if at >= 0:
            return at
        at = 0
    while i < stop:
        c = d[i]
        if is_space(c):
            i += 1
        elif c == 39 or c == 34:
            k = _past_quoted(d, i, stop)
            while i < k:
                out[at] = d[i]
                at += 1
                i += 1
        elif c == 35 and i + 1 < stop and is_digit(d[i + 1]) and reference < pointer[row + 1]:
            i = _past_digits(d, i + 1, stop)
            at = _put_child(d, begin, end, kinds, rows[reference], state, offset, length, arena, out, at)
            reference += 1
        elif is_word(c) and not is_digit(c):
            i, at = _put_word(d, i, stop, out, at)
        elif is_digit(c) or ((c == 43 or c == 45) and i + 1 < stop and is_digit(d[i + 1])):
            k, real, value = read_number(d, i, stop)
            if real or kind in (POINT, DIRECTION):
                out[at] = _REAL
                at = _put_double(out, at + 1, value, cell)
            else:
                at = _put_integer(d, i, k, out, at)
            i = k
        elif c == 46:
            out[at] = c
            i, at = _put_word(d, i + 1, stop, out, at + 1)
            if i < stop and d[i] == 46:
                out[at] = 46
                at += 1
                i += 1
        else:
            out[at] = c
            at += 1
            i += 1
    return at


@compiled
def _most(begin: Ints, end: Ints, row: int, pointer: Ints, rows: Ints, state: Bytes, length: Ints, name: int) -> int:
    """Return a size that the token of `row` cannot exceed."""
    size = int(_WIDEST * (end[row] - begin[row]) + 16)
    for k in range(pointer[row], pointer[row + 1]):
        child = rows[k]
        if child != MISSING:
            size += int(length[child]) if state[child] == _READY else name
    return size


@compiled
def gather(seeds: Ints, kinds: Bytes, pointer: Ints, rows: Ints, state: Bytes) -> Ints:
    """Return what the seeds refer to, directly or not, and the seeds, as far as not known yet; mark them waiting."""
    stack, found = np.empty(1024, np.int32), np.empty(1024, np.int32)
    count = 0
    for seed in seeds:
        top = 0
        if seed != MISSING and state[seed] == _UNKNOWN:
            stack[0] = seed
            state[seed] = _WAITING
            top = 1
        while top:
            top -= 1
            row = stack[top]
            if count == found.size:
                new = np.empty(2 * count, np.int32)
                new[:count] = found
                found = new
            found[count] = row
            count += 1
            if kinds[row] == IGNORED:
                continue
            wanted = top + pointer[row + 1] - pointer[row]
            if wanted > stack.size:
                new = np.empty(2 * wanted, np.int32)
                new[:top] = stack[:top]
                stack = new
            for k in range(pointer[row], pointer[row + 1]):
                child = rows[k]
                if child != MISSING and state[child] == _UNKNOWN:
                    state[child] = _WAITING
                    stack[top] = child
                    top += 1
    return found[:count]


@compiled
def ordered(  # noqa: C901 - loops over references
    found: Ints, kinds: Bytes, pointer: Ints, rows: Ints, state: Bytes, slot: Ints
) -> tuple[Ints, int]:
    """Return `found` with what is referred to first, and how many come before those that lead into a cycle."""
    count = found.size
    pending, above = np.zeros(count, np.int32), np.zeros(count + 1, np.int32)
    for n in range(count):
        slot[found[n]] = n
    for n in range(count):
        row = found[n]
        for k in range(pointer[row], pointer[row + 1]):
            child = rows[k]
            if child != MISSING and state[child] == _WAITING and kinds[row] != IGNORED:
                above[slot[child] + 1] += 1
                pending[n] += 1
    for n in range(count):
        above[n + 1] += above[n]
    parents, filled = np.empty(above[count], np.int32), above.copy()
    for n in range(count):
        row = found[n]
        for k in range(pointer[row], pointer[row + 1]):
            child = rows[k]
            if child != MISSING and state[child] == _WAITING and kinds[row] != IGNORED:
                parents[filled[slot[child]]] = n
                filled[slot[child]] += 1
    order, last = np.empty(count, np.int32), 0
    for n in range(count):
        if pending[n] == 0:
            order[last] = found[n]
            last += 1
    done = 0
    while done < last:
        n = slot[order[done]]
        done += 1
        for k in range(above[n], above[n + 1]):
            parent = parents[k]
            pending[parent] -= 1
            if pending[parent] == 0:
                order[last] = found[parent]
                last += 1
    rest = last
    for n in range(count):
        if pending[n] > 0:
            order[rest] = found[n]
            rest += 1
    return order, last


@compiled
def write_tokens(
    d: Bytes,
    begin: Ints,
    end: Ints,
    kinds: Bytes,
    pointer: Ints,
    rows: Ints,
    order: Ints,
    first: int,
    clear: int,
    state: Bytes,
    offset: Longs,
    length: Ints,
    arena: Bytes,
    used: int,
    scratch: Bytes,
    cell: NDArray[np.float64],
    h: NDArray[np.uint64],
    name: int,
) -> tuple[int, int, int]:
    """Write the tokens of statements in the given order, as far as there is room.

    Args:
        d: Text.
        begin: Where the body of each statement begins.
        end: Where it ends.
        kinds: Kind of its class.
        pointer: Where its references begin.
        rows: Statement of each reference.
        order: Statements wanted, what is referred to first.
        first: Where to go on in `order`.
        clear: How many of `order` lead into no cycle.
        state: Of each statement.
        offset: Where its token begins.
        length: Length of its token.
        arena: Room for tokens.
        used: Bytes of it in use.
        scratch: Room for one token before it is packed, whole blocks of the hash.
        cell: One number to work with.
        h: Eight words to work with.
        name: Longest name of a class.

    Returns:
        Where to go on, the bytes of the arena in use, and the room that the next token needs before it is packed.
    """
    d, begin, end, kinds = borrowed(d), borrowed(begin), borrowed(end), borrowed(kinds)
    pointer, rows, state, offset = borrowed(pointer), borrowed(rows), borrowed(state), borrowed(offset)
    length, arena, scratch, cell = borrowed(length), borrowed(arena), borrowed(scratch), borrowed(cell)
    h = borrowed(h)
    for n in range(first, order.size):
        row = order[n]
        most = _most(begin, end, row, pointer, rows, state, length, name)
        if most > scratch.size or used + INLINE_BYTES > arena.size:
            return n, used, most
        size = 1
        if kinds[row] == IGNORED:
            scratch[0] = 36
        else:
            size = _write(d, begin, end, kinds, row, pointer, rows, state, offset, length, arena, scratch, cell)
        offset[row] = used
        if size <= INLINE_BYTES:
            for k in range(size):
                arena[used + k] = scratch[k]
        else:
            arena[used] = _HASHED
            blake2b(scratch, size, h, arena, used + 1)
            size = DIGEST_BYTES + 1
        length[row] = size
        used += size
        state[row] = _READY if n < clear else _CLOSED
    return order.size, used, 0


@compiled
def write_digests(
    groups: Ints, seeds: Ints, offset: Longs, length: Ints, arena: Bytes, scratch: Bytes, h: NDArray[np.uint64]
) -> Bytes:
    """Return the digest of the tokens of each group of statements.

    Args:
        groups: Where each group begins in `seeds`, and the end of the last.
        seeds: Statements, or `MISSING`.
        offset: Where the token of each statement begins.
        length: Its length.
        arena: All tokens.
        scratch: Room for the tokens of the largest group, whole blocks of the hash.
        h: Eight words to work with.
    """
    offset, length, arena, scratch, h = (
        borrowed(offset),
        borrowed(length),
        borrowed(arena),
        borrowed(scratch),
        borrowed(h),
    )
    out = np.zeros(DIGEST_BYTES * (groups.size - 1), np.uint8)
    for n in range(groups.size - 1):
        size = 0
        for k in range(groups[n], groups[n + 1]):
            row = seeds[k]
            if row == MISSING:
                continue
            first = offset[row]
            for b in range(length[row]):
                scratch[size + b] = arena[first + b]
            size += length[row]
            scratch[size] = 59
            size += 1
        blake2b(scratch, size, h, out, DIGEST_BYTES * n)
    return out
