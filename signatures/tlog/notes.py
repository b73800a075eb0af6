"""Signed notes and checkpoints: the text formats of C2SP signed-note, tlog-checkpoint and tlog-cosignature."""

import re
import unicodedata
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, replace
from hashlib import sha256

from signatures.errors import Reason, SignatureError
from signatures.merkle import HASH_BYTES

MAX_NOTE_BYTES = 262_144  # 64 ML-DSA-44 cosignatures of 3.3 kB each, and the text
MAX_SIGNATURES = 64
MAX_TREE_SIZE = 2**62  # sizes stay below the 2^63 of the formats
KEY_ID_BYTES = 4

_NUMBER = re.compile("0|[1-9][0-9]{0,18}")
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note.

    Attributes:
        name: Name of the key.
        key_id: 4 bytes that tell keys of one name apart.
        signature: What follows them; its form depends on the kind of key.
    """

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line, with its end."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"

    @classmethod
    def from_line(cls, line: str) -> "NoteSignature":
        """Return the signature in a line without its end.

        Raises:
            SignatureError: (note) it is malformed.
        """
        name, separator, coded = line.removeprefix(_DASH).partition(" ")
        data = decode_base64(coded)
        if not line.startswith(_DASH) or not separator or not is_key_name(name) or len(data) <= KEY_ID_BYTES:
            raise refused_note("A signature line of a note is malformed.")
        return cls(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text and its signatures, of which nothing is verified yet.

    Attributes:
        text: With its final line end.
        signatures: In the order of their lines.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """Return the note."""
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    @classmethod
    def parse(cls, data: bytes) -> "SignedNote":
        """Return the note in `data`.

        Raises:
            SignatureError: (note) it is malformed, holds a control character, or is too large.
        """
        text, separator, lines = _note_text(data).rpartition("\n\n")
        if not separator or not text or not lines.endswith("\n"):
            raise refused_note("A note lacks its text or its signatures.")
        rows = lines[:-1].split("\n")
        if len(rows) > MAX_SIGNATURES:
            raise refused_note("A note has too many signatures.")
        return cls(text + "\n", tuple(NoteSignature.from_line(row) for row in rows))

    def with_signatures(self, added: tuple[NoteSignature, ...]) -> "SignedNote":
        """Return the note with more signatures, each once."""
        new = tuple(signature for signature in dict.fromkeys(added) if signature not in self.signatures)
        return replace(self, signatures=self.signatures + new)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log at one size.

    Attributes:
        origin: Name of the log.
        size: Number of its entries.
        root: Root over them, 32 bytes.
        extensions: Further lines; witnesses say nothing of them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text of the note."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def from_text(cls, text: str) -> "Checkpoint":
        """Return the checkpoint that is the `text` of a note.

        Raises:
            SignatureError: (note) it is none.
        """
        lines = text.split("\n")[:-1]
        if len(lines) < 3 or not all(lines):  # origin, size, root
            raise refused_note("A checkpoint lacks lines or has empty ones.")
        root = decode_base64(lines[2])
        if len(root) != HASH_BYTES:
            raise refused_note("The root of a checkpoint is no SHA-256.")
        return cls(lines[0], parse_number(lines[1]), root, tuple(lines[3:]))


def parse_checkpoint(data: bytes) -> tuple[Checkpoint, SignedNote]:
    """Return the checkpoint in the note `data`; its signatures are not verified.

    Raises:
        SignatureError: (note) no checkpoint.
    """
    note = SignedNote.parse(data)
    return Checkpoint.from_text(note.text), note


def parse_number(text: str) -> int:
    """Return the decimal number `text`, which has no leading zero.

    Raises:
        SignatureError: (note) it is none, or larger than any log.
    """
    if not _NUMBER.fullmatch(text) or int(text) > MAX_TREE_SIZE:
        raise refused_note("A number is malformed or out of range.")
    return int(text)


def decode_base64(text: str) -> bytes:
    """Return the bytes of the standard base64 `text`, of which one spelling is accepted.

    Raises:
        SignatureError: (note) another spelling.
    """
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise refused_note("A value is not base64.") from error
    if b64encode(data).decode() != text:
        raise refused_note("A value is not in the one spelling of base64.")
    return data


def is_key_name(name: str) -> bool:
    """Tell whether `name` can be that of a key: no Unicode space, no plus."""
    return bool(name) and "+" not in name and not any(char.isspace() or _is_control(char) for char in name)


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the 4 bytes that name a key beside its `name`."""
    return sha256(f"{name}\n".encode() + bytes([kind]) + public).digest()[:KEY_ID_BYTES]


def refused_note(message: str) -> SignatureError:
    """Return the error for a malformed note."""
    return SignatureError(message, reason=Reason.NOTE, hint="Ask the log for the original.")


def _note_text(data: bytes) -> str:
    if len(data) > MAX_NOTE_BYTES:
        raise refused_note(f"A note is longer than {MAX_NOTE_BYTES} bytes.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise refused_note("A note is not UTF-8.") from error
    if any(char < " " and char != "\n" for char in text):
        raise refused_note("A note holds a control character.")
    return text


def _is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc"
