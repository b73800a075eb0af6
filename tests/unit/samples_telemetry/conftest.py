from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from samples.telemetry import Fault, Series, Simulator, office_points

BUILDING = "199000001"
WINTER = datetime(2025, 1, 13, tzinfo=UTC)  # a Monday
POINTS = office_points(BUILDING, rooms=4)


def said(begin: datetime, days: float, faults: Sequence[Fault] = (), seed: int = 3) -> dict[str, Series]:
    """Return what each device says in some days from `begin`."""
    return joined(Simulator(POINTS, seed, begin, faults).days(begin + timedelta(days=days)))


def joined(parts: Iterable[list[Series]]) -> dict[str, Series]:
    found: dict[str, list[Series]] = {}
    for part in parts:
        for series in part:
            found.setdefault(series.point["point_id"], []).append(series)
    return {
        name: Series(
            many[0].point, np.concatenate([s.seconds for s in many]), np.concatenate([s.values for s in many])
        )
        for name, many in found.items()
    }


@pytest.fixture(scope="session")
def winter() -> dict[str, Series]:
    return said(WINTER, 7)
