"""Alarms of the whole twin: who is told, who is affected, and what a craftsman gets to see."""

from collections.abc import Mapping
from typing import Any

from graph import QueryRefused
from twin.bcf import BcfVersion, Comment, Project, Topic, View, guid_of, write_bcf
from twin.catalogue import Catalogue, Version
from twin.clock import Clock
from twin.errors import NotFound
from twin.live import LiveWing
from twin.live.rules import Alarm, AlarmBook, Alarms, Outbox, mail, webhook
from twin.live.rules.outbox import Send
from twin.questions import Questions
from twin.settings import Settings

_SERVED = (("rooms-served-by", "element"), ("rooms-of-system", "system"))


def open_alarms(settings: Settings, live: LiveWing, clock: Clock) -> Alarms:
    """Open the alarms under the home of the settings, with the targets that the settings name.

    Raises:
        InvalidInput: (webhook-address, mail-address) a target cannot be used.
        StorageError: the book of alarms is damaged or newer than this program.
    """
    secret = settings.alarm_webhook_secret.get_secret_value() if settings.alarm_webhook_secret else ""
    senders: dict[str, Send] = {
        name: webhook(url.get_secret_value(), secret) for name, url in settings.alarm_webhooks.items()
    }
    if settings.alarm_smtp_url is not None:
        senders["mail"] = mail(
            settings.alarm_smtp_url.get_secret_value(), settings.alarm_mail_from, settings.alarm_mail_to
        )
    book = AlarmBook(settings.home / "alarms.sqlite")
    return Alarms(book, live, Outbox(book, senders, clock), clock)


class Affected:
    """Tells whom an alarm concerns, from the model of the building.

    Args:
        catalogue: Versions.
        questions: The graph.
    """

    def __init__(self, catalogue: Catalogue, questions: Questions) -> None:
        self._catalogue = catalogue
        self._questions = questions

    def of(self, alarm: Alarm) -> dict[str, Any]:
        """Return the rooms that an alarm concerns, and how each was found.

        Rooms are those that the element feeds, those in which its system has elements, and the one it stands in.
        A building without a model, or an object that is in no model, has ``rooms`` empty and says why.
        """
        version = self._version(alarm.building_id)
        if version is None:
            return {"alarm_id": alarm.alarm_id, "version": None, "rooms": [], "reason": "no-model"}
        rooms: dict[str, dict[str, Any]] = {}
        for name, parameter in _SERVED:
            for row in self._rows(version, name, {parameter: alarm.global_id}):
                rooms.setdefault(row["space"], {**row, "how": name})
        own = alarm.space or alarm.global_id
        if own not in rooms and (room := self._room(version, own)) is not None:
            rooms[own] = room
        key = version.key
        return {
            "alarm_id": alarm.alarm_id,
            "version": f"{key.stage.value}/{key.number}",
            "rooms": list(rooms.values()),
            "reason": None if rooms else "nothing-bound",
        }

    def _version(self, building_id: str) -> Version | None:
        known = {building.building_id: building for building in self._catalogue.buildings() if building.latest}
        found = known.get(building_id)
        return None if found is None else self._catalogue.version(building_id, found.furthest)

    def _room(self, version: Version, global_id: str) -> dict[str, Any] | None:
        try:
            record = self._catalogue.record(version.key, global_id)
        except NotFound:
            return None
        names = {"name": record.name, "long_name": record.attributes.get("LongName")}
        return {"space": global_id, **names, "how": "location"} if record.ifc_class == "IfcSpace" else None

    def _rows(self, version: Version, name: str, given: Mapping[str, str]) -> list[dict[str, Any]]:
        try:
            answer = self._questions.answer(version, name, given)
        except (QueryRefused, NotFound):
            return []  # the point is bound to nothing of this version
        return [dict(row) for row in answer.rows]


def work_order(alarm: Alarm, history: list[dict[str, Any]], rooms: list[dict[str, Any]]) -> bytes:
    """Return an alarm as a BCF 2.1 topic, with what happened as comments; equal input gives equal bytes.

    Version 3.0 picks elements out only where a camera looks at them, and nobody looks at an alarm.
    """
    guid = guid_of(f"alarm/{alarm.building_id}/{alarm.alarm_id}")
    measured = "no reading" if alarm.value is None else f"{alarm.value:g} {alarm.unit}"
    served = ", ".join(str(room["name"]) for room in rooms) or "not known"
    topic = Topic(
        guid=guid,
        title=f"{alarm.title}: {alarm.point_id}",
        description=f"{alarm.kind} alarm, severity {alarm.severity}, {measured}. Rooms affected: {served}.",
        kind="Work order",
        status="Closed" if alarm.cleared else "Open",
        author="kaksik",
        created=alarm.raised,
        labels=("alarm", alarm.kind, alarm.severity),
        views=(View(selection=(alarm.global_id, *(room["space"] for room in rooms))),),
        comments=tuple(
            Comment(
                guid_of(f"{guid}/{entry['number']}"),
                entry["time"],
                entry["actor"] or "kaksik",
                f"{entry['what']} {entry['note']}".strip(),
            )
            for entry in history
        ),
    )
    return write_bcf([topic], Project(alarm.building_id, alarm.building_id), BcfVersion.V2_1)
