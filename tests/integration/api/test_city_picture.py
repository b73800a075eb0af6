"""The city in columns: outlines that give back the footprints, attributes row by row, tables by register code."""

import json
import struct
import time
import warnings

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box

from api.app import create_app
from benchmarks.city import features, head
from twin.district import ContextBuilding, ContextIndex, outlines_of, write_index
from twin.district.context_columns import HOLE
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

API = "/api/v1"
COUNT = 300


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("picture") / "home")
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as opened:
        text = "".join(json.dumps(line) + "\n" for line in [head(), *features(COUNT)])
        job = opened.post(f"{API}/district/context", files={"file": ("city", text.encode())}).json()["job_id"]
        while opened.get(f"{API}/jobs/{job}").json()["status"] not in ("done", "failed"):
            time.sleep(0.05)
        yield opened


def columns(data):
    """Return the header and the arrays of a file, as its description says."""
    (length,) = struct.unpack_from("<I", data)
    header, at, arrays = json.loads(data[4 : 4 + length]), 4 + length, {}
    for about in header["arrays"]:
        kind, shape = np.dtype(about["type"]).newbyteorder("<"), about["shape"]
        size = kind.itemsize * int(np.prod(shape))
        raw = np.frombuffer(data, np.uint8, size, at)
        raw = raw.reshape(-1, shape[0]).T.copy() if about["planar"] and shape[0] else raw
        arrays[about["name"]] = np.frombuffer(raw.tobytes(), kind).reshape(shape)
        at += size + -size % 4
    assert at == len(data)
    return header, arrays


def rings_of(header, arrays):
    """Return the rings of each building in EPSG:3301, and which are holes."""
    anchors = np.cumsum(arrays["anchors"].astype(np.int64), axis=0)
    found, ring, point = [], 0, 0
    for row, count in enumerate(arrays["rings"]):
        mine = []
        for length in arrays["lengths"][ring : ring + count]:
            size = int(length) & ~HOLE
            steps = np.cumsum(arrays["points"][point : point + size].astype(np.int64), axis=0) + anchors[row]
            mine.append((bool(int(length) & HOLE), steps * header["step_m"] + header["origin"]))
            point += size
        ring += count
        found.append(mine)
    return found


def test_outlines_are_the_footprints_and_kept_for_ever(client):
    summary = client.get(f"{API}/district/city").json()
    assert summary["buildings"] == COUNT
    answer = client.get(f"{API}/district/city/{summary['outlines']}/outlines")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    header, arrays = columns(answer.content)
    found = rings_of(header, arrays)
    for row in (0, 7, COUNT - 1):
        feature = list(features(COUNT))[row]
        ground = np.array(feature["vertices"][: len(feature["vertices"]) // 2])[:, :2] * 0.001
        ((hole, ring),) = found[row]
        assert not hole
        assert Polygon(ring).symmetric_difference(Polygon(ground + np.array([530_000, 6_575_000]))).area < 0.5
        tall = feature["CityObjects"][feature["id"]]["attributes"]["measuredHeight"]
        assert arrays["heights"][row, 1] / 100 == pytest.approx(tall, abs=0.01)
    assert client.get(f"{API}/district/city/{'0' * 64}/outlines").json()["reason"] == "city"


def test_holes_parts_and_very_long_walls_come_back(tmp_path):
    east, north = 542_000.0, 6_588_000.0
    yard = box(east, north, east + 60, north + 40).difference(box(east + 10, north + 10, east + 30, north + 30))
    far = MultiPolygon(
        [box(east, north + 900, east + 20, north + 920), box(east + 900, north, east + 1_700, north + 20)]
    )
    buildings = [
        ContextBuilding("yard", yard, 3.0, 12.5, {}),
        ContextBuilding("far", far, None, None, {}),
    ]
    write_index(tmp_path / "city.sqlite", buildings)
    made = outlines_of(ContextIndex(tmp_path / "city.sqlite"))
    arrays = {name: getattr(made, name) for name in ("anchors", "heights", "rings", "lengths", "points")}
    found = rings_of({"step_m": made.step_m, "origin": made.origin}, arrays)
    ((_, outer), (inside, inner)) = found[0]
    assert inside
    assert Polygon(outer, [inner]).symmetric_difference(yard).area < 280 * made.step_m
    whole = MultiPolygon([Polygon(ring) for _, ring in found[1]])
    assert whole.symmetric_difference(far).area < 1_720 * made.step_m
    assert made.step_m < 0.06
    assert list(made.heights[1]) == [65_535, 65_535]


def test_a_column_has_a_value_for_each_row_and_is_not_sent_again(client):
    answer = client.get(f"{API}/district/city/columns?name=heating_kwh_m2")
    header, arrays = columns(answer.content)
    wanted = [line["CityObjects"][line["id"]]["attributes"]["heating_kwh_m2"] for line in features(COUNT)]
    assert header["kind"] == "number"
    assert arrays["values"].tolist() == wanted
    again = client.get(answer.request.url, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    header, arrays = columns(client.get(f"{API}/district/city/columns?name=tyyp").content)
    words = [line["CityObjects"][line["id"]]["attributes"]["tyyp"] for line in features(COUNT)]
    assert [header["words"][code] for code in arrays["values"]] == words


@pytest.mark.parametrize(
    ("query", "reason"), [("name=nothing", "column"), ("name=aadress", "column-words"), ('name=a"b', "column")]
)
def test_a_column_that_cannot_be_shown_is_refused(client, query, reason):
    assert client.get(f"{API}/district/city/columns?{query}").json()["reason"] == reason


def test_a_table_is_joined_by_register_code(client):
    table = b"ehr_code;radon\n100000003;41.5\n100000005;7\n100999999;1\n"
    joined = client.post(f"{API}/district/thematic?column=radon&limit=1", files={"file": ("t.csv", table)}).json()
    answer = client.get(f"{API}/district/city/columns?name=radon&table={joined['table']}")
    _, arrays = columns(answer.content)
    known = {int(i): float(arrays["values"][i]) for i in np.flatnonzero(np.isfinite(arrays["values"]))}
    assert known == {3: 41.5, 5: 7.0}


def test_search_finds_by_code_and_address_without_accents(client):
    found = client.get(f"{API}/district/city/search", params={"q": "naidise tn 17"}).json()
    assert found["items"][0]["address"] == "Näidise tn 17"
    assert found["total"] == sum("17" in f"{n} 100000{n:03}" for n in range(COUNT))
    (only,) = client.get(f"{API}/district/city/search", params={"q": "100000123"}).json()["items"]
    assert (only["row"], only["ehr_code"]) == (123, "100000123")
    assert client.get(f"{API}/district/city/buildings/{COUNT}").json()["reason"] == "building"


def test_an_empty_district_has_no_city(empty_twin):
    from twin.city_picture import CityPicture

    picture = CityPicture(empty_twin.settings.home / "district", empty_twin.city, empty_twin.blobs)
    assert picture.summary()["buildings"] == 0
    assert picture.search("x", 5) == {"items": [], "total": 0}
