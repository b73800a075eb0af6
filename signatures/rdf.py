"""JSON-LD to canonical N-Quads (RDFC-1.0), without silent loss and with bounded work.

PyLD does the JSON-LD and the canonicalisation. Added here: sealed contexts, refusal of everything that the JSON-LD
algorithms would drop in silence, and a limit on the work that a hostile graph can ask for.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from pyld.canon import URDNA2015
from pyld.jsonld import JsonLdError, JsonLdProcessor

from signatures.context_store import RELATIVE_BASE, ContextStore
from signatures.errors import Reason, SignatureError

MAX_NDEGREE_CALLS = 2_000  # the worst legitimate graph of the W3C suite needs 468; a poison graph never ends
MAX_ARRAY_ITEMS = 1_000  # PyLD is quadratic in the number of statements; a credential has about 30

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # PyLD 3.3 does not escape these as N-Quads asks


class CanonicalizationCostError(SignatureError):
    """The graph would take more work than is allowed."""


class BoundedRdfc(URDNA2015):  # type: ignore[misc]  # PyLD ships no types
    """RDFC-1.0 that gives up after `MAX_NDEGREE_CALLS` runs of Hash N-Degree Quads.

    Args:
        hash_name: ``sha256`` or ``sha384``.
    """

    def __init__(self, hash_name: str = "sha256") -> None:
        super().__init__()
        self._hash_name = hash_name
        self._calls = 0

    def create_hash(self) -> Any:
        """Return a new hash object of the algorithm."""
        return hashlib.new(self._hash_name)

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        """Count the call, then run Hash N-Degree Quads (RDFC-1.0, 4.8)."""
        self._calls += 1
        if self._calls > MAX_NDEGREE_CALLS:
            raise CanonicalizationCostError(
                "The graph is too symmetric to be canonicalised within the limit.",
                reason=Reason.CANONICALIZATION_COST,
                hint="Give the nodes identifiers.",
            )
        return super().hash_n_degree_quads(id_, issuer)


def canonicalize_dataset(dataset: Mapping[str, Any], *, hash_name: str = "sha256") -> str:
    """Return the canonical N-Quads of a PyLD dataset.

    Raises:
        SignatureError: (canonicalization-cost) a poison graph.
    """
    return str(BoundedRdfc(hash_name).main(dataset, {"format": "application/n-quads"}))


def canonicalize(document: Mapping[str, Any], contexts: ContextStore) -> str:
    """Return the canonical N-Quads of the JSON-LD `document`.

    Raises:
        SignatureError: (context) a context that is not sealed; (data-loss) a term, type or IRI that would be dropped
            or is relative; (canonicalization-cost) a poison graph.
    """
    expanded = expand(document, contexts)
    try:
        dataset = JsonLdProcessor().to_rdf(expanded, contexts.processor_options())
    except JsonLdError as error:
        raise SignatureError(f"Not JSON-LD: {_innermost(error)}.", reason=Reason.CONTEXT) from error
    return canonicalize_dataset(dataset)


def expand(document: Mapping[str, Any], contexts: ContextStore) -> list[Any]:
    """Return the expanded form of `document`, having checked that nothing was lost.

    Raises:
        SignatureError: (context, data-loss) as `canonicalize`.
    """
    _check_context_urls(document.get("@context"), contexts)
    _check_body({key: value for key, value in document.items() if key != "@context"}, "$")
    processor = JsonLdProcessor(on_property_dropped=_refuse_dropped)
    try:
        expanded: list[Any] = processor.expand(dict(document), contexts.processor_options())
    except JsonLdError as error:
        if isinstance(lost := _innermost(error), SignatureError):
            raise lost from error
        raise SignatureError(f"Not JSON-LD: {lost}.", reason=Reason.CONTEXT) from error
    _check_expanded(expanded)
    return expanded


def _innermost(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _refuse_dropped(term: str | None) -> None:
    raise SignatureError(
        "A member is not defined by the contexts and would not be signed.", reason=Reason.DATA_LOSS, entity=term
    )


def _check_context_urls(value: Any, contexts: ContextStore) -> None:
    urls = value if isinstance(value, list) else [value]
    for url in urls:
        if not isinstance(url, str):
            raise SignatureError("Only contexts by URL are accepted.", reason=Reason.CONTEXT)
        if url not in contexts:
            raise SignatureError(f"The context {url[:120]} is not sealed here.", reason=Reason.CONTEXT, entity=url)


def _check_body(value: Any, path: str) -> None:
    """Refuse JSON-LD keywords below the top: nested contexts, @graph, @reverse and the like change meanings."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key.startswith("@"):
                raise SignatureError(
                    f"The keyword {key} is not accepted at {path}.", reason=Reason.CONTEXT, entity=f"{path}.{key}"
                )
            _check_body(item, f"{path}.{key}")
    elif isinstance(value, list):
        if len(value) > MAX_ARRAY_ITEMS:
            raise SignatureError(f"The array at {path} is too long.", reason=Reason.TOO_LARGE, entity=path)
        for item in value:
            _check_body(item, path)


def _check_expanded(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _check_expanded(item)
    elif isinstance(value, dict):
        _check_node(value)


def _check_node(node: dict[str, Any]) -> None:
    if "@value" in node:
        _check_literal(node)
        return
    for key, item in node.items():
        if key == "@id":
            _check_iri(item)
        elif key == "@type":
            for kind in item:
                _check_iri(kind)
        else:
            if not key.startswith("@"):
                _check_iri(key)
            _check_expanded(item)


def _check_iri(iri: str) -> None:
    scheme = RELATIVE_BASE.partition(":")[0] + ":"
    if not _IRI.fullmatch(iri) or iri.lower().startswith(scheme):
        raise SignatureError(
            "A relative or malformed IRI, or an undefined type, would not be signed as meant.",
            reason=Reason.DATA_LOSS,
            entity=str(iri)[:120],
        )


def _check_literal(node: Mapping[str, Any]) -> None:
    if isinstance(node["@value"], str) and _CONTROL.search(node["@value"]):
        raise SignatureError("A text holds a control character.", reason=Reason.DATA_LOSS)
    if "@type" in node and node["@type"] != "@json":
        _check_iri(node["@type"])
