"""From a plan to one IFC file and the truth about it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from samples.author import Author, Entity
from samples.constructions import CONSTRUCTIONS, thickness_of
from samples.data import Sets, attach
from samples.interior import write_furniture, write_space, write_stair
from samples.openings import plan_openings, write_openings
from samples.plan import Plan, Rect, Storey, lay_out
from samples.services import write_equipment, write_meters, write_sensors
from samples.shell import inner_wall, outer_walls, roof_height, write_roof, write_slab, write_wall
from samples.site import describe_building, write_spatial_root
from samples.summary import summarize
from samples.ventilation import write_ventilation
from samples.work import Json, Level, MapPlacement, Work

Change = Callable[[Work], None]


def build(
    plan: Plan,
    place: MapPlacement,
    stage: str,
    path: Path,
    extras: Sequence[Change] = (),
    edits: Sequence[Change] = (),
) -> Work:
    """Write one building to a file.

    Args:
        plan: The building.
        place: Where it stands.
        stage: Lifecycle stage of the file.
        path: File to write.
        extras: What to add to the building before its relations are written.
        edits: What to change in the finished file.

    Returns:
        The finished work: its truth, the facts of every element, and its points.

    Raises:
        ValueError: If the plan contradicts itself, such as a door that leaves its wall.
    """
    work = Work(plan, place, Author(plan.schema, plan.building_id, plan.length_unit), stage)
    heights = wall_heights(plan)
    inner = plan.outer.inset(thickness_of(plan.exterior))
    write_spatial_root(work)
    elevation = 0.0
    for index, storey in enumerate(plan.storeys):
        work.levels.append(_open_level(work, storey, index, elevation, heights[index], inner))
        elevation = round(elevation + heights[index], 6)
    describe_building(work, total_height(plan))
    for level in work.levels:
        _write_level(work, level, inner)
    roof_top = round(work.levels[-1].elevation + write_roof(work, work.levels[-1], inner), 6)
    if plan.air_handling:
        write_ventilation(work)
    _write_zones(work)
    summarize(work, inner, roof_top)
    for extra in extras:
        extra(work)
    work.author.finish(path)
    for edit in edits:
        edit(work)
    if edits:
        work.author.file.write(str(path))
    work.truth["counts"] = dict(sorted(work.author.counts.items()))
    return work


def wall_heights(plan: Plan) -> list[float]:
    """Return the height of the outer walls of each storey, metres."""
    floor = CONSTRUCTIONS[plan.slab].thickness
    heights = [round(storey.clear_height + floor, 6) for storey in plan.storeys]
    last = CONSTRUCTIONS["attic"].thickness if plan.roof == "gable" else 0.0
    heights[-1] = round(plan.storeys[-1].clear_height + last, 6)
    return heights


def total_height(plan: Plan) -> float:
    """Return the height from the underside of the ground slab to the highest point, metres."""
    return round(sum(wall_heights(plan)) + roof_height(plan) + CONSTRUCTIONS["ground"].thickness, 6)


def _open_level(work: Work, storey: Storey, index: int, elevation: float, wall_height: float, inner: Rect) -> Level:
    author = work.author
    rooms, walls = lay_out(storey.layout, inner, thickness_of)
    if len({room.key for room, _ in rooms}) < len(rooms):
        raise ValueError(f"storey {storey.key!r}: two rooms have the same key")
    placement = author.placement(work.building.ObjectPlacement, 0.0, 0.0, elevation, (1.0, 0.0))
    entity = author.root(
        "IfcBuildingStorey", storey.key, Name=str(index + 1), LongName=storey.name, ObjectPlacement=placement,
        CompositionType="ELEMENT", Elevation=author.length(elevation),
    )  # fmt: skip
    work.part_of(work.building, entity)
    work.positions[placement.id()] = (0.0, 0.0, elevation, 1.0, 0.0)
    level = Level(storey, index, elevation, wall_height, {room.key: (room, rect) for room, rect in rooms}, entity,
                  placement)  # fmt: skip
    for body in [*outer_walls(work, level), *(inner_wall(level, wall) for wall in walls)]:
        level.walls[body.key] = body
    _describe_level(work, level, inner)
    return level


def _describe_level(work: Work, level: Level, inner: Rect) -> None:
    storey = level.storey
    net = round(sum(rect.area for _, rect in level.rooms.values()), 6)
    work.remember(storey.key, level.entity, storey.name, level.elevation, level.wall_height, net)
    sets: Sets = {
        "Pset_BuildingStoreyCommon": {"Reference": ("IfcIdentifier", storey.key),
                                      "AboveGround": ("IfcLogical", True)},
        "AR_Korrus": {"060_Korruse-nimi": storey.name, "065_Korruse-number": str(level.index + 1),
                      "070_Maapealne": True, "710_Määrusejärgne-korrus": True},
    }  # fmt: skip
    attach(work.author, level.entity, sets, "Qto_BuildingStoreyBaseQuantities", {
        "GrossHeight": ("length", level.wall_height), "NetHeight": ("length", storey.clear_height),
        "GrossFloorArea": ("area", work.plan.outer.area), "NetFloorArea": ("area", net),
    })  # fmt: skip
    work.note("storeys", {
        "global_id": level.entity.GlobalId, "name": storey.name, "elevation_m": level.elevation,
        "clear_height_m": storey.clear_height, "wall_height_m": level.wall_height, "net_floor_area_m2": net,
        "inner_m2": inner.area,
    })  # fmt: skip


def _write_level(work: Work, level: Level, inner: Rect) -> None:
    _write_floor(work, level, inner)
    for room, rect in level.rooms.values():
        level.spaces[room.key] = write_space(work, level, room, rect)
    planned = plan_openings(level, work.plan.omitted)
    for number, wall in enumerate(level.walls.values(), 1):
        write_wall(work, level, wall, number)
    write_openings(work, level, planned)
    for room, rect in level.rooms.values():
        write_furniture(work, level, room, rect)
        write_sensors(work, level, room, rect)
    for stair in level.storey.stairs:
        write_stair(work, level, stair, level.wall_height)
    write_equipment(work, level)
    if level.index == 0:
        write_meters(work, level)


def _write_floor(work: Work, level: Level, inner: Rect) -> None:
    if level.index == 0:
        write_slab(work, level, "ground", work.plan.outer, "ground", "BASESLAB", 0.0)
        return
    below = work.levels[level.index - 1].storey
    holes = tuple(stair.rect for stair in below.stairs)
    write_slab(work, level, "floor", inner, work.plan.slab, "FLOOR", 0.0, holes)


def _write_zones(work: Work) -> None:
    compartments: dict[str, list[tuple[Entity, float]]] = {}
    everything: list[Entity] = []
    for level in work.levels:
        for room, rect in level.rooms.values():
            space = level.spaces[room.key]
            compartments.setdefault(room.compartment or "maja", []).append((space, rect.area))
            everything.append(space)
    for key, members in compartments.items():
        area = round(sum(size for _, size in members), 6)
        stairs = key == "trepikoda"
        sets: Sets = {"AR_Tsoon_Tuleohutus": {
            "081_Tuletõkketsooni-tähis": key, "085_Tuletõkkesektsioon": work.plan.compartment_rating,
            "090_Pindala": ("IfcAreaMeasure", area), "715_Evakuatsioonitee": stairs,
        }}  # fmt: skip
        zone = work.zone(f"zone/fire/{key}", f"Tuletõkkesektsioon {key}", sets, [space for space, _ in members])
        row: Json = {"global_id": zone.GlobalId, "kind": "fire", "name": key, "area_m2": area,
                     "spaces": [space.GlobalId for space, _ in members]}  # fmt: skip
        work.note("zones", row)
    use, code = work.plan.use
    sets = {"AR_Tsoon_Kasutusotstarve": {"703_Kasutajate-arv": work.plan.users, "704_Kasutusotstarve": use,
                                         "705_Kasutusotstarbe-kood": code,
                                         "707_Tuleohutusklass": work.plan.fire_class}}  # fmt: skip
    zone = work.zone("zone/use", use, sets, everything)
    work.note("zones", {"global_id": zone.GlobalId, "kind": "use", "name": use,
                        "spaces": [space.GlobalId for space in everything]})  # fmt: skip
