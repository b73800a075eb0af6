"""What is inside a storey: spaces, suspended ceilings, stairs, furniture."""

from samples.author import Entity
from samples.data import Sets
from samples.plan import Rect, Room, Stair
from samples.shapes import box, mapped, polygon_area, prism_along_x, representation_map
from samples.work import Level, Product, Work

CEILING_THICKNESS = 0.02
WAIST = 0.18  # vertical thickness of a stair flight below the inner corner of its steps

Block = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float, float]]
_WOOD, _FABRIC, _WHITE, _DARK = (0.66, 0.48, 0.30), (0.45, 0.52, 0.50), (0.92, 0.91, 0.88), (0.25, 0.25, 0.27)

FURNITURE: dict[str, tuple[str, tuple[Block, ...]]] = {
    "bed": ("Voodi", (
        ((0.0, 1.6), (0.0, 2.0), (0.0, 0.3), _WOOD), ((0.05, 1.55), (0.05, 1.95), (0.3, 0.5), _WHITE))),
    "wardrobe": ("Kapp", (((0.0, 1.6), (0.0, 0.6), (0.0, 2.0), _WOOD),)),
    "table": ("Laud", (
        ((0.0, 1.6), (0.0, 0.9), (0.70, 0.74), _WOOD), ((0.7, 0.9), (0.35, 0.55), (0.0, 0.70), _DARK))),
    "desk": ("Töölaud", (
        ((0.0, 1.4), (0.0, 0.7), (0.70, 0.73), _WHITE), ((0.0, 0.05), (0.0, 0.7), (0.0, 0.70), _DARK),
        ((1.35, 1.4), (0.0, 0.7), (0.0, 0.70), _DARK))),
    "sofa": ("Diivan", (
        ((0.0, 2.0), (0.0, 0.9), (0.0, 0.42), _FABRIC), ((0.0, 2.0), (0.7, 0.9), (0.42, 0.85), _FABRIC))),
    "counter": ("Köögimööbel", (
        ((0.0, 0.6), (0.0, 2.4), (0.0, 0.86), _WHITE), ((0.0, 0.6), (0.0, 2.4), (0.86, 0.90), _DARK))),
    "pupil": ("Koolipink", (
        ((0.0, 1.2), (0.0, 0.5), (0.68, 0.72), _WOOD), ((0.1, 1.1), (0.22, 0.28), (0.0, 0.68), _DARK))),
}  # fmt: skip


def write_space(work: Work, level: Level, room: Room, rect: Rect) -> Entity:
    """Write a space with its net solid, quantities and sets."""
    author = work.author
    height = room.ceiling or level.storey.clear_height
    solid = box(author, (rect.x0, rect.x1), (rect.y0, rect.y1), (0.0, height))
    volume = round(rect.area * height, 6)
    attributes = {"LongName": room.long_name, "CompositionType": "ELEMENT"}
    attributes |= {"PredefinedType": "INTERNAL"} if author.is_ifc4 else {"InteriorOrExteriorSpace": "INTERNAL"}
    entity = work.put(
        Product(
            "IfcSpace", f"{level.storey.key}/{room.key}", room.name, level.placement,
            representations=(author.shape([solid]),), geometry=(rect, height),
            sets=_space_sets(room, rect), quantity_set="Qto_SpaceBaseQuantities",
            quantities={"Height": ("length", height), "NetPerimeter": ("length", 2 * (rect.width + rect.depth)),
                        "NetFloorArea": ("area", rect.area), "NetVolume": ("volume", volume)},
            attributes=attributes, code="space",
        )
    )  # fmt: skip
    work.part_of(level.entity, entity)
    if room.ceiling is not None:
        _write_ceiling(work, level, room, rect, room.ceiling)
    z = level.elevation
    work.note("spaces", {
        "global_id": entity.GlobalId, "key": f"{level.storey.key}/{room.key}", "name": room.name,
        "long_name": entity.LongName, "category": room.category, "unit": room.unit or None,
        "storey": level.entity.GlobalId, "heated": room.heated, "floor_area_m2": rect.area, "height_m": height,
        "volume_m3": volume, "min_width_m": min(rect.width, rect.depth), "windows": len(room.windows),
        "box": [rect.x0, rect.y0, z, rect.x1, rect.y1, round(z + height, 6)],
    })  # fmt: skip
    return entity


def _space_sets(room: Room, rect: Rect) -> Sets:
    sets: Sets = {
        "Pset_SpaceCommon": {
            "Reference": ("IfcIdentifier", room.kind),
            "Category": room.category,
            "IsExternal": False,
            "NetPlannedArea": ("IfcAreaMeasure", rect.area),
        },
        "AR_Ruum": {
            "100_Nimi": room.long_name,
            "105_Number": room.name,
            "110_Tüüp": room.kind,
            "115_Kategooria": room.category,
            "120_Pindala": ("IfcAreaMeasure", rect.area),
            "720_Köetav-pind": room.heated,
            "721_Ruumitemperatuuriga-pind": room.heated,
        },
    }
    if room.unit:
        sets["AR_Ruum"]["722_Eluruumi-number"] = room.unit
    return sets


