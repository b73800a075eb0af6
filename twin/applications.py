"""Applications for a building permit in the stores: the journal holds the acts, blobs what was frozen."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine

from ifc import Limits
from twin.application import Act, Application, Ruling, difference, fold, fold_all, named, open_findings, require
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, Journal, Version
from twin.district import read_parcels, read_plan_areas
from twin.errors import Conflict, InvalidInput, NotFound
from twin.gate import DesignStage, GateReport
from twin.layers import PARCELS, PLAN_AREAS, Layers
from twin.permit import Mode
from twin.reading import Progress, part, silent
from twin.reports import Permits

BOOK = "applications"
LAYERS: Mapping[str, str] = {"plan": PLAN_AREAS, "parcels": PARCELS}
MAX_WORDS = 4_000  # characters of a justification or a ruling; longer reasoning is a document of its own


class Applications:
    """Opens, submits, judges and reads applications.

    Args:
        engine: The catalogue's engine.
        journal: Where acts are written.
        catalogue: Where the models are.
        blobs: Where bytes are.
        layers: The plan and the parcels of the district.
        permits: Makes permit reports.
        limits: What running the gate may use.
        name: Makes the id of a new application.
    """

    def __init__(
        self, engine: Engine, journal: Journal, catalogue: Catalogue, blobs: BlobStore, layers: Layers,
        permits: Permits, limits: Limits, name: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._journal = journal
        self._catalogue = catalogue
        self._blobs = blobs
        self._layers = layers
        self._permits = permits
        self._limits = limits
        self._name = name

    def open(self, building_id: str, actor: str) -> Application:
        """Open a draft about a building that is in the catalogue.

        Raises:
            NotFound: (building) there is none.
        """
        self._catalogue.building(building_id)
        subject = self._name()
        self._journal.append(BOOK, subject, {"act": Act.OPEN.value, "actor": actor, "building_id": building_id})
        return self.read(subject)

    def read(self, application_id: str) -> Application:
        """Return an application.

        Raises:
            NotFound: (application) there is none of that name.
        """
        found: Application | None = None
        for entry in self._journal.entries(BOOK, application_id):
            found = fold(found, application_id, entry.time, entry.content)
        if found is None:
            raise NotFound("There is no such application.", reason="application", entity=application_id[:80])
        return found

    def of(self, building_id: str | None = None) -> Sequence[Application]:
        """Return the applications in the order in which they were opened, of one building if given."""
        entries = ((entry.subject, entry.time, entry.content) for entry in self._journal.entries(BOOK))
        found = fold_all(entries).values()
        return [item for item in found if building_id in (None, item.building_id)]

    def put_layer(self, application_id: str, layer: str, data: bytes, actor: str) -> Application:
        """Keep the plan areas or the parcels that an application brings along.

        Raises:
            InvalidInput: (layer) it is neither; (crs, axes, geometry, property, feature) the file or a feature of it
                cannot be used; nothing is stored.
            Conflict: it may not be changed now.
        """
        if layer not in LAYERS:
            raise InvalidInput("There is no such layer.", reason="layer", entity=layer[:80], hint="plan, parcels")
        require(self.read(application_id), Act.PLAN, actor)
        _check_layer(layer, data)
        content = {"layer": layer, "sha256": self._blobs.put(data)}
        return self._act(application_id, Act.PLAN, actor, content)

    def precheck(
        self, version: Version, mode: Mode, plan: bytes | None = None, parcels: bytes | None = None
    ) -> Mapping[str, Any]:
        """Return the permit report of a version with a plan and parcels of the asker's; nothing is stored.

        Raises:
            InvalidInput: the plan or the parcels cannot be used.
        """
        return named(self._permits.check(version, mode, *self._layers.given(plan, parcels)))

    def gate(self, version: Version, ids: bytes, on_progress: Progress = silent) -> list[GateReport]:
        """Return what an IDS file says of every file of a version; nothing is stored.

        Raises:
            InvalidInput: (ids, ids-xml, too-large) the IDS file is not valid.
        """
        paths = [self._blobs.path(file.file_sha256) for file in self._catalogue.files(version.key)]
        from twin.gate import run_ids  # it loads the reader of IDS

        return [run_ids(ids, path, self._limits, on_progress) for path in paths]

    def may_submit(self, application_id: str, actor: str) -> Application:
        """Return an application that `actor` may submit now.

        Raises:
            Conflict: (transition, party) it may not be submitted now, or not by `actor`.
        """
        application = self.read(application_id)
        require(application, Act.SUBMIT, actor)
        return application

    def submit(
        self,
        application_id: str,
        version: Version,
        design_stage: DesignStage,
        actor: str,
        on_progress: Progress = silent,
    ) -> Application:
        """Check a version formally, freeze all that the answer rests on, and submit the application.

        Raises:
            Conflict: (transition, party) it may not be submitted now or not by `actor`; (version) the version is of
                another building.
        """
        application = self.may_submit(application_id, actor)
        if version.key.building_id != application.building_id:
            raise Conflict("The version is of another building.", reason="version", entity=str(version.key))
        digests = self._layer_digests(application)
        given = [None if digest is None else self._blobs.get(digest) for digest in digests]
        on_progress(0.1, "Running the gate")
        gates = self._gate(version, design_stage, part(on_progress, 0.1, 0.5))
        on_progress(0.5, "Checking the rules")
        report = named(self._permits.check(version, Mode.FORMAL, *self._layers.given(*given)))
        frozen = {"report": report, "design_stage": design_stage.value, "gate": gates}
        submission = {
            "number": len(application.submissions) + 1,
            "version": str(version.key),
            "content_sha256": version.content_sha256,
            "plan_sha256": digests[0],
            "parcels_sha256": digests[1],
            "packs": [{name: pack[name] for name in ("id", "version", "sha256")} for pack in report["packs"]],
            "frozen_sha256": self._blobs.put(json.dumps(frozen, ensure_ascii=False).encode()),
            "open_findings": list(open_findings(report)),
        }
        return self._act(application_id, Act.SUBMIT, actor, {"submission": submission})

    def act(self, application_id: str, act: Act, actor: str, message: str = "") -> Application:
        """Take into review, request a revision, grant or refuse.

        Raises:
            Conflict: it may not be done now, or not by `actor`.
            InvalidInput: (words) a refusal gives no reasons.
        """
        if act not in (Act.REVIEW, Act.REQUEST_REVISION, Act.GRANT, Act.REFUSE):
            raise InvalidInput("This act has a way of its own.", reason="act", entity=act.value)
        return self._act(application_id, act, actor, {"message": _words(message)})

    def justify(self, application_id: str, finding: str, text: str, actor: str) -> Application:
        """Attach a justification to an open finding of the last submission."""
        return self._about(application_id, Act.JUSTIFY, finding, text, actor, {})

    def decide(self, application_id: str, finding: str, ruling: Ruling, text: str, actor: str) -> Application:
        """Rule on an open finding of the last submission; a later ruling replaces an earlier one."""
        return self._about(application_id, Act.DECIDE, finding, text, actor, {"ruling": ruling.value})

    def frozen(self, application: Application, number: int | None = None) -> Mapping[str, Any]:
        """Return what was frozen at a submission, the last one by default.

        Raises:
            NotFound: (submission) there is none of that number.
        """
        found = [item for item in application.submissions if number in (None, item.number)]
        if not found:
            raise NotFound("There is no such submission.", reason="submission", entity=application.application_id)
        content: Mapping[str, Any] = json.loads(self._blobs.get(found[-1].frozen_sha256))
        return content

    def difference(self, application: Application, first: int, second: int) -> Mapping[str, Any]:
        """Return which findings of a submission are fixed in another, still open, or new."""
        reports = [self.frozen(application, number)["report"] for number in (first, second)]
        return difference(*reports)

    def _about(
        self, application_id: str, act: Act, finding: str, text: str, actor: str, more: Mapping[str, Any]
    ) -> Application:
        if not text.strip():
            raise InvalidInput("Say why.", reason="words", entity=finding[:80])
        content = {"finding": finding, "message": _words(text), **more}
        return self._act(application_id, act, actor, content, finding)

    def _act(
        self, application_id: str, act: Act, actor: str, content: Mapping[str, Any], finding: str | None = None
    ) -> Application:
        """Write an act if it may be done, with the write lock held from the question to the answer."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            application = self.read(application_id)
            require(application, act, actor, finding)
            if act is Act.REFUSE and not content["message"].strip():
                raise InvalidInput("Say why.", reason="words", hint="A refusal has to give its reasons.")
            about = {} if finding is None else {"submission": application.submissions[-1].number}
            if act is Act.SUBMIT and content["submission"]["number"] != len(application.submissions) + 1:
                raise Conflict("It was submitted meanwhile.", reason="transition", entity=application_id)
            entry = {"act": act.value, "actor": actor, **about, **content}
            self._journal.append_in(connection, BOOK, application_id, entry)
        return self.read(application_id)

    def _layer_digests(self, application: Application) -> tuple[str | None, str | None]:
        present = self._layers.digests()
        return (
            application.plan_sha256 or present.get(PLAN_AREAS),
            application.parcels_sha256 or present.get(PARCELS),
        )

    def _gate(self, version: Version, stage: DesignStage, on_progress: Progress) -> list[dict[str, Any]]:
        from twin.gate import generate_ids  # it loads the reader of IDS

        data = generate_ids(stage, "IFC2X3" if version.header.schema == "IFC2X3" else "IFC4")
        return [report.to_json() for report in self.gate(version, data, on_progress)]


def application_json(application: Application) -> dict[str, Any]:
    """Return an application as plain JSON values, without its findings."""
    return {
        "application_id": application.application_id,
        "building_id": application.building_id,
        "applicant": application.applicant,
        "opened": application.opened,
        "state": application.state.value,
        "plan_sha256": application.plan_sha256,
        "parcels_sha256": application.parcels_sha256,
        "submissions": [
            {**asdict(item), "open_findings": len(item.open_findings)} for item in application.submissions
        ],
        "undecided": len(application.undecided) if application.submissions else 0,
        "history": [dict(item) for item in application.history],
    }


def finding_json(application: Application, number: int, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a frozen result with what was said of it."""
    key = (number, result["finding_id"])
    said = {"justifications": application.justifications, "rulings": application.rulings}
    return {**result, **{name: [asdict(item) for item in found.get(key, ())] for name, found in said.items()}}


def _check_layer(layer: str, data: bytes) -> None:
    if layer == "plan":
        read_plan_areas(data).whole()
    else:
        read_parcels(data).whole()


def _words(text: str) -> str:
    if len(text) > MAX_WORDS:
        raise InvalidInput(f"At most {MAX_WORDS} characters.", reason="too-long")
    return text.strip()
