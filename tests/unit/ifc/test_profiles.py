"""Profiles of materials, properties of profiles, named parts of shapes and tables of the whole model."""

import pytest

from ifc import Measure, Model, digest, read_model

WALL = "#20=IFCBEAM('0000000000000000000020',$,'B',$,$,#21,#40,$,$);\n#21=IFCLOCALPLACEMENT($,#4);\n"
DRAWN = (
    "#40=IFCPRODUCTDEFINITIONSHAPE($,$,(#41));\n#41=IFCSHAPEREPRESENTATION(#2,'Body','SweptSolid',(#42));\n"
    "#42=IFCEXTRUDEDAREASOLID(#43,#4,#44,1000.);\n#43=IFCRECTANGLEPROFILEDEF(.AREA.,'R100',$,100.,200.);\n"
    "#44=IFCDIRECTION((0.,0.,1.));\n"
)
OF_MATERIAL = (
    "#30=IFCRELASSOCIATESMATERIAL('0000000000000000000030',$,$,$,(#20),#31);\n"
    "#31=IFCMATERIALPROFILESET('set',$,(#32),$);\n#32=IFCMATERIALPROFILE('flange',$,#33,#43,$,$);\n"
    "#33=IFCMATERIAL('Steel',$,$);\n"
)
PROPERTIES = (
    "#50=IFCPROFILEPROPERTIES('Pset_ProfileMechanical',$,(#51),#43);\n"
    "#51=IFCPROPERTYSINGLEVALUE('MassPerLength',$,IFCMASSPERLENGTHMEASURE(22.4),$);\n"
)
MECHANICAL = {"Pset_ProfileMechanical": {"MassPerLength": Measure(22.4, "kg/m", "IfcMassPerLengthMeasure")}}
KEY, PROJECT = "0000000000000000000020", "0000000000000000000001"


@pytest.fixture(params=["columns", "parser"])
def read(request, step, monkeypatch):
    """Read a body both ways: from the columns of the file, and all of it through the parser."""
    if request.param == "parser":
        monkeypatch.setattr("ifc.step.scanned", lambda *_: None)

    def reading(body: str, schema: str = "IFC4") -> Model:
        return read_model(step(body, schema))

    return reading


def test_the_profile_of_a_material_keeps_its_dimensions_and_properties(read) -> None:
    model = read(WALL + DRAWN + OF_MATERIAL + PROPERTIES)
    record = model.by_id()[KEY]
    (part,) = record.materials
    length = "IfcPositiveLengthMeasure"
    assert part.attributes["Profile"] == {
        "class": "IfcRectangleProfileDef",
        "ProfileType": "AREA",
        "ProfileName": "R100",
        "XDim": Measure(0.1, "m", length),
        "YDim": Measure(0.2, "m", length),
    }
    assert part.properties == MECHANICAL
    assert record.property_sets == {}
    assert model.not_understood == {}


def test_properties_of_a_profile_without_material_are_those_of_what_is_drawn_with_it(read) -> None:
    model = read(WALL + DRAWN + PROPERTIES)
    assert model.by_id()[KEY].property_sets == MECHANICAL
    assert model.by_id()[PROJECT].property_sets == {}
    assert model.not_understood == {}


def test_profile_properties_of_ifc2x3_by_relationship(read) -> None:
    body = (
        "#20=IFCBEAM('0000000000000000000020',$,'B',$,$,$,$,$);\n"
        "#50=IFCGENERALPROFILEPROPERTIES('IPE200',$,22.4,$,$,$,0.00285);\n"
        "#51=IFCRELASSOCIATESPROFILEPROPERTIES('0000000000000000000051',$,$,$,(#20),#50,$,$);\n"
    )
    model = read(body, "IFC2X3")
    (found,) = model.by_id()[KEY].property_sets.values()
    assert found["ProfileName"] == "IPE200"
    assert found["PhysicalWeight"] == Measure(22.4, "kg/m", "IfcMassPerLengthMeasure")
    assert model.not_understood == {}


def test_named_parts_of_a_shape_are_told_with_a_digest_of_their_own(read) -> None:
    aspect = (
        "#60=IFCSHAPEASPECT((#61),'Frame','oak',.F.,#40);\n"
        "#61=IFCSHAPEREPRESENTATION(#2,'Body','SweptSolid',(#42));\n"
    )
    model = read(WALL + DRAWN + aspect)
    record = model.by_id()[KEY]
    (told,) = record.attributes["ShapeAspects"]
    assert (told["Name"], told["Description"], told["ProductDefinitional"]) == ("Frame", "oak", False)
    assert len(told["geometry_digest"]) == 64
    assert model.not_understood == {}
    other = read(WALL + DRAWN + aspect.replace("(#42)", "()")).by_id()[KEY]
    assert other.geometry_digest == record.geometry_digest
    assert digest(other) != digest(record)


def test_tables_that_nothing_refers_to_are_those_of_the_project(read) -> None:
    body = (
        "#70=IFCTABLE('later',(#72),(#73));\n#71=IFCTABLE('first',(),$);\n"
        "#72=IFCTABLEROW((IFCREAL(1.),IFCLENGTHMEASURE(2000.)),.F.);\n"
        "#73=IFCTABLECOLUMN('a','area',$,#74,#75);\n#74=IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.);\n"
        "#75=IFCREFERENCE('IfcWall','Name',$,$,$);\n"
    )
    model = read(body)
    tables = {table["Name"]: table for table in model.by_id()[PROJECT].attributes["Tables"]}
    assert sorted(tables) == ["first", "later"]
    later = tables["later"]
    assert later["Rows"][0]["RowCells"] == (1.0, Measure(2.0, "m", "IfcLengthMeasure"))
    (column,) = later["Columns"]
    assert column["Unit"] == {"unit": "m2", "factor": 1.0, "offset": 0.0}
    assert column["ReferencePath"] == {
        "class": "IfcReference",
        "TypeIdentifier": "IfcWall",
        "AttributeIdentifier": "Name",
    }
    assert model.not_understood == {}


def test_what_belongs_to_no_object_is_counted(read) -> None:
    loose = "#60=IFCSHAPEASPECT((#61),'Frame',$,.F.,$);\n#61=IFCSHAPEREPRESENTATION(#2,'Body','SweptSolid',());\n"
    unused = PROPERTIES + "#43=IFCRECTANGLEPROFILEDEF(.AREA.,'R100',$,100.,200.);\n"
    assert read(loose + unused).not_understood == {"IfcProfileProperties": 1, "IfcShapeAspect": 1}
