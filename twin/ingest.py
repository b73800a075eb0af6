"""Ingest: what was submitted becomes one version of one building, whole or not at all.

The order of writing: bytes, records, geometry, graph projection, and the version row with its map of records last, in
one transaction. What an interruption leaves behind are orphans that `sweep` removes and a projection that
`reproject` puts right; it never leaves half a building.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from graph import Batch
from ifc import IfcError, Limits, MeshSet, ReadFinding, Scene, build_scene, digested, storey_of
from twin.around import GIVEN_SOURCE, PlaceNumbers, given_place
from twin.blobs import BlobStore
from twin.catalogue import (
    Building,
    Catalogue,
    ElementRow,
    Version,
    VersionFile,
    VersionKey,
    check_building_id,
    content_digest,
    files_digest,
)
from twin.clock import Clock, rfc3339
from twin.district import Placement
from twin.errors import TwinError
from twin.facts import facts_of
from twin.federation import NamedFile, understand_together
from twin.file_signatures import file_signatures
from twin.projection import project
from twin.reading import KnownMeshes, Progress, Understood, part, silent
from twin.snapshot import Snapshot, Stage


class Projector(Protocol):
    """Takes the projection of a version, such as a graph store."""

    def replace(self, batch: Batch) -> object:
        """Make the projection hold exactly `batch` for its scope."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What was submitted.

    Attributes:
        files: The blobs with the names under which they came; several are the models of one building.
        stage: The line of versions they belong to.
        building_id: The building, or None to take what the models say.
        place: Easting, northing, height and rotation of the origin of the models; None takes what they say.
    """

    files: tuple[VersionFile, ...]
    stage: Stage
    building_id: str | None = None
    place: PlaceNumbers | None = None

    @property
    def file_sha256(self) -> str:
        """Return the digest that stands for all files."""
        return files_digest([file.file_sha256 for file in self.files])

    @property
    def file_name(self) -> str:
        """Return the name of the first file, with the number of the others."""
        others = len(self.files) - 1
        return self.files[0].file_name + (f" (+{others})" if others else "")


class Ingest:
    """Loads submitted files.

    Args:
        catalogue: Where versions and records go.
        blobs: Where bytes go.
        graph: Where the projection goes.
        limits: What reading and meshing may use.
        clock: Tells the time.
    """

    def __init__(
        self, catalogue: Catalogue, blobs: BlobStore, graph: Projector, limits: Limits, clock: Clock
    ) -> None:
        self._catalogue = catalogue
        self._blobs = blobs
        self._graph = graph
        self._limits = limits
        self._clock = clock
        self._one_at_the_end = threading.Lock()  # projection and version row of one load must not mix with another's

    def load(self, submission: Submission, on_progress: Progress = silent) -> Version:
        """Load a submission and return its version; the existing one if the latest has the same bytes and place.

        Raises:
            IfcReadError: the file cannot be read; nothing is stored but its bytes.
            InvalidInput: (building-id) the given id cannot name a building.
        """
        if submission.building_id is not None:
            check_building_id(submission.building_id)
        existing = self._catalogue.version_of_file(submission.file_sha256, submission.stage, submission.building_id)
        if existing is not None and submission.place in (None, _place_of(existing)):
            return existing
        read = self._read(
            submission.files,
            part(on_progress, 0.0, 0.8),
            submission.building_id,
            lambda building_id: self._earlier_meshes(building_id, submission.stage),
        )
        check_building_id(read.identity.building_id)
        if submission.place is not None:
            read = _placed(read, given_place(*submission.place))
        snapshot = read.snapshot(submission.stage, 0)
        on_progress(0.8, "Storing records")
        digests = self._store_records(read)
        on_progress(0.84, "Building the scene")
        draft = self._draft(snapshot, submission, read, digests)
        on_progress(0.92, "Projecting into the graph")
        return self._settle(read, draft, snapshot, digests, submission.files, on_progress)

    def remesh(self, version: Version) -> Version:
        """Make the meshes and the scene of a stored version anew from its file, and return the version."""
        read = self._read(self._catalogue.files(version.key), silent, version.key.building_id)
        meshes_sha256 = self._blobs.put(read.meshes.to_bytes())
        scene_sha256 = self._store_scene(build_scene(read.model, read.meshes))
        return self._catalogue.set_geometry(version.key, meshes_sha256, scene_sha256)

    def _earlier_meshes(self, building_id: str, stage: Stage) -> MeshSet | None:
        """Return the meshes of the latest version of the stage, else of the last stage before or after it."""
        versions = self._catalogue.versions(building_id)
        if not versions:
            return None
        nearest = max(versions, key=lambda version: (version.key.stage is stage, versions.index(version)))
        try:
            return MeshSet.from_bytes(self._blobs.get(nearest.meshes_sha256))
        except (IfcError, TwinError):
            return None  # lost or damaged: everything is meshed anew

    def _read(
        self,
        files: Sequence[VersionFile],
        on_progress: Progress,
        building_id: str | None,
        known: KnownMeshes | None = None,
    ) -> Understood:
        named = [NamedFile(file.file_name, self._blobs.path(file.file_sha256)) for file in files]
        return understand_together(named, self._limits, on_progress, building_id=building_id, known=known)

    def _store_records(self, read: Understood) -> dict[str, str]:
        pairs = list(digested(read.model.records))
        self._catalogue.store_records(dict(pairs))
        return {record.global_id: name for record, (name, _) in zip(read.model.records, pairs, strict=True)}

    def _draft(
        self, snapshot: Snapshot, submission: Submission, read: Understood, digests: Mapping[str, str]
    ) -> Version:
        model = read.model
        return Version(
            key=VersionKey(snapshot.building_id, submission.stage, 0),
            created=rfc3339(self._clock()),
            file_name=submission.file_name,
            file_sha256=model.file_sha256,
            content_sha256=content_digest(digests),
            header=model.header,
            project_id=model.project_id,
            georeference=model.georeference,
            findings=tuple(_finding(item) for item in read.findings),
            not_understood=dict(model.not_understood),
            facts={**facts_of(snapshot), "file_signatures": self._signatures(submission)},
            elements=len(model.records),
            spaces=sum(1 for record in model.records if record.ifc_class == "IfcSpace"),
            meshes_sha256=self._blobs.put(snapshot.meshes.to_bytes()),
            scene_sha256=self._store_scene(build_scene(model, snapshot.meshes)),
        )

    def _signatures(self, submission: Submission) -> list[dict[str, Any]]:
        """Return the verdict on what is signed inside each submitted file."""
        return [
            {"file_name": file.file_name, **file_signatures(self._blobs.path(file.file_sha256))}
            for file in submission.files
        ]

    def _store_scene(self, scene: Scene) -> str:
        for chunk in scene.chunks:
            self._blobs.gzipped(self._blobs.put(chunk.glb))
        return self._blobs.put(json.dumps(scene.to_json(), ensure_ascii=False, separators=(",", ":")).encode())

    def _settle(
        self,
        read: Understood,
        draft: Version,
        snapshot: Snapshot,
        digests: Mapping[str, str],
        files: Sequence[VersionFile],
        on_progress: Progress,
    ) -> Version:
        who = read.identity
        building = Building(who.building_id, who.name, who.address, who.ehr_code)
        rows = [
            (ElementRow(i, record.ifc_class, record.name, storey_of(i, snapshot.records)), digests[i])
            for i, record in snapshot.records.items()
        ]
        with self._one_at_the_end:
            number = self._catalogue.next_number(draft.key)
            self._graph.replace(project(replace(snapshot, version=number), draft.content_sha256))
            on_progress(0.97, "Storing the version")
            return self._catalogue.add_version(building, draft, rows, files)


def _placed(read: Understood, where: Placement) -> Understood:
    """Return what was read as standing in a given place, with the doubts about that instead of those of the file."""
    own = tuple(item for item in read.findings if not item.rule.startswith("georeference."))
    model = replace(read.model, georeference=where.georeference)
    return replace(read, model=model, findings=(*own, *where.findings))


def _place_of(version: Version) -> PlaceNumbers | None:
    """Return the place that was given with a version, or None if it is that of the file."""
    stated = version.georeference
    if stated is None or stated.source != GIVEN_SOURCE:
        return None
    return stated.easting_m, stated.northing_m, stated.height_m, stated.rotation_deg


def _finding(finding: ReadFinding) -> Mapping[str, Any]:
    return {key: value for key, value in asdict(finding).items() if value not in (None, "")}
