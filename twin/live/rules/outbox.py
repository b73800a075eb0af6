"""The outbox: what has to be told to whom, kept with the alarm it tells of, sent until it is taken.

At least once: a message leaves the outbox only after its target took it. Whoever crashes in between sends it again
under the same id, by which the target knows it. Where messages go stands in the settings alone.
"""

import hashlib
import hmac
import http.client
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from twin.errors import InvalidInput
from twin.live.rules.book import AlarmBook

TIMEOUT_S = 10.0  # a target that needs longer to say yes is not well
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 3600.0  # between attempts; doubled each time
MAX_ATTEMPTS = 40  # about a day and a half; then the operator sees the message as given up
MAX_AT_ONCE = 50
MAX_PROBLEM_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one target.

    Attributes:
        message_id: Stable over attempts.
        body: JSON text.
        subject: One line for people.
    """

    message_id: str
    body: str
    subject: str


Send = Callable[[Message, datetime], None]
"""Hands a message over; raises if it was not taken (`ValueError`: the target cannot be written to as it is named)."""


class RefusedError(OSError):
    """The target answered, but did not take the message."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts messages to an address of the settings, signed as Standard Webhooks wants it.

    Redirects are not followed: the operator named this address and no other.

    Attributes:
        address: ``https://…`` or ``http://…``.
        secret: Key of the signature; empty signs nothing.
    """

    address: SplitResult
    secret: bytes = b""

    def __call__(self, message: Message, now: datetime) -> None:
        """Post it; any status but 2xx is a refusal."""
        connection = self._connection()
        path = (self.address.path or "/") + (f"?{self.address.query}" if self.address.query else "")
        try:
            connection.request("POST", path, message.body.encode(), self._headers(message, now))
            status = connection.getresponse().status
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise RefusedError(f"status {status}")

    def _connection(self) -> http.client.HTTPConnection:
        host = self.address.hostname or ""
        if self.address.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, self.address.port, timeout=TIMEOUT_S, context=context)
        return http.client.HTTPConnection(host, self.address.port, timeout=TIMEOUT_S)

    def _headers(self, message: Message, now: datetime) -> Mapping[str, str]:
        stamp = str(int(now.timestamp()))
        headers = {"Content-Type": "application/json", "webhook-id": message.message_id, "webhook-timestamp": stamp}
        if self.secret:
            signed = f"{message.message_id}.{stamp}.{message.body}".encode()
            mac = hmac.digest(self.secret, signed, hashlib.sha256)
            headers["webhook-signature"] = f"v1,{b64encode(mac).decode()}"
        return headers


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends messages by SMTP.

    Attributes:
        server: ``smtp[s]://[user:password@]host[:port]``.
        sender: Address of this service.
        recipients: Who gets them.
    """

    server: SplitResult
    sender: str
    recipients: tuple[str, ...]

    def __call__(self, message: Message, now: datetime) -> None:
        """Send it to everybody, or fail."""
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = message.subject, self.sender, ", ".join(self.recipients)
        mail["Message-ID"] = f"<{message.message_id}@kaksik.invalid>"
        mail["Date"] = now
        mail.set_content(message.body)
        host, port = self.server.hostname or "", self.server.port or 0
        kind = smtplib.SMTP_SSL if self.server.scheme == "smtps" else smtplib.SMTP
        with kind(host, port, timeout=TIMEOUT_S) as client:
            if self.server.username:
                if self.server.scheme == "smtp":
                    client.starttls(context=ssl.create_default_context())  # a password is never sent in the open
                client.login(unquote(self.server.username), unquote(self.server.password or ""))
            client.send_message(mail)


def webhook(url: str, secret: str = "") -> Webhook:
    """Return the webhook at an address of the settings.

    Raises:
        InvalidInput: (webhook-address) it is no http or https address, or holds a user.
    """
    parts = _split(url, ("http", "https"), "webhook-address")
    if parts.username is not None:
        raise _address("webhook-address")
    return Webhook(parts, secret.encode())


def mail(url: str, sender: str, recipients: Sequence[str]) -> Mail:
    """Return the way to send mail.

    Raises:
        InvalidInput: (mail-address) the server, the sender or a recipient cannot be used.
    """
    parts = _split(url, ("smtp", "smtps"), "mail-address")
    if not recipients or any("@" not in text or not text.isprintable() for text in (sender, *recipients)):
        raise _address("mail-address")
    return Mail(parts, sender, tuple(recipients))


def _split(url: str, schemes: tuple[str, ...], reason: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise _address(reason)
    return parts


def _address(reason: str) -> InvalidInput:
    return InvalidInput("An address in the settings cannot be used.", reason=reason, hint="See KAKSIK_ALARM_…")


class Outbox:
    """Sends what waits in the book.

    Args:
        book: Where it waits.
        senders: By name of the target.
        clock: Tells the time.
    """

    def __init__(self, book: AlarmBook, senders: Mapping[str, Send], clock: Callable[[], datetime]) -> None:
        self._book = book
        self._senders = dict(senders)
        self._clock = clock

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the names of the targets."""
        return tuple(self._senders)

    def deliver(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Send what is due, oldest first, and return how many messages were taken.

        A target that does not take a message is asked no more in this round: its next messages wait for their turn.

        Args:
            stopped: Tells that nothing more is to be sent.
        """
        now = self._clock().timestamp()
        waiting = "SELECT DISTINCT target FROM outbox WHERE state = 'waiting' AND due <= ? ORDER BY target"
        return sum(self._deliver_to(target, now, stopped) for (target,) in self._book.rows(waiting, (now,)))

    def _deliver_to(self, target: str, now: float, stopped: Callable[[], bool]) -> int:
        query = (
            "SELECT message, alarm_id, number, target, body, attempts FROM outbox"
            " WHERE state = 'waiting' AND due <= ? AND target = ? ORDER BY due, message LIMIT ?"
        )
        taken = 0
        for row in self._book.rows(query, (now, target, MAX_AT_ONCE)):
            if stopped() or not self._attempt(*row):
                break
            taken += 1
        return taken

    def _attempt(self, key: int, alarm_id: int, number: int, target: str, body: str, attempts: int) -> bool:
        message = Message(f"alarm-{alarm_id}-{number}", body, f"Kaksik: alarm {alarm_id}")
        problem = "the settings name this target no more"
        try:
            if send := self._senders.get(target):
                send(message, self._clock())
                problem = ""
        except (OSError, http.client.HTTPException, smtplib.SMTPException, ValueError) as error:
            problem = f"{type(error).__name__}: {error}"[:MAX_PROBLEM_CHARACTERS]
        wait_s = min(FIRST_WAIT_S * 2.0**attempts, LONGEST_WAIT_S)
        state = "sent" if not problem else "waiting" if attempts + 1 < MAX_ATTEMPTS else "given-up"
        with self._book.change() as db:
            db.execute(
                "UPDATE outbox SET attempts = ?, state = ?, problem = ?, due = ? WHERE message = ?",
                (attempts + 1, state, problem, self._clock().timestamp() + wait_s, key),
            )
        return not problem

    def status(self) -> list[dict[str, Any]]:
        """Return what became of the messages, by target and state, with the last problem."""
        query = "SELECT target, state, count(*), max(attempts), max(problem) FROM outbox GROUP BY 1, 2 ORDER BY 1, 2"
        names = ("target", "state", "messages", "attempts", "problem")
        return [dict(zip(names, row, strict=True)) for row in self._book.rows(query)]
