"""An application over HTTP, from the draft to the permit, on the sample district."""

import io
import json
import re
import warnings
import zipfile

import pytest

from api.app import create_app
from twin.bcf import read_bcf
from twin.gate import DesignStage, generate_ids
from twin.permit import bundled_packs
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

BUILDING = "120900101"
VERSION = f"/api/v1/buildings/{BUILDING}/versions/as-designed/latest"
TOKENS = f"anne:{'a' * 32}\notto:{'o' * 32}\n"
ANNE, OTTO = ({"Authorization": f"Bearer {letter * 32}"} for letter in "ao")


@pytest.fixture(scope="module")
def client(home):
    tokens = home / "tokens"
    tokens.write_text(TOKENS)
    with TestClient(create_app(Settings(home=home, token_file=tokens)), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def submitted(client):
    """The address of an application that was submitted once."""
    made = client.post("/api/v1/applications", json={"building_id": BUILDING}, headers=ANNE)
    assert made.status_code == 201
    address = made.headers["Location"]
    submit(client, address)
    return address


def submit(client, address):
    job = client.post(f"{address}/submissions", json={"version": "as-designed/latest"}, headers=ANNE)
    assert job.status_code == 202, job.text
    done = client.app.state.jobs.wait(job.json()["job_id"], 120)
    assert done.status == "done", done.problem


def plan(crs="urn:ogc:def:crs:EPSG::3301", ring=None):
    ring = ring or [[540000, 6580000], [540050, 6580000], [540050, 6580050], [540000, 6580050], [540000, 6580000]]
    feature = {
        "type": "Feature",
        "properties": {"plan_id": "DP1", "cadastral_number": "78401:118:0122"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    named = {"type": "name", "properties": {"name": crs}}
    return json.dumps({"type": "FeatureCollection", "crs": named, "features": [feature]}).encode()


SWAPPED = [[6580000, 540000], [6580050, 540000], [6580050, 540050], [6580000, 540000]]
BOW_TIE = [[540000, 6580000], [540050, 6580050], [540050, 6580000], [540000, 6580050], [540000, 6580000]]


@pytest.mark.parametrize(
    ("data", "words", "feature"),
    [
        (plan(crs="urn:ogc:def:crs:OGC:1.3:CRS84"), "not in EPSG:3301", "crs"),
        (plan(ring=SWAPPED), "axes are swapped", "feature 0 (78401:118:0122)"),
        (plan(ring=BOW_TIE), "not a simple polygon", "feature 0 (78401:118:0122)"),
        (b"{", "JSON", ""),
    ],
)
def test_a_faulty_plan_is_refused_by_feature_and_not_stored(client, data, words, feature):
    address = client.post("/api/v1/applications", json={"building_id": BUILDING}, headers=ANNE).headers["Location"]
    before = client.get(address, headers=ANNE).json()
    answer = client.put(f"{address}/plan", files={"file": ("plan.geojson", data)}, headers=ANNE)
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]
    assert answer.json().get("entity", "").startswith(feature)
    assert client.get(address, headers=ANNE).json() == before
    refused = client.post(f"{VERSION}/precheck", files={"plan": ("plan.geojson", data)}, headers=ANNE)
    assert refused.status_code == 422


def test_a_submission_freezes_what_it_rests_on(client, submitted):
    found = client.get(submitted, headers=OTTO).json()
    assert found["state"] in ("submitted", "in_review", "revision_requested", "granted")
    first = found["submissions"][0]
    assert first["version"].startswith(f"{BUILDING}/as-designed/")
    assert first["plan_sha256"]
    assert first["parcels_sha256"]
    assert {pack["id"] for pack in first["packs"]} == {pack.pack_id for pack in bundled_packs()}
    frozen = client.get(f"{submitted}/submissions/1/report", params={"format": "json"}, headers=OTTO).json()
    assert frozen["mode"] == "formal"
    assert len([r for r in frozen["results"] if r["verdict"] in OPEN]) == first["open_findings"]
    assert frozen["gate"][0]["specifications"]


OPEN = ("fail", "needs_human", "data_missing")


def test_the_whole_way_of_an_application(client, submitted):
    def do(act, actor=OTTO):
        return client.post(f"{submitted}/acts", json={"act": act, "message": ""}, headers=actor)

    assert do("grant").json()["reason"] == "transition"
    assert do("review", ANNE).json()["reason"] == "party"
    assert do("review").json()["state"] == "in_review"
    page = client.get(f"{submitted}/submissions/1/findings", params={"limit": 500}, headers=OTTO).json()
    assert page["total"] == len(page["results"])
    names = [item["finding_id"] for item in page["results"] if item["verdict"] in OPEN]
    words = {"text": "Samaväärne lahendus: vt seletuskiri lk 4."}
    answer = client.put(f"{submitted}/findings/{names[0]}/justification", json=words, headers=ANNE)
    assert answer.status_code == 200
    assert do("grant").json()["reason"] == "findings-open"
    assert do("refuse").json()["reason"] == "words"
    assert do("request_revision").json()["state"] == "revision_requested"
    submit(client, submitted)
    change = client.get(f"{submitted}/difference", params={"first": 1, "second": 2}, headers=OTTO).json()
    assert change["counts"] == {"fixed": 0, "still_open": len(names), "new": 0}
    assert do("review").json()["undecided"] == len(names)
    for name in names:
        ruling = {"ruling": "accepted", "text": "Nõus."}
        answer = client.put(f"{submitted}/findings/{name}/ruling", json=ruling, headers=OTTO)
        assert answer.status_code == 200, answer.text
    granted = do("grant").json()
    assert granted["state"] == "granted"
    assert do("refuse").json()["reason"] == "transition"
    first = client.get(f"{submitted}/submissions/1/findings", params={"limit": 500}, headers=OTTO).json()["results"]
    said = next(item for item in first if item["finding_id"] == names[0])
    assert said["justifications"][0]["actor"] == "anne"
    assert said["rulings"] == []
    acts = [item["act"] for item in granted["history"]]
    assert acts[:3] == ["open", "submit", "review"]
    assert client.app.state.twin.trust.journal.check("applications") >= len(acts)


@pytest.mark.parametrize("form", ["bcf-2.1", "bcf-3.0"])
def test_the_findings_of_a_submission_as_bcf(client, submitted, form):
    answer = client.get(f"{submitted}/submissions/1/report", params={"format": form, "language": "en"}, headers=OTTO)
    topics = read_bcf(answer.content)
    assert len(topics) == client.get(submitted, headers=OTTO).json()["submissions"][0]["open_findings"]
    assert all(topic.views[0].camera and topic.views[0].snapshot for topic in topics)
    sent = {"files": {"file": ("a.bcf", answer.content)}, "headers": OTTO}
    read = client.post("/api/v1/bcf", params={"pictures": True}, **sent).json()
    assert read["total"] == len(topics)
    assert read["topics"][0]["views"][0]["snapshot"].startswith("data:image/png;base64,")
    beside = client.post(f"{VERSION}/bcf", params={"offset": 1, "limit": 2}, **sent).json()
    assert (len(beside["topics"]), beside["next"]) == (2, 3)
    for view in (view for topic in beside["topics"] for view in topic["views"]):
        assert "&eye=" in view["address"]
        assert (view["unknown"], view["left_out"]) == ([], [])


def test_the_page_of_a_submission_needs_nothing_from_outside(client, submitted):
    for language in ("et", "en", "fr"):
        query = {"format": "html", "language": language}
        page = client.get(f"{submitted}/submissions/1/report", params=query, headers=OTTO)
        assert f'lang="{language}"' in page.text
        assert page.headers["content-disposition"].startswith("inline")  # to read and print, with no script
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "<svg" in page.text
        assert not any(mark in page.text for mark in ("<script", "src=", "<link", "@import", "url("))


def test_a_precheck_stores_nothing_and_pages(client):
    twin = client.app.state.twin
    before = len(twin.trust.journal.entries("applications"))
    page = client.post(f"{VERSION}/precheck", params={"limit": 5, "mode": "formal"}, headers=ANNE).json()
    assert len(page["results"]) == 5
    assert page["next"] == 5
    assert page["mode"] == "formal"
    assert len(twin.trust.journal.entries("applications")) == before


def test_an_ids_file_is_run_and_an_invalid_one_refused(client):
    data = client.get("/api/v1/ids/EP.ids", headers=ANNE).content
    assert data == generate_ids(DesignStage.PRELIMINARY, "IFC4")
    report = client.post(f"{VERSION}/ids", files={"file": ("a.ids", data)}, headers=ANNE).json()["items"][0]
    assert report["counts"]["pass"] > 30
    failing = [item for item in report["specifications"] if item["status"] == "fail"]
    assert all(reason["global_id"] for item in failing for reason in item["reasons"])
    bad = client.post(f"{VERSION}/ids", files={"file": ("a.ids", data.replace(b"</ids>", b""))}, headers=ANNE)
    assert bad.status_code == 422
    assert bad.json()["reason"] == "ids-xml"
    assert bad.json()["line"]


def test_a_file_that_is_no_bcf_is_refused(client):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("bcf.version", '<Version VersionId="1.0"/>')
    for data in (b"no zip", stream.getvalue()):
        answer = client.post("/api/v1/bcf", files={"file": ("a.bcf", data)}, headers=ANNE)
        assert answer.status_code == 422
        assert answer.json()["reason"] == "bcf"


FINDINGS, TEN_MIB = 2_000, 10 * 2**20


@pytest.fixture
def large(client, monkeypatch):
    """Put a report of two thousand findings in the place of the real one."""
    permits = client.app.state.twin.permits
    found = client.get(f"{VERSION}/permit", headers=ANNE).json()["results"]
    named = [name for result in found for name in result["elements"]][:300]  # many times more than findings have
    results = [
        {**found[number % len(found)], "check_id": f"check-{number}", "verdict": "fail", "elements": named}
        for number in range(FINDINGS)
    ]
    real = permits.report
    monkeypatch.setattr(permits, "report", lambda *asked: {**real(*asked), "results": results})


def part(client, address, **query):
    """Return one part of an answer, which is small enough, and where the next one begins."""
    answer = client.get(address, params=query, headers=ANNE)
    assert answer.status_code == 200
    assert len(answer.content) < TEN_MIB
    link = re.search(r"offset=(\d+)", answer.headers.get("link", ""))
    return answer, int(link[1]) if link else None


@pytest.mark.long
def test_two_thousand_findings_come_in_answers_below_ten_mebibytes(client, large):
    for address in (f"{VERSION}/permit", f"{VERSION}/permit/report"):
        names, offset = [], 0
        while offset is not None:
            answer, linked = part(client, address, offset=offset, format="json")
            names += [result["check_id"] for result in answer.json()["results"]]
            offset = answer.json()["next"]
            assert linked == offset or not address.endswith("report")
        assert names == [f"check-{number}" for number in range(FINDINGS)]


@pytest.mark.long
@pytest.mark.parametrize("form", ["html", "bcf-2.1"])
def test_files_with_pictures_come_in_parts_below_ten_mebibytes(client, large, form):
    first, following = part(client, f"{VERSION}/permit/report", format=form, offset=FINDINGS - 300)
    last, end = part(client, f"{VERSION}/permit/report", format=form, offset=following)
    assert end is None
    if form == "html":
        assert f"{FINDINGS - 299}–{following} / {FINDINGS}</dd>" in first.text
        found = [f.text.count("<article") for f in (first, last)]
    else:
        found = [len(read_bcf(f.content)) for f in (first, last)]
    assert found == [following - FINDINGS + 300, FINDINGS - following]
