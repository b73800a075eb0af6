"""One call from a version of a building to its energy report."""

from dataclasses import dataclass

from ifc import Severity
from twin.energy.areas import ReferenceArea, reference_area
from twin.energy.assemble import build_model
from twin.energy.climate import ClimateYear
from twin.energy.declared import known_group, parts_of
from twin.energy.engine import ENGINE_VERSION, Options, Simulation, prepare, run, without_cooling
from twin.energy.envelope import build_envelope
from twin.energy.findings import EnergyFinding
from twin.energy.horizons import FacadeHorizon, behind_horizons
from twin.energy.indicator import (
    PERFORMANCE_RATIO,
    IndicatorRules,
    Rating,
    Systems,
    UsePart,
    bundled_rules,
    deliver,
    eta,
    usual_systems,
)
from twin.energy.kernel import COOL, GAINS, GROUND, HEAT, SOLAR, TRANSMISSION, VENTILATION, compiled
from twin.energy.parts import Envelope
from twin.energy.report import Balance, EnergyReport, Input, MonthNeed
from twin.energy.values import EnergyModel, Kind, Source, UseProfile
from twin.errors import InvalidInput
from twin.snapshot import Snapshot

WARM_C = 27.0
AREA_OF_FLOOR = (0.4, 1.6)  # reference area over the floor of the envelope: lofts and cellars, or a guess of storeys
ASSUMED_USE = "apartment"
NO_USE = "Nobody declared the use of the building; the limits of the classes are those of apartments."
MOST_HEATING_KWH_M2 = 500.0  # about twice an unrenovated single house of the 1950s


