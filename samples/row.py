"""The row of simple neighbours: small IFC4 files with one space per storey, and three planted faults."""

from dataclasses import dataclass

from samples.plan import OUTSIDE, Door, Plan, Rect, Room, Stair, Storey, Window

COUNT = 9
OVERHANGING, TOO_HIGH, NAMELESS = 2, 4, 6  # positions in the row, from 0
OVERHANG_M = 0.6

_STAIR = Rect(4.4, 4.7, 6.5, 7.5)  # inside the outer walls of all three looks, between the windows of the north side


@dataclass(frozen=True, slots=True)
class _Look:
    width: float
    depth: float
    exterior: str
    roof: str
    pitch: float


_LOOKS = (
    _Look(10.0, 8.0, "timber_house", "gable", 30.0),
    _Look(11.0, 8.4, "render_aac", "gable", 28.0),
    _Look(9.6, 8.8, "render_school", "flat", 0.0),
)


def row() -> list[Plan]:
    """Return the plans of the neighbours from west to east."""
    return [neighbour(index) for index in range(COUNT)]


def neighbour(index: int) -> Plan:
    """Return the plan of one neighbour, counted from 0."""
    look = _LOOKS[0] if index == TOO_HIGH else _LOOKS[index % len(_LOOKS)]
    number = 1 + 2 * index
    code = "" if index == NAMELESS else f"12090020{index}"
    clear = 3.25 if index == TOO_HIGH else 2.6
    return Plan(
        building_id=code or f"tmp-naidise-{number}",
        ehr_code=code,
        name=f"Väikeelamu {number}",
        address=f"Näidise tänav {number}",
        schema="IFC4",
        outer=Rect(0.0, 0.0, look.width, look.depth),
        exterior=look.exterior,
        storeys=(_storey(1, clear), _storey(2, clear)),
        use=("Üksikelamu", "11101"),
        roof=look.roof,
        pitch_deg=look.pitch,
        slab="timber_floor",
    )


def _storey(floor: int, clear: float) -> Storey:
    windows = tuple(Window(side, 1.6, 1.4, 0.9, at) for side in "SN" for at in (2.6, 6.6))
    windows += (Window("E", 1.4, 1.4), Window("W", 1.4, 1.4))
    name, category = ("Eluruum", "elutuba") if floor == 1 else ("Lahtine galerii", "-")  # no door leads to a gallery
    room = Room("whole", str(floor), name, category, unit="1", windows=windows)
    stairs = (Stair("stair", "whole", _STAIR, 17, 0.24),) if floor == 1 else ()
    doors = (Door("entrance", "whole", OUTSIDE, 1.1, 2.1, "entrance", "S", at=4.6, exit=True),) if floor == 1 else ()
    return Storey(f"k{floor}", f"{floor}. korrus", clear, room, doors, stairs)
