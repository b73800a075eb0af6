"""Ways out over HTTP and on the command line."""

import hashlib
import io
import json
import zipfile

import pytest
from typer.testing import CliRunner

from api.cli.app import build

VERSION = "/api/v1/buildings/120900101/versions/as-built/1"
STARTS = {"ifc": b"ISO-10303-21;", "csv": b"PK", "parquet": b"PK", "glb": b"glTF", "cityjson": b'{"type":"CityJSON"'}
MEDIA = {
    "ifc": "application/x-step",
    "csv": "application/zip",
    "parquet": "application/zip",
    "glb": "model/gltf-binary",
    "cityjson": "application/city+json",
}


@pytest.mark.parametrize("form", STARTS)
def test_a_version_can_be_downloaded(client, form):
    answer = client.get(f"{VERSION}/export/{form}")
    assert answer.status_code == 200
    assert answer.content.startswith(STARTS[form])
    assert answer.headers["content-type"] == MEDIA[form]
    assert 'filename="120900101-as-built-1' in answer.headers["content-disposition"]


def test_the_submitted_file_comes_back_byte_for_byte(client):
    data = client.get(f"{VERSION}/export/ifc").content
    assert hashlib.sha256(data).hexdigest() == client.get(VERSION).json()["file_sha256"]


def test_tables_hold_every_element(client):
    elements = client.get(VERSION).json()["elements"]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{VERSION}/export/csv").content)) as archive:
        assert archive.namelist() == ["elements.csv", "properties.csv", "quantities.csv", "relations.csv"]
        assert archive.read("elements.csv").count(b"\r\n") == elements + 1


def test_an_unknown_format_or_version_is_refused(client):
    assert client.get(f"{VERSION}/export/dwg").status_code == 422
    missing = client.get(f"{VERSION[:-1]}99/export/csv")
    assert (missing.status_code, missing.json()["reason"]) == (404, "version")


def test_the_command_writes_a_stored_version(sample_district, tmp_path, monkeypatch):
    monkeypatch.setenv("KAKSIK_HOME", str(tmp_path / "home"))
    target = tmp_path / "house.city.json"
    runner = CliRunner()
    model = sample_district / "models/120900101_as-designed.ifc"
    loaded = runner.invoke(build(), ["load", str(model), "--json"])
    assert json.loads(loaded.stdout)[0]["version"] == 1
    source = "120900101/as-designed/latest"
    done = runner.invoke(build(), ["export", source, "--to", "cityjson", "-o", str(target), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["files"] == [{"path": str(target), "bytes": target.stat().st_size}]
    assert json.loads(target.read_text())["metadata"]["identifier"] == "120900101/as-designed/1"
