"""Two versions of a building that differ in many nodes and edges, the same in every process."""

from graph import Batch, Scope, to_batch
from ifc import ElementRecord, Relation, RelationKind

SCOPE = Scope("900", "as-built")
ELEMENTS = 300


def batch(number: int) -> Batch:
    """Return version 1 or 2: every second element is renamed, moved, or only in one of them."""
    records = {f"t{i}": ElementRecord(f"t{i}", "IfcBuildingStorey", name=f"t{i}") for i in range(3)}
    for i in range(ELEMENTS):
        if i % 4 == number:
            continue
        storey = f"t{(i * number) % 3}"
        name = f"e{i}" if i % 2 else f"e{i} of {number}"
        relation = Relation(RelationKind.CONTAINED_IN, storey)
        records[f"e{i}"] = ElementRecord(f"e{i}", "IfcWall", name=name, relations=(relation,))
    return to_batch(SCOPE, number, f"content-{number}", records)
