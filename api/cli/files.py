"""Commands on files, without any store: inspect, energy, diff."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.given import existing, limits_of_settings
from api.cli.inspection import MAX_SHOWN, inspection, show
from api.cli.output import Exit, counts, print_json, print_table, progress_bar, say
from api.shapes import diff_json
from ifc import (
    ElementRecord,
    MeshSet,
    Model,
    ReadFinding,
    Severity,
    digest,
    read_file,
    validate_file,
)
from twin.federation import Part, federate
from twin.file_signatures import file_signatures
from twin.lifecycle import diff as compare
from twin.reading import Understood, understand
from twin.reports import validation_json
from twin.snapshot import Snapshot, Stage

ModelFile = Annotated[Path, typer.Argument(help="IFC file (.ifc or .ifczip)")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


def inspect(
    model: ModelFile,
    validate: Annotated[
        bool, typer.Option("--validate", help="Judge the file instead: schema, header, normative rules")
    ] = False,
    where_rules: Annotated[bool, typer.Option(help="With --validate: WHERE rules of the schema too")] = True,
    as_json: AsJson = False,
) -> None:
    """Show what is in a model, what is odd in it, and what was not understood.

    With --validate, the exit code is 1 only if there are errors.
    """
    if validate:
        _validate(model, where_rules, as_json)
    read = _understand(model, as_json)
    found = {**inspection(read), "file_signature": file_signatures(model)}
    if as_json:
        print_json(found)
    else:
        show(model, read, found)
        signed = found["file_signature"]
        say(f"Signatures in the file: {signed['verdict']}. " + " ".join(s["reason"] for s in signed["signatures"]))
    raise typer.Exit(Exit.FINDINGS if read.findings else Exit.OK)


def diff(before: ModelFile, after: ModelFile, as_json: AsJson = False) -> None:
    """Compare two models by GlobalId. Exit code 1 if they differ in meaning."""
    old, new = _records(before, as_json), _records(after, as_json)
    known = {digest(record): record for record in (*old.values(), *new.values())}
    maps = [{i: digest(record) for i, record in records.items()} for records in (old, new)]
    difference = compare(maps[0], maps[1], lambda wanted: {d: known[d] for d in wanted})
    if as_json:
        print_json(diff_json(difference))
    else:
        for word, members in (("Added", difference.added), ("Removed", difference.removed)):
            print_table(f"{word}: {len(members)}", ("Class", "Name", "GlobalId"), _rows(members))
        changes = [
            (element.after.ifc_class, element.after.name, change.sentence)
            for element in difference.changed
            for change in element.changes
        ]
        print_table(f"Changed: {len(difference.changed)}", ("Class", "Name", "What"), changes[:MAX_SHOWN])
        say(f"{difference.unchanged} elements are equal.")
    raise typer.Exit(Exit.OK if difference.empty else Exit.FINDINGS)


def _validate(model: Path, where_rules: bool, as_json: bool) -> None:
    with progress_bar(model.name, quiet=as_json) as report:
        findings = validate_file(existing(model), limits_of_settings(), report, express_rules=where_rules)
    if as_json:
        print_json(validation_json(findings))
    else:
        _show_validation(findings)
    raise typer.Exit(Exit.FINDINGS if any(f.severity is Severity.ERROR for f in findings) else Exit.OK)


def _understand(path: Path, quiet: bool) -> Understood:
    with progress_bar(path.name, quiet=quiet) as report:
        return understand(existing(path), limits_of_settings(), report)


def snapshot_of(path: Path, quiet: bool) -> Snapshot:
    """Return a file as a version of its building."""
    return _understand(path, quiet).snapshot(Stage.AS_DESIGNED, 0)


def together(models: list[Path]) -> Model:
    """Return the model that several files make together, as loading would."""
    parts = [Part(path.name, read_file(existing(path), limits_of_settings()), MeshSet(())) for path in models]
    return parts[0].model if len(parts) == 1 else federate(parts)[0]


def _records(path: Path, quiet: bool) -> dict[str, ElementRecord]:
    with progress_bar(path.name, quiet=quiet) as report:
        return read_file(existing(path), limits_of_settings(), report).by_id()


def _rows(records: tuple[ElementRecord, ...]) -> list[tuple[str, str, str]]:
    return [(record.ifc_class, record.name, record.global_id) for record in records[:MAX_SHOWN]]


def _show_validation(findings: tuple[ReadFinding, ...]) -> None:
    by_rule: dict[str, list[ReadFinding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, group in by_rule.items():
        rows = [(f.entity, f.line, f.message) for f in group[:MAX_SHOWN]]
        print_table(f"{group[0].severity.value}: {rule} ({len(group)})", ("Where", "Line", "What"), rows)
        say(f"→ {group[0].hint}\n")
    say(counts(validation_json(findings)["counts"]) + ".")
