"""Points as SensorThings entities: one table says what each entity is and where it leads to.

A space with points is a Thing, and so is the building for those that stand in no space. Identifiers are digests of
the names (48 bits: every JSON reader takes them whole), so they are the same after every restart and in every copy.
An Observation is named by its Datastream and its time in microseconds, for that is what a reading is known by.
Entities that clients created stand beside these, and members that clients changed lie over them; see `Additions`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twin.live.numbers import number_of, stream_number
from twin.live.points import Point
from twin.live.sensorthings.additions import Addition

Entity = Mapping[str, Any]
Places = Callable[[], Mapping[tuple[str, str], Mapping[str, Any]]]
"""Returns GeoJSON (CRS84) by building and point; asked only where a place is wanted."""

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
OBSERVATION_ID = re.compile(r"([0-9]{1,15})-([0-9]{1,17})")
SETS = ("Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "Observations", "ObservedProperties",
        "FeaturesOfInterest")  # fmt: skip
NAVIGATION: Mapping[str, Mapping[str, str]] = {
    "Things": {"Locations": "Locations", "HistoricalLocations": "HistoricalLocations", "Datastreams": "Datastreams"},
    "Locations": {"Things": "Things", "HistoricalLocations": "HistoricalLocations"},
    "HistoricalLocations": {"Thing": "Things", "Locations": "Locations"},
    "Datastreams": {
        "Thing": "Things", "Sensor": "Sensors", "ObservedProperty": "ObservedProperties",
        "Observations": "Observations",
    },
    "Sensors": {"Datastreams": "Datastreams"},
    "ObservedProperties": {"Datastreams": "Datastreams"},
    "Observations": {"Datastream": "Datastreams", "FeatureOfInterest": "FeaturesOfInterest"},
    "FeaturesOfInterest": {"Observations": "Observations"},
}  # fmt: skip


_OF_HISTORY = (("HistoricalLocations", "Things"), ("HistoricalLocations", "Locations"))
# How a Datastream names the entity of another set that a client chose for it.
_SINGULAR: Mapping[str, str] = {"Things": "Thing", "Sensors": "Sensor", "ObservedProperties": "ObservedProperty"}


def ucum(unit: str) -> str:
    """Return the address that defines a unit."""
    return f"http://unitsofmeasure.org/ucum.html#{unit}"


def _thing_of(point: Point) -> tuple[str, str]:
    return point.building_id, point.space or ""


@dataclass(slots=True)
class Model:
    """All entities but Observations, from the points of all buildings.

    Attributes:
        points: Of all buildings.
        names: Name of a building or space by building and GlobalId (empty for the building).
        places: Where points are.
        additions: What clients created or changed, by set and number.
    """

    points: Sequence[Point]
    names: Callable[[str, str], str]
    places: Places
    additions: Mapping[str, Mapping[int, Addition]] = field(default_factory=dict)
    streams: dict[int, Point] = field(init=False)
    _index: dict[str, dict[Any, list[int]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.streams = {stream_number(p.building_id, p.point_id): p for p in self.points}

    def all(self, kind: str) -> list[Entity]:
        """Return all entities of a set, by identifier; none of Observations, which are read apart."""
        found: dict[int, Entity] = {}
        for number, point in self.streams.items():
            for entity in self._of(kind, number, point):
                found.setdefault(entity["@iot.id"], entity)
        for number, addition in self.additions.get(kind, {}).items():
            if addition.created and number not in found:
                found[number] = {"@iot.id": number, **addition.members}
        return [found[number] for number in sorted(found)]

    def one(self, kind: str, number: Any) -> Entity | None:
        """Return an entity of a set by its identifier, or None."""
        return next((entity for entity in self.all(kind) if entity["@iot.id"] == number), None)

    def _of(self, kind: str, number: int, point: Point) -> list[Entity]:
        linked = self._link("Datastreams", number, _SINGULAR.get(kind, ""))
        if linked:
            members = self.additions.get(kind, {}).get(linked[0], Addition()).members
            return [{"@iot.id": linked[0], **members}] if members else []
        if kind == "Locations" and (thing := self._link("Datastreams", number, "Thing")):
            return self._locations(thing[0])
        return [self._changed(kind, entity) for entity in self._derived(kind, number, point)]

    def _link(self, kind: str, number: int, step: str) -> tuple[int, ...]:
        addition = self.additions.get(kind, {}).get(number)
        return addition.links.get(step, ()) if addition is not None else ()

    def _locations(self, thing: int) -> list[Entity]:
        """Return the Locations that a client gave to a Thing."""
        known = self.additions.get("Locations", {})
        return [
            {"@iot.id": n, **known[n].members} for n in sorted(known) if thing in known[n].links.get("Things", ())
        ]

    def _changed(self, kind: str, entity: Entity) -> Entity:
        addition = self.additions.get(kind, {}).get(entity["@iot.id"])
        if addition is None:
            return entity
        properties = {**entity.get("properties", {}), **addition.members.get("properties", {})}
        return {**entity, **addition.members, **({"properties": properties} if properties else {})}

    def _derived(self, kind: str, number: int, point: Point) -> list[Entity]:
        if kind == "Datastreams":
            return [_datastream(number, point)]
        if kind == "Things":
            return [self._thing(point)]
        if kind == "Sensors":
            return [_sensor(point)]
        if kind == "ObservedProperties":
            return [_observed(point)]
        if kind in ("Locations", "FeaturesOfInterest"):
            return self._place(kind, point)
        return []

    def linked(self, kind: str, entity: Entity, step: str) -> list[Entity]:
        """Return where a navigation of an entity leads; Observations are read apart."""
        target, own = NAVIGATION[kind][step], entity["@iot.id"]
        found = {other["@iot.id"]: other for n in self.streams_of(kind, own) for other in self._of_one(target, n)}
        if (kind, target) == ("Things", "Locations"):
            found |= {other["@iot.id"]: other for other in self._locations(own)}
        if (kind, target) in (("Locations", "Things"), *_OF_HISTORY):
            named = (self.one(target, number) for number in self._link(kind, own, target))
            found |= {other["@iot.id"]: other for other in named if other is not None}
        if target == "HistoricalLocations":
            found |= {n: {"@iot.id": n, **self.additions[target][n].members} for n in self.history(kind, own)}
        return [found[number] for number in sorted(found)]

    def history(self, kind: str, number: int) -> list[int]:
        """Return the HistoricalLocations of a Thing or a Location."""
        known = self.additions.get("HistoricalLocations", {})
        return [n for n in sorted(known) if number in known[n].links.get(kind, ())]

    def _of_one(self, kind: str, number: int) -> list[Entity]:
        return self._of(kind, number, self.streams[number])

    def streams_of(self, kind: str, number: Any) -> list[int]:
        """Return the Datastreams that an entity has to do with."""
        if kind == "Observations":
            return [int(str(number).partition("-")[0])]
        if kind not in self._index:
            index: dict[Any, list[int]] = {}
            for stream, point in self.streams.items():
                for entity in self._of(kind, stream, point):
                    index.setdefault(entity["@iot.id"], []).append(stream)
            self._index[kind] = index
        return self._index[kind].get(number, [])

    def _thing(self, point: Point) -> Entity:
        building, space = _thing_of(point)
        kind = "IfcSpace" if space else "IfcBuilding"
        return {
            "@iot.id": number_of("thing", building, space),
            "name": self.names(building, space),
            "description": f"{kind} of building {building}",
            "properties": {"ifcClass": kind, "ifcGuid": space or None, "buildingId": building},
        }

    def _place(self, kind: str, point: Point) -> list[Entity]:
        geometry = self.places().get((point.building_id, point.point_id))
        building, space = _thing_of(point)
        if geometry is None:
            return []
        member = "location" if kind == "Locations" else "feature"
        return [
            {
                "@iot.id": number_of(member, building, space),
                "name": self.names(building, space),
                "description": "A point inside it",
                "encodingType": "application/geo+json",
                member: geometry,
            }
        ]


def _datastream(number: int, point: Point) -> Entity:
    return {
        "@iot.id": number,
        "name": point.name or point.point_id,
        "description": f"{point.quantity_kind} by {point.kind.value} {point.point_id}",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": {
            "name": point.unit,
            "symbol": point.unit,
            "definition": ucum(point.unit),
        },
        "properties": {
            "buildingId": point.building_id,
            "pointId": point.point_id,
            "ifcGuid": point.global_id,
            "intervalSeconds": point.interval_s,
        },
    }


def _sensor(point: Point) -> Entity:
    return {
        "@iot.id": number_of("sensor", point.kind.value, point.quantity_kind),
        "name": f"{point.kind.value} of {point.quantity_kind}",
        "description": "What kind of device measures; the model knows more of each",
        "encodingType": "text/html",
        "metadata": "https://w3id.org/sosa/Sensor",
    }


def _observed(point: Point) -> Entity:
    iri = f"http://qudt.org/vocab/quantitykind/{point.quantity_kind}"
    name = point.quantity_kind
    return {"@iot.id": number_of("property", name), "name": name, "definition": iri, "description": f"QUDT {name}"}


def observation_of(stream: int, time_us: int, time: str, result: Any) -> Entity:
    """Return a reading as an Observation; it was stored when it arrived, and only its own time is kept."""
    return {"@iot.id": f"{stream}-{time_us}", "phenomenonTime": time, "resultTime": time, "result": result}
