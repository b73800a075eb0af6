"""How a point and its reading are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from twin.errors import InvalidInput
from twin.live.points import Point, PointKind
from twin.live.queries import Reading, format_time, is_stale
from twin.live.state import COUNTERS


def need_aware(*moments: datetime) -> None:
    """Refuse a time without an offset from UTC.

    Raises:
        InvalidInput: (time-range).
    """
    if any(moment.tzinfo is None for moment in moments):
        raise InvalidInput(
            "A time has no offset from UTC.", reason="time-range", hint="Write it with Z or an offset such as +02:00."
        )


def state_of(point: Point, reading: Reading | None) -> dict[str, Any]:
    """Return what a stream shows of a point."""
    return {
        "point_id": point.point_id,
        "global_id": point.global_id,
        "space": point.space,
        "quantity_kind": point.quantity_kind,
        "value": reading.result if reading else None,
        "unit": point.unit,
        "phenomenon_time": format_time(reading.phenomenon_time) if reading else None,
        "quality": reading.quality.value if reading else None,
    }


def aged(point: Point, reading: Reading | None, now: datetime) -> dict[str, Any]:
    """Return what is shown of a point at a time, with age and staleness."""
    age_s = max(0.0, round((now - reading.phenomenon_time).total_seconds(), 3)) if reading else None
    silent = is_stale(age_s, point.interval_s)
    return {**state_of(point, reading), "kind": point.kind.value, "age_s": age_s, "stale": silent}


def alike(points: Iterable[tuple[int, Point]], quantity_kind: str) -> tuple[list[int], str]:
    """Return the row keys of the points that measure a quantity, and their unit: those of which a mean can be made.

    Raises:
        InvalidInput: (quantity) there is none, they measure in several units, or they are registers of meters.
    """
    found = [one for one in points if one[1].quantity_kind == quantity_kind and one[1].kind is not PointKind.SETPOINT]
    units = sorted({point.unit for _, point in found})
    why, hint = "", "Ask for a quantity kind that the points of the building have."
    if not found:
        why = "No point of the building measures this quantity."
    elif quantity_kind in COUNTERS:
        why, hint = "Meters count upwards; a mean of their registers says nothing.", "Ask for what was used."
    elif len(units) > 1:
        why = f"The points of this quantity measure in several units: {', '.join(units)[:100]}."
    if why:
        raise InvalidInput(why, reason="quantity", hint=hint, entity=quantity_kind[:64])
    return [key for key, _ in found], units[0]


def check_steps(start: datetime, end: datetime, step_s: float | None) -> None:
    """Refuse a time or a step that no history has.

    Raises:
        InvalidInput: (time-range, step).
    """
    need_aware(start, end)
    if start >= end:
        raise InvalidInput("The time ends before it begins.", reason="time-range", hint="Swap from and to.")
    if step_s is not None and not 1 <= step_s <= 366 * 24 * 3600:
        raise InvalidInput("A step is at least one second and at most a year.", reason="step")
