"""Keys of records: the GlobalId, made unique and valid where the file failed to."""

import hashlib
from collections.abc import Sequence

from ifc.canonical import canonical_bytes, canonical_form
from ifc.checks import Origin, valid_global_id
from ifc.drafts import Draft
from ifc.findings import ReadFinding, Severity
from ifc.records import ElementRecord
from ifc.step import StepText

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"


def name_drafts(drafts: Sequence[Draft], text: StepText) -> list[ReadFinding]:
    """Give every draft its key: the GlobalId, with a suffix by content where it is repeated.

    Args:
        drafts: All drafts of a file.
        text: Its statements, for the lines.

    Returns:
        What is wrong with GlobalIds.
    """
    findings: list[ReadFinding] = []
    groups: dict[str, list[Draft]] = {}
    for draft in drafts:
        if not draft.global_id:
            draft.global_id = _derived_id(draft.record())
            note = "The element has no GlobalId; one was derived from its content."
            findings.append(_finding(draft, text, "guid.invalid", note))
        elif not valid_global_id(draft.global_id):
            findings.append(_finding(draft, text, "guid.invalid", "The GlobalId is not a valid one."))
        draft.global_id = draft.global_id.replace("~", "-")  # "~2" at the end is how twins are told apart
        groups.setdefault(draft.global_id, []).append(draft)
    for identity, group in groups.items():
        group[0].key = identity
        if len(group) > 1:
            findings += _part_twins(identity, group, text)
    return findings


def _part_twins(identity: str, group: list[Draft], text: StepText) -> list[ReadFinding]:
    note = f"The GlobalId is used {len(group)} times."
    group[0].key = ""
    findings = []
    for index, draft in enumerate(sorted(group, key=lambda item: canonical_bytes(item.record())), start=1):
        draft.key = identity if index == 1 else f"{identity}~{index}"
        if index > 1:
            findings.append(_finding(draft, text, "guid.duplicate", note))
    return findings


def _finding(draft: Draft, text: StepText, rule: str, message: str) -> ReadFinding:
    hint = "Give every element its own GlobalId in the authoring tool."
    origin = Origin(draft.number, draft.ifc_class, text.line_of)
    return origin.finding(rule, Severity.ERROR, message, hint, draft.key or draft.global_id)


def _derived_id(record: ElementRecord) -> str:
    """Return a key in the form of a GlobalId, derived from the content of a record that has none."""
    number = int.from_bytes(hashlib.sha256(repr(canonical_form(record)).encode()).digest()[:16], "big")
    letters = [_ALPHABET[(number >> 6 * place) & 63] for place in range(21)]
    return _ALPHABET[number >> 126] + "".join(letters)
