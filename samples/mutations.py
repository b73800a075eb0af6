"""Named violations of each permit check: just beyond its limit, far beyond, and a near-miss just inside.

`depends` names other checks whose verdict honestly follows: who moves a building changes its distances too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from samples.apartment import Flat, apartment
from samples.edits import Change, georeference, put
from samples.permit import COMPLIANT, COMPLIANT_CASES, Case, permit_block, permit_school
from samples.plan import Plan, Rect
from samples.school import Sizes

Bend = Callable[[Case], Case]
LENGTH = "IfcLengthMeasure"
PLACED = frozenset(
    {
        "plan.building-area", "plan.footprint", "plan.height", "plan.storeys", "plan.buildings", "plan.use",
        "plan.parcel", "plan.overlap", "plan.coverage", "plan.boundary-distance", "fire.separation",
        "geo.cadastral-match",
    }
)  # fmt: skip
KINDS = ("beyond", "far", "inside")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One changed building.

    Attributes:
        check_id: The check that it is for.
        building: A key of `COMPLIANT_CASES`.
        kind: ``beyond`` or ``far`` (violations), ``inside`` (near-miss).
        bend: Makes the case from the compliant one.
        depends: Checks, or beginnings of their names, whose indication may follow.
    """

    check_id: str
    building: str
    kind: str
    bend: Bend
    depends: frozenset[str] = frozenset()

    def case(self) -> Case:
        """Return the changed building."""
        return self.bend(COMPLIANT_CASES[self.building]())


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A bend of another building than the rest of its check."""

    building: str
    bend: Bend


def three(
    check_id: str, building: str, *bends: Bend | Elsewhere, depends: Iterable[str] = ()
) -> tuple[Mutation, ...]:
    """Return the two violations and the near-miss of a check; the bends are in the order of `KINDS`."""
    follow = frozenset(depends)
    chosen = [bend if isinstance(bend, Elsewhere) else Elsewhere(building, bend) for bend in bends]
    return tuple(Mutation(check_id, e.building, kind, e.bend, follow) for kind, e in zip(KINDS, chosen, strict=True))


def edited(*changes: Change) -> Bend:
    """Return a bend that changes the finished file."""
    return lambda case: case.with_edits(*changes)


def added(*changes: Change) -> Bend:
    """Return a bend that adds to the building."""
    return lambda case: case.with_extras(*changes)


def right(**properties: object) -> Bend:
    """Return a bend that changes the building right."""
    return lambda case: case.with_right(**properties)


def share(properties: Callable[[Case], dict[str, object]]) -> Bend:
    """Return a bend that changes the building right by the building's own sizes."""
    return lambda case: case.with_right(**properties(case))


def width(key: str, metres: float) -> Bend:
    """Return a bend that declares the opening width of a door."""
    return edited(put(key, "AR_Uks.306_Ava-laius", (LENGTH, metres)))


def height(key: str, metres: float) -> Bend:
    """Return a bend that declares the opening height of a door."""
    return edited(put(key, "AR_Uks.307_Ava-kõrgus", (LENGTH, metres)))


def stated(key: str, *paths: str, value: object) -> Bend:
    """Return a bend that sets one property, the first of its places, or takes it from all of them with None."""
    places = paths if value is None else paths[:1]
    return edited(*(put(key, path, value) for path in places))  # type: ignore[arg-type]


def planned(change: Callable[[Plan], Plan]) -> Bend:
    """Return a bend that changes the plan of the building."""
    return lambda case: replace(case, plan=change(case.plan))


def omitted(*keys: str) -> Bend:
    """Return a bend that leaves doors or windows out."""
    return planned(lambda plan: replace(plan, omitted=keys))


def flats(**special: Flat) -> Bend:
    """Return a bend that gives the fourth flat of the third floor other sizes."""
    return lambda _case: permit_block(apartment({(3, 4): special["flat"]}, shelter=True))


def tall(storeys: int) -> Bend:
    """Return a bend that gives the block a number of storeys, and as many parking places."""
    return lambda _case: permit_block(apartment({}, storeys, shelter=True), places=storeys * 5)


def sized(**sizes: float) -> Bend:
    """Return a bend that gives the school other sizes; its turned doors stay."""
    return lambda _case: permit_school(replace(COMPLIANT, **sizes))  # type: ignore[arg-type]


def area(east: float) -> Bend:
    """Return a bend whose building area ends so far east of the building, metres."""
    return lambda c: replace(c, ground=replace(c.ground, area=_east(c.ground.area, c.plan.outer.x1 + east)))


def parcel(east: float) -> Bend:
    """Return a bend whose parcel ends so far east of the building, metres."""
    return lambda c: replace(c, ground=replace(c.ground, parcel=_east(c.ground.parcel, c.plan.outer.x1 + east)))


def neighbours(*gaps: float) -> Bend:
    """Return a bend with neighbours so far east of the building, metres."""

    def bend(case: Case) -> Case:
        r = case.plan.outer
        rects = tuple(Rect(r.x1 + gap, r.y0, r.x1 + gap + 10.0, r.y1) for gap in gaps)
        return replace(case, ground=replace(case.ground, neighbours=rects))

    return bend


def on_area(number: int) -> Bend:
    """Return a bend with a long building area on which so many other buildings stand, 20 m apart."""

    def bend(case: Case) -> Case:
        r = case.plan.outer
        grown = replace(case.ground, area=_east(case.ground.area, r.x1 + 20.0 * number + 15.0))
        gaps = (*(20.0 * (index + 1) for index in range(number)), 20.0 * number + 16.0)
        return neighbours(*gaps)(replace(case, ground=grown))

    return bend


def placed(**values: object) -> Bend:
    """Return a bend that changes the map conversion."""
    return edited(georeference("IfcMapConversion", **values))


def system(**values: object) -> Bend:
    """Return a bend that changes the map system."""
    return edited(georeference("IfcProjectedCRS", **values))


def swapped(easting: float, northing: float) -> Bend:
    """Return a bend with swapped coordinates under a name of the map system that readers do not repair."""
    return all_of(system(Name="L-EST97"), placed(Eastings=easting, Northings=northing))


def school_with(sizes: Sizes = COMPLIANT, **more: object) -> Bend:
    """Return a bend to another school: sizes, ``with_lift``, ``slope``."""
    return lambda _case: permit_school(sizes, **more)  # type: ignore[arg-type]


def all_of(*bends: Bend) -> Bend:
    """Return a bend that bends one after another."""

    def bend(case: Case) -> Case:
        for step in bends:
            case = step(case)
        return case

    return bend


def _east(rect: Rect, x1: float) -> Rect:
    return Rect(rect.x0, rect.y0, round(x1, 6), rect.y1)
