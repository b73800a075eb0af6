"""Materials by hand, factors with faults, and a number that never stands without its coverage."""

import json

import numpy as np
import pytest

from ifc import ElementRecord, Kernel, MaterialPart, Measure, Mesh, MeshSet, Relation, RelationKind
from twin.carbon import use_of
from twin.energy.gwp import (
    Confirmation,
    Use,
    bill_of,
    gwp_report,
    illustrative_factors,
    in_force,
    read_factors,
    suggestions,
)
from twin.energy.indicator import bundled_rules
from twin.errors import InvalidInput
from twin.snapshot import Snapshot, Stage

QUADS = [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
FACES = np.array([(q[0], q[a], q[a + 1]) for q in QUADS for a in (1, 2)], dtype=np.uint32)
USE = Use(10_000.0, 0.1, 100.0, "heating", "unverified")


def box(global_id, x, y, z):
    corners = [(0.0, 0.0), (x, 0.0), (x, y), (0.0, y)]
    vertices = np.array([(a, b, c) for c in (0.0, z) for a, b in corners])
    return Mesh(global_id, vertices, FACES, (1.0, 1.0, 1.0, 1.0), Kernel.IFCLITE)


def layer(place, material, thickness, density=None):
    known = {} if density is None else {"Pset_MaterialCommon": {"MassDensity": Measure(density, "kg/m3", "m")}}
    return MaterialPart("layer", place, material, thickness, properties=known)


@pytest.fixture
def building():
    """Concrete 0.2 and wool 0.1 in 3 m3 of wall; a slab of 5 m3 without material; a roof by its part; a lost beam."""
    walls = (layer(0, "Concrete C25", 0.2), layer(1, "Wool", 0.1, 100.0))
    volume = {"Qto_RoofBaseQuantities": {"NetVolume": Measure(7.0, "m3", "q")}}
    part_of = (Relation(RelationKind.AGGREGATED_IN, "roof"),)
    records = [
        ElementRecord("beam", "IfcBeam"),
        ElementRecord("part", "IfcSlab", materials=(MaterialPart("single", 0, "Timber"),), relations=part_of),
        ElementRecord("roof", "IfcRoof", quantity_sets=volume),
        ElementRecord("slab", "IfcSlab"),
        ElementRecord("wall", "IfcWall", materials=walls),
    ]
    meshes = MeshSet((box("part", 1, 1, 2), box("slab", 5, 1, 1), box("wall", 10, 0.3, 1)))
    return Snapshot("112345678", Stage.AS_DESIGNED, 1, "0" * 64, {r.global_id: r for r in records}, meshes, None)


def said(table, *pairs):
    return in_force(
        Confirmation(material, factor, table.sha256, "mari", f"2026-01-0{place}T00:00:00Z")
        for place, (material, factor) in enumerate(pairs, 1)
    )


def test_volumes_are_split_by_layers_and_wholes_count_by_their_parts(building):
    bill = bill_of(building)
    found = {one.material: one for one in bill.materials}
    assert {name: one.volume_m3 for name, one in found.items()} == pytest.approx(
        {"": 5.0, "Concrete C25": 2.0, "Timber": 2.0, "Wool": 1.0}
    )
    assert found["Wool"].density_kg_m3 == 100.0
    assert bill.unmeasured == ("beam",)


def test_a_number_by_hand_with_its_coverage(building):
    table = illustrative_factors()
    report = gwp_report(
        bill_of(building), table, said(table, ("Concrete C25", "concrete"), ("Wool", "mineral-wool")), USE
    )
    part = report["a1_a3"]
    assert part["kg_co2e"] == pytest.approx(2.0 * 250.0 + 1.0 * 100.0 * 1.2)
    assert part["kg_co2e_m2_a"] == pytest.approx(620.0 / 100.0 / 50.0, abs=1e-3)
    assert part["covered_share"] == pytest.approx(0.3)
    assert "30%" in part["sentence"]
    assert "1 elements have no volume" in part["sentence"]
    assert part["factor_statuses"] == ["unverified"]
    assert report["b6"]["kg_co2e_m2_a"] == pytest.approx(10.0)
    assert report["total_kg_co2e_m2_a"] is None
    row = next(row for row in report["materials"] if row["material"] == "Wool")
    assert (row["confirmed_by"], row["confirmed"]) == ("mari", "2026-01-02T00:00:00Z")


def test_nothing_confirmed_is_no_number(building):
    table = illustrative_factors()
    report = gwp_report(bill_of(building), table, {}, USE)
    assert report["a1_a3"]["kg_co2e"] is None
    assert report["a1_a3"]["covered_share"] == 0.0
    assert "there is no number" in report["a1_a3"]["sentence"]


def test_suggestions_never_count_and_what_is_taken_back_no_longer(building):
    table = illustrative_factors()
    found = suggestions(bill_of(building), table)
    assert {one.factor_id for one in found["Concrete C25"]} >= {"concrete", "reinforced-concrete"}
    taken = said(table, ("Wool", "mineral-wool"), ("Wool", None))
    assert taken == {}


def test_a_word_on_another_table_does_not_count(building):
    table = illustrative_factors()
    other = {"Wool": Confirmation("Wool", "mineral-wool", "f" * 64, "mari", "2026-01-01T00:00:00Z")}
    report = gwp_report(bill_of(building), table, other, USE)
    assert report["a1_a3"]["kg_co2e"] is None
    assert "another table" in next(r for r in report["materials"] if r["material"] == "Wool")["reason"]


def test_a_whole_building_has_a_total(building):
    table = illustrative_factors()
    full = Snapshot(
        building.building_id, building.stage, 1, building.file_sha256, {"wall": building.records["wall"]},
        building.meshes.only(["wall"]), None,
    )  # fmt: skip
    confirmed = said(table, ("Concrete C25", "concrete"), ("Wool", "mineral-wool"))
    report = gwp_report(bill_of(full), table, confirmed, USE)
    assert report["a1_a3"]["covered_share"] == 1.0
    assert report["total_kg_co2e_m2_a"] == pytest.approx(10.0 + 620.0 / 5000.0, abs=1e-3)


HEAD = "id,name,unit,kg_co2e,density_kg_m3,source,status,licence\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + "a,A,kg,x,,s,verified,l\n", 2),
        (HEAD + "a,A,kg,inf,,s,verified,l\n", 2),
        (HEAD + "a,A,kg,1,-5,s,verified,l\n", 2),
        (HEAD + "a,A,l,1,,s,verified,l\n", 2),
        (HEAD + "a,A,kg,1,,s,sure,l\n", 2),
        (HEAD + "a,A,kg,1,,s,verified,l\na,B,kg,1,,s,verified,l\n", 3),
        (HEAD, None),
        ("id,name\na,A\n", 1),
        ('[{"id": 1}, 2]', None),
        ("[{", 1),
    ],
)
def test_tables_with_faults_are_refused_with_their_line(text, line):
    with pytest.raises(InvalidInput) as refused:
        read_factors(text.encode(), "mine")
    assert (refused.value.reason, refused.value.line, refused.value.entity) == ("gwp-table", line, "mine")


