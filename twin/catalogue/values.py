"""Values that the catalogue gives and takes."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ifc import Georeference, Header
from twin.errors import InvalidInput
from twin.snapshot import Stage

_BUILDING_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


def check_building_id(text: str) -> str:
    """Return `text` if it can name a building: 1 to 64 letters, digits, ``. _ -``.

    Raises:
        InvalidInput: (building-id) it cannot.
    """
    if not _BUILDING_ID.match(text):
        raise InvalidInput(
            "A building id is 1 to 64 letters, digits, dots, dashes or underscores.",
            reason="building-id",
            entity=text[:80],
            hint="Use the register code (EHR) of the building.",
        )
    return text


def files_digest(digests: Sequence[str]) -> str:
    """Return the digest that stands for submitted files: of one file its own, of several that of their digests.

    The digests (hex) are joined by line feeds in the order of the files, and hashed with SHA-256.
    """
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class VersionKey:
    """What names one version: ``120900001/as-built/2``."""

    building_id: str
    stage: Stage
    number: int

    def __str__(self) -> str:
        """Return ``building/stage/number``."""
        return f"{self.building_id}/{self.stage.value}/{self.number}"


@dataclass(frozen=True, slots=True)
class VersionFile:
    """One submitted file of a version.

    Attributes:
        file_sha256: Blob of its bytes.
        file_name: Name under which it came.
    """

    file_sha256: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Building:
    """One building of the catalogue, with the number of the latest version of each stage."""

    building_id: str
    name: str
    address: str
    ehr_code: str | None
    latest: Mapping[Stage, int] = field(default_factory=dict)

    @property
    def furthest(self) -> Stage:
        """Return the furthest stage that has a version: as maintained before as built before as designed."""
        return max(self.latest, key=list(Stage).index)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a building, without its records.

    Attributes:
        key: What names it.
        created: RFC 3339 time, UTC, when it was stored.
        file_name: Name under which the file was submitted; of several files, the first with the number of the others.
        file_sha256: SHA-256 (hex) of the submitted bytes; of several files, of their digests (`files_digest`).
        content_sha256: Digest of the map GlobalId -> record digest: equal for semantically equal files.
        header: What the file says of itself.
        project_id: GlobalId of the project.
        georeference: Where the origin lies, or None.
        findings: What reading noticed, as JSON objects.
        not_understood: Classes that became no record, with their count.
        facts: Footprint (GeoJSON, EPSG:3301), heights and storeys, as lists of buildings show them.
        elements: Number of records.
        spaces: Number of spaces.
        meshes_sha256: Blob of the meshes.
        scene_sha256: Blob of the scene for viewers.
    """

    key: VersionKey
    created: str
    file_name: str
    file_sha256: str
    content_sha256: str
    header: Header
    project_id: str
    georeference: Georeference | None
    findings: tuple[Mapping[str, Any], ...]
    not_understood: Mapping[str, int]
    facts: Mapping[str, Any]
    elements: int
    spaces: int
    meshes_sha256: str
    scene_sha256: str


@dataclass(frozen=True, slots=True)
class ElementRow:
    """What a list of elements shows."""

    global_id: str
    ifc_class: str
    name: str
    storey: str | None
