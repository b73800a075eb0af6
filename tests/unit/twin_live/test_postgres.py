"""What only the engine in PostgreSQL has: an address, a lost connection, one writer, TimescaleDB, the way to it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from api.cli.readings import readings_move
from tests.postgres import PostgresServer
from tests.unit.twin_live.conftest import BUILDING, SettableClock, execute
from tests.unit.twin_live.test_hours import END, KEEP, OLD, START, TEMP, rounded, send
from twin.errors import Conflict, InvalidInput, NotFound, StorageError, TwinError
from twin.live import Channel, Device, LiveWing, Point, PointKind, WriteResult, move_readings
from twin.live.postgres import PostgresEngine, parse_readings_url
from twin.live.postgres.schema import Timescale, timescale_of

POINT = Point(BUILDING, "112-temp", "g-temp", PointKind.SENSOR, "Temperature", "Cel", interval_s=60)
GHOST = f"kaksik/v1/{BUILDING}/ghost/obs"
TIMESCALE = """
CREATE SCHEMA stand_in;
CREATE TABLE stand_in.call (said TEXT);
CREATE TABLE stand_in.pg_extension (extname NAME, extversion TEXT, extnamespace OID);
INSERT INTO stand_in.pg_extension VALUES ('timescaledb', '2.17.2', 'stand_in'::regnamespace);
CREATE FUNCTION stand_in.create_hypertable(relation REGCLASS, time_column_name NAME,
    partitioning_column NAME = NULL, number_partitions INTEGER = NULL, associated_schema_name NAME = NULL,
    associated_table_prefix NAME = NULL, chunk_time_interval ANYELEMENT = NULL::bigint,
    create_default_indexes BOOLEAN = TRUE, if_not_exists BOOLEAN = FALSE, partitioning_func REGPROC = NULL,
    migrate_data BOOLEAN = FALSE) RETURNS VOID LANGUAGE sql AS
$$ INSERT INTO stand_in.call VALUES
   (concat_ws(' ', relation, time_column_name, chunk_time_interval, create_default_indexes, if_not_exists,
    migrate_data)) $$;
CREATE FUNCTION stand_in.drop_chunks(relation REGCLASS, older_than BIGINT = NULL, newer_than BIGINT = NULL)
    RETURNS SETOF TEXT LANGUAGE sql AS
