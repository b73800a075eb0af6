"""Zones, external spaces, infrastructure, positions and boundaries of both levels keep their own names and values."""

import pytest

from ifc import Measure, Relation, RelationKind, read_model

SITE = (
    "#10=IFCSITE('0000000000000000000010',$,'Site',$,$,$,$,$,$,$,$,$,$,$);\n"
    "#11=IFCBUILDING('0000000000000000000011',$,'B',$,$,$,$,$,$,$,$,$);\n"
    "#12=IFCBUILDINGSTOREY('0000000000000000000012',$,'S',$,$,$,$,$,$,3000.);\n"
    "#13=IFCSPACE('0000000000000000000013',$,'101',$,$,$,$,$,.ELEMENT.,.INTERNAL.,$);\n"
    "#14=IFCRELAGGREGATES('0000000000000000000014',$,$,$,#1,(#10));\n"
    "#15=IFCRELAGGREGATES('0000000000000000000015',$,$,$,#10,(#11));\n"
    "#16=IFCRELAGGREGATES('0000000000000000000016',$,$,$,#11,(#12));\n"
    "#17=IFCRELAGGREGATES('0000000000000000000017',$,$,$,#12,(#13));\n"
    "#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,$,$,$);\n"
    "#21=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000021',$,$,$,(#20),#12);\n"
)


def key(number: int) -> str:
    return str(number).rjust(22, "0")


def relation(record, kind: RelationKind) -> Relation:
    (found,) = (item for item in record.relations if item.kind is kind)
    return found


def test_external_spaces_and_spatial_zones(step) -> None:
    body = (
        "#30=IFCEXTERNALSPATIALELEMENT('0000000000000000000030',$,'Outside',$,$,$,$,'Air',.EXTERNAL.);\n"
        "#31=IFCRELAGGREGATES('0000000000000000000031',$,$,$,#11,(#30));\n"
        "#32=IFCRELSPACEBOUNDARY1STLEVEL('0000000000000000000032',$,'1stLevel',$,#30,#20,$,.PHYSICAL.,.EXTERNAL.,$);\n"
        "#33=IFCSPATIALZONE('0000000000000000000033',$,'Fire',$,$,$,$,'TP1',.FIRESAFETY.);\n"
        "#34=IFCRELREFERENCEDINSPATIALSTRUCTURE('0000000000000000000034',$,$,$,(#20),#33);\n"
        "#35=IFCRELAGGREGATES('0000000000000000000035',$,$,$,#11,(#33));\n"
    )
    model = read_model(step(SITE + body))
    records = model.by_id()
    outside, zone, wall = records[key(30)], records[key(33)], records[key(20)]
    assert (outside.ifc_class, outside.predefined_type) == ("IfcExternalSpatialElement", "EXTERNAL")
    assert outside.attributes["LongName"] == "Air"
    assert (zone.ifc_class, zone.predefined_type, zone.name) == ("IfcSpatialZone", "FIRESAFETY", "Fire")
    assert relation(wall, RelationKind.REFERENCED_IN).target == key(33)
    assert relation(wall, RelationKind.BOUNDS).target == key(30)
    assert model.not_understood == {}


def test_boundaries_of_both_levels_keep_level_and_kind(step) -> None:
    body = (
        "#30=IFCRELSPACEBOUNDARY1STLEVEL('0000000000000000000030',$,'1stLevel',$,#13,#20,$,.PHYSICAL.,.INTERNAL.,$);\n"
        "#31=IFCRELSPACEBOUNDARY2NDLEVEL('0000000000000000000031',$,'2ndLevel','2a',#13,#22,$,.PHYSICAL.,.EXTERNAL.,$,$);\n"
        "#22=IFCWALL('0000000000000000000022',$,'V',$,$,$,$,$,$);\n"
        "#23=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000023',$,$,$,(#22),#12);\n"
    )
    records = read_model(step(SITE + body)).by_id()
    first, second = (relation(records[key(number)], RelationKind.BOUNDS).detail for number in (20, 22))
    assert (first["level"], first["external"]) == (1, "INTERNAL")
    assert (second["level"], second["external"]) == (2, "EXTERNAL")


