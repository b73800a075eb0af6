"""Seals, status, disclosures, deviations and the log over HTTP."""

import time

import pytest

from signatures import AnyIssuer
from signatures.tlog import LogPolicy, MonitorState, monitor
from twin.clock import system_clock
from twin.sealing import verify_disclosure

API = "/api/v1"
HOUSE = f"{API}/buildings/120900101"
DESIGNED = f"{HOUSE}/versions/as-designed/1"
WALL = "1gfMP3pkjV3B_0aREHFJ5F"
PAPER = {"kind": "designer-qualification", "name": "Diploma", "sha256": "0" * 64}


def test_a_version_goes_through_its_status(client):
    assert client.get(f"{DESIGNED}/lifecycle").json()["status"] == "S0"
    refused = client.post(f"{DESIGNED}/lifecycle", json={"transition": "submit"})
    assert refused.status_code == 409
    assert refused.json()["reason"] == "evidence"
    assert [demand["reason"] for demand in refused.json()["unmet"]] == ["evidence"]
    begun = client.post(f"{DESIGNED}/lifecycle", json={"transition": "submit", "evidence": [PAPER]})
    assert begun.status_code == 201
    assert begun.json()["pending"]["to"] == "S4"
    signed = client.post(f"{DESIGNED}/lifecycle/signatures", json={"role": "designer"})
    assert (signed.json()["status"], signed.json()["container"]) == ("S4", "shared")
    verdict = client.get(f"{DESIGNED}/seal").json()
    assert (verdict["verdict"], verdict["status"]) == ("valid", "S4")
    assert {step["name"]: step["verdict"] for step in verdict["steps"]}["log"] == "passed"
    assert client.get(f"{API}/transitions").json()["items"][0]["transition"] == "submit"


def test_moved_parameters_are_listed_in_the_refusal(client):
    described = client.get(f"{HOUSE}/versions/as-maintained/1/lifecycle").json()
    demand = next(d for d in described["next"][0]["demands"] if d["reason"] == "previous-state")
    assert not demand["met"]


@pytest.mark.parametrize(
    ("query", "kind"), [("?packed=false", "element"), ("?statement=Pset_WallCommon/FireRating", "statement")]
)
def test_one_element_or_statement_is_shown_alone(client, query, kind):
    answer = client.get(f"{DESIGNED}/disclosures/{WALL}{query}")
    assert answer.status_code == 200
    packed = client.get(f"{DESIGNED}/disclosures/{WALL}{query}&packed=true").content
    assert len(packed) < 4096  # a wall with four layers and 83 statements, with its credential
    for data in (answer.content, packed):
        verdict = verify_disclosure(data, policy=AnyIssuer())
        assert verdict.valid
        assert kind in verdict.facts
    if kind == "statement":
        assert verdict.facts["statement"]["value"] == "REI30"
        assert b"LoadBearing" not in answer.content
    assert not verify_disclosure(answer.content.replace(b"REI30", b"REI90"), policy=AnyIssuer()).valid
    for at in range(0, len(packed), 97):
        flipped = packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :]
        assert not verify_disclosure(flipped, policy=AnyIssuer()).valid
    assert not verify_disclosure(packed + b"x", policy=AnyIssuer()).valid


def test_absence_is_proved_and_not_claimed(client):
    answer = client.get(f"{DESIGNED}/absences/0000000000000000000000")
    verdict = verify_disclosure(answer.content, policy=AnyIssuer())
    assert verdict.valid
    assert verdict.facts["absent"] == "0000000000000000000000"
    assert client.get(f"{DESIGNED}/absences/{WALL}").json()["reason"] == "element-present"
    assert client.get(f"{DESIGNED}/disclosures/{WALL}?statement=Pset_WallCommon/Nothing").status_code == 404
    ambiguous = client.get(f"{DESIGNED}/disclosures/{WALL}?statement=Pset_WallCommon")
    assert ambiguous.json()["reason"] == "statement"
    other = answer.content.replace(b"0000000000000000000000", WALL.encode())
    assert not verify_disclosure(other, policy=AnyIssuer()).valid


