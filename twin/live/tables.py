"""What both engines say alike in SQL: names, secrets, counters and marks."""

from abc import ABC, abstractmethod
from typing import Any

_PUT_POINT = (
    "INSERT INTO point (building_id, point_id, document) VALUES (?, ?, ?)"
    " ON CONFLICT (building_id, point_id) DO UPDATE SET document = excluded.document"
)
_PUT_DEVICE = (
    "INSERT INTO device (device_id, document) VALUES (?, ?)"
    " ON CONFLICT (device_id) DO UPDATE SET document = excluded.document"
)
_GAPS = "SELECT begin_us, end_us FROM gap WHERE point = ? AND end_us > ? AND begin_us < ? ORDER BY begin_us"


class Tables(ABC):
    """The small tables of a store, in the open transaction."""

    @abstractmethod
    def run(self, statement: str, *values: object) -> list[Any]:
        """Execute a statement whose parameters are question marks; return its rows, if it has any."""

    def points(self) -> list[tuple[int, str]]:
        """See `Session`."""
        return self.run("SELECT id, document FROM point ORDER BY id")

    def devices(self) -> list[tuple[str, str, str | None]]:
        """See `Session`."""
        return self.run("SELECT device_id, document, secret FROM device")

    def has_readings(self, point: int) -> bool:
        """See `Session`."""
        return bool(self.run("SELECT 1 FROM latest WHERE point = ?", point))

    def put_point(self, building_id: str, point_id: str, document: str) -> None:
        """See `Session`."""
        self.run(_PUT_POINT, building_id, point_id, document)

    def put_device(self, device_id: str, document: str) -> None:
        """See `Session`."""
        self.run(_PUT_DEVICE, device_id, document)

    def remove_device(self, device_id: str) -> None:
        """See `Session`."""
        self.run("DELETE FROM device WHERE device_id = ?", device_id)

    def put_secret(self, device_id: str, stored: str) -> None:
        """See `Session`."""
        self.run("UPDATE device SET secret = ? WHERE device_id = ?", stored, device_id)

    def dismiss(self, building_id: str, name: str) -> None:
        """See `Session`."""
        self.run("DELETE FROM quarantine WHERE building_id = ? AND point_id = ?", building_id, name)

    def bar(self, building_id: str, name: str, since_us: int) -> None:
        """See `Session`."""
        self.run("INSERT INTO barred VALUES (?, ?, ?)", building_id, name, since_us)

    def unbar(self, building_id: str, name: str) -> None:
        """See `Session`."""
        self.run("DELETE FROM barred WHERE building_id = ? AND point_id = ?", building_id, name)

    def meta(self, key: str, default: str) -> str:
        """See `Session`."""
        self.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", key, default)
        return str(self.run("SELECT value FROM meta WHERE key = ?", key)[0][0])

    def marked_gaps(self, point: int, start_us: int, end_us: int) -> list[tuple[int, int]]:
        """See `View`."""
        return self.run(_GAPS, point, start_us, end_us)

    def refusals(self) -> list[tuple[str, int, int, str]]:
        """See `View`."""
        return self.run("SELECT reason, count, last_us, detail FROM refusal ORDER BY count DESC, reason")

    def quarantine(self) -> list[tuple[str, str, int, int, int]]:
        """See `View`."""
        return self.run("SELECT * FROM quarantine ORDER BY last_us DESC, building_id, point_id")

    def barred(self) -> list[tuple[str, str, int]]:
        """See `View`."""
        return self.run("SELECT * FROM barred ORDER BY since_us DESC, building_id, point_id")
