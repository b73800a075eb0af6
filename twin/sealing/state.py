"""The state of a building as a credential: its form, its schema, its salted commitment."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ifc import ElementRecord
from signatures import (
    CREDENTIALS_V2,
    LIFECYCLE_V1,
    SCHEME,
    SECRET_BYTES,
    Commitment,
    commit,
    credential_schema,
    new_credential,
    sha256_hex,
    strict_object,
)
from twin.errors import InvalidInput
from twin.sealing.statements import building_iri, element_iri, statements_of
from twin.snapshot import Snapshot, Stage

KIND = "BuildingLifecycleCredential"
CONTEXTS = (CREDENTIALS_V2, LIFECYCLE_V1)

_HEX_DIGEST = {"type": "string", "maxLength": 64, "pattern": "^[0-9a-f]{64}$"}
_COUNT = {"type": "integer", "minimum": 1, "maximum": 2**40}
_URN = {"type": "string", "pattern": "^urn:kaksik:[!-~]{1,480}$"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document that the state rests on, named by its digest.

    Attributes:
        kind: What it is, such as ``permit-report``, ``as-built-survey``.
        name: Its name for a person.
        sha256: SHA-256 (hex) of its bytes.
    """

    kind: str
    name: str
    sha256: str

    def to_json(self) -> dict[str, str]:
        """Return the evidence object of the credential."""
        return {
            "id": f"urn:kaksik:sha256:{self.sha256}",
            "type": "DigestEvidence",
            "name": self.name,
            "evidenceKind": self.kind,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class StateTransition:
    """The change of status that a state is sealed for.

    Attributes:
        name: Of the transition, such as ``complete``.
        status: The status that it gives, such as ``A6``.
        accepted_deviations_sha256: Digest of the accepted deviations that it relies on, or None.
    """

    name: str
    status: str
    accepted_deviations_sha256: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the members of the credential subject."""
        accepted = self.accepted_deviations_sha256
        form = {"transition": self.name, "informationStatus": self.status}
        return form if accepted is None else {**form, "acceptedDeviationsSha256": accepted}


def state_iri(building_id: str, stage: Stage, version: int) -> str:
    """Return the IRI of a state."""
    return f"{building_iri(building_id)}:state:{stage.value}:{version}"


def state_secret(secret: bytes, building_id: str, stage: Stage, version: int) -> bytes:
    """Return the salt secret of one state, so that giving one away opens no other.

    Args:
        secret: The holder's secret, 32 random bytes.
        building_id: The building.
        stage: The line of versions.
        version: Number in that line.

    Raises:
        InvalidInput: (secret) it has another length.
    """
    if len(secret) != SECRET_BYTES:
        raise InvalidInput(f"The salt secret must have {SECRET_BYTES} bytes.", reason="secret")
    label = f"kaksik state salt v1\n{state_iri(building_id, stage, version)}"
    return hmac.digest(secret, label.encode(), "sha256")


def commit_records(building_id: str, records: Iterable[ElementRecord], salt_secret: bytes) -> Commitment:
    """Return the commitment to `records` of a building under the salt secret of a state.

    Raises:
        InvalidInput: (statement) a record cannot be sealed.
        SignatureError: (commitment, statement) a GlobalId twice, no records, a text that is not Unicode.
    """
    leaves = ((element_iri(building_id, record.global_id), statements_of(building_id, record)) for record in records)
    return commit(leaves, salt_secret)


def state_credential(
    snapshot: Snapshot,
    commitment: Commitment,
    *,
    issuer: str,
    salt_secret: bytes,
    created: datetime,
    previous: Mapping[str, str],
    evidence: Sequence[Evidence],
    transition: StateTransition | None = None,
    status: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the unsigned credential of the state `snapshot`.

    Args:
        snapshot: The state.
        commitment: To its records.
        issuer: Its IRI.
        salt_secret: The salt secret of the state.
        created: With time zone.
        previous: `previousState` and `previousStateSha256`, or nothing for a first state.
        evidence: What the state rests on.
        transition: The change of status it is sealed for, or None.
        status: Its entry in a status list, or None.
    """
    iri = state_iri(snapshot.building_id, snapshot.stage, snapshot.version)
    subject = {
        "id": iri,
        "type": "BuildingState",
        "building": building_iri(snapshot.building_id),
        "buildingCode": snapshot.building_id,
        "lifecycleStage": snapshot.stage.value,
        "version": snapshot.version,
        "commitmentScheme": SCHEME,
        "merkleRoot": commitment.root.hex(),
        "leafCount": len(commitment),
        "saltSecretSha256": sha256_hex(salt_secret),
        "ifcFileSha256": snapshot.file_sha256,
        **({} if transition is None else transition.to_json()),
        **previous,
    }
    return new_credential(
        contexts=CONTEXTS,
        kind=KIND,
        identifier=_identifier(iri, subject),
        issuer=issuer,
        valid_from=created,
        subject=subject,
        evidence=[item.to_json() for item in evidence],
        status=status,
    )


def state_schema() -> dict[str, Any]:
    """Return the JSON Schema of a signed state credential."""
    members = {
        "id": _URN,
        "type": {"const": "BuildingState"},
        "building": _URN,
        "buildingCode": {"type": "string", "minLength": 1, "maxLength": 64},
        "lifecycleStage": {"enum": [stage.value for stage in Stage]},
        "version": _COUNT,
        "commitmentScheme": {"const": SCHEME},
        "merkleRoot": _HEX_DIGEST,
        "leafCount": _COUNT,
        "saltSecretSha256": _HEX_DIGEST,
        "ifcFileSha256": _HEX_DIGEST,
        "transition": {"type": "string", "pattern": "^[a-z]{1,40}$"},
        "informationStatus": {"type": "string", "pattern": "^(?:S[0-5]|A[1-9][0-9]?|archived)$"},
        "acceptedDeviationsSha256": _HEX_DIGEST,
        "previousState": _URN,
        "previousStateSha256": _HEX_DIGEST,
    }
    free = ("transition", "informationStatus", "acceptedDeviationsSha256", "previousState", "previousStateSha256")
    subject = strict_object(members, optional=free)
    subject["dependentRequired"] = {
        "transition": ["informationStatus"],
        "informationStatus": ["transition"],
        "acceptedDeviationsSha256": ["transition"],
        "previousState": ["previousStateSha256"],
        "previousStateSha256": ["previousState"],
    }
    evidence = strict_object(
        {"id": _URN, "type": {"const": "DigestEvidence"}, "name": _TEXT, "evidenceKind": _TEXT, "sha256": _HEX_DIGEST}
    )
    return credential_schema(contexts=CONTEXTS, kind=KIND, subject=subject, evidence=evidence)


def check_identifiers(credential: Mapping[str, Any]) -> None:
    """Check that the identifiers of a credential say the same as its members.

    Raises:
        InvalidInput: (credential) they contradict each other.
    """
    subject = credential["credentialSubject"]
    iri = state_iri(subject["buildingCode"], Stage(subject["lifecycleStage"]), subject["version"])
    expected = {"id": iri, "building": building_iri(subject["buildingCode"])}
    evidence = credential.get("evidence", [])
    agree = credential["id"] == _identifier(iri, subject) and all(
        subject[key] == value for key, value in expected.items()
    )
    if not agree or any(item["id"] != f"urn:kaksik:sha256:{quote(item['sha256'])}" for item in evidence):
        raise InvalidInput("The identifiers of the credential contradict its content.", reason="credential")


def _identifier(iri: str, subject: Mapping[str, Any]) -> str:
    """Return the IRI of the credential: one for the state alone, one for each transition."""
    return f"{iri}:seal" + (f":{subject['transition']}" if "transition" in subject else "")
