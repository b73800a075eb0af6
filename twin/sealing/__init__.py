"""Sealing: a state of a building becomes a signed bundle that a stranger can verify offline, element by element."""

from twin.sealing.bundle import SUFFIX, Bundle, public_bundle, with_log_proof
from twin.sealing.disclose import DISCLOSURE_FORMAT, compact, disclose, is_disclosure, prove_absence
from twin.sealing.restore import record_of
from twin.sealing.seal import SealedState, countersign, merge, read_credential, seal
from twin.sealing.state import Evidence, StateTransition, commit_records, state_iri, state_secret
from twin.sealing.statements import building_iri, element_iri, statements_of
from twin.sealing.verify import verdict_json, verify_bundle, verify_disclosure

__all__ = [
    "DISCLOSURE_FORMAT",
    "SUFFIX",
    "Bundle",
    "Evidence",
    "SealedState",
    "StateTransition",
    "building_iri",
    "commit_records",
    "compact",
    "countersign",
    "disclose",
    "element_iri",
    "is_disclosure",
    "merge",
    "prove_absence",
    "public_bundle",
    "read_credential",
    "record_of",
    "seal",
    "state_iri",
    "state_secret",
    "statements_of",
    "verdict_json",
    "verify_bundle",
    "verify_disclosure",
    "with_log_proof",
]
