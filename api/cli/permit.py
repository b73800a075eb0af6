"""Commands around the permit: check a model, and write the IDS file of a design stage."""

from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.files import AsJson, ModelFile, snapshot_of
from api.cli.given import bytes_of, existing, limits_of_settings
from api.cli.inspection import MAX_SHOWN
from api.cli.output import Exit, print_json, print_table, progress_bar, say
from twin.bcf import BcfVersion, Project, write_bcf
from twin.clock import rfc3339, system_clock
from twin.district import Parcel, Plan, read_parcels, read_plan_areas
from twin.gate import DesignStage, GateReport, audit_ids, generate_ids, run_ids
from twin.permit import CheckContext, Mode, bundled_packs, load_pack
from twin.permit import check as run_packs
from twin.report import permit_page, topics_of, word
from twin.snapshot import Snapshot

MAX_ALIKE = 8  # of results that say the same, in one row of the table; --json has them all
SIGNS = {"fail": "✗", "needs_human": "?", "data_missing": "…"}  # what asks for something, in this order
AUTHOR = "Kaksik"


class Language(StrEnum):
    """Languages of reports."""

    ET = "et"
    EN = "en"
    FR = "fr"


class IdsSchema(StrEnum):
    """Schemas that the register's requirements stand for."""

    IFC2X3 = "IFC2X3"
    IFC4 = "IFC4"


def check(
    model: ModelFile,
    ids: Annotated[list[Path] | None, typer.Option(help="IDS file to run over the model as well")] = None,
    plan: Annotated[Path | None, typer.Option(help="Plan areas, GeoJSON in EPSG:3301")] = None,
    parcels: Annotated[Path | None, typer.Option(help="Parcels, GeoJSON in EPSG:3301")] = None,
    pack: Annotated[list[Path] | None, typer.Option(help="Rule pack file; default: those that come along")] = None,
    formal: Annotated[bool, typer.Option("--formal", help="As the authority: only verified sources decide")] = False,
    language: Annotated[Language, typer.Option(help="Of the table and of the BCF and HTML files")] = Language.EN,
    bcf: Annotated[Path | None, typer.Option(help="Write the findings as a BCF file")] = None,
    bcf_version: Annotated[BcfVersion, typer.Option(help="Version of the BCF file")] = BcfVersion.V3_0,
    html: Annotated[Path | None, typer.Option(help="Write a printable page with pictures")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a model against rule packs and IDS files, clause by clause. Exit code 1 if a check fails."""
    packs = [load_pack(bytes_of(path), path.name) for path in pack] if pack else list(bundled_packs())
    areas: Plan | None = None if plan is None else read_plan_areas(bytes_of(plan)).whole()
    units: tuple[Parcel, ...] | None = None if parcels is None else read_parcels(bytes_of(parcels)).whole()
    gates = [_gate(bytes_of(path), model, as_json) for path in ids or ()]
    snapshot = snapshot_of(model, as_json)
    mode = Mode.FORMAL if formal else Mode.PRE_CHECK
    report = run_packs(CheckContext(snapshot, areas, units), packs, mode).to_json()
    time = rfc3339(system_clock())
    if bcf is not None:
        topics = topics_of(report, snapshot, language.value, AUTHOR, time)
        bcf.write_bytes(write_bcf(topics, project_of(snapshot, model.name), bcf_version))
    if html is not None:
        shown = [gate.to_json() for gate in gates]
        html.write_text(permit_page(report, snapshot, language.value, time, shown), encoding="utf-8")
    if as_json:
        print_json({**report, **({"gate": [gate.to_json() for gate in gates]} if gates else {})})
    else:
        _show(report, gates, language.value)
    good = report["counts"]["fail"] == 0 and all(gate.passed for gate in gates)
    raise typer.Exit(Exit.OK if good else Exit.FINDINGS)


def ids(
    stage: Annotated[DesignStage, typer.Argument(help="ES sketch, EP preliminary, PP main, TP working, TJ as built")],
    schema: Annotated[IdsSchema, typer.Option(help="Schema of the models")] = IdsSchema.IFC4,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the file")] = None,
) -> None:
    """Write the IDS 1.0 file of what the register asks of a model at a design stage."""
    target = output or Path(f"ubn-{stage.value}-{schema.value}.ids")
    target.write_bytes(generate_ids(stage, schema.value))
    say(f"Wrote {target}.")


def project_of(snapshot: Snapshot, file_name: str) -> Project:
    """Return what the topics of a version are about."""
    projects = [r for r in snapshot.records.values() if r.ifc_class == "IfcProject"]
    gid, name = (projects[0].global_id, projects[0].name) if projects else ("", "")
    return Project(snapshot.building_id, name or snapshot.building_id, file_name, gid)


def _gate(data: bytes, model: Path, quiet: bool) -> GateReport:
    audit_ids(data)  # before anything is read of the model
    with progress_bar("IDS", quiet=quiet) as report:
        return run_ids(data, existing(model), limits_of_settings(), report)


def _show(report: dict[str, Any], gates: list[GateReport], language: str) -> None:
    shown = sorted(
        (r for r in report["results"] if r["verdict"] in SIGNS), key=lambda r: [*SIGNS].index(r["verdict"])
    )
    columns = [word(name, language) for name in ("verdict", "check", "finding")]
    print_table(word("checks", language), columns, [_row(alike, language) for alike in _grouped(shown, language)])
    for gate in gates:
        failing = [item for item in gate.specifications if item.status == "fail"]
        found = [
            (item.name, f"{item.failed} / {item.applicable}", item.reasons[0].reason if item.reasons else "")
            for item in failing
        ]
        title = f"{gate.title}: {_counted(gate.counts(), language)}"
        columns = [word(name, language) for name in ("requirement", "failed", "first_reason")]
        print_table(title, columns, found[:MAX_SHOWN])
    say(_counted(report["counts"], language) + ".")
    say(word("note", language))


def _grouped(results: list[dict[str, Any]], language: str) -> list[list[dict[str, Any]]]:
    """Return the results of one check that say the same of several elements together."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for result in results:
        key = (result["pack_id"], result["check_id"], result["verdict"], result["indication"])
        groups.setdefault((*key, result["advices"][language]), []).append(result)
    return list(groups.values())


def _said(messages: list[str]) -> str:
    """Return messages line by line; what all of them end with stands once, after them."""
    if len(messages) == 1:
        return messages[0]
    tails = [message.split(". ") for message in messages]
    same = takewhile(lambda ends: len(set(ends)) == 1, zip(*(reversed(tail[1:]) for tail in tails), strict=False))
    shared = ". ".join(reversed([ends[0] for ends in same]))
    lines = [f"• {message.removesuffix(shared).rstrip()}" for message in messages[:MAX_ALIKE]]
    left = [f"• … + {len(messages) - MAX_ALIKE}"] if len(messages) > MAX_ALIKE else []
    return "\n".join([*lines, *left, *([shared] if shared else [])])


def _row(alike: list[dict[str, Any]], language: str) -> tuple[str, str, str]:
    result = alike[0]
    verdict = result["verdict"]
    indication = result["indication"]
    advice = "" if indication == "pass" else f"\n→ {result['advices'][language]}"  # then a person only has to look
    shown = f"\n({word(indication, language)})" if indication != verdict else ""
    return (
        f"{SIGNS[verdict]} {word(verdict, language)}{shown}",
        f"{result['title'][language]}\n({result['citations'][language]})",
        _said([item["messages"][language] for item in alike]) + advice,
    )


def _counted(found: dict[str, int], language: str) -> str:
    return ", ".join(f"{word(name, language)} {number}" for name, number in found.items())
