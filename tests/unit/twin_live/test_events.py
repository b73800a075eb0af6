import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from twin.errors import Conflict
from twin.live import Hub, LiveWing, StreamEvent

BUILDING = "101234567"


def numbers(events: tuple[StreamEvent, ...]) -> list[int]:
    return [event.data["n"] for event in events if event.event == "observation"]


def publish(hub: Hub, *values: int, building: str = BUILDING) -> None:
    hub.publish(building, [{"n": value} for value in values])


def test_a_reader_sees_what_comes_after_it() -> None:
    async def body() -> list[int]:
        hub = Hub("e")
        publish(hub, 1, 2)
        with hub.subscribe(BUILDING) as reader:
            publish(hub, 3, 4)
            publish(hub, 5, building="109999999")
            seen = numbers(await reader.next_events(1.0))
            assert await reader.next_events(0.01) == ()
        assert hub.readers == 0
        return seen

    assert asyncio.run(body()) == [3, 4]


def test_a_reader_resumes_after_the_id_it_saw() -> None:
    async def body() -> None:
        hub = Hub("e")
        publish(hub, 1, 2, 3)
        first = hub.subscribe(BUILDING, "e-0")
        events = await first.next_events(1.0)
        assert numbers(events) == [1, 2, 3]
        publish(hub, 4)
        again = hub.subscribe(BUILDING, events[1].id)
        assert numbers(await again.next_events(1.0)) == [3, 4]

    asyncio.run(body())


@pytest.mark.parametrize("last", ["other-2", "", "2", "e-x", "e--1", "e-" + "9" * 30, "e-²"])
def test_a_reader_of_another_life_is_told(last: str) -> None:
    async def body() -> None:
        hub = Hub("e")
        publish(hub, 1, 2)
        reader = hub.subscribe(BUILDING, last)
        (gap,) = await reader.next_events(1.0)
        assert (gap.event, gap.data) == ("gap", {"lost": None})
        publish(hub, 3)
        assert numbers(await reader.next_events(1.0)) == [3]

    asyncio.run(body())


def test_a_slow_reader_loses_its_place_and_is_told_how_many() -> None:
    async def body() -> None:
        hub = Hub("e", capacity=10)
        reader = hub.subscribe(BUILDING)
        publish(hub, *range(25))
        events = await reader.next_events(1.0)
        assert (events[0].event, events[0].data) == ("gap", {"lost": 15})
        assert numbers(events) == list(range(15, 25))
        publish(hub, 25)
        assert numbers(await reader.next_events(1.0)) == [25]

    asyncio.run(body())


def test_a_long_way_behind_is_caught_up_in_parts() -> None:
    async def body() -> None:
        hub = Hub("e")
        reader = hub.subscribe(BUILDING)
        publish(hub, *range(600))
        parts = [numbers(await reader.next_events(1.0)) for _ in range(3)]
        assert [len(part) for part in parts] == [256, 256, 88]
        assert [n for part in parts for n in part] == list(range(600))

    asyncio.run(body())


def test_publishing_from_another_thread_wakes_a_waiting_reader() -> None:
    async def body() -> list[int]:
        hub = Hub("e")
        seen: list[int] = []
        with hub.subscribe(BUILDING) as reader:
            thread = threading.Thread(target=lambda: [publish(hub, n) for n in range(2_000)])
            thread.start()
            async for event in reader:
                seen.append(event.data["n"])
                if len(seen) == 2_000:
                    break
            thread.join()
        return seen

    assert asyncio.run(asyncio.wait_for(body(), 20)) == list(range(2_000))


def test_a_reader_whose_loop_is_gone_is_forgotten() -> None:
    hub = Hub("e")

    async def body() -> None:
        hub.subscribe(BUILDING)

    asyncio.run(body())
    assert hub.readers == 1
    publish(hub, 1)
    assert hub.readers == 0


def test_there_is_an_end_to_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> None:
        hub = Hub("e")
        monkeypatch.setattr("twin.live.events.MAX_READERS", 2)
        hub.subscribe(BUILDING)
        hub.subscribe("109999999")
        with pytest.raises(Conflict) as caught:
            hub.subscribe(BUILDING)
        assert caught.value.reason == "too-many-streams"

    asyncio.run(body())


def test_only_new_readings_are_streamed(wing: LiveWing) -> None:
    async def body() -> list[object]:
        reader = wing.hub.subscribe(BUILDING)
        start = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
        for n in (0, 1, 1, 0, 2):
            payload = {"t": (start + timedelta(minutes=n)).isoformat(), "v": n, "u": "Cel"}
            wing.ingest(f"kaksik/v1/{BUILDING}/112-temp/obs", json.dumps(payload).encode())
        events = await reader.next_events(1.0)
        assert events[0].data["point_id"] == "112-temp"
        assert events[0].data["building_id"] == BUILDING
        assert events[0].data["phenomenon_time"] == "2026-03-01T11:00:00Z"
        return [event.data["value"] for event in events]

    assert asyncio.run(body()) == [0.0, 1.0, 2.0]
