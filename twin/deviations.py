"""Accepted deviations: an officer signs that certain differences between two versions are accepted.

The document that lists them is kept whole; a small credential signs its digest. Both go into the journal.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ifc import ElementRecord
from signatures import (
    CREDENTIALS_V2,
    LIFECYCLE_V1,
    CredentialRules,
    IssuerIs,
    StepLog,
    Suite,
    Verdict,
    add_proof,
    credential_schema,
    jcs,
    new_credential,
    pinned_contexts,
    resolve_did_key,
    sha256_hex,
    strict_object,
    verify_credential,
)
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, Entry, Journal, Version
from twin.clock import Clock
from twin.errors import Conflict, InvalidInput
from twin.keyring import KeyRing
from twin.lifecycle import Diff, Move, compare, diff, moves

BOOK = "deviations"
KIND = "DeviationAcceptanceCredential"
FORMAT = "kaksik-deviations/1"
WHOLE = "*"  # every difference of the element, its coming and going included
MAX_ITEMS = 2_000  # of one acceptance; an officer has read them
MAX_WORDS = 2_000  # characters of the reason
_HEX = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_URN = {"type": "string", "pattern": "^urn:kaksik:[!-~]{1,200}$"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted difference.

    Attributes:
        global_id: The element; empty for a figure of the whole building.
        path: What of it, or ``*``.
        before: Old value; for ``*`` the digest of the record.
        after: New value; for ``*`` the digest of the record.
        by: Identifier of who signed.
        role: In which role.
        at: When, RFC 3339, UTC.
        reason: Why, in their words.
        document_sha256: The document that they signed.
    """

    global_id: str
    path: str
    before: Any
    after: Any
    by: str
    role: str
    at: str
    reason: str
    document_sha256: str

    def to_json(self) -> dict[str, Any]:
        """Return what a diff shows: by whom, when, why, and the signed document."""
        return {
            "by": self.by,
            "role": self.role,
            "at": self.at,
            "reason": self.reason,
            "document_sha256": self.document_sha256,
        }


class Acceptances:
    """The accepted deviations of one building, ready to be looked up.

    Args:
        accepted: All of them, oldest first.
    """

    def __init__(self, accepted: Iterable[Accepted]) -> None:
        self._by_key: dict[tuple[str, str], list[Accepted]] = {}
        for item in accepted:
            self._by_key.setdefault((item.global_id, item.path), []).append(item)

    def of_element(self, global_id: str, before: str | None, after: str | None) -> Accepted | None:
        """Return who accepted everything between two records of an element, given by their digests."""
        return self._find(global_id, WHOLE, before, after)

    def of_value(self, global_id: str, path: str, before: Any, after: Any) -> Accepted | None:
        """Return who accepted that this value became that one."""
        return self._find(global_id, path, before, after)

    def allows(self, move: Move, before: str | None, after: str | None) -> bool:
        """Say whether a move is accepted, alone or with all of its element."""
        alone = self.of_value(move.global_id, move.path, move.before, move.after)
        return alone is not None or self.of_element(move.global_id, before, after) is not None

    def _find(self, global_id: str, path: str, before: Any, after: Any) -> Accepted | None:
        found = (
            item for item in self._by_key.get((global_id, path), ()) if (item.before, item.after) == (before, after)
        )
        return next(found, None)


