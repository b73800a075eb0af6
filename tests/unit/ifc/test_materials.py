from ifc import MaterialPart, Measure, Reference, read_model

WALL = "#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,$,$,$);\n"
ASSOCIATES = "#21=IFCRELASSOCIATESMATERIAL('0000000000000000000021',$,$,$,(#20),#{target});\n"
KEY = "0000000000000000000020"


def materials(step, target: int, body: str, schema: str = "IFC4") -> tuple[MaterialPart, ...]:
    return read_model(step(WALL + ASSOCIATES.format(target=target) + body, schema=schema)).by_id()[KEY].materials


def test_layers_keep_order_thickness_and_properties(step) -> None:
    got = materials(
        step,
        30,
        "#30=IFCMATERIALLAYERSETUSAGE(#31,.AXIS2.,.POSITIVE.,-150.,$);\n"
        "#31=IFCMATERIALLAYERSET((#32,#33),'Wall 300',$);\n"
        "#32=IFCMATERIALLAYER(#34,200.,$,'core',$,'LoadBearing',$);\n"
        "#33=IFCMATERIALLAYER(#35,100.,$,$,$,$,$);\n"
        "#34=IFCMATERIAL('Brick',$,'Masonry');\n"
        "#35=IFCMATERIAL('Wool',$,$);\n"
        "#36=IFCMATERIALPROPERTIES('Pset_MaterialThermal',$,(#37),#35);\n"
        "#37=IFCPROPERTYSINGLEVALUE('ThermalConductivity',$,IFCTHERMALCONDUCTIVITYMEASURE(0.035),$);\n",
    )

    conductivity = Measure(0.035, "W/(m.K)", "IfcThermalConductivityMeasure")
    thermal = {"Pset_MaterialThermal": {"ThermalConductivity": conductivity}}
    usage = {
        "LayerSetDirection": "AXIS2",
        "DirectionSense": "POSITIVE",
        "OffsetFromReferenceLine": Measure(-0.15, "m", "IfcLengthMeasure"),
    }
    assert got == (
        MaterialPart("layer", 0, "Brick", 0.2, "core", "LoadBearing", attributes=usage),
        MaterialPart("layer", 1, "Wool", 0.1, properties=thermal, attributes=usage),
    )


def test_constituents_profiles_lists_and_single_materials(step) -> None:
    oak, glass = "#40=IFCMATERIAL('Oak',$,$);\n", "#41=IFCMATERIAL('Glass',$,$);\n"

    assert materials(step, 40, oak) == (MaterialPart("single", 0, "Oak"),)
    assert materials(step, 30, oak + glass + "#30=IFCMATERIALLIST((#40,#41));\n") == (
        MaterialPart("list", 0, "Oak"),
        MaterialPart("list", 1, "Glass"),
    )
    share = Measure(0.3, "1", "IfcNormalisedRatioMeasure")
    constituents = (
        "#30=IFCMATERIALCONSTITUENTSET('Window',$,(#31,#32));\n"
        "#31=IFCMATERIALCONSTITUENT('Frame',$,#40,0.3,'wood');\n#32=IFCMATERIALCONSTITUENT('Pane',$,#41,$,$);\n"
    )
    assert materials(step, 30, oak + glass + constituents) == (
        MaterialPart("constituent", 0, "Oak", name="Frame", category="wood", attributes={"Fraction": share}),
        MaterialPart("constituent", 1, "Glass", name="Pane"),
    )
    profile = (
        "#30=IFCMATERIALPROFILESETUSAGE(#31,5,$);\n#31=IFCMATERIALPROFILESET('Beam',$,(#32),$);\n"
        "#32=IFCMATERIALPROFILE('IPE',$,#40,#33,$,$);\n#33=IFCRECTANGLEPROFILEDEF(.AREA.,'R',$,1.,2.);\n"
    )
    size = (Measure(length, "m", "IfcPositiveLengthMeasure") for length in (0.001, 0.002))
    rectangle = {
        "class": "IfcRectangleProfileDef",
        "ProfileType": "AREA",
        "ProfileName": "R",
        **dict(zip(("XDim", "YDim"), size, strict=True)),
    }
    assert materials(step, 30, oak + profile) == (
        MaterialPart("profile", 0, "Oak", name="IPE", attributes={"CardinalPoint": 5, "Profile": rectangle}),
    )


def test_thermal_properties_of_ifc2x3(step) -> None:
    (part,) = materials(
        step,
        40,
        "#40=IFCMATERIAL('Wool');\n#41=IFCTHERMALMATERIALPROPERTIES(#40,$,$,$,0.04);\n"
        "#42=IFCEXTENDEDMATERIALPROPERTIES(#40,(#43),$,'Extra');\n"
        "#43=IFCPROPERTYSINGLEVALUE('Class',$,IFCLABEL('A1'),$);\n",
        schema="IFC2X3",
    )

    assert part.properties == {
        "IfcThermalMaterialProperties": {
            "ThermalConductivity": Measure(0.04, "W/(m.K)", "IfcThermalConductivityMeasure")
        },
        "Extra": {"Class": "A1"},
    }


def test_a_relationship_without_material_is_passed_over(step) -> None:
    body = WALL + "#21=IFCRELASSOCIATESMATERIAL('0000000000000000000021',$,$,$,(#20),$);\n"

    assert read_model(step(body)).by_id()[KEY].materials == ()


def test_classification_library_and_document_references(step) -> None:
    record = read_model(
        step(
            WALL + "#21=IFCRELASSOCIATESCLASSIFICATION('0000000000000000000021',$,$,$,(#20),#30);\n"
            "#22=IFCRELASSOCIATESDOCUMENT('0000000000000000000022',$,$,$,(#20),#33);\n"
            "#23=IFCRELASSOCIATESLIBRARY('0000000000000000000023',$,$,$,(#20),#35);\n"
            "#30=IFCCLASSIFICATIONREFERENCE('https://x','EA','Wall',#31,$,$);\n"
            "#31=IFCCLASSIFICATIONREFERENCE($,'E','Elements',#32,$,$);\n"
            "#32=IFCCLASSIFICATION('Ehituskeskus','2020',$,'CCI-EE',$,$,$);\n"
            "#33=IFCDOCUMENTREFERENCE('https://d','D-1','Plan',$,#34);\n"
            "#34=IFCDOCUMENTINFORMATION('D','Plans',$,$,$,$,$,'C',$,$,$,$,$,$,$,$,$);\n"
            "#35=IFCLIBRARYREFERENCE($,'L-1','Item',$,$,#36);\n"
            "#36=IFCLIBRARYINFORMATION('bSDD','3',$,$,$,$);\n"
        )
    ).by_id()[KEY]

    assert set(record.references) == {
        Reference("classification", "CCI-EE", "2020", "EA", "Wall", "https://x"),
        Reference("document", "Plans", "C", "D-1", "Plan", "https://d"),
        Reference("library", "bSDD", "3", "L-1", "Item"),
    }


def test_classification_of_ifc2x3(step) -> None:
    record = read_model(
        step(
            WALL + "#21=IFCRELASSOCIATESCLASSIFICATION('0000000000000000000021',$,$,$,(#20),#30);\n"
            "#30=IFCCLASSIFICATIONREFERENCE($,'21.2','Walls',#32);\n"
            "#32=IFCCLASSIFICATION('CI','1987',$,'SfB');\n",
            schema="IFC2X3",
        )
    ).by_id()[KEY]

    assert record.references == (Reference("classification", "SfB", "1987", "21.2", "Walls"),)
