"""A foreign client of SensorThings, over a real socket."""

from datetime import UTC, datetime, timedelta

import frost_sta_client as fsc
import geojson
import httpx
import pytest
from frost_sta_client.model.ext.unitofmeasurement import UnitOfMeasurement

from api.app import create_app
from tests.serving import serving
from twin.catalogue import Building
from twin.live import Point, PointKind
from twin.live.sensorthings import Additions
from twin.settings import Settings

BUILDING = "tmp-sta"
COUNT = 25
pytestmark = pytest.mark.filterwarnings("ignore:furl.pathstr")  # the client's own
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app(Settings(home=tmp_path_factory.mktemp("sta")))


@pytest.fixture(scope="module")
def service(app):
    """Return the address of a running service with one building, two rooms and three points."""
    with serving(app) as host:
        fill(app.state.twin)
        yield f"http://{host}/api/v1/sta/v1.1"


def fill(twin):
    with twin.engine.begin() as connection:
        twin.catalogue._put_building(connection, Building(BUILDING, "A house", "", None), "2026-01-01T00:00:00Z")
    twin.live.register_points(
        [
            Point(BUILDING, f"{room}-{kind}", f"g-{room}", PointKind.SENSOR, quantity, unit, space=f"s-{room}")
            for room in ("101", "102")
            for kind, quantity, unit in (("temp", "Temperature", "Cel"), ("co2", "MoleFraction", "[ppm]"))
        ]
    )
    for n in range(COUNT):
        moment = (START + timedelta(minutes=n)).isoformat()
        payload = f'{{"t": "{moment}", "v": {20 + n / 10}, "u": "Cel"}}'.encode()
        assert twin.live.ingest(f"kaksik/v1/{BUILDING}/101-temp/obs", payload).stored == 1


@pytest.fixture(scope="module")
def client(service):
    return fsc.SensorThingsService(service)


@pytest.fixture(scope="module")
def stream(client):
    found = client.datastreams().query().filter("properties/pointId eq '101-temp'").list()
    assert len(found.entities) == 1
    return found.entities[0]


def test_it_lists_and_counts(client):
    things = client.things().query().count().list()
    assert things.count == 2
    assert sorted(thing.name for thing in things) == ["s-101", "s-102"]
    assert client.datastreams().query().count().list().count == 4
    assert client.observed_properties().query().count().list().count == 2


def test_it_expands_with_options_inside(client):
    things = client.things().query().expand("Datastreams($orderby=name;$expand=ObservedProperty)").list()
    for thing in things:
        names = [stream.name for stream in thing.datastreams]
        assert names == sorted(names)
        assert len(names) == 2
        assert {s.observed_property.name for s in thing.datastreams} == {"Temperature", "MoleFraction"}


def test_it_pages_through_observations_in_both_orders(stream):
    for order in ("ASC", "DESC"):
        pages = stream.get_observations().query().orderby("phenomenonTime", order).top(10).list()
        values = [observation.result for observation in pages]
        expected = [pytest.approx(20 + n / 10) for n in range(COUNT)]
        assert values == (expected if order == "ASC" else expected[::-1])
    assert stream.get_observations().query().count().top(1).list().count == COUNT


def test_it_filters_as_a_reader_of_the_values_would(stream):
    for text, keep in (
        ("result gt 21", lambda n: 20 + n / 10 > 21),
        ("result ge 21 and not (result gt 22)", lambda n: 21 <= 20 + n / 10 <= 22),
        ("result lt 20.2 or result gt 22.2", lambda n: not 20.2 <= 20 + n / 10 <= 22.2),
        ("result mul 2 sub 1 eq 40", lambda n: n == 5),
        (f"phenomenonTime lt {(START + timedelta(minutes=3)).isoformat().replace('+00:00', 'Z')}", lambda n: n < 3),
    ):
        found = stream.get_observations().query().filter(text).list()
        assert len(list(found)) == sum(map(keep, range(COUNT))), text


