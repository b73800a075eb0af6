"""The shell of a building: walls, slabs, roof."""

from math import cos, radians, tan

from samples.author import Entity
from samples.constructions import CONSTRUCTIONS, Construction
from samples.data import Quantities, Sets, layer_set, use_layers
from samples.plan import InnerWall, Plan, Rect
from samples.shapes import axis_line, box, polygon_area, prism_along_x
from samples.work import Level, Product, WallBody, Work

EAVES = 0.5  # metres; under 1 m, so it does not count as footprint
PITCHED_THICKNESS = CONSTRUCTIONS["pitched_roof"].thickness


def outer_walls(work: Work, level: Level) -> list[WallBody]:
    """Return the external walls: south and north run through, east and west stand between them."""
    r, construction = work.plan.outer, work.plan.exterior
    t = CONSTRUCTIONS[construction].thickness
    h = t / 2
    spans = (
        ("S", (r.x0, r.y0 + h), (1.0, 0.0), r.width, Rect(r.x0, r.y0, r.x1, r.y0 + t)),
        ("E", (r.x1 - h, r.y0 + t), (0.0, 1.0), r.depth - 2 * t, Rect(r.x1 - t, r.y0 + t, r.x1, r.y1 - t)),
        ("N", (r.x1, r.y1 - h), (-1.0, 0.0), r.width, Rect(r.x0, r.y1 - t, r.x1, r.y1)),
        ("W", (r.x0 + h, r.y1 - t), (0.0, -1.0), r.depth - 2 * t, Rect(r.x0, r.y0 + t, r.x0 + t, r.y1 - t)),
    )
    return [
        WallBody(
            f"{level.storey.key}/wall-{side}",
            start,
            along,
            round(length, 6),
            t,
            level.wall_height,
            construction,
            side,
            rect,
        )
        for side, start, along, length, rect in spans
    ]


def inner_wall(level: Level, wall: InnerWall) -> WallBody:
    """Return the body of a wall between rooms."""
    r, t = wall.rect, CONSTRUCTIONS[wall.construction].thickness
    across = wall.axis == "x"
    start = (r.x0 + t / 2, r.y0) if across else (r.x0, r.y0 + t / 2)
    along = (0.0, 1.0) if across else (1.0, 0.0)
    length = r.depth if across else r.width
    key = f"{level.storey.key}/{wall.key}"
    return WallBody(key, start, along, length, t, level.storey.clear_height, wall.construction, "", r)


def write_wall(work: Work, level: Level, wall: WallBody, number: int) -> None:
    """Write a wall; its openings must be known already, because they decide its net quantities."""
    author, construction = work.author, CONSTRUCTIONS[wall.construction]
    half = wall.thickness / 2
    solid = box(author, (0.0, wall.length), (-half, half), (0.0, wall.height))
    author.paint(solid, author.style(construction.name, construction.colour))
    name = f"{construction.tag} {level.index + 1}.{number:02d}"
    wall.entity = work.put(
        Product(
            "IfcWall" if author.is_ifc4 else "IfcWallStandardCase",
            wall.key,
            name,
            level.placement,
            (*wall.start, 0.0),
            wall.along,
            (axis_line(author, wall.length), author.shape([solid])),
            (wall.length, wall.thickness, wall.height),
            _wall_sets(wall, construction, name),
            "Qto_WallBaseQuantities",
            _wall_quantities(wall),
            {"Tag": construction.tag},
            level.entity,
            _wall_type(work, construction),
            "wall",
        )
    )
    use_layers(author, wall.entity, construction)
    wall.placement = wall.entity.ObjectPlacement
    work.note("walls", _wall_truth(wall, level, construction))


def _wall_type(work: Work, construction: Construction) -> Entity:
    known = work.author.remember("type", "IfcWallType", construction.key)
    if known is not None:
        return known
    predefined = "SOLIDWALL" if work.author.is_ifc4 else "STANDARD"
    entity = work.type_of("IfcWallType", construction.key, construction.name, PredefinedType=predefined)
    chosen = layer_set(work.author, construction)
    work.author.relate("IfcRelAssociatesMaterial", ("RelatingMaterial", chosen), ("RelatedObjects", entity))
    return entity


