"""SensorThings over MQTT: Observations published as they are stored, and created by whoever publishes one.

Topics of the standard: ``v1.1/Datastreams(7)/Observations``, and to create also ``v1.1/Observations`` with a link to
the Datastream. An entity that has an identifier is one of ours, on its way to those who listen: it creates nothing.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from twin.live.numbers import stream_number
from twin.live.observation import (
    MAX_PAYLOAD_BYTES,
    Decoded,
    Observation,
    Quality,
    Refusal,
    RefusalReason,
    RefusedError,
    checked_result,
    checked_time,
    parsed_json,
)
from twin.live.points import Point
from twin.live.queries import format_time
from twin.live.schema import time_to_us

PREFIX = "v1.1/"
FILTERS = (f"{PREFIX}Observations", f"{PREFIX}+/Observations")
MAX_DEPTH = 6  # an Observation with parameters needs three
_TOPIC = re.compile(r"v1\.1/(?:Datastreams\(([0-9]{1,15})\)/)?Observations")

_DIGITS = re.compile(r"[0-9]{1,15}")

StreamAt = Callable[[int], Point | None]


def stream_topic(building_id: str, point_id: str) -> str:
    """Return the topic of the Observations of a point."""
    return f"{PREFIX}Datastreams({stream_number(building_id, point_id)})/Observations"


def message_of(observation: Observation) -> tuple[str, bytes]:
    """Return topic and payload for a stored reading: the Observation as GET shows it, with relative links."""
    stream = stream_number(observation.building_id, observation.point_id)
    time, name = format_time(observation.phenomenon_time), f"{stream}-{time_to_us(observation.phenomenon_time)}"
    entity = {
        "@iot.id": name,
        "@iot.selfLink": f"{PREFIX}Observations('{name}')",
        "phenomenonTime": time,
        "resultTime": time,
        "result": observation.result,
        "Datastream@iot.navigationLink": f"{PREFIX}Observations('{name}')/Datastream",
        "FeatureOfInterest@iot.navigationLink": f"{PREFIX}Observations('{name}')/FeatureOfInterest",
    }
    topic = stream_topic(observation.building_id, observation.point_id)
    return topic, json.dumps(entity, separators=(",", ":")).encode()


def decode_entity(topic: str, payload: bytes, received: datetime, stream_at: StreamAt) -> tuple[Decoded, ...]:
    """Return the reading that a published Observation is; nothing for one of ours that comes back.

    Args:
        topic: It was published on.
        payload: Its bytes.
        received: Time of arrival, aware UTC.
        stream_at: Returns the point of a Datastream by its number.
    """
    try:
        return _decoded(topic, payload, received, stream_at)
    except RefusedError as error:
        return (Refusal(error.reason, error.detail),)


def _decoded(topic: str, payload: bytes, received: datetime, stream_at: StreamAt) -> tuple[Decoded, ...]:
    match = _TOPIC.fullmatch(topic)
    if match is None:
        raise RefusedError(RefusalReason.TOPIC, "not a set of Observations")
    document = parsed_json(payload, MAX_PAYLOAD_BYTES, MAX_DEPTH)
    if not isinstance(document, dict):
        raise RefusedError(RefusalReason.FORM, "an Observation must be an object")
    if "@iot.id" in document:
        return ()
    number = _number(match[1] or document.get("Datastream"))
    point = stream_at(number) if number is not None else None
    if point is None:
        raise RefusedError(RefusalReason.TOPIC, "no such Datastream")
    if "result" not in document:
        raise RefusedError(RefusalReason.RESULT_MISSING, "result is missing")
    result, time = checked_result(document["result"]), document.get("phenomenonTime")
    if time is None:
        return (Observation(point.building_id, point.point_id, received, result, point.unit, Quality.ARRIVAL_TIME),)
    return (Observation(point.building_id, point.point_id, checked_time(time, received), result, point.unit),)


def _number(link: Any) -> int | None:
    """Return the number of a Datastream from its digits, or from a link that may hold it as number or text."""
    named = link.get("@iot.id") if isinstance(link, dict) else link
    if isinstance(named, float) and named.is_integer():
        return int(named)
    return int(named) if isinstance(named, str) and _DIGITS.fullmatch(named) else None
