"""Digest of the representation graph of a product, taken from the text of the file.

Bottom-up: every statement becomes a token that holds its class, its numbers rounded and the tokens of what it refers
to. A token longer than a hash is hashed. So the digest does not depend on STEP numbers, order, white space, float
notation or on which instances are shared.
"""

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

MICRO = 1e6  # numbers count in millionths of what the file writes: a micrometre in metres, below that in millimetres

_SPLIT = re.compile(rb"('[^']*'|#\d+|\.[A-Za-z_]\w*\.|[-+]?\d+\.\d*(?:[Ee][-+]?\d+)?|[-+]?\d+(?:[Ee][-+]?\d+)?|\s+)")
_INLINE_BYTES = 96  # a shorter token stands for itself: points, directions and bounds are not worth a hash
_MARK = b"\x01"  # begins a hashed token of fixed length; STEP text never holds this byte
_REAL = b"\x02"  # begins a real number: eight bytes, little-endian
_IGNORED = b"IFCOWNERHISTORY"
_COORDINATES = {b"IFCCARTESIANPOINT": b"\x03", b"IFCDIRECTION": b"\x04"}  # class -> first byte of its short token
_LAYERS = (  # the classes that fill faceted models, from below
    (b"IFCPOLYLOOP", b"IFCPOLYLINE"),
    (b"IFCFACEOUTERBOUND", b"IFCFACEBOUND"),
    (b"IFCFACE",),
)
_IN_BULK = frozenset(chain(_COORDINATES, *_LAYERS))
_MAX_DIMENSIONS = 3
_NUMERIC = b"0123456789.+-Ee, \r\n\t"


class _MissingReferenceError(Exception):
    """A statement refers to one whose token is not known yet."""


class _Tokens(dict[bytes, bytes]):
    """Piece of text -> canonical form; ``#12`` -> token of that statement, put in by the digester."""

    def __missing__(self, piece: bytes) -> bytes:
        bare = piece.strip()
        first = bare[:1]
        if first == b"#" and bare == piece:
            raise _MissingReferenceError
        if first in (b"'", b".", b"$", b"*", b'"') or not bare:
            return bare
        if bare != piece:
            return self[bare]
        canonical = self[piece] = _number(piece)
        return canonical


def _number(piece: bytes) -> bytes:
    if b"." not in piece and b"E" not in piece.upper():
        return b"%d" % int(piece)
    return _REAL + struct.pack("<d", float(np.rint(float(piece) * MICRO)) + 0.0)


def _packed(token: bytes) -> bytes:
    return token if len(token) <= _INLINE_BYTES else _MARK + hashlib.sha256(token).digest()


def _point(name: bytes, inner: bytes) -> bytes | None:
    """Return the token of ``(1.,2.)``, the arguments of a point or direction, or None if it is written otherwise."""
    text = inner.strip(b"() \r\n\t")
    if text.translate(None, _NUMERIC):
        return None
    try:
        values = [float(np.rint(float(item) * MICRO)) + 0.0 for item in text.split(b",")]
    except ValueError:
        return None
    return (
        _COORDINATES[name] + struct.pack(f"<B{len(values)}d", len(values), *values)
        if len(values) <= _MAX_DIMENSIONS
        else None
    )


