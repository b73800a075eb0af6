"""An MQTT client that hands messages over without a task each and acknowledges many of them in one write.

gmqtt makes a task, a future and a packet for every message that is acknowledged late. That is four times the work of
receiving it. Here a message is a function call, and an acknowledgement is four bytes in a joint write.
"""

from collections.abc import Callable, Sequence

import gmqtt
from gmqtt.mqtt.constants import MQTTCommands, MQTTv50

PUBACK = b"\x40\x02"  # MQTT 3.1.1 and 5, section 3.4: type, length of what follows; in 5 the reason is then success
Take = Callable[[bytes, bytes, bytes], None]


def split_publish(command: int, packet: bytes, *, with_properties: bool) -> tuple[bytes, bytes, bytes]:
    """Return topic, payload and packet identifier (two bytes, empty for QoS 0) of a PUBLISH packet.

    Args:
        command: First byte of the packet.
        packet: What follows the remaining length.
        with_properties: True for MQTT 5. Properties are skipped: no topic alias was offered, so none is in use.

    Raises:
        IndexError: the packet ends too early; a broker does not send that.
    """
    at = 2 + (packet[0] << 8 | packet[1])
    topic, identifier = packet[2:at], b""
    if command & 0x06:
        identifier = packet[at : at + 2]
        at += 2
    if with_properties:
        length, shift = packet[at] & 0x7F, 7
        while packet[at] & 0x80:
            at += 1
            length |= (packet[at] & 0x7F) << shift
            shift += 7
        at += 1 + length
    return topic, packet[at:], identifier


class Receiver(gmqtt.Client):  # type: ignore[misc]
    """A gmqtt client for one subscription of QoS 1 at most.

    Args:
        client_id: Name of the session.
        take: Gets topic, payload and packet identifier of each message; called in the event loop.
        options: Of gmqtt.
    """

    def __init__(self, client_id: str, take: Take, **options: object) -> None:
        super().__init__(client_id, **options)
        self._take = take
        # gmqtt asks this table for the handler of a packet, and has no door to replace one.
        self._package_handler._handler_cache[MQTTCommands.PUBLISH] = self._handle_publish  # noqa: SLF001

    def _handle_publish(self, cmd: int, raw_packet: bytes) -> None:
        version = self._connection_state.protocol_version
        self._take(*split_publish(cmd, raw_packet, with_properties=version == MQTTv50))

    def acknowledge(self, identifiers: Sequence[bytes]) -> None:
        """Tell the broker that the messages with these packet identifiers are safe."""
        connection = self._connection
        if identifiers and connection is not None and not connection.is_closing():
            connection._protocol.write_data(PUBACK + PUBACK.join(identifiers))  # noqa: SLF001 - it has no other door
