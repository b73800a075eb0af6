"""Sizes that the table of mutations needs, and bends that change several things at once."""

from dataclasses import replace
from math import floor

from samples.constructions import thickness_of
from samples.edits import attribute
from samples.mutations import Bend, all_of, edited, right, stated
from samples.permit import COMPLIANT, COMPLIANT_CASES, PLACE, Case, permit_block, permit_house, permit_school
from samples.plan import Node, Plan, Rect, Room, lay_out
from samples.school import Sizes

UNIT = "AR_Ruum.722_Eluruumi-number"
USE = "AR_Hoone.705_Kasutusotstarbe-kood"
SHELTER_M2_PER_USER = 0.75
WAY_LENGTH_M, WAY_M, WAY_PER_M = 46.0, 45.748, 0.9  # a length of the school, its longest way out, and how it grows


def compliant(building: str) -> Case:
    """Return a compliant building."""
    return COMPLIANT_CASES[building]()


def net(building: str) -> tuple[float, float]:
    """Return the area and the volume of all rooms of a building, in square and cubic metres."""
    plan = compliant(building).plan
    rooms = [(rect.area, storey.clear_height) for storey in plan.storeys for _, rect in _rooms(plan, storey.layout)]
    return sum(area for area, _ in rooms), sum(area * height for area, height in rooms)


def areas(building: str, storey: str, room: str, factors: tuple[float, ...]) -> list[float]:
    """Return the area of a room times some factors, square metres."""
    plan = compliant(building).plan
    layout = next(level.layout for level in plan.storeys if level.key == storey)
    area = next(rect.area for found, rect in _rooms(plan, layout) if found.key == room)
    return [area * factor for factor in factors]


def users() -> tuple[int, int, int]:
    """Return numbers of users for which the shelter of the block is just too small, far too small, large enough."""
    most = floor(areas("block", "k1", "shelter", (1.0,))[0] / SHELTER_M2_PER_USER)
    return most + 1, 3 * most, most


def ground_over_floor(over: float) -> Bend:
    """Return a bend whose ground lies so far over the lowest floor, metres."""
    return edited(attribute("building", "ElevationOfTerrain", PLACE.height_m + over))


def flats_in_house(*numbers: str) -> Bend:
    """Return a bend that calls the house an apartment building and gives bedrooms these numbers of dwellings."""
    own = (stated(f"k2/bed{index}", UNIT, value=number) for index, number in enumerate(numbers, 1))
    return all_of(stated("building", USE, value="11222"), right(use_codes=["112"]), *own)


def places(number: int) -> Bend:
    """Return a bend that gives the block so many parking places."""
    return lambda _case: permit_block(places=number)


def bay(width: float) -> Bend:
    """Return a bend whose first parking place has a width in metres."""
    return lambda _case: permit_house(first_bay=Rect(0.0, 0.0, width, 5.0))


def large_school(area_m2: float) -> Bend:
    """Return a bend to a school of three storeys whose main compartment has an area."""
    base, wide = (_compartment(replace(COMPLIANT, storeys=3, length=length)) for length in (36.0, 46.0))
    length = 36.0 + 10.0 * (area_m2 - base) / (wide - base)
    return lambda _case: permit_school(replace(COMPLIANT, storeys=3, length=round(length, 4)))


def long_school(way_m: float) -> Bend:
    """Return a bend to a school whose longest way out has a length in metres."""
    length = WAY_LENGTH_M + (way_m - WAY_M) / WAY_PER_M
    return lambda _case: permit_school(replace(COMPLIANT, length=round(length, 4)))


def _compartment(sizes: Sizes) -> float:
    plan = permit_school(sizes).plan
    rooms = [pair for storey in plan.storeys for pair in _rooms(plan, storey.layout)]
    return sum(rect.area for room, rect in rooms if not room.compartment)


def _rooms(plan: Plan, layout: Node) -> list[tuple[Room, Rect]]:
    rooms, _walls = lay_out(layout, plan.outer.inset(thickness_of(plan.exterior)), thickness_of)
    return rooms
