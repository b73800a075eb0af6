import pytest

from ifc import ElementRecord, MaterialPart, Measure, Relation, RelationKind
from twin.energy import Kind, Source
from twin.energy.thermal import DEFAULTS, UNKNOWN_YEAR_ROW, Thermal, declared_year

TYPED = (Relation(RelationKind.TYPED_BY, "type"),)


def layer(thickness: float | None, conductivity: float | None, place: int = 0) -> MaterialPart:
    properties = {} if conductivity is None else {"Pset_MaterialThermal": {"ThermalConductivity": conductivity}}
    return MaterialPart("layer", place, "m", thickness, properties=properties)


def look(*records: ElementRecord, year: int | None = None) -> Thermal:
    return Thermal({one.global_id: one for one in records}, year)


def test_the_property_of_the_element_wins_over_its_type():
    own = {"Pset_WallCommon": {"ThermalTransmittance": Measure(0.21, "W/(m2.K)", "IfcThermalTransmittanceMeasure")}}
    kind = ElementRecord("type", "IfcWallType", property_sets={"Pset_WallCommon": {"ThermalTransmittance": 0.5}})
    with_own = ElementRecord("w", "IfcWall", property_sets=own, relations=TYPED)
    without = ElementRecord("v", "IfcWall", relations=TYPED)
    thermal = look(with_own, without, kind)
    assert thermal.u("w", Kind.WALL).value == 0.21
    assert thermal.u("v", Kind.WALL).value == 0.5
    assert thermal.u("v", Kind.WALL).source is Source.IFC


def test_the_estonian_properties_are_read():
    sets = {"AR_Aken": {"340_Soojusläbivus": 0.9, "345_Päikesekiirgus-tegur": 0.52}}
    thermal = look(ElementRecord("w", "IfcWindow", property_sets=sets))
    assert (thermal.u("w", Kind.WINDOW).value, thermal.g("w").value) == (0.9, 0.52)
    assert thermal.u("w", Kind.WINDOW).note == "AR_Aken.340_Soojusläbivus"
    assert thermal.g("w").source is Source.IFC


def test_layers_give_a_derived_value():
    parts = (layer(0.12, 0.6), layer(0.2, 0.04, 1), layer(0.015, 0.7, 2))
    u = look(ElementRecord("w", "IfcWall", materials=parts)).u("w", Kind.WALL)
    assert (u.value, u.source) == (pytest.approx(1.0 / 5.391429, rel=1e-6), Source.DERIVED)


def test_a_layer_without_thickness_is_unknown_and_one_of_nothing_is_nothing():
    unknown = look(ElementRecord("w", "IfcWall", materials=(layer(0.12, 0.6), layer(None, 0.04, 1))))
    assert unknown.u("w", Kind.WALL).source is Source.DEFAULT
    foil = look(ElementRecord("w", "IfcWall", materials=(layer(0.12, 0.6), layer(0.0, None, 1))))
    assert foil.u("w", Kind.WALL).value == pytest.approx(1.0 / 0.37)


@pytest.mark.parametrize("conductivity", [0.0, -0.04, None])
def test_one_unknown_layer_makes_the_table_speak(conductivity):
    parts = (layer(0.12, 0.6), layer(0.2, conductivity, 1))
    thermal = look(ElementRecord("w", "IfcWall", materials=parts), year=1975)
    u = thermal.u("w", Kind.WALL)
    assert (u.value, u.source) == (DEFAULTS[0].u_w_m2k[Kind.WALL], Source.DEFAULT)
    assert "unverified" in u.note
    assert u.doubt > 0.0
    assert [(one.rule, one.elements) for one in thermal.findings()] == [("energy.u-default", ("w",))]


@pytest.mark.parametrize(("year", "row"), [(1950, 0), (1990, 0), (1991, 1), (2015, 2), (2024, 3)])
def test_the_table_follows_the_year(year, row):
    assert look(year=year).u("", Kind.ROOF).value == DEFAULTS[row].u_w_m2k[Kind.ROOF]


def test_an_unknown_year_is_doubted_most():
    u = look().u("", Kind.WALL)
    assert u.value == UNKNOWN_YEAR_ROW.u_w_m2k[Kind.WALL]
    assert u.doubt > look(year=2000).u("", Kind.WALL).doubt
    assert "unknown" in u.note


@pytest.mark.parametrize("value", [-0.3, 35.0, "good"])
def test_unusable_values_are_named(value):
    sets = {"Pset_WallCommon": {"ThermalTransmittance": value}}
    thermal = look(ElementRecord("w", "IfcWall", property_sets=sets))
    assert thermal.u("w", Kind.WALL).source is Source.DEFAULT
    assert "energy.u-unusable" in {one.rule for one in thermal.findings()}


def test_zero_is_unknown_and_not_an_error():
    sets = {"Pset_WallCommon": {"ThermalTransmittance": 0.0}}
    thermal = look(ElementRecord("w", "IfcWall", property_sets=sets))
    assert thermal.u("w", Kind.WALL).source is Source.DEFAULT
    assert {one.rule for one in thermal.findings()} == {"energy.u-default"}


def test_a_g_value_above_one_is_named():
    sets = {"AR_Aken": {"345_Päikesekiirgus-tegur": 52.0}}
    thermal = look(ElementRecord("w", "IfcWindow", property_sets=sets))
    assert thermal.g("w").source is Source.DEFAULT
    assert [one.rule for one in thermal.findings()] == ["energy.g-unusable"]


def test_a_slab_takes_the_value_of_its_roof():
    roof = ElementRecord("r", "IfcRoof", property_sets={"Pset_RoofCommon": {"ThermalTransmittance": 0.12}})
    slab = ElementRecord("s", "IfcSlab", relations=(Relation(RelationKind.AGGREGATED_IN, "r"),))
    assert look(roof, slab).u("s", Kind.ROOF).value == 0.12


@pytest.mark.parametrize(("text", "year"), [("2008", 2008), (1975, 1975), ("um 1900", None), (None, None)])
def test_the_declared_year(text, year):
    sets = {} if text is None else {"Pset_BuildingCommon": {"YearOfConstruction": text}}
    assert declared_year({"b": ElementRecord("b", "IfcBuilding", property_sets=sets)}) == year
