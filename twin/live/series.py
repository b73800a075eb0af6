"""Many readings of one point at once, such as the years of a system that is replaced: written as columns."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from twin.errors import InvalidInput
from twin.live.engine import Session
from twin.live.observation import Quality, RefusalReason
from twin.live.points import Point
from twin.live.schema import quality_to_stored
from twin.live.store import ReadingStore
from twin.live.write import Values, WriteResult, late, total

ROWS_PER_TRANSACTION = 100_000  # others who write wait a quarter of a second at most


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one point in its own unit.

    Attributes:
        building_id: Building of the point.
        point_id: The point.
        times_us: Microseconds since 1970, rising.
        values: As many numbers.
    """

    building_id: str
    point_id: str
    times_us: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def checked(self) -> "Series":
        """Return it with the types that are stored.

        Raises:
            InvalidInput: (series) lengths differ, a number is not finite, or the times do not rise.
        """
        times, values = np.asarray(self.times_us, np.int64), np.asarray(self.values, np.float64)
        if times.ndim != 1 or times.shape != values.shape:
            raise _invalid("times and values differ in length", self.point_id)
        if not np.isfinite(values).all():
            raise _invalid("a value is not finite", self.point_id)
        if (np.diff(times) <= 0).any():
            raise _invalid("times do not rise", self.point_id)
        return Series(self.building_id, self.point_id, times, values)

    def parts(self, key: int, point: Point) -> Iterator[list[Values]]:
        """Yield the rows that are stored, in parts of one transaction each."""
        good, odd = quality_to_stored(Quality.GOOD), quality_to_stored(Quality.OUT_OF_RANGE)
        low, high = point.range or (-np.inf, np.inf)
        for first in range(0, len(self.values), ROWS_PER_TRANSACTION):
            times = self.times_us[first : first + ROWS_PER_TRANSACTION]
            values = self.values[first : first + ROWS_PER_TRANSACTION]
            qualities = np.where((values < low) | (values > high), odd, good)
            yield list(zip(repeat(key), times.tolist(), values.tolist(), qualities.tolist(), strict=False))


def put_series(store: ReadingStore, key: int, point: Point, series: Series, now_us: int) -> WriteResult:
    """Write many readings of one point in parts; after an error the same can be given again, and none is doubled.

    Args:
        store: Where they go.
        key: Row key of the point.
        point: The point.
        series: Its readings, checked.
        now_us: Microseconds since 1970, for the counters.

    Raises:
        StorageError: (store-write) the disk refused.
    """
    results = []
    for rows in series.parts(key, point):
        result, newest = store.do(partial(_write, rows=rows, point=point, now_us=now_us))
        results.append(result)
        if newest is not None:
            store.take_newest(newest)
    return total(results)


def _write(session: Session, rows: list[Values], point: Point, now_us: int) -> tuple[WriteResult, Values | None]:
    kept_from_us = session.kept_from_us()
    kept = rows if kept_from_us is None else rows[bisect_left(rows, kept_from_us, key=itemgetter(1)) :]
    refused = len(rows) - len(kept)
    if refused and kept_from_us is not None:
        refusal = late(kept_from_us, point.building_id, point.point_id)
        session.count_refusals([refusal] * refused, now_us)
    before = WriteResult(0, 0, refused, {RefusalReason.LATE.value: refused} if refused else {})
    return (total([before, session.write_series(kept)]), kept[-1]) if kept else (before, None)


def _invalid(why: str, point_id: str) -> InvalidInput:
    return InvalidInput(f"The readings cannot be taken: {why}.", reason="series", entity=point_id[:64])
