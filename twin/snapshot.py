"""One version of one building, ready for a wing (permit, energy, live, seal) to reason about."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ifc import ElementRecord, Georeference, MeshSet


class Stage(StrEnum):
    """The three lines of versions of a building."""

    AS_DESIGNED = "as-designed"
    AS_BUILT = "as-built"
    AS_MAINTAINED = "as-maintained"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of one building.

    Attributes:
        building_id: Register code (EHR) or a temporary id.
        stage: The line of versions it belongs to.
        version: Number in that line, from 1.
        file_sha256: SHA-256 (hex) of the submitted bytes.
        records: All records by GlobalId, in order of GlobalId.
        meshes: Meshes in the model's own coordinates, metres, z up.
        georeference: Where the model's origin lies, or None.
    """

    building_id: str
    stage: Stage
    version: int
    file_sha256: str
    records: Mapping[str, ElementRecord]
    meshes: MeshSet
    georeference: Georeference | None
