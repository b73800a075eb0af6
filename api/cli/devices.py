"""Commands around devices: register, secrets, quarantine, and the files that the broker reads."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import Exit, print_json, print_table, say
from twin.errors import InvalidInput
from twin.live import device_from_json, parse_mqtt_url, read_devices
from twin.service import Twin, open_twin
from twin.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
DeviceId = Annotated[str, typer.Argument(metavar="DEVICE", help="DevEUI, or user name at the broker")]


def devices(
    file: Annotated[Path | None, typer.Argument(help="Devices file (devices.json) to register")] = None,
    building: Annotated[str | None, typer.Option(help="List those of one building only")] = None,
    as_json: AsJson = False,
) -> None:
    """List the devices, or register those of a file."""
    twin = open_twin(Settings())
    try:
        if file is not None:
            twin.live.devices.register(read_devices(_bytes(file)))
        held = twin.live.devices.with_secret()
        found = twin.live.devices.list(building)
    finally:
        twin.close()
    if as_json:
        print_json([{**device.as_json(), "has_secret": device.device_id in held} for device in found])
    else:
        rows = [(d.device_id, d.building_id, ", ".join(sorted(d.points)), d.device_id in held) for d in found]
        print_table(f"Devices: {len(rows)}", ("Device", "Building", "Points", "Has a secret"), rows)


def device_secret(device: DeviceId, as_json: AsJson = False) -> None:
    """Issue a new secret to a device; it ends the old one and is shown once."""
    twin = open_twin(Settings())
    try:
        secret = twin.live.devices.issue_secret(device)
    finally:
        twin.close()
    if as_json:
        print_json({"device_id": device, "secret": secret})
    else:
        say(secret)


def device_retire(device: DeviceId, as_json: AsJson = False) -> None:
    """Forget a device and its secret; its points stay."""
    twin = open_twin(Settings())
    try:
        twin.live.devices.retire(device)
    finally:
        twin.close()
    if as_json:
        print_json({"retired": device})
    else:
        say(f"Retired: {device}.")


def broker_files(
    folder: Annotated[Path, typer.Argument(help="Folder for the files `passwords` and `rules`")],
    as_json: AsJson = False,
) -> None:
    """Write the files that make Mosquitto hold each device to its points."""
    settings = Settings()
    if settings.mqtt_url is None:
        raise _no_reader()
    address = parse_mqtt_url(settings.mqtt_url.get_secret_value())
    if address.username is None or address.password is None:
        raise _no_reader()
    twin = open_twin(settings)
    try:
        texts = twin.live.devices.broker_files(
            settings.mqtt_root,
            address.username,
            address.password,
            commands=settings.commands,
            sensorthings=settings.mqtt_sensorthings,
        )
    finally:
        twin.close()
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "passwords", folder / "rules"]
    for path, text in zip(written, texts, strict=True):
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    if as_json:
        print_json([str(path) for path in written])
    else:
        say(f"Written: {written[0]}, {written[1]}. Let Mosquitto read them again (SIGHUP).")


def quarantine(
    accept: Annotated[Path | None, typer.Option(help='JSON: {"device": {…}} or {"point": {…}}')] = None,
    refuse: Annotated[str | None, typer.Option(help="Name to refuse for good; building/point for a point")] = None,
    readmit: Annotated[str | None, typer.Option(help="Refused name that may come back")] = None,
    as_json: AsJson = False,
) -> None:
    """List unknown devices and points that tried to write; accept or refuse one."""
    twin = open_twin(Settings())
    try:
        if accept is not None:
            _accept(twin, accept)
        if refuse is not None:
            twin.live.quarantine.refuse(*_name(refuse))
        if readmit is not None:
            twin.live.quarantine.readmit(*_name(readmit))
        shown = twin.live.quarantine.show()
    finally:
        twin.close()
    if as_json:
        print_json(shown)
    else:
        rows = [(i["building_id"] or "device", i["point_id"], i["count"], i["last"]) for i in shown["waiting"]]
        print_table(f"Waiting: {len(rows)}", ("Building", "Name", "Messages", "Last"), rows)
    raise typer.Exit(Exit.FINDINGS if shown["waiting"] else Exit.OK)


def _accept(twin: Twin, file: Path) -> None:
    try:
        form: Any = json.loads(_bytes(file).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The file is not JSON in UTF-8.", reason="not-json", entity=file.name) from error
    if not isinstance(form, dict) or set(form) not in ({"device"}, {"point"}):
        raise InvalidInput("Give either a device or a point.", reason="quarantine-accept", entity=file.name)
    if "device" in form:
        twin.live.quarantine.accept_device(device_from_json(form["device"]))
    else:
        twin.bindings.accept(form["point"])


def _name(text: str) -> tuple[str, str]:
    building, _, name = text.rpartition("/")
    return building, name


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(path))
    return path.read_bytes()


def _no_reader() -> InvalidInput:
    return InvalidInput(
        "Nobody says who this service is at the broker.",
        reason="mqtt-url",
        hint="Set KAKSIK_MQTT_URL with user and password, as mqtt://user:password@host:1883.",
    )
