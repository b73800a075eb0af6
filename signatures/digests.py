"""Digests and the base58btc multibase in which keys and signatures are written."""

import hashlib

from signatures.errors import Reason, SignatureError

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MAX_BASE58_CHARACTERS = 512  # decoding is quadratic; the longest value of ours (P-384 signature) has 132
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of `data`, 32 bytes."""
    return hashlib.sha256(data).digest()


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def to_base58btc(data: bytes) -> str:
    """Return `data` as multibase base58btc: ``z`` and the digits."""
    number = int.from_bytes(data)
    digits = ""
    while number:
        number, rest = divmod(number, 58)
        digits = ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + ALPHABET[0] * zeros + digits


def from_base58btc(text: str) -> bytes:
    """Return the bytes of the multibase base58btc `text`.

    Raises:
        SignatureError: (signature) no ``z`` in front, a character outside the alphabet, or too long.
    """
    digits = text[1:]
    if text[:1] != "z" or len(text) > MAX_BASE58_CHARACTERS or not all(digit in _VALUES for digit in digits):
        raise SignatureError("A value is not multibase base58btc.", reason=Reason.SIGNATURE, entity=text[:80])
    number = 0
    for digit in digits:
        number = number * 58 + _VALUES[digit]
    zeros = len(digits) - len(digits.lstrip(ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
