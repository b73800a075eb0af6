"""Elements far from the origin, in a killable child: the file is moved under the first kernel, and the meshes back.

The kernel counts in single precision around the first placement that it meets. Where that does not help (points of a
map in profiles, alignments or positions of solids) a copy of the file is written whose far points are nearer by a
round number of metres, and what comes out is moved back. A mesh is only taken if its box is that of the coarse mesh:
it is not in frames that are turned, or where some points of an element were moved and others were not.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.kernels import write_meshes
from ifc.geometry.lite import raw_meshes, result_of
from ifc.geometry.stream import RawMesh

CELL_M = 10_000.0  # within five kilometres of its middle the kernel's numbers are at most half a millimetre apart
MAX_CELLS = 8  # each costs a question to the kernel; what lies in further cells is left to the second kernel
AGREE_STEPS = 4.0  # a corner of the coarse mesh is off by a rounding or two of each of the sums that made it

_NUMBER = rb"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?"
_POINTS = re.compile(rb"IFCCARTESIANPOINT(?:LIST[23]D)?\s*\([^;']*;", re.IGNORECASE)
_PAIR = re.compile(rb"\(\s*(%s)\s*,\s*(%s)" % (_NUMBER, _NUMBER))

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Coarse:
    """An element whose mesh is too coarse.

    Attributes:
        step_id: STEP number.
        bounds: float64 (2, 3): lowest and highest corner of the coarse mesh, metres.
        step_m: Distance between neighbouring numbers in it, metres.
    """

    step_id: int
    bounds: NDArray[np.float64]
    step_m: float

    @classmethod
    def of(cls, mesh: RawMesh) -> "Coarse":
        """Return what is to be known of a coarse mesh."""
        return cls(mesh.step_id, np.stack([mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)]), mesh.step_m)

    def agrees(self, mesh: RawMesh) -> bool:
        """Return whether a finer mesh stands where the coarse one does."""
        if not len(mesh.vertices) or mesh.step_m >= self.step_m:
            return False
        bounds = np.stack([mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)])
        return bool(np.abs(bounds - self.bounds).max() <= AGREE_STEPS * self.step_m)


def run_far(source: Path, out: Path, coarse: Sequence[Coarse], unit_m: float, openings: bool) -> None:
    """Mesh elements anew from copies of the file that are moved towards the origin, and append those that agree.

    Args:
        source: Plain STEP file.
        out: Stream file.
        coarse: The elements.
        unit_m: Length of one unit of the file in metres.
        openings: Whether opening solids are wanted too.

    Raises:
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    data = source.read_bytes()
    write_meshes(out, _finer(data, coarse, unit_m, openings))


def _finer(data: bytes, coarse: Sequence[Coarse], unit_m: float, openings: bool) -> Iterator[RawMesh]:
    for cell, members in _cells(data, coarse, unit_m):
        moved = nearer(data, (cell[0] / unit_m, cell[1] / unit_m))
        back = np.array([*cell, 0.0])
        result = result_of(moved, frozenset(members))
        for mesh in raw_meshes(result, openings):
            there = replace(mesh, vertices=mesh.vertices + back, moved=True)
            if members[mesh.step_id].agrees(there):
                yield there


def _cells(data: bytes, coarse: Sequence[Coarse], unit_m: float) -> list[tuple[Spot, dict[int, Coarse]]]:
    """Return the commonest places of the elements, metres; near the origin that is where most far points are."""
    cells: dict[Spot, dict[int, Coarse]] = defaultdict(dict)
    for element in coarse:
        x, y, _ = element.bounds.mean(axis=0)
        cells[_cell(float(x), float(y))][element.step_id] = element
    near = cells.pop((0.0, 0.0), {})
    far_points = commonest_far_point(data, unit_m) if near else None
    if far_points is not None:
        cells[far_points] |= near
    return sorted(cells.items(), key=lambda item: (-len(item[1]), item[0]))[:MAX_CELLS]


def _cell(x_m: float, y_m: float) -> Spot:
    return round(x_m / CELL_M) * CELL_M, round(y_m / CELL_M) * CELL_M


def commonest_far_point(data: bytes, unit_m: float) -> Spot | None:
    """Return the middle of the cell, not that of the origin, in which most points of a STEP text lie; metres."""
    count: Counter[Spot] = Counter()
    for points in _POINTS.finditer(data):
        for pair in _PAIR.finditer(points[0]):
            count[_cell(float(pair[1]) * unit_m, float(pair[2]) * unit_m)] += 1
    del count[0.0, 0.0]
    return max(count, key=lambda spot: (count[spot], spot), default=None)


def nearer(data: bytes, centre: Spot) -> bytes:
    """Return a STEP text whose points about `centre` (units of the file) are about the origin; others stay."""
    reach = max(map(abs, centre)) / 2.0
    if not reach:
        return data
    shift = _shift(centre, reach)
    return _POINTS.sub(lambda points: _PAIR.sub(shift, points[0]), data)


def _shift(centre: Spot, reach: float) -> Callable[[re.Match[bytes]], bytes]:
    def moved(pair: re.Match[bytes]) -> bytes:
        x, y = float(pair[1]) - centre[0], float(pair[2]) - centre[1]
        return b"(%.9f,%.9f" % (x, y) if abs(x) <= reach and abs(y) <= reach else pair[0]

    return moved
