"""One random run of the ingest against everything that goes wrong at once; see `test_chaos.py`."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BUILDING = "101234567"
START = datetime(2026, 3, 1, tzinfo=UTC)
POINTS = 20
MALFORMED_SHARE = 0.1
TOPIC = f"kaksik/v1/{BUILDING}/p{{}}/obs"

# Reason and payload of messages that must be refused; one reading each.
MALFORMED: tuple[tuple[str, bytes], ...] = (
    ("not-finite", b'{"t":"2026-03-01T00:00:00Z","v":NaN,"u":"Cel"}'),
    ("not-finite", b'{"t":"2026-03-01T00:00:00Z","v":1e400,"u":"Cel"}'),
    ("too-deep", b'{"v":' + b"[" * 20_000),
    ("too-large", b" " * (1024 * 1024)),
    ("encoding", b'{"t":"2026-03-01T00:00:00Z","v":"\xff\xfe","u":"Cel"}'),
    ("not-json", b'{"t":"2026-03-01T00:00:00Z","v":21.5'),
    ("time-future", b'{"t":"2096-03-01T00:00:00Z","v":21.5,"u":"Cel"}'),  # the clock of a device jumped ahead
    ("time-unset", b'{"t":"1970-01-01T00:00:11Z","v":21.5,"u":"Cel"}'),  # it lost its battery
)


@dataclass
class Plan:
    """What one run publishes, and what must be in the store afterwards.

    Attributes:
        messages: Topic and payload, in order.
        expected: Value by point and microsecond.
        refused: How often each reason must be counted at least: a repetition counts again.
        strangers: Building and point of what must be in quarantine.
    """

    messages: list[tuple[str, bytes]] = field(default_factory=list)
    expected: dict[tuple[str, int], float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    strangers: set[tuple[str, str]] = field(default_factory=set)


def plan(seed: int, readings: int) -> Plan:
    """Return a run: good readings, a tenth malformed between them, some twice, all shuffled within a window."""
    chance = random.Random(seed)
    made = Plan()
    for n in range(readings):
        if chance.random() < MALFORMED_SHARE:
            made.messages.append(_malformed(chance, made))
        point, jump = chance.randrange(POINTS), chance.choice((0, 0, 0, -3_600, 1_800))  # clocks of devices jump
        moment = START + timedelta(seconds=n * 5 + jump, microseconds=n)
        value = round(chance.uniform(15, 30), 3)
        made.expected[f"p{point}", round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))] = (
            value
        )
        payload = json.dumps({"t": moment.isoformat(), "v": value, "u": "Cel"}).encode()
        made.messages += [(TOPIC.format(point), payload)] * chance.choice((1, 1, 1, 2, 3))
    for n in range(0, len(made.messages), 50):
        window = made.messages[n : n + 50]
        chance.shuffle(window)
        made.messages[n : n + 50] = window
    return made


def _malformed(chance: random.Random, made: Plan) -> tuple[str, bytes]:
    if chance.random() < 0.1:
        dev_eui = f"70b3d57ed000000{chance.randrange(5)}"  # of another city, on the same network server
        made.refused["device-unknown"] += 1
        made.strangers.add(("", dev_eui))
        uplink = {"deviceInfo": {"devEui": dev_eui}, "time": "2026-03-01T00:00:00Z", "data": "AWcBEA=="}
        return f"application/1/device/{dev_eui}/event/up", json.dumps(uplink).encode()
    if chance.random() < 0.2:
        ghost = f"-ghost-{chance.randrange(5)}"
        made.refused["point-unknown"] += 1
        made.strangers.add((BUILDING, f"p{ghost}"))
        return TOPIC.format(ghost), b'{"t":"2026-03-01T00:00:00Z","v":1,"u":"Cel"}'
    reason, payload = chance.choice(MALFORMED)
    made.refused[reason] += 1
    return TOPIC.format(chance.randrange(POINTS)), payload
