"""Keys: Multikey and did:key forms, the `Signer` protocol, and a signer whose key lies in an encrypted file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from signatures.digests import from_base58btc, to_base58btc
from signatures.errors import Reason, SignatureError

MIN_PASSPHRASE_CHARACTERS = 12  # PKCS #8 is derived with 2,048 rounds of PBKDF2 only; service keys belong in PKCS#11
ASSERTION = "assertionMethod"


class KeyKind(StrEnum):
    """Kinds of key that can prove a credential."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"


_CODES: Mapping[KeyKind, bytes] = {  # multicodec prefixes (varint) of the Multikey form
    KeyKind.ED25519: b"\xed\x01",
    KeyKind.P256: b"\x80\x24",
    KeyKind.P384: b"\x81\x24",
}
_CURVES: Mapping[KeyKind, ec.EllipticCurve] = {KeyKind.P256: ec.SECP256R1(), KeyKind.P384: ec.SECP384R1()}
_HASHES: Mapping[KeyKind, hashes.HashAlgorithm] = {KeyKind.P256: hashes.SHA256(), KeyKind.P384: hashes.SHA384()}
HASH_NAMES: Mapping[KeyKind, str] = {KeyKind.ED25519: "sha256", KeyKind.P256: "sha256", KeyKind.P384: "sha384"}

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key.

    Attributes:
        kind: Its kind.
        raw: Ed25519: 32 bytes; P-256 and P-384: the compressed point.
    """

    kind: KeyKind
    raw: bytes

    @property
    def multibase(self) -> str:
        """The Multikey text, such as ``z6Mk…``."""
        return to_base58btc(_CODES[self.kind] + self.raw)

    @classmethod
    def from_multibase(cls, text: str) -> "PublicKey":
        """Return the key that the Multikey `text` names.

        Raises:
            SignatureError: (key) another kind, or not a point of the curve.
        """
        data = from_base58btc(text)
        for kind, code in _CODES.items():
            if data.startswith(code):
                key = cls(kind, data[len(code) :])
                key._load()
                return key
        raise SignatureError("The key is of an unknown kind.", reason=Reason.KEY, entity=text[:80])

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Tell whether `signature` (Ed25519: 64 bytes; ECDSA: r and s, 64 or 96 bytes) is over `message`."""
        loaded = self._load()
        try:
            if isinstance(loaded, ed25519.Ed25519PublicKey):
                loaded.verify(signature, message)
            else:
                loaded.verify(_der(signature, self.kind), message, ec.ECDSA(_HASHES[self.kind]))
        except (InvalidSignature, ValueError):
            return False
        return True

    def _load(self) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
        try:
            if self.kind is KeyKind.ED25519:
                return ed25519.Ed25519PublicKey.from_public_bytes(self.raw)
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[self.kind], self.raw)
        except ValueError as error:
            raise SignatureError("The bytes are not a public key.", reason=Reason.KEY) from error


class Signer(Protocol):
    """Who can sign: a key in a file, in a hardware module, behind a service."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies."""
        ...

    @property
    def controller(self) -> str:
        """The identifier of the signer: the `issuer` of what it signs."""
        ...

    @property
    def verification_method(self) -> str:
        """The URL of the key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature: Ed25519, or ECDSA as r and s."""
        ...