def _write_ceiling(work: Work, level: Level, room: Room, rect: Rect, height: float) -> None:
    author = work.author
    solid = box(author, (rect.x0, rect.x1), (rect.y0, rect.y1), (height, height + CEILING_THICKNESS))
    author.paint(solid, author.style("Ripplagi", (0.95, 0.94, 0.91)))
    work.put(
        Product(
            "IfcCovering", f"{level.storey.key}/{room.key}/ceiling", "Ripplagi", level.placement,
            representations=(author.shape([solid]),), geometry=(rect, height),
            sets={"Pset_CoveringCommon": {"Reference": ("IfcIdentifier", "RL-01"), "IsExternal": False}},
            quantity_set="Qto_CoveringBaseQuantities",
            quantities={"Width": ("length", CEILING_THICKNESS), "GrossArea": ("area", rect.area),
                        "NetArea": ("area", rect.area)},
            attributes={"PredefinedType": "CEILING"}, inside=level.entity,
        )
    )  # fmt: skip


def write_furniture(work: Work, level: Level, room: Room, rect: Rect) -> None:
    """Write the furniture of a room; equal pieces share one geometry."""
    author = work.author
    for index, piece in enumerate(room.furniture):
        title, blocks = FURNITURE[piece.kind]
        source = author.remember("furniture", piece.kind)
        if source is None:
            items = []
            for x, y, z, colour in blocks:
                solid = box(author, x, y, z)
                author.paint(solid, author.style(f"Mööbel {colour}", colour))
                items.append(solid)
            source = author.keep(representation_map(author, items), "furniture", piece.kind)
        work.put(
            Product(
                "IfcFurniture" if author.is_ifc4 else "IfcFurnishingElement",
                f"{level.storey.key}/{room.key}/furniture-{index}", title, level.placement,
                (round(rect.x0 + piece.x, 6), round(rect.y0 + piece.y, 6), 0.0),
                representations=(mapped(author, source),), geometry=(piece.kind,),
                inside=level.spaces[room.key],
            )
        )  # fmt: skip


def write_stair(work: Work, level: Level, stair: Stair, rise: float) -> None:
    """Write a half-turn stair: two flights and a landing."""
    author, rect = work.author, stair.rect
    attribute = "PredefinedType" if author.is_ifc4 else "ShapeType"
    key = f"{level.storey.key}/flights-{stair.key}"
    sets: Sets = {"Pset_StairCommon": {
        "NumberOfRiser": ("IfcCountMeasure", stair.risers), "NumberOfTreads": ("IfcCountMeasure", stair.risers - 2),
        "RiserHeight": ("IfcPositiveLengthMeasure", round(rise / stair.risers, 6)),
        "TreadLength": ("IfcPositiveLengthMeasure", stair.going),
    }}  # fmt: skip
    whole = work.put(Product("IfcStair", key, "Trepp", level.placement, sets=sets, inside=level.entity,
                             attributes={attribute: "HALF_TURN_STAIR"}))  # fmt: skip
    steps = stair.risers // 2
    half, run = rise / 2, (steps - 1) * stair.going
    turn, gap = rect.y0 + run, 0.05
    middle = (rect.x0 + rect.x1) / 2
    up = _flight(rect.y0, steps, half / steps, stair.going, 1.0)
    back = _flight(turn, steps, half / steps, stair.going, -1.0)
    _write_flight(work, level, whole, f"{key}/1", up, (rect.x0, middle - gap), 0.0)
    _write_flight(work, level, whole, f"{key}/2", back, (middle + gap, rect.x1), half)
    solid = box(author, (rect.x0, rect.x1), (turn, rect.y1), (half - WAIST, half))
    author.paint(solid, author.style("Trepp", (0.70, 0.66, 0.60)))
    area = (rect.x1 - rect.x0) * (rect.y1 - turn)
    landing = work.put(
        Product("IfcSlab", f"{key}/landing", "Trepimade", level.placement, representations=(author.shape([solid]),),
                geometry=(rect, half), attributes={"PredefinedType": "LANDING"},
                quantity_set="Qto_SlabBaseQuantities",
                quantities={"Width": ("length", WAIST), "GrossArea": ("area", area), "NetArea": ("area", area),
                            "GrossVolume": ("volume", area * WAIST), "NetVolume": ("volume", area * WAIST)})
    )  # fmt: skip
    work.part_of(whole, landing)


def _flight(y: float, steps: int, riser: float, going: float, sign: float) -> list[tuple[float, float]]:
    outline = [(y, 0.0)]
    for step in range(steps - 1):
        outline.append((y + sign * step * going, (step + 1) * riser))
        outline.append((y + sign * (step + 1) * going, (step + 1) * riser))
    end = y + sign * (steps - 1) * going
    outline.append((end, (steps - 1) * riser - WAIST))
    outline.append((y + sign * going, 0.0))
    return outline


def _write_flight(
    work: Work, level: Level, whole: Entity, key: str, outline: list[tuple[float, float]], x: tuple[float, float],
    base: float,
) -> None:  # fmt: skip
    author = work.author
    solid = prism_along_x(author, outline, (0.0, x[1] - x[0]))
    author.paint(solid, author.style("Trepp", (0.70, 0.66, 0.60)))
    volume = polygon_area(outline) * (x[1] - x[0])
    flight = work.put(
        Product("IfcStairFlight", key, "Trepikäik", level.placement, (round(x[0], 6), 0.0, round(base, 6)),
                representations=(author.shape([solid]),), geometry=(tuple(outline),),
                quantity_set="Qto_StairFlightBaseQuantities",
                quantities={"GrossVolume": ("volume", volume), "NetVolume": ("volume", volume)})
    )  # fmt: skip
    work.part_of(whole, flight)
