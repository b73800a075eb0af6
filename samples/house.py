"""The single-family house: two storeys, cold attic under a gable roof, IFC4 in metres."""

from samples.plan import OUTSIDE, Cut, Door, Furniture, Plan, Rect, Room, Stair, Storey, Window

_STAIR = Rect(5.0, 5.76, 7.1, 8.58)


def house() -> Plan:
    """Return the plan of the house as designed."""
    return Plan(
        building_id="120900101",
        ehr_code="120900101",
        name="Eramu Vaarika",
        address="Näidise tänav 2",
        schema="IFC4",
        outer=Rect(0.0, 0.0, 11.0, 9.0),
        exterior="render_aac",
        storeys=(_ground(), _upper()),
        use=("Üksikelamu", "11101"),
        roof="gable",
        pitch_deg=35.0,
        slab="timber_floor",
        equipment=(("heat-pump", "k1/utility", "heat_pump", "Soojus 8"),),
    )


def _ground() -> Storey:
    living = Room(
        "living", "101", "Elutuba", "elutuba", unit="1",
        windows=(Window("S", 2.4, 2.1, 0.2, at=2.2), Window("W", 1.8, 1.5, 0.9)),
        furniture=(Furniture("sofa", 0.5, 0.3), Furniture("table", 2.8, 1.6)),
        sensors=("Temperature", "CO2", "RelativeHumidity"),
    )  # fmt: skip
    kitchen = Room(
        "kitchen", "102", "Köök", "köök", unit="1",
        windows=(Window("S", 1.8, 1.5, 0.9, at=8.6),), furniture=(Furniture("counter", 3.2, 0.6),),
        sensors=("Temperature", "RelativeHumidity"),
    )  # fmt: skip
    utility = Cut("g-wet", "y", (
        (1.9, Room("wc", "103", "WC", "wc", unit="1")),
        (0, Room("utility", "104", "Tehnoruum", "-", "Tehnopind", unit="1", windows=(Window("N", 0.6, 0.6, 1.4),))),
    ))  # fmt: skip
    north = Cut("g-north", "x", (
        (2.2, utility),
        (5.22, Room("hall", "105", "Esik", "-", unit="1", windows=(Window("N", 0.9, 1.0, 1.4, at=6.05),))),
        (0, Room("study", "106", "Töötuba", "töötuba", unit="1", windows=(Window("E", 1.5),),
                 furniture=(Furniture("desk", 0.2, 2.6),))),
    ))  # fmt: skip
    south = Cut("g-south", "x", ((6.0, living), (0, kitchen)))
    return Storey(
        "k1", "1. korrus", 2.7, Cut("g", "y", ((4.2, south), (0, north))),
        doors=(
            Door("entrance", "hall", OUTSIDE, 1.1, 2.1, "entrance", "N", at=3.7, exit=True),
            Door("living", "hall", "living", at=3.6),
            Door("kitchen", "living", "kitchen"),
            Door("study", "kitchen", "study", at=9.3),
            Door("wc", "hall", "wc", 0.8, style="wet"),
            Door("utility", "hall", "utility", 0.9),
            Door("terrace", "living", OUTSIDE, 1.1, 2.1, "entrance", "S", at=4.4),
        ),
        stairs=(Stair("stair", "hall", _STAIR, 18, 0.24),),
    )  # fmt: skip


def _bedroom(key: str, number: str, side: str, at: float | None = None) -> Room:
    return Room(
        key, number, "Magamistuba", "magamistuba", unit="1", windows=(Window(side, 1.5, at=at),),
        furniture=(Furniture("bed", 0.3, 0.3), Furniture("wardrobe", 0.2, 3.2)), sensors=("Temperature",),
    )  # fmt: skip


def _upper() -> Storey:
    south = Cut("u-south", "x", (
        (3.4, _bedroom("bed1", "201", "S")),
        (2.8, _bedroom("bed2", "202", "S")),
        (0, _bedroom("bed3", "203", "S")),
    ))  # fmt: skip
    north = Cut("u-north", "x", (
        (2.2, Room("bath", "204", "Vannituba", "vannituba", unit="1", windows=(Window("N", 0.6, 0.9, 1.4),))),
        (5.22, Room("landing", "205", "Hall", "-", unit="1")),
        (0, _bedroom("bed4", "206", "E")),
    ))  # fmt: skip
    return Storey(
        "k2", "2. korrus", 2.6, Cut("u", "y", ((4.2, south), (0, north))),
        doors=(
            Door("bed1", "landing", "bed1"),
            Door("bed2", "landing", "bed2"),
            Door("bed3", "landing", "bed3", at=7.4),
            Door("bed4", "landing", "bed4", at=5.35),
            Door("bath", "landing", "bath", 0.8, style="wet"),
        ),
    )  # fmt: skip
