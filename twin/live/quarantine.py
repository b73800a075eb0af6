"""Unknown devices and points that tried to write: they wait until the operator accepts or refuses them.

A point is named by building and point. A device is named by its own name alone, with an empty building.
"""

from collections.abc import Callable, Mapping
from typing import Any

from twin.errors import NotFound
from twin.live.devices import Device
from twin.live.queries import Reader
from twin.live.register import DeviceRegister
from twin.live.store import ReadingStore


class Quarantine:
    """The list of the operator; safe to use from many threads.

    Args:
        store: Where it is kept.
        reader: Reads it.
        devices: Where an accepted device goes.
    """

    def __init__(self, store: ReadingStore, reader: Reader, devices: DeviceRegister) -> None:
        self._store, self._reader, self._devices = store, reader, devices

    def show(self) -> dict[str, Any]:
        """Return who waits, latest first, and who was refused for good."""
        return {"waiting": self._reader.quarantine(), "refused": self._reader.barred()}

    def accept_device(self, device: Device) -> None:
        """Register a device that waits.

        Raises:
            NotFound: (not-waiting) nobody of that name tried to write.
            InvalidInput, Conflict: see `DeviceRegister.register`; it goes on waiting.
        """
        self._need("", device.device_id)
        self._devices.register([device])

    def accept_point(self, building_id: str, point_id: str, bind: Callable[[], Any]) -> Any:
        """Return what `bind` returns, which registers the point that waits.

        Raises:
            NotFound: (not-waiting) nobody wrote to such a point.
        """
        self._need(building_id, point_id)
        return bind()

    def refuse(self, building_id: str, name: str) -> None:
        """Take a name off the list for good: its messages are still refused and counted, but nobody is asked again.

        Raises:
            NotFound: (not-waiting).
        """
        self._need(building_id, name)
        self._store.bar(building_id, name, barred=True)

    def readmit(self, building_id: str, name: str) -> None:
        """Let a refused name come back to the list when it writes again.

        Raises:
            NotFound: (not-refused).
        """
        if not _names(self._reader.barred(), building_id, name):
            raise NotFound("Nobody of that name was refused.", reason="not-refused", entity=name[:64])
        self._store.bar(building_id, name, barred=False)

    def _need(self, building_id: str, name: str) -> None:
        if not _names(self._reader.quarantine(), building_id, name):
            raise NotFound(
                "Nobody of that name waits.",
                reason="not-waiting",
                hint="A device waits after it has tried to write; register others directly.",
                entity=name[:64],
            )


def _names(items: list[dict[str, Any]], building_id: str, name: str) -> bool:
    def same(item: Mapping[str, Any]) -> bool:
        return bool(item["building_id"] == building_id and item["point_id"] == name)

    return any(map(same, items))
