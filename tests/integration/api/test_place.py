"""A house drawn by hand, put on the map by each source of a place, and the view from its window.

The house is 10 m by 6 m on its slab and 3 m high. The middle of its only window is (5, 0.1, 1.75) in the model. Its
origin stands at 540000 E, 6580000 N, 30 m, and its x axis points north: E = 540000 - y, N = 6580000 + x, H = 30 + z.
"""

import json
import os
import subprocess
import sys
import time
import warnings

import pytest

from api.app import create_app
from ifc import read_model
from twin.district import place
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

API = "/api/v1"
WINDOW = "000000000000000window"
WINDOW_ON_MAP = (539_999.9, 6_580_005.0, 31.75)
HEAD = """ISO-10303-21;
HEADER;FILE_DESCRIPTION(('ViewDefinition [ReferenceView]'),'2;1');
FILE_NAME('h.ifc','2026-01-02T03:04:05',('a'),('o'),'e','e','');FILE_SCHEMA(('IFC4'));ENDSEC;
DATA;
#1=IFCPROJECT('0000000000000000000001',$,'P',$,$,$,$,(#2),#3);
#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#4,$);
#3=IFCUNITASSIGNMENT((#6));
#4=IFCAXIS2PLACEMENT3D(#5,$,$);
#5=IFCCARTESIANPOINT((0.,0.,0.));
#6=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#7=IFCDIRECTION((0.,0.,1.));
#10=IFCSITE('0000000000000000000010',$,'S',$,$,$,$,$,.ELEMENT.,$,$,$,$,$);
#11=IFCBUILDING('0000000000000000000011',$,'House',$,$,$,$,$,.ELEMENT.,$,$,$);
#12=IFCBUILDINGSTOREY('0000000000000000000012',$,'1',$,$,$,$,$,.ELEMENT.,0.);
#13=IFCRELAGGREGATES('0000000000000000000013',$,$,$,#1,(#10));
#14=IFCRELAGGREGATES('0000000000000000000014',$,$,$,#10,(#11));
#15=IFCRELAGGREGATES('0000000000000000000015',$,$,$,#11,(#12));
#16=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000016',$,$,$,(#100,#200,#300),#12);
"""
CRS = "#21=IFCPROJECTEDCRS('EPSG:3301',$,$,'EH2000',$,$,#6);\n"


def box(number, ifc_class, global_id, low, size, tail):
    """Return the lines of an element that is a box with its lowest corner at `low`."""
    n, (x, y, z), (width, depth, height) = number, low, size
    return (
        f"#{n}={ifc_class}('{global_id}',$,'{ifc_class}',$,$,#{n + 1},#{n + 4},{tail});\n"
        f"#{n + 1}=IFCLOCALPLACEMENT($,#{n + 2});\n#{n + 2}=IFCAXIS2PLACEMENT3D(#{n + 3},$,$);\n"
        f"#{n + 3}=IFCCARTESIANPOINT(({x + width / 2},{y + depth / 2},{float(z)}));\n"
        f"#{n + 4}=IFCPRODUCTDEFINITIONSHAPE($,$,(#{n + 5}));\n"
        f"#{n + 5}=IFCSHAPEREPRESENTATION(#2,'Body','SweptSolid',(#{n + 6}));\n"
        f"#{n + 6}=IFCEXTRUDEDAREASOLID(#{n + 7},#4,#7,{float(height)});\n"
        f"#{n + 7}=IFCRECTANGLEPROFILEDEF(.AREA.,$,$,{float(width)},{float(depth)});\n"
    )


def house(where=""):
    """Return the house as IFC with some lines that say where it stands."""
    return (
        HEAD
        + box(100, "IFCSLAB", "00000000000000000slab0", (0, 0, -0.2), (10, 6, 0.2), ".FLOOR.")
        + box(200, "IFCWALL", "00000000000000000wall0", (0, 0, 0), (10, 0.2, 3), "$")
        + box(300, "IFCWINDOW", WINDOW + "0", (4.4, 0, 1), (1.2, 0.2, 1.5), "1.5,1.2,$,$,$")
        + where
        + "ENDSEC;\nEND-ISO-10303-21;\n"
    ).encode()


def conversion(east, north):
    return CRS + f"#20=IFCMAPCONVERSION(#2,#21,{east},{north},30.,0.,1.,1.);\n"