def test_an_accepted_deviation_is_shown_in_the_diff(client):
    query = {"from": "as-designed/1", "to": "as-built/1"}
    wall = next(e for e in client.get(f"{HOUSE}/diff", params=query).json()["changed"] if e["global_id"] == WALL)
    assert {change["accepted"] for change in wall["changes"]} == {None}
    item = {"global_id": WALL, "path": "Pset_WallCommon/FireRating"}
    body = {**query, "role": "municipality", "reason": "REI15 is enough here", "items": [item]}
    assert client.post(f"{HOUSE}/deviations", json=body).status_code == 201
    wall = next(e for e in client.get(f"{HOUSE}/diff", params=query).json()["changed"] if e["global_id"] == WALL)
    by_path = {change["path"]: change["accepted"] for change in wall["changes"]}
    assert by_path["Pset_WallCommon/FireRating"]["role"] == "municipality"
    assert by_path["Pset_WallCommon/FireRating"]["at"].endswith("Z")
    assert by_path["AR_Sein/330_Tulekindlus"] is None
    kept = client.get(f"{HOUSE}/deviations").json()["items"]
    assert [entry["valid"] for entry in kept] == [True]
    document = client.get(f"{HOUSE}/deviations/{kept[0]['document_sha256']}")
    assert document.json()["reason"] == "REI15 is enough here"
    wrong = {**body, "items": [{"global_id": WALL, "path": "Pset_WallCommon/Colour"}]}
    assert client.post(f"{HOUSE}/deviations", json=wrong).json()["reason"] == "no-difference"


def test_the_diff_comes_in_pages(client):
    query = {"from": "as-designed/1", "to": "as-built/1"}
    whole = client.get(f"{HOUSE}/diff", params=query).json()
    assert whole["next"] is None
    found = {"added": [], "removed": [], "changed": []}
    offset = 0
    while offset is not None:
        page = client.get(f"{HOUSE}/diff", params={**query, "limit": 5, "offset": offset}).json()
        assert sum(len(page[name]) for name in found) <= 5
        for name, members in found.items():
            members += page[name]
        offset = page["next"]
    assert found == {name: whole[name] for name in found}
    assert whole["counts"] == {name: len(members) for name, members in found.items()}
    assert {move["concern"] for move in whole["guarded"]} >= {"fire", "energy"}


def test_a_monitor_replays_the_log_from_its_files(client):
    client.post(f"{HOUSE}/versions/as-built/1/seal?role=builder")
    state = client.get(f"{API}/log").json()
    entries = client.get(f"{API}/log/entries", params={"limit": 500}).json()["items"]
    assert len(entries) == state["size"]

    def fetch(path):
        answer = client.get(f"{API}/log/{path}")
        assert answer.status_code == 200, path
        return answer.content

    report = monitor(LogPolicy.parse(state["policy"]), fetch, MonitorState(0, ()), system_clock())
    assert (report.read, report.findings) == (state["size"], ())
    for path in ("tile/../../keys/log.seed", "keys/log.seed", "tile/9/999", "tile/%2e%2e/lock", "lock"):
        assert client.get(f"{API}/log/{path}").status_code in (404, 422)


def test_the_log_is_open_and_the_rest_is_not(guarded):
    assert guarded.get(f"{API}/log/checkpoint").status_code == 200
    assert guarded.get(f"{API}/log").status_code == 200
    assert guarded.get(f"{API}/audit").status_code == 401
    assert guarded.get(f"{API}/logs").status_code == 401


def finished(client, job):
    for _ in range(600):
        found = client.get(f"{API}/jobs/{job}").json()
        if found["status"] in ("done", "failed"):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_sealing_and_transitions_run_as_jobs_when_asked(client):
    other, later = f"{API}/buildings/120900104/versions/as-designed/1", {"Prefer": "respond-async"}
    begun = client.post(f"{other}/seal?role=owner", headers=later)
    assert (begun.status_code, begun.json()["kind"]) == (202, "seal")
    done = finished(client, begun.headers["Location"].rpartition("/")[2])
    assert done["status"] == "done", done["problem"]
    assert done["result"]["version"] == 1
    assert "owner" in {signer["role"] for signer in client.get(f"{other}/seal").json()["signers"]}
    refused = client.post(f"{other}/lifecycle", json={"transition": "submit"}, headers=later).json()
    assert finished(client, refused["job_id"])["problem"]["reason"] == "evidence"
    wanted = {"transition": "submit", "evidence": [PAPER], "role": "designer"}
    begun = client.post(f"{other}/lifecycle", json=wanted, headers=later).json()
    assert finished(client, begun["job_id"])["result"]["status"] == "S4"


def test_the_status_list_and_the_keys_are_served(client):
    client.post(f"{DESIGNED}/seal")
    entry = client.get(f"{DESIGNED}/seal/credential").json()["credentialStatus"]
    name = entry["statusListCredential"].rpartition("/")[2]
    listed = client.get(f"{API}/log/status/{name}").json()
    assert (listed["id"], listed["credentialSubject"]["statusPurpose"]) == (
        entry["statusListCredential"],
        "revocation",
    )
    assert client.get(f"{API}/log/status/{'z' * 12}-1").status_code == 404
    keys = client.get(f"{API}/log/keys").json()["items"]
    assert listed["issuer"] in {item["controller"] for item in keys}
