"""Permit, energy and validation reports of stored versions: made once for the same inputs, then kept."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from ifc import VALIDATION_VERSION, Limits, ReadFinding, Severity, validate_file
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, Kept, ReportShelf, Version
from twin.city import CITY
from twin.clock import Clock, rfc3339
from twin.district import MapFootprint, Parcel, Plan
from twin.energy import (
    ENGINE,
    ENGINE_CITY_VERSION,
    ENGINE_VERSION,
    ClimateYear,
    Declaration,
    FacadeHorizon,
    Question,
    assess,
    band_of,
    prepare_model,
    simulate,
)
from twin.energy.city import Package, renovated, without_effect
from twin.layers import Layers
from twin.permit import CheckContext, Mode, Pack, check
from twin.snapshots import SnapshotReader

GAP = "gap"  # kind of the report that compares a meter with a version


class ReportDesk:
    """Keeps reports of one kind; makes them when they are not there for the present inputs."""

    def __init__(self, shelf: ReportShelf, blobs: BlobStore, clock: Clock) -> None:
        self._shelf = shelf
        self._blobs = blobs
        self._clock = clock

    def kept(
        self,
        version: Version,
        kind: str,
        inputs: str,
        make: Callable[[], Mapping[str, Any]],
        summarise: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> Mapping[str, Any]:
        """Return the report of `kind` made of `inputs`, making and keeping it if it is not there."""
        found = self._shelf.get(version.key, kind, inputs)
        if found is not None and found.sha256 in self._blobs:
            report: Mapping[str, Any] = json.loads(self._blobs.get(found.sha256))
            return report
        report = make()
        self.keep(version, kind, inputs, report, summarise(report))
        return report

    def keep(
        self, version: Version, kind: str, inputs: str, report: Mapping[str, Any], summary: Mapping[str, Any]
    ) -> None:
        """Keep a report in place of an earlier one of the same kind and inputs."""
        sha256 = self._blobs.put(json.dumps(report, ensure_ascii=False, separators=(",", ":")).encode())
        self._shelf.put(version.key, Kept(kind, inputs, rfc3339(self._clock()), sha256, summary))


class Permits:
    """Permit reports: a version against rule packs, the plan, the parcels and the neighbours.

    Args:
        around: Gives the buildings without a model near the building of an id.
    """

    def __init__(
        self,
        desk: ReportDesk,
        catalogue: Catalogue,
        snapshots: SnapshotReader,
        layers: Layers,
        packs: Sequence[Pack],
        around: Callable[[str], Sequence[MapFootprint]] = lambda _building_id: (),
    ) -> None:
        self._desk = desk
        self._catalogue = catalogue
        self._snapshots = snapshots
        self._layers = layers
        self._packs = tuple(packs)
        self._around = around

    def report(self, version: Version, mode: Mode = Mode.PRE_CHECK) -> Mapping[str, Any]:
        """Return the permit report of a version as plain JSON, kept for the same inputs."""
        neighbours = self._neighbours(version)
        inputs = _digest(
            [pack.sha256 for pack in self._packs],
            self._layers.digests(),
            [(item.building_id, item.shape.wkt) for item in neighbours],
        )
        kind = "permit" if mode is Mode.PRE_CHECK else f"permit-{mode.value}"
        return self._desk.kept(
            version,
            kind,
            inputs,
            lambda: self._make(version, mode, self._layers.plan(), self._layers.parcels(), neighbours),
            lambda report: report["counts"],
        )

    def check(
        self, version: Version, mode: Mode, plan: Plan | None, parcels: tuple[Parcel, ...] | None
    ) -> Mapping[str, Any]:
        """Return the permit report of a version with this plan and these parcels; nothing is kept."""
        return self._make(version, mode, plan, parcels, self._neighbours(version))

    def _make(
        self,
        version: Version,
        mode: Mode,
        plan: Plan | None,
        parcels: tuple[Parcel, ...] | None,
        neighbours: Sequence[MapFootprint],
    ) -> Mapping[str, Any]:
        known = bool(neighbours) or CITY in self._layers.digests()  # of an empty map nothing follows
        context = CheckContext(self._snapshots.read(version), plan, parcels, tuple(neighbours) if known else None)
        return check(context, self._packs, mode).to_json()

    def _neighbours(self, version: Version) -> list[MapFootprint]:
        others = []
        for building in self._catalogue.buildings():
            if building.building_id == version.key.building_id or not building.latest:
                continue
            footprint = self._catalogue.version(building.building_id, building.furthest).facts.get("footprint")
            outline = None if footprint is None else shape(footprint)
            if isinstance(outline, (Polygon, MultiPolygon)):
                others.append(MapFootprint(building.building_id, outline))
        return [*others, *self._around(version.key.building_id)]


class Energy:
    """Energy reports: a version in a climate, behind its neighbours.

    Args:
        desk: Keeps the reports.
        snapshots: Reads versions.
        make_climate: Gives the weather; asked once.
        facades: Gives the horizons of the façades of a building by its id.
    """

    def __init__(
        self,
        desk: ReportDesk,
        snapshots: SnapshotReader,
        make_climate: Callable[[], ClimateYear],
        facades: Callable[[str], tuple[FacadeHorizon, ...]] = lambda _building_id: (),
    ) -> None:
        self._desk = desk
        self._snapshots = snapshots
        self._make_climate = make_climate
        self._facades = facades

    @cached_property
    def _climate(self) -> ClimateYear:
        return self._make_climate()

    def report(self, version: Version) -> Mapping[str, Any]:
        """Return the energy report of a version as plain JSON."""
        question = Question(horizons=self._facades(version.key.building_id))
        return self._desk.kept(
            version,
            "energy",
            self._inputs(question),
            lambda: assess(self._snapshots.read(version), self._climate, question=question).to_json(),
            lambda report: {"heating_kwh_m2": report["need"]["heating_kwh_m2"], "class": report["class"]},
        )

    def band(self, version: Version) -> Mapping[str, Any]:
        """Return the band of the heat need and its sensitivities as plain JSON."""
        question = Question(horizons=self._facades(version.key.building_id))

        def make() -> Mapping[str, Any]:
            report = self.report(version)
            model = prepare_model(self._snapshots.read(version), question).model
            return band_of(model, self._climate, report["need"]["heating_kwh_m2"], report["area_m2"]).to_json()

        inputs = self._inputs(question)
        return self._desk.kept(version, "energy-band", inputs, make, lambda band: {"runs": band["runs"]})

    def declared(self, version: Version, declaration: Declaration) -> Mapping[str, Any]:
        """Return the energy report of a version with what a person declares beside the model; nothing is kept.

        Raises:
            InvalidInput: (energy-no-envelope) nothing can be an envelope; (energy-use-area) the areas of the uses are
                not that of the model.
        """
        question = Question(
            systems=declaration.systems,
            uses=declaration.uses,
            rules=declaration.rules,
            accept_unofficial=declaration.accept_unofficial,
            horizons=self._facades(version.key.building_id),
        )
        return assess(self._snapshots.read(version), self._climate, question=question).to_json()

    def what_if(self, version: Version, package: Package) -> dict[str, Any]:
        """Return the need of a year before and after measures on the building, by the full engine; nothing is kept.

        ``without_effect`` names the measures that change nothing.

        Raises:
            InvalidInput: (energy-no-envelope) nothing in the model can be an envelope.
        """
        question = Question(horizons=self._facades(version.key.building_id))
        made = prepare_model(self._snapshots.read(version), question)
        area = made.area.area_m2.value
        years = [simulate(model, self._climate) for model in (made.model, renovated(made.model, package))]
        needs = [
            {
                "heating_kwh": round(year.heating_kwh, 1),
                "heating_kwh_m2": round(year.heating_kwh / area, 2),
                "cooling_kwh_m2": round(abs(year.cooling_kwh) / area, 2),
            }
            for year in years
        ]
        return {
            "engine": ENGINE,
            "engine_version": ENGINE_VERSION,
            "climate": self._climate.to_json(),
            "area_m2": round(area, 2),
            "package": package.to_json(),
            "without_effect": list(without_effect(made.model, package)),
            "before": needs[0],
            "after": needs[1],
        }

    def _inputs(self, question: Question) -> str:
        neighbours = [asdict(facade) for facade in question.horizons]
        return _digest(ENGINE, ENGINE_VERSION, ENGINE_CITY_VERSION, self._climate.sha256, neighbours)


class Validation:
    """Validation reports: the submitted files of a version against schema, header policy and normative rules."""

    def __init__(
        self, desk: ReportDesk, catalogue: Catalogue, blobs: BlobStore, limits: Limits, max_bytes: int
    ) -> None:
        self._desk = desk
        self._catalogue = catalogue
        self._blobs = blobs
        self._limits = limits
        self._max_bytes = max_bytes

    def report(self, version: Version) -> Mapping[str, Any]:
        """Return the validation report of a version as plain JSON."""
        return self._desk.kept(
            version,
            "validation",
            _digest(VALIDATION_VERSION, version.file_sha256),
            lambda: self._make(version),
            lambda report: report["counts"],
        )

    def _make(self, version: Version) -> Mapping[str, Any]:
        files = self._catalogue.files(version.key)
        found: list[ReadFinding] = []
        for file in files:
            path = self._blobs.path(file.file_sha256)
            findings = validate_file(path, self._limits, max_bytes=self._max_bytes)
            named = [replace(item, message=f"{file.file_name}: {item.message}") for item in findings]
            found += named if len(files) > 1 else findings
        return validation_json(found)


def validation_json(findings: Sequence[ReadFinding]) -> Mapping[str, Any]:
    """Return a validation report: counts by severity and rule, and every finding."""
    severities = Counter(finding.severity for finding in findings)
    rules = Counter(finding.rule for finding in findings)
    return {
        "validator_version": VALIDATION_VERSION,
        "counts": {severity.value: severities[severity] for severity in Severity},
        "rules": dict(sorted(rules.items())),
        "findings": [asdict(finding) for finding in findings],
    }


def _digest(*inputs: object) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
