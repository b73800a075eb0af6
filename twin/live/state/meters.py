"""Meters as a tree: what each used, what its parts explain of it, and what is left over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.live.points import Point, PointKind
from twin.live.units import convert

METERED = ("Energy", "ThermalEnergy", "Volume")  # quantities of registers
RESIDUAL_SHARE = 0.05  # of a meter that its parts may leave unexplained: lines, and meters of different classes
NEGATIVE_SHARE = 0.02  # by which parts may exceed the whole: the accuracy of two meters of class B (EN 50470-3: 1 %)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a meter that somebody should look at.

    Attributes:
        code: Stable: ``meter-residual``, ``meter-exceeded``, ``meter-went-back``, ``meter-no-readings``,
            ``meter-parent-unknown``, ``meter-cycle``, ``meter-parent-quantity``.
        point_id: The meter.
        message: For people.
    """

    code: str
    point_id: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """Return its members."""
        return {"code": self.code, "point_id": self.point_id, "message": self.message}


class MeterTree:
    """The meters of a building.

    Args:
        points: All its points; those that are no meters of a register are left out.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self._all = {p.point_id: p for p in points if p.kind is PointKind.METER and p.quantity_kind in METERED}
        self.findings: list[Finding] = []
        self.parent = {name: self._parent_of(point) for name, point in self._all.items()}
        for name in self._in_cycles():
            self.parent[name] = None
            self.findings.append(Finding("meter-cycle", name, "The meter is a part of itself."))

    @property
    def meters(self) -> tuple[Point, ...]:
        """Return all meters."""
        return tuple(self._all.values())

    @property
    def roots(self) -> tuple[Point, ...]:
        """Return the meters that are parts of no other."""
        return tuple(point for name, point in self._all.items() if self.parent[name] is None)

    @property
    def leaves(self) -> tuple[Point, ...]:
        """Return the meters that have no parts."""
        parents = set(self.parent.values())
        return tuple(point for name, point in self._all.items() if name not in parents)

    def parts(self, point_id: str) -> tuple[Point, ...]:
        """Return the meters right below one."""
        return tuple(point for name, point in self._all.items() if self.parent[name] == point_id)

    def _parent_of(self, point: Point) -> str | None:
        if point.parent is None:
            return None
        parent = self._all.get(point.parent)
        if parent is None:
            text = f"{point.parent[:64]} is no meter of this building."
            self.findings.append(Finding("meter-parent-unknown", point.point_id, text))
        elif parent.quantity_kind != point.quantity_kind:
            text = f"{parent.point_id} measures {parent.quantity_kind}, its part {point.quantity_kind}."
            self.findings.append(Finding("meter-parent-quantity", point.point_id, text))
        else:
            return parent.point_id
        return None

    def _in_cycles(self) -> list[str]:
        found = []
        for name in self._all:
            above, steps = self.parent[name], 0
            while above is not None and above != name and steps < len(self._all):
                above, steps = self.parent[above], steps + 1
            if above == name:
                found.append(name)
        return found

    def balance(self, used: Mapping[str, float | None]) -> tuple[list[dict[str, Any]], list[Finding]]:
        """Return the tree with what each meter used, and findings, those of the tree itself first.

        Args:
            used: By point, in its unit; None or missing where that is not known.
        """
        findings = list(self.findings)
        trees = [self._node(point, used, findings) for point in self.roots]
        return trees, findings

    def _node(self, point: Point, used: Mapping[str, float | None], findings: list[Finding]) -> dict[str, Any]:
        parts = [self._node(part, used, findings) for part in self.parts(point.point_id)]
        own = used.get(point.point_id)
        findings += _of_register(point, own)
        residual = _residual(point, own, parts)
        if residual is not None and own is not None:
            findings += _of_residual(point, own, residual)
        return {
            "point_id": point.point_id,
            "global_id": point.global_id,
            "space": point.space,
            "name": point.name,
            "quantity_kind": point.quantity_kind,
            "unit": point.unit,
            "used": own,
            "residual": residual,
            "residual_share": residual / own if residual is not None and own else None,
            "parts": parts,
        }


def _residual(point: Point, own: float | None, parts: Sequence[Mapping[str, Any]]) -> float | None:
    """Return what the parts leave over, None without parts or where something is not known."""
    known = [convert(part["used"], part["unit"], point.unit) for part in parts if part["used"] is not None]
    return None if own is None or not parts or len(known) < len(parts) else own - sum(known)


def _of_register(point: Point, used: float | None) -> Iterator[Finding]:
    if used is None:
        yield Finding("meter-no-readings", point.point_id, "The meter said too little to tell its use.")
    elif used < 0:
        text = f"The register went back by {-used:g} {point.unit}: it was replaced or it is wrong."
        yield Finding("meter-went-back", point.point_id, text)


def _of_residual(point: Point, used: float, residual: float) -> Iterator[Finding]:
    if residual > RESIDUAL_SHARE * abs(used):
        text = f"{residual:.1f} {point.unit} of {used:.1f} are in none of its parts."
        yield Finding("meter-residual", point.point_id, text)
    elif residual < -NEGATIVE_SHARE * abs(used):
        text = f"Its parts used {-residual:.1f} {point.unit} more than the meter itself."
        yield Finding("meter-exceeded", point.point_id, text)
