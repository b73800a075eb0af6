"""Sealing: a state of a building becomes a signed bundle that a stranger can verify offline, element by element."""

from twin.sealing.bundle import SUFFIX, Bundle, public_bundle
from twin.sealing.restore import record_of
from twin.sealing.seal import SealedState, disclose, read_credential, seal
from twin.sealing.state import Evidence, commit_records, state_iri, state_secret
from twin.sealing.statements import building_iri, element_iri, statements_of
from twin.sealing.verify import verdict_json, verify_bundle, verify_disclosure

__all__ = [
    "SUFFIX",
    "Bundle",
    "Evidence",
    "SealedState",
    "building_iri",
    "commit_records",
    "disclose",
    "element_iri",
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
]
