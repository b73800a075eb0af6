"""Commands around readings: write them out, take a meter operator's file, play captured messages again."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import Exit, print_json, say
from twin.errors import InvalidInput
from twin.live import CurveLayout, WriteResult, move_readings, read_load_curve
from twin.readings import Form, Wanted, csv_table, write_parquet
from twin.service import Twin, open_twin
from twin.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


def readings(
    building: Annotated[str, typer.Argument(help="Building id")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write")],
    to: Annotated[Form, typer.Option("--to", help="Format")] = Form.CSV,
    since: Annotated[str | None, typer.Option("--from", help="RFC 3339; default a day before the end")] = None,
    until: Annotated[str | None, typer.Option("--until", help="RFC 3339; default now")] = None,
    point: Annotated[list[str] | None, typer.Option(help="Point, once for each; default all")] = None,
    step_s: Annotated[float | None, typer.Option(min=1, help="Means over steps of this many seconds")] = None,
    as_json: AsJson = False,
) -> None:
    """Write readings out as a table: CSV or Parquet."""
    twin = open_twin(Settings())
    try:
        twin.catalogue.building(building)
        end = _moment(until) or twin.clock()
        wanted = Wanted(building, tuple(point or ()), _moment(since) or end - timedelta(days=1), end, step_s)
        if to is Form.CSV:
            lines = csv_table(twin.live, wanted)
            with output.open("wb") as file:
                file.writelines(lines)
        else:
            write_parquet(twin.live, wanted, output)
    finally:
        twin.close()
    if as_json:
        print_json({"path": str(output), "bytes": output.stat().st_size})
    else:
        say(f"Written: {output} ({output.stat().st_size} bytes).")


def readings_move(as_json: AsJson = False) -> None:
    """Copy all readings of the data folder into PostgreSQL, for a service that is stopped."""
    settings = Settings()
    if settings.readings_url is None:
        raise InvalidInput(
            "No database is named.",
            reason="readings-url",
            hint="Set KAKSIK_READINGS_URL to postgresql://user:password@host:5432/database?schema=kaksik",
        )
    moved = move_readings(settings.home / "readings.sqlite", settings.readings_url.get_secret_value())
    if as_json:
        print_json(asdict(moved))
    else:
        say(f"Copied {moved.points} points, {moved.readings} readings and {moved.hours} hours.")


def meter_csv(
    file: Annotated[Path, typer.Argument(help="CSV of the meter operator, one line for each meter and interval")],
    meters: Annotated[Path, typer.Option(help='JSON: {"meter in the file": ["building id", "point id"]}')],
    layout: Annotated[Path | None, typer.Option(help="JSON with the columns and forms of the file")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a meter operator's CSV, such as quarter-hour load curves. Exit code 1 if lines are refused."""
    points = {str(name): (str(where[0]), str(where[1])) for name, where in _pairs(_json(meters), meters)}
    twin = open_twin(Settings())
    try:
        curve = read_load_curve(_bytes(file), _layout(_json(layout) if layout else {}), points, twin.clock())
        _tell(twin, twin.live.ingest_decoded(curve), as_json)
    finally:
        twin.close()


def replay(
    file: Annotated[Path, typer.Argument(help="Messages captured with KAKSIK_CAPTURE_FILE")],
    as_json: AsJson = False,
) -> None:
    """Play captured messages again with their times of arrival; what is stored already is not doubled."""
    twin = open_twin(Settings())
    try:
        _tell(twin, twin.live.replay(file), as_json)
    finally:
        twin.close()


def _tell(twin: Twin, result: WriteResult, as_json: bool) -> None:
    reasons = twin.live.refusals()["reasons"] if result.refused else []
    told = {"stored": result.stored, "duplicates": result.duplicates, "refused": result.refused}
    if as_json:
        print_json({**told, "reasons": reasons})
    else:
        say(f"Stored {result.stored}, there already {result.duplicates}, refused {result.refused}.")
        for item in reasons:
            say(f"  {item['reason']}: {item['count']} in all, the last: {item['detail']}")
    raise typer.Exit(Exit.FINDINGS if result.refused else Exit.OK)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("A time is not RFC 3339.", reason="time-range", entity=text[:40]) from error
    if moment.tzinfo is None:
        raise InvalidInput("A time has no offset from UTC.", reason="time-range", hint="Write it with Z.")
    return moment


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(path))
    return path.read_bytes()


def _json(path: Path) -> dict[str, object]:
    try:
        form = json.loads(_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The file is not JSON in UTF-8.", reason="not-json", entity=path.name) from error
    if not isinstance(form, dict):
        raise InvalidInput("The file is not a JSON object.", reason="not-json", entity=path.name)
    return form


def _pairs(form: dict[str, object], path: Path) -> list[tuple[str, list[object]]]:
    found = [(name, where) for name, where in form.items() if isinstance(where, list) and len(where) == 2]
    if len(found) != len(form):
        raise InvalidInput(
            "Each meter needs a building and a point.",
            reason="meters-file",
            hint='{"meter in the file": ["building id", "point id"]}',
            entity=path.name,
        )
    return found


def _layout(form: dict[str, object]) -> CurveLayout:
    chosen = {"meter": "meter", "time": "time", "value": "value", **form}
    minutes = chosen.pop("interval_minutes", 15)
    try:
        return CurveLayout(**chosen, interval=timedelta(minutes=float(str(minutes))))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"The layout cannot be used: {error}.",
            reason="curve-layout",
            hint="Members: meter, time, value, unit, time_format, zone, interval_minutes, at_start, delimiter,"
            " decimal.",
        ) from error
