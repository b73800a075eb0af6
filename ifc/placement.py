"""World placements, composed from the text of the file: no recursion, no geometry kernel."""

import math
from collections.abc import Mapping

from ifc.step import arguments, class_of, numbers

Vector = tuple[float, float, float]
Matrix = tuple[float, ...]  # 12 numbers: three rows of x axis, y axis, z axis, origin

IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_LOCAL = b"IFCLOCALPLACEMENT"
_LINEAR = b"IFCLINEARPLACEMENT"


def product(a: Matrix, b: Matrix) -> Matrix:
    """Return the matrix that applies `b` first, then `a`."""
    if a == IDENTITY:
        return b
    a0, a1, a2, ax, a3, a4, a5, ay, a6, a7, a8, az = a
    b0, b1, b2, bx, b3, b4, b5, by, b6, b7, b8, bz = b
    return (
        a0 * b0 + a1 * b3 + a2 * b6,
        a0 * b1 + a1 * b4 + a2 * b7,
        a0 * b2 + a1 * b5 + a2 * b8,
        a0 * bx + a1 * by + a2 * bz + ax,
        a3 * b0 + a4 * b3 + a5 * b6,
        a3 * b1 + a4 * b4 + a5 * b7,
        a3 * b2 + a4 * b5 + a5 * b8,
        a3 * bx + a4 * by + a5 * bz + ay,
        a6 * b0 + a7 * b3 + a8 * b6,
        a6 * b1 + a7 * b4 + a8 * b7,
        a6 * b2 + a7 * b5 + a8 * b8,
        a6 * bx + a7 * by + a8 * bz + az,
    )


class Placements:
    """The world placements of a file, each composed once.

    Args:
        statements: ``b"#12"`` -> statement body.
        length_m: Metres of one length unit.

    Attributes:
        cyclic: Placements that refer to themselves, directly or not.
        unresolved: Placements, with those that stand on them, of a kind that has no matrix without geometry
            (grids, linear referencing without a Cartesian position).
    """

    def __init__(self, statements: Mapping[bytes, bytes], length_m: float) -> None:
        self._statements = statements
        self.length_m = length_m
        self._known: dict[bytes, Matrix] = {}
        self.cyclic: set[bytes] = set()
        self.unresolved: set[bytes] = set()

    def world(self, key: bytes) -> Matrix | None:
        """Return the world matrix of placement `key` in file units, or None if it is cyclic or missing."""
        chain: list[bytes] = []
        current, seen = key, set[bytes]()
        while current not in self._known:
            body = self._statements.get(current)
            if current in seen or (body is None and current == key):
                self.cyclic.update([key] if current in seen else [])
                return None
            seen.add(current)
            if body is None:
                break
            chain.append(current)
            parent = arguments(body)[:1] if class_of(body) in (_LOCAL, _LINEAR) else []
            if not parent or parent[0][:1] != b"#":
                break
            current = parent[0]
        matrix = self._known.get(current, IDENTITY)
        for step in reversed(chain):
            matrix = self._known[step] = product(matrix, self._relative(step))
            if current in self.unresolved:
                self.unresolved.add(step)
            current = step
        return matrix

    def metres(self, key: bytes) -> tuple[float, ...] | None:
        """Return the world matrix of placement `key`: 16 numbers, row-major, metres; None if there is none."""
        matrix = self.world(key)
        if matrix is None or not all(map(math.isfinite, matrix)):
            return None
        scale = self.length_m
        a, b, c, x, d, e, f, y, g, h, i, z = matrix
        return (a, b, c, x * scale, d, e, f, y * scale, g, h, i, z * scale, 0.0, 0.0, 0.0, 1.0)

    def _relative(self, key: bytes) -> Matrix:
        body = self._statements[key]
        items, kind = arguments(body), class_of(body)
        if kind == _LOCAL and len(items) > 1:
            return self.axes(items[1])
        if kind == _LINEAR and len(items) > 2 and items[2] in self._statements:
            return self.axes(items[2])
        self.unresolved.add(key)
        return IDENTITY

    def axes(self, key: bytes) -> Matrix:
        """Return the matrix of an IfcAxis2Placement2D or 3D; the identity where it is not set."""
        body = self._statements.get(key)
        if body is None:
            return IDENTITY
        items = [*arguments(body), b"$", b"$", b"$"]
        origin = self.vector(items[0]) or (0.0, 0.0, 0.0)
        flat = class_of(body) == b"IFCAXIS2PLACEMENT2D"
        axis = (0.0, 0.0, 1.0) if flat else self.vector(items[1]) or (0.0, 0.0, 1.0)
        reference = self.vector(items[1 if flat else 2]) or (1.0, 0.0, 0.0)
        return _frame(origin, axis, reference)

    def vector(self, key: bytes) -> Vector | None:
        """Return the numbers of an IfcCartesianPoint or IfcDirection, or None if it is not set."""
        body = self._statements.get(key)
        values = numbers(body[body.rfind(b"(") : body.find(b")")]) if body else ()
        if len(values) == 3:
            return (values[0], values[1], values[2])
        return (values[0], values[1], 0.0) if len(values) == 2 else None


def _frame(origin: Vector, axis: Vector, reference: Vector) -> Matrix:
    z = _unit(axis) or (0.0, 0.0, 1.0)
    z0, z1, z2 = z
    r0, r1, r2 = reference
    along = r0 * z0 + r1 * z1 + r2 * z2
    x = _unit((r0 - along * z0, r1 - along * z1, r2 - along * z2))
    if x is None:  # the reference lies along the axis: take the rule of IfcFirstProjAxis
        x0, x1, x2 = _frame(origin, z, (0.0, 1.0, 0.0) if abs(z0) > 0.9 else (1.0, 0.0, 0.0))[0::4]
    else:
        x0, x1, x2 = x
    y0, y1, y2 = z1 * x2 - z2 * x1, z2 * x0 - z0 * x2, z0 * x1 - z1 * x0
    return (x0, y0, z0, origin[0], x1, y1, z1, origin[1], x2, y2, z2, origin[2])


def _unit(vector: Vector) -> Vector | None:
    x, y, z = vector
    length = math.sqrt(x * x + y * y + z * z)
    return (x / length, y / length, z / length) if 1e-9 <= length < math.inf else None
