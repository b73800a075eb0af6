"""Digest of the representation graph of a product, taken from the text of the file.

Bottom-up: every statement becomes a token that holds its class, its numbers rounded and the tokens of what it refers
to. A token longer than a hash is hashed. So the digest does not depend on STEP numbers, order, white space, float
notation or on which instances are shared.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

DECIMALS = 6  # of the number as written in the file: a micrometre in metres, below that in millimetres

_SPLIT = re.compile(rb"('[^']*'|#\d+|\.[A-Za-z_]\w*\.|[-+]?\d+\.\d*(?:[Ee][-+]?\d+)?|[-+]?\d+(?:[Ee][-+]?\d+)?|\s+)")
_HASH_BYTES = 32
_OPEN = b"\x01"  # marks a hashed token; no text of a file holds this byte outside strings
_IGNORED = b"IFCOWNERHISTORY"


class _Tokens(dict[bytes, bytes]):
    """Piece of text -> its canonical form; references are put in by the digester before they are met."""

    def __missing__(self, piece: bytes) -> bytes:
        first = piece[:1]
        if first in b"'.#" and first:
            canonical = piece
        elif piece.isspace():
            canonical = b""
        else:
            canonical = _number(piece)
        self[piece] = canonical
        return canonical


def _number(piece: bytes) -> bytes:
    if b"." not in piece and b"E" not in piece.upper():
        return b"%d" % int(piece)
    return repr(round(float(piece), DECIMALS) + 0.0).encode()


class GeometryDigester:
    """Digests of representation graphs, every statement visited once.

    Args:
        statements: ``b"#12"`` -> statement body.
    """

    def __init__(self, statements: dict[bytes, bytes]) -> None:
        self._statements = statements
        self._pieces = _Tokens()
        self._done: dict[bytes, bytes] = {}
        self._poisoned: set[bytes] = set()

    def digest(self, keys: Iterable[bytes]) -> str:
        """Return the SHA-256 (hex) of the graphs that begin at `keys`; empty if none of them exists."""
        roots = [key for key in keys if key in self._statements]
        if not roots:
            return ""
        for key in roots:
            if key not in self._done:
                self._resolve(key)
        return hashlib.sha256(b"".join(self._done[key] + b";" for key in roots)).hexdigest()

    def _resolve(self, root: bytes) -> None:
        done = self._done
        open_keys = {root}
        stack = [self._frame(root)]
        while stack:
            key, parts, references, waiting = stack[-1]
            for child in waiting:
                if child not in done and child not in open_keys:
                    open_keys.add(child)
                    stack.append(self._frame(child))
                    break
            else:
                stack.pop()
                done[key] = self._token(key, parts, references, open_keys)
                open_keys.discard(key)

    def _frame(self, key: bytes) -> tuple[bytes, list[bytes], list[bytes], Iterator[bytes]]:
        body = self._statements.get(key, b"?")
        parts = [b"$"] if body.startswith(_IGNORED) else _SPLIT.split(body)
        references = [part for part in parts[1::2] if part[:1] == b"#"]
        return key, parts, references, iter(references)

    def _token(self, key: bytes, parts: list[bytes], references: list[bytes], open_keys: set[bytes]) -> bytes:
        pieces, done = self._pieces, self._done
        if references:
            closed = {item for item in references if item in open_keys or item in self._poisoned}
            if closed:
                self._poisoned.add(key)
            names = {item: self._class(item) if item in closed else done[item] for item in references}
            parts[1::2] = [names[part] if part in names else pieces[part] for part in parts[1::2]]
        else:
            parts[1::2] = map(pieces.__getitem__, parts[1::2])
        token = b"".join(parts)
        if len(token) > _HASH_BYTES:
            return _OPEN + hashlib.sha256(token).digest()
        return token

    def _class(self, key: bytes) -> bytes:
        return b"?" + self._statements.get(key, b"?").partition(b"(")[0].strip()
