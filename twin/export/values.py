"""What can be written out, and in which formats."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ifc import ElementRecord
from twin.snapshot import Snapshot


class Format(StrEnum):
    """A way out."""

    IFC = "ifc"  # the bytes as they were submitted
    CSV = "csv"  # tables, RFC 4180
    PARQUET = "parquet"  # the same tables, typed
    GLB = "glb"  # the whole scene in one file
    CITYJSON = "cityjson"  # CityJSON 2.0
    CITYJSONSEQ = "cityjsonseq"  # the same, a line for each building


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file as it was submitted: its name and where its bytes lie."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Exportable:
    """One version, from the stores or straight from a file; its parts are made when a format asks for them.

    Attributes:
        files: The submitted files.
        records: Gives the records by GlobalId; for a file much sooner than its snapshot.
        snapshot: Gives records, meshes and georeference.
        scene: Gives ``scene.json``.
        chunk: Gives the bytes of a chunk of the scene by its SHA-256 (hex).
    """

    files: tuple[SubmittedFile, ...]
    records: Callable[[], Mapping[str, ElementRecord]]
    snapshot: Callable[[], Snapshot]
    scene: Callable[[], Mapping[str, Any]]
    chunk: Callable[[str], bytes]
