"""World matrices of all ordinary local placements of a file at once."""

import numpy as np
from numpy.typing import NDArray

from ifc.step_table import StepTable

Ints = NDArray[np.int32]

_LOCAL = b"IFCLOCALPLACEMENT"
_AXES = {b"IFCAXIS2PLACEMENT3D": (0, 1, 2), b"IFCAXIS2PLACEMENT2D": (0, None, 1)}  # origin, z axis, x axis
_LAST_ROW = (0.0, 0.0, 0.0, 1.0)


def world_matrices(table: StepTable, length_m: float) -> dict[int, tuple[float, ...]]:
    """Return the world matrices by STEP number: 16 numbers, row-major, metres. Those that need thought are missing.

    Args:
        table: The statements of the file.
        length_m: Metres of one length unit.
    """
    from ifc.placement_kernel import DONE, NONE, compose_all

    rows = table.of((_LOCAL,))
    if not len(rows):
        return {}
    slot = np.full(table.size, NONE, np.int32)
    slot[rows] = np.arange(len(rows), dtype=np.int32)
    axes, known = _axes(table)
    relative = _column(table, rows, slot, 1)
    relative[~known[relative]] = NONE
    world, state = np.zeros((len(rows), 12)), np.zeros(len(rows), np.uint8)
    parents = _column(table, rows, slot, 0)
    columns = (table.data, table.begin, table.end, rows, slot, parents, relative, axes.ravel())
    compose_all(*columns, world, state, np.empty(len(rows), np.int32))
    world[:, 3::4] *= length_m
    done = (state == DONE) & np.isfinite(world).all(axis=1)
    matrices = zip(table.number[rows[done]].tolist(), world[done].tolist(), strict=True)
    return {number: (*matrix, *_LAST_ROW) for number, matrix in matrices}


def _column(table: StepTable, rows: Ints, slot: Ints, place: int) -> Ints:
    """Return the row that an argument of each statement refers to, -1 if to none."""
    found = np.full(len(rows), -1, np.int32)
    owners, targets = table.links(rows, place)
    found[slot[owners]] = table.rows_of(targets)
    return found


def _axes(table: StepTable) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the parts of the axis placement in every row, and which rows hold one."""
    axes = np.full((table.size, 3), -1, np.int32)
    known = np.zeros(table.size + 1, np.bool_)  # the last one is that of no row
    for name, places in _AXES.items():
        rows = table.of((name,))
        known[rows] = True
        for part, place in enumerate(places):
            if place is not None:
                owners, targets = table.links(rows, place)
                axes[owners, part] = table.rows_of(targets)
    return axes, known
