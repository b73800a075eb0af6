"""What is odd in the records of a model: findings that need more than one instance to be seen."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ifc.findings import ReadFinding, Severity
from ifc.records import ElementRecord, RelationKind

MAX_FINDINGS_PER_RULE = 200  # a person reads the first few; the rest is told as a number

_GLOBAL_ID = re.compile(r"[0-3][0-9A-Za-z_$]{21}")
_UP = frozenset(
    {
        RelationKind.CONTAINED_IN,
        RelationKind.AGGREGATED_IN,
        RelationKind.NESTED_IN,
        RelationKind.FILLS,
        RelationKind.VOIDS,
        RelationKind.COVERS,
    }
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stands in the file."""

    step_id: int
    ifc_class: str
    line: Callable[[int], int | None]

    def finding(self, rule: str, severity: Severity, message: str, hint: str, key: str | None) -> ReadFinding:
        """Return a finding that names the instance and its line."""
        return ReadFinding(
            rule, severity, message, hint, key, f"#{self.step_id} {self.ifc_class}", self.line(self.step_id)
        )


def valid_global_id(text: str) -> bool:
    """Tell whether `text` is an IFC GlobalId: 22 characters of its alphabet, the first at most 3."""
    return _GLOBAL_ID.fullmatch(text) is not None


def limited(findings: Sequence[ReadFinding]) -> list[ReadFinding]:
    """Return `findings` with at most `MAX_FINDINGS_PER_RULE` of each rule and one that counts the rest."""
    kept: list[ReadFinding] = []
    seen: dict[str, int] = {}
    last: dict[str, ReadFinding] = {}
    for item in findings:
        seen[item.rule] = seen.get(item.rule, 0) + 1
        if seen[item.rule] <= MAX_FINDINGS_PER_RULE:
            kept.append(item)
        last[item.rule] = item
    for rule, count in seen.items():
        if count > MAX_FINDINGS_PER_RULE:
            rest = count - MAX_FINDINGS_PER_RULE
            kept.append(ReadFinding(rule, last[rule].severity, f"{rest} more of the same kind.", last[rule].hint))
    return kept


def structure_findings(
    records: Sequence[ElementRecord], spatial: frozenset[str], elements: frozenset[str], origins: Mapping[str, Origin]
) -> Iterator[ReadFinding]:
    """Yield what is odd about spaces, containment and aggregation.

    Args:
        records: All records.
        spatial: Names of the spatial classes.
        elements: Names of the element classes that must stand somewhere.
        origins: Place in the file of every record, by key.
    """
    if not any(record.ifc_class == "IfcSpace" for record in records):
        yield ReadFinding(
            "spaces.none",
            Severity.WARNING,
            "The model holds no IfcSpace: areas, rooms and indoor climate cannot be judged.",
            "Model the rooms as spaces and export them.",
            entity="IfcSpace",
        )
    parents = {record.global_id: _parents(record) for record in records}
    placed, cyclic = _reach(parents, {record.global_id for record in records if record.ifc_class in spatial})
    for record in records:
        origin = origins[record.global_id]
        if record.global_id in cyclic:
            yield origin.finding(
                "aggregation.cyclic",
                Severity.ERROR,
                "The element is part of itself, directly or through others.",
                "Remove it from the assembly and export again.",
                record.global_id,
            )
        elif record.ifc_class in elements and record.global_id not in placed:
            yield origin.finding(
                "containment.missing",
                Severity.WARNING,
                "The element is not contained in any storey, building or site.",
                "Assign it to a storey in the authoring tool.",
                record.global_id,
            )


def _parents(record: ElementRecord) -> tuple[str, ...]:
    if not record.relations:
        return ()
    return tuple([relation.target for relation in record.relations if relation.kind in _UP])


def _reach(parents: Mapping[str, tuple[str, ...]], spatial: set[str]) -> tuple[set[str], set[str]]:
    """Return the keys from which a spatial element can be reached upwards, and the keys on a cycle."""
    children: dict[str, list[str]] = {}
    open_parents = {}
    for key, above in parents.items():
        open_parents[key] = len(above)
        for parent in above:
            children.setdefault(parent, []).append(key)
    placed, queue = set(spatial), list(spatial)
    while queue:
        fresh = [child for child in children.get(queue.pop(), ()) if child not in placed]
        placed.update(fresh)
        queue.extend(fresh)
    return placed, _on_cycle(parents, children, open_parents)


def _on_cycle(
    parents: Mapping[str, tuple[str, ...]], children: Mapping[str, list[str]], open_parents: dict[str, int]
) -> set[str]:
    """Peel off everything that has a top, then everything that has a bottom: what stays lies on or between cycles."""
    rest = _peeled(open_parents, children)
    if not rest:
        return rest
    below = {key: [parent for parent in parents[key] if parent in rest] for key in rest}
    counts = {key: sum(child in rest for child in children.get(key, ())) for key in rest}
    return _peeled(counts, below)


def _peeled(counts: dict[str, int], following: Mapping[str, list[str]]) -> set[str]:
    ready = [key for key, count in counts.items() if not count]
    rest = set(counts) - set(ready)
    while ready:
        for key in following.get(ready.pop(), ()):
            counts[key] -= 1
            if not counts[key] and key in rest:
                rest.discard(key)
                ready.append(key)
    return rest
