"""Canonical forms, digests, commitments, keys, proofs and verdicts. Bytes and JSON-LD in, proofs and verdicts out.

Nothing here loads anything from a network, and nothing here knows what a building is. The door is lazy (PEP 562): who
only names an error does not load the libraries of JSON-LD, JSON Schema and CMS.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signatures.canonical import MAX_DOCUMENT_BYTES, jcs, parse_canonical, parse_object
    from signatures.commitment import SCHEME, SECRET_BYTES, Commitment, commit
    from signatures.context_store import CREDENTIALS_V2, LIFECYCLE_V1, PINS, ContextStore, pinned_contexts
    from signatures.controllers import ControllerVersion, KeyHistories, KeyHistory, histories_json, key_document
    from signatures.credential import check_schema, credential_schema, new_credential, strict_object
    from signatures.digests import from_base58btc, sha256, sha256_hex, to_base58btc
    from signatures.embedded import EmbeddedReport, EmbeddedSignature, EmbeddedVerdict, embedded_signatures
    from signatures.errors import Reason, SignatureError
    from signatures.keys import (
        ASSERTION,
        KeyKind,
        KeyResolver,
        KeySigner,
        PublicKey,
        Signer,
        VerificationKey,
        controller_document,
        did_key,
        resolve_did_key,
    )
    from signatures.merkle import MerkleTree, leaf_hash, node_hash, verify_consistency, verify_inclusion
    from signatures.opening import (
        AbsenceProof,
        ElementProof,
        StatementProof,
        SubjectProof,
        verify_absence,
        verify_element,
        verify_statement,
        verify_subject,
    )
    from signatures.pkcs11 import Pkcs11Signer
    from signatures.policy import (
        AllOf,
        AnyIssuer,
        IssuerIs,
        NotAfter,
        NotBefore,
        Policy,
        RolesSigned,
        SeparateRoles,
        SignatureFacts,
        SignedBy,
    )
    from signatures.proofs import (
        HashData,
        Suite,
        add_proof,
        hash_data,
        parse_timestamp,
        proofs_of,
        role_of,
        timestamp,
        verify_proof,
    )
    from signatures.rdf import BoundedRdfc, CanonicalizationCostError, canonicalize, canonicalize_dataset, expand
    from signatures.status import StatusList, check_status, status_credential, status_entry, status_schema
    from signatures.verify import CredentialRules, Outcome, Step, StepLog, Verdict, verify_credential

__all__ = [
    "ASSERTION",
    "CREDENTIALS_V2",
    "LIFECYCLE_V1",
    "MAX_DOCUMENT_BYTES",
    "PINS",
    "SCHEME",
    "SECRET_BYTES",
    "AbsenceProof",
    "AllOf",
    "AnyIssuer",
    "BoundedRdfc",
    "CanonicalizationCostError",
    "Commitment",
    "ContextStore",
    "ControllerVersion",
    "CredentialRules",
    "ElementProof",
    "EmbeddedReport",
    "EmbeddedSignature",
    "EmbeddedVerdict",
    "HashData",
    "IssuerIs",
    "KeyHistories",
    "KeyHistory",
    "KeyKind",
    "KeyResolver",
    "KeySigner",
    "MerkleTree",
    "NotAfter",
    "NotBefore",
    "Outcome",
    "Pkcs11Signer",
    "Policy",
    "PublicKey",
    "Reason",
    "RolesSigned",
    "SeparateRoles",
    "SignatureError",
    "SignatureFacts",
    "SignedBy",
    "Signer",
    "StatementProof",
    "StatusList",
    "Step",
    "StepLog",
    "SubjectProof",
    "Suite",
    "Verdict",
    "VerificationKey",
    "add_proof",
    "canonicalize",
    "canonicalize_dataset",
    "check_schema",
    "check_status",
    "commit",
    "controller_document",
    "credential_schema",
    "did_key",
    "embedded_signatures",
    "expand",
    "from_base58btc",
    "hash_data",
    "histories_json",
    "jcs",
    "key_document",
    "leaf_hash",
    "new_credential",
    "node_hash",
    "parse_canonical",
    "parse_object",
    "parse_timestamp",
    "pinned_contexts",
    "proofs_of",
    "resolve_did_key",
    "role_of",
    "sha256",
    "sha256_hex",
    "status_credential",
    "status_entry",
    "status_schema",
    "strict_object",
    "timestamp",
    "to_base58btc",
    "verify_absence",
    "verify_consistency",
    "verify_credential",
    "verify_element",
    "verify_inclusion",
    "verify_proof",
    "verify_statement",
    "verify_subject",
]

_NAMES = {  # module: what the door hands out of it; the block above tells the type checker the same
    "signatures.canonical": (
        "MAX_DOCUMENT_BYTES",
        "jcs",
        "parse_canonical",
        "parse_object",
    ),
    "signatures.commitment": (
        "SCHEME",
        "SECRET_BYTES",
        "Commitment",
        "commit",
    ),
    "signatures.context_store": (
        "CREDENTIALS_V2",
        "LIFECYCLE_V1",
        "PINS",
        "ContextStore",
        "pinned_contexts",
    ),
    "signatures.controllers": (
        "ControllerVersion",
        "KeyHistories",
        "KeyHistory",
        "histories_json",
        "key_document",
    ),
    "signatures.credential": (
        "check_schema",
        "credential_schema",
        "new_credential",
        "strict_object",
    ),
    "signatures.digests": (
        "from_base58btc",
        "sha256",
        "sha256_hex",
        "to_base58btc",
    ),
    "signatures.embedded": (
        "EmbeddedReport",
        "EmbeddedSignature",
        "EmbeddedVerdict",
        "embedded_signatures",
    ),
    "signatures.errors": (
        "Reason",
        "SignatureError",
    ),
    "signatures.keys": (
        "ASSERTION",
        "KeyKind",
        "KeyResolver",
        "KeySigner",
        "PublicKey",
        "Signer",
        "VerificationKey",
        "controller_document",
        "did_key",
        "resolve_did_key",
    ),
    "signatures.merkle": (
        "MerkleTree",
        "leaf_hash",
        "node_hash",
        "verify_consistency",
        "verify_inclusion",
    ),
    "signatures.opening": (
        "AbsenceProof",
        "ElementProof",
        "StatementProof",
        "SubjectProof",
        "verify_absence",
        "verify_element",
        "verify_statement",
        "verify_subject",
    ),
    "signatures.pkcs11": ("Pkcs11Signer",),
    "signatures.policy": (
        "AllOf",
        "AnyIssuer",
        "IssuerIs",
        "NotAfter",
        "NotBefore",
        "Policy",
        "RolesSigned",
        "SeparateRoles",
        "SignatureFacts",
        "SignedBy",
    ),
    "signatures.proofs": (
        "HashData",
        "Suite",
        "add_proof",
        "hash_data",
        "parse_timestamp",
        "proofs_of",
        "role_of",
        "timestamp",
        "verify_proof",
    ),
    "signatures.rdf": (
        "BoundedRdfc",
        "CanonicalizationCostError",
        "canonicalize",
        "canonicalize_dataset",
        "expand",
    ),
    "signatures.status": (
        "StatusList",
        "check_status",
        "status_credential",
        "status_entry",
        "status_schema",
    ),
    "signatures.verify": (
        "CredentialRules",
        "Outcome",
        "Step",
        "StepLog",
        "Verdict",
        "verify_credential",
    ),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a public name from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
