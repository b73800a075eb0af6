"""A made city: façades, measures, sums, thematic table, energy poverty, and a run that is stopped."""

import os

import numpy as np
import pytest
import shapely

from twin.district import Method, classify, read_coded_table
from twin.energy import city_climate, synthetic_tallinn
from twin.energy.city import (
    ILLUSTRATIVE,
    UNKNOWN,
    Carrier,
    Package,
    StockBuilding,
    districts,
    facades_of,
    first_to_renovate,
    histogram,
    model_of,
    needs,
    poverty_layer,
    read_groups,
    recompute,
    renovated,
    results,
    table_csv,
    total,
)
from twin.energy.city.runs import KEPT_RUNS, sweep
from twin.errors import InvalidInput, StorageError

DEEP = Package("deep", 0.15, 0.10, 0.15, 0.9, 0.5, 0.3, 0.8)


@pytest.fixture(scope="module")
def climate():
    return synthetic_tallinn()


@pytest.fixture(scope="module")
def pack(climate):
    return city_climate(climate)


def house(number=0, year=1975, district="A", **more):
    known = {"footprint_m2": 200.0, "height_m": 9.0, "facades_m2": (90.0, 0.0, 90.0, 0.0, 90.0, 0.0, 90.0, 0.0)}
    return StockBuilding(f"b{number}", f"{100000000 + number}", district, **{**known, **more}, year=year)


def test_facades_look_the_right_way_and_touching_ones_are_not_free():
    low, high = shapely.box(0, 0, 10, 20), shapely.box(10, 0, 20, 20)
    found = facades_of([low, high], [6.0, 9.0])
    north, east, south, west = (0, 2, 4, 6)
    assert [found[0][i] for i in (north, east, south, west)] == pytest.approx([60.0, 0.0, 60.0, 120.0])
    assert [found[1][i] for i in (north, east, south, west)] == pytest.approx([90.0, 180.0, 90.0, 60.0])
    turned = facades_of([shapely.Polygon(low.exterior.coords[::-1])], [6.0])[0]
    assert turned[east] == pytest.approx(120.0)


def test_a_block_has_the_walls_of_its_facades_and_the_values_of_its_period():
    old, new = model_of(house(year=1975)), model_of(house(year=2021))
    by = {element.element_id: element for element in old.elements}
    assert by["wall 2"].area_m2.value + by["window 2"].area_m2.value == pytest.approx(90.0)
    assert by["wall 2"].azimuth_deg == 90.0
    assert by["wall 2"].u_w_m2k.value > 3 * {e.element_id: e for e in new.elements}["wall 2"].u_w_m2k.value
    assert old.zone.floor_area_m2.value == pytest.approx(200.0 * 3 * 0.85)


def test_newer_is_better_and_measures_save(pack):
    years = list(needs([house(year=year) for year in (1975, 2005, 2021)], pack))
    assert years[0].heating_kwh > years[1].heating_kwh > years[2].heating_kwh > 0.0
    (tried,) = needs([house(year=1975)], pack, DEEP)
    assert tried.after_heating_kwh < 0.5 * tried.heating_kwh
    assert tried.after_peak_kw < tried.peak_kw


def test_a_measure_that_is_worse_than_what_is_there_changes_nothing():
    model = model_of(house(year=2021))
    same = renovated(model, Package("worse", wall_u_w_m2k=1.0))
    assert same.elements == model.elements


@pytest.mark.parametrize(
    "data",
    [
        {"name": "empty"},
        {"name": "x", "wall_u_w_m2k": -0.2},
        {"name": "x", "walls": 0.2},
        {"name": "x", "window_g": "a"},
        {},
    ],
)
def test_packages_that_cannot_be_are_refused(data):
    with pytest.raises(InvalidInput) as refused:
        Package.from_json(data)
    assert refused.value.reason == "energy-package"


def test_blocks_that_cannot_be_are_refused():
    for wrong in ({"footprint_m2": 0.0}, {"height_m": -1.0}, {"facades_m2": (1.0,)}):
        with pytest.raises(InvalidInput) as refused:
            house(**wrong)
        assert (refused.value.reason, refused.value.entity) == ("energy-block", "b0")


def test_sums_of_a_city_by_hand(pack):
    found = list(needs([house(1, 1975), house(2, 2021, "B"), house(3, 1975, UNKNOWN)], pack, DEEP))
    whole = total(found, Carrier("gas", 0.9, 0.2, 0.1, "test"))
    heat = sum(one.heating_kwh for one in found)
    assert whole["heating_kwh"] == pytest.approx(heat, abs=0.1)
    assert whole["co2_kg"] == pytest.approx(heat / 0.9 * 0.2, abs=0.1)
    saved = heat - sum(one.after_heating_kwh for one in found)
    assert whole["package"]["saved_heating_kwh"] == pytest.approx(saved, abs=0.1)
    assert whole["package"]["class_shift"] is None
    assert whole["package"]["class_reasons"]
    assert sum(row["buildings"] for row in histogram(one.heating_kwh_m2 for one in found)) == 3
    assert [row["district"] for row in districts(found, ILLUSTRATIVE)] == ["A", UNKNOWN, "B"]
    assert first_to_renovate(found, 2)[0]["building_id"] in ("b1", "b3")


