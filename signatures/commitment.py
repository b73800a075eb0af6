r"""A salted commitment to the statements about many subjects, of which each can be shown and proved alone.

Leaves stand in the order of their subjects, in an RFC 9162 tree; `signatures.opening` says what a leaf is. The salts
keep a verifier of one statement from guessing the others. They grow from the secret *and* the content of the subject:
an unchanged subject has the same leaf in the next state under the same secret, a changed one has other salts
throughout, so that no salt is ever used for two contents.
"""

import hmac
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from signatures.errors import Reason, SignatureError
from signatures.merkle import LEAF_PREFIX, MerkleTree, tree_root
from signatures.opening import (
    MAX_STATEMENTS,
    SALT_BYTES,
    AbsenceProof,
    ElementProof,
    StatementProof,
    SubjectProof,
    salts_of,
    subject_leaf,
)

SCHEME = "urn:kaksik:commitment:rfc9162-sha256-salted-nquads:v2"
SECRET_BYTES = 32
_SEED_LABEL = b"kaksik commitment v2\n"


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What is kept of a subject: how many statements it has, and the root over them."""

    count: int
    root: bytes


class Commitment:
    """The tree over all subjects, ready to open any of them.

    Args:
        sealed: What is kept of each subject, by its IRI.
        secret: The 32 bytes from which the salts come.

    Raises:
        SignatureError: (commitment) there is nothing to commit to.
    """

    def __init__(self, sealed: Mapping[str, _Sealed], secret: bytes) -> None:
        if not sealed:
            raise SignatureError("There is nothing to commit to.", reason=Reason.COMMITMENT)
        self._subjects = sorted(sealed)
        self._sealed = [sealed[subject] for subject in self._subjects]
        pairs = zip(self._subjects, self._sealed, strict=True)
        self._tree = MerkleTree([subject_leaf(subject, kept.count, kept.root) for subject, kept in pairs])
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
        index, lines, seed, _ = self._opened(subject, statements)
        return ElementProof(subject, tuple(lines), seed, index, tuple(self._tree.inclusion_proof(index)))

    def disclose_statement(self, subject: str, statements: Iterable[str], statement: str) -> StatementProof:
        """Return the proof of one statement of `subject`, which shows none of its others.

        Args:
            subject: The subject.
            statements: All statements that were committed of it.
            statement: The line to show, one of them.

        Raises:
            SignatureError: (commitment) as `disclose`, or `statement` is not one of the statements.
        """
        index, lines, seed, leaves = self._opened(subject, statements)
        if statement not in lines:
            raise SignatureError("This statement was not committed.", reason=Reason.COMMITMENT, entity=subject)
        place = lines.index(statement)
        return StatementProof(
            subject,
            statement,
            salts_of(seed, len(lines))[place],
            place,
            len(lines),
            tuple(MerkleTree(leaves).inclusion_proof(place)),
            index,
            tuple(self._tree.inclusion_proof(index)),
        )

    def prove_absence(self, subject: str) -> AbsenceProof:
        """Return the proof that `subject` has no leaf; it shows the names of two neighbours and nothing of them.

        Raises:
            SignatureError: (commitment) it is present.
        """
        left, right = (None if name is None else self._presence(name) for name in self.neighbours(subject))
        return AbsenceProof(subject, left, right)

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

    def revise(self, changed: Iterable[tuple[str, Iterable[str]]], removed: Iterable[str] = ()) -> "Commitment":
        """Return the commitment to the next state under the same secret, hashing only what changed.

        Args:
            changed: New and changed subjects with all their statements; each once.
            removed: Subjects that are no more.

        Raises:
            SignatureError: (commitment, statement) as `commit`, or a removed subject is not there.
        """
        sealed = dict(zip(self._subjects, self._sealed, strict=True))
        for subject in removed:
            if sealed.pop(subject, None) is None:
                raise SignatureError("A removed subject was not there.", reason=Reason.COMMITMENT, entity=subject)
        sealed.update(_seal_all(changed, self._secret))
        return Commitment(sealed, self._secret)

    def _index(self, subject: str) -> int:
        index = bisect_left(self._subjects, subject)
        if self._subjects[index : index + 1] != [subject]:
            raise SignatureError("This subject is not in the commitment.", reason=Reason.COMMITMENT, entity=subject)
        return index

    def _opened(self, subject: str, statements: Iterable[str]) -> tuple[int, list[str], bytes, list[bytes]]:
        index, lines = self._index(subject), sorted(statements)
        seed, leaves = _statement_leaves(subject, lines, self._secret)
        if _Sealed(len(lines), tree_root(leaves)) != self._sealed[index]:
            raise SignatureError("Other statements were committed.", reason=Reason.COMMITMENT, entity=subject)
        return index, lines, seed, leaves

    def _presence(self, subject: str) -> SubjectProof:
        index = self._index(subject)
        kept, path = self._sealed[index], tuple(self._tree.inclusion_proof(index))
        return SubjectProof(subject, kept.count, kept.root, index, path)


def commit(statements_by_subject: Iterable[tuple[str, Iterable[str]]], secret: bytes) -> Commitment:
    """Commit to the statements of every subject.

    Args:
        statements_by_subject: Subject IRI and its canonical N-Quads lines, in any order; each subject once.
        secret: 32 random bytes. Who knows them can test guesses at what the states under them hide.

    Raises:
        SignatureError: (commitment) a subject twice, none at all, or a secret of another length; (statement) a text
            that is not Unicode or holds a line break, no statement of a subject, or too many.
    """
    if len(secret) != SECRET_BYTES:
        raise SignatureError(f"The salt secret must have {SECRET_BYTES} bytes.", reason=Reason.COMMITMENT)
    return Commitment(dict(_seal_all(statements_by_subject, secret)), secret)


def _seal_all(
    statements_by_subject: Iterable[tuple[str, Iterable[str]]], secret: bytes
) -> Iterator[tuple[str, _Sealed]]:
    seen = set()
    for subject, statements in statements_by_subject:
        if subject in seen:
            raise SignatureError("A subject occurs twice.", reason=Reason.COMMITMENT, entity=subject)
        seen.add(subject)
        _, leaves = _statement_leaves(subject, sorted(statements), secret)
        yield subject, _Sealed(len(leaves), tree_root(leaves))


def _statement_leaves(subject: str, lines: list[str], secret: bytes) -> tuple[bytes, list[bytes]]:
    """Return the seed of the salts of `subject` and the leaf hashes of its sorted `lines`."""
    try:
        body = "\n".join(lines).encode()
        seed = hmac.digest(secret, b"%b%b\n%b" % (_SEED_LABEL, subject.encode(), body), "sha256")[:SALT_BYTES]
    except UnicodeEncodeError as error:
        raise SignatureError("A statement is not Unicode.", reason=Reason.STATEMENT, entity=repr(subject)) from error
    parts = body.split(b"\n")
    if not 0 < len(lines) == len(parts) <= MAX_STATEMENTS:
        raise SignatureError(
            "A subject has no statements, too many, or one with a line break.",
            reason=Reason.STATEMENT,
            entity=subject,
        )
    salted = zip(salts_of(seed, len(parts)), parts, strict=True)
    return seed, [sha256(LEAF_PREFIX + salt + part).digest() for salt, part in salted]
