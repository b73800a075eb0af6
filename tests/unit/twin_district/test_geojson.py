"""Parcels and plan areas: what is read, and what is refused with the feature named."""

import json
from typing import Any

import pytest

from ifc import ReadFinding
from twin.district import Parcel, Plan, read_parcels, read_plan_areas
from twin.errors import InvalidInput

CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}
E, N = 540_000.0, 6_580_000.0
SQUARE = [[E, N], [E + 50, N], [E + 50, N + 40], [E, N + 40], [E, N]]


def feature(ring: Any = None, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    ring = SQUARE if ring is None else ring
    coordinates = [ring] if kind == "Polygon" else ring
    base = {"cadastral_number": "78401:118:0122", "address": "Test 1", "area_m2": 2000, "land_use": "Elamumaa"}
    return {
        "type": "Feature",
        "properties": base | properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def plan_feature(**properties: Any) -> dict[str, Any]:
    base = {
        "plan_id": "DP1", "plan_name": "Test", "max_height_m": 9, "max_storeys": 2, "max_footprint_m2": 200.5,
        "max_buildings": 2, "use_codes": ["11101"], "source": "test",
    }  # fmt: skip
    return feature(**(base | properties))


def text(*features: Any, crs: Any = CRS) -> bytes:
    document: dict[str, Any] = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(document | ({} if crs is None else {"crs": crs})).encode()


def parcels(data: bytes) -> tuple[Parcel, ...]:
    return read_parcels(data).whole()


def plan(data: bytes) -> Plan:
    return read_plan_areas(data).whole()


def fault(data: bytes) -> ReadFinding:
    """Return the one finding of a file whose other features are read."""
    read = read_parcels(data)
    assert (len(read.content), read.skipped, len(read.findings)) == (1, 1, 1)
    return read.findings[0]


def refusal(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_parcels(data)
    return caught.value


def test_parcel() -> None:
    (parcel,) = parcels(text(feature()))
    assert parcel.cadastral_number == "78401:118:0122"
    assert parcel.shape.area == 2000


def test_plan_area() -> None:
    (area,) = plan(text(plan_feature())).areas
    assert (area.max_height_m, area.max_storeys, area.max_footprint_m2) == (9.0, 2, 200.5)
    assert area.use_codes == ("11101",)


def test_plan_area_without_limits() -> None:
    free = plan(text(plan_feature(max_height_m=None, max_storeys=None, use_codes=[])))
    assert free.areas[0].max_height_m is None
    assert free.on_parcel("78401:118:0122") == free.areas
    assert free.on_parcel("1") == ()


def test_multipart_with_a_hole() -> None:
    hole = [[E + 10, N + 10], [E + 10, N + 20], [E + 20, N + 20], [E + 20, N + 10], [E + 10, N + 10]]
    far = [[e + 100, n] for e, n in SQUARE]
    (parcel,) = parcels(text(feature([[SQUARE, hole], [far]], kind="MultiPolygon")))
    assert parcel.shape.area == 3900


@pytest.mark.parametrize(
    "name", ["EPSG:3301", "urn:ogc:def:crs:EPSG::3301", "http://www.opengis.net/def/crs/EPSG/0/3301"]
)
def test_crs_spellings(name: str) -> None:
    assert parcels(text(feature(), crs={"type": "name", "properties": {"name": name}}))


@pytest.mark.parametrize("crs", [
    None, {}, "EPSG:3301", {"properties": {"name": "EPSG:4326"}}, {"properties": {"name": "EPSG:33011"}},
    {"properties": None},
])  # fmt: skip
def test_wrong_or_missing_crs(crs: Any) -> None:
    assert refusal(text(feature(), crs=crs)).reason == "crs"


@pytest.mark.parametrize(("ring", "reason"), [
    ([[n, e] for e, n in SQUARE], "axes"),
    ([[24.7, 59.4], [24.8, 59.4], [24.8, 59.5], [24.7, 59.4]], "range"),
    ([[1e9, 1e9], [1e9 + 1, 1e9], [1e9 + 1, 1e9 + 1], [1e9, 1e9]], "range"),
    ([[E, N], [E + 50, N + 40], [E + 50, N], [E, N + 40], [E, N]], "geometry"),
    ([[E, N], [E + 1, N]], "geometry"),
    ([["a", "b"]], "geometry"),
    ([], "geometry"),
    (5, "geometry"),
    (None, "ok"),
])  # fmt: skip
def test_a_bad_outline_is_named_and_the_rest_is_read(ring: Any, reason: str) -> None:
    if reason == "ok":
        assert len(parcels(text(feature(ring)))) == 1
        return
    data = text(feature(cadastral_number="78401:118:0001"), feature(ring, cadastral_number="78401:118:0002"))
    found = fault(data)
    assert found.rule == f"parcel.{reason}"
    assert found.entity == "feature 1 (78401:118:0002)"
    assert "78401:118:0002" in found.message
    assert found.hint
    assert refusal_of_all(data).entity == found.entity


def refusal_of_all(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_parcels(data).whole()
    assert caught.value.reason == "feature"
    return caught.value


def test_a_file_without_a_usable_feature_is_refused() -> None:
    error = refusal(text(feature([[E, N], [E + 1, N]])))
    assert (error.reason, error.entity) == ("empty", "feature 0 (78401:118:0122)")


def test_an_empty_file_is_an_empty_layer() -> None:
    assert read_parcels(text()).content == ()


def test_not_finite() -> None:
    data = text(feature(cadastral_number="78401:118:0001"), feature()).replace(b"540000.0", b"NaN", 1)
    assert fault(data).rule in {"parcel.range", "parcel.geometry"}


def test_of_two_parcels_with_one_number_the_first_is_kept() -> None:
    found = fault(text(feature(address="first"), feature(address="second")))
    assert found.rule == "parcel.duplicate"
    assert "features 0 and 1" in found.message
    assert read_parcels(text(feature(address="first"), feature(address="second"))).content[0].address == "first"


@pytest.mark.parametrize("properties", [
    {"cadastral_number": "7840:118:0122"}, {"cadastral_number": None}, {"cadastral_number": 7}, {"area_m2": "big"},
    {"area_m2": -1}, {"area_m2": True}, {"address": 5},
])  # fmt: skip
def test_bad_parcel_property(properties: dict[str, Any]) -> None:
    data = text(feature(cadastral_number="78401:118:0001"), feature(**properties))
    assert fault(data).rule == "parcel.property"


@pytest.mark.parametrize("properties", [
    {"plan_id": ""}, {"max_storeys": 2.5}, {"max_height_m": "9"}, {"use_codes": "11101"}, {"use_codes": [11101]},
])  # fmt: skip
def test_bad_plan_property(properties: dict[str, Any]) -> None:
    read = read_plan_areas(text(plan_feature(), plan_feature(**properties)))
    assert len(read.content.areas) == 1
    assert [finding.rule for finding in read.findings] == ["plan-area.property"]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b"null", b'{"features": 5}', b"[" * 200_000])
def test_not_geojson(data: bytes) -> None:
    assert refusal(data).reason == "json"


@pytest.mark.parametrize(
    "broken", [None, 5, {}, {"properties": {}}, {"type": "Feature", "properties": {}, "geometry": None}]
)
def test_not_a_feature(broken: Any) -> None:
    assert fault(text(feature(), broken)).rule in {"parcel.property", "parcel.geometry"}


def test_point_is_no_area() -> None:
    point = feature() | {"geometry": {"type": "Point", "coordinates": [E, N]}}
    assert fault(text(feature(cadastral_number="78401:118:0001"), point)).rule == "parcel.geometry"


@pytest.mark.parametrize("said", [b"1e999", b"-1e999", b"NaN", rb'"half \ud800"', b'{"a": [NaN]}'])
def test_what_cannot_be_said_again_is_named_and_the_rest_is_read(said: bytes) -> None:
    data = text(feature(note="@"), feature(cadastral_number="78401:118:0123"))
    finding = fault(data.replace(b'"@"', said))
    assert finding.rule == "parcel.value"
    assert finding.hint


def test_a_third_coordinate_that_is_no_number_is_named() -> None:
    high = [[x, y, 5.0] for x, y in SQUARE]
    data = text(feature(high), feature(cadastral_number="78401:118:0123")).replace(b"5.0", b"NaN", 1)
    assert fault(data).rule == "parcel.value"


def test_a_member_of_the_file_that_cannot_be_said_again_refuses_it() -> None:
    assert refusal(text(feature()).replace(b'{"type"', b'{"note": NaN, "type"', 1)).reason == "json"


@pytest.mark.parametrize("number", ["9" * 400, "1e300"])
def test_a_number_that_no_engine_holds_is_named(number: str) -> None:
    data = text(feature(area_m2="@"), feature(cadastral_number="78401:118:0123"))
    assert fault(data.replace(b'"@"', number.encode())).rule == "parcel.property"


def test_a_number_of_thousands_of_digits_refuses_the_file() -> None:
    assert refusal(text(feature(note="@")).replace(b'"@"', b"9" * 5_000)).reason == "json"


def test_a_coverage_in_per_cent_is_refused_with_how_to_write_it() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_plan_areas(text(plan_feature(max_coverage=40)))
    assert "0.4" in caught.value.hint
