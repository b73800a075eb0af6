"""How commands speak: data on standard output (a table, or JSON with ``--json``), the rest on standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.problems import problem_of


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    REFUSED = 3


def out() -> Console:
    """Return the console for data."""
    return Console(emoji=False)  # or `did:key:` becomes a picture of a key


def err() -> Console:
    """Return the console for progress and errors."""
    return Console(stderr=True, emoji=False)


def print_json(data: Any) -> None:
    """Print `data` as JSON."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table; text from files is shown as it is, never as markup."""
    table = Table(title=escape(title), title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(text(cell)) for cell in row))
    out().print(table)


def text(value: Any) -> str:
    """Return a cell as a person reads it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


def say(sentence: str) -> None:
    """Print a sentence for a person."""
    out().print(escape(sentence), highlight=False, soft_wrap=True)


def print_problem(error: Exception) -> None:
    """Print why something was refused: sentence, place and hint."""
    problem = problem_of(error)
    console = err()
    console.print(f"[bold red]Refused:[/] {escape(str(problem['detail']))}", highlight=False)
    place = [f"{key} {problem[key]}" for key in ("entity", "line") if key in problem]
    if place:
        console.print("  at " + escape(", ".join(place)), highlight=False)
    if "hint" in problem:
        console.print("  hint: " + escape(str(problem["hint"])), highlight=False)


def print_usage(error: ValidationError) -> None:
    """Print which setting cannot be used and why."""
    for fault in error.errors():
        name = "_".join(str(part) for part in fault["loc"]).upper()
        err().print(escape(f"KAKSIK_{name} cannot be used: {fault['msg']}."), highlight=False)


@contextmanager
def progress_bar(label: str, *, quiet: bool = False) -> Iterator[Callable[[float, str], None]]:
    """Show a progress bar while the body runs; nothing when `quiet` or not on a terminal."""
    console = err()
    if quiet or not console.is_terminal:
        yield lambda _fraction, _label: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(escape(label), total=1.0)
        yield lambda fraction, what: bar.update(task, completed=fraction, description=escape(f"{label}: {what}"))


def counts(mapping: Mapping[str, Any]) -> str:
    """Return ``a 1, b 2`` for a mapping of counts."""
    return ", ".join(f"{key} {value}" for key, value in mapping.items())
