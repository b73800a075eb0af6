"""The installation's own keys: one that issues states, one for each role, one for the log, and the salt secret."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signatures import SECRET_BYTES, KeySigner
from twin.errors import InvalidInput
from twin.lifecycle import ROLES


class KeyRing:
    """Keys in one folder that only its user can read; made when first needed.

    Args:
        folder: Where they lie.
        passphrase: Opens the signing keys; if None, a random one is made and kept beside them, which protects a copy
            of a key file alone but not one of the folder.
    """

    def __init__(self, folder: Path, passphrase: str | None) -> None:
        self._folder = folder
        self._given = passphrase

    def signer(self, role: str | None = None) -> KeySigner:
        """Return the key that issues states, or the one that this installation holds for `role`.

        Raises:
            InvalidInput: (role) there is no such role.
        """
        if role is not None and role not in ROLES:
            raise InvalidInput(
                "There is no such role.", reason="role", entity=role[:40], hint=f"One of {', '.join(ROLES)}."
            )
        file = self._folder / ("issuer.pem" if role is None else f"role-{role}.pem")
        if not file.is_file():
            _write_private(file, KeySigner.generate().to_pem(self._passphrase()))
        return KeySigner.from_pem(file.read_bytes(), self._passphrase())

    def salt_secret(self) -> bytes:
        """Return the secret from which the salts of element commitments come."""
        return self._secret("salt.secret", lambda: secrets.token_bytes(SECRET_BYTES))

    def ed25519(self, name: str) -> Ed25519PrivateKey:
        """Return the key that signs checkpoints as `name`: ``log`` or ``witness``."""
        seed = self._secret(f"{name}.seed", lambda: secrets.token_bytes(32))
        return Ed25519PrivateKey.from_private_bytes(seed)

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
