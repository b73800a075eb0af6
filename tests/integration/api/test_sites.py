"""A search for a site on the sample district, every score of which was worked out by hand from the drawn numbers."""

import json

import pytest

SEARCH = "/api/v1/district/site-search"
QUERY = {
    "use_code": "11101",
    "min_storeys": 2,
    "criteria": [
        {"name": "footprint_left_m2", "weight": 3, "worst": 0, "best": 100},
        {"name": "distance_m", "weight": 1, "worst": 200, "best": 0, "point": [542_036, 6_588_025]},
        {"name": "neighbour_m", "weight": 2, "worst": 0, "best": 10},
    ],
}
# Eastings without 542000, northings without 6580000. Score = (3 * left/100 + (200 - away)/200 + 2 * apart/10) / 6.
#
# plot  eastings   plan  house stands                left           away from (36, 8025)      nearest other house
# 0001    0..32    119   10..21, 7970..7979 = 99     20             4 E, 33 N: 33.2415        22 N of it: score 1
# 0012   24..48    111   30.5..41.5 x 8.4 = 92.4     18.6           0, the point is on it     54.5 - 48 = 6.5
# 0013   48..72    101   54.5..64.1 x 8.8 = 84.48    16.52: 16.5    12                        48 - 41.5 = 6.5
# 0011    0..24     96   6.5..16.5 x 8 = 80          16             12                        30.5 - 24 = 6.5
# 0014   72..96     96   78.5..88.5 x 8 = 80         16             36                        102.5 - 96 = 6.5
# 0015   96..120    96   102.5..112.5 x 8 = 80       16             60                        126.5 - 120 = 6.5
# 0016  120..144   101   126.5..136.1 x 8.8 = 84.48  16.52: 16.5    84                        150.5 - 144 = 6.5
# 0017  144..168    96   150.5..160.5 x 8 = 80       16             108                       174.5 - 168 = 6.5
# 0018  168..192   111   174.5..185.5 x 8.4 = 92.4   18.6           132                       198.5 - 192 = 6.5
# 0019  192..216   101   198.5..208.1 x 8.8 = 84.48  16.52: 16.5    156                       192 - 185.5 = 6.5
#
# 0001: (0.600 + 0.8338 + 2.0) / 6 = 3.4338 / 6 = 0.5723        0015: (0.480 + 0.70 + 1.3) / 6 = 0.4133
# 0012: (0.558 + 1.0000 + 1.3) / 6 = 2.8580 / 6 = 0.4763        0016: (0.495 + 0.58 + 1.3) / 6 = 0.3958
# 0013: (0.495 + 0.9400 + 1.3) / 6 = 2.7350 / 6 = 0.4558        0017: (0.480 + 0.46 + 1.3) / 6 = 0.3733
# 0011: (0.480 + 0.9400 + 1.3) / 6 = 2.7200 / 6 = 0.4533        0018: (0.558 + 0.34 + 1.3) / 6 = 0.3663
# 0014: (0.480 + 0.8200 + 1.3) / 6 = 2.6000 / 6 = 0.4333        0019: (0.495 + 0.22 + 1.3) / 6 = 0.3358
EXPECTED = {
    "0001": 0.5723, "0012": 0.4763, "0013": 0.4558, "0011": 0.4533, "0014": 0.4333, "0015": 0.4133, "0016": 0.3958,
    "0017": 0.3733, "0018": 0.3663, "0019": 0.3358,
}  # fmt: skip


def search(client, **more):
    answer = client.post(SEARCH, json={**QUERY, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def number(feature):
    return feature["properties"]["cadastral_number"].rpartition(":")[2]


def test_scores_are_those_worked_out_by_hand(client):
    found = search(client)
    assert {number(f): f["properties"]["score"] for f in found["features"]} == pytest.approx(EXPECTED, abs=1e-9)
    assert [number(f) for f in found["features"]] == list(EXPECTED)  # best first; other uses are left out
    first = found["features"][0]["properties"]
    assert [(s["value"], s["score"]) for s in first["scores"]] == [(20.0, 0.2), (33.242, 0.8338), (22.0, 1.0)]
    assert (first["built_m2"], first["allowed_footprint_m2"], first["footprint_limit"]) == (99.0, 119.0, "plan")
    assert (first["max_height_m"], first["max_storeys"], first["known_share"]) == (10.5, 2, 1.0)


def test_rules_leave_out_and_pages_follow(client):
    assert [number(f) for f in search(client, min_footprint_left_m2=17)["features"]] == ["0001", "0012", "0018"]
    assert [number(f) for f in search(client, min_height_m=10)["features"]] == ["0001"]
    assert search(client, use_code="12201", min_storeys=3)["total"] == 1  # 0003
    page = search(client, limit=3, offset=3)
    assert [number(f) for f in page["features"]] == ["0011", "0014", "0015"]
    assert (page["total"], page["next"]) == (10, 6)


def test_a_search_sees_a_change_of_the_land_at_once(client):
    """Without its plan area a plot is no site; what was kept of the search before does not come again."""
    plan = client.get("/api/v1/district").json()["plan_areas"]
    kept = [f for f in plan["features"] if not f["properties"]["cadastral_number"].endswith("0012")]
    data = json.dumps({**plan, "features": kept}).encode()
    answer = client.put("/api/v1/district/plan_areas", files={"file": ("plan.geojson", data)})
    assert answer.status_code < 300, answer.text
    assert [number(f) for f in search(client)["features"]] == [n for n in EXPECTED if n != "0012"]


@pytest.mark.parametrize(
    ("point", "reason"),
    [([24.74, 59.43], "criterion"), ([6_588_025, 542_036], "axes"), ([542_036, 1e9], "criterion")],
)
def test_a_point_that_is_not_on_the_map_is_refused_and_scores_nothing(client, point, reason):
    wish = {"name": "distance_m", "worst": 200, "best": 0, "point": point}
    refused = client.post(SEARCH, json={"criteria": [wish]})
    assert (refused.status_code, refused.json()["reason"]) == (422, reason)
    assert "easting" in refused.json()["hint"]


def test_bounds_whose_difference_is_no_number_are_refused(client):
    wish = {"name": "max_height_m", "worst": -1e308, "best": 1e308}
    assert client.post(SEARCH, json={"criteria": [wish]}).status_code == 422
