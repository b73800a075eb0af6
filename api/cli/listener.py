"""A listening socket, taken before anything that costs time."""

import socket
from contextlib import suppress

from twin.errors import InvalidInput

STUCK_S = 90.0  # a laptop that changes its network, or a page held up by its browser, is back before


def listen(host: str, port: int, stuck_s: float = STUCK_S) -> socket.socket:
    """Return a listening socket.

    Args:
        host: Address of this machine.
        port: Port; 0 takes a free one.
        stuck_s: Seconds in which a peer may take nothing of what is sent to it; then its connection ends.

    Raises:
        InvalidInput: (address) the address is taken or not this machine's.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    end_stuck(listener, stuck_s)
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


def end_stuck(listener: socket.socket, stuck_s: float) -> bool:
    """Let the system end the connections of this listener whose peer is gone or takes nothing.

    Else a reader that stops reading holds its socket, and what waits for it, until TCP gives up: never, while its
    system still answers. Accepted sockets inherit both options.

    Returns:
        Whether a peer that still answers, but takes nothing, is ended too. Only systems with TCP_USER_TIMEOUT (RFC
        5482; Linux) do that; on others a keep-alive finds those that are gone.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None:
        return False
    with suppress(OSError):  # some sandboxes know the name and refuse the option
        listener.setsockopt(socket.IPPROTO_TCP, option, round(stuck_s * 1000))
        return True
    return False
