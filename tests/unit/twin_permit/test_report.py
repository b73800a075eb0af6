"""The report as JSON, and two reports compared."""

import json
import math
from typing import Any

import numpy as np
import pytest

from ifc import Kernel, Mesh
from twin.permit import Verdict, bundled_packs, check, compare
from twin.permit.solids import room_shape

RESULT_KEYS = [
    "check_id", "pack_id", "pack_sha256", "title", "act", "clause", "citations", "verdict", "indication",
    "source_status", "message", "messages", "advice", "advices", "measured", "limit", "elements", "geometry",
]  # fmt: skip
DEPTHS = {"points": 1, "line": 1, "path": 1, "box": 1, "polygon": 2}


def report(house: Any) -> Any:
    return check(house.context(), bundled_packs())


def test_json_has_the_agreed_shape(house: Any) -> None:
    house.box("bedroom", (5.1, 0, 0), (7.1, 3, 2.2))
    made = json.loads(json.dumps(report(house).to_json(), allow_nan=False))
    assert list(made) == ["building_id", "stage", "version", "mode", "packs", "counts", "results"]
    assert set(made["counts"]) == {verdict.value for verdict in Verdict}
    assert sum(made["counts"].values()) == len(made["results"])
    assert all(set(pack) == {"id", "title", "version", "sha256"} for pack in made["packs"])
    for result in made["results"]:
        assert list(result) == RESULT_KEYS
        assert set(result["title"]) == set(result["citations"]) == {"et", "en", "fr"}
        assert result["citations"]["en"] == f"{result['act']}, {result['clause']}"
        assert result["citations"]["en"] != result["citations"]["et"]
        assert set(result["messages"]) == set(result["advices"]) == {"et", "en", "fr"}
        assert all(text.endswith(".") for text in (*result["messages"].values(), *result["advices"].values()))
        assert result["message"] == result["messages"]["en"]


def test_pictures_can_be_drawn(house: Any) -> None:
    house.box("bedroom", (5.0, 0, 0), (7.1, 3, 2.2))
    house.planned(max_height_m=2.0)
    pictures = [r["geometry"] for r in report(house).to_json()["results"] if r["geometry"] is not None]
    assert {picture["type"] for picture in pictures} >= {"polygon", "line"}
    for picture in pictures:
        positions = picture["coordinates"]
        for _ in range(DEPTHS[picture["type"]] - 1):
            positions = [position for ring in positions for position in ring]
        assert all(len(position) in {2, 3} and all(map(math.isfinite, position)) for position in positions)
        assert all(len(position) == (3 if picture["crs"] == "model" else 2) for position in positions)


def test_every_result_carries_the_digest_of_its_pack(house: Any) -> None:
    made = report(house)
    assert {r.pack_sha256 for r in made.results} == {pack.sha256 for pack in made.packs}


def test_the_same_house_gives_the_same_report(make_house: Any) -> None:
    assert report(make_house()).to_json() == report(make_house()).to_json()


def test_compare(make_house: Any) -> None:
    first, second = make_house(), make_house()
    for house in (first, second):
        house.box("bedroom", (5.1, 0, 0), (8.1, 4, 2.2))
    first.put("building", "AR_Hoone.702_ADS-id", "X")
    second.drop("building", "AR_Hoone.700_EHR-kood")
    found = compare(report(first), report(second))
    assert {r.check_id for r in found.fixed} == {"ubn.ads-id"}
    assert {r.check_id for r in found.new} == {"ubn.ehr-code"}
    assert "r85.room-height" in {r.check_id for r in found.still_open}


def test_compare_with_itself_has_nothing_new(house: Any) -> None:
    house.remove("door-2")
    made = report(house)
    found = compare(made, made)
    assert (found.fixed, found.new) == ((), ())
    assert all(r.verdict not in {Verdict.PASS, Verdict.NOT_APPLICABLE} for r in found.still_open)


def attic(low: float, high: float) -> Mesh:
    """A room 4 m by 4 m whose ceiling rises along x from `low` to `high`."""
    corners = [(0, 0, 0), (4, 0, 0), (4, 4, 0), (0, 4, 0), (0, 0, low), (4, 0, high), (4, 4, high), (0, 4, low)]
    faces = [
        [0, 2, 1],
        [0, 3, 2],
        [4, 5, 6],
        [4, 6, 7],
        [1, 2, 6],
        [1, 6, 5],
        [0, 1, 5],
        [0, 5, 4],
        [2, 3, 7],
        [2, 7, 6],
    ]
    if low > 0:
        faces += [[3, 0, 4], [3, 4, 7]]
    return Mesh(
        "attic", np.array(corners, dtype=float), np.array(faces, dtype=np.uint32), (1, 1, 1, 1), Kernel.IFCLITE
    )


def test_sloped_room_counts_from_a_metre_sixty() -> None:
    shape = room_shape(attic(0.6, 4.6))
    assert shape is not None
    assert shape.sloped
    assert shape.regular
    assert shape.area_above(1.6) == pytest.approx(12.0)
    assert shape.area_above(2.6) == pytest.approx(8.0)
    assert shape.height_over_half(1.6) == pytest.approx(3.1)


def test_ceiling_down_to_the_floor() -> None:
    shape = room_shape(attic(0.0, 4.0))
    assert shape is not None
    assert shape.regular
    assert shape.area_above(1.0) == pytest.approx(12.0)


def test_attic_room_area_is_judged_by_what_counts(house: Any) -> None:
    mesh = attic(0.6, 2.6)
    house.meshes["bedroom"] = Mesh(
        "bedroom", mesh.vertices + np.array([5.1, 0, 0]), mesh.faces, mesh.colour, mesh.kernel
    )
    (found,) = [r for r in report(house).results if r.check_id == "r85.room-area" and "bedroom" in r.elements]
    assert found.verdict is Verdict.PASS
    assert found.measured is not None
    assert found.measured.value == pytest.approx(8.0)


def test_width_of_a_narrow_room(house: Any) -> None:
    house.box("bedroom", (5.1, 0, 0), (7.1, 6, 2.6))
    (found,) = [r for r in report(house).results if r.check_id == "r85.room-width" and r.verdict is Verdict.FAIL]
    assert found.measured is not None
    assert found.measured.value == pytest.approx(2.0, abs=1e-3)
    assert found.geometry is not None
    assert found.geometry.type == "line"


def test_a_stair_joins_two_storeys(house: Any) -> None:
    from ifc import RelationKind

    house.add("upper", "IfcSpace", (RelationKind.AGGREGATED_IN, "storey"))
    house.box("upper", (0, 0, 2.9), (5, 4, 5.5))
    house.put("upper", "AR_Ruum.115_Kategooria", "magamistuba")
    missing = [r.elements for r in report(house).results if r.check_id == "r85.way-out" and r.verdict is Verdict.FAIL]
    assert missing == [("upper",)]
    house.add("stair", "IfcStairFlight", (RelationKind.CONTAINED_IN, "storey"))
    house.box("stair", (3, 1, 0), (4, 3, 2.9))
    assert {r.verdict for r in report(house).results if r.check_id == "r85.way-out"} == {Verdict.PASS}


def test_an_empty_model_passes_nothing(house: Any) -> None:
    house.records.clear()
    house.meshes.clear()
    house.georeference = house.plan = house.parcels = house.neighbours = None
    counts = report(house).counts()
    assert counts["pass"] == counts["fail"] == 0
    assert counts["data_missing"] > 30
