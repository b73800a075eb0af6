"""Sealed states of stored versions: sign, keep the bundle, log it, and verify it anew whenever somebody asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from signatures import AnyIssuer, IssuerIs, sha256_hex
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, Kept, ReportShelf, Version
from twin.clock import Clock, rfc3339
from twin.errors import Conflict, NotFound
from twin.keyring import KeyRing
from twin.reading import Progress, silent
from twin.registry import STATE, Registry
from twin.sealing import (
    Bundle,
    Evidence,
    StateTransition,
    countersign,
    disclose,
    merge,
    prove_absence,
    public_bundle,
    read_credential,
    seal,
    state_iri,
    verdict_json,
    verify_bundle,
    with_log_proof,
)
from twin.snapshots import SnapshotReader
from twin.standing import Standing

KIND = "seal"
FROZEN = ("permit", "energy", "validation")  # reports that a seal names by their digest
UNSEALED: Mapping[str, Any] = {
    "sealed": False,
    "verdict": "unsealed",
    "steps": [],
    "issuer": None,
    "created": None,
    "merkle_root": None,
    "leaf_count": None,
    "signers": [],
    "status": None,
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal as it is kept.

    Attributes:
        created: When it, or its last proof, was kept; RFC 3339, UTC.
        bundle_sha256: Blob of the bundle.
        summary: Issuer, root, transition, roles, and the digest of the credential.
    """

    created: str
    bundle_sha256: str
    summary: Mapping[str, Any]


