"""The line to the broker: started, told of what was stored if that is wanted, and stopped."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from twin.live.address import BrokerAddress, TlsFiles, parse_mqtt_url
from twin.live.decoding import topic_filters
from twin.live.intake import Intake
from twin.live.mqtt import MqttIngest
from twin.live.observation import Observation
from twin.live.sta_messages import message_of


class BrokerLine:
    """Reads from one broker at a time; safe to use from many threads.

    Args:
        intake: Where messages go.
        session: Returns the name of the session at the broker, the same after each start.
    """

    def __init__(self, intake: Intake, session: Callable[[], str]) -> None:
        self._intake, self._session = intake, session
        self._lock = threading.Lock()
        self._mqtt: MqttIngest | None = None
        self._address: BrokerAddress | None = None
        self._echoes = False

    def start(self, url: str, root: str | None, tls: TlsFiles | None, *, sensorthings: bool) -> MqttIngest:
        """Connect anew; see `LiveWing.start_mqtt`."""
        address, session = parse_mqtt_url(url, tls), self._session()
        with self._lock:
            if self._mqtt is not None:
                self._mqtt.stop()
            decoder = self._intake.decoder
            if root is not None:
                decoder.root = root
            topics = topic_filters(decoder.root, sensorthings=sensorthings)
            self._address, self._echoes = address, sensorthings
            self._mqtt = MqttIngest(address, topics, session, self._intake)
            return self._mqtt

    @property
    def address(self) -> BrokerAddress | None:
        """Return the broker, None if none was started."""
        with self._lock:
            return self._address

    def status(self) -> dict[str, Any]:
        """Return the state of the subscription; ``connected`` false without more when none was started."""
        with self._lock:
            return self._mqtt.status() if self._mqtt else {"connected": False}

    def tell(self, stored: Sequence[Observation]) -> None:
        """Publish new readings as SensorThings Observations, if that is wanted; never waits."""
        mqtt = self._mqtt
        if mqtt is not None and self._echoes:
            mqtt.publish([message_of(observation) for observation in stored])

    def stop(self) -> None:
        """Leave; the broker keeps the session for the next start. Safe to call twice."""
        with self._lock:
            if self._mqtt is not None:
                self._mqtt.stop()
            self._mqtt = self._address = None
