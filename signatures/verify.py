"""Verification in numbered steps, each with its verdict and its reason in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from signatures.canonical import parse_canonical
from signatures.context_store import ContextStore
from signatures.credential import check_schema
from signatures.errors import Reason, SignatureError
from signatures.keys import ASSERTION, KeyResolver, VerificationKey
from signatures.policy import Policy, SignatureFacts
from signatures.proofs import parse_timestamp, proofs_of, role_of, verify_proof
from signatures.rdf import expand

T = TypeVar("T")


class Outcome(StrEnum):
    """Verdict of one step."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verification.

    Attributes:
        number: From 1, in the order in which the steps were taken.
        name: Short name, stable.
        verdict: What came of it.
        reason: Why, in a sentence.
        required: Whether the whole is valid only if this step passed.
    """

    number: int
    name: str
    verdict: Outcome
    reason: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a verification.

    Attributes:
        steps: All steps, in order.
        facts: What the signed document says, once its signatures were found good; empty before that.
    """

    steps: tuple[Step, ...]
    facts: Mapping[str, Any]

    @property
    def valid(self) -> bool:
        """Whether there were required steps and every one of them passed."""
        required = [step for step in self.steps if step.required]
        return bool(required) and all(step.verdict is Outcome.PASSED for step in required)


class StepLog:
    """Collects steps; after a failed one those that need its result are skipped.

    Args:
        failures: Errors that fail a step instead of leaving it; they may say `message` and `entity`.
    """

    def __init__(self, failures: tuple[type[Exception], ...] = (SignatureError,)) -> None:
        self.steps: list[Step] = []
        self._failures = failures
        self._broken = False

    @property
    def broken(self) -> bool:
        """Whether a required step has failed."""
        return self._broken

    def run(self, name: str, action: Callable[[], tuple[T, str]], *, required: bool = True) -> T | None:
        """Take a step.

        Args:
            name: Name of the step.
            action: Returns its result and the sentence for its passing, or raises one of the failures.
            required: Whether the whole depends on it.

        Returns:
            The result; None if the step failed or was skipped.
        """
        if self._broken:
            self.skip(name, "An earlier step failed.", required=required)
            return None
        try:
            result, reason = action()
        except self._failures as error:
            entity = getattr(error, "entity", None)
            where = f" ({entity})" if entity else ""
            self._add(name, Outcome.FAILED, f"{error}{where}", required=required)
            self._broken = self._broken or required
            return None
        self._add(name, Outcome.PASSED, reason, required=required)
        return result

    def skip(self, name: str, reason: str, *, required: bool) -> None:
        """Note that a step was not taken."""
        self._add(name, Outcome.SKIPPED, reason, required=required)

    def _add(self, name: str, verdict: Outcome, reason: str, *, required: bool) -> None:
        self.steps.append(Step(len(self.steps) + 1, name, verdict, reason, required))


@dataclass(frozen=True, slots=True)
class CredentialRules:
    """What a verifier demands of a credential.

    Attributes:
        schema: Its JSON Schema, which fixes the contexts and types.
        contexts: The sealed contexts.
        resolver: How keys are found.
        policy: Who may have signed.
        proved_at: When a log or a time-stamp shows that the credential was there; None if nothing shows it.
    """

    schema: Mapping[str, Any]
    contexts: ContextStore
    resolver: KeyResolver
    policy: Policy
    proved_at: datetime | None = None


def verify_credential(data: bytes, rules: CredentialRules, log: StepLog) -> dict[str, Any] | None:
    """Verify the signed credential in `data`, adding the steps to `log`.

    Returns:
        The credential; None if a step failed.
    """
    # 1. The bytes are one strict JSON object in its RFC 8785 form: no second reading of them exists.
    read = log.run("credential-json", lambda: (parse_canonical(data), "The credential is canonical JSON."))
    credential: dict[str, Any] = read if read is not None else {}
    # 2. It has the agreed members and no others (VC Data Model 2.0, 8; protects against null, [] and "3" for 3).
    log.run("credential-schema", lambda: _schema(credential, rules))
    # 3. Its contexts are sealed and define every term, so that all of it is signed (Data Integrity 2.4.1, 4.6).
    log.run("credential-meaning", lambda: _meaning(credential, rules))
    # 4. It bears proofs, each for assertion (Data Integrity 4.4, "Verify Proof", purpose).
    log.run("proof-purpose", lambda: _purpose(credential))
    # 5. Each key is found, may assert, and one of them is the issuer's (Data Integrity 5, method binding).
    keys = log.run("proof-key", lambda: _keys(credential, rules))
    # 6. Each signature fits (EdDSA 3.2.2, ECDSA 3.2.2 "Verify Proof"); one good one among bad ones is not enough.
    log.run("proof-signature", lambda: _signatures(credential, keys or [], rules))
    # 7. Dates agree with each other.
    facts = log.run("dates", lambda: _dates(credential, keys or []))
    # 8. The verifier's own policy accepts the signers.
    log.run("policy", lambda: _policy(facts, rules))
    return None if log.broken else credential


