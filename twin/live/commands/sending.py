"""How a command reaches the broker: one connection, one message of QoS 1, acknowledged or not sent."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import gmqtt
from gmqtt.mqtt.handler import MQTTError
from gmqtt.storage import PersistentStorage

from twin.live.address import BrokerAddress
from twin.live.commands.command import Command

TIMEOUT_S = 5.0  # of connecting, and of the acknowledgement; a person waits for it
_QUIET = logging.Logger("gmqtt-commands", logging.CRITICAL)


class NotSentError(OSError):
    """The broker did not take the message."""


class Sender(Protocol):
    """Brings a command to the device."""

    def __call__(self, command: Command, seconds_left: float) -> None:
        """Hand it over; raises `OSError` if it was not taken."""


def topic_of(command: Command, root: str) -> str:
    """Return the topic that the device of a setpoint listens to."""
    return f"{root}/v1/{command.building_id}/{command.point_id}/set"


def encode_command(command: Command) -> bytes:
    """Return the payload: identifier, value, unit, and until when it holds."""
    members = {"id": command.command_id, "v": command.value, "u": command.unit, "until": command.expires}
    return json.dumps(members, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class MqttSender:
    """Sends commands to a broker, none retained, each for no longer than it holds.

    A connection for each command: commands are few by their own limit, and none is left waiting in a client.

    Attributes:
        address: Returns the broker, None while there is none.
        root: Returns the first level of the topics.
    """

    address: Callable[[], BrokerAddress | None]
    root: Callable[[], str]

    def __call__(self, command: Command, seconds_left: float) -> None:
        """Publish it and wait for the acknowledgement.

        Raises:
            NotSentError: the broker is not there, or did not acknowledge it in time.
        """
        address = self.address()
        if address is None:
            raise NotSentError("there is no broker")
        try:
            asyncio.run(self._send(address, command, seconds_left))
        except (OSError, MQTTError, TimeoutError) as error:
            raise NotSentError(str(error) or "the broker did not answer") from error

    async def _send(self, address: BrokerAddress, command: Command, seconds_left: float) -> None:
        waiting = PersistentStorage()
        client: Any = gmqtt.Client(f"kaksik-command-{command.command_id}", persistent_storage=waiting, logger=_QUIET)
        client.set_config({"reconnect_retries": -2})
        if address.username is not None:
            client.set_auth_credentials(address.username, address.password)
        async with asyncio.timeout(TIMEOUT_S):
            await client.connect(address.host, address.port, ssl=address.context())
        try:
            client.publish(
                topic_of(command, self.root()),
                encode_command(command),
                qos=1,
                message_expiry_interval=max(1, int(seconds_left)),
            )
            async with asyncio.timeout(TIMEOUT_S):
                await waiting.wait_empty()
        finally:
            await client.disconnect()