def properties(number, owner, name, values):
    """Return the lines of a property set."""
    lines = [f"#{number + 2 + i}=IFCPROPERTYSINGLEVALUE('{key}',$,{v},$);\n" for i, (key, v) in enumerate(values)]
    members = ",".join(f"#{number + 2 + i}" for i in range(len(values)))
    guids = [f"0000000000000000000{number + i}" for i in (0, 1)]
    return (
        f"#{number}=IFCRELDEFINESBYPROPERTIES('{guids[0]}',$,$,$,(#{owner}),#{number + 1});\n"
        f"#{number + 1}=IFCPROPERTYSET('{guids[1]}',$,'{name}',$,({members}));\n" + "".join(lines)
    )


def benchmark(x, y):
    """Return a benchmark at (3, 4, 0.5) of the model, which the surveyor found at 539996 E, 6580003 N, 30.5 m.

    Project north is turned by 270 degrees clockwise, which is a quarter turn to the left.
    """
    numbers = [
        ("01_X-(L-EST)", x),
        ("02_Y-(L-EST)", y),
        ("03_Z-(EH2000)", "IFCREAL(30.5)"),
        ("04_Nurk", "IFCREAL(270.)"),
    ]
    return (
        "#400=IFCBUILDINGELEMENTPROXY('0000000000000000000400',$,'Reeper',$,$,#401,$,$,$);\n"
        "#401=IFCLOCALPLACEMENT($,#402);\n#402=IFCAXIS2PLACEMENT3D(#403,$,$);\n#403=IFCCARTESIANPOINT((3.,4.,0.5));\n"
        + properties(410, 400, "AR_Reeper", numbers)
    )


AGREED = properties(
    500, 10, "ePset_MapConversion",
    [("Eastings", "IFCREAL(540000.)"), ("Northings", "IFCREAL(6580000.)"), ("OrthogonalHeight", "IFCREAL(30.)"),
     ("XAxisAbscissa", "IFCREAL(0.)"), ("XAxisOrdinate", "IFCREAL(1.)"), ("Scale", "IFCREAL(1.)")],
) + properties(
    600, 10, "ePset_ProjectedCRS", [("Name", "IFCLABEL('EPSG:3301')"), ("MapUnit", "IFCLABEL('METRE')")]
)  # fmt: skip


@pytest.mark.parametrize(
    ("where", "source", "doubts"),
    [
        (conversion("540000.", "6580000."), "IfcMapConversion", []),
        (conversion("6580000.", "540000."), "IfcMapConversion", ["georeference.axes"]),
        (AGREED, "ePset_MapConversion", []),
        (benchmark("IFCREAL(539996.)", "IFCREAL(6580003.)"), "AR_Reeper", []),
        (benchmark("IFCREAL(6580003.)", "IFCREAL(539996.)"), "AR_Reeper", ["georeference.axes"]),
        (benchmark("IFCREAL(0.)", "IFCREAL(0.)") + conversion("540000.", "6580000."), "IfcMapConversion", []),
    ],
)
def test_every_source_puts_the_window_on_the_same_spot_and_says_its_doubts(tmp_path, where, source, doubts):
    (tmp_path / "house.ifc").write_bytes(house(where))
    model = read_model(tmp_path / "house.ifc")
    assert model.georeference.source == source
    assert [f.rule for f in model.findings if f.rule.startswith("georeference.")] == doubts
    placed = place(model.georeference)
    assert placed.trusted
    assert tuple(placed.to_map([[5.0, 0.1, 1.75]])[0]) == pytest.approx(WINDOW_ON_MAP, abs=1e-6)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home = tmp_path_factory.mktemp("place")
    with TestClient(create_app(Settings(home=home)), base_url="http://127.0.0.1") as opened:
        block = [[x, y, z] for z in (30_000, 36_000) for x, y in ((0, 0), (4000, 0), (4000, 10_000), (0, 10_000))]
        faces = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
        geometry = [{"type": "Solid", "lod": "1.2", "boundaries": [[[face] for face in faces]]}]
        city = {
            "type": "CityJSON", "version": "2.0", "vertices": block,
            "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/3301"},
            "CityObjects": {"opposite": {"type": "Building", "geometry": geometry}},
            "transform": {"scale": [0.001] * 3, "translate": [540_020.0, 6_580_000.0, 0.0]},
        }  # fmt: skip
        ended(opened, opened.post(f"{API}/district/context", files={"file": ("c.json", json.dumps(city).encode())}))
        yield opened


def ended(client, answer):
    assert answer.status_code == 202, answer.text
    job = answer.json()
    while job["status"] not in ("done", "failed"):
        time.sleep(0.02)
        job = client.get(f"{API}/jobs/{job['job_id']}").json()
    assert job["status"] == "done", job
    return job["result"]


def load(client, query, data):
    return ended(client, client.post(f"{API}/buildings?{query}", files={"file": ("h.ifc", data)}))


