"""The server's side of `ifc.fork_server`: an interpreter that has the reader loaded and forks a child for every call.

It imports what a call names and makes it ready, once; it never sees a file. A child inherits that, reads its request
from a pipe, serves it and leaves. The server leaves when its parent does, or when nobody has called for a while.
"""

import gc
import importlib
import json
import math
import os
import pickle
import resource
import selectors
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from ifc.errors import IfcError
from ifc.worker import out_of_memory, send

IDLE_S = 60.0  # then the memory goes back: the next call starts another server
HEADER_BYTES = 65_536  # a header names a module and a function
STATUS = struct.Struct("<i")
ENDS = 4  # descriptors that travel with a header: request, result, standard error, status


class _Server:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._events = selectors.DefaultSelector()
        self._events.register(control, selectors.EVENT_READ)
        self._children: dict[int, tuple[int, socket.socket]] = {}  # by process: what tells its end, who is told
        self._ready: set[str] = set()

    def run(self) -> None:
        """Serve until the parent is gone or has not called for a while."""
        while ready := self._events.select(timeout=None if self._children else IDLE_S):
            for key, _ in ready:
                if key.fileobj is self._control:
                    if not self._accept():
                        return self._leave()
                else:
                    self._settle(key.data)
        self._control.shutdown(socket.SHUT_RD)  # who calls from now on is told, what has come already is served
        while self._accept():
            while self._children:
                for key, _ in self._events.select():
                    self._settle(key.data)
        return None

    def _accept(self) -> bool:
        header, ends, _, _ = socket.recv_fds(self._control, HEADER_BYTES, ENDS)
        if not header:
            return False
        try:
            self._prepare(json.loads(header))
            self._fork(*ends)
        except (OSError, TypeError):  # no process, or no descriptor, is left on this machine: it costs this call only
            _close(ends)
        return True

    def _fork(self, request: int, result: int, errors: int, status: int) -> None:
        gc.freeze()  # a collection in a child would copy every page that it marks
        pid = os.fork()
        if pid == 0:
            _serve(request, result, errors, [status, *self._descriptors()])
        _close([request, result, errors])
        self._watch(pid, socket.socket(fileno=status))

    def _prepare(self, header: dict[str, str | None]) -> None:
        """Load what a call names; a fault in it is the child's to report."""
        for name in (header["module"], header["ready"]):
            if name is not None and name not in self._ready:
                self._ready.add(name)
                with suppress(Exception):
                    module, _, function = name.partition(":")
                    loaded = importlib.import_module(module)
                    if function:
                        getattr(loaded, function)()

    def _watch(self, pid: int, status: socket.socket) -> None:
        ended = os.pidfd_open(pid)
        self._children[pid] = (ended, status)
        self._events.register(ended, selectors.EVENT_READ, pid)
        self._events.register(status, selectors.EVENT_READ, pid)

    def _settle(self, pid: int) -> None:
        """End a child that has ended, or whose caller does not want it any more, and tell how it ended."""
        if pid not in self._children:
            return
        ended, status = self._children.pop(pid)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):  # before it has a group of its own
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        for watched in (ended, status):
            self._events.unregister(watched)
        with suppress(OSError):
            status.sendall(STATUS.pack(code))
        status.close()
        os.close(ended)

    def _leave(self) -> None:
        for pid in tuple(self._children):
            self._settle(pid)

    def _descriptors(self) -> list[int]:
        others = [end for ended, status in self._children.values() for end in (ended, status.fileno())]
        return [self._control.fileno(), *others]


def _close(ends: Iterable[int]) -> None:
    for end in ends:
        with suppress(OSError):  # closed already
            os.close(end)


def _serve(request: int, result: int, errors: int, foreign: list[int]) -> None:
    code = 1
    try:
        os.setsid()
        _close(foreign)
        os.dup2(errors, sys.stderr.fileno())
        with os.fdopen(request, "rb") as pipe:
            _answer(pickle.load(pipe), result)  # noqa: S301 - from our own parent
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # native libraries may hang or crash in their destructors; the answer is already out


def _answer(request: tuple[Any, ...], result: int) -> None:
    limits, environment, folder, module, name, args, kwargs = request
    os.environ.clear()
    os.environ.update({**environment, "KAKSIK_WORKER_FD": str(result)})
    os.chdir(folder)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.cpu_s is not None:
        seconds = math.ceil(limits.cpu_s)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    try:
        function: Any = importlib.import_module(module)
        for part in name.split("."):
            function = getattr(function, part)
        send(result, ("result", function(*args, **kwargs)))
    except IfcError as error:
        send(result, ("error", error))
    except MemoryError:
        send(result, ("error", out_of_memory(limits)))


if __name__ == "__main__":
    _Server(socket.socket(fileno=int(sys.argv[1]))).run()
