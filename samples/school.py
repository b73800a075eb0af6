"""The school: two storeys, classrooms along a wide corridor, IFC4 in millimetres."""

from dataclasses import dataclass

from samples.plan import OUTSIDE, Cut, Door, Furniture, Plan, Rect, Room, Stair, Storey, Window

_BESIDE = 0.15  # metres of wall that stay beside an opening at the end of a corridor
_T = 0.42  # thickness of the external wall
_NARROW_FLOOR, _NARROW_ROOM, _NARROW_WIDTH = 2, "class3", 0.75


@dataclass(frozen=True, slots=True)
class Sizes:
    """What may differ in the plan of the school.

    Attributes:
        length: Outer length in metres, at least 36.
        corridor: Width of the corridors.
        toilet: Width of each toilet.
        storeys: Number of storeys.
        narrow: Whether one door is too narrow: the planted violation.
        store: Style of the doors of the technical room.
    """

    length: float = 36.0
    corridor: float = 2.8
    toilet: float = 3.0
    storeys: int = 2
    narrow: bool = True
    store: str = "inner"


_STAIR = Rect(_T + 0.2, _T + 6.2 + 2.8 + 0.4 + 1.6, _T + 3.2, _T + 6.2 + 2.8 + 0.4 + 1.6 + 9 * 0.28 + 1.4)


def school(sizes: Sizes = Sizes()) -> Plan:
    """Return the plan of the school."""
    return Plan(
        building_id="120900104",
        ehr_code="120900104",
        name="Näidise põhikool",
        address="Näidise tänav 8",
        schema="IFC4",
        length_unit="MILLIMETRE",
        outer=Rect(0.0, 0.0, sizes.length, 16.0),
        exterior="render_school",
        storeys=tuple(_storey(floor, sizes) for floor in range(1, sizes.storeys + 1)),
        use=("Põhikooli või gümnaasiumi õppehoone", "12631"),
        fire_class="TP1",
        compartment_rating="EI60",
        users=220,
        equipment=(("substation", "k1/store", "substation", "Kaugküte 120"),),
    )


def _classroom(floor: int, number: int) -> Room:
    desks = tuple(
        Furniture("pupil", 1.2 + 1.8 * column, 1.0 + 1.5 * line) for column in range(4) for line in range(3)
    )
    return Room(
        f"class{number}", f"{floor}{number:02d}", "Klassiruum", "-",
        windows=tuple(Window("S", 3.0, 1.9, 0.9, at=round(_class_x(number) + shift, 6)) for shift in (-2.1, 2.1)),
        furniture=desks if floor == 1 else (), sensors=("Temperature", "CO2", "RelativeHumidity"),
    )  # fmt: skip


def _class_x(number: int) -> float:
    width = (36.0 - 2 * _T - 3 * 0.2) / 4
    return round(_T + (number - 0.5) * width + (number - 1) * 0.2, 6)


def _ends(sizes: Sizes) -> tuple[Window, ...]:
    width = min(1.5, round(sizes.corridor - 2 * _BESIDE, 6))
    return Window("E", width, 1.8), Window("W", width, 1.8)


def _storey(floor: int, sizes: Sizes) -> Storey:
    south = Cut(f"s{floor}", "x", tuple(
        (8.64 if number < 4 else 0.0, _classroom(floor, number)) for number in range(1, 5)
    ), "party")  # fmt: skip
    corridor = Room("corridor", f"{floor}00", "Koridor", "-", "Üldkasutatav pind",
                    windows=_ends(sizes) if floor == 2 else ())  # fmt: skip
    north = Cut(f"n{floor}", "x", (
        (3.4, Room("stair", f"{floor}10", "Trepikoda", "-", "Vertikaalsete ühendusteede pind",
                   compartment="trepikoda", windows=(Window("N", 1.5, 1.5, 1.2),))),
        (sizes.toilet, Room("wc-a", f"{floor}11", "WC tüdrukud", "wc", windows=(Window("N", 0.9, 0.6, 1.8),))),
        (sizes.toilet, Room("wc-b", f"{floor}12", "WC poisid", "wc", windows=(Window("N", 0.9, 0.6, 1.8),))),
        (6.0, Room("teachers", f"{floor}13", "Õpetajate tuba", "töötuba", windows=(Window("N", 2.4, 1.8),),
                   furniture=(Furniture("table", 2.0, 2.0), Furniture("sofa", 0.3, 4.2)),
                   sensors=("Temperature",))),
        (2.6, Room("store", f"{floor}14", "Tehnoruum", "-", "Tehnopind")),
        (0.0, Room("hall", f"{floor}15", "Söökla" if floor == 1 else "Raamatukogu", "-",
                   windows=(Window("N", 3.6, 1.9, at=24.5), Window("N", 3.6, 1.9, at=30.5), Window("E", 2.4, 1.9)),
                   furniture=(Furniture("table", 2.0, 2.0), Furniture("table", 6.0, 2.0)),
                   sensors=("Temperature", "CO2"))),
    ), "party")  # fmt: skip
    layout = Cut(f"c{floor}", "y", ((6.2, south), (sizes.corridor, corridor), (0.0, north)), "party")
    stairs = (Stair("stair", "stair", _STAIR, 20, 0.28),) if floor < sizes.storeys else ()
    return Storey(f"k{floor}", f"{floor}. korrus", 3.2, layout, _doors(floor, sizes), stairs)


def _doors(floor: int, sizes: Sizes) -> tuple[Door, ...]:
    doors = [Door("stair", "corridor", "stair", 1.2, style="fire", exit=True)]
    for number in range(1, 5):
        room = f"class{number}"
        narrow = sizes.narrow and (floor, room) == (_NARROW_FLOOR, _NARROW_ROOM)
        doors.append(Door(room, "corridor", room, _NARROW_WIDTH if narrow else 1.0))
    doors += [Door(room, "corridor", room, 1.0, style="wet") for room in ("wc-a", "wc-b")]
    doors += [Door(room, "corridor", room, 1.0) for room in ("teachers", "hall")]
    doors.insert(-1, Door("store", "corridor", "store", 1.0, style=sizes.store))
    room_for = round(sizes.corridor - 2 * _BESIDE, 6)
    if floor == 1:
        doors.append(Door("main", "corridor", OUTSIDE, min(1.6, room_for), 2.2, "entrance", "W", exit=True))
        doors.append(Door("yard", "corridor", OUTSIDE, min(1.4, room_for), 2.2, "entrance", "E", exit=True))
    return tuple(doors)
