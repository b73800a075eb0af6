"""Thematic maps: values of a table joined to buildings by register code, and sorted into classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from twin.district.context import Scalar
from twin.district.register import CodedTable, number
from twin.errors import InvalidInput

MAX_CLASSES = 12  # more shades nobody tells apart
MAX_BREAK_VALUES = 2_000  # natural breaks compare all pairs; of more values a regular sample is taken
COLOURS = ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494")


class Method(StrEnum):
    """How values are sorted into classes."""

    QUANTILES = "quantiles"
    EQUAL = "equal"
    NATURAL = "natural"


@dataclass(frozen=True, slots=True)
class Thematic:
    """Values in classes.

    Attributes:
        breaks: Bounds of the classes, ascending, one more than classes.
        classes: Class of each code, from 0.
        values: Value of each code.
        unreadable: Codes whose cell is no number.
    """

    breaks: tuple[float, ...]
    classes: Mapping[str, int]
    values: Mapping[str, float]
    unreadable: tuple[str, ...]


def classify(table: CodedTable, column: str, method: Method, classes: int) -> Thematic:
    """Sort one column of a table into classes.

    Args:
        table: Rows by register code.
        column: Name of the column.
        method: How.
        classes: How many; fewer are made if there are fewer different values.

    Raises:
        InvalidInput: (column, classes, empty) there is no such column, no such number of classes, or no number in it.
    """
    if column not in table.columns:
        known = ", ".join(table.columns)[:200]
        raise InvalidInput(
            "There is no such column.", reason="column", entity=column[:80], hint=f"There is: {known}."
        )
    if not 1 <= classes <= MAX_CLASSES:
        raise InvalidInput(
            f"There can be 1 to {MAX_CLASSES} classes.",
            reason="classes",
            entity=str(classes)[:20],
            hint="Five is usual.",
        )
    values: dict[str, float] = {}
    unreadable = []
    for code, row in table.rows.items():
        value = _number(row.get(column))
        if value is None:
            unreadable.append(code)
        else:
            values[code] = value
    if not values:
        raise InvalidInput(
            "The column holds no number.",
            reason="empty",
            entity=column[:80],
            hint=f"Name a column of numbers; there is: {', '.join(table.columns)[:200]}.",
        )
    breaks = class_breaks(list(values.values()), method, classes)
    inner = np.array(breaks[1:-1])
    found = {code: int(np.searchsorted(inner, value, side="right")) for code, value in values.items()}
    return Thematic(breaks, found, values, tuple(unreadable))


def class_breaks(values: Sequence[float], method: Method, classes: int) -> tuple[float, ...]:
    """Return the bounds of classes, ascending; a value belongs to the class whose lower bound it reaches.

    Args:
        values: At least one finite number.
        method: Equal numbers of values, equal steps, or the least variance within classes (Fisher and Jenks).
        classes: How many; fewer are made if there are fewer different values.
    """
    ordered = np.sort(np.array(values, dtype=np.float64))
    wanted = min(classes, len(np.unique(ordered)))
    if method is Method.EQUAL:
        breaks = np.linspace(ordered[0], ordered[-1], wanted + 1)
    elif method is Method.QUANTILES:
        breaks = np.quantile(ordered, np.linspace(0, 1, wanted + 1))
    else:
        breaks = _natural(ordered, wanted)
    inner = [float(b) for b in np.unique(breaks[1:-1]) if ordered[0] < b <= ordered[-1]]
    return (float(ordered[0]), *inner, float(ordered[-1]))


def colours(classes: int) -> tuple[str, ...]:
    """Return one colour a class, light to dark."""
    places = np.linspace(0, len(COLOURS) - 1, classes) if classes > 1 else np.array([len(COLOURS) - 1.0])
    ramp = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS], dtype=np.float64)
    mixed = np.stack([np.interp(places, np.arange(len(COLOURS)), ramp[:, band]) for band in range(3)], axis=1)
    return tuple("#" + "".join(f"{round(v):02x}" for v in row) for row in mixed.tolist())


def _natural(ordered: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """Return bounds with the least sum of squared deviations within classes (dynamic programming)."""
    if len(ordered) > MAX_BREAK_VALUES:
        ordered = ordered[np.linspace(0, len(ordered) - 1, MAX_BREAK_VALUES).round().astype(int)]
        classes = min(classes, len(np.unique(ordered)))
    count = len(ordered)
    sums = np.concatenate([[0.0], np.cumsum(ordered - ordered.mean())])
    squares = np.concatenate([[0.0], np.cumsum((ordered - ordered.mean()) ** 2)])
    cost = np.concatenate([[0.0], squares[1:] - sums[1:] ** 2 / np.arange(1, count + 1)])
    starts = np.zeros((classes, count + 1), dtype=np.int64)
    for k in range(1, classes):
        following = np.full(count + 1, np.inf)
        for end in range(k + 1, count + 1):
            cut = np.arange(k, end)
            within = squares[end] - squares[cut] - (sums[end] - sums[cut]) ** 2 / (end - cut)
            total = cost[cut] + within
            best = int(total.argmin())
            following[end], starts[k, end] = total[best], cut[best]
        cost = following
    breaks, end = [float(ordered[-1])], count
    for k in range(classes - 1, 0, -1):
        end = int(starts[k, end])
        breaks.append(float(ordered[end]))
    return np.array([float(ordered[0]), *reversed(breaks)])


def _number(value: Scalar) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return number(str(value))
    except ValueError:
        return None
