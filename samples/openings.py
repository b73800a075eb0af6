"""Doors and windows: where they lie in their walls, and how they are written."""

from dataclasses import dataclass, replace

from samples.author import Entity
from samples.constructions import (
    DOOR_FRAME,
    DOOR_STYLES,
    FRAME_DEPTH,
    FRAME_WIDTH,
    GLASS_THICKNESS,
    WINDOW_G,
    WINDOW_U,
)
from samples.data import Sets
from samples.plan import OUTSIDE, Door, Rect, Room, Window
from samples.shapes import box, frame, mapped, representation_map
from samples.work import Level, Product, WallBody, Work

OVERSHOOT = 0.02  # metres that an opening body stands out of its wall, so that no two faces coincide
MARGIN = 0.02  # metres of wall that must remain beside an opening


@dataclass(frozen=True, slots=True)
class Planned:
    """A door or window in its wall.

    Attributes:
        key: Element key.
        item: The door or window of the plan.
        wall: Key of its wall.
        station: Distance of its lower-left corner from the start of the wall.
        sill: Height of its lower edge.
        rooms: Keys of the rooms that it touches (one room, or two).
        number: Running number within the level, the same in every stage.
    """

    key: str
    item: Door | Window
    wall: str
    station: float
    sill: float
    rooms: tuple[str, ...]
    number: int = 0


def plan_openings(level: Level, omitted: tuple[str, ...]) -> list[Planned]:
    """Find the wall and the station of every door and window of a level, and note them in the walls."""
    planned = [_plan_door(level, door) for door in level.storey.doors]
    for room, rect in level.rooms.values():
        planned += [_plan_window(level, room, rect, index, item) for index, item in enumerate(room.windows)]
    numbered = [replace(item, number=number) for number, item in enumerate(planned, 1)]
    kept = [item for item in numbered if item.key not in omitted]
    for item in kept:
        wall = level.walls[item.wall]
        height = item.item.height
        if item.station < MARGIN or item.station + item.item.width > wall.length - MARGIN:
            raise ValueError(f"{item.key}: does not lie in its wall {item.wall}")
        if any(_overlaps(item, other) for other in wall.openings):
            raise ValueError(f"{item.key}: overlaps another opening of {item.wall}")
        wall.openings.append((item.station, item.sill, item.item.width, height))
    return kept


def _overlaps(item: Planned, other: tuple[float, float, float, float]) -> bool:
    station, sill, width, height = other
    beside = item.station >= station + width or item.station + item.item.width <= station
    apart = item.sill >= sill + height or item.sill + item.item.height <= sill
    return not (beside or apart)


def _plan_window(level: Level, room: Room, rect: Rect, index: int, window: Window) -> Planned:
    wall = level.walls[f"{level.storey.key}/wall-{window.side}"]
    x, y = rect.centre
    if window.at is not None:
        x, y = (window.at, y) if window.side in "SN" else (x, window.at)
    _inside(room.key, rect, window.side, (x, y), window.width)
    station = round(wall.station(x, y) - window.width / 2, 6)
    key = f"{level.storey.key}/{room.key}/window-{window.side}{index}"
    return Planned(key, window, wall.key, station, window.sill, (room.key,))


def _plan_door(level: Level, door: Door) -> Planned:
    key = f"{level.storey.key}/door-{door.key}"
    rect = level.rooms[door.a][1]
    if door.b == OUTSIDE:
        wall = level.walls[f"{level.storey.key}/wall-{door.side}"]
        x, y = rect.centre
        if door.at is not None:
            x, y = (door.at, y) if door.side in "SN" else (x, door.at)
        _inside(key, rect, door.side, (x, y), door.width)
        return Planned(key, door, wall.key, round(wall.station(x, y) - door.width / 2, 6), 0.0, (door.a,))
    low, high, point = _shared(key, rect, level.rooms[door.b][1], door.at)
    middle = door.at if door.at is not None else (low + high) / 2
    if middle - door.width / 2 < low or middle + door.width / 2 > high:
        raise ValueError(f"{key}: rooms {door.a} and {door.b} share only {low}..{high}")
    wall = next(w for w in level.walls.values() if _contains(w.rect, point))
    return Planned(key, door, wall.key, round(wall.station(*point) - door.width / 2, 6), 0.0, (door.a, door.b))