$$ INSERT INTO stand_in.call VALUES (concat_ws(' before ', relation, older_than)) RETURNING said $$
"""


def message(value: float, minutes: float = 0.0) -> bytes:
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC) + timedelta(minutes=minutes)
    return json.dumps({"t": moment.isoformat(), "v": value, "u": "Cel"}).encode()


@pytest.fixture
def where(postgres: PostgresServer) -> str:
    return postgres.new_url()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://mari:secret@host:port/db",
        "postgresql://mari:secret@host/db?schema=Robert');DROP",
        "postgresql://mari:secret@host/db?nonsense=1",
        "mysql://mari:secret@host/db",
        "postgresql://mari:secret@[host/db",
        "secret",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_readings_url(url)
    assert caught.value.reason == "readings-url"
    assert "secret" not in str(caught.value) + caught.value.hint
    assert caught.value.__cause__ is None


def test_an_address_shows_no_password() -> None:
    address = parse_readings_url("postgresql://mari:secret@db.example:6432/twin?schema=tallinn&sslmode=verify-full")
    assert (address.schema, address.server) == ("tallinn", "db.example:6432")
    assert "sslmode=verify-full" in address.conninfo
    assert "schema=tallinn" not in address.conninfo
    assert "secret" not in repr(address)


def test_a_database_that_is_not_there_is_said_and_where_is_only_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    address = parse_readings_url(f"postgresql://mari:secret@/twin?host={tmp_path}")
    with caplog.at_level(logging.WARNING), pytest.raises(StorageError) as caught:
        PostgresEngine(address, retry_s=0.2)
    assert caught.value.reason == "store-away"
    assert str(tmp_path) not in str(caught.value)
    assert str(tmp_path) in caplog.text
    assert "secret" not in caplog.text


def test_what_the_user_may_not_do_is_said_at_once(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.database, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(StorageError) as caught:
        PostgresEngine(parse_readings_url(postgres.new_url().replace("kaksik@", "reader@")), retry_s=60.0)
    assert caught.value.reason == "store-write"
    assert "permission denied" in str(caught.value)


def test_a_lost_connection_loses_and_doubles_nothing(wing: LiveWing, where: str) -> None:
    for n in range(30):
        assert wing.ingest_batch([(TEMP, message(20.0, -n)), (GHOST, message(1.0))]) == WriteResult(1, 0, 1)
        if n % 3 == 0:
            execute(where, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kaksik'")
    assert execute(where, "SELECT count(*) FROM observation") == [(30,)]
    assert wing.refusals()["reasons"][0]["count"] == 30
    assert wing.ingest(TEMP, message(20.0, -1)) == WriteResult(0, 1, 0)


def test_a_commit_whose_answer_is_lost_is_not_done_twice(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = PostgresEngine(parse_readings_url(where))
    tried: list[int] = []
    usual = psycopg.Transaction.__exit__

    def cut_after(self: psycopg.Transaction, *error: object) -> object:
        done = usual(self, *error)  # type: ignore[arg-type]
        if tried and self.connection is engine._writer and len(tried) == 1:
            self.connection.close()
            raise psycopg.OperationalError("the server closed the connection unexpectedly")
        return done

    monkeypatch.setattr(psycopg.Transaction, "__exit__", cut_after)

    def run(session: object) -> str:
        tried.append(1)
        session.run("INSERT INTO refusal VALUES ('form', 1, 1, '') ON CONFLICT (reason) DO UPDATE SET count = 2")  # type: ignore[attr-defined]
        return f"attempt {len(tried)}"

    assert engine.transact(run) == "attempt 1"
    assert execute(where, "SELECT count FROM refusal") == [(1,)]
    engine.close()


def test_one_service_writes(wing: LiveWing, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.live.postgres.engine.LOCK_WAIT_S", 0.1)
    with pytest.raises(StorageError) as caught:
        LiveWing(where, lambda: END)
    assert caught.value.reason == "store-in-use"
    wing.stop()
    LiveWing(where, lambda: END).stop()


def test_tables_of_a_newer_program_are_left_alone(wing: LiveWing, where: str) -> None:
    wing.stop()
    execute(where, "UPDATE meta SET value = '99' WHERE key = 'version'")
    with pytest.raises(StorageError) as caught:
        LiveWing(where, lambda: END)
    assert caught.value.reason == "store-newer"


def test_names_that_a_database_cannot_keep_are_counted_all_the_same(wing: LiveWing) -> None:
    wing.ingest(f"kaksik/v1/{BUILDING}/\0\udcff/obs", message(1.0))
    assert sum(item["count"] for item in wing.refusals()["reasons"]) == 1


@pytest.fixture
def stand_in(postgres: PostgresServer) -> Iterator[psycopg.Connection]:
    """What TimescaleDB would be, with the signatures of its documentation: the extension is not to be had here."""
    path = "-csearch_path=stand_in,pg_catalog"  # what stands first hides the catalogue's list of extensions
    with psycopg.connect(postgres.database, autocommit=True, options=path) as connection:
        connection.execute(TIMESCALE)
        yield connection
        connection.execute("DROP SCHEMA stand_in CASCADE")


def test_where_timescaledb_answers_history_is_divided_and_its_room_given_back(
    stand_in: psycopg.Connection, where: str, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = timescale_of(stand_in)
    assert found == Timescale("stand_in", "2.17.2")
    for module in ("schema", "engine"):
        monkeypatch.setattr(f"twin.live.postgres.{module}.timescale_of", lambda _connection: found)
    with LiveWing(where, clock) as wing:
        assert wing.store_status() == {"engine": "postgresql", "timescaledb": True}
        wing.register_points([POINT])
        send(wing, timedelta(hours=6))
        assert wing.upkeep(OLD).rolled
    told = [row[0] for row in stand_in.execute("SELECT said FROM stand_in.call")]
    december = int(datetime(2025, 12, 1, tzinfo=UTC).timestamp() * 1e6)
    assert told[0] == "observation time_us 604800000000 f t t"
    assert told[-1] == f"observation before {december}"


def test_without_timescaledb_nothing_of_it_is_called(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.database) as connection:
        assert timescale_of(connection) is None


@pytest.fixture
def old_file(tmp_path: Path, clock: SettableClock) -> Path:
    """An embedded store with readings in all three forms, a late one, texts, refusals, a device."""
    path = tmp_path / "readings.sqlite"
    points = [POINT, Point(BUILDING, "112-motion", "g-motion", PointKind.SENSOR, "Dimensionless", "1")]
    with LiveWing(path, clock) as wing:
        wing.register_points(points)
        send(wing, timedelta(hours=1))
        wing.upkeep(OLD)
        wing.ingest(TEMP, b'{"t":"2025-12-24T03:30:00Z","v":-9.5,"u":"Cel"}')
        wing.ingest(TEMP, b'{"t":"2025-12-24T03:00:00Z","v":-9.5,"u":"Cel"}')  # another value is in the file
        wing.ingest(GHOST, message(1.0))
        wing.devices.register([Device("gateway", BUILDING, {"temp": Channel("112-temp", "Cel")})])
        wing.devices.issue_secret("gateway")
    return path


def answers(wing: LiveWing) -> object:
    span = (START, END)
    return rounded(
        [
            *(wing.history(BUILDING, name, *span) for name in ("112-temp", "112-motion")),
            wing.history(BUILDING, "112-temp", datetime(2026, 1, 1, tzinfo=UTC), END, 86_400.0),
            wing.history(BUILDING, "112-temp", START, datetime(2025, 12, 1, tzinfo=UTC), 3_600.0),
            wing.gaps(BUILDING, "112-temp", *span),
            wing.state_at(BUILDING, datetime(2025, 11, 24, 18, 50, tzinfo=UTC)),
            wing.latest(BUILDING),
            wing.refusals(),
        ]
    )


def test_all_moves_to_postgresql_and_answers_the_same(old_file: Path, where: str, clock: SettableClock) -> None:
    moved = move_readings(old_file, where)
    assert (moved.points, moved.hours) == (2, 10 * 24 + 24)
    with LiveWing(old_file, clock) as before, LiveWing(where, clock) as after:
        assert answers(after) == answers(before)
        assert after.points(BUILDING) == before.points(BUILDING)
        assert after._store.devices == before._store.devices
        assert after._store.secrets() == before._store.secrets()
        after.register_points([Point(BUILDING, "fresh", "g", PointKind.SENSOR, "Temperature", "Cel")])
        assert after.ingest(TEMP, b'{"t":"2025-11-24T03:30:00Z","v":1,"u":"Cel"}') == WriteResult(0, 0, 1)
    with pytest.raises(Conflict) as caught:
        move_readings(old_file, where)
    assert caught.value.reason == "store-not-empty"


def test_the_command_moves_what_the_settings_name(
    old_file: Path, where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAKSIK_HOME", str(old_file.parent))
    monkeypatch.delenv("KAKSIK_READINGS_URL", raising=False)
    with pytest.raises(InvalidInput) as caught:
        readings_move()
    assert caught.value.reason == "readings-url"
    monkeypatch.setenv("KAKSIK_READINGS_URL", where)
    readings_move(as_json=True)
    assert json.loads(capsys.readouterr().out)["points"] == 2


def test_a_move_that_fails_leaves_nothing(old_file: Path, where: str, tmp_path: Path) -> None:
    (month, *_) = sorted((tmp_path / "readings.archive").glob("2025-12-*.parquet"))
    whole = month.read_bytes()
    month.write_bytes(whole[:-20])
    with pytest.raises(TwinError) as caught:
        move_readings(old_file, where)
    assert caught.value.reason == "archive-damaged"
    month.write_bytes(whole)
    assert move_readings(old_file, where).points == 2
    with pytest.raises(NotFound):
        move_readings(tmp_path / "none.sqlite", where)


def test_nothing_moves_to_files(wing: LiveWing) -> None:
    send(wing, timedelta(hours=6))
    assert wing.archive(KEEP) == ()
    assert len(wing.history(BUILDING, "112-temp", START, END)["items"]) == (END - START) // timedelta(hours=6)
