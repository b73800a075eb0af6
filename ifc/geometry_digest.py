"""Digest of the representation graph of a product, taken from the text of the file.

Bottom-up: every statement becomes a token that holds its class, its numbers rounded and the tokens of what it refers
to. A token longer than a hash is hashed. So the digest does not depend on STEP numbers, order, white space, float
notation or on which instances are shared.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

DECIMALS = 6  # of the number as written in the file: a micrometre in metres, below that in millimetres

_SPLIT = re.compile(rb"('[^']*'|#\d+|\.[A-Za-z_]\w*\.|[-+]?\d+\.\d*(?:[Ee][-+]?\d+)?|[-+]?\d+(?:[Ee][-+]?\d+)?|\s+)")
_INLINE_BYTES = 128  # a shorter token stands for itself: points and directions are not worth a hash
_MARK = b"\x01"  # begins a hashed token of fixed length; STEP text never holds this byte
_IGNORED = b"IFCOWNERHISTORY"


class _MissingReferenceError(Exception):
    """A statement refers to one whose token is not known yet."""


class _Tokens(dict[bytes, bytes]):
    """Piece of text -> canonical form; ``#12`` -> token of that statement, put in by the digester."""

    def __missing__(self, piece: bytes) -> bytes:
        first = piece[:1]
        if first == b"#":
            raise _MissingReferenceError
        bare = piece.strip()
        if first in (b"'", b".", b"$", b"*", b'"') or not bare:
            return bare
        canonical = _number(piece) if bare == piece else self[bare]
        self[piece] = canonical
        return canonical


def _number(piece: bytes) -> bytes:
    if b"." not in piece and b"E" not in piece.upper():
        return b"%d" % int(piece)
    return repr(round(float(piece), DECIMALS) + 0.0).encode()


def _packed(token: bytes) -> bytes:
    return token if len(token) <= _INLINE_BYTES else _MARK + hashlib.sha256(token).digest()


class GeometryDigester:
    """Digests of representation graphs, every statement visited once.

    Args:
        statements: ``b"#12"`` -> statement body.
        likely: Upper-case classes worth digesting in the order of the file; changes the speed only.
    """

    def __init__(self, statements: Mapping[bytes, bytes], likely: frozenset[bytes] = frozenset()) -> None:
        self._statements = statements
        self._tokens = _Tokens()
        self._poisoned: set[bytes] = set()
        self._sweep(likely)

    def digest(self, keys: Iterable[bytes]) -> str:
        """Return the SHA-256 (hex) of the graphs that begin at `keys`; empty if none of them exists."""
        roots = [key for key in keys if key in self._statements]
        if not roots:
            return ""
        for key in roots:
            self._resolve(key)
        return hashlib.sha256(b"".join(self._tokens[key] + b";" for key in roots)).hexdigest()

    def _sweep(self, likely: frozenset[bytes]) -> None:
        """Digest in one pass what refers backwards only, as nearly all exporters write it."""
        tokens = self._tokens
        for key, body in self._statements.items():
            name, _, inner = body.partition(b"(")
            if name not in likely:
                continue
            try:
                tokens[key] = _packed(self._swept(name, inner) or self._split_and_joined(body))
            except _MissingReferenceError:
                continue

    def _swept(self, name: bytes, inner: bytes) -> bytes | None:
        """Return the token of ``NAME(a,b)`` or ``NAME((a,b))``, as points, loops and faces are written, else None."""
        look, brackets = self._tokens.__getitem__, inner.count(b"(")
        if b"'" in inner or brackets > 1:
            return None
        if not brackets:
            return b"%b(%b)" % (name, b",".join(map(look, inner[:-1].split(b",")))) if inner[-1:] == b")" else None
        if inner[:1] == b"(" and inner[-2:] == b"))":
            return b"%b((%b))" % (name, b",".join(map(look, inner[1:-2].split(b","))))
        return None

    def _split_and_joined(self, body: bytes) -> bytes:
        parts = _SPLIT.split(body)
        parts[1::2] = map(self._tokens.__getitem__, parts[1::2])
        return b"".join(parts)

    def _resolve(self, root: bytes) -> None:
        tokens, stack, opened = self._tokens, [root], dict[bytes, list[bytes]]()
        while stack:
            key = stack[-1]
            if key in tokens:
                stack.pop()
                continue
            parts = opened.get(key) or self._split(key)
            missing = [part for part in parts[1::2] if part[:1] == b"#" and part not in tokens]
            ahead = [part for part in missing if part not in opened and part != key]
            if ahead and key not in opened:
                opened[key] = parts
                stack.extend(ahead)
                continue
            tokens[key] = self._token(key, parts, set(missing))
            stack.pop()

    def _split(self, key: bytes) -> list[bytes]:
        body = self._statements.get(key, b"?")
        return [b"$"] if body.startswith(_IGNORED) else _SPLIT.split(body)

    def _token(self, key: bytes, parts: list[bytes], cyclic: set[bytes]) -> bytes:
        """Return the token of a statement; what leads into a cycle is replaced by its class."""
        if cyclic or self._poisoned:
            closed = cyclic | self._poisoned.intersection(parts[1::2])
            if closed:
                self._poisoned.add(key)
            parts[1::2] = [self._class(part) if part in closed else self._tokens[part] for part in parts[1::2]]
        else:
            parts[1::2] = map(self._tokens.__getitem__, parts[1::2])
        return _packed(b"".join(parts))

    def _class(self, key: bytes) -> bytes:
        return b"?" + self._statements.get(key, b"?").partition(b"(")[0].strip()
