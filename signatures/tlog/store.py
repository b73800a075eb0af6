"""A transparency log in a folder: what lies there is what is served, byte for byte, under the log's address.

====================  ==============================================================
checkpoint            the newest signed head, with the cosignatures it has
tile/…                hashes and entries (C2SP tlog-tiles)
checkpoints/…         every head by its size; `.tsr` beside it is its time-stamp
lock                  held while somebody appends
====================  ==============================================================

Order of an append: tiles, then the head under its size, then `checkpoint`; each is on the disk before the next
begins. A crash leaves tiles that no head speaks of; the next append writes over them. A head that was ever shown has
its copy on the disk, so that a log never signs two heads of which neither continues the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from signatures.errors import Reason, SignatureError
from signatures.merkle import leaf_hash, tree_root
from signatures.tlog.files import locked, write_durably
from signatures.tlog.keys import NoteKey, NoteSigner
from signatures.tlog.notes import Checkpoint, NoteSignature, SignedNote, parse_checkpoint
from signatures.tlog.proof import LogProof
from signatures.tlog.tiles import (
    ENTRIES,
    TILE_HEIGHT,
    TILE_WIDTH,
    TileTree,
    number_path,
    pack_entries,
    split_hashes,
    tile_path,
    tile_width,
    unpack_entries,
)

CHECKPOINT = "checkpoint"
_NO_TIME = datetime.fromtimestamp(0, UTC)  # a log signature carries no time


class TileLog:
    """An append-only log.

    Args:
        folder: Where it lies; made if missing.
        signer: Signs its checkpoints; its key is named after the log.

    Raises:
        SignatureError: (log) the folder holds the log of another key, or a damaged one.
    """

    def __init__(self, folder: Path, signer: NoteSigner) -> None:
        self._folder = folder
        self._signer = signer
        with locked(folder / "lock"):
            self._recover()

    @property
    def size(self) -> int:
        """Number of entries."""
        return self._head().size

    @property
    def root(self) -> bytes:
        """Root over all entries, 32 bytes."""
        return self._head().root

    def checkpoint(self, size: int | None = None) -> bytes:
        """Return the signed head of `size` entries, or the newest, with the cosignatures it has.

        Raises:
            SignatureError: (log) no head was signed at that size.
        """
        return self.read(CHECKPOINT if size is None else _head_path(size))

    def append(self, entries: Iterable[bytes]) -> range:
        """Append `entries` and publish a checkpoint over them; durable when it returns.

        Returns:
            The indices of the entries.

        Raises:
            SignatureError: (too-large) an entry is longer than 65,535 bytes.
        """
        with locked(self._folder / "lock"):
            return self._append(list(entries))

    def read(self, path: str) -> bytes:
        """Return the bytes at `path` of the log's folder.

        Raises:
            SignatureError: (log) there are none.
        """
        try:
            return (self._folder / path).read_bytes()
        except OSError as error:
            raise SignatureError("The log has no such file.", reason=Reason.LOG, entity=path) from error

    def entry(self, index: int) -> bytes:
        """Return the entry at `index`.

        Raises:
            SignatureError: (log) there is none.
        """
        return self.entries(index, index + 1)[0]

    def entries(self, start: int, stop: int) -> list[bytes]:
        """Return the entries from `start` up to `stop`.

        Raises:
            SignatureError: (log) they are not all there.
        """
        size = self.size
        if not 0 <= start <= stop <= size:
            raise SignatureError("The log has no such entries.", reason=Reason.LOG, entity=f"{start}-{stop}")
        found: list[bytes] = []
        for number in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            found += unpack_entries(self.read(tile_path(ENTRIES, number, tile_width(0, number, size))))
        offset = start // TILE_WIDTH * TILE_WIDTH
        return found[start - offset : stop - offset]

    def find(self, entry: bytes) -> int | None:
        """Return the first index at which `entry` stands; None if it does not."""
        wanted, size = leaf_hash(entry), self.size
        for number in range(-(-size // TILE_WIDTH)):
            hashes = split_hashes(self.read(tile_path(0, number, tile_width(0, number, size))))
            if wanted in hashes:
                return number * TILE_WIDTH + hashes.index(wanted)
        return None

    def proof(self, index: int, size: int | None = None, extra: bytes | None = None) -> bytes:
        """Return the proof file (tlog-proof@v1) of the entry at `index` under the newest head, or that of `size`.

        Raises:
            SignatureError: (log) there is no such entry or head.
        """
        checkpoint = self.checkpoint(size)
        head, _ = parse_checkpoint(checkpoint)
        path = tuple(TileTree(self.read, head.size).inclusion_proof(index))
        return LogProof(index, path, checkpoint, extra).to_bytes()

    def consistency(self, old_size: int, new_size: int | None = None) -> list[bytes]:
        """Return the proof that the log of `new_size` (now, by default) continues that of `old_size`."""
        return TileTree(self.read, self.size if new_size is None else new_size).consistency_proof(old_size)

    def add_cosignatures(self, size: int, lines: bytes, witnesses: Sequence[NoteKey]) -> int:
        """Put the cosignatures in `lines` beside the head of `size`; those of unknown witnesses are left out.

        Returns:
            How many were good and new.

        Raises:
            SignatureError: (note, signature) malformed, or one that claims to be by a known witness does not fit.
        """
        with locked(self._folder / "lock"):
            checkpoint, note = parse_checkpoint(self.checkpoint(size))
            rows = [NoteSignature.from_line(line) for line in lines.decode(errors="replace").splitlines()]
            good = tuple(row for row in rows if any(_good(key, checkpoint, row) for key in witnesses))
            more = note.with_signatures(good)
            self._publish(checkpoint, more, newest=size == self.size)
        return len(more.signatures) - len(note.signatures)

    def add_stamp(self, size: int, token: bytes) -> None:
        """Keep a time-stamp of the head of `size` beside it."""
        self.checkpoint(size)
        write_durably(self._folder, {f"{_head_path(size)}.tsr": token})

    def stamp(self, size: int) -> bytes | None:
        """Return the time-stamp of the head of `size`, if there is one."""
        file = self._folder / f"{_head_path(size)}.tsr"
        return file.read_bytes() if file.is_file() else None

    def _head(self) -> Checkpoint:
        return parse_checkpoint(self.read(CHECKPOINT))[0]

    def _recover(self) -> None:
        """Bring `checkpoint` to the newest head on the disk, and see that the tiles are those of it."""
        newest = max((size for size in self._head_sizes()), default=None)
        if newest is None:
            self._sign(Checkpoint(self._signer.key.name, 0, TileTree(self.read, 0).root))
            return
        data = self.checkpoint(newest)
        checkpoint, note = parse_checkpoint(data)
        key = self._signer.key
        if checkpoint.origin != key.name or not any(_good(key, checkpoint, row) for row in note.signatures):
            raise SignatureError("The folder holds the log of another key.", reason=Reason.LOG, entity=key.name)
        if TileTree(self.read, checkpoint.size).root != checkpoint.root:
            raise SignatureError("The tiles of the log are damaged.", reason=Reason.LOG, entity=key.name)
        current = self._folder / CHECKPOINT
        if not current.is_file() or current.read_bytes() != data:
            write_durably(self._folder, {CHECKPOINT: data})

    def _head_sizes(self) -> list[int]:
        files = (self._folder / "checkpoints").rglob("*")
        names = [file.relative_to(self._folder / "checkpoints").as_posix() for file in files if file.is_file()]
        digits = [name.replace("x", "").replace("/", "") for name in names]
        return [int(text) for text in digits if text.isdigit()]

    def _append(self, entries: list[bytes]) -> range:
        size = self.size
        if not entries:
            return range(size, size)
        new_size = size + len(entries)
        write_durably(self._folder, self._new_tiles(entries, size))
        root = TileTree(self.read, new_size).root
        self._sign(Checkpoint(self._signer.key.name, new_size, root))
        self._drop_partial(size, new_size)
        return range(size, new_size)

    def _new_tiles(self, entries: list[bytes], size: int) -> dict[str, bytes]:
        files = dict(self._bundles(entries, size))
        level, hashes = 0, [leaf_hash(entry) for entry in entries]
        while hashes:
            old = size >> TILE_HEIGHT * level
            first, width = divmod(old, TILE_WIDTH)
            present = split_hashes(self.read(tile_path(level, first, width))) if width else []
            tiles = _chunks([*present, *hashes])
            files |= {
                tile_path(level, first + number, len(tile)): b"".join(tile) for number, tile in enumerate(tiles)
            }
            hashes = [tree_root(tile) for tile in tiles if len(tile) == TILE_WIDTH]
            level += 1
        return files

    def _bundles(self, entries: list[bytes], size: int) -> Iterable[tuple[str, bytes]]:
        first, width = divmod(size, TILE_WIDTH)
        present = unpack_entries(self.read(tile_path(ENTRIES, first, width))) if width else []
        for number, chunk in enumerate(_chunks([*present, *entries])):
            yield tile_path(ENTRIES, first + number, len(chunk)), pack_entries(chunk)

    def _sign(self, checkpoint: Checkpoint) -> None:
        note = SignedNote(checkpoint.text, (self._signer.sign(checkpoint, _NO_TIME),))
        self._publish(checkpoint, note, newest=True)

    def _publish(self, checkpoint: Checkpoint, note: SignedNote, *, newest: bool) -> None:
        data = note.to_bytes()
        write_durably(self._folder, {_head_path(checkpoint.size): data})
        if newest:
            write_durably(self._folder, {CHECKPOINT: data})

    def _drop_partial(self, size: int, new_size: int) -> None:
        """Remove partial tiles whose full tile is there now; C2SP tlog-tiles allows it."""
        levels: Mapping[int | str, int] = {ENTRIES: 0} | {level: level for level in range(TILE_HEIGHT)}
        for name, level in levels.items():
            first, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
            if width and tile_width(level, first, new_size) == TILE_WIDTH:
                folder = self._folder / f"{tile_path(name, first)}.p"
                for file in folder.iterdir():
                    file.unlink()
                folder.rmdir()


def _head_path(size: int) -> str:
    return f"checkpoints/{number_path(size)}"


def _good(key: NoteKey, checkpoint: Checkpoint, signature: NoteSignature) -> bool:
    if not key.made(signature):
        return False
    key.verify(checkpoint, signature)
    return True


def _chunks(items: list[bytes]) -> list[list[bytes]]:
    return [items[at : at + TILE_WIDTH] for at in range(0, len(items), TILE_WIDTH)]