def _schema(credential: Mapping[str, Any], rules: CredentialRules) -> tuple[None, str]:
    check_schema(credential, rules.schema)
    return None, "The credential has exactly the agreed members."


def _meaning(credential: Mapping[str, Any], rules: CredentialRules) -> tuple[None, str]:
    expand(credential, rules.contexts)
    return None, "The pinned contexts define every term."


def _purpose(credential: Mapping[str, Any]) -> tuple[None, str]:
    for proof in proofs_of(credential):
        if proof.get("proofPurpose") != ASSERTION:
            raise SignatureError(
                "A proof was made for another purpose than assertion.",
                reason=Reason.PROOF,
                entity=str(proof.get("proofPurpose"))[:64],
            )
    return None, "Every proof asserts the content."


def _keys(credential: Mapping[str, Any], rules: CredentialRules) -> tuple[list[VerificationKey], str]:
    proofs = proofs_of(credential)
    keys = [rules.resolver(proof["verificationMethod"]) for proof in proofs]
    for proof, key in zip(proofs, keys, strict=True):
        if refusal := key.refusal(parse_timestamp(proof["created"]), rules.proved_at):
            raise SignatureError(refusal, reason=Reason.REVOKED, entity=proof["verificationMethod"][:200])
    if not all(ASSERTION in key.purposes for key in keys):
        raise SignatureError("A key may not be used for assertion.", reason=Reason.KEY)
    if credential["issuer"] not in {key.controller for key in keys}:
        raise SignatureError("No key of the issuer signed.", reason=Reason.KEY, entity=credential["issuer"])
    return keys, "Every key was found and the issuer controls one of them."


def _signatures(
    credential: Mapping[str, Any], keys: list[VerificationKey], rules: CredentialRules
) -> tuple[None, str]:
    for proof, key in zip(proofs_of(credential), keys, strict=True):
        verify_proof(credential, proof, key.key, rules.contexts)
    plural = f"All {len(keys)} signatures fit" if len(keys) > 1 else "The signature fits"
    return None, f"{plural} the content."


def _dates(credential: Mapping[str, Any], keys: list[VerificationKey]) -> tuple[SignatureFacts, str]:
    created = sorted(parse_timestamp(proof["created"]) for proof in proofs_of(credential))
    begin = parse_timestamp(credential["validFrom"])
    if "validUntil" in credential and parse_timestamp(credential["validUntil"]) < begin:
        raise SignatureError("The credential ends before it begins.", reason=Reason.PROOF)
    facts = SignatureFacts(
        credential["issuer"],
        frozenset(key.controller for key in keys),
        (created[0], created[-1]),
        _roles(credential, keys),
    )
    return facts, f"Signed, by its own account, on {_day(created[0])}; no time-stamp of a third party confirms it."


def _roles(credential: Mapping[str, Any], keys: list[VerificationKey]) -> tuple[tuple[str, str], ...]:
    pairs = zip(proofs_of(credential), keys, strict=True)
    return tuple((role, key.controller) for proof, key in pairs if (role := role_of(proof)) is not None)


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _policy(facts: SignatureFacts | None, rules: CredentialRules) -> tuple[None, str]:
    refusal = "Nothing is known of the signers." if facts is None else rules.policy.refusal(facts)
    if refusal:
        raise SignatureError(refusal, reason=Reason.KEY)
    return None, f"The policy {type(rules.policy).__name__} accepts the signers."
