"""What it is like in a building, or was at any time: by storey, by space, and together."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ifc import RelationKind
from twin.catalogue import Catalogue, Version
from twin.clock import Clock
from twin.errors import InvalidInput, NotFound
from twin.live import LiveWing
from twin.live.state import aggregate, comfort_of, occupancy, together, with_category

LOCAL = ZoneInfo("Europe/Tallinn")
GROUPS = ("space", "storey", "building")
MAX_CLIMB = 12  # from an element up to its storey; deeper nesting is a fault of the model
HOUR_S = 3600.0
MAX_COMFORT = timedelta(days=732)  # hours of two years
_UPWARDS = (RelationKind.CONTAINED_IN, RelationKind.AGGREGATED_IN, RelationKind.NESTED_IN)


class Conditions:
    """Answers about state.

    Args:
        catalogue: Which object lies on which storey.
        live: Readings.
        clock: Tells the time.
    """

    def __init__(self, catalogue: Catalogue, live: LiveWing, clock: Clock) -> None:
        self._catalogue, self._live, self._clock = catalogue, live, clock

    def state(self, building_id: str, storey: str | None = None, at: datetime | None = None) -> dict[str, Any]:
        """Return value, unit, age and category of every point of a building or of one storey, now or at a time.

        Raises:
            NotFound: (building, element) there is no such building or storey.
            InvalidInput: (time-range) `at` has no offset from UTC; (storey) the object is no storey.
        """
        items = self._items(building_id, at)
        version = self._version(building_id)
        if storey is not None:
            if version is None or self._catalogue.record(version.key, storey).ifc_class != "IfcBuildingStorey":
                raise InvalidInput("This is no storey of the building.", reason="storey", entity=storey[:40])
            storeys = self.storeys(building_id, map(_place, items))
            items = [item for item in items if storeys[_place(item)] == storey]
        month = (at or self._clock()).astimezone(LOCAL).month
        moment = (at or self._clock()).isoformat().replace("+00:00", "Z")
        return {"at": moment, "storey": storey, "items": [with_category(item, month) for item in items]}

    def aggregates(self, building_id: str, by: str, at: datetime | None = None) -> list[dict[str, Any]]:
        """Return the values of a building by space, storey or as a whole.

        Raises:
            NotFound: (building) there is no such building.
            InvalidInput: (group) `by` is none of `GROUPS`.
        """
        if by not in GROUPS:
            raise InvalidInput(f"Group by one of {', '.join(GROUPS)}.", reason="group", entity=by[:40])
        items = self._items(building_id, at)
        if by == "building":
            return aggregate(items, lambda _: building_id)
        if by == "space":
            return aggregate(items, lambda item: item["space"])
        storeys = self.storeys(building_id, map(_place, items))
        return aggregate(items, lambda item: storeys.get(_place(item)))

    def district(self) -> list[dict[str, Any]]:
        """Return the values of every building as a whole."""
        return [row for building_id in self.building_ids() for row in self.aggregates(building_id, "building")]

    def comfort(self, building_id: str, point_id: str, start: datetime, end: datetime) -> dict[str, Any]:
        """Return how many hours a point was in each category; see `comfort_of`.

        Raises:
            NotFound: (point-unknown).
            InvalidInput: (time-range) the time is reversed, has no offset, or is longer than two years.
        """
        if end.tzinfo and start.tzinfo and end - start > MAX_COMFORT:
            raise InvalidInput("Comfort is told of two years at most.", reason="time-range")
        found = self._live.history(building_id, point_id, start, end, HOUR_S)
        point = found["point"]
        told = comfort_of(point["quantity_kind"], point["unit"], found["items"], lambda t: t.astimezone(LOCAL))
        return {"point": point, **told}

    def occupancy(self, building_id: str, by: str, at: datetime | None = None) -> dict[str, Any]:
        """Return who is in, by space with the method, or together by storey or for the building, now or at a time.

        Raises:
            NotFound: (building) there is no such building.
            InvalidInput: (group) `by` is none of `GROUPS`; (time-range) `at` has no offset from UTC.
        """
        if by not in GROUPS:
            raise InvalidInput(f"Group by one of {', '.join(GROUPS)}.", reason="group", entity=by[:40])
        spaces = occupancy(self._items(building_id, at))
        moment = (at or self._clock()).isoformat().replace("+00:00", "Z")
        if by == "space":
            return {"at": moment, "by": by, "items": spaces}
        names = [space["space"] for space in spaces]
        storeys = self.storeys(building_id, names) if by == "storey" else dict.fromkeys(names, building_id)
        return {"at": moment, "by": by, "items": together(spaces, storeys.get)}

    def district_occupancy(self) -> list[dict[str, Any]]:
        """Return who is in every building of which something is known."""
        return [row for name in self.building_ids() for row in self.occupancy(name, "building")["items"]]

    def building_ids(self) -> list[str]:
        """Return all buildings."""
        return [building.building_id for building in self._catalogue.buildings()]

    def need(self, building_id: str) -> None:
        """Refuse a building that is not there.

        Raises:
            NotFound: (building).
        """
        self._catalogue.building(building_id)

    def storeys(self, building_id: str, places: Iterable[str]) -> dict[str, str | None]:
        """Return the storey of each space or element, None where the newest model does not say."""
        version = self._version(building_id)
        return {place: self._storey(version, place) if version is not None else None for place in set(places)}

    def _items(self, building_id: str, at: datetime | None) -> list[dict[str, Any]]:
        self._catalogue.building(building_id)
        found = self._live.latest(building_id) if at is None else self._live.state_at(building_id, at)
        items: list[dict[str, Any]] = found["items"]
        return items

    def _version(self, building_id: str) -> Version | None:
        building = self._catalogue.building(building_id)
        return self._catalogue.version(building_id, building.furthest) if building.latest else None

    def _storey(self, version: Version, global_id: str) -> str | None:
        for _ in range(MAX_CLIMB):
            try:
                record = self._catalogue.record(version.key, global_id)
            except NotFound:
                return None  # the binding is an orphan: it lies nowhere
            if record.ifc_class == "IfcBuildingStorey":
                return global_id
            above = [target for kind in _UPWARDS for target in record.targets(kind)]
            if not above:
                return None
            global_id = above[0]
        return None


def _place(item: Mapping[str, Any]) -> str:
    return str(item["space"] or item["global_id"])
