"""The child side of `ifc.worker`: serve one request from standard input and leave."""

import importlib
import math
import os
import pickle
import resource
import sys
from typing import Any

from ifc.errors import IfcError
from ifc.worker import out_of_memory, send


def _main() -> None:
    limits, module, name, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.cpu_s is not None:
        seconds = math.ceil(limits.cpu_s)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    fd = int(os.environ["KAKSIK_WORKER_FD"])
    try:
        function: Any = importlib.import_module(module)
        for part in name.split("."):
            function = getattr(function, part)
        send(fd, ("result", function(*args, **kwargs)))
    except IfcError as error:
        send(fd, ("error", error))
    except MemoryError:
        send(fd, ("error", out_of_memory(limits)))


if __name__ == "__main__":
    _main()
    sys.stdout.flush()
    os._exit(0)  # native libraries may hang or crash in their destructors; the answer is already out
