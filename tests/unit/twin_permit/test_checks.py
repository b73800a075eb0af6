"""Every rule over four houses: compliant, just failing, just inside the limit, without the data."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from shapely import box as rectangle

from ifc import Measure, RelationKind
from twin.district import Parcel
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
    return lambda h: h.neighbour(gap)


def area_from(west: float) -> Bend:
    return lambda h: h.planned(shape=rectangle(EAST + west, NORTH - 10, EAST + 30, NORTH + 30))


def parcel_from(west: float) -> Bend:
    shape = rectangle(EAST + west, NORTH - 20, EAST + 40, NORTH + 40)
    return setting(parcels=(Parcel("78401:118:0122", "Test 1", None, "", shape),))


def zones(house: Any) -> Any:
    house.zone("wc")
    house.put("door-2", "AR_Uks.330_Tulekindlus", "EI30").put("wall-2", "AR_Sein.330_Tulekindlus", "REI60")
    for wall, rooms in {"wall-2": ("bedroom", "wc"), "wall-1": ("living", "bedroom")}.items():
        for gid in rooms:
            house.relate(wall, RelationKind.BOUNDS, gid)
    for wall in ("wall-s", "wall-n", "wall-w", "wall-e"):
        house.relate(wall, RelationKind.BOUNDS, "living")
    return house


def nothing(house: Any) -> Any:
    return house


def storeys(above: int, untold: int = 0) -> Bend:
    return lambda h: h.storeys(above, untold)


def repeated(house: Any) -> Any:
    house.add("wall-s~2", "IfcWall", (RelationKind.CONTAINED_IN, "storey"))
    house.box("wall-s~2", (-0.3, -0.3, 0), (10.5, 0, 2.6))
    return house


def use(code: str) -> Bend:
    return put("building", "AR_Hoone.705_Kasutusotstarbe-kood", code)


NO_ROOMS: Bend = lambda h: h.remove("living", "bedroom", "wc")  # noqa: E731
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
        zones,
        put("door-2", "AR_Uks.330_Tulekindlus", "EI"),
        put("door-2", "AR_Uks.330_Tulekindlus", "EI2 30-C3"),
        drop("door-2", "AR_Uks.330_Tulekindlus"),
    ),
    "ubn.wall-fire-rating": (
        zones,
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
        put("living", "AR_Ruum.120_Pindala", 20.41),
        put("living", "AR_Ruum.120_Pindala", 20.39),
        lambda h: [h.drop(g, "AR_Ruum.120_Pindala") for g in ("living", "bedroom", "wc")],
    ),
    "plan.building-area": (nothing, area_from(-0.248), area_from(-0.252), setting(plan=None)),
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
    "plan.parcel": (nothing, parcel_from(-0.248), parcel_from(-0.252), setting(parcels=None)),
    "plan.overlap": (nothing, neighbour(-0.126), neighbour(-0.124), setting(neighbours=None)),
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
    "geo.scale": (nothing, georeference(scale=1.0021), georeference(scale=1.0019), setting(georeference=None)),
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
APART = {  # tested with the verdicts
    "ubn.fire-rating-form",
    "fire.separation",
    "fire.operational-card",
    "acc.outer-door-width",
    "acc.inner-door-width",
}


def run(house: Any, mode: Mode = Mode.PRE_CHECK) -> PermitReport:
    return check(house.context(), PACKS, mode)


def of(report: PermitReport, rule: str) -> list[CheckResult]:
    return [result for result in report.results if result.check_id == rule]


def verdicts(report: PermitReport, rule: str) -> set[Verdict]:
    return {result.verdict for result in of(report, rule)}


def test_the_cases_are_of_rules() -> None:
    assert set(CASES) | APART <= RULES  # the mutation bench has cases for every rule
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
