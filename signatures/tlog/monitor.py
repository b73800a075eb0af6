"""A monitor: reads every entry of a log, recomputes its tree, and says when the log contradicts itself.

No client is here: `fetch` returns what lies at a path under the log's address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signatures.errors import Reason, SignatureError
from signatures.merkle import leaf_hash, node_hash, tree_root
from signatures.tlog.notes import Checkpoint
from signatures.tlog.policy import LogPolicy
from signatures.tlog.tiles import (
    ENTRIES,
    TILE_HEIGHT,
    TILE_WIDTH,
    Fetch,
    tile_path,
    tile_width,
    unpack_entries,
)

EntryCheck = Callable[[int, bytes], str | None]


@dataclass(frozen=True, slots=True)
class MonitorState:
    """How far a monitor has read: enough to go on from there, however large the log.

    Attributes:
        size: Entries read.
        peaks: Roots of the complete subtrees that make up the tree so far, the largest first.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes | None:
        """The root over what was read; None before the first entry."""
        result: bytes | None = None
        for peak in reversed(self.peaks):
            result = peak if result is None else node_hash(peak, result)
        return result

    def with_leaf(self, leaf: bytes) -> "MonitorState":
        """Return the state one entry further."""
        peaks, carry = list(self.peaks), self.size
        while carry & 1:
            leaf, carry = node_hash(peaks.pop(), leaf), carry >> 1
        return MonitorState(self.size + 1, (*peaks, leaf))

    def to_json(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        return {"size": self.size, "peaks": [peak.hex() for peak in self.peaks]}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "MonitorState":
        """Return the state that `to_json` wrote."""
        return cls(int(form["size"]), tuple(bytes.fromhex(text) for text in form["peaks"]))


@dataclass(frozen=True, slots=True)
class MonitorReport:
    """What a run of the monitor found.

    Attributes:
        checkpoint: The head that was read up to.
        state: From where the next run goes on; unchanged if the log contradicts itself.
        read: How many entries were new.
        findings: What is wrong, each in a sentence; empty if nothing is.
    """

    checkpoint: Checkpoint
    state: MonitorState
    read: int
    findings: tuple[str, ...]


def monitor(
    policy: LogPolicy,
    fetch: Fetch,
    state: MonitorState,
    now: datetime,
    check_entry: EntryCheck = lambda _index, _entry: None,
) -> MonitorReport:
    """Read all entries that are new since `state` and check the log against them.

    Args:
        policy: Which log, and who must have witnessed its head.
        fetch: Reads from the log.
        state: Where the last run ended.
        now: The monitor's time.
        check_entry: Says what is wrong with an entry; None if nothing is.

    Raises:
        SignatureError: (note, log, signature) the head is not acceptable; `fetch` may raise its own.
    """
    head = policy.check(fetch("checkpoint"), now).checkpoint
    if head.size < state.size:
        rollback = f"The log went back from {state.size} to {head.size} entries."
        return MonitorReport(head, state, 0, (rollback,))
    reached, findings = state, []
    for number in range(state.size // TILE_WIDTH, -(-head.size // TILE_WIDTH)):
        leaves, found = _bundle(fetch, number, head.size, state.size, check_entry)
        findings += found
        for leaf in leaves:
            reached = reached.with_leaf(leaf)
    if reached.size != head.size or (head.size and reached.root != head.root):
        findings.append("The entries do not make up the tree of the signed head: history was rewritten.")
    findings += _upper_tiles(fetch, state.size, head.size)
    return MonitorReport(head, state if findings else reached, head.size - state.size, tuple(findings))


def _bundle(
    fetch: Fetch, number: int, size: int, known: int, check_entry: EntryCheck
) -> tuple[list[bytes], list[str]]:
    """Return the leaf hashes of the new entries of one bundle, and what is wrong with it."""
    width, first = tile_width(0, number, size), number * TILE_WIDTH
    entries = unpack_entries(fetch(tile_path(ENTRIES, number, width)))
    if len(entries) != width:
        raise SignatureError("A bundle lacks entries or has too many.", reason=Reason.LOG, entity=str(number))
    leaves = [leaf_hash(entry) for entry in entries]
    findings = []
    if b"".join(leaves) != fetch(tile_path(0, number, width)):
        findings.append(f"The tile of hashes {number} is not that of its entries.")
    fresh = [(first + at, entry) for at, entry in enumerate(entries) if first + at >= known]
    faults = ((index, check_entry(index, entry)) for index, entry in fresh)
    findings += [f"Entry {index}: {fault}" for index, fault in faults if fault]
    return leaves[max(0, known - first) :], findings


def _upper_tiles(fetch: Fetch, known: int, size: int) -> list[str]:
    """Return what is wrong with the tiles above the leaves that changed since `known` entries."""
    findings, level = [], 1
    while size >> TILE_HEIGHT * level:
        first = (known >> TILE_HEIGHT * level) // TILE_WIDTH
        for number in range(first, -(-(size >> TILE_HEIGHT * level) // TILE_WIDTH)):
            width = tile_width(level, number, size)
            below = range(number * TILE_WIDTH, number * TILE_WIDTH + width)
            if fetch(tile_path(level, number, width)) != b"".join(_tile_root(fetch, level - 1, at) for at in below):
                findings.append(f"The tile {number} of level {level} is not that of the tiles below it.")
        level += 1
    return findings


def _tile_root(fetch: Fetch, level: int, index: int) -> bytes:
    data = fetch(tile_path(level, index))
    return tree_root([data[at : at + 32] for at in range(0, len(data), 32)]) if data else b""
