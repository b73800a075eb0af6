"""A proof, in one small text file, that an entry stands in a witnessed log: C2SP tlog-proof@v1."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from signatures.errors import Reason, SignatureError
from signatures.merkle import leaf_hash, verify_inclusion
from signatures.tlog.notes import MAX_NOTE_BYTES, decode_base64, parse_number, refused_note
from signatures.tlog.policy import CheckedCheckpoint, LogPolicy

FORMAT = "c2sp.org/tlog-proof@v1"
MAX_PROOF_HASHES = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where an entry stands, and the way from there to a checkpoint.

    Attributes:
        index: Place of the entry, from 0.
        path: Hashes from the leaf upwards.
        checkpoint: The signed note.
        extra: Data of the application; not authenticated by anything.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def to_bytes(self) -> bytes:
        """Return the file."""
        extra = [] if self.extra is None else [f"extra {b64encode(self.extra).decode()}"]
        hashes = [b64encode(part).decode() for part in self.path]
        return "\n".join([FORMAT, *extra, f"index {self.index}", *hashes, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "LogProof":
        """Return the proof in a file; nothing is verified yet.

        Raises:
            SignatureError: (note) it is malformed.
        """
        head, separator, checkpoint = data.partition(b"\n\n")
        if not separator or len(data) > 2 * MAX_NOTE_BYTES:
            raise refused_note("A log proof lacks its checkpoint, or is too large.")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise refused_note("A log proof is not plain text.") from error
        proof = cls._from_lines(lines, checkpoint)
        if proof.to_bytes() != data:
            raise refused_note("A log proof is not in its one spelling.")
        return proof

    @classmethod
    def _from_lines(cls, lines: list[str], checkpoint: bytes) -> "LogProof":
        extra = (
            decode_base64(lines[1].removeprefix("extra ")) if lines[1:2] and lines[1].startswith("extra ") else None
        )
        rest = lines[2:] if extra is not None else lines[1:]
        if lines[0] != FORMAT or not rest or not rest[0].startswith("index "):
            raise refused_note("A log proof lacks its first lines.")
        if len(rest) - 1 > MAX_PROOF_HASHES:
            raise refused_note("A log proof has too many hashes.")
        path = tuple(decode_base64(line) for line in rest[1:])
        return cls(parse_number(rest[0].removeprefix("index ")), path, checkpoint, extra)


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """What a good proof says.

    Attributes:
        index: Place of the entry in the log.
        checked: The checkpoint, who witnessed it, and since when.
    """

    index: int
    checked: CheckedCheckpoint


def verify_log_proof(entry: bytes, proof: bytes, policy: LogPolicy, now: datetime) -> LoggedEntry:
    """Verify that `entry` stands in a log that `policy` trusts.

    Args:
        entry: The exact bytes that were logged.
        proof: The proof file.
        policy: The verifier's own.
        now: The verifier's time.

    Raises:
        SignatureError: (note, log, signature) as `LogPolicy.check`; (log) the entry is not the one the proof is for.
    """
    read = LogProof.parse(proof)
    checked = policy.check(read.checkpoint, now)
    head = checked.checkpoint
    if not verify_inclusion(leaf_hash(entry), read.index, head.size, read.path, head.root):
        raise SignatureError(
            "The proof does not lead from this entry to the checkpoint.", reason=Reason.LOG, entity=str(read.index)
        )
    return LoggedEntry(read.index, checked)
