"""Open data of the installation: what the operator released about consumption and occupancy, month by month.

A release is made once and kept. Whoever asks gets the kept bytes, and late readings change nothing of them.
"""

import json
import os
import re
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from twin.catalogue import Catalogue
from twin.clock import Clock, rfc3339
from twin.disclosure import Rules, release
from twin.errors import Conflict, InvalidInput, NotFound, StorageError
from twin.live import LiveWing, Point, PointKind, convert
from twin.settings import Settings

LOCAL = ZoneInfo("Europe/Tallinn")
GRACE = timedelta(days=7)  # after a month, so that late readings have come
KEY_BYTES = 32
HOUR_S = 3600.0
CLIP_KWH = 1_500.0  # a month of one dwelling's meter: twice what a household with electric heating uses in January
GRAIN_KWH = 10.0
GRAIN_ROOMS = 0.1
OCCUPIED_PPM = 600.0  # hourly mean of CO2 above which somebody was there: about 180 ppm above the air outside
COUNTED = frozenset({"Count", "Occupancy"})  # of people; any above zero is somebody
CO2 = "[ppm]"
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class Subject(StrEnum):
    """What is released."""

    CONSUMPTION = "consumption"
    OCCUPANCY = "occupancy"


_FORMS: dict[Subject, dict[str, Any]] = {
    Subject.CONSUMPTION: {
        "unit": "kW.h", "of": "meters", "cells": ["month"],
        "method": "Last minus first register value of the month of each meter in a space with none below it.",
    },
    Subject.OCCUPANCY: {
        "unit": "1", "of": "rooms", "cells": [f"{hour:02}:00" for hour in range(24)],
        "method": "Mean number of occupied rooms by hour of a workday; a room is occupied in an hour in which a"
        f" counter saw anybody or CO2 was above {OCCUPIED_PPM:g} ppm on average.",
    },
}  # fmt: skip


