"""Commands: a setpoint is proposed by one person and confirmed by another before it is sent."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.status import HTTP_201_CREATED

from api.context import ActorDep, BuildingId, TwinDep
from api.security import refuse_xroad
from twin.live.commands import Command, Proposal

CONFORMS_TO: tuple[str, ...] = ()
router = APIRouter(tags=["commands"])
CommandId = Annotated[str, Path(max_length=64, description="Identifier of the command")]


class Wanted(BaseModel):
    """What a setpoint should become, and why."""

    point_id: str = Field(max_length=64, examples=["ahu-supply-setpoint"])
    value: float = Field(allow_inf_nan=False, examples=[19.0])
    unit: str = Field(max_length=64, examples=["Cel"])
    reason: str = Field(max_length=500, examples=["Rooms of the second storey are too warm"])
    expires_s: float = Field(default=600.0, description="Seconds in which it must be confirmed, sent and obeyed")


@router.post(
    "/buildings/{building_id}/commands", summary="Propose a command to a setpoint", status_code=HTTP_201_CREATED
)
def propose(twin: TwinDep, actor: ActorDep, building_id: BuildingId, wanted: Wanted) -> dict[str, Any]:
    """Write down what somebody wants; nothing is sent until another person confirms it."""
    refuse_xroad(actor)
    twin.catalogue.building(building_id)
    return _shown(twin, twin.commands.propose(Proposal(building_id, **wanted.model_dump()), actor.name))


@router.post("/buildings/{building_id}/commands/{command_id}/confirm", summary="Confirm and send a command")
def confirm(twin: TwinDep, actor: ActorDep, building_id: BuildingId, command_id: CommandId) -> dict[str, Any]:
    """Send what somebody else proposed."""
    refuse_xroad(actor)
    return _shown(twin, twin.commands.confirm(building_id, command_id, actor.name))


@router.post("/buildings/{building_id}/commands/{command_id}/withdraw", summary="Withdraw a command")
def withdraw(twin: TwinDep, actor: ActorDep, building_id: BuildingId, command_id: CommandId) -> dict[str, Any]:
    """Take back what was not sent yet."""
    refuse_xroad(actor)
    return _shown(twin, twin.commands.withdraw(building_id, command_id, actor.name))


@router.get("/buildings/{building_id}/commands", summary="List the commands of a building")
def commands(twin: TwinDep, actor: ActorDep, building_id: BuildingId) -> dict[str, Any]:
    """Return the newest first, each with its history."""
    refuse_xroad(actor)
    twin.catalogue.building(building_id)
    return {"items": [_shown(twin, command) for command in twin.commands.commands(building_id)]}


def _shown(twin: TwinDep, command: Command) -> dict[str, Any]:
    return {**command.to_json(), "history": twin.commands.book.history(command.command_id)}
