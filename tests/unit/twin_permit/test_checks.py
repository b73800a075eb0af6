"""Every rule over four houses: compliant, just failing, just inside the limit, without the data."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from shapely import box as rectangle

from ifc import Georeference, Measure, RelationKind
from twin.district import MapFootprint, Parcel
from twin.permit import CheckResult, Mode, PermitReport, Verdict, bundled_packs, check

Bend = Callable[[Any], Any]
EAST, NORTH = 540_000.0, 6_580_000.0
PACKS = bundled_packs()
RULES = {rule.rule_id for pack in PACKS for rule in pack.rules}


def metres(value: float) -> Measure:
    return Measure(value, "m", "IfcLengthMeasure")


def put(gid: str, path: str, value: Any) -> Bend:
    return lambda h: h.put(gid, path, value)


def drop(gid: str, path: str) -> Bend:
    return lambda h: h.drop(gid, path)


def both(*bends: Bend) -> Bend:
    def bend(house: Any) -> Any:
        for part in bends:
            part(house)
        return house

    return bend


def setting(**values: Any) -> Bend:
    def bend(house: Any) -> Any:
        for name, value in values.items():
            setattr(house, name, value)
        return house

    return bend


def georeference(**changes: Any) -> Bend:
    return lambda h: setting(georeference=replace(h.georeference, **changes))(h)


def room(gid: str, low: tuple[float, float, float], high: tuple[float, float, float]) -> Bend:
    return lambda h: h.box(gid, low, high)


def without_shape(*gids: str) -> Bend:
    def bend(house: Any) -> Any:
        for gid in gids:
            del house.meshes[gid]
        return house

    return bend


def no_areas(house: Any) -> Any:
    for gid in ("living", "bedroom", "wc"):
        del house.meshes[gid]
        house.drop(gid, "AR_Ruum.120_Pindala")
    return house


def neighbour(gap: float) -> Bend:
    shape = rectangle(EAST + 10.5 + gap, NORTH, EAST + 10.5 + gap + 8, NORTH + 4)
    return setting(neighbours=(MapFootprint("188888888", shape),))


def area_from(west: float) -> Bend:
    return lambda h: h.planned(shape=rectangle(EAST + west, NORTH - 10, EAST + 30, NORTH + 30))


def parcel_from(west: float) -> Bend:
    shape = rectangle(EAST + west, NORTH - 20, EAST + 40, NORTH + 40)
    return setting(parcels=(Parcel("78401:118:0122", "Test 1", None, "", shape),))


def zones(*, bounding: bool = True) -> Bend:
    def bend(house: Any) -> Any:
        house.add("zone", "IfcZone")
        house.put("zone", "AR_Tsoon_Tuleohutus.085_Tuletõkkesektsioon", "EI30")
        for gid in ("living", "bedroom", "wc") if not bounding else ("wc",):
            house.relate(gid, RelationKind.ASSIGNED_TO, "zone")
        house.put("door-2", "AR_Uks.330_Tulekindlus", "EI30")
        for gid in ("bedroom", "wc"):
            house.relate("wall-2", RelationKind.BOUNDS, gid)
        house.relate("wall-1", RelationKind.BOUNDS, "living").relate("wall-1", RelationKind.BOUNDS, "bedroom")
        for gid in ("wall-s", "wall-n", "wall-w", "wall-e"):
            house.relate(gid, RelationKind.BOUNDS, "living")
        return house.put("wall-2", "AR_Sein.330_Tulekindlus", "REI60")

    return bend


def nothing(house: Any) -> Any:
    return house


def storeys(above: int, untold: int = 0) -> Bend:
    def bend(house: Any) -> Any:
        for number in range(1, above + untold):
            gid = f"storey-{number}"
            house.add(gid, "IfcBuildingStorey", (RelationKind.AGGREGATED_IN, "building"))
            if number < above:
                house.put(gid, "AR_Korrus.070_Maapealne", True).put(gid, "AR_Korrus.710_Määrusejärgne-korrus", True)
        return house

    return bend


def repeated(house: Any) -> Any:
    house.add("wall-s~2", "IfcWall", (RelationKind.CONTAINED_IN, "storey"))
    house.box("wall-s~2", (-0.3, -0.3, 0), (10.5, 0, 2.6))
    return house


def use(code: str) -> Bend:
    return put("building", "AR_Hoone.705_Kasutusotstarbe-kood", code)


NO_ROOMS: Bend = lambda h: h.remove("living", "bedroom", "wc")  # noqa: E731
SCHOOL = use("12631")
H = "AR_Hoone."
# rule: (start from, just failing, near miss inside the limit, data missing)
CASES: dict[str, tuple[Bend, Bend, Bend, Bend]] = {
    "ubn.ehr-code": (
        nothing,
        put("building", H + "700_EHR-kood", "12067923"),
        put("building", H + "700_EHR-kood", 120679233),
        drop("building", H + "700_EHR-kood"),
    ),
    "ubn.ads-id": (
        nothing,
        put("building", H + "702_ADS-id", "ME0326263"),
        put("building", H + "702_ADS-id", "EE03262635"),
        put("building", H + "702_ADS-id", "-"),
    ),
    "ubn.use-code": (nothing, use("1110"), use("99999"), drop("building", H + "705_Kasutusotstarbe-kood")),
    "ubn.fire-class": (
        nothing,
        put("building", H + "707_Tuleohutusklass", "TP4"),
        put("building", H + "707_Tuleohutusklass", "TP-3"),
        drop("building", H + "707_Tuleohutusklass"),
    ),
    "ubn.users": (
        nothing,
        put("building", H + "703_Kasutajate-arv", 0),
        put("building", H + "703_Kasutajate-arv", 1),
        drop("building", H + "703_Kasutajate-arv"),
    ),
    "ubn.fire-load": (
        nothing,
        put("building", H + "706_Eripõlemiskoormus", "palju"),
        put("building", H + "706_Eripõlemiskoormus", 0.1),
        drop("building", H + "706_Eripõlemiskoormus"),
    ),
    "ubn.cadastral-number": (
        nothing,
        lambda h: h.attribute("site", LongName="7840:118:0122"),
        put("site", "AR_Kinnistu.010_Katastritunnus", "78401:118:9999"),
        lambda h: h.attribute("site", LongName=""),
    ),
    "ubn.storey-above-ground": (
        nothing,
        put("storey", "AR_Korrus.070_Maapealne", "maybe"),
        put("storey", "AR_Korrus.070_Maapealne", "ei"),
        drop("storey", "AR_Korrus.070_Maapealne"),
    ),
    "ubn.door-fire-rating": (
        zones(),
        put("door-2", "AR_Uks.330_Tulekindlus", "EI"),
        put("door-2", "AR_Uks.330_Tulekindlus", "EI2 30-C3"),
        drop("door-2", "AR_Uks.330_Tulekindlus"),
    ),
    "ubn.wall-fire-rating": (
        zones(),
        put("wall-2", "AR_Sein.330_Tulekindlus", "hea"),
        put("wall-2", "AR_Sein.330_Tulekindlus", "REI 30"),
        drop("wall-2", "AR_Sein.330_Tulekindlus"),
    ),
    "r85.room-area": (
        nothing,
        room("bedroom", (5.1, 0, 0), (7.75, 3.015, 2.6)),
        room("bedroom", (5.1, 0, 0), (7.6, 3.2, 2.6)),
        no_areas,
    ),
    "r85.room-width": (
        nothing,
        room("bedroom", (5.1, 0, 0), (7.49, 4, 2.6)),
        room("bedroom", (5.1, 0, 0), (7.5, 4, 2.6)),
        without_shape("living", "bedroom", "wc"),
    ),
    "r85.room-height": (
        nothing,
        room("bedroom", (5.1, 0, 0), (8.1, 4, 2.29)),
        room("bedroom", (5.1, 0, 0), (8.1, 4, 2.3)),
        without_shape("living", "bedroom", "wc"),
    ),
    "r85.room-door": (
        nothing,
        lambda h: h.box("door-1", (5, -3, 0), (5.1, -2, 2.1)) or h.remove("door-1", "door-2"),
        nothing,
        lambda h: h.remove("door-out", "door-1", "door-2"),
    ),
    "r85.room-window": (
        nothing,
        put("window-2", "AR_Aken.315_Avanemine", "mitte avatav"),
        put("window-2", "AR_Aken.315_Avanemine", "avatav"),
        both(drop("window-1", "AR_Aken.315_Avanemine"), drop("window-2", "AR_Aken.315_Avanemine")),
    ),
    "r85.way-out": (
        nothing,
        lambda h: h.remove("door-2"),
        nothing,
        lambda h: h.remove("door-out", "door-1", "door-2"),
    ),
    "r85.outer-door-width": (
        nothing,
        put("door-out", "AR_Uks.306_Ava-laius", metres(0.89)),
        put("door-out", "AR_Uks.306_Ava-laius", metres(1.0)),
        drop("door-out", "AR_Uks.306_Ava-laius"),
    ),
    "r85.inner-door-width": (
        nothing,
        put("door-1", "AR_Uks.306_Ava-laius", metres(0.69)),
        put("door-1", "AR_Uks.306_Ava-laius", metres(0.8)),
        drop("door-1", "AR_Uks.306_Ava-laius"),
    ),
    "r85.wet-door-width": (
        nothing,
        put("door-2", "AR_Uks.306_Ava-laius", metres(0.59)),
        put("door-2", "AR_Uks.306_Ava-laius", metres(0.7)),
        drop("door-2", "AR_Uks.306_Ava-laius"),
    ),
    "r85.door-height": (
        nothing,
        put("door-1", "AR_Uks.307_Ava-kõrgus", metres(1.94)),
        put("door-1", "AR_Uks.307_Ava-kõrgus", metres(2.0)),
        drop("door-type", "AR_Uks.307_Ava-kõrgus"),
    ),
    "r57.footprint": (
        nothing,
        put("building", H + "045_Hoonealune-pindala", 48.6),
        put("building", H + "045_Hoonealune-pindala", 48.7),
        drop("building", H + "045_Hoonealune-pindala"),
    ),
    "r57.height": (
        nothing,
        put("building", H + "040_Kõrgus", 3.31),
        put("building", H + "040_Kõrgus", 3.3),
        drop("building", H + "040_Kõrgus"),
    ),
    "r57.room-area": (
        nothing,
        put("living", "AR_Ruum.120_Pindala", 20.5),
        put("living", "AR_Ruum.120_Pindala", 20.39),
        lambda h: [h.drop(g, "AR_Ruum.120_Pindala") for g in ("living", "bedroom", "wc")],
    ),
    "plan.building-area": (nothing, area_from(-0.2), area_from(-0.3), setting(plan=None)),
    "plan.footprint": (
        nothing,
        lambda h: h.planned(max_footprint_m2=49.6),
        lambda h: h.planned(max_footprint_m2=49.7),
        setting(georeference=None),
    ),
    "plan.height": (
        nothing,
        lambda h: h.planned(max_height_m=3.19),
        lambda h: h.planned(max_height_m=3.2),
        lambda h: [h.meshes.pop(g) for g in list(h.meshes) if g not in {"site"}],
    ),
    "plan.storeys": (nothing, both(storeys(3)), storeys(2), both(storeys(2, 1))),
    "plan.buildings": (
        nothing,
        both(lambda h: h.planned(max_buildings=1), neighbour(12.0)),
        both(lambda h: h.planned(max_buildings=1), neighbour(20.0)),
        setting(neighbours=None),
    ),
    "plan.use": (
        nothing,
        lambda h: h.planned(use_codes=("112",)),
        lambda h: h.planned(use_codes=("11101",)),
        drop("building", H + "705_Kasutusotstarbe-kood"),
    ),
    "plan.parcel": (nothing, parcel_from(-0.2), parcel_from(-0.3), setting(parcels=None)),
    "plan.overlap": (nothing, neighbour(-0.2), neighbour(-0.1), setting(neighbours=None)),
    "geo.crs": (
        nothing,
        georeference(crs="EPSG:3067"),
        georeference(crs="urn:ogc:def:crs:EPSG::3301"),
        georeference(crs=""),
    ),
    "geo.range": (
        nothing,
        georeference(easting_m=369_999.0),
        georeference(easting_m=370_000.0),
        setting(georeference=None),
    ),
    "geo.axes": (
        nothing,
        georeference(easting_m=NORTH, northing_m=EAST),
        georeference(northing_m=6_375_001.0),
        setting(georeference=None),
    ),
    "geo.scale": (nothing, georeference(scale=1.011), georeference(scale=1.009), setting(georeference=None)),
    "model.unique-ids": (nothing, repeated, nothing, lambda h: h.records.clear()),
    "model.spaces-in-storey": (
        nothing,
        lambda h: h.unrelate("living", RelationKind.AGGREGATED_IN),
        nothing,
        NO_ROOMS,
    ),
    "model.elements-in-storey": (
        nothing,
        lambda h: h.unrelate("wall-1", RelationKind.CONTAINED_IN),
        nothing,
        lambda h: h.records.clear(),
    ),
    "model.geometry": (nothing, without_shape("wall-1"), nothing, lambda h: h.records.clear()),
    "model.space-overlap": (
        nothing,
        room("bedroom", (4.98, 0, 0), (8.1, 4, 2.6)),
        room("bedroom", (4.99, 0, 0), (8.1, 4, 2.6)),
        without_shape("living", "bedroom", "wc"),
    ),
}
APART = {"ubn.fire-rating-form", "fire.separation", "fire.operational-card", "acc.outer-door-width"}  # tested below


def run(house: Any, mode: Mode = Mode.PRE_CHECK) -> PermitReport:
    return check(house.context(), PACKS, mode)


def of(report: PermitReport, rule: str) -> list[CheckResult]:
    return [result for result in report.results if result.check_id == rule]


def verdicts(report: PermitReport, rule: str) -> set[Verdict]:
    return {result.verdict for result in of(report, rule)}


def test_every_rule_has_its_cases() -> None:
    assert set(CASES) | APART == RULES
    assert not set(CASES) & APART


@pytest.mark.parametrize("rule", sorted(CASES))
def test_compliant(rule: str, house: Any) -> None:
    CASES[rule][0](house)
    assert verdicts(run(house), rule) == {Verdict.PASS}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_just_failing(rule: str, house: Any) -> None:
    both(*CASES[rule][:2])(house)
    results = [result for result in of(run(house), rule) if result.verdict is Verdict.FAIL]
    assert results
    assert all(result.message and result.advice and result.clause for result in results)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_near_miss(rule: str, house: Any) -> None:
    both(CASES[rule][0], CASES[rule][2])(house)
    assert verdicts(run(house), rule) == {Verdict.PASS}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_missing_data_never_passes(rule: str, house: Any) -> None:
    both(CASES[rule][0], CASES[rule][3])(house)
    found = of(run(house), rule)
    lacking = {gid for result in found if result.verdict is Verdict.DATA_MISSING for gid in result.elements}
    assert Verdict.DATA_MISSING in {result.verdict for result in found}
    assert not any(
        result.verdict is Verdict.PASS and (not lacking or lacking & set(result.elements)) for result in found
    )


def test_compliant_house_has_no_failure(house: Any) -> None:
    counts = run(house).counts()
    assert counts["fail"] == 0
    assert counts["pass"] >= 35


@pytest.mark.parametrize(("gap", "expected"), [(7.9, Verdict.NEEDS_HUMAN), (20.0, Verdict.NEEDS_HUMAN)])
@pytest.mark.parametrize("mode", list(Mode))
def test_unverified_separation_never_decides(house: Any, gap: float, expected: Verdict, mode: Mode) -> None:
    neighbour(gap)(house)
    found = of(run(house, mode), "fire.separation")
    assert {result.verdict for result in found} == {expected}
    assert all("could not be verified" in result.message for result in found)


def test_separation_shows_the_number_and_the_line(house: Any) -> None:
    neighbour(5.0)(house)
    (found,) = of(run(house), "fire.separation")
    assert found.measured is not None
    assert found.measured.value == pytest.approx(5.0)
    assert found.geometry is not None
    assert found.geometry.type == "line"
    assert found.geometry.crs == "EPSG:3301"


def test_separation_without_neighbours(house: Any) -> None:
    house.neighbours = None
    assert verdicts(run(house), "fire.separation") == {Verdict.DATA_MISSING}


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (storeys(9), Verdict.NOT_APPLICABLE),
        (storeys(10), Verdict.NEEDS_HUMAN),
        (storeys(9, 1), Verdict.DATA_MISSING),
        (lambda h: h.remove("storey"), Verdict.DATA_MISSING),
    ],
)
def test_operational_card(house: Any, bend: Bend, expected: Verdict) -> None:
    bend(house)
    assert verdicts(run(house), "fire.operational-card") == {expected}


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ("EI30", Verdict.PASS),
        ("EI-30", Verdict.PASS),
        ("REI 120", Verdict.PASS),
        ("EI35", Verdict.FAIL),
        ("0", Verdict.FAIL),
        ("puudub", Verdict.FAIL),
    ],
)
def test_fire_rating_form(house: Any, rating: str, expected: Verdict) -> None:
    house.put("door-1", "AR_Uks.330_Tulekindlus", rating)
    assert verdicts(run(house), "ubn.fire-rating-form") == {expected}


def test_fire_rating_form_without_ratings(house: Any) -> None:
    assert verdicts(run(house), "ubn.fire-rating-form") == {Verdict.NOT_APPLICABLE}


def test_fire_boundaries_without_compartments(house: Any) -> None:
    assert verdicts(run(house), "ubn.door-fire-rating") == {Verdict.DATA_MISSING}


def test_no_boundary_inside_one_compartment(house: Any) -> None:
    zones(bounding=False)(house)
    house.remove("door-out")
    assert verdicts(run(house), "ubn.door-fire-rating") == {Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize("width", [0.8, 0.95, 1.2])
def test_accessible_door_is_for_a_person(house: Any, width: float) -> None:
    SCHOOL(house)
    house.put("door-out", "AR_Uks.306_Ava-laius", metres(width))
    assert verdicts(run(house), "acc.outer-door-width") == {Verdict.NEEDS_HUMAN}


def test_accessible_door_without_width(house: Any) -> None:
    SCHOOL(house)
    house.drop("door-out", "AR_Uks.306_Ava-laius")
    assert verdicts(run(house), "acc.outer-door-width") == {Verdict.DATA_MISSING}


def test_dwelling_rules_do_not_apply_to_a_school(house: Any) -> None:
    SCHOOL(house)
    assert verdicts(run(house), "r85.room-area") == {Verdict.NOT_APPLICABLE}


def test_unknown_use_lets_no_dwelling_rule_decide(house: Any) -> None:
    house.drop("building", H + "705_Kasutusotstarbe-kood")
    house.box("bedroom", (5.1, 0, 0), (7.1, 3, 2.6))
    found = of(run(house), "r85.room-area")
    assert {result.verdict for result in found} == {Verdict.NEEDS_HUMAN}
    assert any(result.measured is not None and result.measured.value == pytest.approx(6.0) for result in found)


def test_secondary_source_decides_only_before_filing(house: Any) -> None:
    house.put("door-out", "AR_Uks.306_Ava-laius", metres(0.8))
    assert verdicts(run(house), "r85.outer-door-width") == {Verdict.FAIL}
    assert verdicts(run(house, Mode.FORMAL), "r85.outer-door-width") == {Verdict.NEEDS_HUMAN}
    assert verdicts(run(house, Mode.FORMAL), "r85.room-area") == {Verdict.PASS}


def test_flat_needs_two_and_a_half_metres(house: Any) -> None:
    use("11222")(house)
    house.box("bedroom", (5.1, 0, 0), (8.1, 4, 2.4))
    (failed,) = [r for r in of(run(house), "r85.room-height") if r.verdict is Verdict.FAIL]
    assert failed.elements == ("bedroom",)
    assert failed.limit is not None
    assert failed.limit.value == 2.5


def test_category_read_from_the_name_is_said(house: Any) -> None:
    house.drop("bedroom", "AR_Ruum.115_Kategooria").attribute("bedroom", LongName="Bedroom 2")
    found = [r for r in of(run(house), "r85.room-area") if "bedroom" in r.elements]
    assert [r.verdict for r in found] == [Verdict.PASS]
    assert "read from LongName" in found[0].message


def test_room_without_category_is_missing_data(house: Any) -> None:
    house.drop("bedroom", "AR_Ruum.115_Kategooria")
    by_verdict = {r.verdict: r.elements for r in of(run(house), "r85.room-area")}
    assert by_verdict == {Verdict.PASS: ("living",), Verdict.DATA_MISSING: ("bedroom",)}


def test_ground_guessed_from_a_storey_lets_nothing_decide(house: Any) -> None:
    del house.meshes["site"]
    assert verdicts(run(house), "r57.height") == {Verdict.NEEDS_HUMAN}
    assert verdicts(run(house), "plan.height") == {Verdict.NEEDS_HUMAN}


def test_untrusted_place_gives_no_plan_answer(house: Any) -> None:
    house.georeference = Georeference("IfcMapConversion", "EPSG:3301", "EH2000", NORTH, EAST, 30)
    assert verdicts(run(house), "plan.building-area") == {Verdict.DATA_MISSING}


def test_plan_elsewhere_is_for_a_person(house: Any) -> None:
    house.parcels = None
    house.planned(shape=rectangle(EAST + 500, NORTH, EAST + 600, NORTH + 100))
    assert verdicts(run(house), "plan.building-area") == {Verdict.NEEDS_HUMAN}
    assert verdicts(run(house), "plan.height") == {Verdict.NEEDS_HUMAN}


def test_open_side_is_not_a_door(house: Any) -> None:
    house.remove("door-1", "wall-1")
    house.box("bedroom", (5.0, 0, 0), (8.1, 4, 2.6))
    house.remove("door-2")
    found = {r.elements: r.verdict for r in of(run(house), "r85.room-door")}
    assert found[("bedroom",)] is Verdict.NEEDS_HUMAN
    assert ("bedroom", "living") in [r.elements for r in of(run(house), "r85.way-out") if r.verdict is Verdict.PASS]
