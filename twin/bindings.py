"""Bindings of points to models: from a file, from the model itself, from the viewer, and judged anew at any time."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ifc import ElementRecord, ReadFinding, Severity
from twin.catalogue import Catalogue, Version
from twin.errors import Conflict, NotFound
from twin.live import (
    LiveWing,
    Point,
    check_bindings,
    point_from_json,
    points_from_records,
    read_points,
    unbound,
)
from twin.snapshot import Snapshot
from twin.snapshots import SnapshotReader


class BindingRefused(Conflict):
    """A binding does not hold in the newest version of its building; `members` lists the findings."""

    def __init__(self, point: Point, findings: Sequence[ReadFinding]) -> None:
        first = findings[0]
        super().__init__(first.message, reason="binding-refused", hint=first.hint, entity=point.point_id)
        self.members = {"findings": [asdict(finding) for finding in findings]}


class Bindings:
    """Binds points, each against the newest version of its building.

    Args:
        catalogue: Which versions there are.
        snapshots: Reads them.
        live: Keeps the points.
    """

    def __init__(self, catalogue: Catalogue, snapshots: SnapshotReader, live: LiveWing) -> None:
        self._catalogue, self._snapshots, self._live = catalogue, snapshots, live

    def take_file(self, data: bytes) -> tuple[int, tuple[ReadFinding, ...]]:
        """Register the points of a points file.

        Returns:
            How many points were registered, and what is wrong with their bindings.

        Raises:
            InvalidInput: the file is no points file; nothing is stored.
        """
        points = read_points(data)
        return len(points), self.take(points)

    def take(self, points: Sequence[Point]) -> tuple[ReadFinding, ...]:
        """Register points, whether their bindings hold or not, and return what is wrong with them."""
        findings: list[ReadFinding] = []
        for building_id in dict.fromkeys(point.building_id for point in points):
            mine = [point for point in points if point.building_id == building_id]
            snapshot = self._newest(building_id)
            findings += self._live.register_points(mine, snapshot)
            if snapshot is None:
                findings += [unbound(point) for point in mine if not point.global_id]
        return tuple(findings)

    def record(self, building_id: str, global_id: str) -> ElementRecord | None:
        """Return an object of the newest version of a building, or None if there is none."""
        try:
            building = self._catalogue.building(building_id)
            if not building.latest:
                return None
            return self._catalogue.record(self._catalogue.version(building_id, building.furthest).key, global_id)
        except NotFound:
            return None

    def class_of(self, building_id: str, global_id: str) -> str | None:
        """Return the class of an object of the newest version, None if there is none; an empty id is the building."""
        if global_id:
            record = self.record(building_id, global_id)
            return record.ifc_class if record is not None else None
        known = any(building.building_id == building_id for building in self._catalogue.buildings())
        return "IfcBuilding" if known else None

    def bind(self, item: Any) -> dict[str, Any]:
        """Register one point whose binding must hold; what is only doubtful is told.

        Args:
            item: As in a points file.

        Raises:
            InvalidInput: a member is missing or wrong, or the unit does not fit the quantity.
            BindingRefused: the object does not exist in the newest version, or cannot bear such a point.
            Conflict: (point-unit-changed).
        """
        point = point_from_json(item)
        snapshot = self._newest(point.building_id)
        findings = check_bindings([point], snapshot) if snapshot is not None else ()
        if wrong := [finding for finding in findings if finding.severity is Severity.ERROR]:
            raise BindingRefused(point, wrong)
        self._live.register_points([point], snapshot)
        (stored,) = [p for p in self._live.points(point.building_id) if p.point_id == point.point_id]
        return {"point": stored.as_json(), "findings": [asdict(finding) for finding in findings]}

    def accept(self, item: Any) -> dict[str, Any]:
        """Bind a point that waits in quarantine; see `bind`.

        Raises:
            NotFound: (not-waiting) nobody wrote to such a point.
        """
        point = point_from_json(item)
        told = self._live.quarantine.accept_point(point.building_id, point.point_id, lambda: self.bind(item))
        return {"accepted": point.point_id, **told}

    def findings(self, building_id: str) -> tuple[ReadFinding, ...]:
        """Return what is wrong with the bindings of a building in its newest version, orphans first."""
        snapshot = self._newest(building_id)
        if snapshot is None:
            return ()
        found = check_bindings(self._live.points(building_id), snapshot)
        return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))

    def declared(self, building_id: str) -> tuple[tuple[Point, ...], tuple[ReadFinding, ...]]:
        """Return the points that the newest version declares and nobody bound yet, and what is unclear of others.

        Raises:
            NotFound: (building).
        """
        self._catalogue.building(building_id)
        snapshot = self._newest(building_id)
        if snapshot is None:
            return (), ()
        points, findings = points_from_records(building_id, snapshot.records)
        bound = {point.global_id for point in self._live.points(building_id)}
        return tuple(point for point in points if point.global_id not in bound), findings

    def take_declared(self, building_id: str) -> tuple[tuple[Point, ...], tuple[ReadFinding, ...]]:
        """Register the points that `declared` returns; a name that another object has already is not taken."""
        points, findings = self.declared(building_id)
        taken = {point.point_id for point in self._live.points(building_id)}
        chosen = tuple(point for point in points if point.point_id not in taken)
        return chosen, (*findings, *self._live.register_points(chosen, self._newest(building_id)))

    def recheck(self, version: Version) -> tuple[ReadFinding, ...]:
        """Judge all bindings of a building against a version that has just come, and move points to its spaces."""
        return self._live.recheck(self._snapshots.read(version)) if self._live.points(version.key.building_id) else ()

    def _newest(self, building_id: str) -> Snapshot | None:
        known: Mapping[str, Any] = {item.building_id: item for item in self._catalogue.buildings() if item.latest}
        if building_id not in known:
            return None
        return self._snapshots.read(self._catalogue.version(building_id, known[building_id].furthest))
