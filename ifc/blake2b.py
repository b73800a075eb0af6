"""BLAKE2b (RFC 7693) with 32 bytes, compiled: many short messages out of one buffer, no object for any of them."""

import numpy as np
from numpy.typing import NDArray

from ifc.compiled import compiled, inlined

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

DIGEST_BYTES = 32
BLOCK_BYTES = 128
_IV = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    np.uint64,
)
_PARAMETERS = np.uint64(0x01010000 | DIGEST_BYTES)  # no key, one leaf
_R32, _R24, _R16, _R63 = np.uint64(32), np.uint64(24), np.uint64(16), np.uint64(63)
_L32, _L40, _L48, _L1 = np.uint64(32), np.uint64(40), np.uint64(48), np.uint64(1)
_LAST, _NONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)
_EIGHT, _BYTE = np.uint64(8), np.uint64(0xFF)

Row = tuple[np.uint64, ...]


@inlined
def _mix(
    a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, x: np.uint64, y: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    a = a + b + x
    d = d ^ a
    d = (d >> _R32) | (d << _L32)
    c = c + d
    b = b ^ c
    b = (b >> _R24) | (b << _L40)
    a = a + b + y
    d = d ^ a
    d = (d >> _R16) | (d << _L48)
    c = c + d
    b = b ^ c
    b = (b >> _R63) | (b << _L1)
    return a, b, c, d


@inlined
def _round(v: Row, x: Row) -> Row:
    """Return the sixteen words `v` after one round over the message words `x`, given in the order of the round."""
    v0, v4, v8, v12 = _mix(v[0], v[4], v[8], v[12], x[0], x[1])
    v1, v5, v9, v13 = _mix(v[1], v[5], v[9], v[13], x[2], x[3])
    v2, v6, v10, v14 = _mix(v[2], v[6], v[10], v[14], x[4], x[5])
    v3, v7, v11, v15 = _mix(v[3], v[7], v[11], v[15], x[6], x[7])
    v0, v5, v10, v15 = _mix(v0, v5, v10, v15, x[8], x[9])
    v1, v6, v11, v12 = _mix(v1, v6, v11, v12, x[10], x[11])
    v2, v7, v8, v13 = _mix(v2, v7, v8, v13, x[12], x[13])
    v3, v4, v9, v14 = _mix(v3, v4, v9, v14, x[14], x[15])
    return v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15


@inlined
def _rounds(v: Row, m: Row) -> Row:
    """Return `v` after the twelve rounds; the orders of the words are those of RFC 7693, section 2.7."""
    a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q = m  # noqa: E741 - sixteen words need sixteen letters
    v = _round(v, (a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q))
    v = _round(v, (p, k, e, i, j, q, o, g, b, n, a, c, l, h, f, d))
    v = _round(v, (l, i, n, a, f, c, q, o, k, p, d, g, h, b, j, e))
    v = _round(v, (h, j, d, b, o, n, l, p, c, g, f, k, e, a, q, i))
    v = _round(v, (j, a, f, h, c, e, k, q, p, b, l, n, g, i, d, o))
    v = _round(v, (c, n, g, k, a, l, i, d, e, o, h, f, q, p, b, j))
    v = _round(v, (n, f, b, q, p, o, e, k, a, h, g, d, j, c, i, l))
    v = _round(v, (o, l, h, p, n, b, d, j, f, a, q, e, i, g, c, k))
    v = _round(v, (g, q, p, j, l, d, a, i, n, c, o, h, b, e, k, f))
    v = _round(v, (k, c, i, e, h, g, b, f, q, l, j, p, d, n, o, a))
    v = _round(v, (a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q))
    return _round(v, (p, k, e, i, j, q, o, g, b, n, a, c, l, h, f, d))


@compiled
def blake2b(message: Bytes, size: int, h: Words, out: Bytes, at: int) -> None:
    """Write the digest of the first `size` bytes of `message` to `out` from `at`.

    Args:
        message: A number of whole blocks of 128 bytes, one at least; what follows `size` is overwritten.
        size: Number of bytes to hash.
        h: Eight words to work with.
        out: At least 32 bytes from `at`.
        at: Where the digest goes.
    """
    blocks = max((size + BLOCK_BYTES - 1) // BLOCK_BYTES, 1)
    for i in range(size, blocks * BLOCK_BYTES):
        message[i] = 0
    words = message.view(np.uint64)
    for i in range(8):
        h[i] = _IV[i]
    h[0] ^= _PARAMETERS
    for block in range(blocks):
        w = words[16 * block : 16 * block + 16]
        last = block == blocks - 1
        m = (w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15])
        count = np.uint64(size if last else (block + 1) * BLOCK_BYTES)
        low = (h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7])
        high = (_IV[0], _IV[1], _IV[2], _IV[3], _IV[4] ^ count, _IV[5], _IV[6] ^ (_LAST if last else _NONE), _IV[7])
        v = _rounds(low + high, m)
        for i in range(8):
            h[i] ^= v[i] ^ v[i + 8]
    for i in range(4):
        word = h[i]
        for k in range(8):
            out[at + 8 * i + k] = np.uint8(word & _BYTE)
            word >>= _EIGHT
