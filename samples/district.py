"""The street: where the buildings stand, their plots and the areas on which they may be built (EPSG:3301)."""

from dataclasses import dataclass, replace

from samples.plan import Plan, Rect
from samples.site import footprint
from samples.work import Json, MapPlacement

EASTING, NORTHING = 542_000.0, 6_588_000.0
CRS_MEMBER = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}
OFFSET = 3.0  # metres between a building and the edge of its building area
APARTMENT_ROTATION = 33.0


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot with the building right on it.

    Attributes:
        place: Where the model's origin lies.
        bounds: The plot, metres east and north of the district's origin.
        land_use: Purpose of the land.
        max_height_m: Highest building allowed.
        max_storeys: Most storeys allowed.
        overhang_m: By how much the building area misses the building on its east side; 0 is compliant.
    """

    place: MapPlacement
    bounds: Rect
    land_use: str
    max_height_m: float
    max_storeys: int
    overhang_m: float = 0.0


def place(east: float, north: float, ground: float, rotation: float = 0.0) -> MapPlacement:
    """Return a placement from metres east and north of the district's origin."""
    return MapPlacement(EASTING + east, NORTHING + north, ground, rotation)


PLOTS: dict[str, Plot] = {
    "120900101": Plot(place(10, -30, 12.40), Rect(0, -44, 32, -8), "elamumaa", 10.5, 2),
    "120900102": Plot(place(62, -48, 12.60, APARTMENT_ROTATION), Rect(32, -60, 100, -8), "elamumaa", 17.0, 5),
    "120900103": Plot(place(112, -34, 12.80), Rect(100, -60, 148, -8), "ärimaa", 13.0, 3),
    "120900104": Plot(place(158, -38, 13.00), Rect(148, -76, 214, -8), "ühiskondlike ehitiste maa", 12.0, 2),
}

ROW_WIDTH = 24.0
ROW_LIMIT_M = 9.5


def row_plot(index: int, overhang_m: float = 0.0) -> Plot:
    """Return the plot of a neighbour in the row, counted from 0."""
    west = ROW_WIDTH * index
    return Plot(
        place(west + 6.5, 14.0, round(12.0 + 0.1 * index, 2)),
        Rect(west, 8, west + ROW_WIDTH, 42),
        "elamumaa",
        ROW_LIMIT_M,
        2,
        overhang_m,
    )


def cadastral_number(index: int) -> str:
    """Return the imaginary cadastral number of a plot of the street."""
    return f"78499:999:{index:04d}"


def on_plot(plan: Plan, index: int) -> Plan:
    """Return the plan with the cadastral number of its plot."""
    return replace(plan, cadastral_number=cadastral_number(index))


def parcels(pairs: list[tuple[Plan, Plot]]) -> Json:
    """Return the plots as a feature collection."""
    features = [
        _feature(_ring(plot.bounds), {
            "cadastral_number": plan.cadastral_number,
            "address": plan.address,
            "area_m2": plot.bounds.area,
            "land_use": plot.land_use,
        })
        for plan, plot in pairs
    ]  # fmt: skip
    return _collection("parcels", features)


def plan_areas(pairs: list[tuple[Plan, Plot]]) -> Json:
    """Return the building areas as a feature collection; one building area per plot."""
    features = [
        _feature(building_area(plan, plot), {
            "plan_id": f"DP-{plan.cadastral_number[-4:]}",
            "plan_name": "Näidise tänava detailplaneering (authored)",
            "cadastral_number": plan.cadastral_number,
            "max_height_m": plot.max_height_m,
            "max_storeys": plot.max_storeys,
            "max_footprint_m2": round(plan.outer.area * 1.2),
            "max_buildings": 1,
            "use_codes": [plan.use[1]],
            "source": "authored sample",
        })
        for plan, plot in pairs
    ]  # fmt: skip
    return _collection("plan_areas", features)


def building_area(plan: Plan, plot: Plot) -> list[list[float]]:
    """Return the ring of the building area: the footprint with room around it, short in the east if so planted."""
    r = plan.outer
    east = r.x1 - plot.overhang_m if plot.overhang_m else r.x1 + OFFSET
    return footprint(plot.place, Rect(r.x0 - OFFSET, r.y0 - OFFSET, east, r.y1 + OFFSET))


def _ring(bounds: Rect) -> list[list[float]]:
    return footprint(place(0, 0, 0), bounds)


def _feature(ring: list[list[float]], properties: Json) -> Json:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _collection(name: str, features: list[Json]) -> Json:
    return {"type": "FeatureCollection", "name": name, "crs": CRS_MEMBER, "features": features}
