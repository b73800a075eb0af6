"""The office: three storeys with mechanical ventilation and sensors in every room, IFC4 in metres."""

from samples.plan import OUTSIDE, Cut, Door, Furniture, Plan, Rect, Room, Stair, Storey, Window

_T = 0.40  # thickness of the external wall
_STAIR_Y0 = _T + 5.4 + 1.8 + 0.4 + 1.5
_STAIR = Rect(_T, _STAIR_Y0, _T + 3.0, round(_STAIR_Y0 + 9 * 0.28 + 1.4, 6))
AIR_HANDLING_MODEL = "Tuulik 5000"


def office() -> Plan:
    """Return the plan of the office as designed."""
    return Plan(
        building_id="120900103",
        ehr_code="120900103",
        name="Büroohoone Kadakas",
        address="Näidise tänav 6",
        schema="IFC4",
        outer=Rect(0.0, 0.0, 24.0, 14.0),
        exterior="timber_office",
        storeys=tuple(_storey(floor) for floor in (1, 2, 3)),
        use=("Büroohoone", "12201"),
        fire_class="TP2",
        compartment_rating="EI30",
        users=70,
        equipment=(("substation", "k1/plant", "substation", "Kaugküte 80"),),
        air_handling=AIR_HANDLING_MODEL,
    )


def _middle(number: int) -> float:
    """Return where the window and the door of a south room lie: the middle as designed, whatever moves later."""
    return round(_T + (number - 1) * (4.5 + 0.12) + 2.25, 6)


def _room(floor: int, number: int, key: str, name: str, side: str, at: float | None = None) -> Room:
    return Room(
        key, f"{floor}{number:02d}", name, "töötuba", windows=(Window(side, 2.2, 1.8, 0.8, at=at),),
        furniture=(Furniture("desk", 0.3, 0.8), Furniture("desk", 0.3, 2.4)),
        sensors=("Temperature", "CO2", "RelativeHumidity"),
    )  # fmt: skip


def _storey(floor: int) -> Storey:
    south = Cut(f"s{floor}", "x", tuple(
        (4.5 if number < 5 else 0.0, _room(floor, number, f"office{number}", "Kabinet", "S", _middle(number)))
        for number in range(1, 6)
    ))  # fmt: skip
    plant = "Ventilatsioonikamber" if floor == 3 else "Tehnoruum"
    north = Cut(f"n{floor}", "x", (
        (3.0, Room("stair", f"{floor}10", "Trepikoda", "-", "Vertikaalsete ühendusteede pind",
                   compartment="trepikoda", windows=(Window("N", 1.2, 1.5, 1.2),))),
        (2.6, Room("wc", f"{floor}11", "WC", "wc", windows=(Window("N", 0.6, 0.6, 1.8),))),
        (6.0, _room(floor, 12, "meeting", "Nõupidamisruum", "N")),
        (5.4, _room(floor, 13, "open", "Avatud kontor", "N")),
        (0.0, Room("plant", f"{floor}14", plant, "-", "Tehnopind", windows=(Window("N", 0.9, 0.6, 2.0),))),
    ), "party")  # fmt: skip
    corridor = Room("corridor", f"{floor}00", "Koridor", "-", "Üldkasutatav pind",
                    windows=(Window("E", 1.2, 1.8),))  # fmt: skip
    layout = Cut(f"c{floor}", "y", ((5.4, south), (1.8, corridor), (0.0, north)), "party")
    stairs = (Stair("stair", "stair", _STAIR, 20, 0.28),) if floor < 3 else ()
    return Storey(f"k{floor}", f"{floor}. korrus", 3.0, layout, _doors(floor), stairs)


def _doors(floor: int) -> tuple[Door, ...]:
    doors = [
        Door(f"office{number}", "corridor", f"office{number}", 1.0, at=_middle(number)) for number in range(1, 6)
    ]
    doors += [Door(room, "corridor", room, 1.0) for room in ("meeting", "open", "plant")]
    doors.append(Door("stair", "corridor", "stair", 1.1, style="fire", exit=True))
    doors.append(Door("wc", "corridor", "wc", 0.9, style="wet"))
    if floor == 1:
        doors.append(Door("main", "corridor", OUTSIDE, 1.4, 2.2, "entrance", "W", exit=True))
    return tuple(doors)
