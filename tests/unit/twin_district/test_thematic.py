"""Tables by register code, classes of values, and the search for a site."""

import pytest
from shapely import box

from twin.district import (
    Body,
    Criterion,
    Method,
    Parcel,
    Plan,
    PlanArea,
    SiteQuery,
    SiteTable,
    Surroundings,
    class_breaks,
    classify,
    colours,
    read_coded_table,
    read_register,
    search_sites,
)
from twin.errors import InvalidInput

CODES = [f"1012345{n:02d}" for n in range(10)]


def test_register_data_gets_standard_names_and_checked_values():
    text = "EHR kood;Lähiaadress;Kasutusotstarve;Esmane kasutus;Maapealsete korruste arv;Märkus\n"
    text += f"{CODES[0]};Pikk 1;11222;1968-05-01;5;punane\n{CODES[1]};Pikk 3;11101;eile;2;\n"
    table = read_register(b"\xef\xbb\xbf" + text.encode())
    assert table.rows[CODES[0]] == {
        "address": "Pikk 1",
        "use": "11222",
        "year": 1968,
        "storeys": 5,
        "Märkus": "punane",
    }
    assert table.rows[CODES[1]]["year"] is None
    assert [(f.rule, f.entity, f.line) for f in table.findings] == [("register.value", CODES[1], 3)]


def test_columns_without_a_name_are_passed_over_and_lines_are_those_of_the_file():
    table = read_register(f'EHR kood;Märkus;;\n{CODES[0]};"kaks\nrida";;\nx;y;;\n'.encode())
    assert (table.columns, dict(table.rows[CODES[0]])) == (("Märkus",), {"Märkus": "kaks\nrida"})
    assert [(f.rule, f.line) for f in table.findings] == [("register.code", 4)]


def test_a_table_without_a_usable_row_says_what_is_wrong_with_the_first():
    with pytest.raises(InvalidInput) as caught:
        read_register(b"EHR kood;aasta\n12;1990\n")
    assert (caught.value.reason, caught.value.line) == ("empty", 2)
    assert "12" in caught.value.message


@pytest.mark.parametrize("cell", ["1_000", "1e308", "-1e308", "nan", "inf", "٣", "0x10", "1.234,5", ""])
def test_what_is_no_number_of_a_building_is_unreadable(cell):
    table = read_coded_table(f"ehr_code;v\n{CODES[0]};{cell}\n{CODES[1]};-1 234,5e0\n".encode())
    theme = classify(table, "v", Method.EQUAL, 5)
    assert (dict(theme.values), theme.unreadable) == ({CODES[1]: -1234.5}, (CODES[0],))


def test_faulty_rows_are_named_and_the_rest_is_read():
    text = f"ehr_code,address\n12,x\n{CODES[0]},a\n{CODES[0]},b\n{CODES[1]}\n\n{CODES[2]},c\n"
    table = read_register(text.encode())
    assert table.rows == {CODES[0]: {"address": "a"}, CODES[2]: {"address": "c"}}
    assert [(f.rule, f.line) for f in table.findings] == [
        ("register.code", 2), ("register.duplicate", 4), ("register.cells", 5),
    ]  # fmt: skip
    assert table.skipped == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "column"),
        (b"address\nx\n", "column"),
        (b"ehr_code,ehr kood\n1,2\n", "column"),
        (b"ehr_code\nx\n", "empty"),
        (b"ehr_code\0\n", "csv"),
        (b"\xff", "csv"),
        (b'ehr_code,a\n"' + b"x" * 200_000, "csv"),
    ],
)
def test_what_is_no_table_is_refused(data, reason):
    with pytest.raises(InvalidInput) as caught:
        read_register(data)
    assert caught.value.reason == reason


