"""Which factor stands for which material of a building: said by a person, never by a program.

Entries are only added. The last entry of a material counts; an entry without factor takes the material back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from twin.energy.gwp.factors import Factor, FactorTable
from twin.energy.gwp.volumes import Bill

MOST_CHARACTERS = 500  # of a note
SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person said of a material.

    Attributes:
        material: Name in the model.
        factor_id: The factor, or None to take the material back.
        table_sha256: Digest of the table that holds it.
        person: Who said it.
        time: When, RFC 3339.
        note: Why.
    """

    material: str
    factor_id: str | None
    table_sha256: str
    person: str
    time: str
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self)


def in_force(entries: Iterable[Confirmation]) -> dict[str, Confirmation]:
    """Return the last word on each material, without those taken back."""
    last = {entry.material: entry for entry in entries}
    return {material: entry for material, entry in last.items() if entry.factor_id is not None}


def suggestions(bill: Bill, table: FactorTable) -> Mapping[str, tuple[Factor, ...]]:
    """Return factors whose name shares words with a material, for a person to choose from; they never count."""
    words = {factor.factor_id: _words(factor.name) for factor in table.factors.values()}
    found = {}
    for one in bill.materials:
        own = _words(one.material)
        scored = sorted((-len(own & words[key]), key) for key in words if own & words[key])
        found[one.material] = tuple(table.factors[key] for _, key in scored[:SUGGESTED])
    return found


def _words(text: str) -> frozenset[str]:
    split = "".join(one if one.isalpha() else " " for one in text.lower()).split()
    return frozenset(word for word in split if len(word) > 3)
