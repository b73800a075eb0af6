"""The command that reads field buses."""

import base64
import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import Exit, print_json, print_table
from twin.clock import system_clock
from twin.errors import InvalidInput, StorageError
from twin.live import BusKind, Refusal, messages_of, read_bus, read_bus_map
from twin.settings import Settings

TIMEOUT_S = 30.0  # of sending: a busy service writes within a second
MAX_ANSWER_BYTES = 1024 * 1024  # the answer has three numbers
DEVICE, SECRET = "KAKSIK_DEVICE", "KAKSIK_DEVICE_SECRET"  # names of variables


def bus(
    kind: Annotated[BusKind, typer.Argument(help="Which bus")],
    map_file: Annotated[Path, typer.Argument(metavar="MAP", help="JSON: objects or registers, and their points")],
    send: Annotated[
        str | None, typer.Option(help=f"Address of a running service; {DEVICE} and {SECRET} say who sends")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Read BACnet/IP or Modbus TCP devices once, and print or send what they say."""
    if not map_file.is_file():
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(map_file))
    read = read_bus(read_bus_map(kind, map_file.read_bytes()), system_clock())
    messages = messages_of(Settings().mqtt_root, read)
    missing = [item for item in read if isinstance(item, Refusal)]
    told = _sent(send, messages) if send is not None else None
    if as_json:
        refused = [{"point_id": item.point_id, "reason": item.reason, "detail": item.detail} for item in missing]
        print_json({"messages": messages, "missing": refused, "sent": told})
    else:
        rows = [(m["topic"].split("/")[-2], m["payload"]["v"], m["payload"]["u"], "") for m in messages]
        rows += [(item.point_id, None, "", f"{item.reason}: {item.detail}") for item in missing]
        print_table("Read" if told is None else f"Sent: {told}", ("Point", "Value", "Unit", "Missing because"), rows)
    raise typer.Exit(Exit.FINDINGS if missing or (told and told["refused"]) else Exit.OK)


def _sent(service: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    if not service.startswith(("http://", "https://")):
        raise InvalidInput("The service has no http address.", reason="service-address", entity=service[:80])
    headers = {"Content-Type": "application/json"}
    if DEVICE in os.environ:
        pair = f"{os.environ[DEVICE]}:{os.environ.get(SECRET, '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        f"{service.rstrip('/')}/api/v1/readings", json.dumps(messages).encode(), headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            told: dict[str, Any] = json.loads(answer.read(MAX_ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        raise InvalidInput(
            f"The service refused the readings ({error.code}).",
            reason="service-refused",
            hint=f"Set {DEVICE} and {SECRET}; the device must own the points.",
        ) from error
    except (OSError, ValueError) as error:
        raise StorageError(f"The service cannot be reached: {error}.", reason="service-reach") from error
    return told