def _shared(key: str, a: Rect, b: Rect, at: float | None) -> tuple[float, float, tuple[float, float]]:
    x, y = (max(a.x0, b.x0), min(a.x1, b.x1)), (max(a.y0, b.y0), min(a.y1, b.y1))
    if x[1] > x[0]:
        middle = at if at is not None else (x[0] + x[1]) / 2
        return x[0], x[1], (round(middle, 6), round((y[0] + y[1]) / 2, 6))
    if y[1] > y[0]:
        middle = at if at is not None else (y[0] + y[1]) / 2
        return y[0], y[1], (round((x[0] + x[1]) / 2, 6), round(middle, 6))
    raise ValueError(f"{key}: its rooms share no wall")


def _contains(rect: Rect, point: tuple[float, float]) -> bool:
    return rect.x0 <= point[0] <= rect.x1 and rect.y0 <= point[1] <= rect.y1


def _inside(name: str, rect: Rect, side: str, point: tuple[float, float], width: float) -> None:
    low, high, middle = (rect.x0, rect.x1, point[0]) if side in "SN" else (rect.y0, rect.y1, point[1])
    if middle - width / 2 < low - 1e-9 or middle + width / 2 > high + 1e-9:
        raise ValueError(f"{name}: an opening at {middle} leaves its room {low}..{high}")


def write_openings(work: Work, level: Level, planned: list[Planned]) -> None:
    """Write openings with the doors and windows that fill them."""
    for item in planned:
        wall = level.walls[item.wall]
        opening = _write_opening(work, wall, item)
        if isinstance(item.item, Door):
            _write_door(work, level, wall, item, item.item, opening)
        else:
            _write_window(work, level, wall, item, item.item, opening)


def _write_opening(work: Work, wall: WallBody, item: Planned) -> Entity:
    author, width, height = work.author, item.item.width, item.item.height
    half = wall.thickness / 2 + OVERSHOOT
    key = f"{item.key}/opening"
    entity = work.put(
        Product(
            "IfcOpeningElement", key, "Ava", wall.placement, (item.station, 0.0, item.sill),
            representations=(author.shape([box(author, (0.0, width), (-half, half), (0.0, height))]),),
            geometry=(width, height), quantity_set="Qto_OpeningElementBaseQuantities",
            quantities={"Width": ("length", width), "Height": ("length", height),
                        "Area": ("area", width * height)},
        )
    )  # fmt: skip
    author.link("IfcRelVoidsElement", key, RelatingBuildingElement=wall.entity, RelatedOpeningElement=entity)
    return entity


def _fill(work: Work, opening: Entity, element: Entity, key: str) -> None:
    work.author.link("IfcRelFillsElement", key, RelatingOpeningElement=opening, RelatedBuildingElement=element)


