"""The live wing: readings bound to the objects of a building, kept durably, answered and streamed.

>>> from twin.live import LiveWing, read_points                     # doctest: +SKIP
>>> wing = LiveWing(Path("readings.sqlite"), lambda: datetime.now(UTC))  # doctest: +SKIP
>>> wing.register_points(read_points(data), snapshot)               # doctest: +SKIP
>>> wing.start_mqtt("mqtt://127.0.0.1:1883")                        # doctest: +SKIP
>>> wing.latest("101234567")["items"]                               # doctest: +SKIP
"""

from twin.live.address import TlsFiles, parse_mqtt_url
from twin.live.binding import check_binding, check_bindings, points_from_records, unbound
from twin.live.broker import Broker, BrokerSecurity, start_broker
from twin.live.bus import BusKind, BusMap, messages_of, read_bus, read_bus_map
from twin.live.capture import Capture, Message, read_capture
from twin.live.devices import MAX_DEVICES_FILE_BYTES, Channel, Device, device_from_json, read_devices
from twin.live.engines import move_readings
from twin.live.events import Hub, StreamEvent, Subscription
from twin.live.load_curve import CurveLayout, read_load_curve
from twin.live.observation import Decoded, Observation, Quality, Refusal, RefusalReason, admit, decode_message
from twin.live.points import Point, PointKind, point_from_json, read_points
from twin.live.register import DeviceRegister
from twin.live.series import Series
from twin.live.service import LiveWing
from twin.live.units import QUANTITY_KINDS, UNITS, convert, fits_quantity_kind, unit_of
from twin.live.upkeep import Kept, Retention
from twin.live.write import WriteResult

__all__ = [
    "MAX_DEVICES_FILE_BYTES",
    "QUANTITY_KINDS",
    "UNITS",
    "Broker",
    "BrokerSecurity",
    "BusKind",
    "BusMap",
    "Capture",
    "Channel",
    "CurveLayout",
    "Decoded",
    "Device",
    "DeviceRegister",
    "Hub",
    "Kept",
    "LiveWing",
    "Message",
    "Observation",
    "Point",
    "PointKind",
    "Quality",
    "Refusal",
    "RefusalReason",
    "Retention",
    "Series",
    "StreamEvent",
    "Subscription",
    "TlsFiles",
    "WriteResult",
    "admit",
    "check_binding",
    "check_bindings",
    "convert",
    "decode_message",
    "device_from_json",
    "fits_quantity_kind",
    "messages_of",
    "move_readings",
    "parse_mqtt_url",
    "point_from_json",
    "points_from_records",
    "read_bus",
    "read_bus_map",
    "read_capture",
    "read_devices",
    "read_load_curve",
    "read_points",
    "start_broker",
    "unbound",
    "unit_of",
]
