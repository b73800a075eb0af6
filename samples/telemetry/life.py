"""What people do in a building: when they are in, what they want, when they let air in, what they draw."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from samples.telemetry.chance import Floats, key_of, keys_of, smooth, uniform
from samples.telemetry.site import Site, trait

LOCAL = ZoneInfo("Europe/Tallinn")
HOLIDAYS = frozenset({(1, 1), (2, 24), (5, 1), (6, 23), (6, 24), (8, 20), (12, 24), (12, 25), (12, 26)})
JULY_SHARE = 0.45  # of people who are at work in July
AIRING_SHARE = 0.02  # of occupied five minutes in which somebody opens a window for a while


@dataclass(frozen=True, slots=True)
class Life:
    """One block of steps.

    Attributes:
        people: In each room (rows are steps).
        setpoint_c: Wanted in each room.
        airing: 1 where somebody has opened a window for a few minutes.
        at_work: Share of the building that is in use, for each building.
    """

    people: Floats
    setpoint_c: Floats
    airing: Floats
    at_work: Floats


class People:
    """Everybody at a site.

    Args:
        site: What is there.
        seed: Of the world.
    """

    def __init__(self, site: Site, seed: int) -> None:
        names = [f"{building}/{room}" for building, room in site.rooms]
        self._seed = seed
        self._homes = np.array([site.is_home(building) for building, _ in site.rooms])
        self._building_homes = np.array([site.is_home(building) for building in site.building_ids])
        self.seats = np.array([trait(seed, name, "seats", 1.6, 6.4) for name in names]).round()
        self._early_h = np.array([trait(seed, name, "early", -0.6, 0.6) for name in names])
        self._wish_k = np.array([round(trait(seed, name, "wish", -0.5, 1.0), 1) for name in names])
        self._keys = {what: keys_of(seed, what, names) for what in ("day", "count", "airing")}

    def live(self, begin: datetime, hours: Floats) -> Life:
        """Return what everybody does in a block.

        Args:
            begin: Begin of the block, aware UTC.
            hours: Hours since 1970 of each step of it; at most some days.
        """
        offset = begin.astimezone(LOCAL).utcoffset() or timedelta()
        local = hours + offset.total_seconds() / 3600.0
        clock, days = np.mod(local, 24.0), np.floor(local / 24.0)
        working = _is_working_day(days)
        july = np.where(_month(days) == 7, JULY_SHARE, 1.0)
        shifted = clock[:, np.newaxis] + self._early_h[np.newaxis, :]
        office = (_ramp(shifted, 7.5, 9.0) - _ramp(shifted, 16.0, 17.8)) - 0.6 * (
            _ramp(shifted, 11.7, 12.1) - _ramp(shifted, 12.6, 13.1)
        )
        office *= (working * july)[:, np.newaxis]
        away = (_ramp(shifted, 7.0, 8.5) - _ramp(shifted, 16.0, 18.5)) * (0.2 + 0.7 * working)[:, np.newaxis]
        presence = np.where(self._homes[np.newaxis, :], 1.0 - away, office)
        of_day = 0.4 + 0.6 * uniform(self._keys["day"], days)
        spread = 0.7 + 0.6 * uniform(self._keys["count"], np.floor(hours * 2.0))
        people = np.floor(presence * of_day * spread * self.seats + 0.45)
        by_day = (clock >= 6.0) & (clock < 18.0) & (working > 0)
        office_c = np.where(by_day, 21.0, 18.5)[:, np.newaxis]
        home_c = np.where((clock >= 6.0) & (clock < 23.0), 21.5, 20.0)[:, np.newaxis]
        wanted = np.where(self._homes[np.newaxis, :], home_c, office_c) + self._wish_k[np.newaxis, :]
        opened = (uniform(self._keys["airing"], np.floor(hours * 6.0)) < AIRING_SHARE) & (people > 0)
        at_work = np.where(
            self._building_homes[np.newaxis, :],
            (1.0 - _ramp(clock, 7.0, 8.5) + _ramp(clock, 16.0, 18.5) - 0.8 * (clock < 6.0))[:, np.newaxis],
            ((_ramp(clock, 7.0, 9.0) - _ramp(clock, 16.0, 18.0)) * working * july)[:, np.newaxis],
        )
        return Life(people, wanted, opened.astype(np.float64), np.clip(at_work, 0.0, 1.0))

    def draws(self, hours: Floats, building: int) -> Floats:
        """Return how much of its usual flow of water a building draws at each step, 0 to 3, in bursts."""
        burst = uniform(key_of(self._seed, "draw", building), np.floor(hours * 12.0))
        tide = 1.0 + 0.3 * smooth(key_of(self._seed, "tide", building), hours, 5.0)
        flow: Floats = np.where(burst > 0.55, tide * (burst - 0.55) * 6.0, 0.0)
        return flow


def _ramp(value: Floats, start: float, end: float) -> Floats:
    risen: Floats = np.clip((value - start) / (end - start), 0.0, 1.0)
    return risen


def _dates(days: Floats) -> list[datetime]:
    return [datetime.fromtimestamp(day * 86_400.0, UTC) for day in days]


def _is_working_day(days: Floats) -> Floats:
    unique, place = np.unique(days, return_inverse=True)
    working = [date.weekday() < 5 and (date.month, date.day) not in HOLIDAYS for date in _dates(unique)]
    return np.array(working, dtype=np.float64)[place]


def _month(days: Floats) -> npt.NDArray[np.int64]:
    unique, place = np.unique(days, return_inverse=True)
    return np.array([date.month for date in _dates(unique)])[place]
