"""Sealed JSON-LD contexts: known ones by pinned digest, no loading from anywhere else."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

from pyld.context_resolver import ContextResolver
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

from signatures.canonical import jcs, parse_object
from signatures.digests import sha256_hex
from signatures.errors import Reason, SignatureError

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"  # defines DataIntegrityProof as well
LIFECYCLE_V1 = "urn:kaksik:context:lifecycle:v1"

RELATIVE_BASE = "relative-iri://refused/"  # PyLD puts a base of its own before relative IRIs; this one is recognised

PINS: Mapping[str, str] = {  # SHA-256 of the RFC 8785 form, so that white space in a packaged copy does not matter
    CREDENTIALS_V2: "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf",
    LIFECYCLE_V1: "ed8f3cd57a66ca43ca26480a28ecf223e17b275a9b64f283fc23750dff5fe23d",
}


class ContextStore:
    """A closed set of JSON-LD contexts with its own resolver, so that no other user of the library can add to it.

    Args:
        documents: Context URL -> parsed context document.
    """

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._documents = {url: dict(document) for url, document in documents.items()}
        self._loader = FrozenDocumentLoader(self._documents)
        self._resolver = ContextResolver({}, self._loader)

    def __contains__(self, url: object) -> bool:
        return url in self._documents

    def canonical_bytes(self, url: str) -> bytes:
        """Return the RFC 8785 bytes of the context at `url`.

        Raises:
            SignatureError: (context) the store does not hold it.
        """
        if url not in self._documents:
            raise SignatureError(f"The context {url} is not known.", reason=Reason.CONTEXT, entity=url)
        return jcs(self._documents[url])

    def processor_options(self) -> dict[str, Any]:
        """Return PyLD options that reach these contexts and nothing else."""
        return {
            "documentLoader": self._loader,
            "contextResolver": self._resolver,
            "base": RELATIVE_BASE,
            "processingMode": "json-ld-1.1",
        }


def pinned_contexts() -> ContextStore:
    """Return a store of the contexts that Kaksik signs with, each equal to its pin.

    Raises:
        SignatureError: (context) an installed copy differs from its pin.
    """
    sources = {
        CREDENTIALS_V2: BUNDLED_CONTEXTS[CREDENTIALS_V2].read_bytes(),
        LIFECYCLE_V1: (resources.files("signatures") / "contexts" / "lifecycle-v1.jsonld").read_bytes(),
    }
    return ContextStore({url: _checked(url, data) for url, data in sources.items()})


def _checked(url: str, data: bytes) -> dict[str, Any]:
    document = parse_object(data)
    if sha256_hex(jcs(document)) != PINS[url]:
        raise SignatureError(
            f"The installed copy of the context {url} is not the pinned one.",
            reason=Reason.CONTEXT,
            hint="Reinstall the locked dependencies.",
            entity=url,
        )
    return document
