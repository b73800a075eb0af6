"""Small files that show one element, one statement, or that an element is not there, and prove it offline."""

import zlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from signatures import Commitment, jcs, parse_canonical
from twin.errors import Conflict, InvalidInput, NotFound
from twin.sealing.seal import open_element, read_credential
from twin.sealing.state import commit_records, state_secret
from twin.sealing.statements import NS, element_iri, statements_of
from twin.snapshot import Snapshot

DISCLOSURE_FORMAT = "kaksik-disclosure/1"
_ZLIB = (b"\x78\xda", b"\x78\x9c", b"\x78\x01", b"\x78\x5e")  # how a zlib stream begins
_SHORT = ("", "propertySet/", "quantitySet/", "attribute/")  # what may be left out before a path


class Shown(StrEnum):
    """What a file shows."""

    ELEMENT = "element"
    STATEMENT = "statement"
    ABSENCE = "absence"


def disclose(
    snapshot: Snapshot, secret: bytes, credential: bytes, global_id: str, statement: str | None = None
) -> bytes:
    """Return a file that shows one element of a sealed state, or one statement of it, and nothing of the rest.

    Args:
        snapshot: The sealed state.
        secret: The holder's secret with which it was sealed.
        credential: Its credential, as issued.
        global_id: The element.
        statement: Path of the one statement to show, such as ``Pset_WallCommon/FireRating`` or ``name``; all if None.

    Raises:
        NotFound: (element, statement) no such element or statement in the state.
        Conflict: (sealed-state) the credential seals another state than `snapshot`.
        InvalidInput: (credential) not a state credential.
    """
    commitment = _commitment(snapshot, secret, credential)
    if statement is None:
        return _file(Shown.ELEMENT, credential, open_element(snapshot, commitment, global_id).to_json())
    if global_id not in snapshot.records:
        raise NotFound("No such element in this state.", reason="element", entity=global_id[:80])
    subject = element_iri(snapshot.building_id, global_id)
    lines = statements_of(snapshot.building_id, snapshot.records[global_id])
    proof = commitment.disclose_statement(subject, lines, _line(subject, lines, statement))
    return _file(Shown.STATEMENT, credential, proof.to_json())


def prove_absence(snapshot: Snapshot, secret: bytes, credential: bytes, global_id: str) -> bytes:
    """Return a file that proves that a sealed state has no element `global_id`; it names two neighbours, no more.

    Raises:
        Conflict: (element-present) the state has it; (sealed-state) as `disclose`.
        InvalidInput: (credential) not a state credential.
    """
    commitment = _commitment(snapshot, secret, credential)
    if global_id in snapshot.records:
        raise Conflict("The state has this element.", reason="element-present", entity=global_id, hint="Disclose it.")
    proof = commitment.prove_absence(element_iri(snapshot.building_id, global_id))
    return _file(Shown.ABSENCE, credential, proof.to_json())


def compact(data: bytes) -> bytes:
    """Return a file of `disclose` or `prove_absence` compressed (zlib, RFC 1950): an element in less than 4 kB."""
    return zlib.compress(data, 9)


def is_disclosure(data: bytes) -> bool:
    """Say whether `data` may be such a file, compressed or not; nothing is verified."""
    return data[:1] == b"{" or data[:2] in _ZLIB


def read_disclosure(data: bytes, max_bytes: int) -> tuple[Shown, dict[str, Any], dict[str, Any]]:
    """Return what a file shows, its credential and its proof; nothing is verified yet.

    Raises:
        InvalidInput: (disclosure) not such a file.
        SignatureError: (json, ...) not canonical JSON.
    """
    form = parse_canonical(data if data[:1] == b"{" else _unpacked(data, max_bytes), max_bytes=max_bytes)
    parts = (form.get("credential"), form.get("proof"))
    kinds = [kind.value for kind in Shown]  # a list: what a file says may not be hashable
    known = set(form) == {"format", "kind", "credential", "proof"} and form["format"] == DISCLOSURE_FORMAT
    if not known or form["kind"] not in kinds or not all(isinstance(part, dict) for part in parts):
        raise InvalidInput("This is not a file of one element.", reason="disclosure")
    return Shown(form["kind"]), form["credential"], form["proof"]


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(data, max_bytes)
    except zlib.error as error:
        raise InvalidInput("This is not a file of one element, or it is damaged.", reason="disclosure") from error
    if not unpacker.eof or unpacker.unused_data:
        raise InvalidInput("The file is too large, cut, or something was added to it.", reason="disclosure")
    return plain


def _commitment(snapshot: Snapshot, secret: bytes, credential: bytes) -> Commitment:
    sealed = read_credential(credential)["credentialSubject"]
    salt_secret = state_secret(secret, snapshot.building_id, snapshot.stage, snapshot.version)
    commitment = commit_records(snapshot.building_id, snapshot.records.values(), salt_secret)
    if commitment.root.hex() != sealed["merkleRoot"]:
        raise Conflict(
            "The credential seals another state, or another secret was used.",
            reason="sealed-state",
            hint="Disclose from the version that was sealed.",
        )
    return commitment


def _line(subject: str, lines: list[str], path: str) -> str:
    wanted = "/".join(quote(part, safe="!") for part in path.split("/"))
    for prefix in _SHORT:
        about = f"<{subject}> <{NS}{prefix}{wanted}"
        found = [line for line in lines if line.startswith((f"{about}> ", f"{about}/"))]
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidInput(
                "Several statements stand under this path.",
                reason="statement",
                entity=path[:200],
                hint="Name one: " + ", ".join(_path(subject, line) for line in found[:8]),
            )
    raise NotFound("The element has no such statement.", reason="statement", entity=path[:200])


def _path(subject: str, line: str) -> str:
    return line.removeprefix(f"<{subject}> <{NS}").partition(">")[0]


def _file(kind: Shown, credential: bytes, proof: Mapping[str, Any]) -> bytes:
    signed = parse_canonical(credential)
    return jcs({"format": DISCLOSURE_FORMAT, "kind": kind.value, "credential": signed, "proof": dict(proof)})