@dataclass(frozen=True, slots=True)
class Question:
    """What a person says beside the model.

    Attributes:
        profile: How the building is used; a dwelling with unverified gains if not given.
        construction_year: Year for usual U-values, where the model gives none.
        systems: What meets the need; district heating with usual losses if not given.
        use_group: Group of the rules for the limits of the classes, where the building has one use; empty is not
            known: the limits are then those of apartments, and there is no class.
        uses: Groups and areas, where it has several.
        rules: Edition of the rules of the indicator; those that come along if not given.
        accept_unofficial: The person takes the responsibility for a class in spite of unofficial inputs.
        horizons: What the neighbours hide, for each façade.
    """

    profile: UseProfile | None = None
    construction_year: int | None = None
    systems: Systems | None = None
    use_group: str = ""
    uses: tuple[UsePart, ...] = ()
    rules: IndicatorRules | None = None
    accept_unofficial: bool = False
    horizons: tuple[FacadeHorizon, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the rays found, once for many calculations.

    Attributes:
        model: The energy model.
        envelope: The envelope that it was made of.
        area: Reference area.
    """

    model: EnergyModel
    envelope: Envelope
    area: ReferenceArea


def prepare_model(snapshot: Snapshot, question: Question = Question()) -> Prepared:
    """Return the energy model of a version.

    Raises:
        InvalidInput: (energy-no-envelope) nothing in the model can be an envelope.
    """
    envelope = build_envelope(snapshot, question.construction_year)
    area = reference_area(snapshot, envelope)
    if not envelope.parts or envelope.volume_m3.value <= 0.0 or area.area_m2.value <= 0.0:
        raise InvalidInput(
            "The model has no spaces and no walls or roof with geometry; there is nothing to heat.",
            reason="energy-no-envelope",
            hint="Export spaces, walls, slabs and windows with their bodies.",
            entity=snapshot.building_id,
        )
    model = build_model(snapshot.building_id, envelope, area.area_m2, question.profile)
    return Prepared(behind_horizons(model, question.horizons), envelope, area)


def assess(
    snapshot: Snapshot,
    climate: ClimateYear,
    *,
    question: Question = Question(),
    options: Options = Options(),  # noqa: B008 - a frozen value
) -> EnergyReport:
    """Return the energy need of a version of a building, with the source of every input.

    Args:
        snapshot: The version.
        climate: The weather.
        question: What is known beside the model.
        options: How the engine runs.

    Raises:
        InvalidInput: (energy-no-envelope) nothing in the model can be an envelope.
    """
    return report_of(prepare_model(snapshot, question), climate, question, options)


def report_of(
    prepared: Prepared,
    climate: ClimateYear,
    question: Question = Question(),
    options: Options = Options(),  # noqa: B008 - a frozen value
) -> EnergyReport:
    """Simulate a model and write its report."""
    model, envelope, area = prepared.model, prepared.envelope, prepared.area
    arrays = prepare(model, climate, options)
    result = run(arrays, compiled())
    uncooled = run(without_cooling(arrays), compiled())
    heat, cool = result.monthly_kwh(HEAT), result.monthly_kwh(COOL)
    months = tuple(MonthNeed(place + 1, float(heat[place]), float(cool[place])) for place in range(12))
    systems = question.systems or usual_systems()
    rating = _rate(result, area, climate, systems, question, doubts_of_class(model, area, climate, systems))
    return EnergyReport(
        engine=options.method.value,
        engine_version=ENGINE_VERSION,
        climate=climate.to_json(),
        model_sha256=model.digest(),
        area=area,
        envelope=envelope,
        months=months,
        balance=_balance(result),
        hours_above_27c=int((uncooled.air_c > WARM_C).sum()),
        rating=rating,
        inputs=tuple(_inputs(model)),
        findings=(
            *envelope.findings,
            *_area_elsewhere(area, envelope.floor_m2.value),
            *_implausible(result.heating_kwh / area.area_m2.value),
        ),
        notes=(*model.notes, _systems_note(systems), *_notes_of(question)),
    )


def _balance(result: Simulation) -> Balance:
    return Balance(
        transmission_kwh=result.kwh(TRANSMISSION),
        ground_kwh=result.kwh(GROUND),
        ventilation_kwh=result.kwh(VENTILATION),
        solar_kwh=result.kwh(SOLAR),
        gains_kwh=result.kwh(GAINS),
        heating_kwh=result.kwh(HEAT),
        cooling_kwh=-result.kwh(COOL),
        residual=result.residual,
    )


def _rate(
    result: Simulation, area: ReferenceArea, climate: ClimateYear, systems: Systems, question: Question,
    doubts: tuple[str, ...],
) -> Rating:  # fmt: skip
    size = area.area_m2.value
    delivered = deliver(result.hourly[:, HEAT], result.hourly[:, COOL], size, systems, climate)
    rules = question.rules or bundled_rules()
    one = (UsePart(known_group(question.use_group or ASSUMED_USE, rules), size),)
    parts = parts_of(question.uses, size) if question.uses else one
    if not question.uses and not question.use_group:
        doubts = (*doubts, NO_USE)
    return eta(delivered, parts, rules, doubts, accept_unofficial=question.accept_unofficial)


def _systems_note(systems: Systems) -> str:
    unknown = systems.unknown()
    if not unknown:
        return "The systems are as a person gave them."
    return f"Heat by {systems.heating.carrier}; usual values stand for {', '.join(unknown)}."


def _notes_of(question: Question) -> tuple[str, ...]:
    return ("All uses are calculated with one profile of use.",) if len(question.uses) > 1 else ()


def _area_elsewhere(area: ReferenceArea, floor_m2: float) -> tuple[EnergyFinding, ...]:
    """Return a finding where the envelope is not that of the area: parts are missing, or rooms are not counted."""
    low, high = (share * floor_m2 for share in AREA_OF_FLOOR)
    if low <= area.area_m2.value <= high:
        return ()
    return (
        EnergyFinding(
            "energy.area-elsewhere",
            Severity.ERROR,
            f"The reference area is {area.area_m2.value:.0f} m², the envelope holds {floor_m2:.0f} m² of floor; "
            "a need per area follows from neither.",
            "Export walls, slabs, roofs and rooms with their bodies, and mark the rooms that are heated.",
            area.spaces,
        ),
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


def doubts_of_class(
    model: EnergyModel, area: ReferenceArea, climate: ClimateYear, systems: Systems
) -> tuple[str, ...]:
    """Return why no energy class can follow from these inputs, as sentences."""
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
    if unknown := systems.unknown():
        reasons.append(f"Usual values stand for {', '.join(unknown)}.")
    if systems.photovoltaics:
        reasons.append(f"The yield of photovoltaics rests on a usual performance ratio of {PERFORMANCE_RATIO:g}.")
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
