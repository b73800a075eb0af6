"""A foreign client of SensorThings, over a real socket."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import frost_sta_client as fsc
import httpx
import pytest
import uvicorn

from api.app import create_app
from twin.catalogue import Building
from twin.live import Point, PointKind
from twin.settings import Settings

BUILDING = "tmp-sta"
COUNT = 25
pytestmark = pytest.mark.filterwarnings("ignore:furl.pathstr")  # the client's own
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Return the address of a running service with one building, two rooms and three points."""
    app = create_app(Settings(home=tmp_path_factory.mktemp("sta")))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        fill(app.state.twin)
        yield f"http://127.0.0.1:{port}/api/v1/sta/v1.1"
        server.should_exit = True
        thread.join()


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
    assert answer.status_code in (200, 400, 422)
    if answer.status_code != 200:
        assert answer.json()["reason"] in ("filter", "query-parameter")


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
