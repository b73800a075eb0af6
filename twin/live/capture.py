"""Raw messages as they came, kept in a file and played again.

One line of JSON per message: time of arrival, topic, payload in base64. Whoever plays it again gets the times of
arrival too, so the same messages are refused and stored as the first time.
"""

import base64
import binascii
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from twin.errors import InvalidInput, StorageError

MAX_CAPTURE_BYTES = 1024**3  # about 5 million messages: a day of a district, and no full disk by oversight
MAX_LINE_BYTES = 8 * 1024 * 1024  # the largest packet of the broker in base64, with its topic


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came.

    Attributes:
        received: Time of arrival, aware UTC.
        topic: Its topic.
        payload: Its bytes.
    """

    received: datetime
    topic: str
    payload: bytes


class Capture:
    """Appends messages to a file of the operator; safe to use from many threads.

    Args:
        path: The file; messages are added to what is there.

    Raises:
        StorageError: (capture) the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._file = path.open("ab")
        except OSError as error:
            raise StorageError(f"Messages cannot be captured: {error}.", reason="capture") from error
        self._room = MAX_CAPTURE_BYTES - self._file.tell()
        self.captured = 0
        self.left_out = 0

    def add(self, message: Message) -> None:
        """Append one message; one that finds no room is left out and counted, because the reading matters more."""
        document = {
            "received": message.received.isoformat(),
            "topic": message.topic,
            "payload": base64.b64encode(message.payload).decode(),
        }
        line = json.dumps(document).encode() + b"\n"
        with self._lock:
            try:
                if self._file.closed or len(line) > self._room:
                    self.left_out += 1
                    return
                self._file.write(line)
            except OSError:
                self.left_out += 1
            else:
                self._room -= len(line)
                self.captured += 1

    def close(self) -> None:
        """Write out and close; safe to call twice."""
        with self._lock:
            try:
                self._file.close()
            except OSError as error:
                raise StorageError(f"The last messages were not captured: {error}.", reason="capture") from error


def read_capture(path: Path) -> Iterator[Message]:
    """Yield the messages of a captured file in their order; a last line that was cut off is left out.

    Raises:
        InvalidInput: (capture-invalid) a line is not a message; (capture-missing) the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES):
                number += 1
                if not line.endswith(b"\n") and len(line) < MAX_LINE_BYTES:
                    return
                yield _message(line, number)
    except OSError as error:
        raise InvalidInput(
            "The captured messages cannot be read.", reason="capture-missing", entity=path.name
        ) from error


def _message(line: bytes, number: int) -> Message:
    try:
        document = json.loads(line)
        received = datetime.fromisoformat(document["received"])
        topic, payload = document["topic"], base64.b64decode(document["payload"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise _invalid(number) from error
    if received.tzinfo is None or not isinstance(topic, str):
        raise _invalid(number)
    return Message(received, topic, payload)


def _invalid(line: int) -> InvalidInput:
    hint = "Play files that were captured here."
    return InvalidInput("A line is not a captured message.", reason="capture-invalid", hint=hint, line=line)
