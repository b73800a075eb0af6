r"""Proofs that open a part of a salted commitment: an element, one of its statements, its mere presence, an absence.

The leaf of a subject is ``SHA-256(0x00 || subject || "\n" || n || r)``, where n (4 bytes) counts its statements and
r is the root of an RFC 9162 tree over them; the leaf of a statement is ``SHA-256(0x00 || salt || line)``. All salts
of a subject grow from one seed, so that a whole element is opened with 16 bytes, and a statement with its own salt.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from signatures.errors import Reason, SignatureError
from signatures.merkle import HASH_BYTES, inclusion_root, leaf_hash, tree_root, verify_inclusion

SALT_BYTES = 16
MAX_PATH = 40  # a tree of 2^40 leaves: more elements than any building has
MAX_STATEMENTS = 65_535  # of one subject; the largest object of the real models has 586

_SALT_LABEL = b"kaksik statement salts v2\n"
_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*>"
_LITERAL = r"\"(?:[^\x00-\x1f\x7f\"\\]|\\[tbnrf\"\\]|\\u00[01][0-9A-F]|\\u007F)*\"(?:\^\^" + _IRI + ")?"
_LINE = re.compile(f"({_IRI}) {_IRI} (?:{_IRI}|{_LITERAL}) \\.")
_Proof = TypeVar("_Proof", "ElementProof", "StatementProof", "SubjectProof", "AbsenceProof")


@dataclass(frozen=True, slots=True)
class ElementProof:
    """One subject opened: what was said of it, and the way from there to the root.

    Attributes:
        subject: IRI of the subject.
        statements: Its N-Quads lines, sorted, without line ends.
        salt: The seed of its salts, 16 bytes.
        index: Place of the leaf, from 0.
        path: Hashes from the leaf upwards, 32 bytes each.
    """

    subject: str
    statements: tuple[str, ...]
    salt: bytes
    index: int
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object: the path as one base64url text, statements without their subject."""
        return {
            "subject": self.subject,
            "statements": [_tail(self.subject, line) for line in self.statements],
            "salt": self.salt.hex(),
            "index": self.index,
            "path": _packed(self.path),
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "ElementProof":
        """Return the proof that `to_json` wrote.

        Raises:
            SignatureError: (commitment) a member is missing, superfluous or of the wrong kind.
        """
        return _strict(form, lambda: cls(*_opened(form), form["index"], _unpacked(form["path"])))


@dataclass(frozen=True, slots=True)
class StatementProof:
    """One statement opened, without the others of its subject.

    Attributes:
        subject: IRI of the subject.
        statement: The N-Quads line, without line end.
        salt: Its own salt, 16 bytes.
        statement_index: Its place among the statements of the subject, from 0.
        statement_count: How many there are.
        statement_path: Hashes from the statement up to the root of the subject's statements.
        index: Place of the subject's leaf, from 0.
        path: Hashes from that leaf upwards.
    """

    subject: str
    statement: str
    salt: bytes
    statement_index: int
    statement_count: int
    statement_path: tuple[bytes, ...]
    index: int
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object."""
        return {
            "subject": self.subject,
            "statement": _tail(self.subject, self.statement),
            "salt": self.salt.hex(),
            "statementIndex": self.statement_index,
            "statementCount": self.statement_count,
            "statementPath": _packed(self.statement_path),
            "index": self.index,
            "path": _packed(self.path),
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "StatementProof":
        """Return the proof that `to_json` wrote.

        Raises:
            SignatureError: (commitment) as `ElementProof.from_json`.
        """
        return _strict(
            form,
            lambda: cls(
                form["subject"],
                f"<{form['subject']}> {form['statement']}",
                bytes.fromhex(form["salt"]),
                form["statementIndex"],
                form["statementCount"],
                _unpacked(form["statementPath"]),
                form["index"],
                _unpacked(form["path"]),
            ),
        )


@dataclass(frozen=True, slots=True)
class SubjectProof:
    """The presence of a subject, without anything that was said of it.

    Attributes:
        subject: Its IRI.
        statement_count: How many statements it has.
        statements_root: Root over its salted statements, 32 bytes.
        index: Place of its leaf, from 0.
        path: Hashes from the leaf upwards.
    """

    subject: str
    statement_count: int
    statements_root: bytes
    index: int
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object."""
        return {
            "subject": self.subject,
            "statementCount": self.statement_count,
            "statementsRoot": self.statements_root.hex(),
            "index": self.index,
            "path": _packed(self.path),
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "SubjectProof":
        """Return the proof that `to_json` wrote.

        Raises:
            SignatureError: (commitment) as `ElementProof.from_json`.
        """
        return _strict(
            form,
            lambda: cls(
                form["subject"],
                form["statementCount"],
                bytes.fromhex(form["statementsRoot"]),
                form["index"],
                _unpacked(form["path"]),
            ),
        )


@dataclass(frozen=True, slots=True)
class AbsenceProof:
    """That a subject has no leaf, shown by the two between which it would stand.

    Attributes:
        subject: The absent subject.
        left: The last leaf before it; None if it would be the first.
        right: The first leaf after it; None if it would be the last.
    """

    subject: str
    left: SubjectProof | None
    right: SubjectProof | None

    def verify(self, root: bytes, leaf_count: int) -> bool:
        """Tell whether the proof holds under `root` with `leaf_count` leaves."""
        return verify_absence(self.subject, self.left, self.right, root, leaf_count)

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object."""
        sides = {"left": self.left, "right": self.right}
        return {"subject": self.subject} | {key: side and side.to_json() for key, side in sides.items()}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "AbsenceProof":
        """Return the proof that `to_json` wrote.

        Raises:
            SignatureError: (commitment) as `ElementProof.from_json`.
        """

        def side(name: str) -> SubjectProof | None:
            return None if form[name] is None else SubjectProof.from_json(form[name])

        return _strict(form, lambda: cls(form["subject"], side("left"), side("right")))


def salts_of(seed: bytes, count: int) -> list[bytes]:
    """Return the salts of the `count` statements of a subject, 16 bytes each."""
    stream = hashlib.shake_256(_SALT_LABEL + seed).digest(SALT_BYTES * count)
    return [stream[start : start + SALT_BYTES] for start in range(0, len(stream), SALT_BYTES)]


def subject_leaf(subject: str, statement_count: int, statements_root: bytes) -> bytes:
    """Return the leaf hash of a subject."""
    return leaf_hash(b"%b\n%b%b" % (subject.encode(), statement_count.to_bytes(4), statements_root))


def verify_element(proof: ElementProof, root: bytes, leaf_count: int) -> bool:
    """Tell whether `proof` opens the tree of `leaf_count` leaves with that `root`.

    Statements must be canonical lines about the subject itself, sorted and each once: anything else could be read in
    two ways.
    """
    lines = proof.statements
    if len(proof.salt) != SALT_BYTES or not 0 < len(lines) <= MAX_STATEMENTS or list(lines) != sorted(set(lines)):
        return False
    if not all(_is_about(proof.subject, line) for line in lines):
        return False
    try:
        salted = zip(salts_of(proof.salt, len(lines)), lines, strict=True)
        statements_root = tree_root([leaf_hash(salt + line.encode()) for salt, line in salted])
    except UnicodeEncodeError:
        return False
    opened = SubjectProof(proof.subject, len(lines), statements_root, proof.index, proof.path)
    return verify_subject(opened, root, leaf_count)


def verify_statement(proof: StatementProof, root: bytes, leaf_count: int) -> bool:
    """Tell whether the one statement of `proof` was made under `root`, with `leaf_count` leaves."""
    if len(proof.salt) != SALT_BYTES or not _is_about(proof.subject, proof.statement):
        return False
    try:
        leaf = leaf_hash(proof.salt + proof.statement.encode())
    except UnicodeEncodeError:
        return False
    found = inclusion_root(leaf, proof.statement_index, proof.statement_count, proof.statement_path)
    if found is None:
        return False
    opened = SubjectProof(proof.subject, proof.statement_count, found, proof.index, proof.path)
    return verify_subject(opened, root, leaf_count)


def verify_subject(proof: SubjectProof, root: bytes, leaf_count: int) -> bool:
    """Tell whether the subject of `proof` has a leaf under `root`, with `leaf_count` leaves."""
    sizes_fit = len(root) == len(proof.statements_root) == HASH_BYTES and len(proof.path) <= MAX_PATH
    if not sizes_fit or not 0 < proof.statement_count <= MAX_STATEMENTS:
        return False
    try:
        leaf = subject_leaf(proof.subject, proof.statement_count, proof.statements_root)
    except UnicodeEncodeError:
        return False
    return verify_inclusion(leaf, proof.index, leaf_count, proof.path, root)


def verify_absence(
    subject: str,
    left: ElementProof | SubjectProof | None,
    right: ElementProof | SubjectProof | None,
    root: bytes,
    leaf_count: int,
) -> bool:
    """Tell whether the opened neighbours show that `subject` has no leaf, given that the leaves are sorted.

    Args:
        subject: The subject said to be absent.
        left: The last leaf before it; None if it would be the first.
        right: The first leaf after it; None if it would be the last.
        root: The Merkle root, 32 bytes.
        leaf_count: Number of leaves under the root.
    """
    neighbours = [proof for proof in (left, right) if proof is not None]
    if not neighbours or not all(_opens(proof, root, leaf_count) for proof in neighbours):
        return False
    before = left.index if left is not None else -1
    after = right.index if right is not None else leaf_count
    ordered = (left is None or left.subject < subject) and (right is None or subject < right.subject)
    return ordered and after == before + 1


def _opens(proof: ElementProof | SubjectProof, root: bytes, leaf_count: int) -> bool:
    if isinstance(proof, ElementProof):
        return verify_element(proof, root, leaf_count)
    return verify_subject(proof, root, leaf_count)


def _is_about(subject: str, line: str) -> bool:
    match = _LINE.fullmatch(line)
    return match is not None and match[1] == f"<{subject}>"


def _tail(subject: str, line: str) -> str:
    return line[len(subject) + len("<> ") :]


def _packed(path: Sequence[bytes]) -> str:
    return urlsafe_b64encode(b"".join(path)).rstrip(b"=").decode()


def _unpacked(text: str) -> tuple[bytes, ...]:
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def _opened(form: Mapping[str, Any]) -> tuple[str, tuple[str, ...], bytes]:
    subject = form["subject"]
    return subject, tuple(f"<{subject}> {line}" for line in form["statements"]), bytes.fromhex(form["salt"])


def _strict(form: Mapping[str, Any], build: Callable[[], _Proof]) -> _Proof:
    """Return what `build` reads from `form`, if it would be written in just this way and no other."""
    try:
        proof = build()
        numbers = [value for key, value in form.items() if key.endswith(("ndex", "Count"))]
        same = all(type(number) is int for number in numbers) and proof.to_json() == form
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SignatureError("A proof of the commitment is malformed.", reason=Reason.COMMITMENT) from error
    if not same:
        raise SignatureError("A proof of the commitment is not in its one spelling.", reason=Reason.COMMITMENT)
    return proof
