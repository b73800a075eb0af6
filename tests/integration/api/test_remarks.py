"""A remark on a view goes out as BCF and comes back with the same camera."""

import base64

import pytest

API = "/api/v1/buildings/120900101/versions/as-designed/latest"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CAMERA = {"position": [20, -18, 9], "direction": [-0.6, 0.7, -0.39], "up": [0, 0, 1], "field_of_view_deg": 42}


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_what_is_written_is_read_back(client, version):
    wall = client.get(f"{API}/elements?ifc_class=IfcWall&limit=1").json()["items"][0]["global_id"]
    asked = {
        "title": "Look here", "text": "Too close", "camera": CAMERA, "selection": [wall],
        "clipping": [{"location": [0, 0, 2.5], "direction": [0, 0, 1]}], "picture": base64.b64encode(PNG).decode(),
    }  # fmt: skip
    written = client.post(f"{API}/remark?format={version}", json=asked)
    assert written.status_code == 200, written.text
    read = client.post(f"{API}/bcf", files={"file": ("remark.bcf", written.content)}).json()["topics"]
    assert [(topic["title"], topic["description"], topic["elements"]) for topic in read] == [
        ("Look here", "Too close", [wall])
    ]
    (view,) = read[0]["views"]
    assert view["camera"]["position"] == CAMERA["position"]
    assert view["camera"]["direction"] == pytest.approx(CAMERA["direction"], abs=1e-6)
    assert view["camera"]["field_of_view_deg"] == 42
    assert view["snapshot_bytes"] == len(PNG)
    assert "cut=zb2.5" in view["address"]


@pytest.mark.parametrize("changed", [{"picture": "!"}, {"picture": "AAAA"}, {"camera": {**CAMERA, "height_m": 3}}])
def test_what_cannot_be_written_is_refused(client, changed):
    answer = client.post(f"{API}/remark", json={"title": "x", "camera": CAMERA, **changed})
    assert (answer.status_code, answer.json()["reason"]) == (422, "bcf")
