"""Alarms: rules, what is wrong now, who sees to it, who is affected, and the wall of the city."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, Field
from starlette.status import HTTP_204_NO_CONTENT

from api.context import ActorDep, BuildingId, TwinDep
from api.security import refuse_xroad
from twin.alarming import work_order
from twin.errors import InvalidInput
from twin.live.rules import Alarm, Rule, rule_from_json

CONFORMS_TO: tuple[str, ...] = ()
WATCHED = "watched"  # what a rule looks at now; shown, not set
router = APIRouter(tags=["alarms"])
AlarmId = Annotated[int, Path(ge=1, lt=2**53, description="Number of the alarm")]


class Note(BaseModel):
    """A remark of a person."""

    note: str = Field(default="", max_length=2_000)


class Assignment(Note):
    """Who sees to an alarm."""

    assignee: str = Field(min_length=1, max_length=200)


@router.get("/alarm-rules", summary="List the rules of alarms")
def rules(twin: TwinDep) -> list[dict[str, Any]]:
    """Return every rule with what it watches: how many points, and the units of its limits."""
    return [_rule(twin, rule) for rule in twin.alarms.book.rules()]


@router.put("/alarm-rules/{rule_id}", summary="Set a rule")
def put_rule(
    twin: TwinDep, actor: ActorDep, rule_id: str, document: Annotated[dict[str, Any], Body()]
) -> dict[str, Any]:
    """Store or replace a rule; it is looked at from the next round on.

    The answer says what it `watched` at this moment; a rule that names a point the building does not have is refused.
    """
    refuse_xroad(actor)
    given = {name: value for name, value in document.items() if name != WATCHED}  # a rule that was read comes back
    rule = rule_from_json({**given, "rule_id": document.get("rule_id", rule_id)})
    if rule.rule_id != rule_id:
        raise InvalidInput(
            "The rule bears another name than its address.", reason="rule-invalid", entity=rule_id[:64]
        )
    twin.catalogue.building(rule.building_id)
    twin.alarms.set_rule(rule)
    return _rule(twin, rule)


@router.delete("/alarm-rules/{rule_id}", summary="Remove a rule", status_code=HTTP_204_NO_CONTENT)
def remove_rule(twin: TwinDep, actor: ActorDep, rule_id: str) -> None:
    """Forget a rule; its alarms clear at the next round."""
    refuse_xroad(actor)
    twin.alarms.book.remove_rule(rule_id)


@router.get("/buildings/{building_id}/alarms", summary="List the alarms of a building")
def of_building(
    twin: TwinDep,
    building_id: BuildingId,
    closed: Annotated[bool, Query(description="With those that are over")] = False,
) -> dict[str, Any]:
    """Return the newest first: those that last or that nobody acknowledged."""
    twin.catalogue.building(building_id)
    return {"items": [alarm.to_json() for alarm in twin.alarms.book.alarms(building_id, closed=closed)]}


@router.get("/alarms", summary="List the alarms of all buildings")
def everywhere(twin: TwinDep, closed: bool = False) -> dict[str, Any]:
    """Return the newest first, over all buildings."""
    return {"items": [alarm.to_json() for alarm in twin.alarms.book.alarms(closed=closed)]}


@router.get("/district/alarms", summary="Count the alarms of the district by building and severity")
def wall(twin: TwinDep) -> dict[str, Any]:
    """Return what a wall of the city shows."""
    return {"items": twin.alarms.book.counts()}


@router.get("/alarms/outbox", summary="Show what became of the messages about alarms")
def outbox(twin: TwinDep, actor: ActorDep) -> dict[str, Any]:
    """Return counts by target; the addresses stand in the settings and are not shown."""
    refuse_xroad(actor)
    return {"items": twin.alarms.outbox.status()}


@router.get("/alarms/{alarm_id}", summary="Show an alarm and its history")
def one(twin: TwinDep, alarm_id: AlarmId) -> dict[str, Any]:
    """Return an alarm with everything that happened to it."""
    return _shown(twin, twin.alarms.book.alarm(alarm_id))


@router.post("/alarms/{alarm_id}/acknowledge", summary="Acknowledge an alarm")
def acknowledge(twin: TwinDep, actor: ActorDep, alarm_id: AlarmId, given: Note) -> dict[str, Any]:
    """Write that the one who asks saw it."""
    refuse_xroad(actor)
    return _shown(twin, twin.alarms.acknowledge(alarm_id, actor.name, given.note))


@router.post("/alarms/{alarm_id}/assign", summary="Assign an alarm")
def assign(twin: TwinDep, actor: ActorDep, alarm_id: AlarmId, given: Assignment) -> dict[str, Any]:
    """Write who sees to it."""
    refuse_xroad(actor)
    return _shown(twin, twin.alarms.assign(alarm_id, actor.name, given.assignee, given.note))


@router.post("/alarms/{alarm_id}/comment", summary="Remark on an alarm")
def comment(twin: TwinDep, actor: ActorDep, alarm_id: AlarmId, given: Note) -> dict[str, Any]:
    """Add a remark to its history."""
    refuse_xroad(actor)
    return _shown(twin, twin.alarms.comment(alarm_id, actor.name, given.note))


@router.get("/alarms/{alarm_id}/affected", summary="Show which rooms an alarm concerns")
def affected(twin: TwinDep, alarm_id: AlarmId) -> dict[str, Any]:
    """Return the rooms that the element serves, from the graph of the newest version."""
    return twin.affected.of(twin.alarms.book.alarm(alarm_id))


@router.get("/alarms/{alarm_id}/work-order", summary="Give out an alarm as a BCF work order", response_class=Response)
def order(twin: TwinDep, alarm_id: AlarmId) -> Response:
    """Return a BCF 2.1 file with one topic."""
    alarm = twin.alarms.book.alarm(alarm_id)
    rooms = twin.affected.of(alarm)["rooms"]
    data = work_order(alarm, twin.alarms.book.history(alarm_id), rooms)
    headers = {"Content-Disposition": f'attachment; filename="alarm-{alarm_id}.bcf"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


def _rule(twin: TwinDep, rule: Rule) -> dict[str, Any]:
    return {**rule.to_json(), WATCHED: twin.alarms.watched(rule)}


def _shown(twin: TwinDep, alarm: Alarm) -> dict[str, Any]:
    return {**alarm.to_json(), "history": twin.alarms.book.history(alarm.alarm_id)}