def test_times_at_the_ends_of_the_calendar_are_no_error(service, stream):
    for text in (
        "lt 9999-12-31T23:59:59Z",
        "gt 9999-12-31T23:59:59Z",
        "lt 0001-01-01T00:00:00Z",
        "gt 0001-01-01T00:00:00Z",
    ):
        path = f"{service}/Datastreams({stream.id})/Observations?$filter=phenomenonTime {text}"
        assert len(httpx.get(path).json()["value"]) == (COUNT if text[:4] in ("lt 9", "gt 0") else 0)


def test_it_creates_an_observation_and_finds_it_again(client, stream):
    moment = (START + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    made = fsc.Observation(phenomenon_time=moment, result=23.75, datastream=fsc.Datastream(id=stream.id))
    client.create(made)
    assert client.observations().find(made.id).result == 23.75


def test_what_is_not_there_is_a_clean_404(client, service):
    with pytest.raises(Exception, match="404"):
        client.things().find(4711)
    for path in (
        "/Things(1)",
        "/Nothing",
        "/Things(1)/Datastreams",
        "/Observations('x')",
        "/Things/name",
        "/../health",
    ):
        answer = httpx.get(f"{service}{path}", headers={"Host": httpx.URL(service).netloc.decode()})
        assert answer.status_code == 404 or path.startswith("/.."), path
        assert path.startswith("/..") or answer.json()["message"]


def test_members_values_references_and_the_root(service, stream):
    root = httpx.get(service).json()
    assert {entry["url"] for entry in root["value"]} == {f"{service}/{entry['name']}" for entry in root["value"]}
    assert len(root["value"]) == 8
    one = f"{service}/Datastreams({stream.id})"
    assert httpx.get(f"{one}/name").json() == {"name": "101-temp"}
    assert httpx.get(f"{one}/name/$value").text == "101-temp"
    assert httpx.get(f"{one}/Thing").json()["properties"]["ifcGuid"] == "s-101"
    assert len(httpx.get(f"{service}/Things/$ref").json()["value"]) == 2
    assert httpx.get(f"{service}/Things?$top=0&$count=true").json() == {"@iot.count": 2, "value": []}


@pytest.mark.parametrize(
    "query",
    ["$filter=", "$filter=name eq", "$filter=" + "(" * 60, "$filter=" + "not " * 300, "$filter=load('x')", "$top=-1",
     "$skip=x", "$count=maybe", "$orderby=name up", "$expand=Nothing", "$expand=Datastreams(", "$what=1",
     "$filter='%2599999999d' mod 5 eq 1",
     "$filter=name eq '" + "x" * 4000 + "'", "$filter=name;drop table"],
)  # fmt: skip
def test_a_hostile_query_is_refused_or_empty_never_an_error(service, query):
    answer = httpx.get(f"{service}/Things?{query}")
    assert answer.status_code in (200, 400, 501)
    if answer.status_code != 200:
        assert answer.json()["reason"] in ("filter", "filter-function", "query-parameter")


def test_a_wrong_observation_is_refused(service, stream):
    for body, status in (
        ({"result": "NaN?", "Datastream": {"@iot.id": 1}}, 404),
        ({"result": {"a": 1}, "Datastream": {"@iot.id": stream.id}}, 422),
        ({"result": 1, "phenomenonTime": "a/b", "Datastream": {"@iot.id": stream.id}}, 422),
        ({"result": 1, "phenomenonTime": "yesterday", "Datastream": {"@iot.id": stream.id}}, 422),
        ({"result": 1, "phenomenonTime": "2999-01-01T00:00:00Z", "Datastream": {"@iot.id": stream.id}}, 422),
    ):
        answer = httpx.post(f"{service}/Observations", json=body)
        assert answer.status_code == status, answer.text
        assert answer.json()["message"]
    late = {"result": 1, "phenomenonTime": "2999-01-01T00:00:00Z", "Datastream": {"@iot.id": stream.id}}
    assert "time-future" in httpx.post(f"{service}/Observations", json=late).json()["detail"]


def test_a_time_may_be_written_in_small_letters(service, stream):
    body = {"result": 1, "phenomenonTime": "2026-01-01t00:00:00z", "Datastream": {"@iot.id": stream.id}}
    answer = httpx.post(f"{service}/Observations", json=body)
    assert answer.status_code == 201, answer.text
    made = httpx.get(answer.headers["location"]).json()
    assert made["phenomenonTime"] == "2026-01-01T00:00:00Z"


def unit(symbol="Cel"):
    return UnitOfMeasurement(name=symbol, symbol=symbol, definition=f"http://unitsofmeasure.org/ucum.html#{symbol}")


def new_stream(name, thing, **changes):
    given = {
        "name": name,
        "description": "Air of the shed",
        "observation_type": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unit_of_measurement": unit(),
        "sensor": fsc.Sensor(
            name="SHT31", description="A chip", encoding_type="application/pdf", metadata="https://x"
        ),
        "observed_property": fsc.ObservedProperty(
            name="Temperature", description="Of air", definition="http://qudt.org/vocab/quantitykind/Temperature"
        ),
        "thing": thing,
    }
    return fsc.Datastream(**{**given, **changes})


@pytest.fixture(scope="module")
def shed(client):
    """Return a Thing with a Location that the client created."""
    place = fsc.Location(
        name="Yard", description="Behind", location=geojson.Point((24.7, 59.4)), encoding_type="application/geo+json"
    )
    thing = fsc.Thing(name="Shed", description="A shed", properties={"owner": "Mari"}, locations=[place])
    client.create(thing)
    return thing


def test_it_creates_things_with_locations_and_datastreams(client, shed):
    found = client.things().find(shed.id)
    assert (found.name, found.properties) == ("Shed", {"owner": "Mari"})
    (place,) = found.get_locations().query().list()
    assert place.location["coordinates"] == [24.7, 59.4]
    stream = new_stream("shed temp", fsc.Thing(id=shed.id))
    client.create(stream)
    expanded = (
        client.datastreams().query().filter(f"id eq {stream.id}").expand("Thing,Sensor,ObservedProperty").list()
    )
    (shown,) = expanded
    assert (shown.thing.id, shown.sensor.name, shown.observed_property.name) == (shed.id, "SHT31", "Temperature")
    assert shown.unit_of_measurement.symbol == "Cel"
    assert shed.id in {thing.id for thing in client.things().query().list()}
    (one,) = client.things().query().filter(f"id eq {shed.id}").expand("Datastreams").list()
    assert [s.id for s in one.datastreams] == [stream.id]
    moment = (START + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")
    made = fsc.Observation(phenomenon_time=moment, result=12.5, datastream=fsc.Datastream(id=stream.id))
    client.create(made)
    assert [o.result for o in client.datastreams().find(stream.id).get_observations().query().list()] == [12.5]


def test_places_are_found_by_where_they_are(service, client, shed):
    """The bounding box is what QGIS sends for what its map shows."""
    box = "geography'POLYGON((24.6 59.3, 24.6 59.5, 24.8 59.5, 24.8 59.3, 24.6 59.3))'"
    mine = {place.id for place in shed.get_locations().query().list()}
    found = client.locations().query().filter(f"geo.intersects(location, {box})").list()
    assert mine <= {place.id for place in found}
    near = client.things().query().filter(f"st_within(Locations/location, {box}) and name eq 'Shed'").list()
    assert [thing.id for thing in near] == [shed.id]
    far = "geo.distance(location, geography'POINT(30 10)') gt 10"
    assert mine <= {place.id for place in client.locations().query().filter(far).list()}
    assert httpx.get(f"{service}/Locations?$filter=st_disjoint(location, {box})").json()["value"] == []
    assert httpx.get(f"{service}/FeaturesOfInterest?$filter=st_within(feature, {box})").json()["value"] == []


def test_what_a_filter_does_not_offer_is_said_with_what_it_does(service):
    answer = httpx.get(f"{service}/Locations?$filter=st_buffer(location, 1) eq 1")
    assert (answer.status_code, answer.json()["reason"]) == (501, "filter-function")
    assert "geo.intersects" in answer.json()["hint"]
    answer = httpx.get(f"{service}/Locations?$filter=st_within(location, geography'POINT(1e400 1)')")
    assert (answer.status_code, answer.json()["reason"]) == (400, "filter")


@pytest.mark.parametrize(
    "hostile",
    ['{"properties": {"a": 1e400}}', '{"properties": {"a": [NaN]}}', '{"name": "\\ud800"}', '{"name": "a\\u0000b"}',
     '{"properties": {"\\udfff": 1}}', '{"properties": ' + '{"a":' * 9 + "1" + "}" * 10,
     '{"properties": {"a": ' + "[" * 9 + "]" * 9 + "}}"],
)  # fmt: skip
def test_no_entity_can_hold_what_would_break_every_list_that_shows_it(service, shed, hostile):
    before = httpx.get(f"{service}/Things?$count=true").json()
    text = '{"name": "Shed", "description": "A shed", ' + hostile[1:]
    headers = {"Content-Type": "application/json"}
    for method, path in (("POST", "Things"), ("PATCH", f"Things({shed.id})")):
        answer = httpx.request(method, f"{service}/{path}", content=text, headers=headers)
        assert answer.status_code == 422, answer.text
        assert answer.json()["reason"] in ("entity-member", "patch")
    assert httpx.get(f"{service}/Things?$count=true").json() == before


def test_observations_come_with_their_datastream_and_as_arrays(service, shed):
    times = ["2026-01-05T00:00:00Z", "2026-01-05T00:01:00Z"]
    given = entity(
        "shed humidity", Observations=[{"phenomenonTime": t, "result": 40 + n} for n, t in enumerate(times)]
    )
    given["Observations"].append({"phenomenonTime": times[0], "result": {"no": "number"}})
    made = httpx.post(f"{service}/Things({shed.id})/Datastreams", json=given)
    assert made.status_code == 201
    assert made.json()["@kaksik.refusedObservations"] == 1
    link = made.headers["location"]
    arrays = httpx.get(
        f"{link}/Observations?$resultFormat=dataArray&$select=phenomenonTime,result&$count=true"
    ).json()
    assert arrays == {
        "@iot.count": 2,
        "value": [
            {
                "Datastream@iot.navigationLink": link,
                "components": ["phenomenonTime", "result"],
                "dataArray@iot.count": 2,
                "dataArray": [[times[0], 40.0], [times[1], 41.0]],
            }
        ],
    }
    for wrong in ("Things?$resultFormat=dataArray", "Observations?$resultFormat=csv", "Things?$select=nothing"):
        assert httpx.get(f"{service}/{wrong}").status_code == 400, wrong


def test_a_thing_keeps_when_it_came_to_its_places(service, client):
    place = fsc.Location(
        name="Quay", description="West", location=geojson.Point((24.7, 59.4)), encoding_type="application/geo+json"
    )
    boat = fsc.Thing(name="Boat", description="A boat", locations=[place])
    client.create(boat)
    (before,) = boat.get_historical_locations().query().list()
    (where,) = boat.get_locations().query().list()
    moved = {"type": "Point", "coordinates": [24.8, 59.5]}
    assert httpx.patch(f"{service}/Locations({where.id})", json={"location": moved}).status_code == 200
    history = httpx.get(f"{service}/Things({boat.id})/HistoricalLocations?$orderby=time&$expand=Locations").json()[
        "value"
    ]
    assert history[0]["@iot.id"] == before.id
    assert len(history) == 2
    assert history[0]["time"] <= history[1]["time"]
    assert [row["Locations"][0]["@iot.id"] for row in history] == [where.id, where.id]
    last = f"{service}/HistoricalLocations({history[1]['@iot.id']})"
    assert httpx.get(last + "/Thing").json()["name"] == "Boat"
    assert httpx.patch(f"{service}/Locations({where.id})", json={"name": "Pier"}).status_code == 200
    assert httpx.get(f"{service}/Locations({where.id})/HistoricalLocations?$count=true").json()["@iot.count"] == 2
    assert httpx.delete(f"{service}/Locations({where.id})").status_code == 204
    assert httpx.get(last).status_code == 404


def test_a_created_datastream_is_a_point_bound_or_unbound_with_a_finding(service, client, shed, app):
    room = client.things().query().filter("properties/ifcGuid eq 's-101'").list().entities[0]
    bound = {
        **entity("101 extra"),
        "Thing": {"@iot.id": room.id},
        "properties": {"pointId": "101-x", "intervalSeconds": 60},
    }
    answer = httpx.post(f"{service}/Datastreams", json=bound)
    assert answer.status_code == 201, answer.text
    assert "@kaksik.findings" not in answer.json()
    (point,) = [p for p in app.state.twin.live.points(BUILDING) if p.point_id == "101-x"]
    assert (point.global_id, point.space, point.unit, point.interval_s) == ("s-101", "s-101", "Cel", 60)
    answer = httpx.post(f"{service}/Things({shed.id})/Datastreams", json=entity("loose"))
    assert [finding["rule"] for finding in answer.json()["@kaksik.findings"]] == ["point.unbound"]
    assert httpx.post(f"{service}/Datastreams", json=bound).json()["reason"] == "exists"


def entity(name, **changes):
    given = {
        "name": name,
        "description": "x",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "C", "symbol": "°C", "definition": ""},
        "Sensor": {"name": "s", "description": "s", "encodingType": "text/html", "metadata": "https://x"},
        "ObservedProperty": {"name": "Temperature", "definition": "https://x", "description": "x"},
    }
    return {**given, **changes}


def test_it_patches_what_it_may_and_not_what_the_model_says(service, client, shed, stream):
    client.patch(fsc.Thing(id=shed.id), [{"op": "replace", "path": "/properties/owner", "value": "Jaan"}])
    assert client.things().find(shed.id).properties == {"owner": "Jaan"}
    client.patch(stream, [{"op": "replace", "path": "/description", "value": "Warm?"},
                          {"op": "add", "path": "/properties/calibrated", "value": "2026-01-01"}])  # fmt: skip
    found = client.datastreams().find(stream.id)
    assert (found.description, found.properties["calibrated"]) == ("Warm?", "2026-01-01")
    assert found.properties["pointId"] == "101-temp"
    one = f"{service}/Datastreams({stream.id})"
    assert httpx.patch(one, json={"name": "Room temperature"}).status_code == 200
    assert client.datastreams().find(stream.id).name == "Room temperature"
    httpx.patch(one, json={"name": "101-temp"})
    room = client.things().query().filter("properties/ifcGuid eq 's-101'").list().entities[0]
    for address, patch, reason in (
        (f"Things({room.id})", {"properties": {"ifcGuid": "another"}}, "said-by-model"),
        (f"Datastreams({stream.id})", {"properties": {"pointId": "another"}}, "said-by-model"),
        (f"Datastreams({stream.id})", {"unitOfMeasurement": {"symbol": "K"}}, "point-unit-changed"),
        (f"Datastreams({stream.id})", {"unitOfMeasurement": {"symbol": "furlong"}}, "unit-unknown"),
        (f"Things({room.id})", {"name": None}, "entity-member"),
        (f"Things({room.id})", [{"op": "replace", "path": "/nothing/here", "value": 1}], "patch"),
        (f"Things({room.id})", [{"op": "test", "path": "/name", "value": "x"}], "patch"),
        (f"Observations('{stream.id}-1')", {"result": 1}, "kept"),
        ("Things(1)", {"name": "x"}, "not-found"),
    ):
        answer = httpx.patch(f"{service}/{address}", json=patch)
        assert answer.json()["reason"] == reason, answer.text
        assert 400 <= answer.status_code < 500
    assert client.datastreams().find(stream.id).unit_of_measurement.symbol == "Cel"


def test_deletes_are_done_cleanly_or_refused(service, client, shed, stream):
    sensor = fsc.Sensor(name="Spare", description="x", encoding_type="text/html", metadata="https://x")
    client.create(sensor)
    client.delete(sensor)
    with pytest.raises(Exception, match="404"):
        client.sensors().find(sensor.id)
    room = client.things().query().filter("properties/ifcGuid eq 's-102'").list().entities[0]
    for address, reason in (
        (f"Things({shed.id})", "in-use"),
        (f"Things({room.id})", "said-by-model"),
        (f"Datastreams({stream.id})", "kept"),
        (f"Observations('{stream.id}-1')", "kept"),
        ("Sensors(5)", "not-found"),
        ("Nothing(5)", "not-found"),
    ):
        answer = httpx.delete(f"{service}/{address}")
        assert answer.json()["reason"] == reason, answer.text


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("Things", {"name": "x"}), ("Things", {"name": "", "description": "x"}),
        ("Things", {"name": "x", "description": "x", "properties": 5}),
        ("Things", {"name": "x", "description": "x", "properties": {"buildingId": "tmp-nothing"}}),
        ("Things", {"name": "x", "description": "x", "Locations": [{}]}),
        ("Things", {"name": "x", "description": "x" * 3000}),
        ("Locations", {"name": "x", "description": "x", "encodingType": "application/geo+json",
                       "location": {"type": "Point", "coordinates": [1e9, 2]}}),
        ("Locations", {"name": "x", "description": "x", "encodingType": "text/xml", "location": {}}),
        ("Datastreams", entity("x")), ("Datastreams", entity("x", Thing={"@iot.id": 1})),
        ("Datastreams", entity("x", Thing={"name": "n", "description": "d"}, unitOfMeasurement={"symbol": "kW"})),
        ("Observations", {"result": 1}), ("FeaturesOfInterest", {"name": "x"}), ("HistoricalLocations", {}),
        ("Nothing", {}), ("Things(1)/Datastreams", entity("x")), ("Things(1)/name", {}),
        ("Things", {"name": "x", "description": "x", "properties": {"a": "b" * 100_000}}),
    ],
)  # fmt: skip
def test_a_faulty_entity_is_refused_and_leaves_nothing(service, client, address, body):
    def counts():
        return [client.things().query().count().list().count, client.sensors().query().count().list().count,
                client.datastreams().query().count().list().count]  # fmt: skip

    before = counts()
    answer = httpx.post(f"{service}/{address}", json=body)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["message"]
    assert counts() == before


def test_a_data_array_creates_many(service, stream):
    rows = [[(START + timedelta(hours=1, minutes=n)).isoformat(), 30 + n] for n in range(1, 4)]
    body = [{"Datastream": {"@iot.id": stream.id}, "components": ["phenomenonTime", "result"],
             "dataArray": [*rows, ["yesterday", 1]]}]  # fmt: skip
    links = httpx.post(f"{service}/CreateObservations", json=body).json()
    assert links[3] == "error"
    assert [httpx.get(link).json()["result"] for link in links[:3]] == [31, 32, 33]


def test_what_clients_added_outlives_a_restart(app, shed):
    path = app.state.twin.settings.home / "sensorthings.sqlite"
    again = Additions(path)
    assert again.of("Things")[shed.id].members["name"] == "Shed"
    again.close()