def _wall_sets(wall: WallBody, construction: Construction, name: str) -> Sets:
    external = bool(wall.side)
    shared: Sets = {
        "Pset_WallCommon": {
            "Reference": ("IfcIdentifier", construction.tag),
            "IsExternal": external,
            "LoadBearing": construction.load_bearing,
            "ThermalTransmittance": ("IfcThermalTransmittanceMeasure", construction.u_value),
        },
        "AR_Sein": {
            "001_Nimetus": name,
            "205_Tähis": construction.tag,
            "335_Välispiire": external,
            "500_Kandev": construction.load_bearing,
            "505_Paksus": ("IfcLengthMeasure", wall.thickness),
            "340_Soojusläbivus": construction.u_value,
        },
    }
    if construction.fire_rating:
        shared["Pset_WallCommon"]["FireRating"] = construction.fire_rating
        shared["AR_Sein"]["330_Tulekindlus"] = construction.fire_rating
    return shared


def _wall_quantities(wall: WallBody) -> Quantities:
    net = wall.gross_area - wall.open_area
    return {
        "Length": ("length", wall.length),
        "Width": ("length", wall.thickness),
        "Height": ("length", wall.height),
        "GrossFootprintArea": ("area", wall.length * wall.thickness),
        "GrossSideArea": ("area", wall.gross_area),
        "NetSideArea": ("area", net),
        "GrossVolume": ("volume", wall.gross_area * wall.thickness),
        "NetVolume": ("volume", net * wall.thickness),
    }


def _wall_truth(wall: WallBody, level: Level, construction: Construction) -> dict[str, object]:
    return {
        "global_id": wall.entity.GlobalId,
        "storey": level.entity.GlobalId,
        "construction": construction.key,
        "u_w_m2k": construction.u_value,
        "side": wall.side or None,
        "length_m": wall.length,
        "thickness_m": wall.thickness,
        "height_m": wall.height,
        "net_volume_m3": round((wall.gross_area - wall.open_area) * wall.thickness, 6),
    }


def write_slab(
    work: Work, level: Level, key: str, rect: Rect, construction_key: str, predefined: str, top: float,
    holes: tuple[Rect, ...] = (), whole: Entity = None, parent: Entity = None,
) -> Entity:  # fmt: skip
    """Write a horizontal slab whose upper face lies at `top`, with rectangular holes."""
    author, construction = work.author, CONSTRUCTIONS[construction_key]
    t = construction.thickness
    solid = box(author, (rect.x0, rect.x1), (rect.y0, rect.y1), (0.0, t))
    author.paint(solid, author.style(construction.name, construction.colour))
    net = rect.area - sum(hole.area for hole in holes)
    entity = work.put(
        Product(
            "IfcSlab",
            f"{level.storey.key}/{key}",
            f"{construction.tag} {construction.name}",
            parent or level.placement,
            (0.0, 0.0, round(top - t, 6)),
            representations=(author.shape([solid]),),
            geometry=(rect, t, holes),
            sets=slab_sets(construction, net),
            quantity_set="Qto_SlabBaseQuantities",
            quantities={
                "Width": ("length", t),
                "Perimeter": ("length", 2 * (rect.width + rect.depth)),
                "GrossArea": ("area", rect.area),
                "NetArea": ("area", net),
                "GrossVolume": ("volume", rect.area * t),
                "NetVolume": ("volume", net * t),
            },
            attributes={"PredefinedType": predefined},
            inside=None if whole is not None else level.entity,
            type=work.type_of("IfcSlabType", construction.key, construction.name, PredefinedType=predefined),
            code=construction.kind,
        )
    )
    use_layers(author, entity, construction)
    for index, hole in enumerate(holes):
        _cut(work, entity, f"{level.storey.key}/{key}/hole-{index}", hole, t)
    work.note("slabs", {
        "global_id": entity.GlobalId, "kind": construction.kind, "u_w_m2k": construction.u_value,
        "gross_m2": rect.area, "net_m2": round(net, 6), "net_volume_m3": round(net * t, 6), "tilt_deg": 0.0,
    })  # fmt: skip
    if whole is not None:
        work.part_of(whole, entity)
    return entity


