"""Seal a state, and let others sign it in their roles."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ifc import ElementRecord
from signatures import (
    Commitment,
    ContextStore,
    ElementProof,
    KeyKind,
    SignatureError,
    Signer,
    Suite,
    add_proof,
    check_schema,
    jcs,
    parse_canonical,
    pinned_contexts,
    proofs_of,
    role_of,
    sha256_hex,
)
from twin.errors import Conflict, InvalidInput, NotFound
from twin.sealing.bundle import Bundle, new_bundle
from twin.sealing.state import (
    Evidence,
    StateTransition,
    check_identifiers,
    commit_records,
    state_credential,
    state_schema,
    state_secret,
)
from twin.sealing.statements import element_iri, statements_of
from twin.snapshot import Snapshot

TELL_EVERY = 500  # elements between two words of progress: some hundredths of a second


@dataclass(frozen=True, slots=True)
class SealedState:
    """A signed state of a building.

    Attributes:
        credential: RFC 8785 bytes of the signed credential; the next state names their SHA-256.
        bundle: The file for the holder, with the salt secret of this state.
        issuer: Identifier of the issuer.
        created: When it was sealed.
        merkle_root: Root (hex) over the records.
        leaf_count: Number of records.
    """

    credential: bytes
    bundle: bytes
    issuer: str
    created: datetime
    merkle_root: str
    leaf_count: int

    @property
    def credential_sha256(self) -> str:
        """SHA-256 (hex) of the credential."""
        return sha256_hex(self.credential)


def seal(
    snapshot: Snapshot,
    signer: Signer,
    secret: bytes,
    previous: bytes | None,
    created: datetime,
    evidence: Sequence[Evidence] = (),
    disclosed: Iterable[str] = (),
    transition: StateTransition | None = None,
    status: Mapping[str, Any] | None = None,
    progress: Callable[[float], None] | None = None,
) -> SealedState:
    """Sign the state that `snapshot` shows.

    Args:
        snapshot: The state; its meshes play no part, for they depend on a geometry kernel.
        signer: Who signs; becomes the issuer. Ed25519, P-256 or P-384.
        secret: The holder's secret for salts, 32 random bytes that are kept.
        previous: Credential of the state before, as it was issued, or None for the first.
        created: When, with time zone.
        evidence: Documents that the state rests on.
        disclosed: GlobalIds whose proofs are put into the bundle, so that anyone can read them.
        transition: The change of status it is sealed for, or None.
        status: Its entry in a status list, by which it can be revoked; or None.
        progress: Takes the share of the elements that are committed to, now and then; what it raises leaves.

    Raises:
        InvalidInput: (secret, statement, credential) something given cannot be sealed.
        Conflict: (previous-state) `previous` is of another building or the same state.
        NotFound: (element) a disclosed element is not in the state.
        SignatureError: the credential cannot be signed.
    """
    contexts = pinned_contexts()
    salt_secret = state_secret(secret, snapshot.building_id, snapshot.stage, snapshot.version)
    records = _told(list(snapshot.records.values()), progress)
    commitment = commit_records(snapshot.building_id, records, salt_secret)
    unsigned = state_credential(
        snapshot,
        commitment,
        issuer=signer.controller,
        salt_secret=salt_secret,
        created=created,
        previous=_previous(snapshot, previous, transition),
        evidence=evidence,
        transition=transition,
        status=status,
    )
    credential = _signed(unsigned, signer, created, contexts)
    proofs = [open_element(snapshot, commitment, global_id) for global_id in disclosed]
    bundle = new_bundle(credential, signer.verification_method, contexts, salt_secret, proofs)
    return SealedState(
        credential, bundle.to_bytes(), signer.controller, created, commitment.root.hex(), len(commitment)
    )


def _told(records: Sequence[ElementRecord], progress: Callable[[float], None] | None) -> Iterator[ElementRecord]:
    for count, record in enumerate(records):
        if progress is not None and count % TELL_EVERY == 0:
            progress(count / len(records))
        yield record


def countersign(bundle: bytes, signer: Signer, role: str, created: datetime) -> bytes:
    """Return the bundle with one more proof on its credential, by `signer` in `role`.

    Raises:
        InvalidInput: (bundle, credential) not a bundle.
        Conflict: (already-signed) the signer or the role has a proof already.
        SignatureError: (proof) the role is malformed.
    """
    opened = Bundle.from_bytes(bundle)
    credential = read_credential(opened.credential)
    proofs = proofs_of(credential)
    if role in map(role_of, proofs) or any(p["verificationMethod"] == signer.verification_method for p in proofs):
        raise Conflict(
            "This role or this key has signed already.",
            reason="already-signed",
            entity=role,
            hint="Each role signs once, each with a key of its own.",
        )
    signed = _signed(credential, signer, created, pinned_contexts(), role)
    return replace(opened, credential=signed).to_bytes()


def merge(bundle: bytes, signed: bytes) -> bytes:
    """Return the bundle with the credential `signed`, which must be its own with further proofs.

    Args:
        bundle: The bundle as it stands.
        signed: The credential after somebody else has added a proof to it; RFC 8785 bytes.

    Raises:
        InvalidInput: (credential) not a state credential.
        Conflict: (other-credential) it differs in more than added proofs; (already-signed) it adds none.
    """
    opened = Bundle.from_bytes(bundle)
    ours, theirs = read_credential(opened.credential), read_credential(signed)
    before, after = proofs_of(ours), proofs_of(theirs)
    same = {**ours, "proof": None} == {**theirs, "proof": None} and after[: len(before)] == before
    if not same:
        raise Conflict("This is another credential, or proofs were changed.", reason="other-credential")
    if len(after) == len(before):
        raise Conflict("No proof was added.", reason="already-signed", hint="Sign the newest credential.")
    return replace(opened, credential=signed).to_bytes()


def read_credential(data: bytes) -> dict[str, Any]:
    """Return the state credential in `data`; its signature is not verified.

    Raises:
        InvalidInput: (credential) not a state credential in its canonical form.
    """
    try:
        credential = parse_canonical(data)
        check_schema(credential, state_schema())
    except SignatureError as error:
        raise InvalidInput(error.message, reason="credential", hint=error.hint, entity=error.entity) from error
    check_identifiers(credential)
    return credential


def _signed(
    document: Mapping[str, Any],
    signer: Signer,
    created: datetime,
    contexts: ContextStore,
    role: str | None = None,
) -> bytes:
    suite = Suite.EDDSA_RDFC_2022 if signer.public_key.kind is KeyKind.ED25519 else Suite.ECDSA_RDFC_2019
    signed = add_proof(document, signer, suite=suite, created=created, contexts=contexts, role=role)
    check_schema(signed, state_schema())
    return jcs(signed)


def _previous(snapshot: Snapshot, previous: bytes | None, transition: StateTransition | None) -> dict[str, str]:
    if previous is None:
        return {}
    subject = read_credential(previous)["credentialSubject"]
    state = (subject["lifecycleStage"], subject["version"], subject.get("transition"))
    if subject["buildingCode"] != snapshot.building_id:
        raise Conflict("The previous state is of another building.", reason="previous-state", entity=subject["id"])
    if state == (snapshot.stage.value, snapshot.version, None if transition is None else transition.name):
        raise Conflict("A state cannot be its own predecessor.", reason="previous-state", entity=subject["id"])
    return {"previousState": subject["id"], "previousStateSha256": sha256_hex(previous)}


def open_element(snapshot: Snapshot, commitment: Commitment, global_id: str) -> ElementProof:
    """Return the proof of one element.

    Raises:
        NotFound: (element) no such element in the state.
    """
    record: ElementRecord | None = snapshot.records.get(global_id)
    if record is None:
        raise NotFound("No such element in this state.", reason="element", entity=global_id)
    subject = element_iri(snapshot.building_id, global_id)
    return commitment.disclose(subject, statements_of(snapshot.building_id, record))
