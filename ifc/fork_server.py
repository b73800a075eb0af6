"""Children that start at once: forked from one fresh interpreter in which the reader is loaded already.

A start of an interpreter with the parser and the compiled reading costs 0.7 s of computing, forking one that stands
ready a hundredth of that. The server is a fresh interpreter, so nothing of the caller's threads, locks or `__main__`
is in it, and it never sees a file, so nothing of one file reaches the child of another.
"""

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from ifc.errors import IfcReadError, Reason

_STATUS = struct.Struct("<i")
_CLOSING_S = 5.0  # it leaves at once unless it is loading something
_LEAVING_S = 30.0  # a killed child is reaped at once; the server may be loading something for another call meanwhile


class Child:
    """A child of the server: what it is asked, what it answers and how it ended.

    Attributes:
        request: Descriptor to write the request to.
        answers: Descriptor to read framed messages from.
        errors: Descriptor to read the standard error from.
    """

    def __init__(self, request: int, answers: int, errors: int, status: socket.socket) -> None:
        self.request, self.answers, self.errors = request, answers, errors
        self._status = status

    def end(self) -> int | None:
        """Kill the child if it runs, release it and return its exit code as `subprocess` counts it, once.

        None means that the server is gone, and the child with it.
        """
        try:
            self._status.settimeout(_LEAVING_S)
            self._status.shutdown(socket.SHUT_WR)
            told = self._status.recv(_STATUS.size)
        except OSError:
            told = b""
        finally:
            self._status.close()
            os.close(self.answers)
            os.close(self.errors)
        return _STATUS.unpack(told)[0] if len(told) == _STATUS.size else None


class ForkServer:
    """Starts children; the server behind it is started by the first call, and again when it has left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    def start(self, module: str, ready: str | None = None) -> Child:
        """Start a child that waits for its request.

        Args:
            module: Module that the server imports before it forks.
            ready: `module:function` that the server calls once before it forks, for what costs at the first use.

        Raises:
            IfcReadError: (crash) no server can be started.
        """
        header = json.dumps({"module": module, "ready": ready}).encode()
        request, asked = os.pipe()
        answers, result = os.pipe()
        errors, told = os.pipe()
        status, theirs = socket.socketpair()
        try:
            self._send(header, [request, result, told, theirs.fileno()])
        except BaseException:
            for end in (asked, answers, errors):
                os.close(end)
            status.close()
            raise
        finally:
            for end in (request, result, told):
                os.close(end)
            theirs.close()
        return Child(asked, answers, errors, status)

    def close(self) -> None:
        """End the server, and with it its children."""
        with self._lock:
            self._forget()

    def _send(self, header: bytes, ends: list[int]) -> None:
        with self._lock:
            for _ in range(2):  # the one that stood ready may have left
                try:
                    socket.send_fds(self._running(), [header], ends)
                except (BrokenPipeError, ConnectionError):
                    self._forget()
                else:
                    return
        raise no_reader()

    def _running(self) -> socket.socket:
        if self._owner != os.getpid():  # a copy of the process that started it
            self._control, self._process, self._owner = None, None, os.getpid()
        if self._control is None:
            atexit.unregister(self.close)
            atexit.register(self.close)
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", "ifc._server", str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    env=environment(),
                    start_new_session=True,
                )
        return self._control

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_CLOSING_S)
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


def environment() -> dict[str, str]:
    """Return the environment of a child: this process's, in which our packages are found first."""
    root = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))}


def no_reader() -> IfcReadError:
    """Return the error for a child that could not be started."""
    return IfcReadError(
        "The process that reads files could not be started, or was ended from outside.",
        reason=Reason.CRASH,
        hint="Is there memory left on this machine? Try again.",
    )
