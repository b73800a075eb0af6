"""A witness: cosigns a log's checkpoint only if it continues the one it cosigned before. C2SP tlog-witness.

No server is here: a request body comes in, an answer goes out, and the memory is given.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from signatures.errors import SignatureError
from signatures.merkle import verify_consistency
from signatures.tlog.files import locked, write_durably
from signatures.tlog.keys import NoteKey, NoteSigner
from signatures.tlog.notes import Checkpoint, SignedNote, decode_base64, parse_checkpoint, parse_number, refused_note

MAX_REQUEST_BYTES = 524_288  # a checkpoint of the largest size, and 63 hashes
MAX_PROOF_LINES = 63
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """The answer to a request.

    Attributes:
        status: HTTP status: 200, 400, 403, 404, 409, 422.
        body: Cosignature lines; for 409 the size that the witness knows; else a reason.
        content_type: Media type of the body.
    """

    status: int
    body: bytes
    content_type: str = TEXT


class WitnessMemory(Protocol):
    """What a witness must not forget."""

    def latest(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        ...

    def advance(self, expected: Checkpoint | None, new: Checkpoint) -> bool:
        """Remember `new` if `expected` is still the last one; atomic, and durable when it returns."""
        ...


class WitnessFolder:
    """A memory in a folder, one file for each log; several processes may share it.

    Args:
        folder: Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def latest(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        file = self._folder / _file_name(origin)
        return Checkpoint.from_text(file.read_text()) if file.is_file() else None

    def advance(self, expected: Checkpoint | None, new: Checkpoint) -> bool:
        """Remember `new` if `expected` is still the last one."""
        with locked(self._folder / "lock"):
            if self.latest(new.origin) != expected:
                return False
            write_durably(self._folder, {_file_name(new.origin): new.text.encode()})
        return True


class Witness:
    """A witness.

    Args:
        signers: Its keys; each cosigns.
        logs: Keys of the logs it watches.
        memory: What it cosigned before.
        clock: Tells the time.
    """

    def __init__(
        self,
        signers: Sequence[NoteSigner],
        logs: Sequence[NoteKey],
        memory: WitnessMemory,
        clock: Callable[[], datetime],
    ) -> None:
        self._signers = tuple(signers)
        self._logs = tuple(logs)
        self._memory = memory
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> WitnessAnswer:
        """Answer an `add-checkpoint` request."""
        try:
            old_size, proof, checkpoint, note = _request(body)
        except SignatureError as error:
            return _refusal(400, error.message)
        keys = [key for key in self._logs if key.name == checkpoint.origin]
        if not keys:
            return _refusal(404, "This log is not watched here.")
        if not _signed_by_any(keys, checkpoint, note):
            return _refusal(403, "The log's signature does not fit.")
        if old_size > checkpoint.size:
            return _refusal(400, "The old size is larger than the new one.")
        return self._judge(old_size, proof, checkpoint)

    def _judge(self, old_size: int, proof: list[bytes], checkpoint: Checkpoint) -> WitnessAnswer:
        known = self._memory.latest(checkpoint.origin)
        size = known.size if known else 0
        if old_size != size:
            return _conflict(size)
        if known is not None and size == checkpoint.size and known.root != checkpoint.root:
            return _conflict(size)
        root = known.root if known else b""
        fits = verify_consistency(size, checkpoint.size, proof, root, checkpoint.root) if size else not proof
        if not fits:
            return _refusal(422, "The checkpoint does not continue the one that was cosigned before.")
        if not self._memory.advance(known, checkpoint):
            return self._conflict_now(checkpoint.origin)
        now = self._clock()
        lines = "".join(signer.sign(checkpoint, now).line for signer in self._signers)
        return WitnessAnswer(200, lines.encode())

    def _conflict_now(self, origin: str) -> WitnessAnswer:
        latest = self._memory.latest(origin)
        return _conflict(latest.size if latest else 0)


def witness_request(old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """Return the body of an `add-checkpoint` request."""
    lines = [f"old {old_size}", *(b64encode(part).decode() for part in proof), "", ""]
    return "\n".join(lines).encode() + checkpoint


def _request(body: bytes) -> tuple[int, list[bytes], Checkpoint, SignedNote]:
    head, separator, data = body.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if len(body) > MAX_REQUEST_BYTES or not separator or not lines[0].startswith("old "):
        raise refused_note("The request is malformed or too large.")
    if len(lines) - 1 > MAX_PROOF_LINES:
        raise refused_note("The request has too many proof lines.")
    proof = [decode_base64(line) for line in lines[1:]]
    checkpoint, note = parse_checkpoint(data)
    return parse_number(lines[0].removeprefix("old ")), proof, checkpoint, note


def _signed_by_any(keys: Sequence[NoteKey], checkpoint: Checkpoint, note: SignedNote) -> bool:
    claimed = [(key, signature) for key in keys for signature in note.signatures if key.made(signature)]
    try:
        for key, signature in claimed:
            key.verify(checkpoint, signature)
    except SignatureError:
        return False
    return bool(claimed)


def _file_name(origin: str) -> str:
    return f"{sha256(origin.encode()).hexdigest()}.checkpoint"


def _refusal(status: int, reason: str) -> WitnessAnswer:
    return WitnessAnswer(status, f"{reason}\n".encode())


def _conflict(size: int) -> WitnessAnswer:
    return WitnessAnswer(409, f"{size}\n".encode(), SIZE)
