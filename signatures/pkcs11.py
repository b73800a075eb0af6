"""A signer whose key lies in a PKCS#11 token and never leaves it. Needs the extra ``pkcs11``."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from signatures.errors import Reason, SignatureError
from signatures.keys import HASH_NAMES, KeyKind, PublicKey, did_key, public_key_of

_ED25519 = bytes.fromhex("06032b6570")  # OID 1.3.101.112
_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")  # OID 1.2.840.10045.2.1


class Pkcs11Signer:
    """A signer in a token; each signature opens a session of its own.

    Args:
        module: Path of the PKCS#11 library, such as ``/usr/lib/softhsm/libsofthsm2.so``.
        token_label: Label of the token.
        key_label: Label of the key pair: Ed25519, P-256 or P-384.
        pin: The user's.
        verification_method: URL of the key in its controller's document; by default that of its did:key.

    Raises:
        SignatureError: (token) the extra is not installed, or no such module, token or key; (key) another kind.
    """

    def __init__(
        self, module: str, token_label: str, key_label: str, pin: str, *, verification_method: str | None = None
    ) -> None:
        self._library = _library()
        self._where = (module, token_label, key_label, pin)
        with self._session() as session:
            self._public_key = self._read_public(session)
        own = did_key(self._public_key)
        self._method = verification_method or f"{own}#{self._public_key.multibase}"

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies."""
        return self._public_key

    @property
    def controller(self) -> str:
        """Who controls the key."""
        return self._method.partition("#")[0]

    @property
    def verification_method(self) -> str:
        """The URL of the key."""
        return self._method

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature. ECDSA is over a digest made here: not every token hashes.

        Raises:
            SignatureError: (token) the token is gone or refuses.
        """
        kind = self._public_key.kind
        edwards = kind is KeyKind.ED25519
        mechanism = self._library.Mechanism.EDDSA if edwards else self._library.Mechanism.ECDSA
        data = message if edwards else hashlib.new(HASH_NAMES[kind], message).digest()
        with self._session() as session:
            key = session.get_key(self._library.ObjectClass.PRIVATE_KEY, label=self._where[2])
            return bytes(key.sign(data, mechanism=mechanism))

    @contextmanager
    def _session(self) -> Iterator[Any]:
        module, token, _, pin = self._where
        try:
            with self._library.lib(module).get_token(token_label=token).open(user_pin=pin) as session:
                yield session
        except (self._library.PKCS11Error, RuntimeError, OSError) as error:
            raise SignatureError(
                "The key in the token cannot be used.",
                reason=Reason.TOKEN,
                hint="Check the module, the labels and the PIN.",
                entity=f"{token}/{self._where[2]}",
            ) from error

    def _read_public(self, session: Any) -> PublicKey:
        key = session.get_key(self._library.ObjectClass.PUBLIC_KEY, label=self._where[2])
        attribute = self._library.Attribute
        parameters, point = bytes(key[attribute.EC_PARAMS]), bytes(key[attribute.EC_POINT])
        return public_key_of(_load(parameters, point))


def _load(parameters: bytes, point: bytes) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
    """Return the key from its curve and its point, an OCTET STRING in the token."""
    algorithm = (
        parameters
        if parameters[:5] == b"\x06\x03\x2b\x65\x70"
        else b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01" + parameters
    )
    raw = point[2:] if point[:1] == b"\x04" and len(point) > 2 and point[1] == len(point) - 2 else point
    body = b"\x30" + bytes([len(algorithm)]) + algorithm + b"\x03" + bytes([len(raw) + 1]) + b"\0" + raw
    try:
        key = serialization.load_der_public_key(b"\x30" + bytes([len(body)]) + body)
    except (ValueError, UnsupportedAlgorithm, OverflowError) as error:
        raise SignatureError("The key in the token is of another kind.", reason=Reason.KEY) from error
    if not isinstance(key, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise SignatureError("The key in the token is of another kind.", reason=Reason.KEY)
    return key


def _library() -> Any:
    try:
        return import_module("pkcs11")
    except ImportError as error:
        raise SignatureError(
            "PKCS#11 is not installed.", reason=Reason.TOKEN, hint="Install Kaksik with the extra pkcs11."
        ) from error
