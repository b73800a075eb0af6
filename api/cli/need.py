"""The command `energy`: need, indicator, band, certificate data and page of one model."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.files import AsJson, ModelFile, snapshot_of
from api.cli.given import bytes_of
from api.cli.output import Exit, print_json, print_table, say, text
from api.sentences import sentences_of
from twin.energy import (
    Band,
    ClimateYear,
    EnergyReport,
    Method,
    Options,
    Prepared,
    Question,
    band_of,
    certificate,
    certificate_page,
    prepare_model,
    read_declaration,
    read_epw,
    report_of,
    synthetic_tallinn,
)
from twin.energy.energyplus import ENGINE_ENERGYPLUS, simulate_energyplus
from twin.errors import InvalidInput
from twin.weather import UNSTATED

FIRST_YEAR, LAST_YEAR = 1000, 2200  # of construction, as of the buildings of a city


class Language(StrEnum):
    """Languages of the page."""

    ET = "et"
    EN = "en"
    FR = "fr"


class Engine(StrEnum):
    """What calculates."""

    RC52016 = Method.LAYERED.value
    ISO_DEFAULT = Method.ISO_DEFAULT.value
    ENERGYPLUS = ENGINE_ENERGYPLUS


def energy(
    model: ModelFile,
    climate: Annotated[Path | None, typer.Option(help="Weather file (EPW); default: a made-up Tallinn year")] = None,
    official: Annotated[
        bool, typer.Option("--official", help="I vouch that it is the year of the regulation")
    ] = False,
    engine: Annotated[Engine, typer.Option(help="energyplus compares with the optional EnergyPlus")] = Engine.RC52016,
    use: Annotated[
        str, typer.Option(help="Group of use of the rules, such as office, for the limits of the classes")
    ] = "",
    declared: Annotated[
        Path | None,
        typer.Option(help="JSON of what you declare: uses, systems, photovoltaics, matching_step, export_credit"),
    ] = None,
    year: Annotated[
        int | None, typer.Option(min=FIRST_YEAR, max=LAST_YEAR, help="Year of construction, for usual U-values")
    ] = None,
    accept_unofficial: Annotated[
        bool, typer.Option("--accept-unofficial", help="I answer for a class in spite of unofficial inputs")
    ] = False,
    band: Annotated[bool, typer.Option("--band", help="Say how sure the heat need is")] = False,
    certificate_file: Annotated[Path | None, typer.Option("--certificate", help="Write certificate data")] = None,
    page: Annotated[Path | None, typer.Option(help="Write a printable page (HTML)")] = None,
    language: Annotated[Language, typer.Option(help="Of the page")] = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Compute the hourly energy need of a model and its indicator, with the source of every input."""
    weather = _climate(climate, official)
    question = Question(construction_year=year, use_group=use, accept_unofficial=accept_unofficial)
    if declared is not None:
        question = _declared(question, declared)
    prepared = prepare_model(snapshot_of(model, as_json), question)
    method = Method.ISO_DEFAULT if engine is Engine.ISO_DEFAULT else Method.LAYERED
    report = report_of(prepared, weather, question, Options(method=method))
    sure = _band(report, prepared, weather) if band or page is not None else None
    data = report.to_json() | ({} if sure is None else {"band": sure.to_json()})
    if engine is Engine.ENERGYPLUS:
        data["energyplus"] = _energyplus(prepared, weather, report)
    name = prepared.model.name
    if certificate_file is not None:
        made = certificate(data, name, _today())
        certificate_file.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    if page is not None:
        told = certificate_page(data, name, data.get("band"), language.value, sentences_of(language.value))
        page.write_text(told, encoding="utf-8")
    if as_json:
        print_json(data)
    else:
        _show(data)
    raise typer.Exit(Exit.FINDINGS if data["findings"] else Exit.OK)


def _climate(path: Path | None, official: bool) -> ClimateYear:
    if path is None:
        return synthetic_tallinn()
    return read_epw(bytes_of(path), source=path.name, licence=UNSTATED, official=official)


def _declared(question: Question, path: Path) -> Question:
    try:
        said = read_declaration(json.loads(bytes_of(path)))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The file is not JSON.", reason="json", entity=path.name) from error
    accept = question.accept_unofficial or said.accept_unofficial
    return replace(question, systems=said.systems, uses=said.uses, rules=said.rules, accept_unofficial=accept)


def _band(report: EnergyReport, prepared: Prepared, climate: ClimateYear) -> Band:
    return band_of(prepared.model, climate, report.heating_kwh_m2, report.area.area_m2.value)


def _today() -> date:
    return datetime.now(UTC).date()


def _energyplus(prepared: Prepared, climate: ClimateYear, report: EnergyReport) -> dict[str, float]:
    precise = simulate_energyplus(prepared.model, climate)
    area = prepared.area.area_m2.value
    return {
        "heating_kwh_m2": round(precise.heating_kwh / area, 2),
        "cooling_kwh_m2": round(precise.cooling_kwh / area, 2),
        "own_over_energyplus": round(report.heating_kwh / max(precise.heating_kwh, 1e-9), 4),
    }


def _show(report: dict[str, Any]) -> None:
    need, indicator = report["need"], report["indicator"]
    rows = [
        (p["orientation"], p["kind"], p["area_m2"], p["u_w_m2k"], p["u_source"], p["area_source"])
        for p in report["envelope"]
    ]
    print_table("Envelope", ("Faces", "Kind", "Area m²", "U W/(m²·K)", "U from", "Area from"), rows)
    say(f"Heating {text(need['heating_kwh_m2'])} and cooling {text(need['cooling_kwh_m2'])} kWh/(m²·a) "
        f"over {text(report['area_m2'])} m², climate {report['climate']['name']}.")  # fmt: skip
    for name, precise in (("EnergyPlus", report.get("energyplus")),):
        if precise is not None:
            say(f"{name}: heating {precise['heating_kwh_m2']}, cooling {precise['cooling_kwh_m2']} kWh/(m²·a).")
    say(f"{indicator['kind']} {indicator['value_kwh_m2']} kWh/(m²·a) by {indicator['rules']}.")
    if "band" in report:
        sure = report["band"]
        say(f"Nine of ten draws give {sure['low_kwh_m2']} to {sure['high_kwh_m2']} kWh/(m²·a) of heat. "
            + " ".join(one["sentence"] for one in sure["sensitivities"][:3]))  # fmt: skip
    if report["class"] is None:
        say("No energy class: " + " ".join(report["class_reasons"]))
    else:
        say(f"Energy class {report['class']}. " + " ".join(report["class_reasons"]))
