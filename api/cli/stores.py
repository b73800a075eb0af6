"""Commands on the stores: load, points, rebuild, sweep."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import Exit, print_json, print_table, progress_bar, say
from api.problems import problem_of
from ifc import IfcError
from twin.around import PlaceNumbers, place_numbers
from twin.errors import InvalidInput, TwinError
from twin.overview import version_summary
from twin.service import Twin, open_twin
from twin.settings import Settings
from twin.snapshot import Stage

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


class Derived(StrEnum):
    """What can be made anew from the records."""

    GRAPH = "graph"
    GEOMETRY = "geometry"
    LATEST = "latest"


def load(
    models: Annotated[list[Path], typer.Argument(help="IFC files (.ifc or .ifczip)")],
    stage: Annotated[Stage, typer.Option(help="Line of versions")] = Stage.AS_DESIGNED,
    building: Annotated[str | None, typer.Option(help="Building id; default: what the model says")] = None,
    as_one: Annotated[bool, typer.Option("--as-one", help="All files are models of one building")] = False,
    place: Annotated[
        str | None,
        typer.Option(
            help="Easting, northing, EH2000 height and rotation of the models' origin, such as "
            "540000,6580000,32.5,0; stands before what the files say"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load models, each as a new version of its building, or all as one. Exit code 3 if one is refused."""
    where = None if place is None else place_numbers(place)
    results: list[dict[str, Any]] = []
    refused = 0
    twin = open_twin(Settings())
    try:
        for paths in [models] if as_one else [[path] for path in models]:
            name = " + ".join(path.name for path in paths)
            try:
                results.append({"file": name, **_load_one(twin, paths, stage, building, where, quiet=as_json)})
            except (TwinError, IfcError) as error:
                refused += 1
                results.append({"file": name, "problem": problem_of(error)})
    finally:
        twin.close()
    if as_json:
        print_json(results)
    else:
        rows = [_row(result) for result in results]
        print_table("Loaded", ("File", "Building", "Stage", "Version", "Elements", "Spaces", "Refused because"), rows)
        _print_doubts(results)
    raise typer.Exit(Exit.REFUSED if refused else Exit.OK)


def points(
    file: Annotated[Path, typer.Argument(help="Points file (points.json)")],
    as_json: AsJson = False,
) -> None:
    """Bind sensors, meters, actuators and setpoints to elements. Exit code 1 if a binding does not hold."""
    if not file.is_file():
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(file))
    twin = open_twin(Settings())
    try:
        count, findings = twin.bind_points(file.read_bytes())
    finally:
        twin.close()
    if as_json:
        print_json({"registered": count, "findings": [asdict(finding) for finding in findings]})
    else:
        rows = [(f.severity.value, f.message, f.hint) for f in findings]
        print_table(f"Registered: {count}", ("", "What does not hold", "What to do"), rows)
    raise typer.Exit(Exit.FINDINGS if findings else Exit.OK)


def rebuild(
    what: Annotated[Derived, typer.Argument(help="What to make anew from the records")],
    as_json: AsJson = False,
) -> None:
    """Make derived data anew: the graph, the geometry, or the latest readings."""
    twin = open_twin(Settings())
    try:
        made = _rebuild(twin, what)
    finally:
        twin.close()
    if as_json:
        print_json({"rebuilt": what.value, "count": made})
    else:
        say(f"Made anew: {what.value} ({made}).")


def sweep(as_json: AsJson = False) -> None:
    """Remove what interrupted and refused loads left behind: records, bytes and indexes that nothing refers to."""
    twin = open_twin(Settings())
    try:
        swept = twin.sweep()
    finally:
        twin.close()
    if as_json:
        print_json(asdict(swept))
    else:
        say(f"Removed {swept.records} records, {swept.blobs} stored files and {swept.indexes} indexes of cities.")


def _load_one(
    twin: Twin,
    paths: Sequence[Path],
    stage: Stage,
    building: str | None,
    place: PlaceNumbers | None,
    *,
    quiet: bool,
) -> dict[str, object]:
    for path in paths:
        if not path.is_file():
            raise InvalidInput("There is no such file.", reason="not-found", entity=str(path))
    with progress_bar(paths[0].name, quiet=quiet) as report:
        version = twin.load_together(paths, stage, building, report, place)
    return {**version_summary(version, sealed=twin.seals.sealed(version)), "findings_read": list(version.findings)}


def _print_doubts(results: Sequence[dict[str, Any]]) -> None:
    """Print what is in doubt about the place of what was loaded; `inspect` shows the other findings."""
    doubts = [
        (result["file"], finding["severity"], finding["message"], finding["hint"])
        for result in results
        for finding in result.get("findings_read", ())
        if finding["rule"].startswith("georeference.")
    ]
    if doubts:
        print_table("Place on the map", ("File", "", "What is in doubt", "What to do"), doubts)


def _row(result: dict[str, object]) -> tuple[object, ...]:
    problem = result.get("problem")
    why = problem["detail"] if isinstance(problem, dict) else ""
    wanted = ("building_id", "stage", "version", "elements", "spaces")
    return (result["file"], *(result.get(key) for key in wanted), why)


def _rebuild(twin: Twin, what: Derived) -> int:
    if what is Derived.GRAPH:
        for scope in twin.graph.loaded():
            twin.graph.remove(scope)
        twin.questions.renew_map()
        return twin.reproject()
    if what is Derived.GEOMETRY:
        return twin.remesh()
    twin.live.rebuild_latest()
    return len(twin.catalogue.buildings())
