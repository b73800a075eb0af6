"""The Merkle tree of RFC 9162 over SHA-256: root, inclusion and consistency."""

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds `data` (RFC 9162, 2.1.1)."""
    return hashlib.sha256(LEAF_PREFIX + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


class MerkleTree:
    """A tree that is complete in memory, so that each proof takes logarithmic time.

    Args:
        leaves: Leaf hashes in their order.
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_parents(self._levels[-1]))

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """The root hash; of an empty tree the hash of nothing."""
        return self._levels[-1][0] if self._levels[-1] else hashlib.sha256(b"").digest()

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Return the audit path of leaf `index`, from the leaf upwards (RFC 9162, 2.1.3.1)."""
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return path

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Return the proof that the first `old_size` leaves were there before (RFC 9162, 2.1.4.1)."""
        size = len(self)
        return [] if not 0 < old_size < size else self._subproof(old_size, 0, size, complete=True)

    def _subproof(self, old_size: int, start: int, size: int, *, complete: bool) -> list[bytes]:
        if old_size == size:
            return [] if complete else [self._subtree(start, size)]
        split = 1 << (size - 1).bit_length() - 1
        if old_size <= split:
            rest = self._subproof(old_size, start, split, complete=complete)
            return [*rest, self._subtree(start + split, size - split)]
        rest = self._subproof(old_size - split, start + split, size - split, complete=False)
        return [*rest, self._subtree(start, split)]

    def _subtree(self, start: int, size: int) -> bytes:
        """Return the root of `size` leaves from `start`, an aligned range of the tree."""
        level = (size - 1).bit_length()
        return self._levels[level][start >> level]


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the leaf hashes `leaves`, of which there is at least one."""
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def _parents(level: list[bytes]) -> list[bytes]:
    # Written out, not by node_hash: this loop is most of the cost of a commitment.
    sha256 = hashlib.sha256
    pairs = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    return pairs if len(level) % 2 == 0 else [*pairs, level[-1]]


def inclusion_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which `path` leads from leaf hash `leaf`; None if a tree of `size` has no such path."""
    if not 0 <= index < size or any(len(part) != HASH_BYTES for part in (leaf, *path)):
        return None
    position, last, result = index, size - 1, leaf
    for part in path:
        if last == 0:
            return None
        if position % 2 == 1 or position == last:
            result = node_hash(part, result)
            while position % 2 == 0 and position != 0:
                position, last = position >> 1, last >> 1
        else:
            result = node_hash(result, part)
        position, last = position >> 1, last >> 1
    return result if last == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the leaf hash `leaf` stands at `index` of the tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    return inclusion_root(leaf, index, size, path) == root


def verify_consistency(old_size: int, new_size: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Tell whether the tree of `new_size` continues that of `old_size` (RFC 9162, 2.1.4.2).

    An empty old tree is refused: it is consistent with everything and proves nothing.
    """
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if any(len(part) != HASH_BYTES for part in (old_root, new_root, *path)):
        return False
    parts = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    return bool(path) and _climb(old_size - 1, new_size - 1, parts) == (old_root, new_root)


def _climb(position: int, last: int, parts: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    while position % 2 == 1:
        position, last = position >> 1, last >> 1
    old = new = parts[0]
    for part in parts[1:]:
        if last == 0:
            return None
        if position % 2 == 1 or position == last:
            old, new = node_hash(part, old), node_hash(part, new)
            while position % 2 == 0 and position != 0:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, part)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None
