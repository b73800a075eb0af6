"""Remove what interrupted and refused loads left behind: records, blobs and indexes that nothing refers to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, select

from twin.blobs import FileBlobStore
from twin.catalogue import Catalogue
from twin.catalogue.tables import JOB, JOURNAL, LAYER, LOGGED, REPORT, VERSION, VERSION_FILE
from twin.city import City
from twin.jobs import FINAL

_BOOKS = ("deviations", "applications")  # journals whose entries name blobs
QUIET_S = 3600.0  # a blob younger than this may belong to a load that is under way


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was removed."""

    records: int
    blobs: int
    indexes: int = 0


def sweep(engine: Engine, catalogue: Catalogue, blobs: FileBlobStore, city: City, quiet_s: float = QUIET_S) -> Swept:
    """Remove records and blobs that no version, report, layer or waiting job refers to, and indexes of old cities.

    Args:
        engine: The catalogue's engine.
        catalogue: Where the records are.
        blobs: Where the bytes are.
        city: Where the indexes are.
        quiet_s: Blobs and indexes younger than this stay.
    """
    return Swept(catalogue.sweep(), blobs.keep(frozenset(_used(engine, blobs)), quiet_s), city.sweep(quiet_s))


def _used(engine: Engine, blobs: FileBlobStore) -> Iterator[str]:
    with engine.connect() as connection:
        for row in connection.execute(select(VERSION.c.file_sha256, VERSION.c.meshes_sha256, VERSION.c.scene_sha256)):
            yield from row
            if row.scene_sha256 in blobs:
                yield from (chunk["sha256"] for chunk in json.loads(blobs.get(row.scene_sha256))["chunks"])
        for column in (VERSION_FILE.c.file_sha256, REPORT.c.sha256, LAYER.c.sha256, LOGGED.c.sha256):
            yield from connection.scalars(select(column))
        for request in connection.scalars(select(JOB.c.request).where(JOB.c.status.not_in(FINAL))):
            yield from _digests(request)
        for content in connection.scalars(select(JOURNAL.c.content).where(JOURNAL.c.book.in_(_BOOKS))):
            yield from _digests(json.loads(content))


def _digests(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _digests(item)
    elif isinstance(value, list):
        for item in value:
            yield from _digests(item)