class Seals:
    """Seals versions and judges their seals.

    Args:
        keys: The service's own keys.
        catalogue: Where versions are.
        shelf: Where bundles are listed.
        snapshots: Reads what is sealed.
        blobs: Where bundles lie.
        registry: Where sealed states are logged.
        clock: Tells the time.
        standing: Which states and keys were revoked.
    """

    def __init__(
        self,
        keys: KeyRing,
        catalogue: Catalogue,
        shelf: ReportShelf,
        snapshots: SnapshotReader,
        blobs: BlobStore,
        registry: Registry,
        clock: Clock,
        standing: Standing,
    ) -> None:
        self._standing = standing
        self._keys = keys
        self._catalogue = catalogue
        self._shelf = shelf
        self._snapshots = snapshots
        self._blobs = blobs
        self._registry = registry
        self._clock = clock

    def sealed(self, version: Version) -> bool:
        """Say whether a version carries a seal."""
        return self._shelf.get(version.key, KIND) is not None

    def seal(
        self,
        version: Version,
        actor: str,
        *,
        transition: StateTransition | None = None,
        evidence: Sequence[Evidence] = (),
        role: str | None = None,
        progress: Progress = silent,
    ) -> bytes:
        """Sign the state of a version, keep and log it, and return its bundle.

        A sealed version keeps the seal it has, unless it is sealed for a transition.

        Args:
            version: What to seal.
            actor: Who asked for it; noted beside the bundle, not in it.
            transition: The change of status it is sealed for.
            evidence: Documents that it rests on, besides the reports of ours that there are.
            role: The role in which this installation signs besides issuing; its key for that role is used.
            progress: Told how far it is.

        Raises:
            Conflict: (already-signed) the role has signed already.
            InvalidInput: (role) there is no such role.
        """
        with self._registry.exclusive():
            if transition is not None or not self.sealed(version):
                self._issue(version, actor, transition, evidence, progress)
            progress(0.9, "Signing and logging")
            if role is not None:
                self._replace(version, actor, self._countersigned(version, role))
            self._registry.settle()
            return self.bundle(version)

    def merge(self, version: Version, signed: bytes, actor: str) -> bytes:
        """Take a proof that somebody else added to the credential of a version, and return the new bundle.

        Args:
            version: What was signed.
            signed: The credential with the added proof, RFC 8785 bytes.
            actor: Who brought it.

        Raises:
            Conflict: (other-credential, already-signed, chained) it is not the newest credential with one more proof;
                (signature) a proof of it does not hold.
            NotFound: (seal) the version is not sealed.
        """
        with self._registry.exclusive():
            merged = merge(self._kept_bundle(version), signed)
            verdict = verify_bundle(merged, records=None, file_sha256=None, policy=AnyIssuer())
            if not verdict.valid:
                broken = next(step for step in verdict.steps if step.required and step.verdict == "failed")
                raise Conflict(
                    "The added proof does not hold.", reason="signature", entity=broken.name, hint=broken.reason
                )
            self._replace(version, actor, merged)
            self._registry.settle()
            return self.bundle(version)

    def bundle(self, version: Version) -> bytes:
        """Return the holder's bundle of a sealed version, with the proof that the log holds its credential.

        Raises:
            NotFound: (seal) the version is not sealed.
        """
        bundle = self._kept_bundle(version)
        proof = self._registry.proof(Bundle.from_bytes(bundle).credential)
        return bundle if proof is None else with_log_proof(bundle, proof, self._registry.policy())

    def public_bundle(self, version: Version) -> bytes:
        """Return the bundle without its salt secret, for people who may see that but not what was sealed."""
        return public_bundle(self.bundle(version))

    def credential(self, version: Version) -> bytes:
        """Return the newest credential of a sealed version, RFC 8785 bytes.

        Raises:
            NotFound: (seal) the version is not sealed.
        """
        return Bundle.from_bytes(self._kept_bundle(version)).credential

    def form(self, version: Version) -> dict[str, Any]:
        """Return the newest credential of a sealed version as JSON.

        Raises:
            NotFound: (seal) the version is not sealed.
        """
        return read_credential(self.credential(version))

    def verdict(self, version: Version) -> Mapping[str, Any]:
        """Return the verdict on a version's seal: signatures, log, and that the stored records are those sealed."""
        if not self.sealed(version):
            return UNSEALED
        credential = self.credential(version)
        verdict = verify_bundle(
            self.bundle(version),
            records=self._snapshots.read(version).records.values(),
            file_sha256=version.file_sha256,
            policy=IssuerIs(self._standing.issuers()),
            resolver=self._standing.resolver(),
            status_list=self._standing.list_for(read_credential(credential)),
            proved_at=self._registry.logged_at(credential),
        )
        return verdict_json(verdict)

    def revoke(self, version: Version, reason: str, actor: str) -> None:
        """Revoke the newest seal of a version: its status list says so from now on.

        Raises:
            NotFound: (seal) the version is not sealed.
            Conflict: (no-status, revoked) it cannot be revoked, or is.
        """
        with self._registry.exclusive():
            self._standing.revoke(self.form(version), reason, actor)

    def disclose(self, version: Version, global_id: str, statement: str | None = None) -> bytes:
        """Return the file that shows one element of a sealed version, or one statement of it.

        Raises:
            NotFound: (seal, element, statement) the version is not sealed, or has no such part.
        """
        snapshot = self._snapshots.read(version)
        return disclose(snapshot, self._keys.salt_secret(), self.credential(version), global_id, statement)

    def prove_absence(self, version: Version, global_id: str) -> bytes:
        """Return the file that proves that a sealed version has no such element.

        Raises:
            NotFound: (seal) the version is not sealed.
            Conflict: (element-present) it has the element.
        """
        snapshot = self._snapshots.read(version)
        return prove_absence(snapshot, self._keys.salt_secret(), self.credential(version), global_id)

    def _issue(
        self,
        version: Version,
        actor: str,
        transition: StateTransition | None,
        evidence: Sequence[Evidence],
        progress: Progress,
    ) -> None:
        key = version.key
        progress(0.0, "Reading the version")
        issuer = self._standing.issuer()
        state = seal(
            self._snapshots.read(version),
            issuer,
            self._keys.salt_secret(),
            self._previous(version),
            self._clock(),
            (*self._reports(version), *evidence),
            transition=transition,
            status=self._standing.allot(state_iri(key.building_id, key.stage, key.number)),
            progress=lambda share: progress(0.2 + 0.7 * share, "Committing to every element"),
        )
        self._keep(version, "" if transition is None else transition.name, state.bundle, actor)

    def _countersigned(self, version: Version, role: str) -> bytes:
        return countersign(self._kept_bundle(version), self._keys.signer(role), role, self._clock())

    def _replace(self, version: Version, actor: str, bundle: bytes) -> None:
        """Keep a bundle with more proofs in place of the newest one, unless a later state builds on that."""
        newest = self._newest(version)
        if newest is None or newest[0].key != version.key:
            raise Conflict(
                "A later state names this credential already.",
                reason="chained",
                entity=str(version.key),
                hint="Sign the newest state of the building.",
            )
        self._keep(version, newest[1].inputs, bundle, actor)

    def _keep(self, version: Version, inputs: str, bundle: bytes, actor: str) -> None:
        """Keep and enlist a bundle in one transaction: a state is sealed and to be logged, or neither."""
        credential = Bundle.from_bytes(bundle).credential
        form = read_credential(credential)
        subject = form["credentialSubject"]
        summary = {
            "verdict": "valid",
            "issuer": form["issuer"],
            "merkle_root": subject["merkleRoot"],
            "credential_sha256": sha256_hex(credential),
            "transition": subject.get("transition"),
            "status": subject.get("informationStatus"),
            "actor": actor,
        }
        kept = Kept(KIND, inputs, self._after_newest(version), self._blobs.put(bundle), summary)
        self._blobs.put(credential)  # the registry reads it from there
        self._shelf.put(version.key, kept, lambda connection: self._registry.enlist(connection, STATE, credential))

    def _kept_bundle(self, version: Version) -> bytes:
        kept = self._shelf.get(version.key, KIND)
        if kept is None:
            raise NotFound(
                "This version is not sealed.", reason="seal", hint="Seal it first.", entity=str(version.key)
            )
        return self._blobs.get(kept.sha256)

    def _newest(self, version: Version) -> tuple[Version, Kept] | None:
        """Return the newest seal of the building of `version`, with the version that carries it."""
        versions = self._catalogue.versions(version.key.building_id)
        seals = [(other, kept) for other in versions if (kept := self._shelf.get(other.key, KIND)) is not None]
        return max(seals, key=lambda item: item[1].created, default=None)

    def _after_newest(self, version: Version) -> str:
        """Return the present moment, but later than any seal of the building: seals form one chain."""
        newest, now = self._newest(version), self._clock()
        if newest is None:
            return rfc3339(now)
        return max(rfc3339(now), rfc3339(datetime.fromisoformat(newest[1].created) + timedelta(milliseconds=1)))

    def _previous(self, version: Version) -> bytes | None:
        newest = self._newest(version)
        return None if newest is None else Bundle.from_bytes(self._blobs.get(newest[1].sha256)).credential

    def _reports(self, version: Version) -> tuple[Evidence, ...]:
        reports = ((kind, self._shelf.get(version.key, kind)) for kind in FROZEN)
        return tuple(
            Evidence(f"{kind}-report", f"The {kind} report of {kept.created}", kept.sha256)
            for kind, kept in reports
            if kept is not None
        )