def _cut(work: Work, slab: Entity, key: str, hole: Rect, thickness: float) -> None:
    author = work.author
    solid = box(author, (hole.x0, hole.x1), (hole.y0, hole.y1), (-0.05, thickness + 0.05))
    opening = work.put(
        Product("IfcOpeningElement", key, "Trepiava", slab.ObjectPlacement,
                representations=(author.shape([solid]),), geometry=(hole,),
                quantity_set="Qto_OpeningElementBaseQuantities", quantities={"Area": ("area", hole.area)})
    )  # fmt: skip
    author.link("IfcRelVoidsElement", key, RelatingBuildingElement=slab, RelatedOpeningElement=opening)


def slab_sets(construction: Construction, net_area: float) -> Sets:
    """Return the property sets of a slab."""
    external = construction.kind in ("ground", "roof")
    sets: Sets = {
        "Pset_SlabCommon": {
            "Reference": ("IfcIdentifier", construction.tag),
            "IsExternal": external,
            "LoadBearing": True,
            "ThermalTransmittance": ("IfcThermalTransmittanceMeasure", construction.u_value),
        },
        "AR_Plaat": {
            "001_Nimetus": construction.name,
            "205_Tähis": construction.tag,
            "500_Kandev": True,
            "340_Soojusläbivus": construction.u_value,
            "515_Neto-pindala": ("IfcAreaMeasure", round(net_area, 6)),
        },
    }
    if construction.fire_rating:
        sets["Pset_SlabCommon"]["FireRating"] = construction.fire_rating
        sets["AR_Plaat"]["330_Tulekindlus"] = construction.fire_rating
    return sets


def roof_height(plan: Plan) -> float:
    """Return the height of the highest point above the top of the external walls."""
    if plan.roof == "flat":
        return CONSTRUCTIONS["flat_roof"].thickness
    pitch = radians(plan.pitch_deg)
    return plan.outer.depth / 2 * tan(pitch) + PITCHED_THICKNESS / cos(pitch)


def write_roof(work: Work, level: Level, inner: Rect) -> float:
    """Write the roof on the top level and return the height of its highest point above the level."""
    kind = "GABLE_ROOF" if work.plan.roof == "gable" else "FLAT_ROOF"
    attribute = "PredefinedType" if work.author.is_ifc4 else "ShapeType"
    sets: Sets = {"Pset_RoofCommon": {"Reference": ("IfcIdentifier", "KA"), "IsExternal": True}}
    roof = work.put(
        Product("IfcRoof", "roof", "Katus", level.placement, sets=sets, attributes={attribute: kind},
                inside=level.entity, code="roof")
    )  # fmt: skip
    if work.plan.roof == "flat":
        top = round(level.wall_height + CONSTRUCTIONS["flat_roof"].thickness, 6)
        write_slab(work, level, "roof", work.plan.outer, "flat_roof", "ROOF", top, whole=roof,
                   parent=level.placement)  # fmt: skip
        return top
    attic = CONSTRUCTIONS["attic"].thickness
    write_slab(work, level, "attic", inner, "attic", "FLOOR", round(level.storey.clear_height + attic, 6))
    _gables(work, level)
    return _pitched(work, level, roof)


