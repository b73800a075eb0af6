"""Reports that were made of a version and are kept: permit, energy, seal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Select, select
from sqlalchemy.dialects.sqlite import insert as upsert

from twin.catalogue.catalogue import version_id_query
from twin.catalogue.tables import REPORT, VERSION
from twin.catalogue.values import VersionKey
from twin.errors import NotFound


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept report.

    Attributes:
        kind: ``permit``, ``energy``, ``validation`` or ``seal``.
        inputs: Digest of everything besides the version that it was made from.
        created: RFC 3339 time, UTC.
        sha256: Blob that holds it.
        summary: What lists show of it.
    """

    kind: str
    inputs: str
    created: str
    sha256: str
    summary: Mapping[str, Any]


class ReportShelf:
    """Reports by version, kind and inputs; the bytes lie in the blob store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, key: VersionKey, report: Kept, also: Callable[[Connection], object] = lambda _: None) -> None:
        """Keep `report` for the version `key`, in place of an older one of the same kind and inputs.

        Args:
            key: The version.
            report: What to keep.
            also: Writes what must stand or fall with it, in the same transaction.
        """
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            version_id = connection.scalar(version_id_query(key))
            if version_id is None:
                raise NotFound("There is no such version.", reason="version", entity=str(key)[:120])
            values = {"created": report.created, "sha256": report.sha256, "summary": dict(report.summary)}
            statement = upsert(REPORT).values(version_id=version_id, kind=report.kind, inputs=report.inputs, **values)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["version_id", "kind", "inputs"], set_=values)
            )
            also(connection)

    def get(self, key: VersionKey, kind: str, inputs: str | None = None) -> Kept | None:
        """Return the newest report of `kind` (made of `inputs`, if given), or None."""
        query = _columns().where(
            REPORT.c.version_id == version_id_query(key).scalar_subquery(), REPORT.c.kind == kind
        )
        if inputs is not None:
            query = query.where(REPORT.c.inputs == inputs)
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(REPORT.c.created.desc()).limit(1)).first()
        return None if row is None else Kept(*row)

    def summaries(self, kind: str) -> dict[tuple[str, str, int], Mapping[str, Any]]:
        """Return the summary of the newest report of `kind` of every version, by building, stage and number."""
        query = (
            select(VERSION.c.building_id, VERSION.c.stage, VERSION.c.number, REPORT.c.summary)
            .join(VERSION, VERSION.c.version_id == REPORT.c.version_id)
            .where(REPORT.c.kind == kind)
            .order_by(REPORT.c.created)
        )
        with self._engine.connect() as connection:
            return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}


def _columns() -> Select[str, str, str, str, Any]:
    columns = REPORT.c
    return select(columns.kind, columns.inputs, columns.created, columns.sha256, columns.summary)
