"""A small model that keeps every rule, to be broken rule by rule."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ifc import ReadFinding
from ifc.quality.validate import rule_findings

HEAD = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [ReferenceView_V1.2]'),'2;1');
FILE_NAME('house.ifc','2026-01-02T03:04:05',('a'),('o'),'exporter 1','author 2','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
"""
BODY = """#1=IFCPROJECT('0000000000000000000001',$,'P',$,$,$,$,(#2),#3);
#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#4,$);
#3=IFCUNITASSIGNMENT((#6,#7,#8,#9));
#4=IFCAXIS2PLACEMENT3D(#5,$,$);
#5=IFCCARTESIANPOINT((0.,0.,0.));
#6=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#7=IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.);
#8=IFCSIUNIT(*,.VOLUMEUNIT.,$,.CUBIC_METRE.);
#9=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);
#10=IFCPROJECTEDCRS('EPSG:3301',$,$,'EH2000',$,$,#11);
#11=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#12=IFCMAPCONVERSION(#2,#10,542000.,6589000.,12.5,1.,0.,0.001);
#20=IFCSITE('0000000000000000000020',$,'Site',$,$,#21,$,$,.ELEMENT.,(59,26,14,0),(24,44,43,0),$,$,$);
#21=IFCLOCALPLACEMENT($,#4);
#22=IFCBUILDING('0000000000000000000022',$,'House',$,$,#23,$,$,.ELEMENT.,$,$,$);
#23=IFCLOCALPLACEMENT(#21,#4);
#24=IFCBUILDINGSTOREY('0000000000000000000024',$,'1',$,$,#25,$,$,.ELEMENT.,3000.);
#25=IFCLOCALPLACEMENT(#23,#26);
#26=IFCAXIS2PLACEMENT3D(#27,$,$);
#27=IFCCARTESIANPOINT((0.,0.,3000.));
#30=IFCRELAGGREGATES('0000000000000000000030',$,$,$,#1,(#20));
#31=IFCRELAGGREGATES('0000000000000000000031',$,$,$,#20,(#22));
#32=IFCRELAGGREGATES('0000000000000000000032',$,$,$,#22,(#24));
#33=IFCRELAGGREGATES('0000000000000000000033',$,$,$,#24,(#40));
#40=IFCSPACE('0000000000000000000040',$,'101','Room',$,#41,#50,$,.ELEMENT.,.INTERNAL.,$);
#41=IFCLOCALPLACEMENT(#25,#4);
#42=IFCWALL('0000000000000000000042',$,'W',$,$,#43,#50,$,$);
#43=IFCLOCALPLACEMENT(#25,#4);
#44=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000044',$,$,$,(#42),#24);
#45=IFCWALLTYPE('0000000000000000000045',$,'T',$,$,$,$,$,$,.STANDARD.);
#46=IFCRELDEFINESBYTYPE('0000000000000000000046',$,$,$,(#42),#45);
#47=IFCPROPERTYSET('0000000000000000000047',$,'Pset_WallCommon',$,(#48));
#48=IFCPROPERTYSINGLEVALUE('IsExternal',$,IFCBOOLEAN(.T.),$);
#49=IFCRELDEFINESBYPROPERTIES('0000000000000000000049',$,$,$,(#42),#47);
#50=IFCPRODUCTDEFINITIONSHAPE($,$,(#51));
#51=IFCSHAPEREPRESENTATION(#2,'Body','SweptSolid',(#52));
#52=IFCEXTRUDEDAREASOLID(#53,#4,#54,2700.);
#53=IFCRECTANGLEPROFILEDEF(.AREA.,$,$,4000.,300.);
#54=IFCDIRECTION((0.,0.,1.));
"""
TAIL = "ENDSEC;\nEND-ISO-10303-21;\n"

Judge = Callable[..., dict[str, list[ReadFinding]]]


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Write the compliant model with texts replaced and statements added."""

    def write(*changes: tuple[str, str], add: str = "") -> Path:
        text = HEAD + BODY + add + TAIL
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "house.ifc"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def judge(model) -> Judge:
    """Return the findings on a changed model, by rule."""

    def findings(*changes: tuple[str, str], add: str = "") -> dict[str, list[ReadFinding]]:
        found: dict[str, list[ReadFinding]] = {}
        for item in rule_findings(model(*changes, add=add)):
            found.setdefault(item.rule, []).append(item)
        return found

    return findings