def test_the_table_goes_through_the_thematic_maps(pack):
    found = list(needs([house(i, year) for i, year in enumerate((1950, 1975, 2005, 2015, 2021, 2023))], pack, DEEP))
    theme = classify(read_coded_table(table_csv(found)), "heating_kwh_m2", Method.QUANTILES, 3)
    assert len(theme.values) == 6
    assert theme.classes["100000000"] > theme.classes["100000005"]
    assert table_csv([]) is None


GROUPS = b"district,households,median_income_eur,heated_m2_per_household\nA,120,9000,60\nB,40,30000,55\n"


def test_energy_poverty_by_hand(pack):
    found = list(needs([house(i, 1975, "A") for i in range(10)] + [house(20 + i, 2021, "B") for i in range(3)], pack))
    layer = {row["district"]: row for row in poverty_layer(read_groups(GROUPS), found, ILLUSTRATIVE)}
    cost = 0.09 * found[0].heating_kwh_m2 * 60.0
    assert layer["A"]["share_of_income"] == pytest.approx(cost / 9000.0, abs=1e-4)
    assert layer["A"]["at_risk"] is (cost / 9000.0 > 0.1)
    assert layer["B"]["share_of_income"] is None
    assert "Fewer than 10 buildings" in layer["B"]["reason"]


@pytest.mark.parametrize(
    ("data", "k", "reason"),
    [
        (GROUPS, 50, "poverty-group-too-small"),
        (GROUPS, 2, "poverty-k"),
        (GROUPS + b"A,120,9000,60\n", 10, "poverty-table"),
        (GROUPS.replace(b"9000", b"nan"), 10, "poverty-table"),
        (GROUPS.replace(b"120", b"many"), 10, "poverty-table"),
        (b"ehr_code,households\n100000001,4\n", 10, "poverty-personal"),
        (b"district\nA\n", 10, "poverty-table"),
        (b"\xff\xfe", 10, "poverty-table"),
    ],
)
def test_tables_that_speak_of_few_are_refused_whole(data, k, reason):
    with pytest.raises(InvalidInput) as refused:
        read_groups(data, k)
    assert refused.value.reason == reason
    assert "median" not in str(refused.value.entity)


class StopError(Exception):
    pass


def test_a_stopped_run_goes_on_and_equals_one_that_was_not(tmp_path, climate, pack, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))  # the first child compiles for all
    chance = np.random.default_rng(3)
    city = [house(i, int(year)) for i, year in enumerate(chance.integers(1900, 2025, 24))]

    def stop(fraction, _label):
        if fraction > 0.2:
            raise StopError

    with pytest.raises(StopError):
        recompute(tmp_path, climate, city, DEEP, processes=1, part_buildings=8, progress=stop)
    told = []
    ran = recompute(tmp_path, climate, city, DEEP, progress=lambda f, label: told.append((f, label)))
    assert (ran.kept, ran.computed) == (8, 16)
    assert told[-1] == (1.0, "Computing buildings: 24 of 24")
    direct = {one.building_id: one for one in needs(city, pack, DEEP)}
    for one in results(ran.path):
        assert one.heating_kwh == pytest.approx(direct[one.building_id].heating_kwh, rel=1e-9)
    again = recompute(tmp_path, climate, city, DEEP)
    assert (again.kept, again.computed, again.path) == (24, 0, ran.path)
    assert recompute(tmp_path, climate, city[:1], None, processes=1).path != ran.path


def test_results_that_are_damaged_are_said_so(tmp_path, climate):
    broken = tmp_path / "energy-x.sqlite"
    broken.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageError) as found:
        list(results(broken))
    assert (found.value.reason, found.value.entity) == ("energy-results", "energy-x.sqlite")


def test_old_runs_are_swept_and_young_ones_stay(tmp_path):
    runs = [tmp_path / f"energy-{place:032d}.sqlite" for place in range(KEPT_RUNS + 3)]
    for place, path in enumerate(runs):
        path.write_bytes(b"")
        os.utime(path, (1000.0 * place, 1000.0 * place))
    assert sweep(tmp_path, runs[-1], now_s=50_000.0) == ()
    assert sweep(tmp_path, runs[0], now_s=10_000_000.0) == (runs[3], runs[2], runs[1])
    assert runs[0].is_file()
    assert sorted(tmp_path.glob("*.sqlite")) == [runs[0], *runs[4:]]
