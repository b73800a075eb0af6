"""Verify bundles and element files offline, in numbered steps, from nothing but the bytes and the caller's policy."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from ifc import ElementRecord, canonical_form
from signatures import (
    AbsenceProof,
    CredentialRules,
    ElementProof,
    IssuerIs,
    KeyResolver,
    Policy,
    Reason,
    SignatureError,
    StatementProof,
    StepLog,
    Verdict,
    check_status,
    jcs,
    pinned_contexts,
    proofs_of,
    resolve_did_key,
    role_of,
    sha256_hex,
    status_schema,
    verify_credential,
    verify_element,
    verify_statement,
)
from signatures.tlog import LogPolicy, verify_log_proof
from twin.clock import system_clock
from twin.errors import InvalidInput, TwinError
from twin.sealing.bundle import CONTEXT_NAMES, Bundle, controller_bytes
from twin.sealing.container import MAX_BUNDLE_BYTES
from twin.sealing.disclose import Shown, read_disclosure
from twin.sealing.restore import record_of, statement_of
from twin.sealing.state import check_identifiers, commit_records, state_schema
from twin.sealing.statements import element_iri

Passed = tuple[None, str]
_FAILURES = (SignatureError, TwinError)
_EMPTY = Bundle(b"", b"", {}, None)


def verify_bundle(
    data: bytes,
    *,
    records: Iterable[ElementRecord] | None,
    file_sha256: str | None,
    policy: Policy,
    log_policy: LogPolicy | None = None,
    now: datetime | None = None,
    resolver: KeyResolver = resolve_did_key,
    status_list: bytes | None = None,
    proved_at: datetime | None = None,
) -> Verdict:
    """Verify a bundle, and a model against it if one is given.

    Args:
        data: The bundle file.
        records: All records of a model that is said to be the sealed one, or None. They prove the same building
            content, whatever the bytes of the file.
        file_sha256: SHA-256 (hex) of the model's bytes, or None. Required to agree only where no records are given:
            a re-saved file has other bytes and may have the same content.
        policy: Who may have signed.
        log_policy: Which log must hold the state, and which witnesses must have seen it; None asks the log that the
            bundle itself names, if it names one.
        now: The verifier's time, by which cosignatures are judged; the clock of this machine if None.
        resolver: How keys are found; one that knows histories refuses what revoked keys sign.
        status_list: The status list credential that the state names, or None if nobody asked for it.
        proved_at: When the state is known to have been there; None takes the time of the witnesses in `log_policy`.

    Returns:
        The verdict; that a bundle is bad is never an error.
    """
    log = StepLog(_FAILURES)
    moment = now or system_clock()
    rules = _rules(policy, resolver, proved_at or _witnessed(data, log_policy, moment))
    # 1. The file is the one spelling of its entries, and its manifest, names and entries agree.
    opened = log.run("container", lambda: (Bundle.from_bytes(data), "Every byte of the bundle is accounted for."))
    bundle = opened or _EMPTY
    # 2. Its contexts are the pinned ones.
    log.run("contexts", lambda: _contexts(bundle, rules))
    # 3. to 10. The credential: form, meaning, purpose, key, signature, dates, policy.
    credential = verify_credential(bundle.credential, rules, log) or {}
    # 11. Identifiers and key document say what the signed members say.
    log.run("identifiers", lambda: _identifiers(bundle, credential))
    facts = {} if log.broken else _facts(credential)
    # 12. The salt secret is the one whose digest was signed.
    given = bundle.salt_secret is not None
    _run_if(given, log, "salt-secret", "The bundle holds none.", lambda: _secret(bundle, facts))
    # 13. Elements that the bundle shows stand under the signed root.
    _run_if(bool(bundle.elements), log, "shown-elements", "The bundle shows none.", lambda: _shown(bundle, facts))
    # 14. The log holds the credential, byte for byte.
    _logged(log, bundle, log_policy, moment)
    # 15. It was not revoked, if a status list was brought.
    _standing(log, credential, status_list, rules)
    # 16. and 17. The model given, if any.
    _compare(log, bundle, facts, records, file_sha256)
    return Verdict(tuple(log.steps), facts)


def verify_disclosure(
    data: bytes, *, policy: Policy, resolver: KeyResolver = resolve_did_key, status_list: bytes | None = None
) -> Verdict:
    """Verify a file that shows one element, one statement, or an absence.

    Args:
        data: What `disclose` or `prove_absence` wrote.
        policy: Who may have signed.
        resolver: How keys are found.
        status_list: As for `verify_bundle`.

    Returns:
        The verdict; its facts hold what is shown under ``element``, ``statement`` or ``absent``.
    """
    log = StepLog(_FAILURES)
    # 1. One canonical JSON object of four members.
    read = log.run("disclosure", lambda: (read_disclosure(data, MAX_BUNDLE_BYTES), "The file is canonical JSON."))
    kind, signed, proof = read or (Shown.ELEMENT, {}, {})
    # 2. to 9. The credential.
    rules = _rules(policy, resolver)
    credential = verify_credential(jcs(signed), rules, log) or {}
    # 10. Identifiers.
    log.run("identifiers", lambda: _same_identifiers(credential))
    facts = {} if log.broken else _facts(credential)
    # 11. What is shown stands under the signed root; 12. and speaks of this very building.
    opened = log.run(f"{kind}-proof", lambda: _OPENERS[kind](proof, facts))
    shown = log.run(kind.value, lambda: _TELLERS[kind](opened, facts))
    # 13. It was not revoked, if a status list was brought.
    _standing(log, credential, status_list, rules)
    return Verdict(tuple(log.steps), facts | (shown or {}))


def verdict_json(verdict: Verdict | None) -> dict[str, Any]:
    """Return the verdict as the service and the command line show it; None stands for a state without a seal."""
    facts = verdict.facts if verdict else {}
    return {
        "sealed": verdict is not None,
        "verdict": "unsealed" if verdict is None else "valid" if verdict.valid else "invalid",
        "steps": [asdict(step) for step in verdict.steps] if verdict else [],
        "issuer": facts.get("issuer"),
        "created": facts.get("created"),
        "merkle_root": facts.get("merkle_root"),
        "leaf_count": facts.get("leaf_count"),
        "signers": facts.get("signers", []),
        "status": facts.get("status"),
    }


def _rules(policy: Policy, resolver: KeyResolver, proved_at: datetime | None = None) -> CredentialRules:
    return CredentialRules(state_schema(), pinned_contexts(), resolver, policy, proved_at)


def _witnessed(data: bytes, wanted: LogPolicy | None, now: datetime) -> datetime | None:
    """Return when witnesses that the verifier trusts saw the credential; None if nothing shows it."""
    try:
        bundle = Bundle.from_bytes(data)
        if wanted is None or bundle.log is None:
            return None
        return verify_log_proof(bundle.credential, bundle.log[0], wanted, now).checked.cosigned_at
    except _FAILURES:
        return None


def _standing(log: StepLog, credential: Mapping[str, Any], listed: bytes | None, rules: CredentialRules) -> None:
    entry = credential.get("credentialStatus")
    if entry is None:
        log.skip("status", "The credential names no status list: it cannot be revoked.", required=False)
    elif listed is None:
        place = entry["statusListCredential"]
        log.skip("status", f"Nobody asked whether it was revoked since; {place} says it.", required=False)
    else:
        log.run("status", lambda: _not_revoked(credential, listed, rules))


def _not_revoked(credential: Mapping[str, Any], listed: bytes, rules: CredentialRules) -> Passed:
    inner, issuer = StepLog(_FAILURES), credential["issuer"]
    trusted = CredentialRules(status_schema(), rules.contexts, rules.resolver, IssuerIs(frozenset({issuer})))
    read = verify_credential(listed, trusted, inner)
    if read is None:
        broken = next(step for step in inner.steps if step.verdict == "failed")
        raise SignatureError(f"The status list does not hold: {broken.reason}", reason=Reason.STATUS)
    check_status(credential["credentialStatus"], read, issuer)
    return None, f"It was not revoked when the status list was signed, on {read['validFrom']}."


def _compare(
    log: StepLog,
    bundle: Bundle,
    facts: Mapping[str, Any],
    records: Iterable[ElementRecord] | None,
    file_sha256: str | None,
) -> None:
    """Tell the two identities apart: the very file, and the same building content whatever the file."""
    # 16. Byte identity.
    if file_sha256 is None:
        log.skip("file-bytes", "No file was given to compare.", required=False)
    else:
        log.run("file-bytes", lambda: _file_bytes(file_sha256, facts), required=records is None)
    # 17. Semantic identity.
    if records is None:
        log.skip("building-content", "No model was given to compare.", required=False)
    else:
        log.run("building-content", lambda: _content(bundle, facts, records))


def _logged(log: StepLog, bundle: Bundle, wanted: LogPolicy | None, now: datetime) -> None:
    if bundle.log is None and wanted is None:
        log.skip("log", "The bundle holds no proof of a log, and none was asked for.", required=False)
    else:
        log.run("log", lambda: _held(bundle, wanted, now))


def _held(bundle: Bundle, wanted: LogPolicy | None, now: datetime) -> Passed:
    if bundle.log is None:
        raise InvalidInput("The bundle holds no proof that a log holds the state.", reason="log")
    proof, own = bundle.log
    policy = wanted or LogPolicy.parse(own.decode("ascii", "replace"))
    held = verify_log_proof(bundle.credential, proof, policy, now)
    head, witnesses = held.checked.checkpoint, held.checked.witnesses
    words = f"It is entry {held.index} of {head.size} in the log {head.origin}"
    words += f", seen by {len(witnesses)} witnesses." if witnesses else "."
    if own != policy.to_text().encode() and wanted is None:
        raise InvalidInput("The policy of the log is not in its one spelling.", reason="bundle")
    return None, words if wanted is not None else f"{words} Whether you trust this log is yours to say: --log-policy."


def _run_if(present: bool, log: StepLog, name: str, absent: str, action: Callable[[], Passed]) -> None:
    if present:
        log.run(name, action)
    else:
        log.skip(name, absent, required=False)


def _contexts(bundle: Bundle, rules: CredentialRules) -> Passed:
    for name, url in CONTEXT_NAMES.items():
        if bundle.contexts.get(name) != rules.contexts.canonical_bytes(url):
            raise InvalidInput("A context differs from the pinned one.", reason="bundle", entity=name)
    return None, "The contexts are the pinned ones."


def _identifiers(bundle: Bundle, credential: Mapping[str, Any]) -> Passed:
    _same_identifiers(credential)
    methods = [proof["verificationMethod"] for proof in proofs_of(credential)]
    documents = {controller_bytes(method) for method in methods if method.startswith(credential["issuer"] + "#")}
    if bundle.controller not in documents:
        raise InvalidInput("The key document is not the issuer's.", reason="bundle", entity=credential["issuer"])
    return None, "Identifiers and key document agree with what was signed."


def _same_identifiers(credential: Mapping[str, Any]) -> Passed:
    check_identifiers(credential)
    return None, "The identifiers agree with what was signed."


def _facts(credential: Mapping[str, Any]) -> dict[str, Any]:
    subject = credential["credentialSubject"]
    return {
        "issuer": credential["issuer"],
        "created": credential["validFrom"],
        "building_id": subject["buildingCode"],
        "stage": subject["lifecycleStage"],
        "version": subject["version"],
        "merkle_root": subject["merkleRoot"],
        "leaf_count": subject["leafCount"],
        "salt_secret_sha256": subject["saltSecretSha256"],
        "file_sha256": subject["ifcFileSha256"],
        "status": subject.get("informationStatus"),
        "transition": subject.get("transition"),
        "signers": [
            {
                "role": role_of(proof),
                "signer": proof["verificationMethod"].partition("#")[0],
                "created": proof["created"],
            }
            for proof in proofs_of(credential)
        ],
        "previous_state": subject.get("previousState"),
        "previous_state_sha256": subject.get("previousStateSha256"),
        "evidence": credential.get("evidence", []),
    }


def _signer(proof: Mapping[str, Any]) -> dict[str, Any]:
    signer = proof["verificationMethod"].partition("#")[0]
    return {"role": role_of(proof), "signer": signer, "created": proof["created"]}


def _secret(bundle: Bundle, facts: Mapping[str, Any]) -> Passed:
    if bundle.salt_secret is None or sha256_hex(bundle.salt_secret) != facts["salt_secret_sha256"]:
        raise InvalidInput("The salt secret is not that of the sealed state.", reason="secret")
    return None, "The salt secret is that of the sealed state."


def _shown(bundle: Bundle, facts: Mapping[str, Any]) -> Passed:
    if len({proof.subject for proof in bundle.elements}) != len(bundle.elements):
        raise InvalidInput("An element is shown twice.", reason="bundle")
    for proof in bundle.elements:
        _check_proof(proof, facts)
        record_of(facts["building_id"], proof.statements)
    return None, f"Each of the {len(bundle.elements)} elements shown is part of the sealed state."


def _check_proof(proof: ElementProof, facts: Mapping[str, Any]) -> None:
    if not verify_element(proof, bytes.fromhex(facts["merkle_root"]), facts["leaf_count"]):
        raise _not_sealed("The element is not part of the sealed state as it is shown.", proof.subject)


def _file_bytes(file_sha256: str, facts: Mapping[str, Any]) -> Passed:
    if not hmac.compare_digest(file_sha256.lower().encode(), facts["file_sha256"].encode()):
        raise InvalidInput("The file's bytes are not those that were sealed.", reason="file-bytes")
    return None, "The file is byte for byte the sealed one."


def _content(bundle: Bundle, facts: Mapping[str, Any], records: Iterable[ElementRecord]) -> Passed:
    if bundle.salt_secret is None:
        raise InvalidInput(
            "The content cannot be compared: this bundle holds no salt secret. Ask for the holder's bundle.",
            reason="secret",
        )
    commitment = commit_records(facts["building_id"], records, bundle.salt_secret)
    count, sealed = len(commitment), facts["leaf_count"]
    if count != sealed or commitment.root.hex() != facts["merkle_root"]:
        raise InvalidInput(
            f"The building content is not the sealed one: {count} objects were read, {sealed} were sealed"
            + (", and at least one of them differs." if count == sealed else "."),
            reason="building-content",
        )
    return None, f"The building content is the sealed one, in all {count} objects."


def _open_element(form: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[ElementProof, str]:
    proof = ElementProof.from_json(form)
    _check_proof(proof, facts)
    return proof, "The statements are part of the sealed state."


def _open_statement(form: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[StatementProof, str]:
    proof = StatementProof.from_json(form)
    if not verify_statement(proof, bytes.fromhex(facts["merkle_root"]), facts["leaf_count"]):
        raise _not_sealed("The statement is not part of the sealed state as it is shown.", proof.subject)
    return proof, f"The statement is one of the {proof.statement_count} that were sealed of this element."


def _open_absence(form: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[AbsenceProof, str]:
    proof = AbsenceProof.from_json(form)
    if not proof.verify(bytes.fromhex(facts["merkle_root"]), facts["leaf_count"]):
        raise _not_sealed("The neighbours shown do not prove an absence.", proof.subject)
    return proof, "Its two neighbours in the sealed order stand side by side."


def _tell_element(proof: ElementProof, facts: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    record = record_of(facts["building_id"], proof.statements)
    if proof.subject != element_iri(facts["building_id"], record.global_id):
        raise InvalidInput("The element is of another building.", reason="element")
    words = f"They describe the {record.ifc_class} {record.global_id} of this building."
    return {"element": canonical_form(record)}, words


def _tell_statement(proof: StatementProof, facts: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    global_id = _element_of(proof.subject, facts)
    path, value = statement_of(proof.statement)
    shown = {"global_id": global_id, "path": path, "value": value, "line": proof.statement}
    return {"statement": shown}, f"It says of the element {global_id}: {path} is {value}."


def _tell_absence(proof: AbsenceProof, facts: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    global_id = _element_of(proof.subject, facts)
    return {"absent": global_id}, f"The sealed state of this building has no element {global_id}."


def _element_of(subject: str, facts: Mapping[str, Any]) -> str:
    global_id = unquote(subject.removeprefix(element_iri(facts["building_id"], "")))
    if subject != element_iri(facts["building_id"], global_id):
        raise InvalidInput("The element is of another building.", reason="element", entity=subject[:200])
    return global_id


def _not_sealed(message: str, subject: str) -> SignatureError:
    return SignatureError(message, reason=Reason.COMMITMENT, entity=subject[:200])


_OPENERS: Mapping[Shown, Callable[..., tuple[Any, str]]] = {
    Shown.ELEMENT: _open_element,
    Shown.STATEMENT: _open_statement,
    Shown.ABSENCE: _open_absence,
}
_TELLERS: Mapping[Shown, Callable[..., tuple[dict[str, Any], str]]] = {
    Shown.ELEMENT: _tell_element,
    Shown.STATEMENT: _tell_statement,
    Shown.ABSENCE: _tell_absence,
}
