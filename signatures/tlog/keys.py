"""Keys of logs and witnesses: Ed25519 for log signatures, Ed25519 and ML-DSA-44 for cosignatures.

The numbers of the kinds are those of C2SP signed-note; what a cosignature signs is in C2SP tlog-cosignature.
"""

import struct
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from signatures.errors import Reason, SignatureError
from signatures.tlog.notes import Checkpoint, NoteSignature, decode_base64, is_key_name, key_id, refused_note

MAX_TIMESTAMP = 2**63 - 1
MAX_COSIGNED_NAME = 255  # bytes; one length byte of the ML-DSA-44 message
_SUBTREE_LABEL = b"subtree/v1\n\0"


class NoteKeyKind(IntEnum):
    """Kinds of note key, by their signature type byte."""

    LOG_ED25519 = 0x01
    COSIGN_ED25519 = 0x04
    COSIGN_ML_DSA_44 = 0x06

    @property
    def cosigns(self) -> bool:
        """Whether its signatures carry a time and speak for a witness."""
        return self is not NoteKeyKind.LOG_ED25519

    @property
    def public_bytes(self) -> int:
        """Length of the public key."""
        return 1312 if self is NoteKeyKind.COSIGN_ML_DSA_44 else 32


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key under its name.

    Attributes:
        name: Of a log: its origin.
        kind: Its kind.
        public: The raw public key.
    """

    name: str
    kind: NoteKeyKind
    public: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes in front of its signatures."""
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The verifier key as text: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def from_vkey(cls, text: str) -> "NoteKey":
        """Return the key that `vkey` wrote.

        Raises:
            SignatureError: (note) malformed, of another kind, or with the id of another key.
        """
        name, _, rest = text.partition("+")
        identifier, _, coded = rest.partition("+")
        data = decode_base64(coded)
        if not is_key_name(name) or not data or data[0] not in list(NoteKeyKind):
            raise refused_note("A verifier key is malformed or of an unknown kind.")
        key = cls(name, NoteKeyKind(data[0]), data[1:])
        if len(key.public) != key.kind.public_bytes or key.id.hex() != identifier:
            raise refused_note("A verifier key does not have the id it names.")
        return key

    def made(self, signature: NoteSignature) -> bool:
        """Tell whether `signature` claims to be by this key."""
        return (signature.name, signature.key_id) == (self.name, self.id)

    def verify(self, checkpoint: Checkpoint, signature: NoteSignature) -> datetime | None:
        """Verify a signature over `checkpoint` that claims to be by this key.

        Returns:
            The time of a cosignature; None for the signature of a log.

        Raises:
            SignatureError: (signature) it does not fit.
        """
        if not self.kind.cosigns:
            self._check(signature.signature, checkpoint.text.encode())
            return None
        stamp, rest = signature.signature[:8], signature.signature[8:]
        seconds = int.from_bytes(stamp)
        if seconds > MAX_TIMESTAMP:
            raise _unfit(self.name)
        self._check(rest, _cosigned(self, checkpoint, seconds))
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError) as error:
            raise _unfit(self.name) from error

    def _check(self, signature: bytes, message: bytes) -> None:
        try:
            if self.kind is NoteKeyKind.COSIGN_ML_DSA_44:
                mldsa.MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
            else:
                ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise _unfit(self.name) from error


class NoteSigner(Protocol):
    """Who signs checkpoints: a log or a witness."""

    @property
    def key(self) -> NoteKey:
        """The key that verifies."""
        ...

    def sign(self, checkpoint: Checkpoint, now: datetime) -> NoteSignature:
        """Return the signature over `checkpoint`."""
        ...


class LogKey:
    """Signs the checkpoints of a log.

    Args:
        origin: Name of the log.
        private_key: Its key.
    """

    def __init__(self, origin: str, private_key: ed25519.Ed25519PrivateKey) -> None:
        self._private = private_key
        self.key = _named(origin, NoteKeyKind.LOG_ED25519, private_key.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint, now: datetime) -> NoteSignature:
        """Return the signature over `checkpoint`; it carries no time."""
        del now
        return NoteSignature(self.key.name, self.key.id, self._private.sign(checkpoint.text.encode()))


class WitnessKey:
    """Cosigns checkpoints.

    Args:
        name: Name of the witness.
        private_key: Its key; an Ed25519 key may serve this one witness only.
    """

    def __init__(self, name: str, private_key: ed25519.Ed25519PrivateKey | mldsa.MLDSA44PrivateKey) -> None:
        self._private = private_key
        quantum_safe = isinstance(private_key, mldsa.MLDSA44PrivateKey)
        kind = NoteKeyKind.COSIGN_ML_DSA_44 if quantum_safe else NoteKeyKind.COSIGN_ED25519
        self.key = _named(name, kind, private_key.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint, now: datetime) -> NoteSignature:
        """Return the cosignature: that `checkpoint` is the largest consistent one seen until `now`."""
        seconds = int(now.timestamp())
        signature = self._private.sign(_cosigned(self.key, checkpoint, seconds))
        return NoteSignature(self.key.name, self.key.id, seconds.to_bytes(8) + signature)


def _cosigned(key: NoteKey, checkpoint: Checkpoint, seconds: int) -> bytes:
    if key.kind is NoteKeyKind.COSIGN_ED25519:
        return f"cosignature/v1\ntime {seconds}\n{checkpoint.text}".encode()
    name, origin = key.name.encode(), checkpoint.origin.encode()
    if len(name) > MAX_COSIGNED_NAME or len(origin) > MAX_COSIGNED_NAME:
        raise refused_note("The name of a log or witness is too long.")
    head = _SUBTREE_LABEL + bytes([len(name)]) + name + struct.pack(">Q", seconds)
    return head + bytes([len(origin)]) + origin + struct.pack(">QQ", 0, checkpoint.size) + checkpoint.root


def _named(name: str, kind: NoteKeyKind, public: bytes) -> NoteKey:
    if not is_key_name(name):
        raise refused_note("The name of a log or witness has a space or a plus in it.")
    return NoteKey(name, kind, public)


def _unfit(name: str) -> SignatureError:
    return SignatureError("A signature does not fit the checkpoint.", reason=Reason.SIGNATURE, entity=name[:200])