def _points(name: bytes, pairs: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the tokens of all points or directions at once, those left out that are written in an unusual form."""
    by_size: dict[int, list[tuple[bytes, bytes]]] = {}
    for pair in pairs:
        by_size.setdefault(pair[1].count(b","), []).append(pair)
    for commas, some in by_size.items():
        rows = _rows([body for _, body in some], name + b"((", commas + 1)
        if rows is not None:
            head = np.broadcast_to(np.array([_COORDINATES[name][0], commas + 1], np.uint8), (len(some), 2))
            tokens = np.hstack([head, rows.view(np.uint8)]).view(f"V{2 + rows.itemsize * (commas + 1)}")
            yield from zip([key for key, _ in some], tokens.ravel().tolist(), strict=True)


def _rows(bodies: Sequence[bytes], head: bytes, size: int) -> NDArray[np.float64] | None:
    """Return the numbers of ``head1.,2.))`` as rows of `size`, in millionths; None if one is written otherwise."""
    text = b"".join(bodies).replace(head, b"").replace(b"))", b",")[:-1]
    if size > _MAX_DIMENSIONS or text.translate(None, _NUMERIC) or text.count(b",") != size * len(bodies) - 1:
        return None
    try:
        values = np.fromstring(text.decode("ascii"), dtype="<f8", sep=",")
    except (ValueError, DeprecationWarning):
        return None
    with np.errstate(over="ignore"):
        return (np.rint(values * MICRO) + 0.0).reshape(-1, size) if len(values) == size * len(bodies) else None


class GeometryDigester:
    """Digests of representation graphs, every statement visited once.

    Args:
        statements: ``b"#12"`` -> statement body.
        groups: Keys by class of what is worth digesting beforehand; changes the speed only.
    """

    def __init__(
        self, statements: Mapping[bytes, bytes], groups: Mapping[bytes, Sequence[bytes]] | None = None
    ) -> None:
        self._statements = statements
        self._tokens = _Tokens()
        self._poisoned: set[bytes] = set()
        self._sweep(groups or {})

    def digest(self, keys: Iterable[bytes]) -> str:
        """Return the SHA-256 (hex) of the graphs that begin at `keys`; empty if none of them exists."""
        roots = [key for key in keys if key in self._statements]
        if not roots:
            return ""
        for key in roots:
            if key not in self._tokens:
                self._resolve(key)
        return hashlib.sha256(b"".join([self._tokens[key] + b";" for key in roots])).hexdigest()

    # --- all at once --------------------------------------------------------------------------------------------

    def _sweep(self, groups: Mapping[bytes, Sequence[bytes]]) -> None:
        """Digest class by class, from below, then what refers backwards, then what refers forwards."""
        for name in _COORDINATES:
            if keys := groups.get(name):
                self._tokens.update(_points(name, [(key, self._statements[key]) for key in keys]))
                self._tokens.update(self._singly([key for key in keys if key not in self._tokens]))
        for layer in _LAYERS:
            for name in layer:
                if keys := groups.get(name):
                    self._tokens.update(self._layer(name, keys))
        rest = [key for name, keys in groups.items() if name not in _IN_BULK for key in keys]
        rest.sort(key=_step_number)
        self._tokens.update(self._singly(rest))
        self._tokens.update(self._singly([key for key in reversed(rest) if key not in self._tokens]))

    def _singly(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for key in keys:
            try:
                yield key, _packed(self._written(self._statements[key]))
            except _MissingReferenceError:
                continue

    def _layer(self, name: bytes, keys: Sequence[bytes]) -> Iterable[tuple[bytes, bytes]]:
        """Return the tokens of all statements ``NAME(a,b)`` or ``NAME((a,b))`` of a class."""
        bodies = [self._statements[key] for key in keys]
        text = b"".join(bodies)
        head, tail = (name + b"((", b"))") if text.startswith(name + b"((") else (name + b"(", b")")
        brackets = len(head) - len(name)
        if text.count(b"(") != brackets * len(keys) or text.count(tail + head) != len(keys) - 1 or text[-1:] != b")":
            return self._singly(keys)
        look, start, sha256 = self._tokens.__getitem__, len(head), hashlib.sha256
        try:
            tokens = [head + b",".join(map(look, body[start:-brackets].split(b","))) + tail for body in bodies]
        except (_MissingReferenceError, ValueError):
            return self._singly(keys)
        packed = [token if len(token) <= _INLINE_BYTES else _MARK + sha256(token).digest() for token in tokens]
        return zip(keys, packed, strict=True)

    def _written(self, body: bytes) -> bytes:
        """Return the token of a statement whose references are all known, before it is packed."""
        name, _, inner = body.partition(b"(")
        look, brackets = self._tokens.__getitem__, inner.count(b"(")
        if name in _COORDINATES and (point := _point(name, inner)):
            return point
        if b"'" not in inner and inner[-1:] == b")":
            if not brackets:
                return b"%b(%b)" % (name, b",".join(map(look, inner[:-1].split(b","))))
            if brackets == 1 and inner[:1] == b"(" and inner[-2:] == b"))":
                return b"%b((%b))" % (name, b",".join(map(look, inner[1:-2].split(b","))))
        parts = _SPLIT.split(body)
        parts[1::2] = map(look, parts[1::2])
        return b"".join(parts)

    # --- one by one ---------------------------------------------------------------------------------------------

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
                return _packed(b"".join(parts))
        return b"$" if parts == [b"$"] else _packed(self._written(self._statements.get(key, b"?")))

    def _class(self, key: bytes) -> bytes:
        return b"?" + self._statements.get(key, b"?").partition(b"(")[0].strip()


def _step_number(key: bytes) -> int:
    return int(key[1:])
