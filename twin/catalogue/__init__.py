"""The catalogue wing: which buildings and versions there are, and the records of each."""

from twin.catalogue.catalogue import Catalogue, content_digest
from twin.catalogue.database import open_database
from twin.catalogue.journal import Entry, Journal
from twin.catalogue.reports import Kept, ReportShelf
from twin.catalogue.values import (
    Building,
    ElementRow,
    Version,
    VersionFile,
    VersionKey,
    check_building_id,
    files_digest,
)

__all__ = [
    "Building",
    "Catalogue",
    "ElementRow",
    "Entry",
    "Journal",
    "Kept",
    "ReportShelf",
    "Version",
    "VersionFile",
    "VersionKey",
    "check_building_id",
    "content_digest",
    "files_digest",
    "open_database",
]
