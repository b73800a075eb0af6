r"""A salted commitment to the statements about many subjects, of which each can be shown and proved alone.

Leaf of a subject: ``SHA-256(0x00 || salt || subject || "\n" || sorted canonical N-Quads lines)``, where the salt is
the first 16 bytes of ``HMAC-SHA-256(secret, subject)``. Leaves stand in the order of their subjects, in an RFC 9162
tree. The salt keeps a verifier of one element from guessing the content of its neighbours.
"""

import hmac
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signatures.errors import Reason, SignatureError
from signatures.merkle import HASH_BYTES, MerkleTree, leaf_hash, verify_inclusion

SCHEME = "urn:kaksik:commitment:rfc9162-sha256-salted-nquads:v1"
SALT_BYTES = 16
SECRET_BYTES = 32
MAX_PATH = 40  # a tree of 2^40 leaves: more elements than any building has

_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*>"
_LITERAL = r"\"(?:[^\x00-\x1f\x7f\"\\]|\\[tbnrf\"\\]|\\u00[01][0-9A-F]|\\u007F)*\"(?:\^\^" + _IRI + ")?"
_LINE = re.compile(f"({_IRI}) {_IRI} (?:{_IRI}|{_LITERAL}) \\.")


@dataclass(frozen=True, slots=True)
class ElementProof:
    """One subject opened: what was said of it, and the way from there to the root.

    Attributes:
        subject: IRI of the subject.
        statements: Its N-Quads lines, sorted, without line ends.
        salt: 16 bytes.
        index: Place of the leaf, from 0.
        path: Hashes from the leaf upwards, 32 bytes each.
    """

    subject: str
    statements: tuple[str, ...]
    salt: bytes
    index: int
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object: bytes in hexadecimal, statements without the subject they share."""
        about = len(self.subject) + len("<> ")
        return {
            "subject": self.subject,
            "statements": [line[about:] for line in self.statements],
            "salt": self.salt.hex(),
            "index": self.index,
            "path": [part.hex() for part in self.path],
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "ElementProof":
        """Return the proof that `to_json` wrote.

        Raises:
            SignatureError: (commitment) a member is missing, superfluous or of the wrong kind.
        """
        try:
            proof = cls(
                subject=form["subject"],
                statements=tuple(f"<{form['subject']}> {line}" for line in form["statements"]),
                salt=bytes.fromhex(form["salt"]),
                index=form["index"],
                path=tuple(bytes.fromhex(part) for part in form["path"]),
            )
            same = type(proof.index) is int and proof.to_json() == form
        except (KeyError, TypeError, ValueError) as error:
            raise SignatureError("An element proof is malformed.", reason=Reason.COMMITMENT) from error
        if not same:
            raise SignatureError("An element proof is not in its one spelling.", reason=Reason.COMMITMENT)
        return proof


class Commitment:
    """The tree over all subjects, ready to open any of them.

    Args:
        subjects: Subject IRIs in order.
        leaves: Their leaf hashes.
        secret: The 32 bytes from which the salts come.
    """

    def __init__(self, subjects: Sequence[str], leaves: Sequence[bytes], secret: bytes) -> None:
        self._subjects = list(subjects)
        self._tree = MerkleTree(leaves)
        self._secret = secret

    def __len__(self) -> int:
        return len(self._subjects)

    @property
    def root(self) -> bytes:
        """The Merkle root, 32 bytes."""
        return self._tree.root

    def disclose(self, subject: str, statements: Iterable[str]) -> ElementProof:
        """Return the proof that `subject` was committed with `statements`.

        Raises:
            SignatureError: (commitment) no such subject, or it was committed with other statements.
        """
        index = bisect_left(self._subjects, subject)
        if self._subjects[index : index + 1] != [subject]:
            raise SignatureError("This subject is not in the commitment.", reason=Reason.COMMITMENT, entity=subject)
        path = tuple(self._tree.inclusion_proof(index))
        proof = ElementProof(subject, tuple(sorted(statements)), salt_of(subject, self._secret), index, path)
        if not verify_element(proof, self.root, len(self)):
            raise SignatureError("Other statements were committed.", reason=Reason.COMMITMENT, entity=subject)
        return proof

    def neighbours(self, subject: str) -> tuple[str | None, str | None]:
        """Return the subjects between which the absent `subject` would stand.

        Raises:
            SignatureError: (commitment) it is present.
        """
        index = bisect_left(self._subjects, subject)
        if self._subjects[index : index + 1] == [subject]:
            raise SignatureError("This subject is in the commitment.", reason=Reason.COMMITMENT, entity=subject)
        left = self._subjects[index - 1] if index > 0 else None
        return left, self._subjects[index] if index < len(self) else None


def salt_of(subject: str, secret: bytes) -> bytes:
    """Return the salt of `subject`, 16 bytes."""
    return hmac.digest(secret, subject.encode(), "sha256")[:SALT_BYTES]


def leaf_of(subject: str, statements: Iterable[str], salt: bytes) -> bytes:
    """Return the leaf hash of `subject`; `statements` are sorted lines without line ends."""
    body = "".join(f"{line}\n" for line in statements)
    return leaf_hash(salt + f"{subject}\n{body}".encode())


def commit(statements_by_subject: Iterable[tuple[str, Iterable[str]]], secret: bytes) -> Commitment:
    """Commit to the statements of every subject.

    Args:
        statements_by_subject: Subject IRI and its canonical N-Quads lines, in any order; each subject once.
        secret: 32 random bytes; a new one for each state.

    Raises:
        SignatureError: (commitment) a subject twice, none at all, or a secret of another length; (statement) a text
            that is not Unicode.
    """
    if len(secret) != SECRET_BYTES:
        raise SignatureError(f"The salt secret must have {SECRET_BYTES} bytes.", reason=Reason.COMMITMENT)
    leaves: dict[str, bytes] = {}
    for subject, statements in statements_by_subject:
        if subject in leaves:
            raise SignatureError("A subject occurs twice.", reason=Reason.COMMITMENT, entity=subject)
        leaves[subject] = _leaf(subject, statements, secret)
    if not leaves:
        raise SignatureError("There is nothing to commit to.", reason=Reason.COMMITMENT)
    subjects = sorted(leaves)
    return Commitment(subjects, [leaves[subject] for subject in subjects], secret)


def _leaf(subject: str, statements: Iterable[str], secret: bytes) -> bytes:
    try:
        return leaf_of(subject, sorted(statements), salt_of(subject, secret))
    except UnicodeEncodeError as error:
        raise SignatureError("A statement is not Unicode.", reason=Reason.STATEMENT, entity=repr(subject)) from error


def verify_element(proof: ElementProof, root: bytes, leaf_count: int) -> bool:
    """Tell whether `proof` opens the tree of `leaf_count` leaves with that `root`.

    Statements must be canonical lines about the subject itself, sorted and each once: anything else could be read in
    two ways.
    """
    if len(proof.salt) != SALT_BYTES or len(root) != HASH_BYTES or len(proof.path) > MAX_PATH:
        return False
    if list(proof.statements) != sorted(set(proof.statements)):
        return False
    about = f"<{proof.subject}>"
    matches = (_LINE.fullmatch(line) for line in proof.statements)
    if not proof.statements or not all(match and match[1] == about for match in matches):
        return False
    try:
        leaf = leaf_of(proof.subject, proof.statements, proof.salt)
    except UnicodeEncodeError:
        return False
    return verify_inclusion(leaf, proof.index, leaf_count, proof.path, root)


def verify_absence(
    subject: str, left: ElementProof | None, right: ElementProof | None, root: bytes, leaf_count: int
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
    if not neighbours or not all(verify_element(proof, root, leaf_count) for proof in neighbours):
        return False
    before = left.index if left is not None else -1
    after = right.index if right is not None else leaf_count
    ordered = (left is None or left.subject < subject) and (right is None or subject < right.subject)
    return after == before + 1 and ordered
