import json
from itertools import combinations, pairwise

import ifcopenshell
import pytest
from shapely.geometry import Polygon, shape

LIVING = {"elutuba", "magamistuba", "töötuba", "elutuba/köök"}
DWELLINGS = {"120900101", "120900102"}


def overlap(a, b):
    return all(min(a[i + 3], b[i + 3]) - max(a[i], b[i]) > 1e-9 for i in range(3))


def test_spaces_do_not_overlap(district):
    for relative, truth in district.files():
        boxes = [row["box"] for row in truth["spaces"]]
        assert not any(overlap(a, b) for a, b in combinations(boxes, 2)), relative


def test_areas_add_up(district):
    for relative, truth in district.files():
        by_storey = {row["global_id"]: row for row in truth["storeys"]}
        for storey_id, storey in by_storey.items():
            rooms = [row for row in truth["spaces"] if row["storey"] == storey_id]
            assert sum(row["floor_area_m2"] for row in rooms) == pytest.approx(storey["net_floor_area_m2"], abs=1e-6)
            inner = sum(
                row["length_m"] * row["thickness_m"]
                for row in truth["walls"]
                if row["storey"] == storey_id and row["side"] is None
            )
            assert storey["net_floor_area_m2"] + inner == pytest.approx(storey["inner_m2"], abs=1e-6), relative
        for row in truth["spaces"]:
            x0, y0, z0, x1, y1, z1 = row["box"]
            assert (x1 - x0) * (y1 - y0) * (z1 - z0) == pytest.approx(row["volume_m3"], abs=1e-5)


def test_facades_are_walls_and_openings(district):
    for _, truth in district.files():
        for facade in truth["envelope"]["facades"]:
            parts = facade["wall_net_m2"] + facade["window_m2"] + facade["door_m2"]
            assert parts == pytest.approx(facade["wall_gross_m2"], abs=1e-6)
        assert sum(f["window_m2"] for f in truth["envelope"]["facades"]) == pytest.approx(
            sum(w["area_m2"] for w in truth["windows"]), abs=1e-6
        )


def test_the_rotated_block_looks_between_the_compass_points(district):
    facades = {f["side"]: f for f in district.of("120900102")[1]["envelope"]["facades"]}
    assert {side: f["orientation"] for side, f in facades.items()} == {"S": "SE", "E": "NE", "N": "NW", "W": "SW"}
    assert facades["S"]["azimuth_deg"] == 147.0
    straight = {f["side"]: f["orientation"] for f in district.of("120900101")[1]["envelope"]["facades"]}
    assert straight == {side: side for side in "SENW"}


def test_neighbours_are_as_far_apart_as_their_wall_is_thick(district):
    for relative, truth in district.files():
        boxes = {row["global_id"]: row["box"] for row in truth["spaces"]}
        walls = {row["global_id"]: row for row in truth["walls"]}
        for pair in truth["adjacent"]:
            a, b = boxes[pair["a"]], boxes[pair["b"]]
            gap = max(max(a[i] - b[i + 3], b[i] - a[i + 3]) for i in (0, 1))
            assert gap == pytest.approx(pair["distance_m"], abs=1e-6), relative
            assert walls[pair["through"]]["thickness_m"] == pytest.approx(gap, abs=1e-6)


def test_doors_connect_neighbours(district):
    for _, truth in district.files():
        near = {frozenset((pair["a"], pair["b"])) for pair in truth["adjacent"]}
        through = {frozenset((pair["a"], pair["b"])): pair["through"] for pair in truth["adjacent"]}
        for door in truth["doors"]:
            if door["to"] is not None:
                pair = frozenset((door["from"], door["to"]))
                assert pair in near
                assert through[pair] == door["wall"]


def test_every_room_can_be_reached(district):
    for relative, truth in district.files():
        if len(truth["spaces"]) < 3:
            continue  # the neighbours have one space per storey and no stair
        links = [(d["from"], d["to"]) for d in truth["doors"] if d["to"]]
        if truth["building_id"] == "120900101":
            hall = {row["key"]: row["global_id"] for row in truth["spaces"]}
            links.append((hall["k1/hall"], hall["k2/landing"]))
        links += stairs(truth)
        reached = {door["from"] for door in truth["doors"] if door["to"] is None}
        assert reached, relative
        while True:
            more = {b for pair in links for a, b in (pair, pair[::-1]) if a in reached} - reached
            if not more:
                break
            reached |= more
        assert reached == {row["global_id"] for row in truth["spaces"]}, relative


def stairs(truth):
    keys = {row["key"]: row["global_id"] for row in truth["spaces"]}
    floors = sorted(key for key in keys if key.endswith("/stair"))
    return [(keys[a], keys[b]) for a, b in pairwise(floors)]


