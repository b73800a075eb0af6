"""The tiles of a log (C2SP tlog-tiles): their names, their content, and every hash and proof read from them."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from signatures.errors import Reason, SignatureError
from signatures.merkle import HASH_BYTES, node_hash, tree_root

TILE_HEIGHT = 8
TILE_WIDTH = 256
MAX_ENTRY_BYTES = 65_535  # two length bytes
ENTRIES = "entries"

Fetch = Callable[[str], bytes]


def number_path(number: int) -> str:
    """Return `number` in path elements of three digits, such as ``x001/x234/067``."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:  # three digits
        number //= 1000
        parts.append(f"x{number % 1000:03d}")
    return "/".join(reversed(parts))


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile of hashes at `level`, or of a bundle of entries (level ``entries``)."""
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{number_path(index)}{partial}"


def tile_width(level: int, index: int, size: int) -> int:
    """Return how many hashes tile `index` of `level` has in a log of `size` entries."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """Return the bundle of `entries`.

    Raises:
        SignatureError: (too-large) one is longer than a bundle can say.
    """
    longest = max(map(len, entries), default=0)
    if longest > MAX_ENTRY_BYTES:
        raise SignatureError(f"An entry has {longest} bytes; a log takes {MAX_ENTRY_BYTES}.", reason=Reason.TOO_LARGE)
    return b"".join(part for entry in entries for part in (len(entry).to_bytes(2), entry))


def unpack_entries(data: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        SignatureError: (log) its lengths do not add up.
    """
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        if end > len(data) or at + 2 > len(data):
            raise SignatureError("A bundle of entries ends too early.", reason=Reason.LOG)
        entries.append(data[at + 2 : end])
        at = end
    return entries


def split_hashes(data: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


class TileTree:
    """The tree of a log, read from its tiles.

    Args:
        fetch: Returns the bytes at a path under the log's prefix.
        size: Number of entries.
    """

    def __init__(self, fetch: Fetch, size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    @property
    def root(self) -> bytes:
        """The root at this size; of an empty log the hash of nothing."""
        return self._range(0, self._size) if self._size else sha256(b"").digest()

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash at `index`."""
        return self._node(0, index)

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Return the audit path of leaf `index`, from the leaf upwards (RFC 9162, 2.1.3.1).

        Raises:
            SignatureError: (log) there is no such leaf.
        """
        if not 0 <= index < self._size:
            raise SignatureError("The log has no such entry.", reason=Reason.LOG, entity=str(index))
        path, start, stop = [], 0, self._size
        while stop - start > 1:
            split = start + _split(stop - start)
            path.append((split, stop) if index < split else (start, split))
            start, stop = (start, split) if index < split else (split, stop)
        return [self._range(*part) for part in reversed(path)]

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Return the proof that the first `old_size` entries were there before (RFC 9162, 2.1.4.1)."""
        if not 0 < old_size < self._size:
            return []
        parts, start, stop, complete = [], 0, self._size, True
        while old_size != stop:
            split = start + _split(stop - start)
            if old_size <= split:
                parts.append((split, stop))
                stop = split
            else:
                parts.append((start, split))
                start, complete = split, False
        last = [] if complete else [(start, stop)]
        return [self._range(*part) for part in [*last, *reversed(parts)]]

    def _range(self, start: int, stop: int) -> bytes:
        parts = [self._node(level, index) for level, index in _complete_parts(start, stop)]
        result = parts[-1]
        for part in reversed(parts[:-1]):
            result = node_hash(part, result)
        return result

    def _node(self, level: int, index: int) -> bytes:
        """Return the root of the complete subtree of 2^level leaves that is the `index`-th of its level."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        first = index << height
        tile = self._tile(tile_level, first // TILE_WIDTH)
        at = first % TILE_WIDTH * HASH_BYTES
        return tree_root(split_hashes(tile[at : at + (HASH_BYTES << height)]))

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            width = tile_width(level, index, self._size)
            data = self._fetch(tile_path(level, index, width))
            if len(data) != width * HASH_BYTES:
                raise SignatureError(
                    "A tile of the log has another length than the log's size asks.",
                    reason=Reason.LOG,
                    entity=tile_path(level, index, width),
                )
            self._tiles[level, index] = data
        return self._tiles[level, index]


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _complete_parts(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the complete subtrees, as level and index, that make up an aligned range from left to right."""
    while start < stop:
        level = (stop - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
