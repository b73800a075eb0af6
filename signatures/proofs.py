"""Data Integrity proofs: eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019 and ecdsa-jcs-2019.

Numbers in comments are sections of W3C Data Integrity EdDSA (3.2, 3.3) and ECDSA (3.2, 3.3) Cryptosuites 1.0.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from signatures.canonical import jcs
from signatures.context_store import ContextStore
from signatures.digests import from_base58btc, to_base58btc
from signatures.errors import Reason, SignatureError
from signatures.keys import ASSERTION, HASH_NAMES, KeyKind, PublicKey, Signer
from signatures.rdf import canonicalize

ROLE_PATTERN = "[a-z]+(-[a-z]+){0,5}"
MAX_ROLE = 64

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Suite(StrEnum):
    """Cryptosuites that are implemented."""

    EDDSA_RDFC_2022 = "eddsa-rdfc-2022"
    EDDSA_JCS_2022 = "eddsa-jcs-2022"
    ECDSA_RDFC_2019 = "ecdsa-rdfc-2019"
    ECDSA_JCS_2019 = "ecdsa-jcs-2019"

    @property
    def uses_rdf(self) -> bool:
        """Whether the suite signs the graph (RDFC-1.0) and not the JSON (JCS)."""
        return "rdfc" in self.value

    def accepts(self, kind: KeyKind) -> bool:
        """Tell whether a key of `kind` belongs to the suite."""
        return (kind is KeyKind.ED25519) == self.value.startswith("eddsa")


@dataclass(frozen=True, slots=True)
class HashData:
    """What a suite computed on the way to the bytes that are signed.

    Attributes:
        document: Canonical form of the document without its proof.
        configuration: Canonical form of the proof without its value.
        data: Hash of the configuration followed by the hash of the document: the message of the signature.
    """

    document: bytes
    configuration: bytes
    data: bytes


def timestamp(moment: datetime) -> str:
    """Return `moment` as xsd:dateTime in UTC with whole seconds.

    Raises:
        SignatureError: (proof) it has no time zone.
    """
    if moment.tzinfo is None:
        raise SignatureError("A point in time needs its time zone.", reason=Reason.PROOF)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """Return the moment that `timestamp` wrote.

    Raises:
        SignatureError: (proof) another form.
    """
    try:
        if _DATE_TIME.fullmatch(text):
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise SignatureError("Not a point in time in UTC.", reason=Reason.PROOF, entity=text[:40])


def hash_data(
    document: Mapping[str, Any], proof: Mapping[str, Any], kind: KeyKind, contexts: ContextStore
) -> HashData:
    """Return the hash data of `document` under the options of `proof` (3.2.3 to 3.2.5, 3.3.3 to 3.3.5).

    Args:
        document: The secured or unsecured document; its `proof` is left out.
        proof: The proof with or without its value.
        kind: Kind of the key, which decides the hash.
        contexts: The sealed contexts.

    Raises:
        SignatureError: (proof, context, data-loss) the proof or the document is not one that can be signed.
    """
    suite = _suite_of(proof)
    unsecured = {key: value for key, value in document.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    if suite.uses_rdf:
        if options.get("@context", unsecured.get("@context")) != unsecured.get("@context"):
            raise SignatureError("The contexts of proof and document differ.", reason=Reason.CONTEXT)
        options["@context"] = unsecured.get("@context")
        parts = canonicalize(unsecured, contexts).encode(), canonicalize(options, contexts).encode()
    else:
        unsecured = _with_proof_context(unsecured, options)
        parts = jcs(unsecured), jcs(options)
    name = HASH_NAMES[kind]
    digests = [hashlib.new(name, part).digest() for part in reversed(parts)]
    return HashData(*parts, b"".join(digests))


def add_proof(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    suite: Suite,
    created: datetime,
    contexts: ContextStore,
    purpose: str = ASSERTION,
    role: str | None = None,
) -> dict[str, Any]:
    """Return `document` with a proof by `signer`; earlier proofs are kept and form a proof set.

    Args:
        document: Unsigned, or signed by others already.
        signer: Who signs.
        suite: The cryptosuite.
        created: When, with time zone.
        contexts: The sealed contexts.
        purpose: The proof purpose.
        role: In which role, such as ``designer``; signed with the rest. The contexts must define ``signerRole``.

    Raises:
        SignatureError: (proof) the key does not fit the suite, or the role is malformed; (context, data-loss) the
            document cannot be signed.
    """
    kind = signer.public_key.kind
    if not suite.accepts(kind):
        raise SignatureError(f"A key of kind {kind} does not fit {suite}.", reason=Reason.PROOF)
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite.value,
        "created": timestamp(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": purpose,
    }
    if role is not None:
        proof["signerRole"] = _checked_role(role)
    if not suite.uses_rdf and "@context" in document:
        proof["@context"] = document["@context"]
    message = hash_data(document, proof, kind, contexts).data
    proof["proofValue"] = to_base58btc(signer.sign(message))
    earlier = document.get("proof", [])
    all_proofs = [*(earlier if isinstance(earlier, list) else [earlier]), proof]
    return {**document, "proof": all_proofs[0] if len(all_proofs) == 1 else all_proofs}


def role_of(proof: Mapping[str, Any]) -> str | None:
    """Return the role that a proof was made in, if it names one.

    Raises:
        SignatureError: (proof) it is malformed.
    """
    role = proof.get("signerRole")
    return None if role is None else _checked_role(role)


def _checked_role(role: Any) -> str:
    if not isinstance(role, str) or len(role) > MAX_ROLE or not re.fullmatch(ROLE_PATTERN, role):
        raise SignatureError("A role is a few lower-case words.", reason=Reason.PROOF, entity=str(role)[:80])
    return role


def proofs_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the proofs of `document`.

    Raises:
        SignatureError: (proof) there is none, or one is not an object.
    """
    value = document.get("proof")
    found = value if isinstance(value, list) else [] if value is None else [value]
    if not found:
        raise SignatureError("The document bears no proof.", reason=Reason.PROOF)
    if not all(isinstance(proof, dict) for proof in found):
        raise SignatureError("A proof is not an object.", reason=Reason.PROOF)
    return found


