"""pySHACL on the linked data of a sample building, with the shapes of Brick 1.4.

pySHACL and the ontology come from the package index into a folder beside the virtual environment, once. Where the
index cannot be reached the test is skipped.

From an ontology pySHACL takes over types and subclasses, and no `skos:definition`. One shape of Brick wants such a
definition of Brick's own classes of external reference, and would find it missing in whatever is validated. The test
brings these definitions along, as they stand in Brick. Warnings are left aside.
"""

import subprocess
import venv
from pathlib import Path

import pytest

from api.formats.linked_data import statements, turtle
from twin.projection import project
from twin.snapshot import Stage

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

PINNED = ("pyshacl==0.40.1", "brickschema==0.8.0")
FOLDER = Path(__file__).resolve().parents[3] / ".setup" / "brick-shapes"
HOUSE = "120900101"
SCRIPT = """
import pathlib, sys
import brickschema
from pyshacl import validate
from rdflib import Graph, SKOS
ontology = pathlib.Path(brickschema.__file__).parent / "ontologies" / "1.4" / "Brick.ttl"
shapes, data = Graph().parse(ontology), Graph().parse(sys.argv[1], format="turtle")
ref = "https://brickschema.org/schema/Brick/ref#"
for subject, _, text in shapes.triples((None, SKOS.definition, None)):
    if subject.startswith(ref):
        data.add((subject, SKOS.definition, text))
conforms, _, text = validate(data, shacl_graph=shapes, ont_graph=shapes, advanced=True, allow_warnings=True)
print(text)
sys.exit(0 if conforms else 1)
"""


@pytest.fixture(scope="module")
def python():
    """Return a Python that has pySHACL and Brick."""
    own = FOLDER / "bin" / "python"
    if not (FOLDER / "complete").exists():
        venv.create(FOLDER, with_pip=True, clear=True)
        command = [str(own), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PINNED]
        if subprocess.run(command, capture_output=True, timeout=300, check=False).returncode:
            pytest.skip("the package index does not give pySHACL and Brick")
        (FOLDER / "complete").touch()
    return own


def check(python, file):
    done = subprocess.run([python, "-c", SCRIPT, file], capture_output=True, text=True, check=False, timeout=600)
    return done.returncode, (done.stdout + done.stderr)[-3000:]


def test_linked_data_conforms_to_the_shapes_of_brick_and_a_fault_does_not(python, twin, tmp_path):
    version = twin.catalogue.version(HOUSE, Stage.AS_BUILT)
    batch = project(twin.snapshots.read(version), version.content_sha256)
    points = twin.live.points(HOUSE)
    assert points
    text = b"".join(turtle(statements(batch, points, "http://127.0.0.1/elements", version.project_id)))
    (tmp_path / "house.ttl").write_bytes(text)
    code, report = check(python, tmp_path / "house.ttl")
    assert code == 0, report
    is_point_of = b"<https://brickschema.org/schema/Brick#isPointOf>"
    line = next(line for line in text.splitlines() if is_point_of in line)
    wrong = line.split(b" ")[0] + b" " + is_point_of + b' "a text" .\n'
    (tmp_path / "faulty.ttl").write_bytes(text + wrong)
    code, report = check(python, tmp_path / "faulty.ttl")
    assert code == 1, report
    assert "isPointOf" in report