class Deviations:
    """Accepts deviations and says what was accepted.

    Args:
        catalogue: Where versions are.
        journal: Where acceptances are written.
        blobs: Where their documents and credentials lie.
        keys: The keys of the officers that this installation holds.
        clock: Tells the time.
    """

    def __init__(self, catalogue: Catalogue, journal: Journal, blobs: BlobStore, keys: KeyRing, clock: Clock) -> None:
        self._catalogue = catalogue
        self._journal = journal
        self._blobs = blobs
        self._keys = keys
        self._clock = clock

    def accept(
        self,
        before: Version,
        after: Version,
        wanted: Sequence[tuple[str, str]],
        *,
        role: str,
        reason: str,
        actor: str,
        figures: Sequence[Move] = (),
    ) -> Entry:
        """Sign that differences between two versions are accepted, and return the journal's entry.

        Args:
            before: The older version.
            after: The newer version.
            wanted: Element and path of each; the path ``*`` takes all of an element.
            role: In which role the officer signs.
            reason: Why, in the officer's words.
            actor: Who asked; noted beside the credential.
            figures: Figures of the whole building that moved; wanted ones have an empty GlobalId.

        Raises:
            InvalidInput: (no-difference) something wanted is no difference of the two; (deviations) none, too many.
        """
        if not 0 < len(wanted) <= MAX_ITEMS or not 0 < len(reason) <= MAX_WORDS:
            raise InvalidInput(
                f"An acceptance names 1 to {MAX_ITEMS} deviations and gives a reason.", reason="deviations"
            )
        items = self._items(before, after, wanted, figures)
        document = jcs({
            "format": FORMAT, "building": before.key.building_id, "from": str(before.key), "to": str(after.key),
            "from_content_sha256": before.content_sha256, "to_content_sha256": after.content_sha256,
            "reason": reason, "items": items,
        })  # fmt: skip
        sha256 = self._blobs.put(document)
        signer = self._keys.signer(role)
        credential = jcs(self._signed(sha256, role))
        content = {
            "document_sha256": sha256,
            "credential_sha256": self._blobs.put(credential),
            "by": signer.controller,
            "role": role,
            "reason": reason,
            "actor": actor,
            "items": [{key: item[key] for key in ("global_id", "path", "before", "after")} for item in items],
        }
        return self._journal.append(BOOK, before.key.building_id, content)

    def of(self, building_id: str) -> Acceptances:
        """Return what was accepted for a building."""
        return Acceptances(
            Accepted(
                **item, by=entry.content["by"], role=entry.content["role"], at=entry.time,
                reason=entry.content["reason"], document_sha256=entry.content["document_sha256"],
            )
            for entry in self._journal.entries(BOOK, building_id)
            for item in entry.content["items"]
        )  # fmt: skip

    def documents(self, building_id: str) -> list[dict[str, Any]]:
        """Return every acceptance of a building with its credential and the verdict on that."""
        found = []
        for entry in self._journal.entries(BOOK, building_id):
            credential = self._blobs.get(entry.content["credential_sha256"])
            document = self._blobs.get(entry.content["document_sha256"])
            verdict = verify_acceptance(credential, document, entry.content["by"])
            shown = {**entry.content, "time": entry.time, "valid": verdict.valid}
            found.append({**shown, "steps": [str(step.reason) for step in verdict.steps]})
        return found

    def file(self, building_id: str, sha256: str) -> bytes:
        """Return the document or the credential of an acceptance.

        Raises:
            InvalidInput: (deviations) the building has none of that digest.
        """
        for entry in self._journal.entries(BOOK, building_id):
            if sha256 in (entry.content["document_sha256"], entry.content["credential_sha256"]):
                return self._blobs.get(sha256)
        raise InvalidInput("This building has no such acceptance.", reason="deviations", entity=sha256[:80])

    def digest(self, building_id: str) -> str | None:
        """Return the digest over the documents of all acceptances of a building, or None if there are none."""
        documents = [entry.content["document_sha256"] for entry in self._journal.entries(BOOK, building_id)]
        return sha256_hex("\n".join(documents).encode()) if documents else None

    def _items(
        self, before: Version, after: Version, wanted: Sequence[tuple[str, str]], figures: Sequence[Move]
    ) -> list[dict[str, Any]]:
        if before.key.building_id != after.key.building_id:
            raise Conflict("Deviations are accepted within one building.", reason="other-building")
        digests = self._catalogue.digests(before.key), self._catalogue.digests(after.key)
        difference = diff(*digests, self._catalogue.records_of)
        moved = {move.key: _of_move(move) for move in (*figures, *moves(difference))}
        known = moved | _known(difference, *digests)
        missing = [key for key in wanted if key not in known]
        if missing:
            raise InvalidInput(
                "This is no difference between the two versions.",
                reason="no-difference",
                entity="/".join(missing[0])[:200],
                hint="Take element and path from the answer of diff; * takes all of an element.",
            )
        return [known[key] for key in dict.fromkeys(wanted)]

    def _signed(self, sha256: str, role: str) -> dict[str, Any]:
        signer, now = self._keys.signer(role), self._clock()
        subject = {
            "id": f"urn:kaksik:sha256:{sha256}",
            "type": "DigestEvidence",
            "evidenceKind": "accepted-deviations",
            "sha256": sha256,
        }
        unsigned = new_credential(
            contexts=(CREDENTIALS_V2, LIFECYCLE_V1),
            kind=KIND,
            identifier=f"urn:kaksik:sha256:{sha256}:acceptance",
            issuer=signer.controller,
            valid_from=now,
            subject=subject,
        )
        contexts = pinned_contexts()
        return add_proof(unsigned, signer, suite=Suite.EDDSA_RDFC_2022, created=now, contexts=contexts, role=role)


def verify_acceptance(credential: bytes, document: bytes, by: str) -> Verdict:
    """Verify that `by` signed the acceptance in `document`, offline, in steps."""
    log = StepLog()
    subject = {"id": _URN, "type": {"const": "DigestEvidence"}, "evidenceKind": {"const": "accepted-deviations"}}
    schema = credential_schema(
        contexts=(CREDENTIALS_V2, LIFECYCLE_V1),
        kind=KIND,
        subject=strict_object({**subject, "sha256": {"const": sha256_hex(document)}}),
        evidence=strict_object({"id": _URN, "sha256": _HEX}),
    )
    rules = CredentialRules(schema, pinned_contexts(), resolve_did_key, IssuerIs(frozenset({by})))
    form = verify_credential(credential, rules, log)
    return Verdict(tuple(log.steps), form or {})


def _known(difference: Diff, old: Mapping[str, str], new: Mapping[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return every difference by element and path, and each element as a whole under ``*``."""
    known = {}
    pairs: list[tuple[ElementRecord | None, ElementRecord | None]] = [
        *((None, record) for record in difference.added),
        *((record, None) for record in difference.removed),
        *((element.before, element.after) for element in difference.changed),
    ]
    for before, after in pairs:
        record = after or before
        if record is None:
            continue
        gid = record.global_id
        known[gid, WHOLE] = _item(record, WHOLE, old.get(gid), new.get(gid), "Every difference of this element.")
        for change in compare(before, after) if before is not None and after is not None else ():
            known[gid, change.path] = _item(record, change.path, change.before, change.after, change.sentence)
    return known


def _item(record: ElementRecord, path: str, before: Any, after: Any, sentence: str) -> dict[str, Any]:
    return {
        "global_id": record.global_id,
        "ifc_class": record.ifc_class,
        "name": record.name,
        "path": path,
        "before": before,
        "after": after,
        "sentence": sentence,
    }


def _of_move(move: Move) -> dict[str, Any]:
    form = move.to_json()
    return {key: form[key] for key in ("global_id", "ifc_class", "name", "path", "before", "after", "sentence")}
