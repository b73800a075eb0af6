"""What may be said to everybody about consumption and occupancy: groups of k and more, with noise, once.

Rules a release keeps:
1. A unit (a meter, a room) counts in one row only, and for at most `clip` in each cell, so that no single one can
   stand out.
2. A group of fewer than `k` units is not shown alone: such groups are taken together. If they are still fewer, the
   smallest shown group joins them; so the difference of a total and what is shown is never fewer than `k` units.
3. Each cell gets Laplace noise of scale ``noise * clip``. A total is the sum of the noisy cells, with no other noise.
4. The noise is drawn from a secret key and from what it covers: the same release again has the same noise, so asking
   often averages nothing away; other values get other noise, so the difference of two releases does not show them.
5. Cells are rounded to `grain` afterwards, which hides the lowest bits of the noise, and are not below zero.
"""

import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OTHER = "other"  # name of the groups that are shown together
COUNT_GRAIN = 5  # numbers of units are told in fives, so that one that comes or goes is seldom seen
_BITS = 53  # of a double


@dataclass(frozen=True, slots=True)
class Rules:
    """How much is hidden.

    Attributes:
        k: Fewest units of a row.
        clip: Most that one unit counts in a cell.
        noise: Scale of the noise as a multiple of `clip`; each cell is (1 / noise)-differentially private.
        grain: Steps in which cells are told.
    """

    k: int
    clip: float
    noise: float
    grain: float


def clusters(sizes: Mapping[str, int], k: int) -> list[tuple[str, ...]]:
    """Return which groups are shown together, by rules 1 and 2; those that cannot be shown are in none.

    Args:
        sizes: Units of each group.
        k: Fewest units of a row.
    """
    shown = sorted((name for name, size in sizes.items() if size >= k), key=lambda name: (-sizes[name], name))
    small = sorted(name for name, size in sizes.items() if 0 < size < k)
    while small and shown and sum(sizes[name] for name in small) < k:
        small.append(shown.pop())
    rows: list[tuple[str, ...]] = [(name,) for name in sorted(shown)]
    if small and sum(sizes[name] for name in small) >= k:
        rows.append(tuple(sorted(small)))
    return rows


def release(name: str, groups: Mapping[str, Sequence[Sequence[float]]], rules: Rules, key: bytes) -> dict[str, Any]:
    """Return the rows of one release.

    Args:
        name: Of the release; no two have the same.
        groups: For each group the values of each unit, one for each cell of a row.
        rules: How much is hidden.
        key: Secret of this installation.
    """
    cells = max((len(unit) for units in groups.values() for unit in units), default=0)
    rows: list[dict[str, Any]] = []
    for members in clusters({group: len(units) for group, units in groups.items()}, rules.k):
        units = [unit for group in members for unit in groups[group]]
        label = members[0] if len(members) == 1 else OTHER
        values = [_cell(f"{name}|{label}|{n}", [unit[n] for unit in units], rules, key) for n in range(cells)]
        rows.append({"group": label, "units_at_least": len(units) // COUNT_GRAIN * COUNT_GRAIN, "values": values})
    total = [sum(row["values"][n] for row in rows) for n in range(cells)] if rows else []
    return {"rows": rows, "total": total}


def _cell(name: str, values: Sequence[float], rules: Rules, key: bytes) -> float:
    clipped = [min(max(value, 0.0), rules.clip) for value in values]
    covers = hashlib.sha256(repr(sorted(clipped)).encode()).hexdigest()
    noisy = math.fsum(clipped) + laplace(key, f"{name}|{covers}", rules.noise * rules.clip)
    return max(0.0, round(noisy / rules.grain) * rules.grain)


def laplace(key: bytes, message: str, scale: float) -> float:
    """Return the draw of a Laplace distribution around 0 that belongs to a message.

    Args:
        key: Whoever does not know it cannot foretell the draw.
        message: What the draw belongs to.
        scale: Of the distribution.
    """
    digest = hmac.digest(key, message.encode(), "sha256")
    uniform = (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / 2**_BITS
    sign = 1.0 if digest[8] & 1 else -1.0
    return -sign * scale * math.log1p(-uniform)
