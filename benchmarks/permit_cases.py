"""Run one permit case: write it, read it back from its files, check it against all packs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from shapely import Polygon

from ifc import mesh_file, read_model
from samples.permit import Case, write_case
from twin.district import MapFootprint, read_parcels, read_plan_areas
from twin.permit import CheckContext, Mode, Pack, PermitReport, Verdict, check
from twin.snapshot import Snapshot, Stage

SEVERITY = (Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.DATA_MISSING, Verdict.NEEDS_HUMAN, Verdict.FAIL)
OPEN = frozenset(SEVERITY[2:])


def run_case(case: Case, packs: Sequence[Pack], folder: Path) -> PermitReport:
    """Write a case to a folder and return the pre-check of all packs over its files."""
    return check(read_case(write_case(case, folder)), packs)


def run_both(case: Case, packs: Sequence[Pack], folder: Path) -> tuple[PermitReport, PermitReport]:
    """Write a case to a folder and return the pre-check and the formal report over its files."""
    context = read_case(write_case(case, folder))
    return check(context, packs), check(context, packs, Mode.FORMAL)


def read_case(model_path: Path) -> CheckContext:
    """Return the context of a written case."""
    folder = model_path.parent
    model = read_model(model_path)
    meshes, _findings = mesh_file(model_path)
    snapshot = Snapshot(
        "120900101", Stage.AS_DESIGNED, 1, model.file_sha256, model.by_id(), meshes, model.georeference
    )
    plan = read_plan_areas((folder / "plan_areas.geojson").read_bytes()).whole()
    parcels = read_parcels((folder / "parcels.geojson").read_bytes()).whole()
    others = json.loads((folder / "neighbours.geojson").read_text(encoding="utf-8"))["features"]
    neighbours = tuple(
        MapFootprint(o["properties"]["building_id"], Polygon(o["geometry"]["coordinates"][0])) for o in others
    )
    return CheckContext(snapshot, plan, parcels, neighbours)


def indications(report: PermitReport) -> Mapping[str, Verdict]:
    """Return the worst indication of each check: what the machine found, before sources and askers are weighed."""
    return _worst((result.check_id, result.indication) for result in report.results)


def verdicts(report: PermitReport) -> Mapping[str, Verdict]:
    """Return the worst verdict of each check: what the report says to its asker."""
    return _worst((result.check_id, result.verdict) for result in report.results)


def _worst(found: Iterable[tuple[str, Verdict]]) -> dict[str, Verdict]:
    worst: dict[str, Verdict] = {}
    for check_id, verdict in found:
        worst[check_id] = max(worst.get(check_id, Verdict.NOT_APPLICABLE), verdict, key=SEVERITY.index)
    return worst
