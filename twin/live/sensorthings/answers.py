"""Answers to SensorThings requests: which entity an address names, and how it is shown."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from twin.errors import InvalidInput, NotFound
from twin.live.schema import time_from_us
from twin.live.sensorthings.arrays import as_arrays, refuse_unknown, selected
from twin.live.sensorthings.entities import NAVIGATION, OBSERVATION_ID, SETS, Entity, Model
from twin.live.sensorthings.filter import holds, time_bounds
from twin.live.sensorthings.options import Options, parse_options
from twin.live.sensorthings.readings import Readings, Span, span_of

CONFORMANCE = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CLASSES = (
    "datamodel", "resource-path/resource-path-to-entities", "request-data", "create-update-delete/create-entity",
    "create-update-delete/link-to-existing-entities", "create-update-delete/deep-insert",
    "create-update-delete/update-entity", "data-array/data-array",
)  # fmt: skip
MQTT_CLASSES = ("create-observations-via-mqtt/observations-creation", "receive-updates-via-mqtt/receive-updates")
CONFORMS_TO = tuple(CONFORMANCE + name for name in CLASSES)
MAX_MERGED = 200  # Datastreams whose Observations are listed together
MAX_WAITING = 50_000  # readings that are kept beside those of the page; about 40 MB
MAX_SEGMENTS = 12
MAX_SHOWN = 50_000  # entities in one answer at all depths; a thousand rooms with all that hangs in them have a tenth
COST_OF_READING = 20  # how many entities a look into the history of a Datastream counts as
_SEGMENT = re.compile(r"(\$?[A-Za-z_]\w*)(?:\(('?)([0-9A-Za-z-]{1,40})\2\))?")
_TIME = ("phenomenonTime",)


class Answers:
    """Answers requests about one moment.

    Args:
        model: The entities.
        readings: Their Observations.
        now: The present.
        root: Address of the service, without a slash at the end.
        broker: Address of the broker where Observations are published and created, or None.
    """

    def __init__(self, model: Model, readings: Readings, now: datetime, root: str, broker: str | None = None) -> None:
        self._model, self._readings, self._now, self._root = model, readings, now, root
        self._broker = broker
        self._left = MAX_SHOWN

    def get(self, path: str, query: Mapping[str, str]) -> Any:
        """Return the answer to GET: JSON members, or the plain value after ``/$value``.

        Raises:
            NotFound: (not-found) the address names nothing.
            InvalidInput: (query-parameter, filter, filter-function, too-many-items, too-many-streams).
        """
        segments = [part for part in path.split("/") if part]
        if not segments:
            return self._landing()
        options = parse_options(query, self._now)
        if len(segments) > MAX_SEGMENTS:
            raise _nothing(path)
        return self._walk(segments, options, query, path)

    def _landing(self) -> Any:
        sets = [{"name": name, "url": f"{self._root}/{name}"} for name in SETS]
        classes = [CONFORMANCE + name for name in MQTT_CLASSES] if self._broker else []
        endpoints = {name: {"endpoints": [self._broker]} for name in classes}
        return {"value": sets, "serverSettings": {"conformance": [*CONFORMS_TO, *classes], **endpoints}}

    def _walk(self, segments: Sequence[str], options: Options, query: Mapping[str, str], path: str) -> Any:
        kind, owner = "", None  # the set and the entity reached so far
        for place, segment in enumerate(segments):
            name, number = _segment(segment, path)
            last = place == len(segments) - 1
            if (owner is None and place) or name.startswith("$"):
                if name == "$ref" and last and owner is None:
                    return self._references(kind, segments[:-1], options, path)
                raise _nothing(path)
            if owner is not None and name not in NAVIGATION[kind]:
                return _member(owner, segments[place:], path)
            parent = (kind, owner) if owner is not None else None
            kind = NAVIGATION[kind][name] if owner is not None else name
            if kind not in SETS:
                raise _nothing(path)
            owner = self._one(kind, name, number, parent, path)
            if owner is None and last:
                return self._set(kind, parent, options, query, path)
        return self._shown(kind, owner or {}, options)

    def _one(self, kind: str, name: str, number: str, parent: tuple[str, Entity] | None, path: str) -> Entity | None:
        """Return the entity that a segment names, or None if it names a set."""
        if number:
            found = self._by_number(kind, number)
            if found is None or (parent and not self._is_linked(parent, kind, found)):
                raise _nothing(path)
            return found
        if parent is None or name in SETS:
            return None
        linked = self._model.linked(parent[0], parent[1], name)
        if not linked:
            raise _nothing(path)
        return linked[0]

    def _is_linked(self, parent: tuple[str, Entity], kind: str, found: Entity) -> bool:
        if "Observations" not in (kind, parent[0]):
            steps = [step for step, target in NAVIGATION[parent[0]].items() if target == kind]
            return any(found in self._model.linked(*parent, step) for step in steps)
        streams = self._model.streams_of(parent[0], parent[1]["@iot.id"])
        return bool(set(streams) & set(self._model.streams_of(kind, found["@iot.id"])))

    def _by_number(self, kind: str, number: str) -> Entity | None:
        if kind != "Observations":
            return self._model.one(kind, int(number)) if number.isascii() and number.isdigit() else None
        match = OBSERVATION_ID.fullmatch(number)
        point = self._model.streams.get(int(match[1])) if match else None
        if match is None or point is None:
            return None
        moment = time_from_us(int(match[2]))
        here = self._readings.everything(point, Span(moment, moment + timedelta(microseconds=1)))
        return here[0] if here else None

    def shown(self, kind: str, number: int) -> dict[str, Any]:
        """Return an entity by its number with its links, as after its creation."""
        return self._shown(kind, self._model.one(kind, number) or {"@iot.id": number}, Options())

    # --- sets

    def _set(
        self, kind: str, parent: tuple[str, Entity] | None, options: Options, query: Mapping[str, str], path: str
    ) -> Any:
        if options.arrays and kind != "Observations":
            raise InvalidInput(
                "Only Observations are shown as arrays.", reason="query-parameter", entity="$resultFormat"
            )
        rows, total = self._rows(kind, parent, options)
        answer: dict[str, Any] = {"@iot.count": total} if options.count and total is not None else {}
        more = rows[options.top :] and options.top
        if more:
            beyond = {**query, "$skip": str(options.skip + options.top), "$top": str(options.top)}
            asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in beyond.items())
            answer["@iot.nextLink"] = f"{self._root}/{path.strip('/')}?{asked}"
        if options.arrays:
            return {**answer, "value": as_arrays(rows[: options.top], options, self._root)}
        return {**answer, "value": [self._shown(kind, row, options) for row in rows[: options.top]]}

    def _references(self, kind: str, segments: Sequence[str], options: Options, path: str) -> Any:
        address = "/".join(segments)
        found = self._walk(segments, options, {}, address)["value"] if kind else []
        return {"value": [{"@iot.selfLink": row["@iot.selfLink"]} for row in found]}

    def _rows(
        self, kind: str, parent: tuple[str, Entity] | None, options: Options
    ) -> tuple[list[Entity], int | None]:
        """Return the page of a set with one entity more if there is one, and how many there are in all."""
        if kind == "Observations":
            return self._observations(parent, options)
        rows = self._model.all(kind) if parent is None else self._model.linked(parent[0], parent[1], kind)
        rows = self._ordered(kind, self._chosen(kind, rows, options), options)
        return rows[options.skip : options.skip + options.top + 1], len(rows)

    def _chosen(self, kind: str, rows: Sequence[Entity], options: Options) -> list[Entity]:
        wanted = options.filter
        if wanted is None:
            return list(rows)
        return [row for row in rows if holds(wanted, lambda steps, row=row: self._look(kind, row, steps))]  # type: ignore[misc]

    def _ordered(self, kind: str, rows: list[Entity], options: Options) -> list[Entity]:
        for steps, down in reversed(options.orderby):

            def key(row: Entity, steps: tuple[str, ...] = steps) -> tuple[str, Any]:
                found = self._look(kind, row, steps)
                value = found[0] if found else None
                if isinstance(value, bool) or not isinstance(value, int | float | str):
                    return ("", "")
                return ("number", value) if isinstance(value, int | float) else ("text", value)

            rows = sorted(rows, key=key, reverse=down)
        return rows

    def _look(self, kind: str, row: Entity, steps: tuple[str, ...]) -> list[Any]:
        """Return the values that a path of members and navigations leads to."""
        first, rest = steps[0], steps[1:]
        if first in NAVIGATION[kind]:
            target = NAVIGATION[kind][first]
            if target == "Observations" or not rest:
                raise InvalidInput("This path cannot be looked at in a filter.", reason="filter", entity=first)
            return [
                value for other in self._model.linked(kind, row, first) for value in self._look(target, other, rest)
            ]
        value: Any = row.get("@iot.id" if first == "id" else first)
        for step in rest:
            value = value.get(step) if isinstance(value, Mapping) else None
        return [value]

    # --- observations

    def _observations(self, parent: tuple[str, Entity] | None, options: Options) -> tuple[list[Entity], int | None]:
        streams = self._model.streams
        numbers = self._model.streams_of(parent[0], parent[1]["@iot.id"]) if parent else list(streams)
        if len(numbers) > MAX_MERGED:
            raise InvalidInput(
                f"Observations of more than {MAX_MERGED} Datastreams are not listed together.",
                reason="too-many-streams",
                hint="Ask Datastreams(id)/Observations.",
            )
        self._spend(COST_OF_READING * len(numbers))
        span = span_of(*time_bounds(options.filter, _TIME[0]), self._now)
        if options.filter is None and all(steps == _TIME for steps, _ in options.orderby):
            down = bool(options.orderby) and options.orderby[0][1]
            return self._by_time([streams[n] for n in numbers], span, options, newest=down)
        rows = [row for n in numbers for row in self._readings.everything(streams[n], span)]
        rows.sort(key=_moment)
        rows = self._ordered("Observations", self._chosen("Observations", rows, options), options)
        return rows[options.skip : options.skip + options.top + 1], len(rows)

    def _by_time(
        self, points: Sequence[Any], span: Span, options: Options, *, newest: bool
    ) -> tuple[list[Entity], int | None]:
        end = options.skip + options.top + 1
        rows: list[Entity] = []
        for point in points:
            rows += self._readings.page(point, span, end, newest=newest)[:end]
            if len(rows) > end + MAX_WAITING:  # only what may be shown is kept, however many there are
                rows = sorted(rows, key=_moment, reverse=newest)[:end]
        rows.sort(key=_moment, reverse=newest)
        total = sum(self._readings.count(point, span) for point in points) if options.count else None
        return rows[options.skip : end], total

    # --- showing

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise InvalidInput(
                f"The answer would show more than {MAX_SHOWN} entities.",
                reason="too-many-items",
                hint="Ask for fewer with $top, or expand less.",
                entity="$expand",
            )

    def _shown(self, kind: str, row: Entity, options: Options) -> dict[str, Any]:
        self._spend(1)
        refuse_unknown(kind, row, options)
        number = row["@iot.id"]
        named = f"'{number}'" if isinstance(number, str) else str(number)
        link = f"{self._root}/{kind}({named})"
        members = {name: value for name, value in row.items() if not options.select or name in selected(options)}
        shown: dict[str, Any] = {**members, "@iot.selfLink": link} if not options.select else members
        known = NAVIGATION[kind]
        for step in known:
            if not options.select or step in options.select:
                shown[f"{step}@iot.navigationLink"] = f"{link}/{step}"
        for step, inner in options.expand:
            if step not in known:
                raise InvalidInput(
                    f"{kind} has no {step[:40]} to expand.", reason="query-parameter", entity="$expand"
                )
            shown |= self._expanded(kind, row, step, inner, f"{link}/{step}")
        return shown

    def _expanded(self, kind: str, row: Entity, step: str, inner: Options, link: str) -> dict[str, Any]:
        target = known = NAVIGATION[kind][step]
        if step not in SETS:
            linked = self._model.linked(kind, row, step)
            return {step: self._shown(target, linked[0], inner)} if linked else {}
        rows, total = self._rows(known, (kind, row), inner)
        answer: dict[str, Any] = {step: [self._shown(target, other, inner) for other in rows[: inner.top]]}
        if inner.count and total is not None:
            answer[f"{step}@iot.count"] = total
        if rows[inner.top :] and inner.top:
            answer[f"{step}@iot.nextLink"] = f"{link}?$skip={inner.skip + inner.top}&$top={inner.top}"
        return answer


def _moment(row: Entity) -> datetime:
    return datetime.fromisoformat(row["phenomenonTime"])


def _segment(text: str, path: str) -> tuple[str, str]:
    match = _SEGMENT.fullmatch(text)
    if match is None:
        raise _nothing(path)
    return match[1], match[3] or ""


def _member(owner: Entity, names: Sequence[str], path: str) -> Any:
    name, rest = ("@iot.id" if names[0] == "id" else names[0]), tuple(names[1:])
    if name not in owner or rest not in ((), ("$value",)):
        raise _nothing(path)
    return owner[name] if rest else {name: owner[name]}


def _nothing(path: str) -> NotFound:
    return NotFound(
        "There is nothing at this address.",
        reason="not-found",
        hint="The sets are listed at the root of the service.",
        entity=path[:200],
    )
