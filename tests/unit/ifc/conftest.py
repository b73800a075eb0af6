"""Small STEP texts for the tests of reading."""

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]'),'2;1');
FILE_NAME('house.ifc','2026-01-02T03:04:05',('a'),('o'),'exporter 1','author 2','');
FILE_SCHEMA(('{schema}'));
ENDSEC;
DATA;
"""
TAIL = "ENDSEC;\nEND-ISO-10303-21;\n"
PROJECT = {
    "IFC2X3": "#1=IFCPROJECT('0000000000000000000001',#900,'P',$,$,$,$,(#2),#3);\n"
    "#900=IFCOWNERHISTORY($,$,$,.ADDED.,$,$,$,0);\n",
    "IFC4": "#1=IFCPROJECT('0000000000000000000001',$,'P',$,$,$,$,(#2),#3);\n",
}
BASE = """#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#4,$);
#3=IFCUNITASSIGNMENT((#6,#7,#8,#9));
#4=IFCAXIS2PLACEMENT3D(#5,$,$);
#5=IFCCARTESIANPOINT((0.,0.,0.));
#6=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#7=IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.);
#8=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);
#9=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.KELVIN.);
"""

Step = Callable[..., Path]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """Write a STEP file with a project, millimetres and the given statements."""

    def write(body: str, schema: str = "IFC4", base: str = BASE) -> Path:
        family = "IFC2X3" if schema.startswith("IFC2X") else "IFC4"
        path = tmp_path / "house.ifc"
        path.write_text(HEAD.format(schema=schema) + PROJECT[family] + base + body + TAIL, encoding="utf-8")
        return path

    return write
