"""The installation's own keys: one that issues states, one for each role, one for the log, and the salt secret."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from signatures import SECRET_BYTES, KeySigner, Pkcs11Signer, Signer
from twin.errors import Conflict, InvalidInput
from twin.lifecycle import ROLES

ISSUER = "issuer.pem"


@dataclass(frozen=True, slots=True)
class Token:
    """Where in a PKCS#11 token the key lies that issues states.

    Attributes:
        module: Path of the PKCS#11 library.
        label: Of the token.
        key: Label of the key pair.
        pin: The user's.
    """

    module: Path
    label: str
    key: str
    pin: str


class KeyRing:
    """Keys in one folder that only its user can read; made when first needed.

    Args:
        folder: Where they lie.
        passphrase: Opens the signing keys; if None, a random one is made and kept beside them, which protects a copy
            of a key file alone but not one of the folder.
        token: The key that issues states, if it does not lie in the folder.
    """

    def __init__(self, folder: Path, passphrase: str | None, token: Token | None = None) -> None:
        self._folder = folder
        self._given = passphrase
        self._token = token

    def signer(self, role: str | None = None) -> Signer:
        """Return the key that issues states, or the one that this installation holds for `role`.

        Raises:
            InvalidInput: (role) there is no such role.
            SignatureError: (token) the token that holds the key cannot be used.
        """
        if role is None and self._token is not None:
            held = self._token
            return Pkcs11Signer(str(held.module), held.label, held.key, held.pin)
        if role is not None and role not in ROLES:
            raise InvalidInput(
                "There is no such role.", reason="role", entity=role[:40], hint=f"One of {', '.join(ROLES)}."
            )
        file = self._folder / (ISSUER if role is None else f"role-{role}.pem")
        if not file.is_file():
            _write_private(file, KeySigner.generate().to_pem(self._passphrase()))
        return KeySigner.from_pem(file.read_bytes(), self._passphrase())

    def issuers(self) -> tuple[Signer, ...]:
        """Return the key that issues states, and those that did before it."""
        before = sorted(self._folder.glob("issuer-*.pem"))
        return (self.signer(), *(KeySigner.from_pem(file.read_bytes(), self._passphrase()) for file in before))

    def retire(self) -> None:
        """Put the key that issues states away; the next one who asks gets a new key.

        Raises:
            Conflict: (token) the key lies in a token: make another there, and name it in the settings.
        """
        if self._token is not None:
            raise Conflict(
                "The key lies in a token.", reason="token", hint="Make another there, and name it in the settings."
            )
        tag = self.signer().public_key.multibase[-12:]
        (self._folder / ISSUER).rename(self._folder / f"issuer-{tag}.pem")

    def salt_secret(self) -> bytes:
        """Return the secret from which the salts of element commitments come."""
        return self._secret("salt.secret", lambda: secrets.token_bytes(SECRET_BYTES))

    def ed25519(self, name: str) -> Ed25519PrivateKey:
        """Return the key that signs checkpoints as `name`: ``log`` or ``witness``."""
        seed = self._secret(f"{name}.seed", lambda: secrets.token_bytes(32))
        return Ed25519PrivateKey.from_private_bytes(seed)

    def ml_dsa_44(self, name: str) -> MLDSA44PrivateKey:
        """Return the post-quantum key that cosigns as `name`."""
        seed = self._secret(f"{name}.ml-dsa-44.seed", lambda: secrets.token_bytes(32))
        return MLDSA44PrivateKey.from_seed_bytes(seed)

    def _passphrase(self) -> str:
        return self._given or self._secret("passphrase", lambda: secrets.token_urlsafe(32).encode()).decode()

    def _secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        file = self._folder / name
        if not file.is_file():
            _write_private(file, make())
        return file.read_bytes()


def _write_private(file: Path, data: bytes) -> None:
    """Write a file that only its user can read, whole or not at all; the first of two writers wins."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f"{file.name}.{secrets.token_hex(8)}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(part, file)
    except FileExistsError:
        pass  # another process made the same key first: that one counts
    finally:
        part.unlink()
