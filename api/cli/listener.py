"""A listening socket, taken before anything that costs time."""

import socket

from twin.errors import InvalidInput


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        InvalidInput: (address) the address is taken or not this machine's.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)  # who comes before the service is up waits instead of being turned away
    except OSError as error:
        listener.close()
        raise InvalidInput(
            f"The address {host}:{port} cannot be used: {error.strerror}.",
            reason="address",
            hint="Stop the other program, or choose a port: --port 0 takes a free one.",
        ) from error
    return listener
