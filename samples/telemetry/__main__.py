"""Devices of a building that speak MQTT: fills the past, then goes on in real time.

    python -m samples.telemetry --points points.json --mqtt mqtt://127.0.0.1:1883 --backfill-hours 24

Two runs of equal points, seed, begin and faults say the same, so a run that repeats another stores nothing twice.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from samples.telemetry.devices import Simulator
from samples.telemetry.faults import Fault, plan_faults
from samples.telemetry.publisher import Publisher
from samples.telemetry.site import Site
from samples.telemetry.speech import Network
from samples.telemetry.usual import usual_faults


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m samples.telemetry", description=__doc__.split("\n\n")[0])
    parser.add_argument("--points", type=Path, required=True, help="points file, JSON")
    parser.add_argument("--mqtt", required=True, help="mqtt://[user:password@]host:port")
    parser.add_argument("--root", default="kaksik", help="first level of the topics")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another weather and other faults")
    parser.add_argument("--begin", type=datetime.fromisoformat, help="when the world began; default this month")
    parser.add_argument("--backfill-hours", type=float, default=0.0, help="hours of the past to send first")
    parser.add_argument("--no-live", action="store_true", help="end after the past")
    parser.add_argument(
        "--faults", type=int, default=-1, help="so many of each kind over the year; default a few now"
    )
    parser.add_argument("--speech", choices=("native", "chirpstack", "tts", "mixed"), default="native",
                        help="whether room sensors are LoRaWAN devices, and behind which server")  # fmt: skip
    parser.add_argument("--devices", type=Path, help="write the devices file that registers those here")
    parser.add_argument("--truth", type=Path, help="write here what is broken, where and when")
    return parser.parse_args(arguments)


def begin_of(chosen: datetime | None, start: datetime) -> datetime:
    """Return when the world begins: as chosen, or with the month in which the past begins."""
    if chosen is not None:
        return chosen.astimezone(UTC)
    return start.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def truth_of(faults: Sequence[Fault], seed: int, begin: datetime) -> dict[str, Any]:
    """Return what is broken, for those who must find it."""
    return {"seed": seed, "begin": begin.isoformat(), "faults": [fault.to_json() for fault in faults]}


async def run(simulator: Simulator, chosen: argparse.Namespace, start: datetime) -> None:
    """Fill the past, then go on in real time."""
    async with Publisher(simulator, chosen.mqtt, chosen.root, chosen.speech) as publisher:
        count = await publisher.backfill(start - timedelta(hours=chosen.backfill_hours), start)
        print(f"{len(simulator.points)} points, {count} readings of the past", flush=True)  # noqa: T201
        if not chosen.no_live:
            await publisher.go_on()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; return the exit code."""
    chosen = _arguments(arguments)
    start = datetime.now(UTC)
    begin = begin_of(chosen.begin, start - timedelta(hours=chosen.backfill_hours))
    try:
        points: list[Any] = json.loads(chosen.points.read_text(encoding="utf-8"))["points"]
        site = Site.of(points)
        faults = (
            usual_faults(site, chosen.seed, begin)
            if chosen.faults < 0
            else plan_faults(site, chosen.seed, begin.year, chosen.faults)
        )
        simulator = Simulator(points, chosen.seed, begin, faults)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"The points cannot be used: {error!r}", file=sys.stderr)  # noqa: T201
        return 3
    for sentence in simulator.left_out:
        print(f"left out: {sentence}", file=sys.stderr)  # noqa: T201
    if chosen.truth:
        chosen.truth.write_text(json.dumps(truth_of(faults, chosen.seed, begin), indent=1), encoding="utf-8")
    if chosen.devices:
        file = Network(simulator.points, chosen.speech, chosen.root).devices_file()
        chosen.devices.write_text(json.dumps(file, indent=1), encoding="utf-8")
    try:
        asyncio.run(run(simulator, chosen, start))
    except (OSError, TimeoutError) as error:
        print(f"The broker cannot be reached: {str(error) or 'no answer'}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
