"""Commands on a real store of readings, with a clock that is moved by hand."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from twin.errors import StorageError, TwinError
from twin.live import LiveWing, Point, PointKind
from twin.live.commands import CommandBook, Commands, CommandStatus, Permits, Proposal
from twin.live.commands.sending import NotSentError, encode_command, topic_of

BUILDING = "101234567"
SETPOINT = Point(BUILDING, "wish", "g-wish", PointKind.SETPOINT, "Temperature", "Cel", range=(16.0, 24.0))
POINTS = [
    SETPOINT,
    Point(BUILDING, "free", "g-free", PointKind.SETPOINT, "Temperature", "Cel"),
    Point(BUILDING, "temp", "g-temp", PointKind.SENSOR, "Temperature", "Cel", range=(-30.0, 60.0)),
]
WANTED = Proposal(BUILDING, "wish", 20.0, "Cel", "too warm", 600.0)


class Desk:
    """Commands with everything around them."""

    def __init__(self, folder, *, on=True, per_hour=3):
        self.now = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
        self.sent, self.noted, self.broker, self.folder = [], [], True, folder
        self.wing = LiveWing(folder / "readings.sqlite", lambda: self.now)
        self.wing.register_points(POINTS)
        self.permits = Permits(frozenset({"mari", "jaan"}), frozenset({"jaan", "liis"}), per_hour)
        self.open(on=on)

    def open(self, *, on=True):
        book = CommandBook(self.folder / "commands.sqlite")
        send = self.send if on else None
        self.commands = Commands(
            book, self.wing, send, self.permits, lambda: self.now, lambda *line: self.noted.append(line)
        )

    def send(self, command, seconds_left):
        if not self.broker:
            raise NotSentError("nobody there")
        self.sent.append((topic_of(command, "kaksik"), json.loads(encode_command(command)), seconds_left))

    def read(self, value, point="wish"):
        payload = json.dumps({"t": self.now.isoformat(), "v": value, "u": "Cel"}).encode()
        assert self.wing.ingest(f"kaksik/v1/{BUILDING}/{point}/obs", payload).stored == 1

    def move(self, seconds):
        self.now += timedelta(seconds=seconds)

    def status(self, number=0):
        return self.commands.commands(BUILDING)[number].status

    def close(self):
        self.commands.close()
        self.wing.stop()


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


def refused(call, *arguments):
    with pytest.raises(TwinError) as error:
        call(*arguments)
    return error.value.reason


def test_a_command_is_proposed_confirmed_sent_and_obeyed(desk):
    command = desk.commands.propose(WANTED, "mari")
    assert (command.status, desk.sent) == (CommandStatus.PROPOSED, [])
    desk.move(5)
    command = desk.commands.confirm(BUILDING, command.command_id, "jaan")
    assert (command.status, command.confirmed_by) == (CommandStatus.SENT, "jaan")
    ((topic, payload, left),) = desk.sent
    assert (topic, payload["v"], payload["u"], left) == (f"kaksik/v1/{BUILDING}/wish/set", 20.0, "Cel", 595.0)
    desk.move(1)
    desk.read(17.0)
    assert desk.status() is CommandStatus.SENT
    desk.move(1)
    desk.read(20.02)
    assert desk.status() is CommandStatus.OBEYED
    steps = [(step["status"], step["actor"]) for step in desk.commands.book.history(command.command_id)]
    assert steps == [("proposed", "mari"), ("confirmed", "jaan"), ("sent", ""), ("obeyed", "")]
    assert [(line[0], line[1]) for line in desk.noted] == [
        ("mari", "command proposed"), ("jaan", "command confirmed"), ("kaksik", "command sent"),
        ("kaksik", "command obeyed"),
    ]  # fmt: skip


def test_an_old_reading_of_the_same_value_is_no_obedience(desk):
    desk.read(20.0)
    desk.move(60)
    command = desk.commands.propose(WANTED, "mari")
    desk.commands.confirm(BUILDING, command.command_id, "jaan")
    assert desk.status() is CommandStatus.SENT


def test_nobody_confirms_what_is_their_own_and_strangers_do_nothing(desk):
    assert refused(desk.commands.propose, WANTED, "liis") == "command-not-allowed"
    command = desk.commands.propose(WANTED, "jaan")
    assert refused(desk.commands.confirm, BUILDING, command.command_id, "jaan") == "command-same-person"
    assert refused(desk.commands.confirm, BUILDING, command.command_id, "mari") == "command-not-allowed"
    assert refused(desk.commands.withdraw, BUILDING, command.command_id, "stranger") == "command-not-allowed"
    assert refused(desk.commands.confirm, "tmp-other", command.command_id, "liis") == "command-unknown"
    assert desk.sent == []
    assert desk.commands.confirm(BUILDING, command.command_id, "liis").status is CommandStatus.SENT


def test_it_is_off_unless_switched_on(tmp_path):
    desk = Desk(tmp_path, on=False)
    assert refused(desk.commands.propose, WANTED, "mari") == "commands-off"
    desk.commands.close()
    desk.open()
    command = desk.commands.propose(WANTED, "mari")
    desk.commands.close()
    desk.open(on=False)  # switched off while one waits
    assert refused(desk.commands.confirm, BUILDING, command.command_id, "jaan") == "commands-off"
    assert desk.commands.withdraw(BUILDING, command.command_id, "mari").status is CommandStatus.WITHDRAWN
    desk.close()


@pytest.mark.parametrize(
    ("members", "reason", "kept"),
    [
        ({"value": 15.9}, "command-limit", True),
        ({"value": 80.0, "unit": "[degF]"}, "command-limit", True),
        ({"unit": "kW"}, "unit-dimension", True),
        ({"unit": "furlong"}, "unit-unknown", True),
        ({"value": float("nan")}, "command-invalid", False),
        ({"value": float("inf")}, "command-invalid", False),
        ({"value": True}, "command-invalid", False),
        ({"reason": " "}, "command-invalid", False),
        ({"reason": "a\nb"}, "command-invalid", False),
        ({"reason": "x" * 501}, "command-invalid", False),
        ({"expires_s": 9.0}, "command-invalid", False),
        ({"expires_s": float("nan")}, "command-invalid", False),
        ({"expires_s": 3601.0}, "command-invalid", False),
        ({"point_id": "temp"}, "command-no-setpoint", False),
        ({"point_id": "free"}, "command-no-limits", False),
        ({"point_id": "none"}, "point-unknown", False),
    ],
)
def test_what_is_against_a_limit_is_refused(desk, members, reason, kept):
    assert refused(desk.commands.propose, replace(WANTED, **members), "mari") == reason
    listed = desk.commands.commands(BUILDING)
    assert [(item.status, item.note) for item in listed] == ([(CommandStatus.REFUSED, reason)] if kept else [])


def test_a_value_in_another_unit_is_converted(desk):
    command = desk.commands.propose(replace(WANTED, value=68.0, unit="[degF]"), "mari")
    assert (command.value, command.unit) == (pytest.approx(20.0), "Cel")


def test_one_command_at_a_time_and_few_in_an_hour(desk):
    for _ in range(3):
        command = desk.commands.propose(WANTED, "mari")
        assert refused(desk.commands.propose, WANTED, "mari") == "command-open"
        desk.commands.withdraw(BUILDING, command.command_id, "mari")
        desk.move(60)
    assert refused(desk.commands.propose, WANTED, "mari") == "command-rate"
    desk.move(3600 - 180 + 1)
    assert desk.commands.propose(WANTED, "mari").status is CommandStatus.PROPOSED


def test_a_command_expires_in_every_state(desk):
    desk.commands.propose(WANTED, "mari")
    desk.move(601)
    assert desk.status() is CommandStatus.EXPIRED
    assert refused(desk.commands.confirm, BUILDING, desk.commands.commands(BUILDING)[0].command_id, "jaan") == (
        "command-status"
    )
    command = desk.commands.propose(WANTED, "mari")
    desk.commands.confirm(BUILDING, command.command_id, "jaan")
    desk.move(601)
    assert (desk.status(), desk.commands.commands(BUILDING)[0].note) == (CommandStatus.EXPIRED, "it was sent")
    assert len(desk.sent) == 1


def test_a_broker_that_is_away_gets_it_later_or_never(desk):
    desk.broker = False
    command = desk.commands.propose(WANTED, "mari")
    assert desk.commands.confirm(BUILDING, command.command_id, "jaan").status is CommandStatus.CONFIRMED
    desk.commands.close()
    desk.open()  # a crash in between forgets nothing
    desk.move(30)
    desk.commands.look()
    desk.broker = True
    desk.commands.look()
    assert desk.status() is CommandStatus.SENT
    assert [left for _, _, left in desk.sent] == [570.0]


def test_the_limits_of_today_count(desk):
    command = desk.commands.propose(WANTED, "mari")
    desk.wing.register_points([replace(SETPOINT, range=(16.0, 19.0))])
    assert refused(desk.commands.confirm, BUILDING, command.command_id, "jaan") == "command-limit"
    assert (desk.status(), desk.sent) == (CommandStatus.REFUSED, [])


def test_what_was_sent_cannot_be_withdrawn(desk):
    command = desk.commands.propose(WANTED, "mari")
    desk.commands.confirm(BUILDING, command.command_id, "jaan")
    assert refused(desk.commands.withdraw, BUILDING, command.command_id, "mari") == "command-status"


def test_what_the_trail_does_not_take_is_not_done(desk):
    def broken(*_):
        raise StorageError("full", reason="store-write")

    desk.commands._note = broken
    with pytest.raises(StorageError):
        desk.commands.propose(WANTED, "mari")
    assert desk.commands.book.commands(BUILDING) == []


def test_a_file_that_is_no_book_is_refused(tmp_path):
    path = tmp_path / "commands.sqlite"
    path.write_bytes(b"no database at all, but long enough to look like one" * 20)
    with pytest.raises(StorageError) as error:
        CommandBook(path)
    assert error.value.reason == "commands-damaged"