def verify_proof(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: ContextStore
) -> None:
    """Verify the signature of one proof; purpose, controller and time are the caller's to judge.

    Raises:
        SignatureError: (proof, context, data-loss) malformed; (signature) not by `key` over this document.
    """
    suite = _suite_of(proof)
    if not suite.accepts(key.kind):
        raise SignatureError(f"A key of kind {key.kind} does not fit {suite}.", reason=Reason.PROOF)
    if "previousProof" in proof:
        raise SignatureError("Proof chains are not accepted.", reason=Reason.PROOF)
    value = proof.get("proofValue")
    if not isinstance(value, str):
        raise SignatureError("The proof has no value.", reason=Reason.PROOF)
    signature = from_base58btc(value)
    if to_base58btc(signature) != value or not key.verify(
        signature, hash_data(document, proof, key.kind, contexts).data
    ):
        raise SignatureError(
            "The signature does not fit the document: one of them was changed, or another key signed.",
            reason=Reason.SIGNATURE,
        )


def _suite_of(proof: Mapping[str, Any]) -> Suite:
    name = proof.get("cryptosuite")
    if proof.get("type") != "DataIntegrityProof" or name not in list(Suite):
        raise SignatureError("The proof is of an unknown type or suite.", reason=Reason.PROOF, entity=str(name)[:80])
    if not isinstance(proof.get("created"), str):
        raise SignatureError("The proof does not say when it was created.", reason=Reason.PROOF)
    parse_timestamp(proof["created"])
    return Suite(name)


def _with_proof_context(unsecured: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document under the contexts of the proof (EdDSA 3.3.2, step 4)."""
    if "@context" not in options:
        return unsecured
    wanted, present = _as_list(options["@context"]), _as_list(unsecured.get("@context", []))
    if present[: len(wanted)] != wanted:
        raise SignatureError("The contexts of proof and document differ.", reason=Reason.CONTEXT)
    return {**unsecured, "@context": options["@context"]}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
