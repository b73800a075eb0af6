"""Commands on the energy of the city and the carbon of a model."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.files import AsJson, ModelFile
from api.cli.output import Exit, print_json, print_table, progress_bar, say
from ifc import Limits
from twin.carbon import factor_table, use_of
from twin.energy import assess
from twin.energy.gwp import Confirmation, bill_of, gwp_report, suggestions
from twin.errors import InvalidInput
from twin.reading import understand
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage
from twin.weather import climate_of

SHOWN_DISTRICTS = 30


def city_energy(
    package: Annotated[Path | None, typer.Option(help="Package of measures, JSON")] = None,
    poverty: Annotated[Path | None, typer.Option(help="Groups of households, CSV; it is not kept")] = None,
    as_json: AsJson = False,
) -> None:
    """Compute the energy need of every building on the map; made to be run every night.

    What was computed for the same inputs is not computed again, and a run that was stopped goes on.
    """
    request = {} if package is None else {"package": _json(package)}
    twin = open_twin(Settings())
    try:
        with progress_bar("City", quiet=as_json) as report:
            found = dict(twin.city_energy.run(request, report))
        if poverty is not None:
            found["poverty"] = twin.city_energy.poverty(found["run"], _bytes(poverty))["items"]
    finally:
        twin.close()
    if as_json:
        print_json(found)
    else:
        _show_city(found)
    raise typer.Exit(Exit.FINDINGS if found["left_out_total"] else Exit.OK)


def gwp(
    model: ModelFile,
    mapping: Annotated[Path | None, typer.Option(help="Confirmed mapping, JSON: material to factor id")] = None,
    person: Annotated[str, typer.Option(help="Who confirmed the mapping")] = "",
    factors: Annotated[Path | None, typer.Option(help="Emission factors, CSV or JSON; default: illustrative")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the global warming potential of a model and how much of its volume that covers."""
    settings = Settings()
    table = factor_table(factors or settings.gwp_factors)
    confirmed = {} if mapping is None else _confirmed(mapping, person, table.sha256)
    with progress_bar(model.name, quiet=as_json) as progress:
        read = understand(_existing(model), Limits(settings.read_timeout_s, settings.read_memory_bytes), progress)
    snapshot = read.snapshot(Stage.AS_DESIGNED, 0)
    bill = bill_of(snapshot)
    report = gwp_report(bill, table, confirmed, use_of(assess(snapshot, climate_of(settings)).to_json()))
    report["suggestions"] = {
        name: [one.factor_id for one in found] for name, found in suggestions(bill, table).items()
    }
    if as_json:
        print_json(report)
    else:
        _show_gwp(report)
    raise typer.Exit(Exit.OK if report["total_kg_co2e_m2_a"] is not None else Exit.FINDINGS)


def _confirmed(path: Path, person: str, table: str) -> dict[str, Confirmation]:
    said = _json(path)
    if not person:
        raise InvalidInput(
            "Nobody stands for the mapping.",
            reason="gwp-person",
            hint="Say who confirmed it: --person.",
            entity=path.name,
        )
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise InvalidInput("The mapping is no JSON object of texts.", reason="gwp-mapping", entity=path.name)
    return {material: Confirmation(material, factor, table, person, "") for material, factor in said.items()}


def _json(path: Path) -> Any:
    try:
        return json.loads(_bytes(path))
    except ValueError as error:
        raise InvalidInput("The file is not JSON.", reason="json", entity=path.name) from error


def _bytes(path: Path) -> bytes:
    return _existing(path).read_bytes()


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(path))
    return path


def _show_city(found: dict[str, Any]) -> None:
    whole = found["total"]
    say(f"{whole['buildings']} buildings, {whole['heating_kwh_m2']} kWh/(m²·a) of heat; "
        f"{found['computed']} computed now, {found['kept']} known, {found['left_out_total']} left out.")  # fmt: skip
    if "package" in whole:
        saved = whole["package"]
        say(f"The package saves {saved['saved_share']:.0%} of the heat, {saved['saved_co2_kg'] / 1000.0:,.0f} t CO2 "
            f"({found['carrier']['source_status']} factor) and {saved['saved_peak_kw']:,.0f} kW of peaks a year. "
            f"No class shift: {' '.join(saved['class_reasons'])}")  # fmt: skip
    rows = [
        (row["district"], row["buildings"], row["heating_kwh_m2"]) for row in found["districts"][:SHOWN_DISTRICTS]
    ]
    print_table("Districts", ("District", "Buildings", "Heat kWh/(m²·a)"), rows)
    for row in found.get("poverty", []):
        share = "not said: " + row["reason"] if row["share_of_income"] is None else f"{row['share_of_income']:.1%}"
        say(f"{row['district']}: heating takes {share} of the income in the middle.")


def _show_gwp(report: dict[str, Any]) -> None:
    say(report["a1_a3"]["sentence"])
    say(f"B6: {report['b6']['kg_co2e_m2_a']} kg CO2e/(m²·a). {report['b6']['scope']}")
    rows = [
        (row["material"] or "no material", row["volume_m3"], row["factor_id"], row["kg_co2e"], row["reason"])
        for row in report["materials"]
    ]
    print_table("Materials", ("Material", "m³", "Factor", "kg CO2e", ""), rows)
