import math

import pytest

from ifc import Georeference, Model, read_model

CRS = "#21=IFCPROJECTEDCRS('{crs}',$,$,'EH2000',$,$,{unit});\n#22=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);\n"
PROXY = "#20=IFCBUILDINGELEMENTPROXY('0000000000000000000020',$,'Reeper',$,$,#30,$,$,$);\n"
PLACE = (
    "#30=IFCLOCALPLACEMENT($,#31);\n#31=IFCAXIS2PLACEMENT3D(#32,$,$);\n#32=IFCCARTESIANPOINT((3000.,4000.,500.));\n"
    "#40=IFCRELDEFINESBYPROPERTIES('0000000000000000000040',$,$,$,(#20),#41);\n"
)


def rules(model: Model) -> list[str]:
    return [item.rule for item in model.findings if item.rule.startswith("georeference.")]


def conversion(step, east: str, north: str, scale: str = "0.001", crs: str = "EPSG:3301", unit: str = "#22") -> Model:
    return read_model(
        step(f"#20=IFCMAPCONVERSION(#2,#21,{east},{north},45.,0.,1.,{scale});\n" + CRS.format(crs=crs, unit=unit))
    )


def check(model: Model, east: float, north: float, height: float, rotation: float, scale: float) -> None:
    found = model.georeference
    assert found is not None
    numbers = (found.easting_m, found.northing_m, found.height_m, found.rotation_deg, found.scale)
    assert numbers == pytest.approx((east, north, height, rotation, scale))


def test_map_conversion_with_millimetres_and_metres(step) -> None:
    model = conversion(step, "542000.", "6589000.")

    check(model, 542_000, 6_589_000, 45, 90, 1)
    assert rules(model) == []
    assert model.georeference is not None
    assert (model.georeference.crs, model.georeference.vertical_datum) == ("EPSG:3301", "EH2000")


def test_exchanged_axes_are_told_by_their_ranges(step) -> None:
    model = conversion(step, "6589000.", "542000.")

    check(model, 542_000, 6_589_000, 45, 90, 1)
    assert rules(model) == ["georeference.axes"]


def test_metres_named_as_project_unit_are_told(step) -> None:
    model = conversion(step, "542000.", "6589000.", scale="1.", unit="$")

    check(model, 542_000, 6_589_000, 45, 90, 1)
    assert rules(model) == ["georeference.unit"]


def test_scale_left_at_one_between_millimetres_and_metres_is_one(step) -> None:
    check(conversion(step, "542000.", "6589000.", scale="1."), 542_000, 6_589_000, 45, 90, 1)


def test_an_impossible_scale_is_told(step) -> None:
    model = conversion(step, "542000.", "6589000.", scale="7.")

    check(model, 542_000, 6_589_000, 45, 90, 1)
    assert rules(model) == ["georeference.scale"]


def test_coordinates_outside_estonia_are_an_error(step) -> None:
    assert rules(conversion(step, "1.", "2.")) == ["georeference.range"]


def test_other_systems_keep_their_numbers(step) -> None:
    check(conversion(step, "100.", "200.", crs="EPSG:25835"), 100, 200, 45, 90, 1)


def test_agreed_property_sets_of_ifc2x3(step) -> None:
    model = read_model(
        step(
            "#20=IFCSITE('0000000000000000000020',$,$,$,$,$,$,$,.ELEMENT.,$,$,$,$,$);\n"
            "#40=IFCRELDEFINESBYPROPERTIES('0000000000000000000040',$,$,$,(#20),#41);\n"
            "#41=IFCPROPERTYSET('0000000000000000000041',$,'ePset_MapConversion',$,(#42,#43,#44,#45));\n"
            "#42=IFCPROPERTYSINGLEVALUE('Eastings',$,IFCLENGTHMEASURE(542000.),$);\n"
            "#43=IFCPROPERTYSINGLEVALUE('Northings',$,IFCLENGTHMEASURE(6589000.),$);\n"
            "#44=IFCPROPERTYSINGLEVALUE('OrthogonalHeight',$,IFCLENGTHMEASURE(45.),$);\n"
            "#45=IFCPROPERTYSINGLEVALUE('TargetCRS',$,IFCLABEL('EPSG:3301'),$);\n",
            schema="IFC2X3",
        )
    )

    check(model, 542_000, 6_589_000, 45, 0, 1)
    assert model.georeference is not None
    assert model.georeference.source == "ePset_MapConversion"


