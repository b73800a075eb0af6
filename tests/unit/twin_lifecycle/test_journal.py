"""The journal: numbered, chained, and closed against change."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from twin.catalogue import Journal, open_database
from twin.errors import StorageError


@pytest.fixture
def engine(tmp_path):
    opened = open_database(tmp_path / "catalogue.sqlite")
    yield opened
    opened.dispose()


@pytest.fixture
def journal(engine):
    return Journal(engine, lambda: datetime(2026, 5, 4, 12, tzinfo=UTC))


def test_each_book_counts_for_itself(journal):
    entries = [journal.append(book, subject, {"n": n}) for n, (book, subject) in enumerate(
        [("audit", "a"), ("transitions", "a"), ("audit", "b"), ("audit", "a")]
    )]  # fmt: skip
    assert [entry.number for entry in entries] == [1, 1, 2, 3]
    assert [entry.content["n"] for entry in journal.entries("audit", "a")] == [0, 3]
    assert [entry.number for entry in journal.entries("audit", after=1, limit=1)] == [2]
    assert journal.heads() == {"audit": (3, entries[3].chain), "transitions": (1, entries[1].chain)}
    assert journal.check("audit") == 3
    assert journal.check("nothing") == 0


@pytest.mark.parametrize("statement", ["UPDATE journal SET subject = 'x'", "DELETE FROM journal"])
def test_the_database_refuses_to_change_an_entry(engine, journal, statement):
    journal.append("audit", "a", {})
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    assert journal.check("audit") == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE journal SET content = x'7b7d' WHERE entry = 2",
        "UPDATE journal SET time = '2020-01-01T00:00:00Z' WHERE entry = 1",
        "DELETE FROM journal WHERE entry = 2",
        "DELETE FROM journal WHERE entry = 1",
    ],
)
def test_a_change_behind_its_back_is_found(engine, journal, damage):
    for n in range(3):
        journal.append("audit", "a", {"n": n})
    with engine.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER journal_no_{verb}"))
        connection.execute(text(damage))
    with pytest.raises(StorageError) as caught:
        journal.check("audit")
    assert caught.value.reason == "journal"