class Releases:
    """Makes and keeps releases.

    Args:
        folder: Where they and the key of the noise lie.
        catalogue: Which buildings there are.
        live: Their readings.
        clock: Tells the time.
        k: Fewest meters or rooms of a row.
        noise: Scale of the noise as a multiple of the most that one counts.
    """

    def __init__(
        self, folder: Path, catalogue: Catalogue, live: LiveWing, clock: Clock, *, k: int, noise: float
    ) -> None:
        self._folder, self._catalogue, self._live, self._clock = folder, catalogue, live, clock
        self._k, self._noise = k, noise
        self._lock = threading.Lock()

    def rules(self, subject: Subject) -> Rules:
        """Return how much a release of a subject hides."""
        if subject is Subject.CONSUMPTION:
            return Rules(self._k, CLIP_KWH, self._noise, GRAIN_KWH)
        return Rules(self._k, 1.0, self._noise, GRAIN_ROOMS)

    def index(self) -> list[dict[str, str]]:
        """Return what was released."""
        found = sorted(path.stem for path in self._folder.glob("*.json")) if self._folder.is_dir() else []
        return [dict(zip(("subject", "month"), name.split("_"), strict=True)) for name in found]

    def read(self, subject: Subject, month: str) -> bytes:
        """Return a release as it was made, JSON.

        Raises:
            NotFound: (not-released).
        """
        try:
            return self._path(subject, month).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                "This was not released.", reason="not-released", hint="List the releases.", entity=month
            ) from error

    def make(self, subject: Subject, month: str) -> bytes:
        """Make the release of a month, once; a second time returns the first.

        Raises:
            InvalidInput: (month) it is no month.
            Conflict: (month-open) the month is not over, or late readings may still come.
            StorageError: (store-write).
        """
        path = self._path(subject, month)
        start, end = _span(month)
        if self._clock() < end + GRACE:
            raise Conflict(
                "The month cannot be released yet.",
                reason="month-open",
                hint=f"From {(end + GRACE).date().isoformat()} on.",
                entity=month,
            )
        with self._lock:
            if not path.exists():
                made = self._made(subject, month, start, end)
                self._keep(path, json.dumps(made, ensure_ascii=False, indent=1).encode())
            return path.read_bytes()

    def _made(self, subject: Subject, month: str, start: datetime, end: datetime) -> dict[str, Any]:
        units = self._meters(start, end) if subject is Subject.CONSUMPTION else self._rooms(start, end)
        groups: dict[str, list[list[float]]] = {}
        for building_id, values in units:
            groups.setdefault(building_id, []).append(values)
        rules = self.rules(subject)
        told = {"k": rules.k, "clip": rules.clip, "noise": rules.noise, "grain": rules.grain}
        head = {"subject": subject.value, "month": month, "released": rfc3339(self._clock()), "rules": told}
        return {**head, **_FORMS[subject], **release(f"{subject.value}|{month}", groups, rules, self._key())}

    def _points(self) -> Iterator[Point]:
        for building in self._catalogue.buildings():
            yield from self._live.points(building.building_id)

    def _meters(self, start: datetime, end: datetime) -> Iterator[tuple[str, list[float]]]:
        points = list(self._points())
        above = {(point.building_id, point.parent) for point in points}
        for point in points:
            own = point.kind is PointKind.METER and point.quantity_kind == "Energy" and point.space
            if own and (point.building_id, point.point_id) not in above:
                span_s = (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds()  # October has an hour more
                items = self._live.history(point.building_id, point.point_id, start, end, span_s)["items"]
                if items:
                    used = convert(items[0]["max"], point.unit, "kW.h") - convert(items[0]["min"], point.unit, "kW.h")
                    yield point.building_id, [used]

    def _rooms(self, start: datetime, end: datetime) -> Iterator[tuple[str, list[float]]]:
        rooms: dict[tuple[str, str], list[Point]] = {}
        for point in self._points():
            if point.space and (point.quantity_kind in COUNTED or point.unit == CO2):
                rooms.setdefault((point.building_id, point.space), []).append(point)
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        workdays = sum(1 for day in days if day < end and day.astimezone(LOCAL).weekday() < 5)
        for (building_id, _), points in rooms.items():
            hours = {hour for point in points for hour in self._occupied(point, start, end)}
            counts = [0.0] * 24
            for hour in hours:
                counts[hour.hour] += 1.0 / workdays
            yield building_id, counts

    def _occupied(self, point: Point, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the local hours of workdays in which a point shows somebody."""
        for item in self._live.history(point.building_id, point.point_id, start, end, HOUR_S)["items"]:
            there = item["max"] > 0 if point.quantity_kind in COUNTED else item["v"] > OCCUPIED_PPM
            hour = datetime.fromisoformat(item["t"]).astimezone(LOCAL)
            if there and hour.weekday() < 5:
                yield hour

    def _path(self, subject: Subject, month: str) -> Path:
        if not _MONTH.fullmatch(month):
            raise InvalidInput("A month is written as 2026-01.", reason="month", entity=month[:20])
        return self._folder / f"{subject.value}_{month}.json"

    def _key(self) -> bytes:
        """Return the secret of the noise; made once, and read by the owner of the folder only."""
        path = self._folder / "noise.key"
        if not path.exists():
            self._keep(path, secrets.token_bytes(KEY_BYTES))
        return path.read_bytes()

    def _keep(self, path: Path, data: bytes) -> None:
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise StorageError(f"The release could not be kept: {error}.", reason="store-write") from error


def open_releases(settings: Settings, catalogue: Catalogue, live: LiveWing, clock: Clock) -> Releases:
    """Return the releases of an installation."""
    k, noise = settings.open_data_k, settings.open_data_noise
    return Releases(settings.home / "open-data", catalogue, live, clock, k=k, noise=noise)


def _span(month: str) -> tuple[datetime, datetime]:
    year, number = (int(part) for part in month.split("-"))
    following = date(year + number // 12, number % 12 + 1, 1)
    start = datetime(year, number, 1, tzinfo=LOCAL)
    return start, datetime(following.year, following.month, 1, tzinfo=LOCAL)
