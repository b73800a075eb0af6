"""The apartment block: five storeys, 25 flats along a corridor, IFC2X3, rotated against the grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samples.plan import OUTSIDE, Cut, Door, Furniture, Plan, Rect, Room, Stair, Storey, Window

STAIRS = "trepikoda"
_SHARED = "Üldkasutatav pind"
_CONNECTING = "Vertikaalsete ühendusteede pind"
_INNER_Y0 = 0.45  # thickness of the external wall
_STAIR_X0 = _INNER_Y0 + 11.45 + 0.2
_STAIR_Y0 = _INNER_Y0 + 5.6 + 0.2 + 1.5 + 0.2 + 1.4


@dataclass(frozen=True, slots=True)
class Flat:
    """Sizes of a northern flat in metres: depth of its bedrooms, width of the second one, width of the hall.

    Attributes:
        depth: Depth of both bedrooms.
        second: Width of the second bedroom.
        hall: Width of the hall.
        ceiling: Height of a suspended ceiling in the first bedroom, if there is one.
        window: Whether the second bedroom has a window.
    """

    depth: float = 3.4
    second: float = 3.4
    hall: float = 5.2
    ceiling: float | None = None
    window: bool = True


PLANTED: Mapping[tuple[int, int], Flat] = {  # (floor, flat): the planted violations
    (3, 4): Flat(3.0, 2.5, 5.8),
    (2, 5): Flat(4.0, 2.2, 6.0),
    (4, 4): Flat(ceiling=2.45),
    (5, 5): Flat(window=False),
}


def apartment(flats: Mapping[tuple[int, int], Flat] = PLANTED, storeys: int = 5, *, shelter: bool = False) -> Plan:
    """Return the plan of the apartment block.

    Args:
        flats: Northern flats that differ from the usual, by floor and number on it.
        storeys: Number of storeys.
        shelter: Whether a shelter stands in place of the fifth flat on the first floor.
    """
    return Plan(
        building_id="120900102",
        ehr_code="120900102",
        name="Kortermaja Kaseke",
        address="Näidise tänav 4",
        schema="IFC2X3",
        outer=Rect(0.0, 0.0, 27.0, 14.0),
        exterior="brick_concrete",
        storeys=tuple(_storey(index, storeys, flats, shelter and index == 1) for index in range(1, storeys + 1)),
        use=("Muu kolme või enama korteriga elamu", "11222"),
        fire_class="TP1",
        compartment_rating="EI60",
        users=60,
        equipment=(("substation", "k1/stair", "substation", "Kaugküte 60"),),
    )


def _storey(floor: int, top: int, flats: Mapping[tuple[int, int], Flat], shelter: bool) -> Storey:
    south = Cut(f"s{floor}", "x", tuple(
        (size, _south_flat(floor, number)) for number, size in ((1, 8.5), (2, 8.7), (3, 0.0))
    ), "party")  # fmt: skip
    stair = Room("stair", f"{floor}00T", "Trepikoda", "-", _CONNECTING, compartment=STAIRS,
                 windows=(Window("N", 1.2, 1.2, 1.2),))  # fmt: skip
    north = Cut(f"n{floor}", "x", (
        (11.45, _north_flat(floor, 4, flats)), (2.8, stair),
        (0.0, _shelter() if shelter else _north_flat(floor, 5, flats)),
    ), "party")  # fmt: skip
    corridor = Room("corridor", f"{floor}00K", "Koridor", "-", _SHARED, compartment=STAIRS,
                    windows=(Window("W", 0.9, 1.5),))  # fmt: skip
    layout = Cut(f"c{floor}", "y", ((5.6, south), (1.5, corridor), (0.0, north)), "party")
    doors = [Door("stair", "corridor", "stair", 1.0, style="fire", exit=floor == 1)]
    for number in (1, 2, 3):
        doors += _south_doors(number)
    for number in (4,) if shelter else (4, 5):
        doors += _north_doors(number)
    if shelter:
        doors.append(Door("shelter", "corridor", "shelter", 1.0, style="fire"))
    if floor == 1:
        doors.append(Door("main", "corridor", OUTSIDE, 1.2, 2.1, "entrance", "E", exit=True))
    rect = Rect(_STAIR_X0, _STAIR_Y0, round(_STAIR_X0 + 2.8, 6), round(_STAIR_Y0 + 8 * 0.28 + 1.3, 6))
    stairs = (Stair("stair", "stair", rect, 18, 0.28),) if floor < top else ()
    return Storey(f"k{floor}", f"{floor}. korrus", 2.7, layout, tuple(doors), stairs)


def _unit(floor: int, number: int) -> str:
    return str((floor - 1) * 5 + number)


def _south_flat(floor: int, number: int) -> Cut:
    unit, p = _unit(floor, number), f"s{number}"
    base: dict[str, Any] = {"unit": unit, "compartment": f"krt-{unit}"}
    measured = ("Temperature", "CO2", "RelativeHumidity") if floor in (1, 3) else ()
    living = Room(
        f"{p}-living", f"{unit}.1", "Elutuba-köök", "elutuba/köök", windows=(Window("S", 2.4, 1.8, 0.7),),
        furniture=(Furniture("sofa", 0.2, 0.2), Furniture("counter", 0.1, 2.9)), sensors=measured, **base,
    )  # fmt: skip
    bedroom = Room(
        f"{p}-bed", f"{unit}.2", "Magamistuba", "magamistuba", windows=(Window("S", 1.8, 1.5),),
        furniture=(Furniture("bed", 0.3, 0.8),), sensors=measured[:1], **base,
    )  # fmt: skip
    hall = Room(f"{p}-hall", f"{unit}.3", "Esik", **base)
    bath = Room(f"{p}-bath", f"{unit}.4", "Vannituba", "vannituba", **base)
    back = Cut(f"{p}{floor}-back", "x", ((2.2, hall), (0.0, bath)))
    right = Cut(f"{p}{floor}-right", "y", ((3.2, bedroom), (0.0, back)))
    return Cut(f"{p}{floor}-flat", "x", ((4.0, living), (0.0, right)))


def _south_doors(number: int) -> list[Door]:
    p = f"s{number}"
    return [
        Door(f"{p}-flat", f"{p}-hall", "corridor", 1.0, style="fire"),
        Door(f"{p}-living", f"{p}-hall", f"{p}-living"),
        Door(f"{p}-bed", f"{p}-hall", f"{p}-bed"),
        Door(f"{p}-bath", f"{p}-hall", f"{p}-bath", 0.8, style="wet"),
    ]


def _shelter() -> Room:
    return Room("shelter", "1V", "Varjend", "-", _SHARED, compartment="varjend")


def _north_flat(floor: int, number: int, flats: Mapping[tuple[int, int], Flat]) -> Cut:
    unit, p, flat = _unit(floor, number), f"n{number}", flats.get((floor, number), Flat())
    base: dict[str, Any] = {"unit": unit, "compartment": f"krt-{unit}"}
    measured = ("Temperature", "CO2", "RelativeHumidity") if floor == 2 else ()
    living = Room(
        f"{p}-living", f"{unit}.1", "Elutuba-köök", "elutuba/köök", windows=(Window("N", 2.4, 1.8, 0.7),),
        furniture=(Furniture("sofa", 0.2, 4.4), Furniture("counter", 0.1, 0.2)), sensors=measured, **base,
    )  # fmt: skip
    first = Room(
        f"{p}-bed1", f"{unit}.2", "Magamistuba", "magamistuba", windows=(Window("N", 1.8, 1.5),),
        furniture=(Furniture("bed", 0.3, 0.3),), ceiling=flat.ceiling, **base,
    )  # fmt: skip
    bed2 = Room(
        f"{p}-bed2", f"{unit}.3", "Magamistuba", "magamistuba", furniture=(Furniture("bed", 0.3, 0.3),),
        windows=(Window("N", 1.5, 1.5),) if flat.window else (), **base,
    )  # fmt: skip
    hall = Room(f"{p}-hall", f"{unit}.4", "Esik", **base)
    bath = Room(f"{p}-bath", f"{unit}.5", "Vannituba", "vannituba", **base)
    front = Cut(f"{p}{floor}-front", "x", ((flat.hall, hall), (0.0, bath)))
    rear = Cut(f"{p}{floor}-rear", "x", ((0.0, first), (flat.second, bed2)))
    right = Cut(f"{p}{floor}-right", "y", ((0.0, front), (flat.depth, rear)))
    return Cut(f"{p}{floor}-flat", "x", ((4.2, living), (0.0, right)))


def _north_doors(number: int) -> list[Door]:
    p = f"n{number}"
    return [
        Door(f"{p}-flat", f"{p}-hall", "corridor", 1.0, style="fire"),
        Door(f"{p}-living", f"{p}-hall", f"{p}-living"),
        Door(f"{p}-bed1", f"{p}-hall", f"{p}-bed1"),
        Door(f"{p}-bed2", f"{p}-hall", f"{p}-bed2"),
        Door(f"{p}-bath", f"{p}-hall", f"{p}-bath", 0.8, style="wet"),
    ]