@pytest.mark.parametrize(
    ("statement", "ifc_class", "predefined"),
    [
        ("IFCROAD('0000000000000000000030',$,'A',$,$,$,$,$,.ELEMENT.,$)", "IfcRoad", ""),
        ("IFCBRIDGE('0000000000000000000030',$,'A',$,$,$,$,$,.ELEMENT.,.ARCHED.)", "IfcBridge", "ARCHED"),
        ("IFCRAILWAY('0000000000000000000030',$,'A',$,$,$,$,$,.ELEMENT.,$)", "IfcRailway", ""),
        ("IFCMARINEFACILITY('0000000000000000000030',$,'A',$,$,$,$,$,.ELEMENT.,.QUAY.)", "IfcMarineFacility", "QUAY"),
        (
            "IFCROADPART('0000000000000000000030',$,'A',$,$,$,$,$,.ELEMENT.,.LONGITUDINAL.,.ROADSIDE.)",
            "IfcRoadPart",
            "ROADSIDE",
        ),
    ],
)
def test_works_of_infrastructure_keep_their_own_classes(step, statement, ifc_class, predefined) -> None:
    body = (
        f"#30={statement};\n#31=IFCRELAGGREGATES('0000000000000000000031',$,$,$,#10,(#30));\n"
        "#32=IFCCOURSE('0000000000000000000032',$,'Base',$,$,$,$,$,.PAVEMENT.);\n"
        "#33=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000033',$,$,$,(#32),#30);\n"
    )
    model = read_model(step(SITE + body, "IFC4X3_ADD2"))
    records = model.by_id()
    assert (records[key(30)].ifc_class, records[key(30)].predefined_type) == (ifc_class, predefined)
    assert relation(records[key(32)], RelationKind.CONTAINED_IN).target == key(30)
    assert relation(records[key(30)], RelationKind.AGGREGATED_IN).target == key(10)
    assert model.not_understood == {}
    assert "containment.missing" not in {item.rule for item in model.findings}


def test_what_stands_along_an_alignment_says_so(step) -> None:
    body = (
        "#30=IFCALIGNMENT('0000000000000000000030',$,'Axis',$,$,$,$,$);\n"
        "#31=IFCRELAGGREGATES('0000000000000000000031',$,$,$,#1,(#30));\n"
        "#32=IFCREFERENT('0000000000000000000032',$,'KM 1',$,$,$,$,.KILOPOINT.);\n"
        "#33=IFCRELNESTS('0000000000000000000033',$,$,$,#30,(#32));\n"
        "#34=IFCRELPOSITIONS('0000000000000000000034',$,$,$,#32,(#20));\n"
    )
    records = read_model(step(SITE + body, "IFC4X3_ADD2")).by_id()
    assert records[key(30)].ifc_class == "IfcAlignment"
    assert relation(records[key(32)], RelationKind.NESTED_IN).target == key(30)
    assert relation(records[key(20)], RelationKind.POSITIONED_BY).target == key(32)


def test_every_kind_of_quantity_is_in_si(step) -> None:
    body = (
        "#40=IFCELEMENTQUANTITY('0000000000000000000040',$,'Q',$,$,(#41,#42,#43,#44,#45,#46));\n"
        "#41=IFCQUANTITYLENGTH('L',$,$,1500.,$);\n#42=IFCQUANTITYAREA('A',$,$,2.5,$);\n"
        "#43=IFCQUANTITYVOLUME('V',$,#47,2000.,$);\n#44=IFCQUANTITYWEIGHT('W',$,$,3000.,$);\n"
        "#45=IFCQUANTITYTIME('T',$,$,60.,$);\n#46=IFCQUANTITYCOUNT('C',$,$,4.,$);\n"
        "#47=IFCSIUNIT(*,.VOLUMEUNIT.,.DECI.,.CUBIC_METRE.);\n"
        "#48=IFCRELDEFINESBYPROPERTIES('0000000000000000000048',$,$,$,(#20),#40);\n"
    )
    found = read_model(step(SITE + body)).by_id()[key(20)].quantity_sets["Q"]
    assert found["L"] == Measure(1.5, "m", "IfcLengthMeasure")
    assert found["A"] == Measure(2.5, "m2", "IfcAreaMeasure")
    assert found["V"].value == pytest.approx(2.0)
    assert found["V"].unit == "m3"
    assert {name: item.unit for name, item in found.items()}.keys() == {"L", "A", "V", "W", "T", "C"}
    assert found["C"].value == 4.0