def benchmark(step, x: str, y: str, angle: str) -> Model:
    return read_model(
        step(
            PROXY + PLACE + "#41=IFCPROPERTYSET('0000000000000000000041',$,'AR_Reeper',$,(#42,#43,#44,#45));\n"
            f"#42=IFCPROPERTYSINGLEVALUE('01_X-(L-EST)',$,{x},$);\n"
            f"#43=IFCPROPERTYSINGLEVALUE('02_Y-(L-EST)',$,{y},$);\n"
            "#44=IFCPROPERTYSINGLEVALUE('03_Z-(EH2000)',$,IFCREAL(45.685),$);\n"
            f"#45=IFCPROPERTYSINGLEVALUE('04_Nurk(\\X2\\25E6\\X0\\)',$,{angle},$);\n"
        )
    )


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        ("IFCREAL(537442.4)", "IFCREAL(6573616.8)", []),
        ("IFCTEXT('537442,4')", "IFCTEXT('6573616.8')", []),
        ("IFCLENGTHMEASURE(537442.4)", "IFCLENGTHMEASURE(6573616.8)", []),
        ("IFCLENGTHMEASURE(537442400.)", "IFCLENGTHMEASURE(6573616800.)", ["georeference.unit"]),
        ("IFCREAL(6573616.8)", "IFCREAL(537442.4)", ["georeference.axes"]),
    ],
)
def test_benchmark_gives_the_origin_in_every_spelling(step, x: str, y: str, told: list[str]) -> None:
    model = benchmark(step, x, y, "IFCREAL(201.607)")

    turn = -math.radians(201.607)
    east = 537442.4 - (3 * math.cos(turn) - 4 * math.sin(turn))
    north = 6573616.8 - (3 * math.sin(turn) + 4 * math.cos(turn))
    check(model, east, north, 45.185, 158.393, 1)
    assert rules(model) == told


def test_project_north_turned_clockwise_points_east(step) -> None:
    found = benchmark(step, "IFCREAL(537442.4)", "IFCREAL(6573616.8)", "IFCREAL(90.)").georeference

    assert found is not None
    turn = math.radians(found.rotation_deg)
    north_of_model = (-math.sin(turn), math.cos(turn))
    assert north_of_model == pytest.approx((1, 0), abs=1e-9)


def test_a_benchmark_elsewhere_gives_none(step) -> None:
    model = benchmark(step, "IFCREAL(1.)", "IFCREAL(2.)", "IFCREAL(0.)")

    assert model.georeference is None
    assert rules(model) == ["georeference.range"]


def site(step, latitude: str, longitude: str) -> Model:
    return read_model(
        step(f"#20=IFCSITE('0000000000000000000020',$,$,$,$,$,$,$,.ELEMENT.,{latitude},{longitude},12000.,$,$);\n")
    )


def test_latitude_and_longitude_are_the_last_resort(step) -> None:
    model = site(step, "(59,26,14)", "(24,44,43)")

    assert isinstance(model.georeference, Georeference)
    assert model.georeference.source == "IfcSite"
    assert abs(model.georeference.easting_m - 542_287) < 500
    assert abs(model.georeference.northing_m - 6_589_000) < 500
    assert abs(model.georeference.rotation_deg) < 1
    assert rules(model) == ["georeference.site"]


def test_a_site_elsewhere_gives_none(step) -> None:
    model = site(step, "(48,51,0)", "(2,17,0)")

    assert model.georeference is None
    assert rules(model) == ["georeference.none"]
