"""Creating, changing and deleting entities. A Datastream that is created is a point from then on."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ifc import ReadFinding
from twin.errors import Conflict, InvalidInput, NotFound
from twin.live.numbers import number_of, stream_number
from twin.live.points import Point, PointKind, point_from_json
from twin.live.sensorthings.additions import Addition, Additions
from twin.live.sensorthings.documents import checked, refuse_fixed
from twin.live.sensorthings.entities import NAVIGATION, SETS, Entity, Model, ucum
from twin.live.sensorthings.patches import patched
from twin.live.units import QUANTITY_KINDS

UNBOUND = "tmp-sensorthings"  # building of Datastreams whose Thing is no building and no room
CREATED = frozenset({"Things", "Locations", "Sensors", "ObservedProperties", "Datastreams"})
MAX_NESTED = 100  # entities created inside one; a device has a few dozen Datastreams
MAX_OBSERVATIONS = 1_000  # in a new Datastream; more are sent as data arrays
QUDT = "http://qudt.org/vocab/quantitykind/"
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.:$~-]+")
Register = Callable[[Point], Sequence[ReadFinding]]
Row = tuple[str, int, Addition]


@dataclass(frozen=True, slots=True)
class Made:
    """What was created.

    Attributes:
        kind: Its set.
        number: Its identifier.
        findings: What is doubtful about its binding to the model.
        observations: Number of a Datastream and members, of each Observation nested in it; still to be stored.
    """

    kind: str
    number: int
    findings: tuple[ReadFinding, ...] = ()
    observations: tuple[tuple[int, Mapping[str, Any]], ...] = ()


class Changes:
    """Changes entities of one model.

    Args:
        model: The entities as they are.
        additions: Where changes are kept.
        register: Stores a point and returns what is doubtful about its binding.
        class_of: Returns the IFC class of an object in the newest version of a building (empty: the building itself),
            None if there is no such thing.
        new_token: Returns a random text; numbers of created entities are made of it.
        now: Returns the present; a Thing came to its Location then.
    """

    def __init__(
        self,
        model: Model,
        additions: Additions,
        register: Register,
        class_of: Callable[[str, str], str | None],
        new_token: Callable[[], str],
        now: Callable[[], str],
    ) -> None:
        self._model, self._additions, self._register = model, additions, register
        self._class_of, self._new_token, self._now = class_of, new_token, now
        self._rows: list[Row] = []
        self._points: list[Point] = []
        self._observations: list[tuple[int, Mapping[str, Any]]] = []

    # --- create

    def create(self, kind: str, document: Any, parent: tuple[str, int] | None = None) -> Made:
        """Create an entity and what is nested in it, all or none of the entities of the client.

        Args:
            kind: The set.
            document: JSON members; linked entities by ``@iot.id``, or in full to be created too.
            parent: Set and number of the entity in whose collection it is created.

        Raises:
            InvalidInput: (entity-member, entity-kind, and those of a points file).
            Conflict: (exists, said-by-model, point-unit-changed).
            NotFound: (not-found) a linked entity is not there.
        """
        if kind not in CREATED:
            raise InvalidInput(
                f"{kind} are not created by clients.", reason="entity-kind", hint=f"Known are {', '.join(CREATED)}."
            )
        if parent is not None and self._model.one(*parent) is None:
            raise NotFound("There is no such entity.", reason="not-found", entity=f"{parent[0]}({parent[1]})")
        number = self._plan(kind, document, parent)
        findings = [finding for point in self._points for finding in self._register(point)]
        self._additions.put(self._rows)
        return Made(kind, number, tuple(findings), tuple(self._observations))

    def _plan(self, kind: str, document: Any, parent: tuple[str, int] | None) -> int:
        if not isinstance(document, dict):
            raise InvalidInput("An entity must be a JSON object.", reason="entity-member", entity=kind)
        if len(self._rows) > MAX_NESTED:
            raise InvalidInput(f"More than {MAX_NESTED} entities in one.", reason="entity-member", entity=kind)
        members = checked(kind, document)
        if kind == "Things":
            return self._plan_thing(members, document)
        if kind == "Locations":
            return self._plan_location(members, document, parent)
        if kind == "Datastreams":
            return self._plan_stream(members, document, parent)
        return self._row(kind, members, {})

    def _row(
        self, kind: str, members: Mapping[str, Any], links: Mapping[str, tuple[int, ...]], number: int | None = None
    ) -> int:
        chosen = number_of("created", kind, self._new_token()) if number is None else number
        self._rows.append((kind, chosen, Addition(created=True, members=members, links=links)))
        return chosen

    def _plan_thing(self, members: dict[str, Any], document: Mapping[str, Any]) -> int:
        properties = members.get("properties", {})
        building, space = properties.get("buildingId"), properties.get("ifcGuid") or ""
        number = None
        if building is not None:
            number = number_of("thing", str(building), str(space))
            if self._model.one("Things", number) is not None:
                raise _there("Things", number)
            ifc_class = self._class_of(str(building), str(space))
            if ifc_class is None:
                raise NotFound("There is no such building or object.", reason="not-found", entity=str(building)[:40])
            members["properties"] = {**properties, "ifcClass": ifc_class}
        number = self._row("Things", members, {}, number)
        for place in _nested(document, "Locations"):
            if "@iot.id" in place:
                raise InvalidInput(
                    "A Location belongs to one Thing.", reason="entity-member", hint="Give it in full."
                )
            self._plan("Locations", place, ("Things", number))
        for stream in _nested(document, "Datastreams"):
            self._plan("Datastreams", stream, ("Things", number))
        return number

    def _plan_location(
        self, members: dict[str, Any], document: Mapping[str, Any], parent: tuple[str, int] | None
    ) -> int:
        given = _nested(document, "Things")
        numbers = [parent[1]] if parent else [self._linked("Things", thing) for thing in given]
        for number in numbers:
            thing = self._thing(number)
            if thing is not None and self._model.linked("Things", thing, "Locations"):
                raise Conflict(
                    "The Thing has a Location.", reason="exists", hint="Change that Location.", entity=str(number)
                )
        number = self._row("Locations", members, {"Things": tuple(numbers)})
        self._came_to(number, numbers)
        return number

    def _came_to(self, location: int, things: Iterable[int]) -> None:
        """Note that Things have a place from now on (8.2.3: a HistoricalLocation is made by the service)."""
        for thing in things:
            self._row("HistoricalLocations", {"time": self._now()}, {"Things": (thing,), "Locations": (location,)})

    def _plan_stream(
        self, members: dict[str, Any], document: Mapping[str, Any], parent: tuple[str, int] | None
    ) -> int:
        links = {
            step: parent[1] if parent and parent[0] == kind else self._linked(kind, document.get(step))
            for step, kind in (("Thing", "Things"), ("Sensor", "Sensors"), ("ObservedProperty", "ObservedProperties"))
        }
        point = self._point(members, links)
        number = stream_number(point.building_id, point.point_id)
        if number in self._model.streams or point in self._points:
            raise _there("Datastreams", number)
        derived = number_of("thing", point.building_id, point.space or "")
        chosen = {step: (n,) for step, n in links.items() if step != "Thing" or n != derived}
        self._points.append(point)
        self._observations += [(number, given) for given in _nested(document, "Observations", MAX_OBSERVATIONS)]
        kept: dict[str, Any] = {name: members[name] for name in ("description", "observationType")}
        if properties := _own(members.get("properties", {})):
            kept["properties"] = properties
        self._rows.append(("Datastreams", number, Addition(members=kept, links=chosen)))
        return number

    def _point(self, members: Mapping[str, Any], links: Mapping[str, int]) -> Point:
        properties = members.get("properties", {})
        thing = (self._thing(links["Thing"]) or {}).get("properties", {})
        own = self._entity("ObservedProperties", links["ObservedProperty"])
        space = thing.get("ifcGuid") if thing.get("ifcClass") == "IfcSpace" else None
        return point_from_json(
            {
                "building_id": thing.get("buildingId") or UNBOUND,
                "point_id": properties.get("pointId") or _NOT_IN_NAME.sub("-", members["name"]).strip("-.:$~")[:64],
                "global_id": properties.get("ifcGuid") or thing.get("ifcGuid") or "",
                "kind": properties.get("kind") or PointKind.SENSOR.value,
                "quantity_kind": _quantity_of(own),
                "unit": _unit_of(members["unitOfMeasurement"]),
                "name": members["name"],
                "interval_s": properties.get("intervalSeconds"),
                "space": space,
            }
        )

    def _linked(self, kind: str, given: Any) -> int:
        if not isinstance(given, dict):
            raise InvalidInput(f"A link to {kind} is missing.", reason="entity-member", entity=kind)
        if "@iot.id" not in given:
            return self._plan(kind, given, None)
        number = given["@iot.id"]
        if not isinstance(number, int) or self._entity(kind, number) is None:
            raise NotFound(f"There is no such entity in {kind}.", reason="not-found", entity=str(number)[:40])
        return number

    def _entity(self, kind: str, number: int) -> Entity | None:
        planned = (row for row in self._rows if row[:2] == (kind, number))
        return next(({"@iot.id": n, **a.members} for _, n, a in planned), None) or self._model.one(kind, number)

    def _thing(self, number: int) -> Entity | None:
        return self._entity("Things", number)

    # --- change and delete

    def change(self, kind: str, number: int, patch: Any) -> Made:
        """Change members of an entity; see `patched`.

        Raises:
            NotFound: (not-found).
            InvalidInput: (patch, entity-member, entity-kind).
            Conflict: (said-by-model, point-unit-changed).
        """
        if kind not in CREATED:
            raise _kept(kind)
        before = self._model.one(kind, number)
        if before is None:
            raise NotFound("There is no such entity.", reason="not-found", entity=f"{kind}({number})")
        after = checked(kind, patched(before, patch))
        stored = self._additions.of(kind).get(number, Addition())
        findings: Sequence[ReadFinding] = ()
        if not stored.created:
            refuse_fixed(kind, before, after)
            after = {name: value for name, value in after.items() if value != before.get(name)}
            if kind == "Datastreams":
                findings = self._change_point(number, after)
            after = {**stored.members, **after}
        if kind == "Locations" and stored.created and after.get("location") != before.get("location"):
            self._came_to(number, stored.links.get("Things", ()))
        self._additions.put([(kind, number, replace(stored, members=after)), *self._rows])
        return Made(kind, number, tuple(findings))

    def _change_point(self, number: int, changed: dict[str, Any]) -> Sequence[ReadFinding]:
        """Move what a point knows of itself from the changed members into the point."""
        point = self._model.streams[number]
        item = point.as_json()
        properties = changed.get("properties", {})
        if "name" in changed:
            item["name"] = changed.pop("name")
        if "unitOfMeasurement" in changed:
            before = {"symbol": point.unit, "definition": ucum(point.unit)}
            given = changed.pop("unitOfMeasurement")
            new = {name: value for name, value in given.items() if value != before.get(name)}
            item["unit"] = _unit_of(new) or point.unit
        for member, name in (("ifcGuid", "global_id"), ("intervalSeconds", "interval_s")):
            if member in properties:
                item[name] = properties[member]
        renewed = point_from_json(item)
        if properties:
            changed["properties"] = _own(properties)
        return () if renewed == point else self._register(renewed)

    def delete(self, kind: str, number: int) -> None:
        """Delete what a client created and nothing depends on.

        Raises:
            NotFound: (not-found).
            Conflict: (kept) readings and points are not deleted here; (said-by-model); (in-use).
        """
        entity = self._model.one(kind, number) if kind in SETS else None
        if entity is None and kind != "Observations":
            raise NotFound("There is no such entity.", reason="not-found", entity=f"{kind}({number})")
        if kind in ("Observations", "Datastreams") or kind not in CREATED or entity is None:
            raise _kept(kind)
        stored = self._additions.of(kind).get(number)
        if stored is None or not stored.created:
            raise Conflict(
                "This entity stands for something in a model.",
                reason="said-by-model",
                hint="It goes when the points that make it go.",
                entity=f"{kind}({number})",
            )
        steps = [step for step, target in NAVIGATION[kind].items() if target != "HistoricalLocations"]
        if kind != "Locations" and any(self._model.linked(kind, entity, step) for step in steps):
            raise Conflict("Other entities depend on it.", reason="in-use", entity=f"{kind}({number})")
        for dated in self._model.history(kind, number):
            self._additions.remove("HistoricalLocations", dated)
        self._additions.remove(kind, number)


def _own(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a Datastream that its point does not hold."""
    held = ("buildingId", "pointId", "ifcGuid", "intervalSeconds", "kind")
    return {name: value for name, value in properties.items() if name not in held}