def test_breaks_by_three_methods():
    values = [1, 2, 3, 50, 51, 52, 100, 101, 102]
    assert class_breaks(values, Method.EQUAL, 3) == pytest.approx((1, 34.6667, 68.3333, 102), abs=1e-3)
    assert class_breaks(values, Method.NATURAL, 3) == (1, 50, 100, 102)
    quantiles = class_breaks(list(range(100)), Method.QUANTILES, 4)
    assert quantiles == pytest.approx((0, 24.75, 49.5, 74.25, 99))


def test_natural_breaks_have_the_least_variance_within():
    values = [4.0, 5.0, 9.0, 10.0, 15.0, 16.0, 40.0]

    def within(breaks):
        groups = [[v for v in values if lo <= v < hi] for lo, hi in zip(breaks, [*breaks[1:-1], 1e9], strict=False)]
        return sum(sum((v - sum(g) / len(g)) ** 2 for v in g) for g in groups if g)

    best = min(within((4.0, a, b, 40.0)) for a in values[1:] for b in values if b > a)
    assert within(class_breaks(values, Method.NATURAL, 3)) == pytest.approx(best)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("values", [[7.0], [7.0] * 5, [1.0, 2.0], [0.0] * 99 + [1.0]])
def test_few_different_values_make_few_classes(method, values):
    breaks = class_breaks(values, method, 5)
    assert list(breaks) == sorted(breaks)
    assert (breaks[0], breaks[-1]) == (min(values), max(values))
    assert len(breaks) - 1 <= max(1, len(set(values)))


def test_a_column_becomes_classes():
    text = "ehr_code;kWh\n" + "".join(f"{code};{n}0,5\n" for n, code in enumerate(CODES[:8]))
    text += f"{CODES[8]};palju\n"
    theme = classify(read_coded_table(text.encode()), "kWh", Method.QUANTILES, 4)
    assert [theme.classes[c] for c in CODES[:8]] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert theme.unreadable == (CODES[8],)
    assert theme.values[CODES[3]] == 30.5


@pytest.mark.parametrize(
    ("column", "classes", "reason"), [("x", 3, "column"), ("a", 0, "classes"), ("a", 3, "empty")]
)
def test_a_map_that_cannot_be_made_is_refused(column, classes, reason):
    table = read_coded_table(f"ehr_code,a\n{CODES[0]},text\n".encode())
    with pytest.raises(InvalidInput) as caught:
        classify(table, column, Method.EQUAL, classes)
    assert caught.value.reason == reason


def test_colours_run_from_light_to_dark():
    shades = colours(5)
    assert (shades[0], shades[-1], len(set(shades))) == ("#ffffcc", "#253494", 5)
    assert len(colours(1)) == 1


def parcel(number, x):
    return Parcel(f"78401:118:000{number}", f"Pikk {number}", 1_000.0, "elamumaa", box(x, 0, x + 40, 25))


def area(number, x, height=9.0, storeys=2, footprint=200.0, codes=("111",)):
    return PlanArea(
        "DP1", "", f"78401:118:000{number}", height, storeys, footprint, 1, codes, "", box(x + 5, 5, x + 35, 20)
    )


PARCELS = (parcel(1, 0), parcel(2, 50), parcel(3, 100), parcel(4, 150))
PLAN = Plan((area(1, 0), area(2, 50, height=15.0, storeys=4, codes=("122",)), area(3, 100, footprint=None)))
BODIES = (
    Body("a", box(10, 5, 20, 15), 0.0, 6.0, "model", {"heating_kwh_m2": 100.0}),
    Body("b", box(110, 5, 140, 20), 0.0, 6.0, "context", {}),
)


def found(query, bodies=BODIES):
    table = SiteTable(PARCELS, PLAN.areas, Surroundings.of_bodies(bodies))
    return search_sites(table, query).sites


def numbers(query):
    return [site.parcel.cadastral_number[-1] for site in found(query)]


