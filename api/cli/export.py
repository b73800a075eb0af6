"""The command that writes a model or a stored version out."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import Exit, print_json, progress_bar, say
from api.context import number_of
from ifc import Limits
from twin.errors import InvalidInput
from twin.export import Exportable, Format, write
from twin.exports import of_file
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage


def export(
    source: Annotated[str, typer.Argument(metavar="MODEL_OR_VERSION", help="IFC file, or building/stage/number")],
    to: Annotated[Format, typer.Option("--to", help="Format")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File; for tables a folder or a .zip file")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Write a model out: the submitted file, tables (CSV, Parquet), one GLB, or CityJSON 2.0."""
    path = Path(source)
    if path.is_file():
        settings = Settings()
        limits = Limits(settings.read_timeout_s, settings.read_memory_bytes)
        with progress_bar(path.name, quiet=as_json) as report:
            write(of_file(path, limits, report), to, output)
    else:
        _write_stored(source, to, output)
    written = sorted(file for file in output.iterdir() if file.is_file()) if output.is_dir() else [output]
    if as_json:
        files = [{"path": str(file), "bytes": file.stat().st_size} for file in written]
        print_json({"source": source, "format": to.value, "files": files})
    else:
        say(f"Written: {', '.join(f'{file} ({file.stat().st_size} bytes)' for file in written)}.")
    raise typer.Exit(Exit.OK)


def _write_stored(source: str, to: Format, output: Path) -> None:
    building, stage, number = _parts(source)
    twin = open_twin(Settings())
    try:
        stored: Exportable = twin.exports.of(twin.catalogue.version(building, stage, number))
        write(stored, to, output)
    finally:
        twin.close()


def _parts(text: str) -> tuple[str, Stage, int | None]:
    try:
        building, stage, number = text.split("/")
        return building, Stage(stage), number_of(number)
    except ValueError as error:
        raise InvalidInput(
            "There is no such file, and no version is named so.",
            reason="not-found",
            entity=text[:120],
            hint="Name a file, or a stored version as building/stage/number, such as 120900001/as-built/latest.",
        ) from error