def _gables(work: Work, level: Level) -> None:
    r, construction = work.plan.outer, CONSTRUCTIONS[work.plan.exterior]
    rise = r.depth / 2 * tan(radians(work.plan.pitch_deg))
    outline = ((0.0, 0.0), (r.depth, 0.0), (r.depth / 2, rise))
    t = construction.thickness
    for side, x in (("W", r.x0), ("E", r.x1 - t)):
        author = work.author
        solid = prism_along_x(author, outline, (0.0, t))
        author.paint(solid, author.style(construction.name, construction.colour))
        name = f"{construction.tag} viil {side}"
        wall = WallBody("", (0, 0), (0, 1), r.depth, t, rise, construction.key, side, r)
        area = polygon_area(outline)
        sets = _wall_sets(wall, construction, name)
        entity = work.put(
            Product("IfcWall", f"{level.storey.key}/gable-{side}", name, level.placement,
                    (x, r.y0, level.wall_height), representations=(author.shape([solid]),),
                    geometry=(r.depth, rise, t), sets=sets, quantity_set="Qto_WallBaseQuantities",
                    quantities={"Length": ("length", r.depth), "Width": ("length", t),
                                "GrossSideArea": ("area", area), "NetSideArea": ("area", area),
                                "GrossVolume": ("volume", area * t), "NetVolume": ("volume", area * t)},
                    attributes={"Tag": construction.tag}, inside=level.entity,
                    type=_wall_type(work, construction), code="wall")
        )  # fmt: skip
        work.note("gables", {"global_id": entity.GlobalId, "side": side, "area_m2": round(area, 6),
                             "azimuth_deg": work.azimuth(side), "orientation": work.compass(side)})  # fmt: skip


def _pitched(work: Work, level: Level, roof: Entity) -> float:
    r, pitch = work.plan.outer, radians(work.plan.pitch_deg)
    rise, vertical = r.depth / 2 * tan(pitch), PITCHED_THICKNESS / cos(pitch)
    eave, middle, base = -EAVES * tan(pitch), r.depth / 2, level.wall_height
    halves = {
        "S": ((-EAVES, eave), (middle, rise), (middle, rise + vertical), (-EAVES, eave + vertical)),
        "N": ((middle, rise), (r.depth + EAVES, eave), (r.depth + EAVES, eave + vertical), (middle, rise + vertical)),
    }
    length = r.width + 2 * EAVES
    slope = (middle + EAVES) / cos(pitch)
    for side, outline in halves.items():
        _roof_half(work, level, roof, side, outline, (length, slope), base)
    return round(base + rise + vertical, 6)


def _roof_half(
    work: Work, level: Level, roof: Entity, side: str, outline: tuple[tuple[float, float], ...],
    size: tuple[float, float], base: float,
) -> None:  # fmt: skip
    author, construction, r = work.author, CONSTRUCTIONS["pitched_roof"], work.plan.outer
    length, slope = size
    solid = prism_along_x(author, outline, (-EAVES, r.width + EAVES))
    author.paint(solid, author.style(construction.name, construction.colour))
    area, volume = length * slope, polygon_area(outline) * length
    entity = work.put(
        Product("IfcSlab", f"{level.storey.key}/roof-{side}", f"{construction.tag} {construction.name} {side}",
                level.placement, (r.x0, r.y0, base), representations=(author.shape([solid]),),
                geometry=(outline, length), sets=slab_sets(construction, area),
                quantity_set="Qto_SlabBaseQuantities",
                quantities={"Width": ("length", construction.thickness), "GrossArea": ("area", area),
                            "NetArea": ("area", area), "GrossVolume": ("volume", volume),
                            "NetVolume": ("volume", volume)},
                attributes={"PredefinedType": "ROOF"},
                type=work.type_of("IfcSlabType", construction.key, construction.name, PredefinedType="ROOF"),
                code="roof")
    )  # fmt: skip
    use_layers(author, entity, construction)
    work.part_of(roof, entity)
    work.note("slabs", {
        "global_id": entity.GlobalId, "kind": "pitched_roof", "u_w_m2k": construction.u_value,
        "gross_m2": round(area, 6), "net_m2": round(area, 6), "net_volume_m3": round(volume, 6),
        "tilt_deg": work.plan.pitch_deg, "azimuth_deg": work.azimuth(side), "orientation": work.compass(side),
    })  # fmt: skip
