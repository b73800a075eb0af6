"""The register of devices: who they are, what they may write, and how they prove it."""

from collections.abc import Callable, Iterable
from secrets import token_bytes, token_urlsafe

from twin.errors import Conflict, InvalidInput, NotFound
from twin.live.credentials import SALT_BYTES, SECRET_BYTES, acl_file, hash_secret, password_file, secret_matches
from twin.live.devices import Device
from twin.live.store import ReadingStore
from twin.live.units import unit_of


class DeviceRegister:
    """Registers devices and makes their credentials; safe to use from many threads.

    Args:
        store: Where they are kept.
        new_secret: Returns a random text.
        new_salt: Returns random bytes.
    """

    def __init__(
        self,
        store: ReadingStore,
        new_secret: Callable[[], str] = lambda: token_urlsafe(SECRET_BYTES),
        new_salt: Callable[[], bytes] = lambda: token_bytes(SALT_BYTES),
    ) -> None:
        self._store = store
        self._new_secret = new_secret
        self._new_salt = new_salt

    def list(self, building_id: str | None = None) -> tuple[Device, ...]:
        """Return all devices, or those of one building, in order of their ids."""
        devices = sorted(self._store.devices.values(), key=lambda device: device.device_id)
        return tuple(device for device in devices if building_id in (None, device.building_id))

    def register(self, devices: Iterable[Device]) -> None:
        """Store devices, all or none; a device that is known is replaced and keeps its secret.

        Raises:
            InvalidInput: (point-unknown) a channel names a point that is not registered; (unit-dimension) a unit does
                not fit it.
            Conflict: (point-taken) another device writes that point.
        """
        chosen = tuple(devices)
        names = {device.device_id for device in chosen}
        owner = {
            (device.building_id, point): device.device_id
            for device in self._store.devices.values()
            if device.device_id not in names
            for point in device.points
        }
        for device in chosen:
            self._check_channels(device)
            for point in device.points:
                if owner.setdefault((device.building_id, point), device.device_id) != device.device_id:
                    raise Conflict(
                        f"The point {point} is written by another device.",
                        reason="point-taken",
                        hint="Retire that device, or give this one a point of its own.",
                        entity=device.device_id,
                    )
        self._store.put_devices(chosen)

    def _check_channels(self, device: Device) -> None:
        for channel in device.channels.values():
            known = self._store.known.get((device.building_id, channel.point_id))
            if known is None:
                raise InvalidInput(
                    f"There is no point {channel.point_id} in {device.building_id}.",
                    reason="point-unknown",
                    hint="Bind the points first, then the devices.",
                    entity=device.device_id,
                )
            if channel.unit and unit_of(channel.unit).dimension != unit_of(known[1].unit).dimension:
                raise InvalidInput(
                    f"{channel.unit} cannot become {known[1].unit}, the unit of {channel.point_id}.",
                    reason="unit-dimension",
                    hint="Correct the unit of the channel or of the point.",
                    entity=device.device_id,
                )

    def _need(self, device_id: str) -> None:
        if device_id not in self._store.devices:
            raise NotFound("There is no such device.", reason="device-unknown", entity=device_id[:64])

    def retire(self, device_id: str) -> None:
        """Forget a device and its secret; its points and readings stay.

        Raises:
            NotFound: (device-unknown).
        """
        self._need(device_id)
        self._store.retire_device(device_id)

    def issue_secret(self, device_id: str) -> str:
        """Make a new secret, which ends the old one, and return it; it is not shown again.

        Raises:
            NotFound: (device-unknown).
        """
        self._need(device_id)
        secret = self._new_secret()
        self._store.put_secret(device_id, hash_secret(secret, self._new_salt()))
        return secret

    def knows(self, device_id: str) -> bool:
        """Tell whether there is such a device."""
        return device_id in self._store.devices

    def with_secret(self) -> frozenset[str]:
        """Return the devices that have a secret."""
        return frozenset(self._store.secrets())

    def authenticate(self, device_id: str, secret: str) -> bool:
        """Tell whether `secret` is that of the device."""
        stored = self._store.secrets().get(device_id)
        return stored is not None and secret_matches(secret, stored)

    def dismiss(self, building_id: str, point_id: str) -> None:
        """Take an unknown point (or a device, with an empty building) off the quarantine list."""
        self._store.dismiss(building_id, point_id)

    def broker_files(
        self, root: str, reader: str, reader_secret: str, *, commands: bool = False, sensorthings: bool = False
    ) -> tuple[str, str]:
        """Return password file and access control file for Mosquitto.

        Args:
            root: First level of the topics.
            reader: User name of this service at the broker.
            reader_secret: Its password.
            commands: Whether it may send commands.
            sensorthings: Whether the topics of SensorThings are in use.
        """
        hashes = {**self._store.secrets(), reader: hash_secret(reader_secret, self._new_salt())}
        rules = acl_file(self._store.devices.values(), root, reader, commands=commands, sensorthings=sensorthings)
        return password_file(hashes), rules