def test_rules_filter_and_a_parcel_without_a_plan_is_no_site():
    assert numbers(SiteQuery()) == ["1", "2", "3"]
    assert numbers(SiteQuery(min_footprint_left_m2=1.0)) == ["1", "2"]
    assert numbers(SiteQuery(min_footprint_left_m2=101.0)) == ["2"]
    assert numbers(SiteQuery(min_height_m=10.0)) == ["2"]
    assert numbers(SiteQuery(min_storeys=3)) == ["2"]
    assert numbers(SiteQuery(use_code="11101")) == ["1", "3"]


def test_what_is_left_is_what_may_be_built_less_what_stands():
    facts = {s.parcel.cadastral_number[-1]: s.facts for s in found(SiteQuery())}
    assert (facts["1"]["built_m2"], facts["1"]["footprint_left_m2"]) == (100.0, 100.0)
    assert (facts["3"]["allowed_footprint_m2"], facts["3"]["footprint_limit"]) == (450.0, "building area")
    assert facts["3"]["footprint_left_m2"] == 0.0


def test_scores_are_weighted_and_explained():
    wishes = (Criterion("footprint_left_m2", 3.0, 0.0, 200.0), Criterion("distance_m", 1.0, 100.0, 0.0, (0.0, 10.0)))
    first, second, _ = found(SiteQuery(criteria=wishes))
    assert first.parcel.cadastral_number.endswith("2")
    assert [s.score for s in first.scores] == [1.0, 0.5]
    assert first.score == pytest.approx((3 * 1.0 + 1 * 0.5) / 4)
    assert [s.score for s in second.scores] == [0.5, 1.0]
    assert "200" in first.scores[0].reason


def test_what_is_not_known_does_not_count():
    wishes = (Criterion("heating_kwh_m2_around", 1.0, 200.0, 0.0), Criterion("max_height_m", 1.0, 0.0, 30.0))
    site = found(SiteQuery(criteria=wishes), BODIES[1:])[0]
    assert site.scores[0].score is None
    assert site.known_share == 0.5
    assert site.score == site.scores[1].score
    known = found(SiteQuery(criteria=wishes))[0]
    assert known.scores[0].score == 0.5


@pytest.mark.parametrize(
    "wish",
    [
        Criterion("beauty", 1, 0, 1),
        Criterion("area_m2", 0, 0, 1),
        Criterion("area_m2", 1, 1, 1),
        Criterion("distance_m", 1, 0, 1),
    ],
)
def test_a_wish_that_cannot_score_is_refused(wish):
    with pytest.raises(InvalidInput) as caught:
        found(SiteQuery(criteria=(wish,)))
    assert caught.value.reason == "criterion"


def test_the_energy_class_around_is_the_mean_of_the_letters():
    """Two known classes, A (1) of a model and C (3) of the register: 2, which scores 0.75 between E (5) and A (1)."""
    around = [Body(n, box(x, 60, x + 5, 65), 0.0, 5.0, "context", known) for n, x, known in (
        ("a", 0, {"class": "A"}), ("c", 20, {"energy_class": "C"}), ("?", 40, {"energy_class": "?"}), ("n", 60, {}),
    )]  # fmt: skip
    wish = Criterion("energy_class_around", 1.0, 5.0, 1.0)
    (score,) = found(SiteQuery(criteria=(wish,)), around)[0].scores
    assert (score.value, score.score) == (2.0, 0.75)


@pytest.mark.parametrize("away", [10.0, 70.0, 900.0])
def test_the_nearest_neighbour_is_found_however_far(away):
    parcel = PARCELS[0].shape
    east = parcel.bounds[2] + away
    other = Body("far", box(east, parcel.bounds[1], east + 5, parcel.bounds[3]), 0.0, 5.0, "context", {})
    own = Body(
        "own", box(*parcel.centroid.coords[0], *[v + 1 for v in parcel.centroid.coords[0]]), 0.0, 5.0, "model", {}
    )
    sites = found(SiteQuery(criteria=(Criterion("neighbour_m", 1.0, 0.0, 9.0),)), [own, other])
    (score,) = next(s for s in sites if s.parcel is PARCELS[0]).scores
    assert score.value == pytest.approx(away)
