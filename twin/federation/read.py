"""From several files to one understood building."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ifc import Limits, ReadFinding
from twin.federation.agreement import Part
from twin.federation.merge import federate
from twin.identity import identify
from twin.reading import KnownMeshes, Progress, Understood, part, understand

_READ_SHARE = 0.95  # of the time; the rest is merging


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file and the name under which it was submitted."""

    name: str
    path: Path


def understand_together(
    files: Sequence[NamedFile],
    limits: Limits,
    on_progress: Progress,
    *,
    building_id: str | None = None,
    known: KnownMeshes | None = None,
) -> Understood:
    """Read the files of one building; a single file as it is, several as a federation.

    Args:
        files: The files; the first gives header, project and frame.
        limits: What each child process may use.
        on_progress: Told how far the work is.
        building_id: The building; None takes what the models say.
        known: Gives meshes of an earlier version, so that only what changed is meshed.

    Raises:
        IfcReadError: a file cannot be read.
        InvalidInput: (federation) there is no file.
    """
    if len(files) == 1:
        return understand(files[0].path, limits, on_progress, building_id=building_id, known=known)
    parts: list[Part] = []
    of_geometry: list[ReadFinding] = []
    for at, file in enumerate(files):
        share = part(on_progress, _READ_SHARE * at / len(files), _READ_SHARE * (at + 1) / len(files))
        read = understand(file.path, limits, share, building_id=building_id, known=known)
        parts.append(Part(file.name, read.model, read.meshes))
        of_geometry += (
            replace(item, message=f"{file.name}: {item.message}")
            for item in read.findings[len(read.model.findings) :]
        )
    on_progress(_READ_SHARE, "Putting the models together")
    model, meshes = federate(parts)
    who = identify(model.records, model.project_id, building_id)
    return Understood(model, meshes, (*model.findings, *of_geometry), who)
