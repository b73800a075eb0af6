import pytest

from ifc import ElementRecord, Measure, Model, read_model

WALL = "#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,$,'tag',$);\n"
DEFINES = "#29=IFCRELDEFINESBYPROPERTIES('0000000000000000000029',$,$,$,(#20),#30);\n"


def record(model: Model, number: str) -> ElementRecord:
    return model.by_id()[number.rjust(22, "0")]


def wall(step, body: str) -> ElementRecord:
    return record(read_model(step(WALL + DEFINES + body)), "20")


def test_every_form_of_property_is_kept(step) -> None:
    got = wall(
        step,
        "#30=IFCPROPERTYSET('0000000000000000000030',$,'S',$,(#31,#32,#33,#34,#35,#36,#37,#38,#39));\n"
        "#31=IFCPROPERTYSINGLEVALUE('Length',$,IFCLENGTHMEASURE(2500.),$);\n"
        "#32=IFCPROPERTYENUMERATEDVALUE('Status',$,(IFCLABEL('NEW'),IFCLABEL('OLD')),$);\n"
        "#33=IFCPROPERTYBOUNDEDVALUE('Range',$,IFCLENGTHMEASURE(20.),IFCLENGTHMEASURE(10.),$,IFCLENGTHMEASURE(15.));\n"
        "#34=IFCPROPERTYLISTVALUE('List',$,(IFCINTEGER(1),IFCINTEGER(2)),$);\n"
        "#35=IFCPROPERTYTABLEVALUE('Table',$,(IFCREAL(1.)),(IFCLENGTHMEASURE(1.)),$,$,$,.LINEAR.);\n"
        "#36=IFCCOMPLEXPROPERTY('Complex',$,'use',(#31));\n"
        "#37=IFCPROPERTYREFERENCEVALUE('Ref',$,'why',#50);\n"
        "#38=IFCPROPERTYSINGLEVALUE('Unset',$,$,$);\n"
        "#39=IFCPROPERTYSINGLEVALUE('Maybe',$,IFCLOGICAL(.U.),$);\n"
        "#50=IFCMATERIAL('Oak',$,$);\n",
    ).property_sets["S"]

    metres = [Measure(value, "m", "IfcLengthMeasure") for value in (2.5, 0.01, 0.02, 0.015, 0.001)]
    assert got["Length"] == metres[0]
    assert got["Status"] == ("NEW", "OLD")
    assert got["Range"] == {"LowerBoundValue": metres[1], "UpperBoundValue": metres[2], "SetPointValue": metres[3]}
    assert got["List"] == (1, 2)
    assert got["Table"] == {"DefiningValues": (1.0,), "DefinedValues": (metres[4],), "CurveInterpolation": "LINEAR"}
    assert got["Complex"] == {"UsageName": "use", "Properties": {"Length": metres[0]}}
    assert got["Ref"] == {"UsageName": "why", "Class": "IfcMaterial", "Name": "Oak"}
    assert got["Unset"] is None
    assert got["Maybe"] == "UNKNOWN"


def test_markup_in_names_stays_text(step) -> None:
    model = read_model(step("#20=IFCWALL('0000000000000000000020',$,'<script>alert(1)</script>',$,$,$,$,$,$);\n"))

    assert record(model, "20").name == "<script>alert(1)</script>"


def test_quantities_are_measures(step) -> None:
    got = wall(
        step,
        "#30=IFCELEMENTQUANTITY('0000000000000000000030',$,'Q',$,$,(#31,#32,#33,#34,#35));\n"
        "#31=IFCQUANTITYLENGTH('Width',$,$,200.,$);\n"
        "#32=IFCQUANTITYAREA('Area',$,$,12.5,$);\n"
        "#33=IFCQUANTITYCOUNT('Count',$,$,3.,$);\n"
        "#34=IFCQUANTITYLENGTH('Own',$,#60,2.,$);\n"
        "#35=IFCPHYSICALCOMPLEXQUANTITY('Layers',$,(#31),'layer',$,$);\n"
        "#60=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);\n",
    ).quantity_sets["Q"]

    assert got["Width"] == Measure(0.2, "m", "IfcLengthMeasure")
    assert got["Area"] == Measure(12.5, "m2", "IfcAreaMeasure")
    assert got["Count"] == Measure(3.0, "1", "IfcCountMeasure")
    assert got["Own"] == Measure(2.0, "m", "IfcLengthMeasure")
    assert got["Layers"] == {"UsageName": "layer", "Properties": {"Width": got["Width"]}}


