"""The named tests that packs may refer to, with the numbers and arguments they take and the data they need."""

from collections.abc import Mapping

from twin.permit import (
    access_tests,
    advisory_tests,
    building_tests,
    door_tests,
    dwelling_tests,
    figure_tests,
    fire_tests,
    georeference_tests,
    health_tests,
    model_tests,
    parcel_tests,
    plan_tests,
    property_tests,
    range_tests,
    room_tests,
)
from twin.permit.exits import EXIT_PATHS
from twin.permit.rooms import CATEGORY_PATH, OTHER_PATHS, UNIT_PATHS
from twin.permit.site import ABOVE_GROUND
from twin.permit.subject import Need, TestSpec

_KINDS = {"kinds": list}
_OPENING = {"minimum": "m", "frame": "m"}
_STATED = Need("property", ("$ifc_class",), ("$properties",))
_BUILDING = Need("element", ("IfcBuilding",))
_STOREYS = Need("element", ("IfcBuildingStorey",))
_ABOVE = Need("property", ("IfcBuildingStorey",), ABOVE_GROUND)
_ROOMS = Need("element", ("IfcSpace",))
_ROOM_SHAPES = Need("geometry", ("IfcSpace",))
_ROOM_KINDS = Need("property", ("IfcSpace",), (CATEGORY_PATH, *OTHER_PATHS))
_UNITS = Need("property", ("IfcSpace",), UNIT_PATHS)
_DOORS = Need("element", ("IfcDoor",))
_WIDTHS = Need("property", ("IfcDoor",), door_tests.WIDTH_PATHS)
_HEIGHTS = Need("property", ("IfcDoor",), door_tests.HEIGHT_PATHS)
_EXITS = Need("property", ("IfcDoor",), EXIT_PATHS)
_RATINGS = Need("property", ("IfcDoor",), property_tests.FIRE_PATHS["IfcDoor"])
_ZONES = Need("element", ("IfcZone",))
_PLACE = Need("context", ("georeference",))
_PLAN = Need("context", ("plan",))
_PARCELS = Need("context", ("parcels",))
_NEIGHBOURS = Need("context", ("neighbours",))
_BODY = Need("geometry", ("IfcWall", "IfcSlab", "IfcDoor", "IfcWindow", "IfcRoof"))
_ON_PLAN = (_PLAN, _PLACE, _BODY)
_MODEL: Mapping[str, TestSpec] = {
    "elements_have_geometry": TestSpec(model_tests.elements_have_geometry, {}, {}),
    "elements_have_volume": TestSpec(health_tests.elements_have_volume, {"minimum": "m"}, {}, (_BODY,)),
    "elements_in_storey": TestSpec(model_tests.elements_in_storey, {}, {}),
    "elements_near": TestSpec(health_tests.elements_near, {"maximum": "m"}, {}, (Need("geometry", ("*",)),)),
    "georeference_axes": TestSpec(georeference_tests.georeference_axes, {}, {}, (_PLACE,)),
    "georeference_crs": TestSpec(georeference_tests.georeference_crs, {}, {}, (_PLACE,)),
    "georeference_height": TestSpec(
        georeference_tests.georeference_height, {"minimum": "m", "maximum": "m"}, {}, (_PLACE,)
    ),
    "georeference_height_system": TestSpec(georeference_tests.georeference_height_system, {}, {}, (_PLACE,)),
    "georeference_in_estonia": TestSpec(georeference_tests.georeference_in_estonia, {}, {}, (_PLACE,)),
    "georeference_scale": TestSpec(georeference_tests.georeference_scale, {"tolerance": "1"}, {}, (_PLACE,)),
    "single_building": TestSpec(health_tests.single_building, {}, {}, (_BUILDING,)),
    "spaces_bounded": TestSpec(health_tests.spaces_bounded, {"reach": "m", "share": "1"}, {}, (_ROOMS, _ROOM_SHAPES)),
    "spaces_do_not_overlap": TestSpec(
        room_tests.spaces_do_not_overlap, {"tolerance": "m2"}, {}, (_ROOMS, _ROOM_SHAPES)
    ),
    "spaces_in_storey": TestSpec(door_tests.spaces_in_storey, {}, {}, (_ROOMS,)),
    "storey_levels": TestSpec(health_tests.storey_levels, {"minimum": "m"}, {}, (_STOREYS,)),
    "unique_global_ids": TestSpec(model_tests.unique_global_ids, {}, {}, (Need("element", ("*",)),)),
}
_PLANNED: Mapping[str, TestSpec] = {
    "buildings_within_plan": TestSpec(plan_tests.buildings_within_plan, {}, {}, (*_ON_PLAN, _NEIGHBOURS)),
    "cadastral_number_matches": TestSpec(
        parcel_tests.cadastral_number_matches, {}, {},
        (_PARCELS, _PLACE, Need("property", ("IfcSite",), parcel_tests.NUMBER_PATHS)),
    ),
    "coverage_within_plan": TestSpec(
        parcel_tests.coverage_within_plan, {}, {}, (*_ON_PLAN, _PARCELS, _NEIGHBOURS)
    ),
    "distance_to_boundary": TestSpec(
        parcel_tests.distance_to_boundary, {"minimum": "m"}, {}, (_PARCELS, _PLACE, _BODY)
    ),
    "distance_to_neighbours": TestSpec(
        plan_tests.distance_to_neighbours, {"minimum": "m"}, {}, (_NEIGHBOURS, _PLACE, _BODY)
    ),
    "footprint_within_plan": TestSpec(plan_tests.footprint_within_plan, {}, {}, _ON_PLAN),
    "height_within_plan": TestSpec(plan_tests.height_within_plan, {}, {}, _ON_PLAN),
    "inside_building_area": TestSpec(plan_tests.inside_building_area, {"tolerance": "m"}, {}, _ON_PLAN),
    "inside_parcel": TestSpec(plan_tests.inside_parcel, {"tolerance": "m"}, {}, (_PARCELS, _PLACE, _BODY)),
    "no_overlap_with_neighbours": TestSpec(
        plan_tests.no_overlap_with_neighbours, {"tolerance": "m2"}, {}, (_NEIGHBOURS, _PLACE, _BODY)
    ),
    "storeys_within_plan": TestSpec(plan_tests.storeys_within_plan, {}, {}, (*_ON_PLAN, _STOREYS)),
    "use_within_plan": TestSpec(
        plan_tests.use_within_plan, {}, {},
        (*_ON_PLAN, Need("property", ("IfcBuilding",), ("AR_Hoone.705_Kasutusotstarbe-kood",
                                                        "Pset_BuildingCommon.OccupancyType"))),
    ),
}  # fmt: skip
_DECLARED: Mapping[str, TestSpec] = {
    "declared_figure": TestSpec(
        figure_tests.declared_figure, {"share": "1", "slack": "*"}, {"figure": str, "properties": list},
        (_BUILDING, Need("property", ("IfcBuilding",), ("$properties",))),
    ),
    "declared_footprint": TestSpec(
        building_tests.declared_footprint, {"tolerance": "1"}, {},
        (_BUILDING, _BODY, Need("property", ("IfcBuilding",), building_tests.FOOTPRINT_PATHS)),
    ),
    "declared_height": TestSpec(
        building_tests.declared_height, {"tolerance": "m"}, {},
        (_BUILDING, _BODY, Need("property", ("IfcBuilding",), building_tests.HEIGHT_PATHS)),
    ),
    "declared_room_area": TestSpec(
        room_tests.declared_room_area, {"tolerance": "1"}, {},
        (_ROOMS, _ROOM_SHAPES, Need("property", ("IfcSpace",), room_tests.AREA_PATHS)),
    ),
    "fire_rating_format": TestSpec(property_tests.fire_rating_format, {}, {"classes": list, "pattern": str}),
    "flag_implies": TestSpec(
        range_tests.flag_implies, {}, {"ifc_class": str, "properties": list, "implied": list},
        (_STATED, Need("property", ("$ifc_class",), ("$implied",))),
    ),
    "number_between": TestSpec(
        range_tests.number_between, {"minimum": "*", "maximum": "*"},
        {"ifc_class": str, "properties": list, "where": list, "kinds": list}, (_STATED,),
    ),
    "number_positive": TestSpec(
        property_tests.number_positive, {}, {"ifc_class": str, "properties": list}, (_STATED,)
    ),
    "property_matches": TestSpec(
        property_tests.property_matches, {},
        {"ifc_class": str, "properties": list, "pattern": str, "example": str}, (_STATED,),
    ),
    "storey_sides": TestSpec(figure_tests.storey_sides, {"tolerance": "m"}, {}, (_STOREYS, _ABOVE)),
    "storeys_below": TestSpec(building_tests.storeys_below, {"storeys": "1"}, {}, (_STOREYS,)),
}  # fmt: skip
_DWELLING: Mapping[str, TestSpec] = {
    "door_height_at_least": TestSpec(door_tests.door_height_at_least, _OPENING, {"role": str}, (_DOORS, _HEIGHTS)),
    "door_width_at_least": TestSpec(door_tests.door_width_at_least, _OPENING, {"role": str}, (_DOORS, _WIDTHS)),
    "dwelling_has_entrance": TestSpec(dwelling_tests.dwelling_has_entrance, {}, {}, (_UNITS, _DOORS)),
    "dwelling_units": TestSpec(dwelling_tests.dwelling_units, {"minimum": "1", "maximum": "1"}, {}, (_UNITS,)),
    "outer_door_width_at_least": TestSpec(
        door_tests.outer_door_width_at_least, {**_OPENING, "balcony": "m"}, {}, (_DOORS, _WIDTHS)
    ),
    "room_area_at_least": TestSpec(room_tests.room_area_at_least, {"minimum": "m2"}, _KINDS, (_ROOMS, _ROOM_KINDS)),
    "room_has_door": TestSpec(door_tests.room_has_door, {}, _KINDS, (_ROOMS, _ROOM_KINDS, _DOORS)),
    "room_has_window": TestSpec(
        room_tests.room_has_window, {}, _KINDS, (_ROOMS, _ROOM_KINDS, Need("element", ("IfcWindow",)))
    ),
    "room_height_at_least": TestSpec(
        room_tests.room_height_at_least,
        {"minimum": "m", "minimum_single_dwelling": "m"},
        {**_KINDS, "single_dwelling_prefixes": list},
        (_ROOMS, _ROOM_KINDS),
    ),
    "room_width_at_least": TestSpec(
        room_tests.room_width_at_least, {"minimum": "m"}, _KINDS, (_ROOMS, _ROOM_KINDS, _ROOM_SHAPES)
    ),
    "rooms_reach_outside": TestSpec(
        door_tests.rooms_reach_outside, {}, _KINDS, (_ROOMS, _ROOM_KINDS, _DOORS, _ROOM_SHAPES)
    ),
}
_FIRE_AND_ACCESS: Mapping[str, TestSpec] = {
    "class_storeys": TestSpec(
        fire_tests.class_storeys, {"tp2": "1", "tp3": "1"}, {},
        (_BUILDING, _STOREYS, _ABOVE, Need("property", ("IfcBuilding",), fire_tests.CLASS_PATHS)),
    ),
    "compartment_area": TestSpec(
        fire_tests.compartment_area, {"maximum": "m2"}, {}, (_ZONES, _ROOM_SHAPES)
    ),
    "doors_rated": TestSpec(fire_tests.doors_rated, {"minutes": "min"}, _KINDS, (_DOORS, _RATINGS)),
    "escape_path_at_most": TestSpec(
        fire_tests.escape_path_at_most, {"maximum": "m"}, {}, (_ROOMS, _ROOM_SHAPES, _DOORS, _EXITS)
    ),
    "exit_width_at_least": TestSpec(
        fire_tests.exit_width_at_least, {"minimum": "m"}, {}, (_DOORS, _EXITS, _WIDTHS)
    ),
    "exits_at_least": TestSpec(fire_tests.exits_at_least, {"minimum": "1"}, {}, (_DOORS, _EXITS)),
    "exits_open_outwards": TestSpec(fire_tests.exits_open_outwards, {}, {}, (_DOORS, _EXITS)),
    "fire_doors_self_closing": TestSpec(
        fire_tests.fire_doors_self_closing, {}, {},
        (_DOORS, Need("property", ("IfcDoor",), fire_tests.CLOSING_PATHS)),
    ),
    "fire_rating_on_boundaries": TestSpec(
        property_tests.fire_rating_on_boundaries, {}, {"ifc_class": str, "pattern": str}, (_ZONES,)
    ),
    "lift_from_storeys": TestSpec(access_tests.lift_from_storeys, {"storeys": "1"}, {}, (_STOREYS, _ABOVE)),
    "parking_bay": TestSpec(
        advisory_tests.parking_bay, {"width": "m", "length": "m"}, {}, (_ROOMS, _ROOM_SHAPES)
    ),
    "parking_places": TestSpec(advisory_tests.parking_places, {"per_dwelling": "1"}, {}, (_ROOMS, _UNITS)),
    "ramp_slope_at_most": TestSpec(
        access_tests.ramp_slope_at_most, {"maximum": "1"}, {}, (Need("geometry", ("IfcRamp", "IfcRampFlight")),)
    ),
    "rooms_reachable_wide": TestSpec(
        access_tests.rooms_reachable_wide, {"minimum": "m"}, {"except_kinds": list},
        (_ROOMS, _ROOM_SHAPES, _DOORS, _WIDTHS),
    ),
    "shelter_area": TestSpec(
        advisory_tests.shelter_area, {"from_area": "m2", "per_user": "m2"}, {}, (_ROOMS, _ROOM_SHAPES)
    ),
    "turning_circle": TestSpec(
        access_tests.turning_circle, {"diameter": "m"}, _KINDS, (_ROOMS, _ROOM_KINDS, _ROOM_SHAPES)
    ),
}  # fmt: skip

REGISTRY: Mapping[str, TestSpec] = dict(
    sorted((_MODEL | _PLANNED | _DECLARED | _DWELLING | _FIRE_AND_ACCESS).items())  # type: ignore[operator]
)
