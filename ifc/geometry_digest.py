"""Digest of the representation graph of a product, taken from the text of the file.

Bottom-up: every statement becomes a token that holds its class, its numbers rounded and the tokens of what it refers
to. A token longer than a hash is hashed. So the digest does not depend on STEP numbers, order, white space, float
notation or on which instances are shared. What leads into a cycle is written as its class. `ifc.digest_kernel` does
the work.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ifc.step_table import MISSING, StepTable

BLOCK_BYTES = 128  # of BLAKE2b
_ARENA_BYTES = 1 << 14
_ARENA_MARGIN = 128  # room for one more token
_SCRATCH_BYTES = 1 << 14
_DIGEST_LETTERS = 64


class GeometryDigester:
    """Digests of representation graphs, every statement visited once.

    Args:
        table: The statements of the file.
    """

    def __init__(self, table: StepTable) -> None:
        self._table = table
        self._kinds = _kinds(table)
        self._state = np.zeros(table.size, np.uint8)
        self._offset = np.zeros(table.size, np.int64)
        self._length = np.zeros(table.size, np.int32)
        self._slot = np.zeros(table.size, np.int32)
        self._arena, self._used = np.empty(max(len(table.text), _ARENA_BYTES), np.uint8), 0
        self._scratch = np.empty(_SCRATCH_BYTES, np.uint8)
        self._cell, self._hash = np.zeros(1), np.zeros(8, np.uint64)
        self._longest_name = max(map(len, table.names), default=0) + 1

    def digest(self, numbers: Iterable[int]) -> str:
        """Return the digest (64 hex digits) of the graphs that begin at the statements with these numbers."""
        return self.digests([list(numbers)])[0]

    def digests(self, groups: Sequence[Sequence[int]]) -> list[str]:
        """Return for each group of instance numbers the digest of the graphs that begin there, all at once.

        It is empty where none of the statements exists.
        """
        flat = np.array([number for group in groups for number in group], np.int64)
        bounds = np.zeros(len(groups) + 1, np.int32)
        np.cumsum([len(group) for group in groups], out=bounds[1:])
        return self.digests_of_rows(bounds, self._table.rows_of(flat))

    def digests_of_rows(self, bounds: NDArray[np.int32], seeds: NDArray[np.int32]) -> list[str]:
        """Return the digests of groups of rows.

        Args:
            bounds: Where each group begins in `seeds`, and the end of the last.
            seeds: Rows, or `MISSING`.
        """
        from ifc.digest_kernel import INLINE_BYTES, write_digests

        self._extend(seeds)
        self._room((INLINE_BYTES + 1) * int(np.diff(bounds).max(initial=0)))
        found = write_digests(bounds, seeds, self._offset, self._length, self._arena, self._scratch, self._hash)
        text = found.tobytes().hex()
        counted = np.concatenate([[0], np.cumsum(seeds != MISSING)])
        some = (counted[bounds[1:]] > counted[bounds[:-1]]).tolist()
        return [text[_DIGEST_LETTERS * n : _DIGEST_LETTERS * (n + 1)] if some[n] else "" for n in range(len(some))]

    def _extend(self, seeds: NDArray[np.int32]) -> None:
        """Write the tokens of the seeds and of all they refer to, those left out that are written already."""
        from ifc.digest_kernel import gather, ordered, write_tokens

        table, done = self._table, 0
        columns = (table.begin, table.end, self._kinds, table.pointer, table.rows)
        found = gather(seeds, self._kinds, table.pointer, table.rows, self._state)
        order, clear = ordered(found, self._kinds, table.pointer, table.rows, self._state, self._slot)
        known = (self._state, self._offset, self._length)
        while done < len(order):
            done, self._used, wanted = write_tokens(
                table.data,
                *columns,
                order,
                done,
                clear,
                *known,
                self._arena,
                self._used,
                self._scratch,
                self._cell,
                self._hash,
                self._longest_name,
            )
            self._room(wanted)
            if done < len(order) and self._used + _ARENA_MARGIN > len(self._arena):
                self._arena = np.concatenate([self._arena, np.empty_like(self._arena)])

    def _room(self, size: int) -> None:
        if size > len(self._scratch):
            self._scratch = np.empty((2 * size // BLOCK_BYTES + 1) * BLOCK_BYTES, np.uint8)


def _kinds(table: StepTable) -> NDArray[np.uint8]:
    """Return how the class of each statement is written."""
    from ifc.digest_kernel import DIRECTION, GENERIC, IGNORED, POINT

    special = {b"IFCCARTESIANPOINT": POINT, b"IFCDIRECTION": DIRECTION, b"IFCOWNERHISTORY": IGNORED}
    by_class = np.array([special.get(name, GENERIC) for name in table.names] or [GENERIC], np.uint8)
    return by_class[table.code]
