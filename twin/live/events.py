"""Fan-out of new observations to many readers in this process, such as the streams of browsers.

Rules the hub keeps:
1. Publishing never waits for a reader. Each building has one ring of its latest events, a reader only its place.
2. A reader that falls out of the ring is told how many events it lost (event ``gap``) and goes on from the oldest.
3. An id names one event for the life of the hub: ``<epoch>-<number>``. A reader that comes back with an id of another
   epoch is told with a ``gap`` too, because what came between is not known.
"""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from twin.errors import Conflict

RING_EVENTS = 4_096  # four seconds at the rate of a thousand readings a second; minutes for one building
MAX_READERS = 2_000  # open browser windows of one city department, twice over
MAX_EVENTS_AT_ONCE = 256  # so that one reader that catches up does not hold the loop


@dataclass(frozen=True)
class StreamEvent:
    """One event of a stream, the same object for all who read it.

    Attributes:
        id: Where to resume after it.
        event: ``observation`` or ``gap``.
        data: Plain JSON members.
    """

    id: str
    event: str
    data: Mapping[str, Any]

    @cached_property
    def text(self) -> str:
        """Return `data` as JSON, made once for a thousand readers."""
        return json.dumps(self.data, separators=(",", ":"))


class _Ring:
    """The latest events of one building, numbered without holes."""

    def __init__(self, capacity: int) -> None:
        self.events: deque[Any] = deque(maxlen=capacity)
        self.last = 0
        self.shown: dict[int, StreamEvent] = {}  # the newest of them that somebody read, by number

    @property
    def first(self) -> int:
        """Return the number of the oldest event that is still here."""
        return self.last - len(self.events) + 1

    def after(self, number: int) -> list[Any]:
        """Return up to `MAX_EVENTS_AT_ONCE` events that follow `number`."""
        start = number + 1 - self.first
        return list(islice(self.events, start, start + MAX_EVENTS_AT_ONCE))


class Hub:
    """Publishes from any thread to readers in any event loop.

    Args:
        epoch: Text without ``-`` that differs between two starts of the service.
        capacity: Events kept per building.
        render: Makes the members of an event from what was published, when somebody reads it.
    """

    def __init__(
        self,
        epoch: str,
        capacity: int = RING_EVENTS,
        render: Callable[[Any], Mapping[str, Any]] = lambda published: published,
    ) -> None:
        self._render = render
        self._epoch = epoch
        self._capacity = capacity
        self._lock = threading.Lock()
        self._rings: dict[str, _Ring] = {}
        self._readers: dict[str, set[Subscription]] = {}

    def publish(self, building_id: str, events: Sequence[Any]) -> None:
        """Append observations of one building and wake its readers; never blocks on a reader."""
        with self._lock:
            ring = self._rings.setdefault(building_id, _Ring(self._capacity))
            ring.events.extend(events)
            ring.last += len(events)
            readers = tuple(self._readers.get(building_id, ()))
        for reader in readers:
            reader.wake()

    def subscribe(self, building_id: str, last_event_id: str | None = None) -> "Subscription":
        """Return a reader of one building; call it inside the event loop that will read.

        Args:
            building_id: Whose observations to read.
            last_event_id: Id of the last event that was seen, to resume after it; None starts with what comes next.

        Raises:
            Conflict: (too-many-streams) `MAX_READERS` are open.
        """
        with self._lock:
            if sum(len(readers) for readers in self._readers.values()) >= MAX_READERS:
                raise Conflict("Too many streams are open.", reason="too-many-streams", hint="Close some, or poll.")
            ring = self._rings.setdefault(building_id, _Ring(self._capacity))
            number, resumed = self._place(last_event_id, ring)
            reader = Subscription(self, building_id, number, resumed=resumed)
            self._readers.setdefault(building_id, set()).add(reader)
        return reader

    def _place(self, last_event_id: str | None, ring: _Ring) -> tuple[int, bool]:
        if last_event_id is None:
            return ring.last, True
        epoch, _, number = last_event_id.rpartition("-")
        if epoch == self._epoch and number.isascii() and number.isdigit() and len(number) < 16:
            return min(int(number), ring.last), True
        return ring.last, False

    def read(self, building_id: str, number: int) -> tuple[int, tuple[StreamEvent, ...]]:
        """Return the new place and the events after `number`, with a ``gap`` first if some are gone."""
        with self._lock:
            ring = self._rings[building_id]
            lost = ring.first - 1 - number
            begin = max(number, ring.first - 1)
            items = ring.after(begin)
            shown = ring.shown
        events = [self._shown(shown, number, data) for number, data in enumerate(items, begin + 1)]
        if lost > 0:
            events.insert(0, StreamEvent(self.id_of(begin), "gap", {"lost": lost}))
        return begin + len(items), tuple(events)

    def _shown(self, shown: dict[int, StreamEvent], number: int, data: Any) -> StreamEvent:
        """Return an event as readers get it; whoever comes first makes it, twice at worst."""
        found = shown.get(number)
        if found is None:
            found = StreamEvent(self.id_of(number), "observation", self._render(data))
            if len(shown) >= MAX_EVENTS_AT_ONCE:
                shown.clear()
            shown[number] = found
        return found

    def id_of(self, number: int) -> str:
        """Return the id of the event with that number."""
        return f"{self._epoch}-{number}"

    def leave(self, reader: "Subscription") -> None:
        """Forget a reader."""
        with self._lock:
            readers = self._readers.get(reader.building_id, set())
            readers.discard(reader)
            if not readers:
                self._readers.pop(reader.building_id, None)

    @property
    def readers(self) -> int:
        """Return how many readers are open."""
        with self._lock:
            return sum(len(readers) for readers in self._readers.values())


class Subscription:
    """A reader of one building. Iterate over it, or call `next_events` to have a time-out for keep-alives."""

    def __init__(self, hub: Hub, building_id: str, number: int, *, resumed: bool) -> None:
        self.building_id = building_id
        self._hub = hub
        self._number = number
        self._tell_restart = not resumed
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._news.set()  # what a resumed reader missed is there already
        self._woken = False

    def wake(self) -> None:
        """Tell the reader's loop that there is news; callable from any thread."""
        if self._woken:  # one wake-up is under way already
            return
        self._woken = True
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # its loop is closed: nobody will read here again
            self._hub.leave(self)

    async def next_events(self, timeout_s: float | None = None) -> tuple[StreamEvent, ...]:
        """Return what is new, at most `MAX_EVENTS_AT_ONCE`; empty when `timeout_s` passes without news."""
        if self._tell_restart:
            self._tell_restart = False
            return (StreamEvent(self._hub.id_of(self._number), "gap", {"lost": None}),)
        while True:
            self._woken = False
            self._news.clear()
            self._number, events = self._hub.read(self.building_id, self._number)
            if events:
                return events
            try:
                await asyncio.wait_for(self._news.wait(), timeout_s)
            except TimeoutError:
                return ()

    async def __aiter__(self) -> AsyncIterator[StreamEvent]:
        while True:
            for event in await self.next_events():
                yield event

    def close(self) -> None:
        """Leave the hub; safe to call twice."""
        self._hub.leave(self)

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
