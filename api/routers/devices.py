"""Devices: who may write which points, their secrets, and the quarantine list of those that nobody registered."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Path, Query, UploadFile
from pydantic import BaseModel, Field
from starlette.status import HTTP_204_NO_CONTENT

from api.context import ActorDep, TwinDep
from api.security import refuse_xroad
from api.uploads import read_upload
from twin.errors import InvalidInput
from twin.live import MAX_DEVICES_FILE_BYTES, device_from_json, read_devices

CONFORMS_TO = ("https://www.rfc-editor.org/rfc/rfc7617",)
router = APIRouter(tags=["devices"])
DeviceId = Annotated[str, Path(max_length=64, description="DevEUI, or user name at the broker")]


class Waiting(BaseModel):
    """A name on the quarantine list."""

    building_id: str = Field(default="", max_length=64, description="Empty for a device")
    name: str = Field(max_length=64, description="Point of the building, or name of the device")


class Accepted(BaseModel):
    """What becomes of a name on the quarantine list: the device or the point in full."""

    device: dict[str, Any] | None = Field(default=None, description="As in a devices file")
    point: dict[str, Any] | None = Field(default=None, description="As in a points file")


@router.get("/devices", summary="List the devices")
def devices(
    twin: TwinDep,
    actor: ActorDep,
    building_id: Annotated[str | None, Query(max_length=64, description="Of one building")] = None,
) -> list[dict[str, Any]]:
    """Return the devices with their channels, and whether each has a secret; the secret itself is shown to nobody."""
    refuse_xroad(actor)
    held = twin.live.devices.with_secret()
    found = twin.live.devices.list(building_id)
    return [{**device.as_json(), "has_secret": device.device_id in held} for device in found]


@router.put("/devices", summary="Register devices (devices.json)")
def register(twin: TwinDep, actor: ActorDep, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Register devices, all or none; one that is known is replaced and keeps its secret."""
    refuse_xroad(actor)
    found = read_devices(read_upload(file, MAX_DEVICES_FILE_BYTES))
    twin.live.devices.register(found)
    return {"registered": len(found)}


@router.post("/devices/{device_id}/secret", summary="Issue a new secret to a device")
def issue_secret(twin: TwinDep, actor: ActorDep, device_id: DeviceId) -> dict[str, Any]:
    """Return a new secret, which ends the old one and is not shown again."""
    refuse_xroad(actor)
    return {"device_id": device_id, "secret": twin.live.devices.issue_secret(device_id)}


@router.delete("/devices/{device_id}", summary="Retire a device", status_code=HTTP_204_NO_CONTENT)
def retire(twin: TwinDep, actor: ActorDep, device_id: DeviceId) -> None:
    """Forget a device and its secret; its points and readings stay."""
    refuse_xroad(actor)
    twin.live.devices.retire(device_id)


@router.get("/quarantine", summary="List unknown devices and points that tried to write")
def quarantine(twin: TwinDep, actor: ActorDep) -> dict[str, Any]:
    """Return who waits and who was refused for good."""
    refuse_xroad(actor)
    return twin.live.quarantine.show()


@router.post("/quarantine/accept", summary="Accept a device or a point from quarantine")
def accept(twin: TwinDep, actor: ActorDep, accepted: Accepted) -> dict[str, Any]:
    """Register what waited; its earlier messages are gone, the next ones count."""
    refuse_xroad(actor)
    if (accepted.device is None) == (accepted.point is None):
        raise InvalidInput("Give either a device or a point.", reason="quarantine-accept")
    if accepted.device is not None:
        device = device_from_json(accepted.device)
        twin.live.quarantine.accept_device(device)
        return {"accepted": device.device_id, "findings": []}
    return twin.bindings.accept(accepted.point)


@router.post("/quarantine/refuse", summary="Refuse a name for good", status_code=HTTP_204_NO_CONTENT)
def refuse(twin: TwinDep, actor: ActorDep, waiting: Waiting) -> None:
    """Take a name off the list; its messages are refused and counted as before, and it does not come back."""
    refuse_xroad(actor)
    twin.live.quarantine.refuse(waiting.building_id, waiting.name)


@router.post("/quarantine/readmit", summary="Let a refused name come back", status_code=HTTP_204_NO_CONTENT)
def readmit(twin: TwinDep, actor: ActorDep, waiting: Waiting) -> None:
    """Forget the refusal; the name comes back to the list when it writes again."""
    refuse_xroad(actor)
    twin.live.quarantine.readmit(waiting.building_id, waiting.name)
