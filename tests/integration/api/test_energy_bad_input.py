"""A spoiled weather file and a spoiled model, by interface and command: each fault is named with its place."""

import json
import os
import re
import subprocess
import sys

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from twin.energy import synthetic_tallinn
from twin.energy.energyplus.weather import write_epw
from twin.settings import Settings

OWN = "http://127.0.0.1"
ENERGY = "/api/v1/buildings/120900101/versions/as-designed/1/energy"
NEGATIVE_U = ("IFCTHERMALTRANSMITTANCEMEASURE(0.138)", "IFCTHERMALTRANSMITTANCEMEASURE(-0.138)")
ROOM = (
    "((0.42,0.42,0.),(6.42,0.42,0.),(6.42,4.62,0.),(0.42,4.62,0.),"
    "(0.42,0.42,2.7),(6.42,0.42,2.7),(6.42,4.62,2.7),(0.42,4.62,2.7))"
)
WITHOUT_TOP = "((1,3,2),(1,4,3),(1,2,6),(1,6,5),(2,3,7),(2,7,6),(3,4,8),(3,8,7),(4,1,5),(4,5,8))"


def spoiled(text):
    """Return the model with a negative U-value, a zero area, a huge window and an open space, and who has them."""
    room = re.search(r"IFCSPACE\('([^']+)',#5,'101',\$,\$,#\d+,(#\d+)", text)
    shape = re.search(rf"^{room[2]}=IFCPRODUCTDEFINITIONSHAPE\(\$,\$,\((#\d+)\)\);", text, re.MULTILINE)
    body = re.search(
        rf"^{shape[1]}=IFCSHAPEREPRESENTATION\((#\d+),'Body','SweptSolid',\(#\d+\)\);", text, re.MULTILINE
    )
    opened = f"{shape[1]}=IFCSHAPEREPRESENTATION({body[1]},'Body','Tessellation',(#990002));"
    added = (
        f"#990001=IFCCARTESIANPOINTLIST3D({ROOM});\n#990002=IFCTRIANGULATEDFACESET(#990001,$,.F.,{WITHOUT_TOP},$);\n"
    )
    window = re.search(r"IFCWINDOW\('([^']+)'.*?,(2\.1),2\.4,\.WINDOW\.", text)
    text = text.replace(body[0], opened).replace("ENDSEC;\nEND-ISO", f"{added}ENDSEC;\nEND-ISO")
    text = text.replace(window[0], window[0].replace(",2.1,2.4,", ",2.1,40.,")).replace(*NEGATIVE_U)
    text = text.replace("'NetFloorArea',$,$,16.968,", "'NetFloorArea',$,$,0.,")
    return text, {"energy.space-open": room[1], "energy.window-larger-than-wall": window[1]}


@pytest.fixture(scope="module")
def weather():
    return write_epw(synthetic_tallinn()).decode().splitlines()


@pytest.fixture(scope="module")
def asked(sample_district, tmp_path_factory):
    """Return a client of a service that holds the spoiled model, its weather file, and who has which fault."""
    folder = tmp_path_factory.mktemp("bad")
    model, faults = spoiled((sample_district / "models" / "120900101_as-designed.ifc").read_text(encoding="ascii"))
    epw = folder / "year.epw"
    settings = Settings(home=folder / "home", climate_file=epw, climate_licence="CC0", climate_official=True)
    with TestClient(create_app(settings), base_url=OWN) as client:
        answer = client.post("/api/v1/buildings?building_id=120900101", files={"file": ("x.ifc", model.encode())})
        with client.stream("GET", answer.headers["location"] + "/events") as events:
            assert [line for line in events.iter_lines() if line.startswith("event:")][-1] == "event: done"
        yield client, epw, faults


@pytest.mark.parametrize(
    ("spoil", "reason", "line"),
    [
        (lambda lines: lines.pop(100), "epw-hour", 101),
        (lambda lines: lines.__setitem__(80, "85," + lines[80].split(",", 1)[1]), "epw-year", 81),
    ],
)
def test_a_spoiled_weather_file_is_refused_with_its_line(asked, weather, spoil, reason, line):
    client, epw, _ = asked
    lines = list(weather)
    spoil(lines)
    epw.write_text("\n".join(lines))
    answer = client.get(ENERGY)
    assert (answer.status_code, answer.json()["reason"], answer.json()["line"]) == (422, reason, line)


def test_the_command_refuses_it_with_its_line(asked, weather, tmp_path):
    _, epw, _ = asked
    epw.write_text("\n".join([*weather[:100], *weather[101:]]))
    command = [sys.executable, "-c", "from api.cli import main; main()", "energy", str(epw), "--climate", str(epw)]
    done = subprocess.run(command, env={**os.environ, "KAKSIK_HOME": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 3
    assert "Line 101" in done.stderr


def test_every_fault_of_a_model_is_a_finding_with_its_element(asked, weather):
    client, epw, faults = asked
    epw.write_text("\n".join(weather))
    report = client.get(ENERGY).json()
    said = {}
    for finding in report["findings"]:
        said.setdefault(finding["rule"], set()).update(finding["elements"])
    assert {"energy.u-unusable", "energy.area-zero", *faults} <= set(said)
    assert len(said["energy.area-zero"]) == 1
    assert all(global_id in said[rule] for rule, global_id in faults.items())
    assert json.dumps(report, allow_nan=False)
    climate = report["climate"]
    assert (climate["source"], climate["licence"], climate["official"]) == ("year.epw", "CC0", True)
    assert not any("base year" in reason for reason in report["class_reasons"])