def _write_window(work: Work, level: Level, wall: WallBody, item: Planned, window: Window, opening: Entity) -> None:
    author = work.author
    kind = window_type(work, window.width, window.height)
    name = f"A {level.index + 1}.{item.number:02d}"
    area = round(window.width * window.height, 6)
    attributes = {"OverallHeight": author.length(window.height), "OverallWidth": author.length(window.width)}
    entity = work.put(
        Product(
            "IfcWindow", item.key, name, opening.ObjectPlacement,
            representations=(mapped(author, kind.RepresentationMaps[0]),), geometry=(window.width, window.height),
            sets=_window_sets(name, window), quantity_set="Qto_WindowBaseQuantities",
            quantities=_rim(window.width, window.height),
            attributes=attributes | ({"PredefinedType": "WINDOW"} if author.is_ifc4 else {}),
            inside=level.entity, type=kind, code="window",
        )
    )  # fmt: skip
    _fill(work, opening, entity, item.key)
    border = 2 * FRAME_WIDTH
    work.note("windows", {
        "global_id": entity.GlobalId, "wall": wall.entity.GlobalId,
        "space": work.gid(f"{level.storey.key}/{item.rooms[0]}"),
        "side": window.side, "azimuth_deg": work.azimuth(window.side), "orientation": work.compass(window.side),
        "width_m": window.width, "height_m": window.height, "sill_m": window.sill, "area_m2": area,
        "glass_m2": round((window.width - border) * (window.height - border), 6), "u_w_m2k": WINDOW_U, "g": WINDOW_G,
    })  # fmt: skip


def window_type(work: Work, width: float, height: float) -> Entity:
    """Return the window type of a size: frame and pane, shared by all its uses."""
    key = f"{width:g}x{height:g}"
    known = work.author.remember("type", "window", key)
    if known is not None:
        return known
    author = work.author
    ring = frame(author, width, height, FRAME_WIDTH, (-FRAME_DEPTH / 2, FRAME_DEPTH / 2))
    author.paint(ring, author.style("Aknaraam", (0.96, 0.95, 0.92)))
    b, g = FRAME_WIDTH, GLASS_THICKNESS / 2
    pane = box(author, (b, width - b), (-g, g), (b, height - b))
    author.paint(pane, author.style("Klaas", (0.60, 0.78, 0.86), 0.65))
    maps = [representation_map(author, [ring, pane])]
    if author.is_ifc4:
        entity = work.type_of("IfcWindowType", key, f"Aken {key}", PredefinedType="WINDOW",
                              PartitioningType="SINGLE_PANEL", RepresentationMaps=maps)  # fmt: skip
    else:
        entity = work.type_of("IfcWindowStyle", key, f"Aken {key}", ConstructionType="WOOD", Sizeable=False,
                              OperationType="SINGLE_PANEL", ParameterTakesPrecedence=False,
                              RepresentationMaps=maps)  # fmt: skip
    return author.keep(entity, "type", "window", key)


def _window_sets(name: str, window: Window) -> Sets:
    return {
        "Pset_WindowCommon": {
            "Reference": ("IfcIdentifier", "A"),
            "IsExternal": True,
            "ThermalTransmittance": ("IfcThermalTransmittanceMeasure", WINDOW_U),
            "GlazingAreaFraction": ("IfcPositiveRatioMeasure", _glazing(window)),
        },
        "AR_Aken": {
            "001_Nimetus": name,
            "300_Tähis": f"A{window.width * 10:g}x{window.height * 10:g}",
            "306_Ava-laius": ("IfcLengthMeasure", window.width),
            "307_Ava-kõrgus": ("IfcLengthMeasure", window.height),
            "315_Avanemine": "avatav",
            "335_Välispiire": True,
            "340_Soojusläbivus": WINDOW_U,
            "345_Päikesekiirgus-tegur": WINDOW_G,
        },
    }


def _glazing(window: Window) -> float:
    border = 2 * FRAME_WIDTH
    return round((window.width - border) * (window.height - border) / (window.width * window.height), 4)


def _rim(width: float, height: float) -> dict[str, tuple[str, float]]:
    return {
        "Width": ("length", width),
        "Height": ("length", height),
        "Perimeter": ("length", 2 * (width + height)),
        "Area": ("area", width * height),
    }


