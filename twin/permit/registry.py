"""The named tests that packs may refer to."""

from collections.abc import Mapping

from twin.permit.building_tests import declared_footprint, declared_height, storeys_below
from twin.permit.door_tests import (
    door_height_at_least,
    door_width_at_least,
    outer_door_width_at_least,
    room_has_door,
    rooms_reach_outside,
    spaces_in_storey,
)
from twin.permit.model_tests import (
    elements_have_geometry,
    elements_in_storey,
    georeference_axes,
    georeference_crs,
    georeference_in_estonia,
    georeference_scale,
    unique_global_ids,
)
from twin.permit.plan_tests import (
    buildings_within_plan,
    distance_to_neighbours,
    footprint_within_plan,
    height_within_plan,
    inside_building_area,
    inside_parcel,
    no_overlap_with_neighbours,
    storeys_within_plan,
    use_within_plan,
)
from twin.permit.property_tests import (
    fire_rating_format,
    fire_rating_on_boundaries,
    number_positive,
    property_matches,
)
from twin.permit.room_tests import (
    declared_room_area,
    room_area_at_least,
    room_has_window,
    room_height_at_least,
    room_width_at_least,
    spaces_do_not_overlap,
)
from twin.permit.subject import TestSpec

_KINDS = {"kinds": list}
_OPENING = {"minimum": "m", "frame": "m"}

REGISTRY: Mapping[str, TestSpec] = {
    "buildings_within_plan": TestSpec(buildings_within_plan, {}, {}),
    "declared_footprint": TestSpec(declared_footprint, {"tolerance": "1"}, {}),
    "declared_height": TestSpec(declared_height, {"tolerance": "m"}, {}),
    "declared_room_area": TestSpec(declared_room_area, {"tolerance": "1"}, {}),
    "distance_to_neighbours": TestSpec(distance_to_neighbours, {"minimum": "m"}, {}),
    "door_height_at_least": TestSpec(door_height_at_least, _OPENING, {"role": str}),
    "door_width_at_least": TestSpec(door_width_at_least, _OPENING, {"role": str}),
    "elements_have_geometry": TestSpec(elements_have_geometry, {}, {}),
    "elements_in_storey": TestSpec(elements_in_storey, {}, {}),
    "fire_rating_format": TestSpec(fire_rating_format, {}, {"classes": list, "pattern": str}),
    "fire_rating_on_boundaries": TestSpec(fire_rating_on_boundaries, {}, {"ifc_class": str, "pattern": str}),
    "footprint_within_plan": TestSpec(footprint_within_plan, {}, {}),
    "georeference_axes": TestSpec(georeference_axes, {}, {}),
    "georeference_crs": TestSpec(georeference_crs, {}, {}),
    "georeference_in_estonia": TestSpec(georeference_in_estonia, {}, {}),
    "georeference_scale": TestSpec(georeference_scale, {"tolerance": "1"}, {}),
    "height_within_plan": TestSpec(height_within_plan, {}, {}),
    "inside_building_area": TestSpec(inside_building_area, {"tolerance": "m"}, {}),
    "inside_parcel": TestSpec(inside_parcel, {"tolerance": "m"}, {}),
    "no_overlap_with_neighbours": TestSpec(no_overlap_with_neighbours, {"tolerance": "m2"}, {}),
    "number_positive": TestSpec(number_positive, {}, {"ifc_class": str, "properties": list}),
    "outer_door_width_at_least": TestSpec(outer_door_width_at_least, {**_OPENING, "balcony": "m"}, {}),
    "property_matches": TestSpec(
        property_matches, {}, {"ifc_class": str, "properties": list, "pattern": str, "example": str}
    ),
    "room_area_at_least": TestSpec(room_area_at_least, {"minimum": "m2"}, _KINDS),
    "room_has_door": TestSpec(room_has_door, {}, _KINDS),
    "room_has_window": TestSpec(room_has_window, {}, _KINDS),
    "room_height_at_least": TestSpec(
        room_height_at_least,
        {"minimum": "m", "minimum_single_dwelling": "m"},
        {**_KINDS, "single_dwelling_prefixes": list},
    ),
    "room_width_at_least": TestSpec(room_width_at_least, {"minimum": "m"}, _KINDS),
    "rooms_reach_outside": TestSpec(rooms_reach_outside, {}, _KINDS),
    "spaces_do_not_overlap": TestSpec(spaces_do_not_overlap, {"tolerance": "m2"}, {}),
    "spaces_in_storey": TestSpec(spaces_in_storey, {}, {}),
    "storeys_below": TestSpec(storeys_below, {"storeys": "1"}, {}),
    "storeys_within_plan": TestSpec(storeys_within_plan, {}, {}),
    "unique_global_ids": TestSpec(unique_global_ids, {}, {}),
    "use_within_plan": TestSpec(use_within_plan, {}, {}),
}