def see(client, window, mark, status=200):
    answer = client.get(f"{API}/district/sight?window={window}&mark={mark}")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_place_that_is_given_puts_a_house_on_the_map_and_one_looks_out_of_its_window(client):
    """The house opposite stands 20.1 m from the window, from 540020 to 540024 E, and rises to 36 m.

    A level line at 31.75 m runs 4.25 m below its top. A line from 31.75 m up to 50 m at 540050 E has climbed
    (50 - 31.75) * 20.1 / 50.1 = 7.322 m where it comes to the house, and passes 3.072 m over it.
    """
    load(client, "building_id=tmp-window&place=540000,6580000,30,90", house())
    summary = client.get(f"{API}/buildings/tmp-window").json()
    assert summary["placement"]["source"] == "request"
    east, north = zip(*summary["footprint"]["coordinates"][0], strict=True)
    assert (min(east), max(east), min(north), max(north)) == pytest.approx((539_994, 540_000, 6_580_000, 6_580_010))
    findings = client.get(f"{API}/buildings/tmp-window/versions/as-designed/1").json()["findings_read"]
    assert [f["rule"] for f in findings if f["rule"].startswith("georeference")] == ["georeference.given"]

    level = see(client, f"tmp-window/{WINDOW}0", "540050,6580005,31.75")
    assert level["eye"] == pytest.approx(WINDOW_ON_MAP, abs=0.001)
    assert (level["visible"], level["distance_m"]) == (False, pytest.approx(50.1))
    (obstacle,) = level["obstacles"]  # the house itself hides nothing
    assert (obstacle["building_id"], obstacle["above_m"]) == ("opposite", pytest.approx(4.25, abs=0.002))
    rising = see(client, f"tmp-window/{WINDOW}0", "540050,6580005,50")
    assert (rising["visible"], rising["clearance_m"]) == (True, pytest.approx(3.072, abs=0.002))


def test_a_model_without_a_place_has_no_view_until_one_is_given(client):
    load(client, "building_id=tmp-lost", house())
    assert client.get(f"{API}/buildings/tmp-lost").json()["footprint"] is None
    assert see(client, f"tmp-lost/{WINDOW}0", "540050,6580005,50", 404)["reason"] == "place"
    assert see(client, "tmp-window/nothing", "540050,6580005,50", 404)["reason"] == "element"
    assert see(client, f"nobody/{WINDOW}0", "540050,6580005,50", 404)["reason"] == "building"
    assert load(client, "building_id=tmp-lost", house())["version"] == 1  # the same bytes are the same version
    assert load(client, "building_id=tmp-lost&place=540100,6580000,30,0", house())["version"] == 2
    assert load(client, "building_id=tmp-lost&place=540100,6580000,30,0", house())["version"] == 2
    assert see(client, f"tmp-lost/{WINDOW}0", "540150,6580005,50")["eye"][0] == pytest.approx(540_105.0)


@pytest.mark.parametrize(
    "where",
    ["here", "1,2,3", "6580000,540000,30,0", "nan,6580000,30,0", "540000,6580000,inf,0", "540000,6580000,1e9,0"],
)
def test_a_place_that_is_none_is_refused_before_anything_is_kept(client, where):
    answer = client.post(f"{API}/buildings?place={where}", files={"file": ("h.ifc", house())})
    assert (answer.status_code, answer.json()["reason"]) in ((422, "place"), (422, "georeference"))


@pytest.fixture(scope="module")
def kaksik(tmp_path_factory):
    """Return a function that runs `kaksik load` on the house in a data folder of its own."""
    folder = tmp_path_factory.mktemp("place-command")
    (folder / "h.ifc").write_bytes(house())

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-c", "from api.cli import main; main()", "load", folder / "h.ifc", *arguments],
            env={**os.environ, "KAKSIK_HOME": str(folder / "kaksik"), "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_the_command_takes_a_place_and_finds_what_http_finds(client, kaksik):
    # 900 m is no ground height: a doubt besides that the place was given
    load(client, "building_id=tmp-high&place=540000,6580000,900,90", house())
    told = client.get(f"{API}/buildings/tmp-high/versions/as-designed/1").json()["findings_read"]
    done = kaksik("--building", "tmp-high", "--place", "540000,6580000,900,90", "--json")
    assert done.returncode == 0, done.stderr
    (loaded,) = json.loads(done.stdout)
    assert loaded["findings_read"] == told
    assert {"georeference.given", "georeference.height"} <= {finding["rule"] for finding in told}


def test_the_command_refuses_a_place_in_a_sentence(kaksik):
    done = kaksik("--place", "6580000,540000,30,0")
    assert done.returncode == 3
    assert "The two stand in each other's place." in done.stderr
    assert "hint: Give easting, northing, height and rotation" in done.stderr
