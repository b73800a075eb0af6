"""The Khronos glTF validator on the tiles of the sample blocks: no error and no warning.

The validator of 3D Tiles itself is not in the package index; `gltf-validator` is, and is fetched once into a folder
beside the virtual environment. Without Node, npm or a way to the index these tests are skipped.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from shapely import MultiPolygon, Polygon, box

from api.formats import tile
from twin.district import Body, Egm96, cell_of

VALIDATOR = "gltf-validator@2.0.0-dev.3.10"
FOLDER = Path(__file__).resolve().parents[3] / ".setup" / "gltf-validator"
SCRIPT = """
const {validateBytes} = require('gltf-validator'); const fs = require('fs');
validateBytes(new Uint8Array(fs.readFileSync(process.argv[1])), {maxIssues: 50})
  .then(report => console.log(JSON.stringify(report.issues)));
"""
E, N = 542_000.0, 6_588_000.0
YARD = Polygon(box(E, N, E + 40, N + 30).exterior.coords, [box(E + 9, N + 9, E + 20, N + 20).exterior.coords])
PAIR = MultiPolygon([box(E + 50, N, E + 60, N + 8), box(E + 70, N, E + 75, N + 8)])
BODIES = (
    Body("120900101", YARD, 12.0, 9.0, "model", {}),
    Body(
        'õu "1"',
        MultiPolygon([box(E + 50, N, E + 60, N + 8), box(E + 70, N, E + 75, N + 8)]),
        1.5,
        6.0,
        "context",
        {},
    ),
    Body("flat", box(E + 80, N, E + 90, N + 8), None, None, "context", {}),
)


@pytest.fixture(scope="module")
def validate(tmp_path_factory):
    """Return a function that gives the issues of a GLB."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node and npm are not here: the glTF validator cannot run")
    if not (FOLDER / "node_modules" / "gltf-validator").is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        got = subprocess.run(
            [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(FOLDER), VALIDATOR],
            capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        if got.returncode:
            pytest.skip("the package index does not give the glTF validator")
    folder = tmp_path_factory.mktemp("gltf")

    def issues(glb):
        file = folder / "tile.glb"
        file.write_bytes(glb)
        ran = subprocess.run([node, "-e", SCRIPT, str(file)], cwd=FOLDER, capture_output=True, timeout=60, check=True)
        return json.loads(ran.stdout)

    return issues


@pytest.mark.conformance
@pytest.mark.parametrize("bodies", [BODIES, BODIES[:1], BODIES[2:]])
def test_tiles_have_no_error_and_no_warning(validate, bodies):
    found = validate(tile(bodies, cell_of(bodies[0].shape.bounds), Egm96()))
    assert (found["numErrors"], found["numWarnings"]) == (0, 0), found["messages"]


@pytest.mark.conformance
def test_the_validator_sees_a_broken_tile(validate):
    glb = bytearray(tile(BODIES, cell_of(BODIES[0].shape.bounds), Egm96()))
    place = glb.index(b'"componentType":5126')
    glb[place : place + 20] = b'"componentType":5120'
    assert validate(bytes(glb))["numErrors"] > 0
