"""Ask witnesses to cosign the checkpoint of our log (C2SP tlog-witness)."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from signatures import SignatureError
from signatures.tlog import LogPolicy, NoteKey, TileLog, witness_request
from twin.errors import InvalidInput

TIMEOUT_S = 5.0  # a witness verifies a proof and writes a line; sealing must not wait for a dead one
MAX_ANSWER_BYTES = 64 * 1024  # a few cosignatures
CONFLICT = 409  # the witness knows another size and says which
OK = 200

Post = Callable[[str, bytes], tuple[int, bytes]]


@dataclass(slots=True)
class Cosigned:
    """What came of asking one witness.

    Attributes:
        name: Of the witness.
        size: Of the log that was shown.
        lines: Its cosignature lines; empty if it gave none.
        problem: Why it gave none, in words.
    """

    name: str
    size: int
    lines: bytes = b""
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"name": self.name, "size": self.size, "cosigned": bool(self.lines), "problem": self.problem}


class Witnesses:
    """The witnesses of our log.

    Args:
        policy: A tlog-policy: its ``witness`` lines with a URL are asked, its groups and quorum are handed on.
        post: Sends a body to a URL and gives status and answer.

    Raises:
        InvalidInput: (log-policy) the policy is malformed.
    """

    def __init__(self, policy: str = "", post: Post | None = None) -> None:
        self._post = post or post_over_http
        self._lines = [line.split() for line in policy.splitlines() if line.strip() and not line.startswith("#")]
        self._urls = {w[1]: w[3].rstrip("/") for w in self._lines if w[0] == "witness" and len(w) > 3}
        self.last: list[Cosigned] = []

    def policy(self, vkey: str) -> str:
        """Return the policy under which a proof of the log with the key `vkey` is to be read.

        Raises:
            InvalidInput: (log-policy) the given policy is malformed.
        """
        quorum = [] if any(words[0] == "quorum" for words in self._lines) else [["quorum", "none"]]
        lines = [["log", vkey], *(words for words in self._lines if words[0] != "log"), *quorum]
        try:
            return LogPolicy.parse("".join(f"{' '.join(words)}\n" for words in lines)).to_text()
        except SignatureError as error:
            raise InvalidInput(
                error.message, reason="log-policy", hint="One directive of C2SP tlog-policy a line.", line=error.line
            ) from error

    def keys(self, vkey: str) -> tuple[NoteKey, ...]:
        """Return the keys of the witnesses of the log with the key `vkey`."""
        return tuple(LogPolicy.parse(self.policy(vkey)).witnesses.values())

    def ask(self, log: TileLog) -> Iterator[Cosigned]:
        """Show the newest checkpoint to every witness and yield what each says."""
        self.last = []
        for url, name in {url: name for name, url in self._urls.items()}.items():  # one may hold several keys
            cosigned = self._one(name, url, log)
            self.last.append(cosigned)
            yield cosigned

    def _one(self, name: str, url: str, log: TileLog) -> Cosigned:
        size = log.size
        try:
            status, answer = self._show(url, log, 0)
            if status == CONFLICT and answer.strip().isdigit() and int(answer) <= size:
                status, answer = self._show(url, log, int(answer))
        except (OSError, ValueError, SignatureError) as error:
            return Cosigned(name, size, problem=f"It cannot be asked: {error}")
        if status != OK:
            return Cosigned(name, size, problem=f"It refused with {status}: {answer[:200].decode(errors='replace')}")
        return Cosigned(name, size, lines=answer)

    def _show(self, url: str, log: TileLog, old: int) -> tuple[int, bytes]:
        proof = log.consistency(old, log.size) if 0 < old < log.size else []
        return self._post(f"{url}/add-checkpoint", witness_request(old, proof, log.checkpoint()))


def post_over_http(url: str, body: bytes) -> tuple[int, bytes]:
    """Send `body` to an http or https URL and return status and answer; an error status is an answer too.

    Raises:
        OSError: the witness cannot be reached.
        ValueError: the URL is of another kind.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(url)
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "text/plain"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - checked above
            return answer.status, answer.read(MAX_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(MAX_ANSWER_BYTES)
