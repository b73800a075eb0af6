"""Sealed states of stored versions: sign, keep the bundle, and verify it anew whenever somebody asks."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from signatures import SECRET_BYTES, IssuerIs, KeySigner
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, Kept, ReportShelf, Version
from twin.clock import Clock, rfc3339
from twin.errors import NotFound
from twin.sealing import Bundle, Evidence, public_bundle, seal, verdict_json, verify_bundle
from twin.snapshots import SnapshotReader

KIND = "seal"
UNSEALED: Mapping[str, Any] = {
    "sealed": False,
    "verdict": "unsealed",
    "steps": [],
    "issuer": None,
    "created": None,
    "merkle_root": None,
    "leaf_count": None,
}


class KeyRing:
    """The service's own keys in one folder that only its user can read; made when first needed.

    Args:
        folder: Where they lie.
        passphrase: Opens the signing key; if None, a random one is made and kept beside it, which protects a copy of
            the key file alone but not one of the folder.
    """

    def __init__(self, folder: Path, passphrase: str | None) -> None:
        self._folder = folder
        self._given = passphrase

    def signer(self) -> KeySigner:
        """Return the signer of this installation."""
        file = self._folder / "issuer.pem"
        if not file.is_file():
            _write_private(file, KeySigner.generate().to_pem(self._passphrase()))
        return KeySigner.from_pem(file.read_bytes(), self._passphrase())

    def salt_secret(self) -> bytes:
        """Return the secret from which the salts of element commitments come."""
        return self._secret("salt.secret", lambda: secrets.token_bytes(SECRET_BYTES))

    def _passphrase(self) -> str:
        return self._given or self._secret("passphrase", lambda: secrets.token_urlsafe(32).encode()).decode()

    def _secret(self, name: str, make: Any) -> bytes:
        file = self._folder / name
        if not file.is_file():
            _write_private(file, make())
        return file.read_bytes()


class Seals:
    """Seals versions and judges their seals.

    Args:
        keys: The service's own keys.
        catalogue: Where versions are.
        shelf: Where bundles are listed.
        snapshots: Reads what is sealed.
        blobs: Where bundles lie.
        clock: Tells the time.
    """

    def __init__(
        self,
        keys: KeyRing,
        catalogue: Catalogue,
        shelf: ReportShelf,
        snapshots: SnapshotReader,
        blobs: BlobStore,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._catalogue = catalogue
        self._shelf = shelf
        self._snapshots = snapshots
        self._blobs = blobs
        self._clock = clock

    def sealed(self, version: Version) -> bool:
        """Say whether a version carries a seal."""
        return self._shelf.get(version.key, KIND) is not None

    def seal(self, version: Version, actor: str) -> bytes:
        """Sign the state of a version, keep its bundle and return it; a sealed version keeps the seal it has.

        Args:
            version: What to seal.
            actor: Who asked for it; noted beside the bundle.
        """
        if self.sealed(version):
            return self.bundle(version)
        now = self._clock()
        state = seal(
            self._snapshots.read(version),
            self._keys.signer(),
            self._keys.salt_secret(),
            self._previous(version),
            now,
            self._evidence(version),
        )
        summary = {"verdict": "valid", "issuer": state.issuer, "merkle_root": state.merkle_root, "actor": actor}
        kept = Kept(KIND, state.issuer, rfc3339(now), self._blobs.put(state.bundle), summary)
        self._shelf.put(version.key, kept)
        return state.bundle

    def bundle(self, version: Version) -> bytes:
        """Return the holder's bundle of a sealed version.

        Raises:
            NotFound: (seal) the version is not sealed.
        """
        kept = self._shelf.get(version.key, KIND)
        if kept is None:
            raise NotFound(
                "This version is not sealed.", reason="seal", hint="Seal it first.", entity=str(version.key)
            )
        return self._blobs.get(kept.sha256)

    def verdict(self, version: Version) -> Mapping[str, Any]:
        """Return the verdict on a version's seal: its signature, and that the stored records are those sealed."""
        if not self.sealed(version):
            return UNSEALED
        verdict = verify_bundle(
            self.bundle(version),
            records=self._snapshots.read(version).records.values(),
            file_sha256=version.file_sha256,
            policy=IssuerIs(frozenset({self._keys.signer().controller})),
        )
        return verdict_json(verdict)

    def public_bundle(self, version: Version) -> bytes:
        """Return the bundle without its salt secret, for people who may see that but not what was sealed."""
        return public_bundle(self.bundle(version))

    def _previous(self, version: Version) -> bytes | None:
        earlier = [
            kept
            for other in self._catalogue.versions(version.key.building_id)
            if other.key != version.key and (kept := self._shelf.get(other.key, KIND)) is not None
        ]
        if not earlier:
            return None
        newest = max(earlier, key=lambda kept: kept.created)
        return Bundle.from_bytes(self._blobs.get(newest.sha256)).credential

    def _evidence(self, version: Version) -> tuple[Evidence, ...]:
        reports = ((kind, self._shelf.get(version.key, kind)) for kind in ("permit", "energy"))
        return tuple(
            Evidence(f"{kind}-report", f"The {kind} report of {kept.created}", kept.sha256)
            for kind, kept in reports
            if kept is not None
        )


def _write_private(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_suffix(file.suffix + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
