"""A file becomes a snapshot without any store: what ingest and the commands on files share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ifc import (
    IfcGeometryError,
    IfcReadError,
    Limits,
    MeshSet,
    Model,
    ReadFinding,
    Severity,
    compare_quantities,
    mesh_file,
    read_file,
)
from twin.identity import Identity, identify
from twin.snapshot import Snapshot, Stage

Progress = Callable[[float, str], None]
KnownMeshes = Callable[[str], MeshSet | None]  # of a building, by its id: those of an earlier version
RECORDS_SHARE = 0.5  # of the time that reading takes; the rest is geometry


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of one file.

    Attributes:
        model: Its records.
        meshes: Its meshes; empty if no geometry could be made.
        findings: Of reading, of geometry, and of the author's quantities beside the measured ones.
        identity: Which building it is about.
    """

    model: Model
    meshes: MeshSet
    findings: tuple[ReadFinding, ...]
    identity: Identity

    def snapshot(self, stage: Stage, number: int) -> Snapshot:
        """Return the file as a version of its building."""
        return Snapshot(
            building_id=self.identity.building_id,
            stage=stage,
            version=number,
            file_sha256=self.model.file_sha256,
            records=self.model.by_id(),
            meshes=self.meshes,
            georeference=self.model.georeference,
        )


def understand(
    path: Path,
    limits: Limits,
    on_progress: Progress,
    *,
    building_id: str | None = None,
    known: KnownMeshes | None = None,
) -> Understood:
    """Read records and geometry of a file, each in a child process with limits.

    Args:
        path: The file.
        limits: What each child may use.
        on_progress: Told how far the work is.
        building_id: The building; None takes what the model says.
        known: Gives meshes of an earlier version, so that only what changed is meshed.

    Raises:
        IfcReadError: the file cannot be read. That no geometry can be made of it is a finding, not an error.
    """
    model = read_file(path, limits, part(on_progress, 0.0, RECORDS_SHARE))
    who = identify(model.records, model.project_id, building_id)
    earlier = None if known is None else known(who.building_id)
    meshes, mesh_findings = _meshes(path, model, limits, part(on_progress, RECORDS_SHARE, 1.0), earlier)
    differing = compare_quantities(meshes, model.by_id(), limits)
    return Understood(model, meshes, (*model.findings, *mesh_findings, *differing), who)


def part(on_progress: Progress, start: float, end: float) -> Progress:
    """Return a progress function for a part of the work that goes from `start` to `end` of the whole."""
    return lambda fraction, label: on_progress(start + (end - start) * fraction, label)


def silent(_fraction: float, _label: str) -> None:
    """Take progress and tell nobody."""


def _meshes(
    path: Path, model: Model, limits: Limits, on_progress: Progress, earlier: MeshSet | None
) -> tuple[MeshSet, tuple[ReadFinding, ...]]:
    try:
        keys, outline = model.shape_keys, model.outline
        return mesh_file(path, limits, on_progress, shape_keys=keys, known=earlier, outline=outline)
    except (IfcGeometryError, IfcReadError) as error:
        words = f"No geometry could be made: {error.message}"
        return MeshSet(()), (ReadFinding("geometry.none", Severity.ERROR, words, error.hint, entity=error.entity),)
