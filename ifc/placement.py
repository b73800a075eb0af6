"""World placements, composed from the text of the file: no recursion, no geometry kernel."""

import math

from ifc.step import arguments, class_of, numbers

Matrix = tuple[float, ...]  # 12 numbers: three rows of x axis, y axis, z axis, origin

IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_LOCAL = b"IFCLOCALPLACEMENT"
_LINEAR = b"IFCLINEARPLACEMENT"


def product(a: Matrix, b: Matrix) -> Matrix:
    """Return the matrix that applies `b` first, then `a`."""
    rows = []
    for row in (0, 4, 8):
        x, y, z, t = a[row : row + 4]
        rows += [
            x * b[column] + y * b[column + 4] + z * b[column + 8] + (t if column == 3 else 0.0) for column in range(4)
        ]
    return tuple(rows)


class Placements:
    """The world placements of a file, each composed once.

    Args:
        statements: ``b"#12"`` -> statement body.
        length_m: Metres of one length unit.

    Attributes:
        cyclic: Placements that refer to themselves, directly or not.
        unresolved: Placements of a kind that has no matrix without geometry (grids, linear referencing).
    """

    def __init__(self, statements: dict[bytes, bytes], length_m: float) -> None:
        self._statements = statements
        self._length_m = length_m
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
        return matrix

    def metres(self, key: bytes) -> tuple[float, ...] | None:
        """Return the world matrix of placement `key`: 16 numbers, row-major, metres; None if there is none."""
        matrix = self.world(key)
        if matrix is None or not all(map(math.isfinite, matrix)):
            return None
        scale = self._length_m
        a, b, c, x, d, e, f, y, g, h, i, z = matrix
        return (a, b, c, x * scale, d, e, f, y * scale, g, h, i, z * scale, 0.0, 0.0, 0.0, 1.0)

    def _relative(self, key: bytes) -> Matrix:
        body = self._statements[key]
        items, kind = arguments(body), class_of(body)
        if kind == _LOCAL and len(items) > 1:
            return self.axes(items[1])
        self.unresolved.add(key)
        if kind == _LINEAR and len(items) > 2:
            return self.axes(items[2])
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

    def vector(self, key: bytes) -> tuple[float, float, float] | None:
        """Return the numbers of an IfcCartesianPoint or IfcDirection, or None if it is not set."""
        body = self._statements.get(key)
        values = numbers(body.partition(b"(")[2].rpartition(b")")[0]) if body else ()
        if len(values) < 2:
            return None
        return (values[0], values[1], values[2] if len(values) > 2 else 0.0)


def _frame(origin: tuple[float, ...], axis: tuple[float, ...], reference: tuple[float, ...]) -> Matrix:
    z = _unit(axis, (0.0, 0.0, 1.0))
    along = sum(p * q for p, q in zip(reference, z, strict=True))
    x = _unit(tuple(p - along * q for p, q in zip(reference, z, strict=True)), ())
    if not x:  # the reference lies along the axis: take the rule of IfcFirstProjAxis
        x = _frame(origin, z, (0.0, 1.0, 0.0) if abs(z[0]) > 0.9 else (1.0, 0.0, 0.0))[0::4]
    y = (z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0])
    return (x[0], y[0], z[0], origin[0], x[1], y[1], z[1], origin[1], x[2], y[2], z[2], origin[2])


def _unit(vector: tuple[float, ...], default: tuple[float, ...]) -> tuple[float, ...]:
    length = math.sqrt(sum(part * part for part in vector))
    if length < 1e-9 or not math.isfinite(length):
        return default
    return tuple(part / length for part in vector)
