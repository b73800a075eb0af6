"""Three buildings that comply with the permit checks, with parcel, plan and neighbours, and cases made of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import cos, radians, tan
from pathlib import Path

from samples.apartment import apartment
from samples.builder import Change, build, total_height, wall_heights
from samples.constructions import CONSTRUCTIONS
from samples.district import CRS_MEMBER, EASTING, NORTHING, cadastral_number
from samples.edits import BAY, bays, bound_walls, gross_volume, lift, put, ramp, turn_door
from samples.house import house
from samples.plan import Plan, Rect
from samples.school import Sizes, school
from samples.shell import PITCHED_THICKNESS
from samples.site import footprint
from samples.work import Json, MapPlacement

PLACE = MapPlacement(EASTING, NORTHING, 12.4)
OFFSET, MARGIN, GAP = 3.0, 12.0, 30.0  # metres: to the building area, to the parcel, to the neighbour
NEIGHBOUR = "199999999"


@dataclass(frozen=True, slots=True)
class Ground:
    """Parcel, building area and neighbours around a building, metres in the model's coordinates.

    Attributes:
        parcel: The parcel.
        area: The building area.
        neighbours: Outlines of other buildings.
        right: Properties of the building area that differ from the usual.
    """

    parcel: Rect
    area: Rect
    neighbours: tuple[Rect, ...]
    right: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One building to be checked.

    Attributes:
        plan: The building.
        ground: What is around it.
        extras: What is added before the file is finished.
        edits: What is changed in the finished file.
    """

    plan: Plan
    ground: Ground
    extras: tuple[Change, ...] = ()
    edits: tuple[Change, ...] = ()

    def with_edits(self, *edits: Change) -> "Case":
        """Return the case with further changes."""
        return replace(self, edits=(*self.edits, *edits))

    def with_extras(self, *extras: Change) -> "Case":
        """Return the case with further additions."""
        return replace(self, extras=(*self.extras, *extras))

    def with_right(self, **right: object) -> "Case":
        """Return the case with another building right."""
        return replace(self, ground=replace(self.ground, right={**self.ground.right, **right}))


def permit_house(first_bay: Rect = BAY) -> Case:
    """Return the small house, compliant if its first parking place is."""
    return _case(house(), (bays(4, first_bay), bound_walls), ())


def permit_block(plan: Plan | None = None, places: int = 25) -> Case:
    """Return the apartment block of five storeys with 24 flats and a shelter, compliant."""
    return _case(plan or apartment({}, shelter=True), (bays(places), bound_walls), (turn_door("k1/door-main"),))


def permit_school(sizes: Sizes | None = None, *, with_lift: Change | None = None, slope: float = 0.05) -> Case:
    """Return the school with a lift and a ramp, compliant."""
    plan = school(sizes or COMPLIANT)
    outward = (turn_door("k1/door-main"), turn_door("k1/door-yard"))
    return _case(plan, (with_lift or lift("corridor", 26.0), ramp(slope), bound_walls), outward)


COMPLIANT = Sizes(narrow=False, store="fire")
COMPLIANT_CASES: dict[str, Callable[[], Case]] = {
    "house": permit_house,
    "block": permit_block,
    "school": permit_school,
}


def write_case(case: Case, folder: Path) -> Path:
    """Write model, parcel, building area and neighbours of a case into a folder.

    Returns:
        The model; beside it lie ``parcels.geojson``, ``plan_areas.geojson`` and ``neighbours.geojson``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "model.ifc"
    build(case.plan, PLACE, "as-designed", model, case.extras, case.edits)
    ground, number = case.ground, case.plan.cadastral_number
    parcel = {"cadastral_number": number, "address": case.plan.address, "area_m2": ground.parcel.area,
              "land_use": "elamumaa"}  # fmt: skip
    _write(folder / "parcels.geojson", [(ground.parcel, parcel)])
    right = {"plan_id": "DP-1", "plan_name": "Näidisplaneering", "cadastral_number": number, "source": "authored"}
    _write(folder / "plan_areas.geojson", [(ground.area, right | usual_right(case.plan) | ground.right)])
    others = [(rect, {"building_id": f"{int(NEIGHBOUR) - i}"}) for i, rect in enumerate(ground.neighbours)]
    _write(folder / "neighbours.geojson", others)
    return model


def usual_right(plan: Plan) -> Json:
    """Return a building right that a building keeps with some room."""
    return {
        "max_height_m": round(total_height(plan) + 1.0, 3), "max_storeys": len(plan.storeys) + 1,
        "max_footprint_m2": round(plan.outer.area * 1.2), "max_buildings": 2, "use_codes": [plan.use[1]],
        "max_coverage": 0.9,
    }  # fmt: skip


def _case(plan: Plan, extras: tuple[Change, ...], edits: tuple[Change, ...]) -> Case:
    plan, r = replace(plan, cadastral_number=cadastral_number(1)), plan.outer
    east = Rect(r.x1 + GAP, r.y0, r.x1 + GAP + 10.0, r.y1)
    ground = Ground(_around(r, MARGIN), _around(r, OFFSET), (east,))
    declared = (gross_volume(volume_of(plan)), put("building", "Energiamärgis.Energiaklass", "A"))
    return Case(plan, ground, extras, (*declared, *edits))


def _around(r: Rect, by: float) -> Rect:
    return Rect(r.x0 - by, r.y0 - by, r.x1 + by, r.y1 + by)


def volume_of(plan: Plan) -> float:
    """Return the volume from the underside of the ground slab to the upper face of the roof, cubic metres."""
    area, body = plan.outer.area, sum(wall_heights(plan)) + CONSTRUCTIONS["ground"].thickness
    if plan.roof == "flat":
        return area * (body + CONSTRUCTIONS["flat_roof"].thickness)
    pitch = radians(plan.pitch_deg)
    return area * (body + PITCHED_THICKNESS / cos(pitch) + plan.outer.depth / 4 * tan(pitch))


def _write(path: Path, rows: list[tuple[Rect, Json]]) -> None:
    features = [
        {"type": "Feature", "properties": properties,
         "geometry": {"type": "Polygon", "coordinates": [footprint(PLACE, rect)]}}
        for rect, properties in rows
    ]  # fmt: skip
    content = {"type": "FeatureCollection", "name": path.stem, "crs": CRS_MEMBER, "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