def test_predefined_sets_become_property_sets(step) -> None:
    got = wall(
        step, "#30=IFCDOORLININGPROPERTIES('0000000000000000000030',$,$,$,50.,40.,$,$,$,$,$,$,$,$,$,$,$);\n"
    ).property_sets

    assert got == {
        "IfcDoorLiningProperties": {
            "LiningDepth": Measure(0.05, "m", "IfcPositiveLengthMeasure"),
            "LiningThickness": Measure(0.04, "m", "IfcNonNegativeLengthMeasure"),
        }
    }


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (
            "IFCTHERMODYNAMICTEMPERATUREMEASURE(293.15)",
            "$",
            Measure(20.0, "Cel", "IfcThermodynamicTemperatureMeasure"),
        ),
        (
            "IFCTHERMODYNAMICTEMPERATUREMEASURE(68.)",
            "#61",
            Measure(20.0, "Cel", "IfcThermodynamicTemperatureMeasure"),
        ),
        (
            "IFCTHERMODYNAMICTEMPERATUREMEASURE(20.)",
            "#64",
            Measure(20.0, "Cel", "IfcThermodynamicTemperatureMeasure"),
        ),
        ("IFCPLANEANGLEMEASURE(180.)", "#62", Measure(3.141592653589793, "rad", "IfcPlaneAngleMeasure")),
        ("IFCTHERMALTRANSMITTANCEMEASURE(0.2)", "$", Measure(0.2, "W/(m2.K)", "IfcThermalTransmittanceMeasure")),
        ("IFCVOLUMETRICFLOWRATEMEASURE(7.2)", "#65", Measure(0.002, "m3/s", "IfcVolumetricFlowRateMeasure")),
        ("IFCPOSITIVELENGTHMEASURE(1.)", "#66", Measure(0.3048, "m", "IfcPositiveLengthMeasure")),
        ("IFCMASSMEASURE(5.)", "#67", Measure(0.005, "kg", "IfcMassMeasure")),
        ("IFCAREAMEASURE(5.)", "#68", Measure(5e-6, "m2", "IfcAreaMeasure")),
        ("IFCPOSITIVERATIOMEASURE(0.5)", "$", Measure(0.5, "1", "IfcPositiveRatioMeasure")),
        ("IFCMONETARYMEASURE(9.)", "#69", Measure(9.0, "{EUR}", "IfcMonetaryMeasure")),
        ("IFCREAL(9.)", "$", 9.0),
    ],
)
def test_units_become_si(step, value: str, unit: str, expected: object) -> None:
    got = wall(
        step,
        "#30=IFCPROPERTYSET('0000000000000000000030',$,'S',$,(#31));\n"
        f"#31=IFCPROPERTYSINGLEVALUE('P',$,{value},{unit});\n"
        "#60=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.KELVIN.);\n"
        "#61=IFCCONVERSIONBASEDUNITWITHOFFSET(#80,.THERMODYNAMICTEMPERATUREUNIT.,'FAHRENHEIT',#81,-459.67);\n"
        "#62=IFCCONVERSIONBASEDUNIT(#80,.PLANEANGLEUNIT.,'DEGREE',#82);\n"
        "#64=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.DEGREE_CELSIUS.);\n"
        "#65=IFCDERIVEDUNIT((#83,#84),.VOLUMETRICFLOWRATEUNIT.,$);\n"
        "#66=IFCCONVERSIONBASEDUNIT(#80,.LENGTHUNIT.,'FOOT',#85);\n"
        "#67=IFCSIUNIT(*,.MASSUNIT.,$,.GRAM.);\n"
        "#68=IFCSIUNIT(*,.AREAUNIT.,.MILLI.,.SQUARE_METRE.);\n"
        "#69=IFCMONETARYUNIT('EUR');\n"
        "#80=IFCDIMENSIONALEXPONENTS(0,0,0,0,1,0,0);\n"
        "#81=IFCMEASUREWITHUNIT(IFCREAL(0.5555555555555556),#60);\n"
        "#82=IFCMEASUREWITHUNIT(IFCPLANEANGLEMEASURE(0.017453292519943295),#8);\n"
        "#83=IFCDERIVEDUNITELEMENT(#86,1);\n"
        "#84=IFCDERIVEDUNITELEMENT(#87,-1);\n"
        "#85=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(304.8),#6);\n"
        "#86=IFCSIUNIT(*,.VOLUMEUNIT.,$,.CUBIC_METRE.);\n"
        "#87=IFCCONVERSIONBASEDUNIT(#80,.TIMEUNIT.,'HOUR',#88);\n"
        "#88=IFCMEASUREWITHUNIT(IFCTIMEMEASURE(3600.),#89);\n"
        "#89=IFCSIUNIT(*,.TIMEUNIT.,$,.SECOND.);\n",
    ).property_sets["S"]["P"]

    if isinstance(expected, Measure):
        assert isinstance(got, Measure)
        assert (got.unit, got.kind) == (expected.unit, expected.kind)
        assert got.value == pytest.approx(expected.value, abs=1e-9)
    else:
        assert got == expected


