"""What may change about a seal after it was made: revoked states, rotated and revoked keys. All of it is published.

Each state names an entry of a Bitstring Status List (W3C) that its issuer signs anew whenever somebody asks. Versions
of the issuers' key documents stand in the journal and in the log, so that a verifier can tell a proof that was there
before its key was revoked from one that was not.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from signatures import (
    ControllerVersion,
    KeyHistories,
    KeyKind,
    Signer,
    StatusList,
    Suite,
    add_proof,
    histories_json,
    jcs,
    key_document,
    pinned_contexts,
    status_credential,
    status_entry,
)
from twin.catalogue import Journal
from twin.clock import Clock
from twin.errors import Conflict, NotFound
from twin.keyring import KeyRing
from twin.registry import KEYS, Registry

ALLOTTED, REVOKED, KEY_BOOK = "status-entries", "revocations", "keys"
_STRIDE = 40_503  # odd, so that entries are spread over the list and each is given once


class Standing:
    """Status lists and key histories of the issuers of an installation.

    Args:
        keys: Give the issuers.
        journal: Where entries, revocations and key documents are written.
        registry: Logs key documents.
        address: Where status lists are served.
        clock: Tells the time.
    """

    def __init__(self, keys: KeyRing, journal: Journal, registry: Registry, address: str, clock: Clock) -> None:
        self._keys = keys
        self._journal = journal
        self._registry = registry
        self._address = address
        self._clock = clock

    def issuer(self) -> Signer:
        """Return the key that issues states; its document is published before it signs anything."""
        signer = self._keys.signer()
        if not self._journal.entries(KEY_BOOK, signer.controller, limit=1):
            self._publish(signer, None)
        return signer

    def issuers(self) -> frozenset[str]:
        """Return the identifiers of all issuers that this installation has or had."""
        return frozenset({entry.subject for entry in self._journal.entries(KEY_BOOK)} | {self.issuer().controller})

    def rotate(self, *, revoke: bool) -> str:
        """Let a new key issue states, and return its controller.

        Args:
            revoke: Whether the old key is to be trusted no more: what it signed then counts only if a log or a
                time-stamp shows that it was there before.

        Raises:
            Conflict: (token) the key lies in a token.
        """
        with self._registry.exclusive():
            old = self.issuer()
            self._keys.retire()
            if revoke:
                self._publish(old, self._clock())
            return self.issuer().controller

    def histories(self) -> dict[str, Any]:
        """Return all versions of the issuers' key documents as JSON; `KeyHistories.from_json` reads it."""
        return histories_json(self._versions())

    def resolver(self) -> KeyHistories:
        """Return what finds keys and knows which were revoked."""
        return KeyHistories(self._versions())

    def allot(self, credential: str) -> dict[str, Any]:
        """Return a status list entry that nobody else has, for the credential with that identifier."""
        number = self._journal.append(ALLOTTED, credential, {}).number - 1
        size = len(StatusList())
        page, place = divmod(number, size)
        tag = self.issuer().public_key.multibase[-12:]
        return status_entry(f"{self._address}/{tag}-{page + 1}", place * _STRIDE % size)

    def revoke(self, form: Mapping[str, Any], reason: str, actor: str) -> None:
        """Revoke a state.

        Args:
            form: Its credential.
            reason: Why, for people.
            actor: Who asked.

        Raises:
            Conflict: (no-status) it names no status list of ours; (revoked) it is revoked already.
        """
        name = self._own(form)
        if name is None:
            raise Conflict(
                "This seal names no status list of ours.", reason="no-status", hint="Seal the state once more."
            )
        index = int(form["credentialStatus"]["statusListIndex"])
        if index in self._revoked(name):
            raise Conflict("This seal is revoked already.", reason="revoked", entity=form["id"])
        self._journal.append(
            REVOKED, name, {"index": index, "credential": form["id"], "reason": reason, "actor": actor}
        )

    def listed(self, name: str) -> bytes:
        """Return the status list of that name, signed now by its issuer; RFC 8785 bytes.

        Raises:
            NotFound: (status-list) there is none of that name.
            Conflict: (key-revoked) its issuer's key was revoked, and signs no more.
        """
        tag, _, page = name.partition("-")
        signer = next((one for one in self._keys.issuers() if one.public_key.multibase[-12:] == tag), None)
        if signer is None or not page.isdigit() or not 1 <= int(page) <= self._pages():
            raise NotFound("There is no such status list.", reason="status-list", entity=name[:80])
        now = self._clock()
        if self.resolver()(signer.verification_method).revoked is not None:
            raise Conflict("The key of this status list was revoked.", reason="key-revoked", entity=name)
        bits = StatusList()
        for index in self._revoked(name):
            bits = bits.with_status(index)
        document = status_credential(f"{self._address}/{name}", signer.controller, bits, now)
        suite = Suite.EDDSA_RDFC_2022 if signer.public_key.kind is KeyKind.ED25519 else Suite.ECDSA_RDFC_2019
        return jcs(add_proof(document, signer, suite=suite, created=now, contexts=pinned_contexts()))

    def list_for(self, form: Mapping[str, Any]) -> bytes | None:
        """Return the status list that a credential of ours names; None if it names none, or its key signs no more."""
        name = self._own(form)
        try:
            return None if name is None else self.listed(name)
        except Conflict:
            return None

    def _own(self, form: Mapping[str, Any]) -> str | None:
        place = str((form.get("credentialStatus") or {}).get("statusListCredential", ""))
        begin = f"{self._address}/"
        return place.removeprefix(begin) if place.startswith(begin) else None

    def _revoked(self, name: str) -> frozenset[int]:
        return frozenset(int(entry.content["index"]) for entry in self._journal.entries(REVOKED, name))

    def _pages(self) -> int:
        allotted = self._journal.heads().get(ALLOTTED, (0, ""))[0]
        return 1 + max(allotted - 1, 0) // len(StatusList())

    def _publish(self, signer: Signer, revoked: datetime | None) -> None:
        method = signer.verification_method
        gone = {} if revoked is None else {method: revoked}
        document = key_document(signer.controller, {method: signer.public_key}, gone)
        self._journal.append(KEY_BOOK, signer.controller, {"document": document})
        self._registry.note(KEYS, jcs({"format": "kaksik-keys/1", "document": document}))

    def _versions(self) -> dict[str, list[ControllerVersion]]:
        found: dict[str, list[ControllerVersion]] = {}
        for entry in self._journal.entries(KEY_BOOK):
            since = datetime.fromisoformat(entry.time).replace(microsecond=0)
            found.setdefault(entry.subject, []).append(ControllerVersion(entry.content["document"], since))
        return found
