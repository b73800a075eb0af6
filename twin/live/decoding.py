"""From a message to observations: which decoder reads which topic, and whose points they may be."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from twin.live.devices import Device
from twin.live.lorawan import (
    CHIRPSTACK_TOPIC,
    TTS_TOPIC,
    FrameFilter,
    is_uplink_topic,
    observations_of,
    read_uplink,
)
from twin.live.observation import Decoded, Refusal, RefusalReason, RefusedError, decode_message
from twin.live.sta_messages import FILTERS, PREFIX, StreamAt, decode_entity

_log = logging.getLogger(__name__)
Devices = Callable[[], Mapping[str, Device]]


def topic_filters(root: str, *, sensorthings: bool = False) -> tuple[str, ...]:
    """Return the topic filters of the native form, of the two network servers and, if wanted, of SensorThings."""
    return (f"{root}/v1/+/+/obs", CHIRPSTACK_TOPIC, TTS_TOPIC, *(FILTERS if sensorthings else ()))


class Decoder:
    """Decodes messages of every form that is read.

    Args:
        root: First level of the native topics.
        devices: Returns the registered devices by id.
        unit_at: Returns the unit of a point by building and point; empty if there is no such point.
        stream_at: Returns a point by the number of its SensorThings Datastream.
    """

    def __init__(self, root: str, devices: Devices, unit_at: Callable[[str, str], str], stream_at: StreamAt) -> None:
        self.root = root
        self._devices = devices
        self._unit_at = unit_at
        self._stream_at = stream_at
        self._frames = FrameFilter()
        self._lock = threading.Lock()

    def decode(self, topic: str, payload: bytes, received: datetime) -> tuple[Decoded, ...]:
        """Return what one message holds; what cannot be read is a refusal with its reason.

        Nothing that a device sends may end the ingest: a message that is not acknowledged comes again for ever.
        """
        try:
            return self._decoded(topic, payload, received)
        except Exception:
            _log.exception("A message on %r could not be decoded", topic[:200])
            return (Refusal(RefusalReason.FORM, "the decoder failed; the log says more"),)

    def _decoded(self, topic: str, payload: bytes, received: datetime) -> tuple[Decoded, ...]:
        if is_uplink_topic(topic):
            return self._uplink(topic, payload, received)
        if topic.startswith(PREFIX):
            return decode_entity(topic, payload, received, self._stream_at)
        return decode_message(topic, payload, root=self.root, received=received)

    def _uplink(self, topic: str, payload: bytes, received: datetime) -> tuple[Decoded, ...]:
        try:
            uplink = read_uplink(topic, payload, received)
        except RefusedError as error:
            return (Refusal(error.reason, error.detail),)
        device = self._devices().get(uplink.dev_eui)
        if device is None:
            detail = f"{uplink.dev_eui} is not registered"
            return (Refusal(RefusalReason.DEVICE_UNKNOWN, detail, None, uplink.dev_eui),)
        with self._lock:
            duplicate = self._frames.is_duplicate(uplink)
        if duplicate:
            detail = f"frame {uplink.counter} was heard before"
            return (Refusal(RefusalReason.UPLINK_DUPLICATE, detail, device.building_id, uplink.dev_eui),)
        return tuple(observations_of(uplink, device, self._unit_at))