def test_missing_units_are_told_and_metres_assumed(step) -> None:
    model = read_model(
        step(WALL + DEFINES + "#30=IFCPROPERTYSET('0000000000000000000030',$,'S',$,(#31));\n"
             "#31=IFCPROPERTYSINGLEVALUE('P',$,IFCLENGTHMEASURE(2.),$);\n",
             base="#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,$,$);\n#3=IFCUNITASSIGNMENT(());\n")
    )  # fmt: skip

    assert "units.missing" in {item.rule for item in model.findings}
    assert record(model, "20").property_sets["S"]["P"] == Measure(2.0, "m", "IfcLengthMeasure")


def test_contradicting_sets_of_one_name_are_both_kept_whatever_their_order(step) -> None:
    first = "#31=IFCPROPERTYSET('0000000000000000000031',$,'S',$,(#41,#42));\n"
    second = "#32=IFCPROPERTYSET('0000000000000000000032',$,'S',$,(#43));\n"
    values = (
        "#41=IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('x'),$);\n#42=IFCPROPERTYSINGLEVALUE('B',$,IFCLABEL('b'),$);\n"
        "#43=IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('y'),$);\n"
    )
    rel = "#2{n}=IFCRELDEFINESBYPROPERTIES('00000000000000000000{g}',$,$,$,(#20),#3{n});\n"
    one, two = rel.format(n=1, g=51), rel.format(n=2, g=52)

    results = [
        record(read_model(step(WALL + first + second + values + order)), "20").property_sets
        for order in (one + two, two + one)
    ]

    assert results[0] == results[1] == {"S": {"A": "x", "B": "b"}, "S~2": {"A": "y"}}


def test_self_referring_complex_property_does_not_hang(step) -> None:
    got = wall(
        step,
        "#30=IFCPROPERTYSET('0000000000000000000030',$,'S',$,(#31));\n#31=IFCCOMPLEXPROPERTY('Loop',$,'u',(#31));\n",
    )

    assert "Loop" in got.property_sets["S"]


def test_attributes_are_si_and_addresses_are_kept(step) -> None:
    model = read_model(
        step(
            "#20=IFCDOOR('0000000000000000000020',$,'D',$,$,$,$,'t',2100.,900.,.DOOR.,$,$);\n"
            "#21=IFCSITE('0000000000000000000021',$,$,$,$,$,$,'78406:606:0082',.ELEMENT.,(59,25,30),(-24,-45,0),"
            "12000.,$,#22);\n"
            "#22=IFCPOSTALADDRESS($,$,$,$,('Pikk 1'),$,'Tallinn',$,'10123','EE');\n"
        )
    )
    door, site = record(model, "20"), record(model, "21")

    assert door.predefined_type == "DOOR"
    assert door.attributes["OverallHeight"] == Measure(2.1, "m", "IfcPositiveLengthMeasure")
    assert door.attributes["Tag"] == "t"
    assert site.attributes["LongName"] == "78406:606:0082"
    assert site.attributes["RefElevation"] == Measure(12.0, "m", "IfcLengthMeasure")
    assert site.attributes["RefLatitude"].value == pytest.approx(59.425)
    assert site.attributes["RefLongitude"].value == pytest.approx(-24.75)
    assert site.attributes["Address"] == {
        "AddressLines": ("Pikk 1",), "Town": "Tallinn", "PostalCode": "10123", "Country": "EE"
    }  # fmt: skip