def _write_door(work: Work, level: Level, wall: WallBody, item: Planned, door: Door, opening: Entity) -> None:
    author, style = work.author, DOOR_STYLES[door.style]
    kind = door_type(work, door)
    name = f"U {level.index + 1}.{item.number:02d}"
    attributes = {"OverallHeight": author.length(door.height), "OverallWidth": author.length(door.width)}
    entity = work.put(
        Product(
            "IfcDoor", item.key, name, opening.ObjectPlacement,
            representations=(mapped(author, kind.RepresentationMaps[0]),),
            geometry=(door.width, door.height), sets=_door_sets(name, door, wall),
            quantity_set="Qto_DoorBaseQuantities", quantities=_rim(door.width, door.height),
            attributes=attributes | ({"PredefinedType": "DOOR"} if author.is_ifc4 else {}),
            inside=level.entity, type=kind, code="door",
        )
    )  # fmt: skip
    _fill(work, opening, entity, item.key)
    rooms = [work.gid(f"{level.storey.key}/{room}") for room in item.rooms]
    work.note("doors", {
        "global_id": entity.GlobalId, "wall": wall.entity.GlobalId, "from": rooms[0],
        "to": rooms[1] if len(rooms) > 1 else None, "side": door.side or None,
        "orientation": work.compass(door.side) if door.side else None,
        "width_m": door.width, "clear_width_m": round(door.width - 2 * DOOR_FRAME, 6), "height_m": door.height,
        "area_m2": round(door.width * door.height, 6), "u_w_m2k": style.u_value, "fire_rating": style.fire_rating,
    })  # fmt: skip


def door_type(work: Work, door: Door) -> Entity:
    """Return the door type of a style and size: frame and leaf, shared by all its uses."""
    key = f"{door.style} {door.width:g}x{door.height:g}"
    known = work.author.remember("type", "door", key)
    if known is not None:
        return known
    author, style, b = work.author, DOOR_STYLES[door.style], DOOR_FRAME
    ring = frame(author, door.width, door.height, b, (-0.05, 0.05))
    author.paint(ring, author.style("Ukseleng", (0.93, 0.90, 0.84)))
    leaf = box(author, (b, door.width - b), (-0.025, 0.025), (b, door.height - b))
    author.paint(leaf, author.style(style.name, style.colour))
    maps = [representation_map(author, [ring, leaf])]
    name = f"{style.name} {door.width:g}x{door.height:g}"
    if author.is_ifc4:
        entity = work.type_of("IfcDoorType", key, name, PredefinedType="DOOR", OperationType="SINGLE_SWING_LEFT",
                              RepresentationMaps=maps)  # fmt: skip
    else:
        entity = work.type_of("IfcDoorStyle", key, name, OperationType="SINGLE_SWING_LEFT",
                              ConstructionType="WOOD", ParameterTakesPrecedence=False, Sizeable=False,
                              RepresentationMaps=maps)  # fmt: skip
    return author.keep(entity, "type", "door", key)


def _door_sets(name: str, door: Door, wall: WallBody) -> Sets:
    style, external = DOOR_STYLES[door.style], bool(wall.side)
    sets: Sets = {
        "Pset_DoorCommon": {
            "Reference": ("IfcIdentifier", style.name),
            "IsExternal": external,
            "ThermalTransmittance": ("IfcThermalTransmittanceMeasure", style.u_value),
            "FireExit": door.exit,
            "SelfClosing": style.self_closing,
        },
        "AR_Uks": {
            "001_Nimetus": name,
            "300_Tähis": f"U{door.width * 10:g}x{door.height * 10:g}",
            "306_Ava-laius": ("IfcLengthMeasure", round(door.width - 2 * DOOR_FRAME, 6)),
            "307_Ava-kõrgus": ("IfcLengthMeasure", round(door.height - 2 * DOOR_FRAME, 6)),
            "335_Välispiire": external,
            "340_Soojusläbivus": style.u_value,
            "360_Ratastooliga": door.width >= 0.9,
            "365_Isesulguv": style.self_closing,
            "370_Evakuatsiooniväljapääs": door.exit,
        },
    }
    if style.fire_rating:
        sets["Pset_DoorCommon"]["FireRating"] = style.fire_rating
        sets["AR_Uks"]["330_Tulekindlus"] = style.fire_rating
    return sets
