"""What follows from a finished building: envelope, neighbourhood of rooms, footprint, height."""

from itertools import combinations

from samples.constructions import CONSTRUCTIONS
from samples.plan import SIDES, Rect
from samples.site import footprint
from samples.work import Json, Level, Work

TOUCH = 0.05  # metres that two rooms must share to count as neighbours


def summarize(work: Work, inner: Rect, roof_top: float) -> None:
    """Add everything that is known only at the end to the truth."""
    plan, place = work.plan, work.place
    ground = CONSTRUCTIONS["ground"].thickness
    spaces = work.truth.get("spaces", [])
    work.truth |= {
        "building_id": plan.building_id,
        "ehr_code": plan.ehr_code or None,
        "name": plan.name,
        "address": plan.address,
        "stage": work.stage,
        "schema": plan.schema,
        "length_unit": plan.length_unit,
        "placement": {
            "easting_m": place.easting_m,
            "northing_m": place.northing_m,
            "height_m": place.height_m,
            "rotation_deg": place.rotation_deg,
            "crs": "EPSG:3301",
            "vertical_datum": "EH2000",
        },
        "footprint": footprint(place, plan.outer),
        "footprint_m2": plan.outer.area,
        "ground_m": round(place.height_m - ground, 6),
        "height_m": round(roof_top + ground, 6),
        "net_floor_area_m2": round(sum(row["floor_area_m2"] for row in spaces), 6),
        "heated_area_m2": round(sum(row["floor_area_m2"] for row in spaces if row["heated"]), 6),
        "net_volume_m3": round(sum(row["volume_m3"] for row in spaces), 6),
        "envelope": _envelope(work, inner),
        "adjacent": [pair for level in work.levels for pair in _neighbours(work, level)],
        "stacked": _stacked(work),
    }


def _envelope(work: Work, inner: Rect) -> Json:
    plan = work.plan
    top = inner if plan.roof == "gable" else plan.outer
    construction = "attic" if plan.roof == "gable" else "flat_roof"
    return {
        "facades": [_facade(work, side) for side in SIDES],
        "roof": {"area_m2": top.area, "u_w_m2k": CONSTRUCTIONS[construction].u_value},
        "ground": {"area_m2": plan.outer.area, "u_w_m2k": CONSTRUCTIONS["ground"].u_value},
    }


def _facade(work: Work, side: str) -> Json:
    length = work.plan.outer.width if side in "SN" else work.plan.outer.depth
    gross = sum(length * level.wall_height for level in work.levels)
    windows = sum(row["area_m2"] for row in work.truth.get("windows", []) if row["side"] == side)
    doors = sum(row["area_m2"] for row in work.truth.get("doors", []) if row["side"] == side)
    return {
        "side": side,
        "azimuth_deg": work.azimuth(side),
        "orientation": work.compass(side),
        "wall_gross_m2": round(gross, 6),
        "wall_net_m2": round(gross - windows - doors, 6),
        "window_m2": round(windows, 6),
        "door_m2": round(doors, 6),
        "u_wall_w_m2k": CONSTRUCTIONS[work.plan.exterior].u_value,
    }


def _neighbours(work: Work, level: Level) -> list[Json]:
    rows = []
    for (key_a, (_, a)), (key_b, (_, b)) in combinations(level.rooms.items(), 2):
        shared = _between(a, b)
        if shared is None:
            continue
        gap, length, point = shared
        wall = next(
            (
                w
                for w in level.walls.values()
                if not w.side and abs(w.thickness - gap) < 1e-6 and _holds(w.rect, point)
            ),
            None,
        )
        if wall is not None:
            rows.append({
                "a": work.gid(f"{level.storey.key}/{key_a}"), "b": work.gid(f"{level.storey.key}/{key_b}"),
                "through": wall.entity.GlobalId, "distance_m": gap, "shared_length_m": length,
            })  # fmt: skip
    return rows


def _between(a: Rect, b: Rect) -> tuple[float, float, tuple[float, float]] | None:
    low_x, high_x, low_y, high_y = max(a.x0, b.x0), min(a.x1, b.x1), max(a.y0, b.y0), min(a.y1, b.y1)
    point = ((low_x + high_x) / 2, (low_y + high_y) / 2)
    if high_x - low_x > TOUCH and low_y >= high_y:
        return round(low_y - high_y, 6), round(high_x - low_x, 6), point
    if high_y - low_y > TOUCH and low_x >= high_x:
        return round(low_x - high_x, 6), round(high_y - low_y, 6), point
    return None


def _holds(rect: Rect, point: tuple[float, float]) -> bool:
    return rect.x0 <= point[0] <= rect.x1 and rect.y0 <= point[1] <= rect.y1


def _stacked(work: Work) -> list[Json]:
    rows = []
    for below, above in zip(work.levels, work.levels[1:], strict=False):
        for key_a, (_, a) in below.rooms.items():
            for key_b, (_, b) in above.rooms.items():
                width = min(a.x1, b.x1) - max(a.x0, b.x0)
                depth = min(a.y1, b.y1) - max(a.y0, b.y0)
                if width > TOUCH and depth > TOUCH:
                    rows.append({
                        "below": work.gid(f"{below.storey.key}/{key_a}"),
                        "above": work.gid(f"{above.storey.key}/{key_b}"),
                        "shared_m2": round(width * depth, 6),
                    })  # fmt: skip
    return rows
