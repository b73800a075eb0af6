"""A command, who may give one, and what is asked of a value. No input or output here."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from twin.errors import InvalidInput, TwinError
from twin.live.points import Point, PointKind
from twin.live.units import convert

SHORTEST_S, LONGEST_S = 10.0, 3600.0  # of a command: time for a second person, too short to be forgotten
USUAL_S = 600.0
MAX_REASON_CHARACTERS = 500
OBEYED_SHARE = 0.005  # of the range of the point: devices round, and show what they took


class CommandStatus(StrEnum):
    """What became of a command."""

    PROPOSED = "proposed"  # waits for a second person
    CONFIRMED = "confirmed"  # waits for the broker
    SENT = "sent"  # the broker has it; the device has not shown the value yet
    OBEYED = "obeyed"  # the point reads what was commanded
    EXPIRED = "expired"  # its time ran out before it was confirmed, taken by the broker or obeyed
    REFUSED = "refused"  # against a limit; never sent
    WITHDRAWN = "withdrawn"  # taken back before it was sent


OPEN = (CommandStatus.PROPOSED, CommandStatus.CONFIRMED, CommandStatus.SENT)


class NotAllowed(TwinError):  # noqa: N818 - reads as the sentence it is
    """The one who asks may not do this."""


@dataclass(frozen=True, slots=True)
class Permits:
    """Who may command at all.

    Attributes:
        proposers: Names that may propose and withdraw.
        confirmers: Names that may confirm; never what they proposed themselves.
        per_hour: Commands of one point in an hour, those that were refused aside.
    """

    proposers: frozenset[str] = frozenset()
    confirmers: frozenset[str] = frozenset()
    per_hour: int = 6

    def check_proposer(self, actor: str) -> None:
        """Let only those pass who may propose.

        Raises:
            NotAllowed: (command-not-allowed).
        """
        if actor not in self.proposers:
            raise _not_allowed(actor, "KAKSIK_COMMAND_PROPOSERS")

    def check_confirmer(self, actor: str, command: "Command") -> None:
        """Let only those pass who may confirm `command`.

        Raises:
            NotAllowed: (command-not-allowed); (command-same-person) it is their own.
        """
        if actor not in self.confirmers:
            raise _not_allowed(actor, "KAKSIK_COMMAND_CONFIRMERS")
        if actor == command.proposed_by:
            raise NotAllowed(
                "Who proposed a command may not confirm it.",
                reason="command-same-person",
                hint="Ask a second person to confirm it.",
                entity=command.command_id,
            )


def _not_allowed(actor: str, setting: str) -> NotAllowed:
    return NotAllowed(
        "This name may not command.", reason="command-not-allowed", hint=f"See {setting}.", entity=actor[:64]
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants.

    Attributes:
        building_id: The building.
        point_id: A setpoint of it.
        value: In `unit`.
        unit: UCUM.
        reason: Why; it is kept.
        expires_s: Seconds from now in which it must be confirmed, sent and obeyed.
    """

    building_id: str
    point_id: str
    value: float
    unit: str
    reason: str
    expires_s: float = USUAL_S

    def check_form(self) -> None:
        """Refuse what is no command of any point.

        Raises:
            InvalidInput: (command-invalid).
        """
        if not self.reason.strip() or len(self.reason) > MAX_REASON_CHARACTERS or not self.reason.isprintable():
            raise _invalid(f"reason is a line of 1 to {MAX_REASON_CHARACTERS} characters", self.point_id)
        if not SHORTEST_S <= self.expires_s <= LONGEST_S:
            raise _invalid(f"expires_s is {SHORTEST_S:.0f} to {LONGEST_S:.0f}", self.point_id)
        if isinstance(self.value, bool) or not math.isfinite(self.value):
            raise _invalid("value is a finite number", self.point_id)


def _invalid(why: str, entity: str) -> InvalidInput:
    return InvalidInput(f"The command cannot be used: {why}.", reason="command-invalid", entity=entity[:64])


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what became of it.

    Attributes:
        command_id: Random text; devices get it too.
        building_id: The building.
        point_id: The setpoint.
        global_id: Of the object that the point is bound to.
        value: In the unit of the point.
        unit: UCUM.
        low: Lower limit then.
        high: Upper limit then.
        reason: Why, in words of who proposed it.
        status: What became of it.
        proposed_by: Who.
        proposed: RFC 3339.
        expires: RFC 3339.
        confirmed_by: Who, or None.
        confirmed: RFC 3339, or None.
        sent: RFC 3339, or None.
        ended: RFC 3339 of being obeyed, expired, refused or withdrawn, or None.
        note: Why it ended so, where that is not plain.
    """

    command_id: str
    building_id: str
    point_id: str
    global_id: str
    value: float
    unit: str
    low: float
    high: float
    reason: str
    status: CommandStatus
    proposed_by: str
    proposed: str
    expires: str
    confirmed_by: str | None = None
    confirmed: str | None = None
    sent: str | None = None
    ended: str | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return its members."""
        return {**asdict(self), "status": self.status.value}

    def obeyed_by(self, item: Mapping[str, Any]) -> bool:
        """Tell whether the newest reading, an item of `LiveWing.latest`, shows the value since sending."""
        value, when = item["value"], item["phenomenon_time"]
        if self.sent is None or when is None or isinstance(value, bool) or not isinstance(value, int | float):
            return False
        close = abs(value - self.value) <= max(1e-9, OBEYED_SHARE * (self.high - self.low))
        return close and str(when)[:19] >= self.sent[:19]  # a device that answers within the second has obeyed too


def command_from_json(document: Mapping[str, Any]) -> Command:
    """Return the command that `Command.to_json` wrote."""
    return Command(**{**document, "status": CommandStatus(document["status"])})


def limits_of(point: Point) -> tuple[float, float]:
    """Return between which values a point may be set.

    Raises:
        InvalidInput: (command-no-setpoint) it is none; (command-no-limits) nobody said its range.
    """
    if point.kind is not PointKind.SETPOINT:
        raise InvalidInput(
            "Only a setpoint takes commands.",
            reason="command-no-setpoint",
            hint=f"This point is a {point.kind.value}.",
            entity=point.point_id,
        )
    if point.range is None:
        raise InvalidInput(
            "A setpoint without a range takes no commands.",
            reason="command-no-limits",
            hint="Bind the point with its range.",
            entity=point.point_id,
        )
    return point.range


def value_within(proposal: Proposal, point: Point) -> float:
    """Return the value in the unit of the point.

    Raises:
        InvalidInput: (unit-unknown, unit-dimension) the unit does not fit; (command-limit) the value is out of range.
    """
    low, high = limits_of(point)
    value = convert(proposal.value, proposal.unit, point.unit)
    if not low <= value <= high:
        raise InvalidInput(
            f"{value:g} {point.unit} is not between {low:g} and {high:g}.",
            reason="command-limit",
            hint="The limits are the range of the point.",
            entity=point.point_id,
        )
    return value
