"""Who is told of an alarm: webhooks and mail, to real servers, at least once."""

import hashlib
import hmac
import json
import socket
import threading
import time
from base64 import b64decode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller

from tests.unit.twin_live_rules.conftest import Plant
from twin.errors import InvalidInput
from twin.live.rounds import Round, Rounds
from twin.live.rules import mail, webhook


class Receiver:
    """A real HTTP server that refuses as often as it is told to."""

    def __init__(self, refusals=0, redirect=None):
        self.got, self.refusals = [], refusals
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.headers, body))
                status = 302 if redirect else 503 if len(outer.got) <= outer.refusals else 200
                self.send_response(status)
                if redirect:
                    self.send_header("Location", redirect)
                self.end_headers()

            def log_message(self, *_):
                return None

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=1"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def raise_one(folder, senders):
    plant = Plant(folder, senders)
    plant.rule()
    plant.look(28)
    return plant


def test_a_webhook_is_told_until_it_takes_the_message_under_one_id(tmp_path):
    with Receiver(refusals=1) as receiver:
        plant = raise_one(tmp_path, {"wall": webhook(receiver.url, "sssh")})
        assert plant.alarms.outbox.deliver() == 0
        assert plant.alarms.outbox.deliver() == 0  # not due yet
        plant.alarms.stop()
        plant.open()  # a crash in between loses nothing
        plant.now += timedelta(seconds=6)
        assert plant.alarms.outbox.deliver() == 1
        plant.now += timedelta(days=1)
        assert plant.alarms.outbox.deliver() == 0
        plant.close()
    (first, body), (second, again) = receiver.got
    assert first["webhook-id"] == second["webhook-id"]
    assert body == again
    assert json.loads(body)["alarm"]["point_id"] == "temp"
    signed = f"{second['webhook-id']}.{second['webhook-timestamp']}.".encode() + again
    version, _, mac = second["webhook-signature"].partition(",")
    assert version == "v1"
    assert b64decode(mac) == hmac.digest(b"sssh", signed, hashlib.sha256)


def test_a_redirect_is_not_followed_and_not_taken_for_a_yes(tmp_path):
    with Receiver() as inner, Receiver(redirect=inner.url) as outer:
        plant = raise_one(tmp_path, {"wall": webhook(outer.url)})
        assert plant.alarms.outbox.deliver() == 0
        (status,) = plant.alarms.outbox.status()
        plant.close()
    assert inner.got == []
    assert (status["state"], status["problem"]) == ("waiting", "RefusedError: status 302")


def test_a_target_that_never_answers_is_given_up_and_shown(tmp_path):
    plant = raise_one(tmp_path, {"wall": webhook("http://127.0.0.1:9/")})
    for _ in range(40):
        plant.alarms.outbox.deliver()
        plant.now += timedelta(hours=2)
    (status,) = plant.alarms.outbox.status()
    plant.close()
    assert (status["state"], status["attempts"]) == ("given-up", 40)


def test_a_target_that_hangs_holds_up_neither_the_others_nor_the_watch(tmp_path):
    hanging, asked, told = threading.Event(), threading.Event(), []

    def hang(_message, _now):
        asked.set()
        assert hanging.wait(20)
        raise TimeoutError

    plant = Plant(tmp_path, {"hangs": hang, "wall": lambda message, _now: told.append(message.message_id)})
    plant.rule()
    plant.alarms.start(0.01)
    try:
        plant.read(28)
        assert asked.wait(10)
        plant.read(20)
        deadline = time.monotonic() + 10
        while not plant.alarms.book.alarms(closed=True)[0].cleared:
            assert time.monotonic() < deadline, "nobody watched"
            time.sleep(0.01)
        hanging.set()
        while len(told) < 2:
            assert time.monotonic() < deadline, "the other target was not told"
            time.sleep(0.01)
    finally:
        hanging.set()
        plant.close()
    assert told == ["alarm-1-1", "alarm-1-2"]


def test_many_messages_for_a_dead_target_do_not_stand_before_those_of_another(tmp_path):
    told, tried = [], []

    def dead(message, _now):
        tried.append(message.message_id)
        raise ConnectionRefusedError

    plant = Plant(tmp_path, {"dead": dead, "wall": lambda message, _now: told.append(message.message_id)})
    plant.rule()
    for _ in range(30):
        plant.look(28)
        plant.look(20)
    while plant.alarms.outbox.deliver():
        pass
    plant.close()
    assert len(told) == 60
    assert len(set(tried)) == len(tried) == 3  # one in each round, each another


def test_a_fault_of_our_own_does_not_end_the_watch(tmp_path, caplog):
    calls = []

    def work():
        calls.append(len(calls))
        raise RuntimeError("a fault")

    rounds = Rounds([Round("watch", 0.0, work)])
    rounds.start()
    deadline = time.monotonic() + 10
    while len(calls) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    rounds.stop()
    assert "a fault of this program" in caplog.text


class Box:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


def test_mail_goes_to_everybody_named(tmp_path):
    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        to = mail(f"smtp://127.0.0.1:{port}", "twin@example.ee", ["mari@example.ee", "jaan@example.ee"])
        plant = raise_one(tmp_path, {"mail": to})
        assert plant.alarms.outbox.deliver() == 1
        plant.close()
    finally:
        controller.stop()
    (envelope,) = box.mails
    assert envelope.rcpt_tos == ["mari@example.ee", "jaan@example.ee"]
    assert b"Too hot" in envelope.content


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://x/", "http://", "http://a:b@c/", "http://h:99999/", ""]
)
def test_an_address_of_another_kind_is_refused(url):
    with pytest.raises(InvalidInput) as error:
        webhook(url)
    assert error.value.reason == "webhook-address"


@pytest.mark.parametrize(("url", "to"), [("http://h", ["a@b"]), ("smtp://h", []), ("smtp://h", ["a@b\nBcc: c@d"])])
def test_mail_that_cannot_be_sent_is_refused(url, to):
    with pytest.raises(InvalidInput) as error:
        mail(url, "twin@example.ee", to)
    assert error.value.reason == "mail-address"
