"""Queries of strangers, each in a process of its own, which is killed when it takes too much.

The engine keeps its own limits of time and work for most queries, and not for all: lists made inside lists run on, a
text that is doubled sixty times takes all memory, and clauses that are nested deeply end the process.
"""

import json
import resource
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.batch import Batch
from graph.errors import QueryRefused
from graph.private_graph import PrivateGraph, packed
from graph.readonly import check_read_only
from graph.store import DEFAULT_ROW_LIMIT, DEFAULT_TIMEOUT_S, Answer
from ifc import Call, IfcReadError, Limits, Reason

MAX_ANSWER_BYTES = 8 * 1024 * 1024  # as of every list that the service gives; a page ends sooner rather than grow
MORE_MEMORY_BYTES = 256 * 1024**2  # than a child has when it starts; the engine sets a gibibyte aside at once
MAX_MEMORY_BYTES = 8 * 1024**3  # of address space until the child has bounded itself
START_S = 10.0  # until a child stands on a machine with much else to do


@dataclass(frozen=True, slots=True)
class Refused:
    """What a `QueryRefused` says, in a form that crosses a pipe."""

    message: str
    reason: str
    hint: str


class GuardedGraph:
    """A graph that strangers may ask; see `PrivateGraph` for what it holds.

    Args:
        batches: A version, and then its points.
    """

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._content = packed(batches)

    def query(
        self,
        text: str,
        parameters: Mapping[str, Any],
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        limit: int = DEFAULT_ROW_LIMIT,
        offset: int = 0,
    ) -> Answer:
        """Return rows `offset` to `offset + limit` of the answer, fewer if they would grow too large.

        Raises:
            QueryRefused: (query, unbounded-path) see `check_read_only`; (timeout, memory) it was stopped;
                (answer-too-large) one row alone is too large.
        """
        check_read_only(text)
        limits = Limits(wall_s=START_S + 2 * timeout_s, memory_bytes=MAX_MEMORY_BYTES, cpu_s=2 * timeout_s)
        try:
            found = Call(answer_in_child).run(
                limits, None, self._content, text, dict(parameters), timeout_s, limit, offset
            )
        except IfcReadError as error:
            raise _stopped(error, timeout_s) from error
        if isinstance(found, Refused):
            raise QueryRefused(found.message, reason=found.reason, hint=found.hint)
        return found


def answer_in_child(
    content: bytes, text: str, parameters: Mapping[str, Any], timeout_s: float, limit: int, offset: int
) -> Answer | Refused:
    """Do the work of `GuardedGraph.query` in a process that may be killed."""
    _bound_memory(MORE_MEMORY_BYTES)
    try:
        graph = PrivateGraph(content)
        return _bounded(graph.query(text, parameters, timeout_s=timeout_s, limit=limit, offset=offset))
    except QueryRefused as error:
        return Refused(error.message, error.reason, error.hint)


def _bound_memory(more_bytes: int) -> None:
    """Let this process take only so much more address space than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _bounded(answer: Answer) -> Answer:
    """Return an answer with as many rows from the start as fit.

    Raises:
        QueryRefused: (query) a value has no place in JSON; (answer-too-large) the first row does not fit.
    """
    size = 0
    for count, row in enumerate(answer.rows):
        size += _size(row)
        if size > MAX_ANSWER_BYTES and count == 0:
            raise QueryRefused(
                f"A row of the answer has more than {MAX_ANSWER_BYTES} bytes.",
                reason="answer-too-large",
                hint="Return properties rather than all that was matched.",
            )
        if size > MAX_ANSWER_BYTES:
            return Answer(answer.columns, answer.rows[:count], truncated=True)
    return answer


def _size(row: Mapping[str, Any]) -> int:
    try:
        return len(json.dumps(row, ensure_ascii=False, allow_nan=False))
    except (ValueError, TypeError, RecursionError) as error:
        raise QueryRefused(
            "The answer holds what JSON cannot say: infinity, what is no number, or lists nested too deeply.",
            reason="query",
            hint="Return it as text, with toString().",
        ) from error


def _stopped(error: IfcReadError, timeout_s: float) -> QueryRefused:
    if error.reason is Reason.TIMEOUT:
        return QueryRefused(
            f"The query took longer than {timeout_s:g} s.",
            reason="timeout",
            hint="Begin the pattern at a node with a known id, or ask for less.",
        )
    return QueryRefused(
        f"The query was stopped: it needs more than {MORE_MEMORY_BYTES // 1024**2} MiB, or is nested too deeply.",
        reason="memory",
        hint="Ask for less at a time, and build no long lists or texts.",
    )
