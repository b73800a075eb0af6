"""The desk where commands are proposed, confirmed, sent, watched and ended."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any, Protocol

from twin.errors import Conflict, InvalidInput, NotFound
from twin.live.commands.book import CommandBook
from twin.live.commands.command import Command, CommandStatus, NotAllowed, Permits, Proposal, limits_of, value_within
from twin.live.commands.sending import Sender
from twin.live.points import Point
from twin.live.queries import format_time

ID_BYTES = 16  # nobody guesses 128 bits
HOUR = timedelta(hours=1)
_log = logging.getLogger(__name__)
Note = Callable[[str, str, str, Mapping[str, Any]], object]
"""Writes into the audit trail: actor, action, subject, detail."""


class Source(Protocol):
    """What is asked of the live wing."""

    def points(self, building_id: str, global_id: str | None = None) -> tuple[Point, ...]:
        """Return the points of a building."""

    def latest(self, building_id: str) -> dict[str, Any]:
        """Return the newest reading of every point."""


class Commands:
    """Two people, one setpoint. Safe to use from many threads.

    Args:
        book: Where commands are kept.
        source: Points and readings.
        send: Brings a command to its device; None is switched off: nothing can be proposed.
        permits: Who may do what, and how often.
        clock: Tells the time.
        note: Writes into the audit trail.
        new_id: Returns a random text.
    """

    def __init__(
        self,
        book: CommandBook,
        source: Source,
        send: Sender | None,
        permits: Permits,
        clock: Callable[[], datetime],
        note: Note,
        new_id: Callable[[], str] = lambda: token_hex(ID_BYTES),
    ) -> None:
        self.book = book
        self._source, self._send, self._permits = source, send, permits
        self._clock, self._note, self._new_id = clock, note, new_id
        self._lock = threading.Lock()  # one change at a time: between reading a status and writing the next

    # --- what people do

    def propose(self, proposal: Proposal, actor: str) -> Command:
        """Write down what `actor` wants; nothing is sent.

        Raises:
            NotAllowed: (command-not-allowed).
            Conflict: (commands-off); (command-open) the point waits for another; (command-rate) too many in an hour.
            NotFound: (point-unknown).
            InvalidInput: (command-invalid, command-no-setpoint, command-no-limits, unit-unknown, unit-dimension);
                (command-limit) the value is out of range, which is kept as refused.
        """
        self._check_on()
        self._permits.check_proposer(actor)
        proposal.check_form()
        point = self._point(proposal.building_id, proposal.point_id)
        low, high = limits_of(point)
        now = self._clock()
        command = Command(
            self._new_id(), point.building_id, point.point_id, point.global_id, proposal.value, proposal.unit, low,
            high, proposal.reason, CommandStatus.PROPOSED, actor, format_time(now),
            format_time(now + timedelta(seconds=proposal.expires_s)),
        )  # fmt: skip
        with self._lock:
            self._end_late(now)
            try:
                command = replace(command, value=value_within(proposal, point), unit=point.unit)
                self._check_room(point, now)
            except (InvalidInput, Conflict) as error:
                self._put(replace(command, status=CommandStatus.REFUSED, note=error.reason), actor)
                raise
            return self._put(command, actor)

    def confirm(self, building_id: str, command_id: str, actor: str) -> Command:
        """Confirm what somebody else proposed, and send it.

        A broker that does not answer leaves it confirmed; it is tried again until it expires.

        Raises:
            NotAllowed: (command-not-allowed, command-same-person).
            Conflict: (commands-off); (command-status) it was not waiting for that.
            NotFound: (command-unknown); (point-unknown) the point is gone.
            InvalidInput: (command-no-setpoint, command-no-limits, command-limit) the point changed since; the command
                ends as refused.
        """
        self._check_on()
        with self._lock:
            self._end_late(self._clock())
            command = self.book.command(building_id, command_id)
            self._permits.check_confirmer(actor, command)
            self._check_status(command, CommandStatus.PROPOSED)
            self._check_again(command, actor)
            now = format_time(self._clock())
            command = replace(command, status=CommandStatus.CONFIRMED, confirmed_by=actor, confirmed=now)
            return self._try_sending(self._put(command, actor))

    def withdraw(self, building_id: str, command_id: str, actor: str) -> Command:
        """Take a command back that was not sent yet.

        Raises:
            NotAllowed: (command-not-allowed).
            Conflict: (command-status) it was sent or has ended.
            NotFound: (command-unknown).
        """
        with self._lock:
            self._end_late(self._clock())
            command = self.book.command(building_id, command_id)
            if actor not in self._permits.confirmers:
                self._permits.check_proposer(actor)
            self._check_status(command, CommandStatus.PROPOSED, CommandStatus.CONFIRMED)
            return self._end(command, CommandStatus.WITHDRAWN, actor, "")

    def commands(self, building_id: str) -> list[Command]:
        """Return the newest commands of a building, as they stand now."""
        self.look()
        return self.book.commands(building_id)

    # --- what time does

    def look(self) -> None:
        """End what has expired, send what waits for the broker, and see what was obeyed."""
        with self._lock:
            self._end_late(self._clock())
            for command in self.book.open():
                if command.status is CommandStatus.CONFIRMED and self._send is not None:
                    self._try_sending(command)
                elif command.status is CommandStatus.SENT and self._is_obeyed(command):
                    self._end(command, CommandStatus.OBEYED, "", "")

    def close(self) -> None:
        """Close the book; safe to call twice."""
        self.book.close()

    # --- inside

    def _check_on(self) -> None:
        if self._send is None:
            raise NotAllowed(
                "Commands are switched off.",
                reason="commands-off",
                hint="KAKSIK_COMMANDS=true and a broker switch them on.",
            )

    def _check_room(self, point: Point, now: datetime) -> None:
        waiting = self.book.open_of(point.building_id, point.point_id)
        if waiting is not None:
            raise Conflict(
                "Another command for this point has not ended.",
                reason="command-open",
                hint="Withdraw it, or wait until it ends.",
                entity=waiting,
            )
        recent = self.book.since(point.building_id, point.point_id, (now - HOUR).timestamp())
        if recent >= self._permits.per_hour:
            raise Conflict(
                f"The point had {recent} commands within an hour.", reason="command-rate", entity=point.point_id
            )

    def _check_again(self, command: Command, actor: str) -> None:
        """The point may have changed since the proposal: it is the limits of today that count."""
        own = Proposal(command.building_id, command.point_id, command.value, command.unit, command.reason)
        try:
            value_within(own, self._point(command.building_id, command.point_id))
        except (InvalidInput, NotFound) as error:
            self._end(command, CommandStatus.REFUSED, actor, error.reason)
            raise

    @staticmethod
    def _check_status(command: Command, *wanted: CommandStatus) -> None:
        if command.status not in wanted:
            raise Conflict(
                f"The command is {command.status.value}.", reason="command-status", entity=command.command_id
            )

    def _point(self, building_id: str, point_id: str) -> Point:
        found = [point for point in self._source.points(building_id) if point.point_id == point_id]
        if not found:
            raise NotFound(
                "There is no such point.", reason="point-unknown", entity=f"{building_id}/{point_id}"[:200]
            )
        return found[0]

    def _try_sending(self, command: Command) -> Command:
        assert self._send is not None
        now = self._clock()
        try:
            self._send(command, (_time(command.expires) - now).total_seconds())
        except OSError as error:
            _log.warning("The command %s could not be sent yet: %s", command.command_id, error)
            return command
        return self._put(replace(command, status=CommandStatus.SENT, sent=format_time(now)), "")

    def _is_obeyed(self, command: Command) -> bool:
        items = self._source.latest(command.building_id)["items"]
        return any(command.obeyed_by(item) for item in items if item["point_id"] == command.point_id)

    def _end_late(self, now: datetime) -> None:
        for command in self.book.open():
            if _time(command.expires) > now:
                continue
            if command.status is CommandStatus.SENT and self._is_obeyed(command):
                self._end(command, CommandStatus.OBEYED, "", "")
            else:
                self._end(command, CommandStatus.EXPIRED, "", f"it was {command.status.value}")

    def _end(self, command: Command, status: CommandStatus, actor: str, note: str) -> Command:
        return self._put(replace(command, status=status, ended=format_time(self._clock()), note=note), actor)

    def _put(self, command: Command, actor: str) -> Command:
        """Write the command, and the audit trail before anybody can see or send it."""
        now = self._clock()
        detail = {"point_id": command.point_id, "value": command.value, "unit": command.unit, "note": command.note}
        with self.book.change():
            self.book.put(command, actor, format_time(now), _time(command.proposed).timestamp())
            action = f"command {command.status.value}"
            self._note(actor or "kaksik", action, command.building_id, {**detail, "command_id": command.command_id})
        return command


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
