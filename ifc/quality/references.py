"""Rules about references between statements: each leads to a statement, and none leads back to where it began."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from ifc.findings import ReadFinding, Severity
from ifc.quality.subject import Subject

_STRING = re.compile(rb"'[^']*'")
_REFERENCE = re.compile(rb"#\d+")
_MUTUAL = b"IFCRELSPACEBOUNDARY"  # the boundaries on both sides of a wall name each other: CorrespondingBoundary
Graph = Mapping[bytes, list[bytes]]


def sound_references(subject: Subject) -> Iterator[ReadFinding]:
    """Every instance that is referred to is in the file, and no instance refers to itself, directly or not."""
    known = subject.text.statements
    graph: dict[bytes, list[bytes]] = {}
    for key, body in known.items():
        bare = _STRING.sub(b"", body) if b"'" in body else body
        found = _REFERENCE.findall(bare)
        if not found:
            continue
        if not body.startswith(_MUTUAL):
            graph[key] = found
        missing = [item for item in found if item not in known]
        if missing:
            note = f"The instance refers to {missing[0].decode()[:30]}, which is not in the file."
            hint = "The file was cut or edited: export the whole model again."
            yield _finding(subject, key, "reference.dangling", note, hint)
    for key in on_cycle(graph):
        note = "The instance refers to itself, directly or through others."
        hint = "No authoring tool makes such a thing by itself: export the model again."
        yield _finding(subject, key, "reference.cyclic", note, hint)


def _finding(subject: Subject, key: bytes, rule: str, note: str, hint: str) -> ReadFinding:
    name = subject.text.statements[key].partition(b"(")[0].strip().decode("ascii", "replace")
    number = int(key[1:])
    return ReadFinding(rule, Severity.ERROR, note, hint, None, f"#{number} {name[:60]}", subject.text.line_of(number))


def on_cycle(graph: Graph) -> list[bytes]:
    """Return the keys on or between cycles of `graph`, in its order.

    What leads nowhere is taken away again and again, then what nothing leads to; what stays turns in circles.
    """
    rest = _peeled(graph)
    inner = {key: [item for item in graph[key] if item in rest] for key in rest}
    backwards: dict[bytes, list[bytes]] = defaultdict(list)
    for key, targets in inner.items():
        for target in targets:
            backwards[target].append(key)
    circles = _peeled(backwards) & rest
    return [key for key in graph if key in circles]


def _peeled(graph: Graph) -> set[bytes]:
    """Return the keys of `graph` from which a walk need not end."""
    open_ways = {key: sum(target in graph for target in targets) for key, targets in graph.items()}
    users: dict[bytes, list[bytes]] = defaultdict(list)
    for key, targets in graph.items():
        for target in targets:
            if target in graph:
                users[target].append(key)
    ready = [key for key, count in open_ways.items() if not count]
    rest = set(graph) - set(ready)
    while ready:
        for user in users.get(ready.pop(), ()):
            open_ways[user] -= 1
            if not open_ways[user]:
                rest.discard(user)
                ready.append(user)
    return rest


RULES = (sound_references,)