def test_csv_and_json_are_one():
    row = {"id": "a", "name": "A", "unit": "kg", "kg_co2e": 1.5, "density_kg_m3": None, "source": "s",
           "status": "secondary", "licence": "l"}  # fmt: skip
    by_json = read_factors(json.dumps([row]).encode(), "t").factors
    assert by_json == read_factors((HEAD + "a,A,kg,1.5,,s,secondary,l\n").encode(), "t").factors
    assert by_json["a"].per_m3(None) is None
    assert by_json["a"].per_m3(10.0) == 15.0


def test_the_table_that_comes_along_is_unverified_throughout():
    assert {factor.status for factor in illustrative_factors().factors.values()} == {"unverified"}


def test_use_that_cannot_be_is_refused():
    with pytest.raises(InvalidInput) as refused:
        Use(1.0, 0.1, 0.0, "x", "unverified")
    assert refused.value.reason == "gwp-use"


def test_energy_in_use_is_all_delivered_energy_by_the_rules():
    rules = bundled_rules()
    delivered = {"district-heating": 10_000.0, "electricity": 3_000.0}
    energy = {
        "area_m2": 100.0,
        "indicator": {
            "delivered_kwh": delivered, "rules": "ee-2025 version 1", "primary": {"factor_status": "unverified"},
        },
    }  # fmt: skip
    use = use_of(energy)
    by_hand = sum(kwh * rules.primary[name][0].co2_kg for name, kwh in delivered.items())
    assert use.delivered_kwh_a * use.co2_kg_kwh == pytest.approx(by_hand)
    assert "electricity 0.42 kg CO2/kWh" in use.scope
    assert use.source_status == "unverified"
    energy["indicator"]["delivered_kwh"] = {"coal dust": 1.0}
    with pytest.raises(InvalidInput) as refused:
        use_of(energy)
    assert (refused.value.reason, refused.value.entity) == ("energy-carrier", "coal dust")
