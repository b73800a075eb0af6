"""An alarm and what happened to it, in the states of ISA-18.2."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class AlarmState(StrEnum):
    """States of ISA-18.2 that a person sees."""

    ACTIVE_UNACKNOWLEDGED = "active-unacknowledged"
    ACTIVE_ACKNOWLEDGED = "active-acknowledged"
    CLEARED_UNACKNOWLEDGED = "cleared-unacknowledged"
    CLOSED = "closed"


class Happening(StrEnum):
    """What can happen to an alarm."""

    RAISED = "raised"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that was broken at a point.

    Attributes:
        alarm_id: Its number.
        rule_id: The rule.
        building_id: The building.
        point_id: The point.
        global_id: Of the object that the point is bound to.
        space: GlobalId of its space, where known.
        kind: Kind of the rule.
        severity: Of the rule when it was raised.
        title: Of the rule when it was raised.
        value: That broke the limit; None if nothing ever came.
        unit: Of the value: that of the point, ``/h`` after it for a rate, ``s`` of silence, ``1`` of a balance.
        above: The upper limit then.
        below: The lower limit then.
        raised: RFC 3339.
        cleared: RFC 3339, or None while it lasts.
        acknowledged_by: Who saw it, or None.
        assignee: Who sees to it, or None.
    """

    alarm_id: int
    rule_id: str
    building_id: str
    point_id: str
    global_id: str
    space: str | None
    kind: str
    severity: str
    title: str
    value: float | None
    unit: str
    above: float | None
    below: float | None
    raised: str
    cleared: str | None = None
    acknowledged_by: str | None = None
    assignee: str | None = None

    @property
    def state(self) -> AlarmState:
        """Return its state."""
        if self.cleared is None:
            known = self.acknowledged_by is not None
            return AlarmState.ACTIVE_ACKNOWLEDGED if known else AlarmState.ACTIVE_UNACKNOWLEDGED
        return AlarmState.CLOSED if self.acknowledged_by is not None else AlarmState.CLEARED_UNACKNOWLEDGED

    def to_json(self) -> dict[str, Any]:
        """Return it with its state."""
        return {**asdict(self), "state": self.state.value}
