"""Which logs and witnesses are trusted, and how many of them must have signed: C2SP tlog-policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from signatures.errors import Reason, SignatureError
from signatures.tlog.keys import NoteKey
from signatures.tlog.notes import Checkpoint, SignedNote, parse_checkpoint

MAX_POLICY_BYTES = 262_144  # 64 ML-DSA-44 keys of 1.8 kB, and groups
MAX_CLOCK_SKEW = timedelta(minutes=5)  # a cosignature may be this far in the future of the verifier's clock
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """A group that has witnessed a checkpoint when enough of its members have.

    Attributes:
        threshold: How many.
        members: Names of witnesses and groups.
    """

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedCheckpoint:
    """A checkpoint that a policy accepts.

    Attributes:
        checkpoint: The head of the log.
        witnesses: Names, in the policy, of the witnesses whose cosignatures are good.
        cosigned_at: Time of the earliest good cosignature by which the quorum stands; None without witnesses.
    """

    checkpoint: Checkpoint
    witnesses: frozenset[str]
    cosigned_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """A trust policy.

    Attributes:
        logs: Keys of the logs that are accepted.
        witnesses: Key of each witness by its name in the policy.
        groups: Groups by name.
        quorum: Name of the witness or group that must have witnessed; ``none`` for nobody.
    """

    logs: tuple[NoteKey, ...]
    witnesses: Mapping[str, NoteKey]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, text: str) -> "LogPolicy":
        """Return the policy in the lines of `text`.

        Raises:
            SignatureError: (log) a line is malformed; it is named.
        """
        if len(text.encode(errors="replace")) > MAX_POLICY_BYTES:
            raise SignatureError("The policy is too large.", reason=Reason.LOG)
        reader = _Reader()
        for number, line in enumerate(text.split("\n"), start=1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#"):
                reader.read(words, number)
        return reader.policy()

    def to_text(self) -> str:
        """Return the policy as text."""
        lines = [f"log {key.vkey}" for key in self.logs]
        lines += [f"witness {name} {key.vkey}" for name, key in self.witnesses.items()]
        lines += [f"group {name} {group.threshold} {' '.join(group.members)}" for name, group in self.groups.items()]
        return "".join(f"{line}\n" for line in [*lines, f"quorum {self.quorum}"])

    def check(self, data: bytes, now: datetime) -> CheckedCheckpoint:
        """Return the checkpoint in the note `data` if one of the logs signed it and the quorum cosigned it.

        Args:
            data: The signed note.
            now: The verifier's time; cosignatures from its future do not count.

        Raises:
            SignatureError: (note) malformed; (log) an unknown log, or too few witnesses; (signature) a signature that
                claims to be by a known key does not fit, whatever others do.
        """
        checkpoint, note = parse_checkpoint(data)
        if not any(self._signed(key, checkpoint, note) for key in self.logs if key.name == checkpoint.origin):
            raise SignatureError(
                "No log that is trusted here signed the checkpoint.",
                reason=Reason.LOG,
                entity=checkpoint.origin[:200],
            )
        times = self._cosigned(checkpoint, note, now)
        if not self._witnessed(self.quorum, frozenset(times)):
            raise SignatureError(
                f"Too few trusted witnesses cosigned the checkpoint: {len(times)}.",
                reason=Reason.LOG,
                entity=checkpoint.origin[:200],
            )
        return CheckedCheckpoint(checkpoint, frozenset(times), self._settled(times))

    def _signed(self, key: NoteKey, checkpoint: Checkpoint, note: SignedNote) -> bool:
        claimed = [signature for signature in note.signatures if key.made(signature)]
        for signature in claimed:
            key.verify(checkpoint, signature)
        return bool(claimed)

    def _cosigned(self, checkpoint: Checkpoint, note: SignedNote, now: datetime) -> dict[str, datetime]:
        times: dict[str, datetime] = {}
        for name, key in self.witnesses.items():
            found = [key.verify(checkpoint, signature) for signature in note.signatures if key.made(signature)]
            past = [time for time in found if time is not None and time <= now + MAX_CLOCK_SKEW]
            if past:
                times[name] = min(past)
        return times

    def _witnessed(self, name: str, present: frozenset[str]) -> bool:
        if name == NOBODY or name in self.witnesses:
            return name == NOBODY or name in present
        group = self.groups[name]
        return sum(self._witnessed(member, present) for member in group.members) >= group.threshold

    def _settled(self, times: Mapping[str, datetime]) -> datetime | None:
        """Return when the quorum stood: the time of the cosignature that completed it."""
        moments = sorted(set(times.values()))
        for moment in moments:
            if self._witnessed(self.quorum, frozenset(name for name, time in times.items() if time <= moment)):
                return moment if self.quorum != NOBODY else None
        return None


class _Reader:
    def __init__(self) -> None:
        self._logs: list[NoteKey] = []
        self._witnesses: dict[str, NoteKey] = {}
        self._groups: dict[str, Group] = {}
        self._grouped: set[str] = set()
        self._quorum: str | None = None

    def read(self, words: list[str], line: int) -> None:
        kinds = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._set_quorum}
        if words[0] not in kinds:
            raise _malformed("A line of the policy begins with an unknown word.", line)
        kinds[words[0]](words[1:], line)

    def policy(self) -> LogPolicy:
        if self._quorum is None:
            raise SignatureError("The policy names no quorum.", reason=Reason.LOG)
        return LogPolicy(tuple(self._logs), self._witnesses, self._groups, self._quorum)

    def _log(self, words: list[str], line: int) -> None:
        if len(words) not in (1, 2):
            raise _malformed("A log has a key and at most an address.", line)
        key = NoteKey.from_vkey(words[0])
        if key.kind.cosigns or key.public in {log.public for log in self._logs}:
            raise _malformed("A log has the key of a witness, or one that occurred before.", line)
        self._logs.append(key)

    def _witness(self, words: list[str], line: int) -> None:
        if len(words) not in (2, 3):
            raise _malformed("A witness has a name, a key and at most an address.", line)
        key = NoteKey.from_vkey(words[1])
        if not key.kind.cosigns or key.public in {other.public for other in self._witnesses.values()}:
            raise _malformed("A witness has the key of a log, or one that occurred before.", line)
        self._check_new(words[0], line)
        self._witnesses[words[0]] = key

    def _group(self, words: list[str], line: int) -> None:
        if len(words) < 3:  # name, threshold, a member
            raise _malformed("A group has a name, a threshold and members.", line)
        name, wanted, *members = words
        self._check_new(name, line)
        numbers = {"any": 1, "all": len(members)}
        threshold = numbers.get(wanted) or (int(wanted) if wanted.isascii() and wanted.isdigit() else 0)
        known = self._witnesses.keys() | self._groups.keys()
        if not 1 <= threshold <= len(members) or len(set(members)) != len(members):
            raise _malformed("A group has an impossible threshold or a member twice.", line)
        if not set(members) <= known or set(members) & self._grouped:
            raise _malformed("A group has a member that is unknown, or in another group.", line)
        self._grouped.update(members)
        self._groups[name] = Group(threshold, tuple(members))

    def _set_quorum(self, words: list[str], line: int) -> None:
        known = {NOBODY, *self._witnesses, *self._groups}
        if len(words) != 1 or words[0] not in known or self._quorum is not None:
            raise _malformed("The quorum is not one known name, named once.", line)
        self._quorum = words[0]

    def _check_new(self, name: str, line: int) -> None:
        if name == NOBODY or name in self._witnesses or name in self._groups:
            raise _malformed("A name of the policy is taken.", line)


def _malformed(message: str, line: int) -> SignatureError:
    return SignatureError(message, reason=Reason.LOG, line=line)
