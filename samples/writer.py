"""Write the whole district: models of all stages, plots, building areas, points, truth and manifest."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from samples.apartment import apartment
from samples.builder import build
from samples.district import PLOTS, Plot, building_area, on_plot, parcels, plan_areas, row_plot
from samples.house import house
from samples.office import office
from samples.plan import Plan
from samples.row import OVERHANG_M, OVERHANGING, row
from samples.school import school
from samples.stages import AS_DESIGNED, deviations, later_stages
from samples.violations import violations
from samples.work import Json, Work

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One written model: whose it is, its stage and schema, and its path below the output folder."""

    building_id: str
    name: str
    address: str
    stage: str
    schema: str
    file: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `generate` wrote.

    Attributes:
        files: The models, as-designed first within a building.
        points: File of the points.
        parcels: File of the plots.
        plan_areas: File of the building areas.
        truth: File of the known truth.
    """

    files: tuple[SampleFile, ...]
    points: str = "points.json"
    parcels: str = "parcels.geojson"
    plan_areas: str = "plan_areas.geojson"
    truth: str = "truth.json"


def generate(out: Path, on_progress: Progress | None = None) -> Manifest:
    """Write the sample district; the same bytes every run.

    Args:
        out: Folder to write into; created if missing.
        on_progress: Called with the share done (0 to 1) and a label.

    Returns:
        The manifest, which is also written as ``manifest.json``.
    """
    (out / "models").mkdir(parents=True, exist_ok=True)
    tell = on_progress or _silent
    pairs = district_plans()
    jobs = [(stage, staged, plot) for plan, plot in pairs for stage, staged in _stages(plan)]
    files: list[SampleFile] = []
    works: dict[tuple[str, str], Work] = {}
    truths: dict[str, Json] = {}
    for index, (stage, plan, plot) in enumerate(jobs):
        tell(index / len(jobs), f"Writing {plan.name}, {stage}")
        relative = f"models/{plan.building_id}_{stage}.ifc"
        work = build(plan, plot.place, stage, out / relative)
        works[plan.building_id, stage] = work
        truths[relative] = work.truth | {"building_area": building_area(plan, plot)}
        files.append(SampleFile(plan.building_id, plan.name, plan.address, stage, plan.schema, relative))
    manifest = Manifest(tuple(files))
    truth = {"files": truths, "deviations": deviations(works), "violations": violations(works)}
    _write(out / manifest.truth, truth)
    _write(out / manifest.points, {"points": _points(works)})
    _write(out / manifest.parcels, parcels(pairs))
    _write(out / manifest.plan_areas, plan_areas(pairs))
    _write(out / "manifest.json", asdict(manifest))
    tell(1.0, "Done")
    return manifest


def district_plans() -> list[tuple[Plan, Plot]]:
    """Return every building as designed, with its plot."""
    large = [house(), apartment(), office(), school()]
    pairs = [(on_plot(plan, number), PLOTS[plan.building_id]) for number, plan in enumerate(large, 1)]
    for index, plan in enumerate(row()):
        overhang = OVERHANG_M if index == OVERHANGING else 0.0
        pairs.append((on_plot(plan, 11 + index), row_plot(index, overhang)))
    return pairs


def _stages(plan: Plan) -> list[tuple[str, Plan]]:
    return [(AS_DESIGNED, plan), *later_stages(plan)]


def _points(works: dict[tuple[str, str], Work]) -> list[Json]:
    """Points of the latest stage of each building; bindings hold in every stage that has the element."""
    latest = {building: work for (building, _), work in works.items()}
    return [row for work in latest.values() for row in work.points]


def _silent(share: float, label: str) -> None:
    del share, label


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False) + "\n", encoding="utf-8")