def test_openings_lie_in_their_walls(district):
    for relative, truth in district.files():
        model = ifcopenshell.open(str(district.out / relative))
        unit = 0.001 if truth["length_unit"] == "MILLIMETRE" else 1.0
        assert len(model.by_type("IfcRelVoidsElement")) > 0
        for voids in model.by_type("IfcRelVoidsElement"):
            wall, opening = voids.RelatingBuildingElement, voids.RelatedOpeningElement
            if not wall.is_a("IfcWall"):
                continue
            body = next(r for r in wall.Representation.Representations if r.RepresentationIdentifier == "Body").Items[
                0
            ]
            hole = opening.Representation.Representations[0].Items[0]
            x, _, z = opening.ObjectPlacement.RelativePlacement.Location.Coordinates
            assert x > 0
            assert x + hole.SweptArea.XDim < body.SweptArea.XDim, relative
            assert z + hole.Depth < body.Depth
            assert hole.SweptArea.YDim > body.SweptArea.YDim
            filling = opening.HasFillings[0].RelatedBuildingElement
            assert filling.OverallWidth == pytest.approx(hole.SweptArea.XDim)
            assert filling.OverallHeight * unit == pytest.approx(hole.Depth * unit)


def found_faults(district):
    """Judge the truth of every building as designed by the rules that were planted against."""
    faults = set()
    for _, truth in district.files():
        building = truth["building_id"]
        if truth["stage"] != "as-designed":
            continue
        for row in truth["spaces"]:
            if row["category"] not in LIVING or building not in DWELLINGS:
                continue
            low = 2.3 if building == "120900101" else 2.5
            checks = {
                "room_area": row["floor_area_m2"] < 8.0,
                "room_width": row["min_width_m"] < 2.4,
                "room_height": row["height_m"] < low,
                "room_window": row["windows"] < 1,
            }
            faults |= {(kind, building, row["global_id"]) for kind, wrong in checks.items() if wrong}
        limit = 0.9 if building == "120900104" else 0.7
        faults |= {("door_width", building, d["global_id"]) for d in truth["doors"] if d["clear_width_m"] < limit}
        faults |= plan_faults(district, truth)
    return faults


def plan_faults(district, truth):
    areas = json.loads((district.out / "plan_areas.geojson").read_text(encoding="utf-8"))["features"]
    building = truth["building_id"]
    root = (
        ifcopenshell.open(str(district.out / f"models/{building}_as-designed.ifc")).by_type("IfcBuilding")[0].GlobalId
    )
    footprint = Polygon(truth["footprint"])
    area = next(f for f in areas if shape(f["geometry"]).intersects(footprint))
    faults = set()
    if footprint.difference(shape(area["geometry"])).area > 0.01:
        faults.add(("building_area", building, root))
    if truth["height_m"] > area["properties"]["max_height_m"]:
        faults.add(("building_height", building, root))
    if truth["ehr_code"] is None:
        faults.add(("ehr_code", building, root))
    assert len(truth["storeys"]) <= area["properties"]["max_storeys"]
    assert truth["footprint_m2"] <= area["properties"]["max_footprint_m2"]
    return faults


def test_only_the_planted_faults_are_there(district):
    planted = {(row["check"], row["building_id"], row["elements"][0]) for row in district.truth["violations"]}
    found = {fault for fault in found_faults(district) if fault[0] != "door_width" or fault[1] == "120900104"}
    others = found_faults(district) - found
    assert {kind for kind, _, _ in planted} == {
        "room_area", "room_width", "room_height", "room_window", "door_width", "building_area", "building_height",
        "ehr_code",
    }  # fmt: skip
    assert found == planted
    assert others == set()


def test_buildings_keep_their_distance_and_stay_on_their_plots(district):
    prints = {t["building_id"]: Polygon(t["footprint"]) for _, t in district.files() if t["stage"] == "as-designed"}
    parcels = json.loads((district.out / "parcels.geojson").read_text(encoding="utf-8"))
    assert parcels["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3301"
    plots = [shape(feature["geometry"]) for feature in parcels["features"]]
    assert len(plots) == len(prints) == 13
    for a, b in combinations(prints.values(), 2):
        assert a.distance(b) >= 8.0
    for a, b in combinations(plots, 2):
        assert a.intersection(b).area == pytest.approx(0.0)
    for footprint in prints.values():
        assert sum(plot.contains(footprint) for plot in plots) == 1


def test_points_name_elements_of_their_buildings(district):
    points = json.loads((district.out / "points.json").read_text(encoding="utf-8"))["points"]
    assert len(points) >= 40
    keys = [(point["building_id"], point["point_id"]) for point in points]
    assert len(keys) == len(set(keys))
    last = {item.building_id: item for item in district.manifest.files}
    for building_id, item in last.items():
        model = ifcopenshell.open(str(district.out / item.file))
        mine = [point for point in points if point["building_id"] == building_id]
        assert {"meter-electricity", "meter-heat"} <= {point["point_id"] for point in mine}
        for point in mine:
            assert model.by_guid(point["global_id"]).is_a("IfcElement")
