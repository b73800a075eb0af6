"""Look at the points by the rules, raise and clear alarms, and let people deal with them."""

import json
import logging
import math
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from twin.errors import Conflict, InvalidInput
from twin.live.points import Point
from twin.live.queries import format_time
from twin.live.rounds import Round, Rounds
from twin.live.rules.alarm import Alarm, Happening
from twin.live.rules.book import AlarmBook, Entry, insert_alarm, insert_entry
from twin.live.rules.judge import Limits, Standing, judge
from twin.live.rules.outbox import Outbox
from twin.live.rules.rule import LOOKS_BACK, Rule
from twin.live.rules.scene import Scene, Source, look_at, unit_of_value, watched

MAX_NOTE_CHARACTERS = 2_000  # a paragraph; longer texts belong into a work order
LOOK_SHARE = 1 / 12  # of its window: a rule that looks back is judged no oftener
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


class Alarms:
    """Watches all buildings by their rules. Safe to use from many threads.

    How long a limit has been broken (`Rule.delay_s`) is known in memory only: a restart begins to count anew, but
    forgets no alarm.

    Args:
        book: Where all is kept.
        source: The readings.
        outbox: Who is told.
        clock: Tells the time.
    """

    def __init__(self, book: AlarmBook, source: Source, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self.book, self.outbox = book, outbox
        self._source, self._clock = source, clock
        self._lock = threading.Lock()
        self._standing = {key: Standing(active=True) for key in book.active()}
        self._looked: dict[tuple[str, str], datetime] = {}
        self._stop = threading.Event()
        self._rounds: tuple[Rounds, ...] = ()

    # --- rules

    def watched(self, rule: Rule) -> dict[str, Any]:
        """Return what a rule watches now: a rule that watches nothing never alarms, and says so here only."""
        return watched(rule, self._source.points(rule.building_id))

    def set_rule(self, rule: Rule) -> None:
        """Store or replace a rule of a building whose points are known.

        Raises:
            InvalidInput: (rule-points) it names a point that the building does not have; (rule-units) its limits are
                of several units.
            Conflict: (rule-elsewhere) another building has a rule of that name.
        """
        found = self.watched(rule)
        unknown, units = found["unknown"], found["units"]
        if len(units) > 1 and (rule.above is not None or rule.below is not None):
            raise InvalidInput(
                f"The limits would be of several units: {', '.join(units)}.",
                reason="rule-units",
                hint="Set a rule for the points of each unit.",
                entity=rule.rule_id,
            )
        if unknown:
            raise InvalidInput(
                f"The building has no point {', '.join(unknown)[:200]}; the rule would never alarm.",
                reason="rule-points",
                hint="Bind the points first, or correct their names.",
                entity=rule.rule_id,
            )
        self.book.put_rule(rule)

    # --- watching

    def start(self, every_s: float) -> None:
        """Look and deliver every `every_s` seconds until `stop`; who does not answer holds up no look."""
        watch = Round("alarms", every_s, self.look)
        tell = Round("alarm messages", every_s, lambda: self.outbox.deliver(self._stop.is_set))
        self._rounds = (Rounds([watch]), Rounds([tell]))
        for rounds in self._rounds:
            rounds.start()

    def stop(self) -> None:
        """Stop watching and close the book; safe to call twice."""
        self._stop.set()
        for rounds in self._rounds:
            rounds.stop()
        self.book.close()

    def look(self) -> list[Alarm]:
        """Judge every point by every rule, once, and return what was raised or cleared."""
        with self._lock:
            rules = [rule for rule in self.book.rules() if rule.enabled]
            changed: list[Alarm] = []
            seen: set[tuple[str, str]] = set()
            for building_id in sorted({rule.building_id for rule in rules}):
                mine = [rule for rule in rules if rule.building_id == building_id]
                scene = look_at(self._source, building_id, self._clock())
                for rule in mine:
                    for point in scene.chosen(rule):
                        seen.add((rule.rule_id, point.point_id))
                        changed += self._judge(rule, point, scene)
            return changed + self._clear_orphans(seen)

    def _judge(self, rule: Rule, point: Point, scene: Scene) -> list[Alarm]:
        key, now = (rule.rule_id, point.point_id), scene.now
        before = self._standing.get(key, Standing())
        if not scene.holds(rule):
            self._standing[key] = Standing(active=before.active)
            return []
        if rule.kind in LOOKS_BACK:
            # What is looked back at changes by a small part only until the next look.
            if (now - self._looked.get(key, LONG_AGO)).total_seconds() < rule.window_s * LOOK_SHARE:
                return []
            self._looked[key] = now
        try:
            value, limits = scene.value(rule, point)
        except InvalidInput as error:  # one rule that looks back too far must not silence the others
            _log.warning("The rule %s cannot look at %s: %s", rule.rule_id, point.point_id, error.message)
            return []
        after = judge(before, rule, limits, value, now)
        shown = None if value is None or math.isinf(value) else value
        changed: list[Alarm] = []
        if after.active and not before.active:
            changed.append(self._raise(rule, point, limits, shown))
        elif before.active and not after.active:
            changed.append(self._clear(key, shown, ""))
        self._standing[key] = after  # only now: what could not be written is tried again
        return changed

    def _clear_orphans(self, seen: set[tuple[str, str]]) -> list[Alarm]:
        gone = [key for key, standing in self._standing.items() if key not in seen and standing.active]
        cleared = [self._clear(key, None, "no rule looks at this point any more") for key in gone]
        self._standing = {key: standing for key, standing in self._standing.items() if key in seen}
        self._looked = {key: time for key, time in self._looked.items() if key in seen}
        return cleared

    def _raise(self, rule: Rule, point: Point, limits: Limits, value: float | None) -> Alarm:
        unit = unit_of_value(rule, point)
        now = format_time(self._clock())
        alarm = Alarm(
            0, rule.rule_id, rule.building_id, point.point_id, point.global_id, point.space, rule.kind.value,
            rule.severity.value, rule.title, value, unit, limits.above, limits.below, now,
        )  # fmt: skip
        with self.book.change() as db:
            alarm = replace(alarm, alarm_id=insert_alarm(db, alarm))
            self._tell(db, alarm, Entry(now, Happening.RAISED, value=value))
        return alarm

    def _clear(self, key: tuple[str, str], value: float | None, note: str) -> Alarm:
        now = format_time(self._clock())
        alarm = replace(self.book.alarm(self.book.active()[key]), cleared=now)
        with self.book.change() as db:
            db.execute("UPDATE alarm SET cleared = ? WHERE alarm_id = ?", (now, alarm.alarm_id))
            self._tell(db, alarm, Entry(now, Happening.CLEARED, note=note, value=value))
        return alarm

    def _tell(self, db: sqlite3.Connection, alarm: Alarm, entry: Entry) -> None:
        number = insert_entry(db, alarm.alarm_id, entry)
        news = {"event": entry.what.value, "time": entry.time, "actor": entry.actor, "note": entry.note}
        body = json.dumps({"alarm": alarm.to_json(), **news}, ensure_ascii=False, sort_keys=True)
        due = self._clock().timestamp()
        db.executemany(
            "INSERT INTO outbox (alarm_id, number, target, body, due) VALUES (?, ?, ?, ?, ?)",
            [(alarm.alarm_id, number, target, body, due) for target in self.outbox.targets],
        )

    # --- what people do

    def acknowledge(self, alarm_id: int, actor: str, note: str = "") -> Alarm:
        """Write that `actor` saw an alarm.

        Raises:
            NotFound: (alarm-unknown).
            Conflict: (acknowledged) somebody did already.
        """
        return self._note(
            alarm_id, Happening.ACKNOWLEDGED, actor, note, lambda alarm: replace(alarm, acknowledged_by=actor)
        )

    def assign(self, alarm_id: int, actor: str, assignee: str, note: str = "") -> Alarm:
        """Write who sees to an alarm.

        Raises:
            NotFound: (alarm-unknown).
        """
        told = f"{assignee}: {note}" if note else assignee
        return self._note(alarm_id, Happening.ASSIGNED, actor, told, lambda alarm: replace(alarm, assignee=assignee))

    def comment(self, alarm_id: int, actor: str, note: str) -> Alarm:
        """Write a remark into the history of an alarm.

        Raises:
            NotFound: (alarm-unknown).
        """
        return self._note(alarm_id, Happening.COMMENTED, actor, note, lambda alarm: alarm)

    def _note(self, alarm_id: int, what: Happening, actor: str, note: str, change: Callable[[Alarm], Alarm]) -> Alarm:
        if len(note) > MAX_NOTE_CHARACTERS:
            raise InvalidInput(f"A note is at most {MAX_NOTE_CHARACTERS} characters.", reason="note-too-long")
        if any("\ud800" <= sign <= "\udfff" for sign in note):
            raise InvalidInput("A note holds half a character.", reason="note-text", hint="Send it as UTF-8.")
        with self.book.change() as db:
            alarm = self.book.alarm(alarm_id)
            if what is Happening.ACKNOWLEDGED and alarm.acknowledged_by is not None:
                raise Conflict(
                    "The alarm is acknowledged already.", reason="acknowledged", entity=alarm.acknowledged_by
                )
            alarm = change(alarm)
            row = (alarm.acknowledged_by, alarm.assignee, alarm_id)
            db.execute("UPDATE alarm SET acknowledged_by = ?, assignee = ? WHERE alarm_id = ?", row)
            self._tell(db, alarm, Entry(format_time(self._clock()), what, actor, note))
        return alarm
