"""The heavy part of an import of a city, in a child process: read, join the register, write the index.

The child may be killed at any time: it writes beside the place of the index and renames last.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ifc import Call, Limits, ReadFinding, report_progress
from twin.district import Findings, read_register, stream_city, with_register, write_index
from twin.errors import InvalidInput
from twin.reading import Progress

READING = "Reading buildings"
_READ_SHARE = 0.95  # of the work; the rest is the two trees of the index


@dataclass(frozen=True, slots=True)
class Built:
    """What went into an index.

    Attributes:
        read: Number of buildings.
        skipped: Number left out.
        findings: What was left out or doubted.
    """

    read: int
    skipped: int
    findings: tuple[ReadFinding, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a city as a whole cannot be used: what an `InvalidInput` says, in a form that crosses a pipe."""

    message: str
    reason: str
    hint: str
    entity: str | None
    line: int | None


def build_index(city: Path, register: Path | None, target: Path, limits: Limits, progress: Progress) -> Built:
    """Write the index of a city in a child process.

    Args:
        city: CityJSON or CityJSONSeq.
        register: CSV that describes its buildings, or None.
        target: Where the index shall be.
        limits: What the child may use.
        progress: Told how far the work is; what it raises stops the child.

    Raises:
        InvalidInput: the city as a whole cannot be used; nothing is written.
        IfcReadError: (timeout, memory, crash) the child was stopped or died.
    """
    answer = Call(build_in_child).run(limits, progress, city, register, target)
    if isinstance(answer, Refused):
        raise InvalidInput(
            answer.message, reason=answer.reason, hint=answer.hint, entity=answer.entity, line=answer.line
        )
    return answer


def build_in_child(city: Path, register: Path | None, target: Path) -> Built | Refused:
    """Do the work of `build_index`."""
    findings = Findings()
    try:
        rows = {} if register is None else read_register(register.read_bytes()).rows
        with city.open("rb") as stream:
            buildings = stream_city(_Watched(stream, city.stat().st_size), findings)
            count = write_index(target, with_register(buildings, rows))
    except InvalidInput as error:
        return Refused(error.message, error.reason, error.hint, error.entity, error.line)
    return Built(count, findings.skipped, findings.all())


class _Watched:
    """A file that tells how much of it was read."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = max(1, size)
        self._reported = 0.0

    def readline(self) -> bytes:
        """Return the next line."""
        return self._told(self._stream.readline())

    def read(self) -> bytes:
        """Return the rest."""
        return self._told(self._stream.read())

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the lines."""
        return iter(self.readline, b"")

    def _told(self, data: bytes) -> bytes:
        done = self._stream.tell() / self._size
        if done - self._reported >= 0.005:  # a report crosses a pipe; two hundred are a smooth bar
            self._reported = done
            report_progress(min(done, 1.0) * _READ_SHARE, READING)
        return data
