"""A service on a real socket, in a thread of the test that asks it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from api.cli.listener import STUCK_S, listen


@contextmanager
def serving(app: FastAPI, stuck_s: float = STUCK_S) -> Iterator[str]:
    """Serve `app` on a free port of 127.0.0.1 and yield its address, ``127.0.0.1:port``."""
    with listen("127.0.0.1", 0, stuck_s) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the service did not start"
                time.sleep(0.02)
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
