"""Canonical forms, digests, commitments, keys, proofs and verdicts. Bytes and JSON-LD in, proofs and verdicts out.

Nothing here loads anything from a network, and nothing here knows what a building is.
"""

from signatures.canonical import MAX_DOCUMENT_BYTES, jcs, parse_canonical, parse_object
from signatures.commitment import (
    SCHEME,
    SECRET_BYTES,
    Commitment,
    ElementProof,
    commit,
    verify_absence,
    verify_element,
)
from signatures.context_store import CREDENTIALS_V2, LIFECYCLE_V1, PINS, ContextStore, pinned_contexts
from signatures.credential import check_schema, credential_schema, new_credential, strict_object
from signatures.digests import from_base58btc, sha256, sha256_hex, to_base58btc
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
from signatures.policy import AllOf, AnyIssuer, IssuerIs, NotAfter, NotBefore, Policy, SignatureFacts, SignedBy
from signatures.proofs import (
    HashData,
    Suite,
    add_proof,
    hash_data,
    parse_timestamp,
    proofs_of,
    timestamp,
    verify_proof,
)
from signatures.rdf import BoundedRdfc, CanonicalizationCostError, canonicalize, canonicalize_dataset, expand
from signatures.verify import CredentialRules, Outcome, Step, StepLog, Verdict, verify_credential

__all__ = [
    "ASSERTION",
    "CREDENTIALS_V2",
    "LIFECYCLE_V1",
    "MAX_DOCUMENT_BYTES",
    "PINS",
    "SCHEME",
    "SECRET_BYTES",
    "AllOf",
    "AnyIssuer",
    "BoundedRdfc",
    "CanonicalizationCostError",
    "Commitment",
    "ContextStore",
    "CredentialRules",
    "ElementProof",
    "HashData",
    "IssuerIs",
    "KeyKind",
    "KeyResolver",
    "KeySigner",
    "MerkleTree",
    "NotAfter",
    "NotBefore",
    "Outcome",
    "Policy",
    "PublicKey",
    "Reason",
    "SignatureError",
    "SignatureFacts",
    "SignedBy",
    "Signer",
    "Step",
    "StepLog",
    "Suite",
    "Verdict",
    "VerificationKey",
    "add_proof",
    "canonicalize",
    "canonicalize_dataset",
    "check_schema",
    "commit",
    "controller_document",
    "credential_schema",
    "did_key",
    "expand",
    "from_base58btc",
    "hash_data",
    "jcs",
    "leaf_hash",
    "new_credential",
    "node_hash",
    "parse_canonical",
    "parse_object",
    "parse_timestamp",
    "pinned_contexts",
    "proofs_of",
    "resolve_did_key",
    "sha256",
    "sha256_hex",
    "strict_object",
    "timestamp",
    "to_base58btc",
    "verify_absence",
    "verify_consistency",
    "verify_credential",
    "verify_element",
    "verify_inclusion",
    "verify_proof",
]
