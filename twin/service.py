"""The twin: wires the wings to their stores, and holds no logic of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine

from graph import GraphStore, KgliteStore
from ifc import Limits, ReadFinding
from twin.alarming import Affected, open_alarms
from twin.applications import Applications, application_json
from twin.around import PlaceNumbers
from twin.bindings import Bindings
from twin.blobs import FileBlobStore
from twin.carbon import Carbon
from twin.catalogue import Catalogue, ReportShelf, Version, VersionFile, open_database
from twin.city import City
from twin.city_energy import CityEnergy
from twin.clock import Clock, system_clock
from twin.collections import Collections
from twin.commanding import open_commands
from twin.district import Geoid, open_geoid
from twin.exports import Exports
from twin.gate import DesignStage
from twin.ingest import Ingest, Submission
from twin.jobs import Job, JobRunner
from twin.layers import Layers
from twin.live import LiveWing, Retention
from twin.live.commands import Commands
from twin.live.rounds import Round, Rounds
from twin.live.rules import Alarms
from twin.nightly import LOOK_EVERY_S, Nightly
from twin.operation import Operations
from twin.overview import Overview
from twin.permit import bundled_packs
from twin.plans import Plans
from twin.precheck import Prechecks, Question
from twin.projection_city import CityProjection
from twin.projections import Projections
from twin.questions import Questions
from twin.reading import Progress, silent
from twin.register_rows import RegisterRows
from twin.releases import Releases, open_releases
from twin.reports import Energy, Permits, ReportDesk, Validation
from twin.sealing import Evidence
from twin.seals import Seals
from twin.sensorthings import SensorThings
from twin.settings import Settings
from twin.shading import facades_of
from twin.sights import Sights
from twin.sites import Sites
from twin.snapshot import Stage
from twin.snapshots import SnapshotReader
from twin.sweep import QUIET_S, Swept, sweep
from twin.trees import Trees
from twin.trust import Trust, open_trust
from twin.weather import climate_of

COMMANDS_EVERY_S = 1.0  # a person waits to see that a command was obeyed


@dataclass(frozen=True, slots=True)
class Twin:
    """All wings of one installation.

    Attributes:
        settings: What it was opened with.
        blobs: Content-addressed bytes.
        catalogue: Buildings, versions, records.
        graph: The projection for questions.
        projections: What of the catalogue is in the graph.
        questions: Questions to the graph.
        snapshots: Versions ready for a wing.
        trees: Trees of versions, ready to be given out.
        layers: Parcels and plan areas.
        city: Buildings around the models.
        collections: Everything that has a place on the map.
        sights: What is seen from where.
        sites: Where one may build.
        geoid: Where the geoid lies.
        overview: Summaries of buildings and district.
        permits: Permit reports.
        energy: Energy reports.
        operations: Meters against models.
        city_energy: The energy need of the city.
        carbon: Global warming potential.
        validation: Validation reports.
        applications: Applications for a building permit.
        prechecks: Checks of models that are not kept.
        trust: Seals, status, deviations, the log and the audit trail.
        exports: Ways out of stored versions.
        live: Points and readings.
        bindings: Points against models.
        sensorthings: What clients of SensorThings added.
        releases: What everybody may know of consumption and occupancy.
        alarms: What is out of order.
        affected: Whom an alarm concerns.
        commands: What setpoints are to become.
        ingest: The way in for models.
    """

    settings: Settings
    blobs: FileBlobStore
    catalogue: Catalogue
    graph: GraphStore
    projections: Projections
    questions: Questions
    snapshots: SnapshotReader
    trees: Trees
    layers: Layers
    city: City
    collections: Collections
    sights: Sights
    sites: Sites
    geoid: Geoid
    overview: Overview
    permits: Permits
    energy: Energy
    operations: Operations
    city_energy: CityEnergy
    carbon: Carbon
    validation: Validation
    applications: Applications
    prechecks: Prechecks
    trust: Trust
    exports: Exports
    live: LiveWing
    bindings: Bindings
    sensorthings: SensorThings
    releases: Releases
    alarms: Alarms
    affected: Affected
    commands: Commands
    ingest: Ingest
    clock: Clock
    engine: Engine

    @property
    def seals(self) -> Seals:
        """Sealed states."""
        return self.trust.seals

    def load(
        self, path: Path, stage: Stage, building_id: str | None = None, progress: Progress | None = None
    ) -> Version:
        """Load a file from the disk; see `Ingest.load`."""
        return self.load_together([path], stage, building_id, progress)

    def load_together(
        self,
        paths: Sequence[Path],
        stage: Stage,
        building_id: str | None = None,
        progress: Progress | None = None,
        place: PlaceNumbers | None = None,
    ) -> Version:
        """Load files from the disk as the models of one building; see `Ingest.load` and `twin.federation`."""
        submission = Submission(tuple(map(self._stored, paths)), stage, building_id, place)
        version = self.ingest.load(submission, progress or silent)
        self.bindings.recheck(version)
        return version

    def job_runner(self, describe: Any) -> JobRunner:
        """Return a runner for the jobs of this twin; the one process that serves calls `resume` on it."""
        works = {
            "load": self._load_job,
            "city": self._city_job,
            "seal": self._seal_job,
            "transition": self._transition_job,
            "city-energy": self.city_energy.run,
            "submission": self._submission_job,
            "precheck": self.prechecks.run,
        }
        return JobRunner(self.engine, works, describe, self.settings.job_workers, self.clock)

    def submit_load(self, jobs: JobRunner, submission: Submission) -> Job:
        """Store a job that loads `submission`."""
        request = {
            "files": [asdict(file) for file in submission.files],
            "stage": submission.stage.value,
            "building_id": submission.building_id,
            "place": submission.place,
        }
        return jobs.submit("load", request)

    def submit_seal(self, jobs: JobRunner, version: Version, actor: str, role: str | None) -> Job:
        """Store a job that seals a version; see `Seals.seal`."""
        return jobs.submit("seal", {**_address(version), "actor": actor, "role": role})

    def submit_transition(
        self,
        jobs: JobRunner,
        version: Version,
        name: str,
        evidence: Sequence[Evidence],
        actor: str,
        role: str | None,
    ) -> Job:
        """Store a job that asks for a transition; see `Lifecycles.begin`."""
        papers = [asdict(paper) for paper in evidence]
        request = {**_address(version), "transition": name, "evidence": papers, "actor": actor, "role": role}
        return jobs.submit("transition", request)

    def submit_city(self, jobs: JobRunner, sha256: str) -> Job:
        """Store a job that takes a stored file as the city or its register data; see `City.take`."""
        return jobs.submit("city", {"sha256": sha256})

    def submit_city_energy(self, jobs: JobRunner, request: Mapping[str, Any]) -> Job:
        """Store a job that computes the city, or a renovation of a part of it; see `CityEnergy.run`."""
        return jobs.submit("city-energy", request)

    def submit_application(
        self, jobs: JobRunner, application_id: str, version: Version, stage: DesignStage, actor: str
    ) -> Job:
        """Store a job that checks a version and submits an application; see `Applications.submit`."""
        key = version.key
        request = {
            "application_id": application_id,
            "building_id": key.building_id,
            "stage": key.stage.value,
            "number": key.number,
            "design_stage": stage.value,
            "actor": actor,
        }
        return jobs.submit("submission", request)

    def submit_precheck(self, jobs: JobRunner, question: Question) -> Job:
        """Store a job that checks a model which becomes no version; see `Prechecks.run`."""
        return jobs.submit("precheck", question.to_json())

    def bind_points(self, data: bytes) -> tuple[int, tuple[ReadFinding, ...]]:
        """Register the points of a points file, each against the newest version of its building.

        Returns:
            How many points were registered, and what is wrong with their bindings.

        Raises:
            InvalidInput: the file is no points file; nothing is stored.
        """
        return self.bindings.take_file(data)

    def reproject(self) -> int:
        """Bring the graph in line with the catalogue and return how many latest versions were written anew."""
        return self.projections.reproject()

    def sweep(self, quiet_s: float = QUIET_S) -> Swept:
        """Remove what interrupted and refused loads left behind."""
        return sweep(self.engine, self.catalogue, self.blobs, self.city, quiet_s)

    def remesh(self) -> int:
        """Make the geometry of every version anew and return how many versions that were."""
        versions = [v for b in self.catalogue.buildings() for v in self.catalogue.versions(b.building_id)]
        for version in versions:
            self.ingest.remesh(version)
        return len(versions)

    def rounds(self, jobs: JobRunner) -> Rounds:
        """Return what the service does by itself; the one process that serves starts and stops it."""
        wanted = retention_of(self.settings)
        return Rounds(
            [
                Round("Commands", COMMANDS_EVERY_S, self.commands.look),
                Round("Upkeep", self.settings.upkeep_every_s, lambda: self.live.upkeep(wanted)),
                Round("Energy of the city", LOOK_EVERY_S, self.nightly(jobs).look),
            ]
        )

    def nightly(self, jobs: JobRunner) -> Nightly:
        """Return what computes every building on the map each night, as far as it changed."""

        def work() -> None:
            if self.city.index() is not None or self.city.models():
                self.submit_city_energy(jobs, {})

        return Nightly(self.settings.city_energy_hour, self.clock, work)

    def close(self) -> None:
        """Let go of every store."""
        self.alarms.stop()
        self.commands.close()
        self.live.stop()
        self.sensorthings.close()
        self.graph.close()
        self.engine.dispose()

    def _stored(self, path: Path) -> VersionFile:
        with path.open("rb") as stream:
            return VersionFile(self.blobs.put_stream(stream, self.settings.max_model_bytes), path.name)

    def _load_job(self, request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        files = tuple(VersionFile(**file) for file in request["files"])
        place = request.get("place")  # a job that an older version stored has none
        submission = Submission(files, Stage(request["stage"]), request["building_id"], place and tuple(place))
        version = self.ingest.load(submission, progress)
        self.bindings.recheck(version)
        key = version.key
        return {"building_id": key.building_id, "stage": key.stage.value, "version": key.number}

    def _submission_job(self, request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        version = self.catalogue.version(request["building_id"], Stage(request["stage"]), request["number"])
        stage = DesignStage(request["design_stage"])
        made = self.applications.submit(request["application_id"], version, stage, request["actor"], progress)
        return application_json(made)

    def _seal_job(self, request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        version = self._addressed(request)
        self.seals.seal(version, request["actor"], role=request["role"], progress=progress)
        return _address(version)

    def _transition_job(self, request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        version, papers = self._addressed(request), [Evidence(**paper) for paper in request["evidence"]]
        name, actor, role = request["transition"], request["actor"], request["role"]
        shown = self.trust.lifecycles.begin(version, name, papers, actor, role, progress)
        return {**_address(version), "status": shown["status"], "pending": shown["pending"]}

    def _addressed(self, request: Mapping[str, Any]) -> Version:
        return self.catalogue.version(request["building_id"], Stage(request["stage"]), request["version"])

    def _city_job(self, request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        return self.city.take(request["sha256"], progress).to_json()


def open_twin(settings: Settings, clock: Clock = system_clock) -> Twin:
    """Open the stores under `settings.home`, make what is missing, and bring the projection in line.

    Raises:
        StorageError: a store is damaged or newer than this program.
        GraphUnavailable: the graph is in use by another process or cannot be reached.
    """
    home = settings.home
    engine = open_database(home / "catalogue.sqlite")
    blobs = FileBlobStore(home / "blobs")
    graph = _graph(settings)
    catalogue, shelf = Catalogue(engine), ReportShelf(engine)
    snapshots, layers = SnapshotReader(catalogue, blobs), Layers(engine, blobs, clock)
    limits = Limits(settings.read_timeout_s, settings.read_memory_bytes)
    register = RegisterRows(layers, blobs)
    city = City(home / "district", layers, blobs, catalogue, shelf, register, limits)
    live = LiveWing(_secret(settings.readings_url) or home / "readings.sqlite", clock, root=settings.mqtt_root)
    projections = Projections(graph, catalogue, snapshots, live.points)
    live.watch_points(projections.points_changed)
    alarms = open_alarms(settings, live, clock)
    desk, packs = ReportDesk(shelf, blobs, clock), bundled_packs()
    permits = Permits(desk, catalogue, snapshots, layers, packs, city.around)
    validation = Validation(desk, catalogue, blobs, limits, settings.max_model_bytes)
    reports = {"permit": permits.report, "validation": validation.report}
    weather = cache(partial(climate_of, settings))
    energy = Energy(desk, snapshots, weather, facades_of(city))
    trust = open_trust(settings, engine, blobs, catalogue, snapshots, reports, clock)
    around = CityProjection(graph, city, layers, catalogue)
    questions = Questions(graph, projections, around, free_queries=settings.cypher)
    bindings = Bindings(catalogue, snapshots, live)
    twin = Twin(
        settings=settings,
        blobs=blobs,
        catalogue=catalogue,
        graph=graph,
        projections=projections,
        questions=questions,
        snapshots=snapshots,
        trees=Trees(shelf, blobs, snapshots, clock),
        layers=layers,
        city=city,
        collections=Collections(catalogue, city, Plans(desk, snapshots), layers, live),
        sights=Sights(catalogue, blobs, city),
        sites=Sites(city, layers),
        geoid=open_geoid(settings.geoid_grid),
        overview=Overview(catalogue, shelf, layers, register, live, alarms.book.open_by_building),
        permits=permits,
        energy=energy,
        operations=Operations(live, snapshots, desk, weather),
        city_energy=CityEnergy(home / "energy", city, blobs, weather, k=settings.poverty_k),
        carbon=Carbon(trust.journal, snapshots, energy, settings.gwp_factors),
        validation=validation,
        applications=Applications(engine, trust.journal, catalogue, blobs, layers, permits, limits),
        prechecks=Prechecks(blobs, layers, city, packs, limits),
        trust=trust,
        exports=Exports(catalogue, blobs, snapshots),
        live=live,
        bindings=bindings,
        sensorthings=SensorThings(home / "sensorthings.sqlite", bindings, clock),
        releases=open_releases(settings, catalogue, live, clock),
        alarms=alarms,
        affected=Affected(catalogue, questions),
        commands=open_commands(settings, live, clock, trust.audit.record),
        ingest=Ingest(catalogue, blobs, projections, limits, clock),
        clock=clock,
        engine=engine,
    )
    blobs.sweep()
    twin.trust.recover()
    twin.reproject()
    return twin


def _address(version: Version) -> dict[str, Any]:
    key = version.key
    return {"building_id": key.building_id, "stage": key.stage.value, "version": key.number}


def retention_of(settings: Settings) -> Retention:
    """Return how long readings stay, as the settings say; 0 is for ever."""

    def age(days: int) -> timedelta | None:
        return timedelta(days=days) if days else None

    return Retention(age(settings.archive_after_days), age(settings.keep_readings_days))


def _graph(settings: Settings) -> GraphStore:
    if settings.graph_url is None:
        return KgliteStore(settings.home / "graph" / "graph.kgl")
    from graph import Neo4jStore  # its driver is slow to load

    return Neo4jStore(settings.graph_url, settings.graph_user, _secret(settings.graph_password) or "")


def _secret(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
