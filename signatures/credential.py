"""Building blocks of a W3C Verifiable Credential 2.0, and the strict JSON Schema that is applied before all else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator

from signatures.errors import Reason, SignatureError
from signatures.proofs import MAX_ROLE, ROLE_PATTERN, Suite, timestamp

MAX_PROOFS = 8  # designer, supervision, builder, owner, municipality, with room; each costs a canonicalisation
_DATE_TIME = {"type": "string", "maxLength": 20, "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_IRI: dict[str, Any] = {
    "type": "string",
    "minLength": 3,
    "maxLength": 2048,
    "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$",
}


def new_credential(
    *,
    contexts: Sequence[str],
    kind: str,
    identifier: str,
    issuer: str,
    valid_from: datetime,
    subject: Mapping[str, Any],
    evidence: Sequence[Mapping[str, Any]] = (),
    status: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return an unsigned credential.

    Args:
        contexts: Context URLs; the first must be that of VC 2.0.
        kind: The type besides `VerifiableCredential`.
        identifier: IRI of the credential.
        issuer: IRI of the issuer; must control the key that signs.
        valid_from: When the statement begins to hold.
        subject: The claim, with its ``id``.
        evidence: Evidence objects, each with ``id`` and ``type``.
        status: Its entry in a status list, or None if it cannot be revoked.
    """
    credential: dict[str, Any] = {
        "@context": list(contexts),
        "id": identifier,
        "type": ["VerifiableCredential", kind],
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "credentialSubject": dict(subject),
    }
    if evidence:
        credential["evidence"] = [dict(item) for item in evidence]
    if status is not None:
        credential["credentialStatus"] = dict(status)
    return credential


def strict_object(properties: Mapping[str, Any], optional: Sequence[str] = ()) -> dict[str, Any]:
    """Return the schema of an object with exactly these members."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in properties if name not in optional],
        "properties": dict(properties),
    }


def credential_schema(
    *, contexts: Sequence[str], kind: str, subject: Mapping[str, Any], evidence: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the JSON Schema of a signed credential of one kind; nothing undefined is let through.

    Args:
        contexts: The exact list of contexts.
        kind: The exact second type.
        subject: Schema of `credentialSubject`.
        evidence: Schema of one item of `evidence`.
    """
    proof = strict_object(
        {
            "type": {"const": "DataIntegrityProof"},
            "cryptosuite": {"enum": [suite.value for suite in Suite if suite.uses_rdf]},
            "created": _DATE_TIME,
            "verificationMethod": _IRI,
            "proofPurpose": {"type": "string", "maxLength": 64},
            "proofValue": {"type": "string", "pattern": "^z[1-9A-HJ-NP-Za-km-z]{64,140}$"},
            "signerRole": {"type": "string", "maxLength": MAX_ROLE, "pattern": f"^{ROLE_PATTERN}$"},
        },
        optional=("signerRole",),
    )
    status = strict_object(
        {
            "id": _IRI,
            "type": {"const": "BitstringStatusListEntry"},
            "statusPurpose": {"const": "revocation"},
            "statusListIndex": {"type": "string", "pattern": "^(?:0|[1-9][0-9]{0,8})$"},
            "statusListCredential": _IRI,
        }
    )
    members = {
        "@context": {"const": list(contexts)},
        "id": _IRI,
        "type": {"const": ["VerifiableCredential", kind]},
        "issuer": _IRI,
        "validFrom": _DATE_TIME,
        "validUntil": _DATE_TIME,
        "credentialSubject": subject,
        "credentialStatus": status,
        "evidence": {"type": "array", "minItems": 1, "maxItems": 64, "items": evidence},
        "proof": {"oneOf": [proof, {"type": "array", "minItems": 2, "maxItems": MAX_PROOFS, "items": proof}]},
    }
    return strict_object(members, optional=("validUntil", "evidence", "credentialStatus"))


def check_schema(document: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check `document` against `schema`.

    Raises:
        SignatureError: (schema) the first difference, with its JSON path.
    """
    error = next(iter(Draft202012Validator(dict(schema)).iter_errors(document)), None)
    if error is not None:
        raise SignatureError(
            f"The credential does not have the agreed form: {error.message[:200]}.",
            reason=Reason.SCHEMA,
            entity=error.json_path,
        )
