"""Strips of inner walls and floors where others meet them: no outside, though no room lies behind."""

from collections.abc import Sequence

import numpy as np

from ifc import Severity
from twin.energy.findings import EnergyFinding
from twin.energy.rays import NO_HIT, Ids, Mask, Samples

JUNCTION_SHARE_WALL = 0.15  # an element of which less is outer is an inner wall that others meet
JUNCTION_SHARE_FLOOR = 0.06  # floors: strips over the walls below are 2 to 3 % of a storey, a terrace is more
LEVEL = 0.7  # vertical part of a normal of floors and ceilings


def at_junctions(met: Ids, outer: Mask, rays: Samples, count: int) -> Mask:
    """Return the outer samples of elements that nearly all other samples call inner.

    Where walls meet, a ray runs lengthwise through the next wall and finds no neighbour, though there is no outside.

    Args:
        met: Element that closes each sample, or `NO_HIT`.
        outer: Samples with no space behind them.
        rays: The samples.
        count: Number of elements.
    """
    found = met != NO_HIT
    whole = np.bincount(met[found], weights=rays.weights[found], minlength=count)
    away = np.bincount(met[found & outer], weights=rays.weights[found & outer], minlength=count)
    share = np.divide(away, whole, out=np.ones(count), where=whole > 0.0)
    level = np.abs(rays.normals[:, 2]) > LEVEL
    limit = np.where(level, JUNCTION_SHARE_FLOOR, JUNCTION_SHARE_WALL)
    return np.asarray(outer & found & (np.append(share, 1.0)[met] < limit), dtype=np.bool_)


def junction_findings(junction: Mask, rays: Samples, met: Ids, ids: Sequence[str]) -> tuple[EnergyFinding, ...]:
    """Return what was left out, as a finding."""
    if not junction.any():
        return ()
    area = float(rays.weights[junction].sum())
    return (
        EnergyFinding(
            "energy.junction",
            Severity.INFO,
            f"{area:.1f} m² behind inner walls and floors, where others meet them, were not counted as envelope.",
            "",
            tuple(sorted({ids[place] for place in np.unique(met[junction])})),
        ),
    )
