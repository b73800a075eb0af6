"""A solid over a division of the ground: each face has a plane above it, walls close what is left open."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely

SAME_HEIGHT_M = 0.02  # roof planes that meet within two centimetres are joined
DECIMALS = 3

GROUND, WALL, ROOF = "GroundSurface", "WallSurface", "RoofSurface"

Point = tuple[float, float, float]
Spot = tuple[float, float]
Heights = Mapping[tuple[Spot, int], float]


@dataclass(frozen=True, slots=True)
class Plane:
    """A plane that is not upright: z = a x + b y + c, metres."""

    a: float
    b: float
    c: float

    def z(self, x: float, y: float) -> float:
        """Return the height of the plane at a point."""
        return self.a * x + self.b * y + self.c


@dataclass(frozen=True, slots=True)
class Face:
    """A part of the ground and the plane above it."""

    shape: shapely.Polygon
    plane: Plane


def closed_surfaces(faces: Sequence[Face], ground: float) -> list[tuple[str, list[list[Point]]]] | None:
    """Return the kind and the rings of every surface of the solid; None if planes cross over an edge.

    Args:
        faces: Polygons that share whole edges with each other and do not overlap.
        ground: Height of the ground surface, below all planes.
    """
    rings = [_rings(face.shape) for face in faces]
    heights = _heights(faces, rings, ground)
    levels: dict[Spot, set[float]] = defaultdict(set)
    for (spot, _), z in heights.items():
        levels[spot].add(z)
    surfaces: list[tuple[str, list[list[Point]]]] = []
    owners: dict[tuple[Spot, Spot], int] = {}
    for number, parts in enumerate(rings):
        surfaces.append((ROOF, [[(*spot, heights[spot, number]) for spot in ring] for ring in parts]))
        surfaces.append((GROUND, [[(*spot, ground) for spot in reversed(ring)] for ring in parts]))
        owners |= {edge: number for ring in parts for edge in _edges(ring)}
    for (start, end), number in owners.items():
        other = owners.get((end, start))
        low = [ground if other is None else heights[spot, other] for spot in (start, end)]
        high = [heights[spot, number] for spot in (start, end)]
        if (high[0] - low[0]) * (high[1] - low[1]) < 0.0:
            return None
        if high[0] >= low[0] and high[1] >= low[1] and high != low:
            surfaces.append((WALL, [_wall((start, end), low, high, levels)]))
    return surfaces


def _rings(shape: shapely.Polygon) -> list[list[Spot]]:
    """Return the rings of a polygon, the outer one counter-clockwise, holes clockwise."""
    turned = shapely.geometry.polygon.orient(shape)
    lines = [shapely.get_coordinates(ring)[:-1].round(DECIMALS) for ring in (turned.exterior, *turned.interiors)]
    return [[(float(x), float(y)) for x, y in line] for line in lines]


def _edges(ring: list[Spot]) -> Iterator[tuple[Spot, Spot]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _heights(faces: Sequence[Face], rings: Sequence[list[list[Spot]]], ground: float) -> Heights:
    """Return the height of each face at each of its corners; nearly equal ones at a corner become equal."""
    at: dict[Spot, list[tuple[float, int]]] = defaultdict(list)
    for number, (face, parts) in enumerate(zip(faces, rings, strict=True)):
        for spot in {spot for ring in parts for spot in ring}:
            at[spot].append((max(face.plane.z(*spot), ground), number))
    found: dict[tuple[Spot, int], float] = {}
    for spot, given in at.items():
        group: list[tuple[float, int]] = []
        for item in sorted(given):
            if group and item[0] - group[-1][0] > SAME_HEIGHT_M:
                found |= _levelled(spot, group)
                group = []
            group.append(item)
        found |= _levelled(spot, group)
    return found


def _levelled(spot: Spot, group: list[tuple[float, int]]) -> dict[tuple[Spot, int], float]:
    z = round(sum(height for height, _ in group) / len(group), DECIMALS)
    return {(spot, number): z for _, number in group}


def _wall(
    edge: tuple[Spot, Spot], low: list[float], high: list[float], levels: Mapping[Spot, set[float]]
) -> list[Point]:
    """Return the ring of a wall; its upright sides have a corner wherever another surface ends."""
    start, end = edge
    up = [low[1], *sorted(z for z in levels[end] if low[1] < z < high[1]), high[1]]
    down = [high[0], *sorted((z for z in levels[start] if low[0] < z < high[0]), reverse=True), low[0]]
    return [(*end, z) for z in dict.fromkeys(up)] + [(*start, z) for z in dict.fromkeys(down)]
