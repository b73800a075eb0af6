"""Key documents over time: who controlled which key when, read from all versions of a controller document.

A document is a W3C Controlled Identifier Document. Each version is kept with the time from which it held, best the
time at which a log took it in; a key that a later version leaves out was revoked then, unless it says so itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signatures.errors import Reason, SignatureError
from signatures.keys import ASSERTION, PublicKey, VerificationKey, resolve_did_key
from signatures.proofs import parse_timestamp, timestamp

CID_V1 = "https://www.w3.org/ns/cid/v1"
MAX_KEYS = 64


@dataclass(frozen=True, slots=True)
class ControllerVersion:
    """One version of a controller document.

    Attributes:
        document: The document.
        since: From when it held.
    """

    document: Mapping[str, Any]
    since: datetime


class KeyHistories:
    """Resolves verification methods by the histories of their controllers, and a did:key without one by itself.

    Args:
        histories: Controller -> all versions of its document.

    Raises:
        SignatureError: (key) as `KeyHistory`.
    """

    def __init__(self, histories: Mapping[str, Sequence[ControllerVersion]]) -> None:
        self._histories = {name: KeyHistory(name, versions) for name, versions in histories.items()}

    @classmethod
    def from_json(cls, form: Any) -> "KeyHistories":
        """Return what `histories_json` wrote.

        Raises:
            SignatureError: (key) malformed.
        """
        try:
            read = {
                str(item["controller"]): [
                    ControllerVersion(dict(version["document"]), parse_timestamp(str(version["since"])))
                    for version in item["versions"]
                ]
                for item in form["items"]
            }
        except (KeyError, TypeError, ValueError) as error:
            raise SignatureError("The history of keys is malformed.", reason=Reason.KEY) from error
        return cls(read)

    def __call__(self, verification_method: str) -> VerificationKey:
        """Return the key of a verification method.

        Raises:
            SignatureError: (key) the controller never had it, or nobody knows the controller.
        """
        history = self._histories.get(verification_method.partition("#")[0])
        return resolve_did_key(verification_method) if history is None else history(verification_method)


def histories_json(histories: Mapping[str, Sequence[ControllerVersion]]) -> dict[str, Any]:
    """Return histories as JSON."""
    return {
        "items": [
            {
                "controller": name,
                "versions": [{"since": timestamp(item.since), "document": dict(item.document)} for item in versions],
            }
            for name, versions in histories.items()
        ]
    }


class KeyHistory:
    """Resolves the verification methods of one controller.

    Args:
        controller: Its identifier.
        versions: All versions, in any order.

    Raises:
        SignatureError: (key) a version is of another controller, malformed, or gives an old name to a new key.
    """

    def __init__(self, controller: str, versions: Sequence[ControllerVersion]) -> None:
        self._controller = controller
        self._keys: dict[str, VerificationKey] = {}
        for version in sorted(versions, key=lambda item: item.since):
            self._add(version)

    def __call__(self, verification_method: str) -> VerificationKey:
        """Return the key of a verification method with the span of time in which it stands behind proofs.

        Raises:
            SignatureError: (key) the controller never had it.
        """
        found = self._keys.get(verification_method)
        if found is None:
            raise SignatureError(
                "The controller never published this key.", reason=Reason.KEY, entity=verification_method[:200]
            )
        return found

    def _add(self, version: ControllerVersion) -> None:
        document = version.document
        if document.get("id") != self._controller or not isinstance(document.get("verificationMethod"), list):
            raise SignatureError("The key document is of another controller.", reason=Reason.KEY)
        methods = document["verificationMethod"]
        if len(methods) > MAX_KEYS or not all(isinstance(method, dict) for method in methods):
            raise SignatureError("The key document is malformed.", reason=Reason.KEY)
        present = {str(method.get("id")): self._key(method, version) for method in methods}
        for name, known in self._keys.items():
            if name not in present and known.revoked is None:
                self._keys[name] = _ended(known, version.since)
        self._keys |= present

    def _key(self, method: Mapping[str, Any], version: ControllerVersion) -> VerificationKey:
        name = str(method.get("id"))
        if method.get("type") != "Multikey" or method.get("controller") != self._controller:
            raise SignatureError("A key is of another kind or controller.", reason=Reason.KEY, entity=name[:200])
        key, known = PublicKey.from_multibase(str(method.get("publicKeyMultibase"))), self._keys.get(name)
        if known is not None and known.key != key:
            raise SignatureError("A key took the name of another.", reason=Reason.KEY, entity=name[:200])
        earlier = known.revoked if known else None
        revoked = min(filter(None, (_time(method, "revoked"), earlier)), default=None)
        purposes = {purpose for purpose in (ASSERTION, "authentication") if name in _names(version.document, purpose)}
        since = known.valid_from if known else version.since
        return VerificationKey(key, self._controller, frozenset(purposes), since, _time(method, "expires"), revoked)


def key_document(
    controller: str, keys: Mapping[str, PublicKey], revoked: Mapping[str, datetime] | None = None
) -> dict[str, Any]:
    """Return a controller document.

    Args:
        controller: Identifier of the controller, such as a did:web.
        keys: Verification method -> key.
        revoked: When each revoked key was; such a key stays in the document, so that older proofs can be judged.
    """
    gone = revoked or {}
    methods = [
        {"id": name, "type": "Multikey", "controller": controller, "publicKeyMultibase": key.multibase}
        | ({"revoked": timestamp(gone[name])} if name in gone else {})
        for name, key in keys.items()
    ]
    return {"@context": [CID_V1], "id": controller, "verificationMethod": methods, ASSERTION: list(keys)}


def _ended(key: VerificationKey, moment: datetime) -> VerificationKey:
    return VerificationKey(key.key, key.controller, key.purposes, key.valid_from, key.expires, moment)


def _time(method: Mapping[str, Any], member: str) -> datetime | None:
    value = method.get(member)
    return None if value is None else parse_timestamp(str(value))


def _names(document: Mapping[str, Any], purpose: str) -> frozenset[str]:
    value = document.get(purpose, [])
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
