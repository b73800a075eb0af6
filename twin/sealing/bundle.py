"""What lies in a bundle. All of it is signed, pinned, or computed from what is: no byte is free.

=========================  =====================================================================
mimetype                   fixed
manifest.json              format, and size and SHA-256 of every other entry; computed
credential.json            the signed state, RFC 8785 bytes
controller.json            the issuer's key document; computed from its did:key
contexts/…                 the JSON-LD contexts; pinned
log/state.tlogproof        proof that the log holds credential.json (optional, tlog-proof@v1); signed by the log
log/policy.txt             key and witnesses of that log (with the proof, tlog-policy); proved by it
salt-secret.hex            the salt secret of this state (optional); its digest is signed
elements/000001.json …     element proofs (optional), by subject; proved under the signed root
=========================  =====================================================================
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from signatures import (
    ContextStore,
    ElementProof,
    SignatureError,
    controller_document,
    jcs,
    parse_canonical,
    resolve_did_key,
    sha256_hex,
)
from twin.errors import InvalidInput
from twin.sealing.container import MAX_BUNDLE_BYTES, pack, unpack
from twin.sealing.state import CONTEXTS

FORMAT = "kaksik-seal/1"
SUFFIX = ".kaksik-seal"
MANIFEST, CREDENTIAL, CONTROLLER, SECRET = "manifest.json", "credential.json", "controller.json", "salt-secret.hex"
LOG_PROOF, LOG_POLICY = "log/state.tlogproof", "log/policy.txt"
CONTEXT_NAMES = dict(zip(("contexts/credentials-v2.jsonld", "contexts/lifecycle-v1.jsonld"), CONTEXTS, strict=True))
_SECRET_TEXT = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The content of a bundle file.

    Attributes:
        credential: RFC 8785 bytes of the signed credential.
        controller: RFC 8785 bytes of the issuer's key document.
        contexts: Bytes of each context by its entry name.
        salt_secret: The salt secret of the state, 32 bytes, or None in a bundle for the public.
        elements: Element proofs by subject.
        log: Proof that a log holds the credential, and the policy that names the log's key; or None.
    """

    credential: bytes
    controller: bytes
    contexts: Mapping[str, bytes]
    salt_secret: bytes | None
    elements: tuple[ElementProof, ...] = ()
    log: tuple[bytes, bytes] | None = None

    def to_bytes(self) -> bytes:
        """Return the bundle file.

        Raises:
            InvalidInput: (bundle) it would be too large.
        """
        entries = {CREDENTIAL: self.credential, CONTROLLER: self.controller, **self.contexts}
        if self.salt_secret is not None:
            entries[SECRET] = self.salt_secret.hex().encode()
        if self.log is not None:
            entries |= dict(zip((LOG_PROOF, LOG_POLICY), self.log, strict=True))
        for number, proof in enumerate(sorted(self.elements, key=lambda item: item.subject), start=1):
            entries[_element_name(number)] = jcs(proof.to_json())
        return pack({**entries, MANIFEST: _manifest(entries)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Bundle":
        """Return the content of a bundle file whose every byte is accounted for; nothing is verified yet.

        Raises:
            InvalidInput: (bundle) not a bundle, or one with missing, unknown or contradicting entries.
        """
        bundle = _from_entries(unpack(data))
        if bundle.to_bytes() != data:
            raise InvalidInput("The bundle is not in its one spelling.", reason="bundle")
        return bundle


def new_bundle(
    credential: bytes,
    issuer_method: str,
    contexts: ContextStore,
    salt_secret: bytes,
    elements: Sequence[ElementProof],
) -> Bundle:
    """Return the bundle of a fresh seal; `issuer_method` is the issuer's verification method."""
    names = {name: contexts.canonical_bytes(url) for name, url in CONTEXT_NAMES.items()}
    return Bundle(credential, controller_bytes(issuer_method), names, salt_secret, tuple(elements))


def controller_bytes(verification_method: str) -> bytes:
    """Return the RFC 8785 bytes of the key document of a did:key verification method."""
    key = resolve_did_key(verification_method)
    return jcs(controller_document(key.key, key.controller, verification_method))


def public_bundle(data: bytes) -> bytes:
    """Return the bundle without its salt secret: it proves the signature but cannot be compared with a file.

    Raises:
        InvalidInput: (bundle) `data` is not a bundle.
    """
    return replace(Bundle.from_bytes(data), salt_secret=None).to_bytes()


def with_log_proof(data: bytes, proof: bytes, policy: str) -> bytes:
    """Return the bundle with the proof that a log holds its credential.

    Raises:
        InvalidInput: (bundle) `data` is not a bundle.
    """
    return replace(Bundle.from_bytes(data), log=(proof, policy.encode())).to_bytes()


def _manifest(entries: Mapping[str, bytes]) -> bytes:
    rows = [
        {"path": name, "bytes": len(entries[name]), "sha256": sha256_hex(entries[name])} for name in sorted(entries)
    ]
    return jcs({"format": FORMAT, "entries": rows})


def _element_name(number: int) -> str:
    return f"elements/{number:06d}.json"


def _from_entries(entries: Mapping[str, bytes]) -> Bundle:
    fixed = {MANIFEST, CREDENTIAL, CONTROLLER, *CONTEXT_NAMES}
    elements = sorted(name for name in entries if name.startswith("elements/"))
    secret = entries.get(SECRET)
    log = {LOG_PROOF, LOG_POLICY} & set(entries)
    unknown = set(entries) - fixed - set(elements) - {SECRET} - (log if len(log) != 1 else set())
    if unknown or not fixed <= set(entries):
        raise InvalidInput("The bundle lacks entries or has unknown ones.", reason="bundle")
    if secret is not None and not _SECRET_TEXT.fullmatch(secret):
        raise InvalidInput("The salt secret is malformed.", reason="bundle", entity=SECRET)
    try:
        read = (parse_canonical(entries[name], max_bytes=MAX_BUNDLE_BYTES) for name in elements)
        proofs = tuple(ElementProof.from_json(form) for form in read)
    except SignatureError as error:
        raise InvalidInput("An element proof is malformed.", reason="bundle", entity=error.entity) from error
    return Bundle(
        credential=entries[CREDENTIAL],
        controller=entries[CONTROLLER],
        contexts={name: entries[name] for name in CONTEXT_NAMES},
        salt_secret=bytes.fromhex(secret.decode()) if secret is not None else None,
        elements=proofs,
        log=(entries[LOG_PROOF], entries[LOG_POLICY]) if log else None,
    )
