"""Command that fills the store with the past of a simulated building, faster than any broker could."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from api.cli.output import print_json, progress_bar, say
from samples.telemetry import Fault, Simulator, Site, plan_faults
from samples.telemetry import Series as Said
from twin.errors import InvalidInput
from twin.live import LiveWing, Series
from twin.service import open_twin
from twin.settings import Settings

MAX_DAYS = 3_660  # ten years


def simulate(
    points: Annotated[Path, typer.Argument(help="Points file (points.json); its points are bound first")],
    days: Annotated[int, typer.Option(min=1, max=MAX_DAYS, help="Days of the past, up to this midnight, UTC")] = 365,
    seed: Annotated[int, typer.Option(help="Another seed is another weather and other faults")] = 1,
    faults: Annotated[int, typer.Option(min=0, max=10, help="So many faults of each kind in a building")] = 2,
    truth: Annotated[Path | None, typer.Option(help="Write here what was broken, where and when")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Fill the store with simulated readings of the past. The service must not run meanwhile."""
    data = points.read_bytes() if points.is_file() else b""
    if not data:
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(points))
    twin = open_twin(Settings())
    try:
        bound, _ = twin.bind_points(data)
        end = twin.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        begin = end - timedelta(days=days)
        known: list[dict[str, Any]] = json.loads(data.decode("utf-8-sig"))["points"]
        broken = _faults(known, seed, begin, end, faults)
        simulator = Simulator(known, seed, begin, broken)
        stored = _fill(twin.live, simulator, end, quiet=as_json)
    finally:
        twin.close()
    if truth is not None:
        told = {"seed": seed, "begin": begin.isoformat(), "faults": [fault.to_json() for fault in broken]}
        truth.write_text(json.dumps(told, indent=1), encoding="utf-8")
    if as_json:
        print_json({"points": bound, "stored": stored, "faults": len(broken), "left_out": simulator.left_out})
    else:
        say(f"{bound} points, {stored} readings of {days} days, {len(broken)} faults.")


def _faults(known: Sequence[Any], seed: int, begin: datetime, end: datetime, each: int) -> list[Fault]:
    """Return the faults of all years that the time touches, those that begin in it."""
    site = Site.of(known)
    years = range(begin.year, end.year + 1)
    return [fault for year in years for fault in plan_faults(site, seed, year, each) if begin <= fault.begin < end]


def _fill(live: LiveWing, simulator: Simulator, end: datetime, *, quiet: bool) -> int:
    """Write day by day; months in parts would be faster and hold others up."""
    begin, stored = simulator.world.now, 0

    def write(said: Sequence[Said]) -> int:
        return sum(live.ingest_series(_stored(series)).stored for series in said if len(series.seconds))

    if quiet:
        return sum(write(part) for part in simulator.days(end))
    with progress_bar("Simulating") as report:
        for part in simulator.days(end):
            stored += write(part)
            report((simulator.world.now - begin) / (end - begin), f"{simulator.world.now:%Y-%m-%d}")
    return stored


def _stored(said: Said) -> Series:
    times_us = (said.seconds * 1e6).astype(np.int64)
    return Series(str(said.point["building_id"]), str(said.point["point_id"]), times_us, said.values)
