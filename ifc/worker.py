"""Run one function in a killable child process with limits.

Native parsers and geometry kernels crash, hang and eat memory on hostile files (measured on every engine), so they
never run in the process that serves people. The child is forked from a fresh interpreter (`ifc.fork_server`): nothing
of the parent's threads, locks or `__main__` is copied into it. Progress and the result come back over a pipe as
length-prefixed pickles.
"""

import contextlib
import os
import pickle
import selectors
import signal
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

from ifc.errors import IfcReadError, Reason
from ifc.fork_server import Child, ForkServer, environment, no_reader

P = ParamSpec("P")
R = TypeVar("R")

_PREFIX = struct.Struct("<Q")
_SERVER = ForkServer()  # of this process: it holds nothing of any caller, and starts nothing before the first call
_STDERR_TAIL_BYTES = 2_000  # what a crash leaves in the message: the last lines are the ones that tell


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use before it is killed.

    Attributes:
        wall_s: Seconds on the clock: a person waits no longer than this for a file that hangs a parser.
        memory_bytes: Address space; a 108 MB model needs below 1.5 GB, the rest is head-room for mapped libraries.
        cpu_s: Seconds of computing, all threads together; unlike the clock it does not depend on what else runs.
    """

    wall_s: float = 600.0
    memory_bytes: int = 8 * 1024**3
    cpu_s: float | None = None


@dataclass(frozen=True, slots=True)
class Call(Generic[P, R]):
    """A module-level function to be run in a child, typed like the function itself.

    Attributes:
        function: What the child runs.
        ready: A module-level function that is run once, before children are forked, for what costs at the first use.
    """

    function: Callable[P, R]
    ready: Callable[[], None] | None = None

    def run(
        self,
        limits: Limits,
        on_progress: Callable[[float, str], None] | None = None,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run the function with `args` in a child and return its result.

        Raises:
            IfcError: What the function itself raised.
            IfcReadError: (timeout, memory, crash) the child was stopped or died.
        """
        call = (self.function.__module__, self.function.__qualname__, args, kwargs)
        ready = self.ready and f"{self.ready.__module__}:{self.ready.__qualname__}"
        outcome: R = _supervise(call, ready, limits, on_progress)
        return outcome


def close_fork_server() -> None:
    """End the server behind the children of this process; the next call starts another.

    For who counts the computing of children: the system adds it to this process when the server has ended.
    """
    _SERVER.close()


def report_progress(fraction: float, label: str) -> None:
    """Tell the parent, from inside a child, how far the work is (0 to 1); does nothing elsewhere."""
    fd = os.environ.get("KAKSIK_WORKER_FD")
    if fd is not None:
        send(int(fd), ("progress", fraction, label))


def send(fd: int, message: object) -> None:
    """Write one framed message to the parent; used by the child only."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    with os.fdopen(os.dup(fd), "wb") as pipe:
        pipe.write(_PREFIX.pack(len(data)) + data)


def _supervise(call: Any, ready: str | None, limits: Limits, on_progress: Callable[[float, str], None] | None) -> Any:
    module, *rest = call
    request = pickle.dumps((limits, environment(), str(Path.cwd()), module, *rest))
    child = _SERVER.start(module, ready)
    try:
        with contextlib.suppress(BrokenPipeError), os.fdopen(child.request, "wb") as pipe:
            pipe.write(request)
        found, tail = _collect(child, limits, on_progress)
    finally:
        code = child.end()
    if not found:
        raise _death(code, tail, limits)
    return found[0]


def _collect(
    child: Child, limits: Limits, on_progress: Callable[[float, str], None] | None
) -> tuple[list[Any], bytes]:
    """Return the result, if one came, and the last words of the child."""
    deadline = time.monotonic() + limits.wall_s
    buffer, tail = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for end in (child.answers, child.errors):
            selector.register(end, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0.0 else []
            if not ready:
                raise _out_of_time(limits.wall_s)
            for key, _ in ready:
                chunk = os.read(key.fd, 1 << 20)
                if not chunk:
                    selector.unregister(key.fd)
                elif key.fd == child.answers:
                    buffer += chunk
                    if found := _drain(buffer, on_progress):
                        return found, bytes(tail)
                else:
                    tail += chunk
                    del tail[:-_STDERR_TAIL_BYTES]
    return [], bytes(tail)


def _drain(buffer: bytearray, on_progress: Callable[[float, str], None] | None) -> list[Any]:
    while len(buffer) >= _PREFIX.size:
        (size,) = _PREFIX.unpack_from(buffer)
        if len(buffer) < _PREFIX.size + size:
            break
        content: list[Any]
        kind, *content = pickle.loads(  # noqa: S301 - written by this module in our own child
            memoryview(buffer)[_PREFIX.size : _PREFIX.size + size].tobytes()
        )
        del buffer[: _PREFIX.size + size]
        if kind == "result":
            return content
        if kind == "error":
            raise content[0]
        if on_progress is not None:
            on_progress(*content)
    return []


def _out_of_time(seconds: float) -> IfcReadError:
    return IfcReadError(
        f"The work took longer than {seconds:.0f} s and was stopped.",
        reason=Reason.TIMEOUT,
        hint="The file may hold cyclic or extreme geometry; split it or raise the time limit.",
    )


def _death(code: int | None, tail: bytes, limits: Limits) -> IfcReadError:
    text = tail.decode("utf-8", "replace")
    if code == -signal.SIGXCPU:
        return _out_of_time(limits.cpu_s or 0.0)
    if "MemoryError" in text or "bad_alloc" in text:
        return out_of_memory(limits)
    if code is None:
        return no_reader()
    return IfcReadError(
        f"The reader died on this file (exit status {code}).",
        reason=Reason.CRASH,
        hint="The file makes the parser crash; export it again from the authoring tool.",
    )


def out_of_memory(limits: Limits) -> IfcReadError:
    """Return the error for work that met its memory limit."""
    return IfcReadError(
        f"The work needed more than {limits.memory_bytes // 1024**2} MiB and was stopped.",
        reason=Reason.MEMORY,
        hint="Split the model by discipline or raise the memory limit.",
    )
