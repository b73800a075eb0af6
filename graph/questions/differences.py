"""The difference of two answers to the same question."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.questions.values import Question
from graph.store import Answer

_SAME = 1e-9  # relative; sums of the same numbers in another order differ in the last bits

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row of both answers with different values, and the names of the columns that differ."""

    before: Row
    after: Row
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerDiff:
    """What one answer has and the other has not.

    Attributes:
        added: Rows of the later answer only.
        removed: Rows of the earlier answer only.
        changed: Rows with the same key and other values.
        unchanged: Number of equal rows.
        complete: Whether both answers were whole; rows beyond a limit were not compared.
    """

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[ChangedRow, ...]
    unchanged: int
    complete: bool


def diff_answers(question: Question, before: Answer, after: Answer) -> AnswerDiff:
    """Return what differs between two answers to `question`, in the order of the rows."""
    old, new = _by_key(question, before), _by_key(question, after)
    common = [(old[key], row) for key, row in new.items() if key in old]
    changed = [ChangedRow(a, b, columns) for a, b in common if (columns := _differing(question, a, b))]
    return AnswerDiff(
        added=tuple(row for key, row in new.items() if key not in old),
        removed=tuple(row for key, row in old.items() if key not in new),
        changed=tuple(changed),
        unchanged=len(common) - len(changed),
        complete=not (before.truncated or after.truncated),
    )


def _by_key(question: Question, answer: Answer) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in answer.rows:
        name = json.dumps([row[column] for column in question.key])
        place = 0
        while f"{name}{place}" in rows:  # the same key again: rows are told apart by their order
            place += 1
        rows[f"{name}{place}"] = row
    return rows


def _differing(question: Question, a: Row, b: Row) -> tuple[str, ...]:
    return tuple(column.name for column in question.columns if not _equal(a[column.name], b[column.name]))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, (int, float)):
        return abs(a - b) <= _SAME * max(1.0, abs(a), abs(b))
    return bool(a == b)
