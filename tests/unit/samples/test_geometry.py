import ifcopenshell.geom
import ifcopenshell.util.element as ue
import ifcopenshell.util.geolocation as geo
import ifcopenshell.util.shape as us
import numpy as np
import pytest


def volumes(model, elements):
    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    out = {}
    for element in elements:
        shape = ifcopenshell.geom.create_shape(settings, model.by_guid(element))
        out[element] = us.get_volume(shape.geometry)
    return out


def expected(truth):
    rows = {row["global_id"]: row["net_volume_m3"] for row in truth["walls"] + truth["slabs"]}
    return rows | {row["global_id"]: row["volume_m3"] for row in truth["spaces"]}


@pytest.mark.parametrize(
    ("building_id", "stage"),
    [
        ("120900101", "as-designed"),
        ("120900101", "as-built"),
        ("120900104", "as-designed"),
        ("120900200", "as-designed"),
    ],
)
def test_solids_have_the_volumes_of_the_truth(district, building_id, stage):
    model, truth = district.of(building_id, stage)
    wanted = expected(truth)
    measured = volumes(model, wanted)
    assert len(measured) > 8
    for element, volume in wanted.items():
        assert measured[element] == pytest.approx(volume, rel=1e-6, abs=1e-6), model.by_guid(element)


def test_some_solids_of_the_block(district):
    model, truth = district.of("120900102")
    wanted = expected(truth)
    chosen = list(wanted)[::9]
    measured = volumes(model, chosen)
    assert all(measured[element] == pytest.approx(wanted[element], rel=1e-6) for element in chosen)


def test_quantities_of_every_wall_and_slab_are_its_solid(district):
    model, truth = district.of("120900101")
    for element, volume in expected(truth).items():
        entity = model.by_guid(element)
        name = {"IfcWall": "Qto_WallBaseQuantities", "IfcSlab": "Qto_SlabBaseQuantities"}.get(entity.is_a())
        if name:
            assert ue.get_psets(entity)[name]["NetVolume"] == pytest.approx(volume, abs=1e-6)


def test_the_height_is_that_of_the_solids(district):
    model, truth = district.of("120900101")
    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    heights = []
    for slab in model.by_type("IfcSlab"):
        vertices = np.array(ifcopenshell.geom.create_shape(settings, slab).geometry.verts).reshape(-1, 3)
        heights += [vertices[:, 2].min(), vertices[:, 2].max()]
    assert max(heights) - min(heights) == pytest.approx(truth["height_m"], abs=1e-6)


@pytest.mark.parametrize("building_id", ["120900101", "120900104"])
def test_map_conversion_leads_to_the_footprint(district, building_id):
    model, truth = district.of(building_id)
    unit = 1000.0 if truth["length_unit"] == "MILLIMETRE" else 1.0
    xs = [row["box"][0] for row in truth["spaces"]]
    conversion = model.by_type("IfcMapConversion")[0]
    assert conversion.TargetCRS.Name == "EPSG:3301"
    assert conversion.TargetCRS.VerticalDatum == "EH2000"
    assert conversion.Scale == 1.0 / unit
    e, n, h = geo.auto_xyz2enh(model, 36.0 * unit if unit > 1 else 11.0, 0.0, 0.0)
    assert (e, n) == pytest.approx(tuple(truth["footprint"][1]), abs=1e-3)
    assert h == pytest.approx(truth["placement"]["height_m"], abs=1e-6)
    assert min(xs) > 0


def test_the_benchmark_and_the_property_set_agree(district):
    model, truth = district.of("120900102")
    place = truth["placement"]
    reeper = next(p for p in model.by_type("IfcBuildingElementProxy") if p.Name == "Reeper")
    values = ue.get_psets(reeper)["AR_Reeper"]
    assert values["01_X-(L-EST)"] == place["easting_m"]
    assert values["02_Y-(L-EST)"] == place["northing_m"]
    assert values["03_Z-(EH2000)"] == place["height_m"]
    assert values["04_Nurk(◦)"] == 360 - place["rotation_deg"]
    conversion = ue.get_psets(model.by_type("IfcSite")[0])["ePset_MapConversion"]
    angle = np.degrees(np.arctan2(conversion["XAxisOrdinate"], conversion["XAxisAbscissa"]))
    assert angle == pytest.approx(place["rotation_deg"])
    a, b = np.array(truth["footprint"][0]), np.array(truth["footprint"][1])
    assert np.degrees(np.arctan2(*(b - a)[::-1])) == pytest.approx(33.0, abs=1e-3)
