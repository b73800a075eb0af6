"""One call from a version of a building to its energy report."""

from ifc import Severity
from twin.energy.areas import ReferenceArea, reference_area
from twin.energy.assemble import build_model
from twin.energy.climate import ClimateYear
from twin.energy.engine import ENGINE, ENGINE_VERSION, Options, prepare, run, without_cooling
from twin.energy.envelope import build_envelope
from twin.energy.findings import EnergyFinding
from twin.energy.kernel import COOL, GAINS, GROUND, HEAT, SOLAR, TRANSMISSION, VENTILATION, compiled
from twin.energy.parts import Envelope
from twin.energy.report import Balance, EnergyReport, Input, MonthNeed
from twin.energy.values import EnergyModel, Kind, Source, UseProfile
from twin.errors import InvalidInput
from twin.snapshot import Snapshot

WARM_C = 27.0
MOST_HEATING_KWH_M2 = 500.0  # about twice an unrenovated single house of the 1950s


def assess(
    snapshot: Snapshot,
    climate: ClimateYear,
    *,
    profile: UseProfile | None = None,
    construction_year: int | None = None,
    options: Options = Options(),  # noqa: B008 - a frozen value
) -> EnergyReport:
    """Return the energy need of a version of a building, with the source of every input.

    Args:
        snapshot: The version.
        climate: The weather.
        profile: How the building is used; a dwelling with unverified gains if not given.
        construction_year: Year for usual U-values, where the model gives none.
        options: How the engine runs.

    Raises:
        InvalidInput: (energy-no-envelope) nothing in the model can be an envelope.
    """
    envelope = build_envelope(snapshot, construction_year)
    area = reference_area(snapshot, envelope)
    if not envelope.parts or envelope.volume_m3.value <= 0.0 or area.area_m2.value <= 0.0:
        raise InvalidInput(
            "The model has no spaces and no walls or roof with geometry; there is nothing to heat.",
            reason="energy-no-envelope",
            hint="Export spaces, walls, slabs and windows with their bodies.",
            entity=snapshot.building_id,
        )
    model = build_model(snapshot.building_id, envelope, area.area_m2, profile)
    return report_of(model, envelope, area, climate, options)


def report_of(
    model: EnergyModel, envelope: Envelope, area: ReferenceArea, climate: ClimateYear, options: Options
) -> EnergyReport:
    """Simulate a model and write its report."""
    prepared = prepare(model, climate, options)
    result = run(prepared, compiled())
    uncooled = run(without_cooling(prepared), compiled())
    heat, cool = result.monthly_kwh(HEAT), result.monthly_kwh(COOL)
    months = tuple(MonthNeed(place + 1, float(heat[place]), float(cool[place])) for place in range(12))
    balance = Balance(
        transmission_kwh=result.kwh(TRANSMISSION),
        ground_kwh=result.kwh(GROUND),
        ventilation_kwh=result.kwh(VENTILATION),
        solar_kwh=result.kwh(SOLAR),
        gains_kwh=result.kwh(GAINS),
        heating_kwh=result.kwh(HEAT),
        cooling_kwh=-result.kwh(COOL),
        residual=result.residual,
    )
    return EnergyReport(
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
        climate=climate.to_json(),
        model_sha256=model.digest(),
        area=area,
        envelope=envelope,
        months=months,
        balance=balance,
        hours_above_27c=int((uncooled.air_c > WARM_C).sum()),
        class_reasons=class_reasons(model, area, climate),
        inputs=tuple(_inputs(model)),
        findings=(*envelope.findings, *_implausible(result.heating_kwh / area.area_m2.value)),
        notes=model.notes,
    )


def _implausible(heating_kwh_m2: float) -> tuple[EnergyFinding, ...]:
    if heating_kwh_m2 <= MOST_HEATING_KWH_M2:
        return ()
    return (
        EnergyFinding(
            "energy.implausible",
            Severity.ERROR,
            f"A heat need of {heating_kwh_m2:.0f} kWh/(m²·a) is that of no building; envelope and area do not match.",
            "Check the spaces, their areas and the U-values.",
        ),
    )


def class_reasons(model: EnergyModel, area: ReferenceArea, climate: ClimateYear) -> tuple[str, ...]:
    """Return why no energy class can be given, as sentences."""
    reasons = []
    if not climate.official:
        reasons.append(f"The weather year {climate.name!r} is not the official base year.")
    if not area.flagged:
        reasons.append("No space is marked as kept at room temperature, so the area of the rule is not known.")
    profile = model.zone.profile
    if not profile.official:
        reasons.append(f"The use profile is not the verified one of the regulation ({profile.name}).")
    outer = [element for element in model.elements if element.kind is not Kind.INTERNAL]
    if any(element.u_w_m2k.source is Source.DEFAULT for element in outer):
        reasons.append("Some U-values are usual values of a period, not those of this building.")
    reasons.append("The limits of the energy classes are not verified at their source.")
    reasons.append("Only the need for heating and cooling is calculated, not delivered energy by carrier.")
    return tuple(reasons)


def _inputs(model: EnergyModel) -> list[Input]:
    zone = model.zone
    rows = [
        Input("zone", "floor area", zone.floor_area_m2),
        Input("zone", "volume", zone.volume_m3),
        Input("zone", "infiltration", zone.infiltration_1_h),
    ]
    for element in model.elements:
        rows.append(Input(element.element_id, "area", element.area_m2))
        rows.append(Input(element.element_id, "U-value", element.u_w_m2k))
        if element.g is not None:
            rows.append(Input(element.element_id, "g-value", element.g))
    return rows
