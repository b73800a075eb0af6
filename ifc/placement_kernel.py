"""World matrices of ordinary local placements, compiled; whatever is not ordinary is left to `ifc.placement`."""

import numpy as np
from numpy.typing import NDArray

from ifc.compiled import borrowed, compiled, inlined
from ifc.step_numbers import read_number
from ifc.step_scan import is_digit, is_space

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Reals = NDArray[np.float64]

UNKNOWN, OPEN, DONE = 0, 1, 2  # of a placement; one that stays open is cyclic
NONE = -1
_SHORTEST = 1e-9  # of a direction: below it, it has none


@inlined
def _read_vector(d: Bytes, i: int, end: int, out: Reals, at: int) -> bool:
    """Read the two or three numbers of a point or direction; False if it is anything else."""
    while i < end and d[i] != 40:
        i += 1
    count = 0
    while i < end:
        c = d[i]
        if (is_digit(c) or ((c == 43 or c == 45) and i + 1 < end and is_digit(d[i + 1]))) and count < 3:
            i, _, value = read_number(d, i, end)
            out[at + count] = value
            count += 1
        elif c == 40 or c == 41 or c == 44 or is_space(c):
            i += 1
        else:
            return False
    if count == 2:
        out[at + 2] = 0.0
    return count == 2 or count == 3


@inlined
def _unit(v: Reals, at: int) -> bool:
    """Make a direction one long; False if it is too short or not finite."""
    x, y, z = v[at], v[at + 1], v[at + 2]
    length = np.sqrt(x * x + y * y + z * z)
    if not _SHORTEST <= length < np.inf:
        return False
    v[at], v[at + 1], v[at + 2] = x / length, y / length, z / length
    return True


@compiled
def _frame(v: Reals) -> bool:
    """Make the axes at 3 (z) and 6 (x) of `v` orthonormal; False where a rule for doubtful ones is needed."""
    if not _unit(v, 3):
        return False
    along = v[6] * v[3] + v[7] * v[4] + v[8] * v[5]
    for k in range(3):
        v[6 + k] -= along * v[3 + k]
    return _unit(v, 6)


@compiled
def _relative(d: Bytes, begin: Ints, end: Ints, axes: Ints, row: int, v: Reals) -> bool:
    """Read origin, z axis and x axis of an axis placement into `v`."""
    v[:] = 0.0
    v[5] = v[6] = 1.0
    for k in range(3):
        part = axes[3 * row + k]
        if part != NONE and not _read_vector(d, begin[part], end[part], v, 3 * k):
            return False
    return _frame(v)


@compiled
def _compose(world: Reals, row: int, parent: int, v: Reals) -> None:
    """Write the matrix of `row`: that of its parent, if it has one, after the axes in `v`."""
    x0, x1, x2, z0, z1, z2 = v[6], v[7], v[8], v[3], v[4], v[5]
    y0, y1, y2 = z1 * x2 - z2 * x1, z2 * x0 - z0 * x2, z0 * x1 - z1 * x0
    local = (x0, y0, z0, v[0], x1, y1, z1, v[1], x2, y2, z2, v[2])
    for r in range(3):
        for c in range(4):
            if parent == NONE:
                world[row, 4 * r + c] = local[4 * r + c]
                continue
            a = world[parent, 4 * r] * local[c]
            a += world[parent, 4 * r + 1] * local[4 + c]
            a += world[parent, 4 * r + 2] * local[8 + c]
            world[row, 4 * r + c] = a + world[parent, 4 * r + 3] if c == 3 else a


@compiled
def compose_all(
    d: Bytes,
    begin: Ints,
    end: Ints,
    placements: Ints,
    slot: Ints,
    parents: Ints,
    relative: Ints,
    axes: Ints,
    world: NDArray[np.float64],
    state: Bytes,
    stack: Ints,
) -> None:
    """Compose the matrices of local placements.

    Args:
        d: Text.
        begin: Where the body of each statement begins.
        end: Where it ends.
        placements: Rows of the local placements.
        slot: Place of each statement in `placements`, or `NONE`.
        parents: Of each of `placements`, the row of what it stands on, or `NONE`.
        relative: Of each, the row of its axes, or `NONE`.
        axes: Of each statement, the rows of origin, z axis and x axis, or `NONE` thrice.
        world: Receives twelve numbers for each of `placements`.
        state: `UNKNOWN` for each; becomes `DONE` where a matrix was composed.
        stack: Room for as many numbers.
    """
    d, begin, end, slot, axes = borrowed(d), borrowed(begin), borrowed(end), borrowed(slot), borrowed(axes)
    world, v = borrowed(world), np.zeros(9)
    for first in range(placements.size):
        top, current = 0, first
        while current != NONE and state[current] == UNKNOWN:
            state[current] = OPEN
            stack[top] = current
            top += 1
            if parents[current] == NONE:
                current = NONE
            elif slot[parents[current]] == NONE:  # a grid, a linear placement
                current = first
            else:
                current = slot[parents[current]]
        sound = current == NONE or state[current] == DONE
        while top:
            top -= 1
            n = stack[top]
            sound = sound and relative[n] != NONE and _relative(d, begin, end, axes, relative[n], v)
            if sound:
                parent = NONE if parents[n] == NONE else slot[parents[n]]
                _compose(world, n, parent, v)
                state[n] = DONE