def _nested(document: Mapping[str, Any], name: str, most: int = MAX_NESTED) -> list[Any]:
    given = document.get(name, [])
    if not isinstance(given, list) or len(given) > most or not all(isinstance(item, dict) for item in given):
        raise InvalidInput(f"{name} must be a list of entities.", reason="entity-member", entity=name)
    return given


def _quantity_of(observed: Entity | None) -> str:
    """Return the QUDT name in the definition; else the name, which is known or becomes a finding."""
    definition = str((observed or {}).get("definition", ""))
    if definition.startswith(QUDT):
        return definition.removeprefix(QUDT)
    name = str((observed or {}).get("name", ""))
    return next((known for known in QUANTITY_KINDS if known.lower() == name.replace(" ", "").lower()), name)


def _unit_of(unit: Mapping[str, Any]) -> str:
    """Return the UCUM code: what follows ``#`` of a UCUM definition, else the symbol."""
    definition = str(unit.get("definition") or "")
    if "unitsofmeasure.org" in definition and "#" in definition:
        return definition.partition("#")[2]
    symbol = str(unit.get("symbol") or "")
    return {"°C": "Cel", "°F": "[degF]"}.get(symbol, symbol)


def _there(kind: str, number: int) -> Conflict:
    return Conflict(
        "There is such an entity already.", reason="exists", hint="Change it instead.", entity=f"{kind}({number})"
    )


def _kept(kind: str) -> Conflict:
    return Conflict(
        f"{kind} are neither changed nor deleted here: a reading stays what it was.",
        reason="kept",
        hint="A wrong reading is corrected by its quality, a point by its binding.",
        entity=kind,
    )