class KeySigner:
    """A signer that holds its private key in memory and is known by its did:key.

    Args:
        private_key: Ed25519, P-256 or P-384.
    """

    def __init__(self, private_key: PrivateKey) -> None:
        self._private_key = private_key
        self._public_key = public_key_of(private_key.public_key())

    @classmethod
    def generate(cls) -> "KeySigner":
        """Return a signer with a new Ed25519 key of the operating system's randomness."""
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, data: bytes, passphrase: str) -> "KeySigner":
        """Return the signer whose key `to_pem` wrote.

        Raises:
            SignatureError: (passphrase) it does not open the key; (key) not such a file, or a key without passphrase.
        """
        try:
            key = serialization.load_pem_private_key(data, passphrase.encode())
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            wrong = b"ENCRYPTED" in data
            reason = Reason.PASSPHRASE if wrong else Reason.KEY
            message = "The passphrase does not open the key." if wrong else "This is no encrypted private key."
            raise SignatureError(message, reason=reason) from error
        if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            raise SignatureError("The key is of an unknown kind.", reason=Reason.KEY)
        return cls(key)

    def to_pem(self, passphrase: str) -> bytes:
        """Return the private key as encrypted PKCS #8 PEM.

        Raises:
            SignatureError: (passphrase) it is too short.
        """
        if len(passphrase) < MIN_PASSPHRASE_CHARACTERS:
            raise SignatureError(
                f"The passphrase needs at least {MIN_PASSPHRASE_CHARACTERS} characters.", reason=Reason.PASSPHRASE
            )
        return self._private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode()),
        )

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies."""
        return self._public_key

    @property
    def controller(self) -> str:
        """The did:key of the signer."""
        return did_key(self._public_key)

    @property
    def verification_method(self) -> str:
        """The URL of the key."""
        return f"{self.controller}#{self._public_key.multibase}"

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature; ECDSA is deterministic (RFC 6979)."""
        key = self._private_key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(message)
        algorithm = ec.ECDSA(_HASHES[self._public_key.kind], deterministic_signing=True)
        r, s = decode_dss_signature(key.sign(message, algorithm))
        size = key.key_size // 8
        return r.to_bytes(size) + s.to_bytes(size)


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """What a verification method resolves to.

    Attributes:
        key: The public key.
        controller: Identifier of who controls it.
        purposes: Proof purposes that its controller gave it.
        valid_from: From when it was published; None if that is not known.
        expires: Until when it may sign; None if without end.
        revoked: When its controller revoked it; None if never.
    """

    key: PublicKey
    controller: str
    purposes: frozenset[str]
    valid_from: datetime | None = None
    expires: datetime | None = None
    revoked: datetime | None = None

    def refusal(self, created: datetime, proved_at: datetime | None) -> str | None:
        """Return why the key does not stand behind a proof, in a sentence; None if it does.

        Args:
            created: When the proof says it was made.
            proved_at: When a log or a time-stamp shows that it was there; None if nothing shows it. A thief can date
                a proof back, so that after a revocation only a shown time counts.
        """
        if self.valid_from is not None and created < self.valid_from:
            return "The proof is older than the publication of its key."
        if self.expires is not None and (proved_at or created) >= self.expires:
            return "The key had expired."
        if self.revoked is not None and (proved_at is None or proved_at >= self.revoked):
            return "The key was revoked, and nothing shows that the proof was there before."
        return None


class KeyResolver(Protocol):
    """How a verifier comes from a verification method to a key; without network."""

    def __call__(self, verification_method: str) -> VerificationKey:
        """Return the key, or raise `SignatureError` (key)."""
        ...


def resolve_did_key(verification_method: str) -> VerificationKey:
    """Return the key of a did:key verification method.

    Raises:
        SignatureError: (key) not did:key, or the fragment names another key than the identifier.
    """
    did, separator, fragment = verification_method.partition("#")
    name = did.removeprefix("did:key:")
    if not did.startswith("did:key:") or not separator or fragment != name:
        raise SignatureError(
            "The verification method is not a did:key with its own key.",
            reason=Reason.KEY,
            entity=verification_method[:160],
        )
    key = PublicKey.from_multibase(name)
    if key.multibase != name:
        raise SignatureError("The did:key is not in its one spelling.", reason=Reason.KEY, entity=name[:80])
    return VerificationKey(key, did, frozenset({ASSERTION, "authentication"}))


def did_key(key: PublicKey) -> str:
    """Return the did:key identifier of `key`."""
    return f"did:key:{key.multibase}"


def controller_document(key: PublicKey, controller: str, verification_method: str) -> dict[str, Any]:
    """Return the controlled identifier document that publishes `key` for assertions."""
    method = {
        "id": verification_method,
        "type": "Multikey",
        "controller": controller,
        "publicKeyMultibase": key.multibase,
    }
    return {
        "@context": ["https://www.w3.org/ns/cid/v1"],
        "id": controller,
        "verificationMethod": [method],
        ASSERTION: [verification_method],
    }


def public_key_of(key: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey) -> PublicKey:
    """Return a public key of the library in our own form.

    Raises:
        SignatureError: (key) its curve is not used here.
    """
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey(KeyKind.ED25519, key.public_bytes_raw())
    for kind, curve in _CURVES.items():
        if key.curve.name == curve.name:
            form = serialization.PublicFormat.CompressedPoint
            return PublicKey(kind, key.public_bytes(serialization.Encoding.X962, form))
    raise SignatureError(f"The curve {key.curve.name} is not used.", reason=Reason.KEY)


def _der(signature: bytes, kind: KeyKind) -> bytes:
    size = _CURVES[kind].key_size // 8
    if len(signature) != 2 * size:
        raise ValueError
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))
