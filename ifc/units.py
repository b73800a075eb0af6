"""Units of a file, resolved to SI with UCUM codes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ifc.findings import ReadFinding, Severity
from ifc.source import Entity, Source, class_of, members, step_id

UCUM_BY_UNIT_TYPE: Mapping[str, str] = {
    "LENGTHUNIT": "m",
    "AREAUNIT": "m2",
    "VOLUMEUNIT": "m3",
    "PLANEANGLEUNIT": "rad",
    "SOLIDANGLEUNIT": "sr",
    "MASSUNIT": "kg",
    "TIMEUNIT": "s",
    "THERMODYNAMICTEMPERATUREUNIT": "Cel",
    "ELECTRICCURRENTUNIT": "A",
    "LUMINOUSINTENSITYUNIT": "cd",
    "AMOUNTOFSUBSTANCEUNIT": "mol",
    "ABSORBEDDOSEUNIT": "Gy",
    "DOSEEQUIVALENTUNIT": "Sv",
    "RADIOACTIVITYUNIT": "Bq",
    "ELECTRICCAPACITANCEUNIT": "F",
    "ELECTRICCHARGEUNIT": "C",
    "ELECTRICCONDUCTANCEUNIT": "S",
    "ELECTRICVOLTAGEUNIT": "V",
    "ELECTRICRESISTANCEUNIT": "Ohm",
    "ENERGYUNIT": "J",
    "FORCEUNIT": "N",
    "FREQUENCYUNIT": "Hz",
    "ILLUMINANCEUNIT": "lx",
    "INDUCTANCEUNIT": "H",
    "LUMINOUSFLUXUNIT": "lm",
    "MAGNETICFLUXUNIT": "Wb",
    "MAGNETICFLUXDENSITYUNIT": "T",
    "POWERUNIT": "W",
    "PRESSUREUNIT": "Pa",
    "ACCELERATIONUNIT": "m/s2",
    "ANGULARVELOCITYUNIT": "rad/s",
    "AREADENSITYUNIT": "kg/m2",
    "COMPOUNDPLANEANGLEUNIT": "deg",
    "CURVATUREUNIT": "rad/m",
    "DYNAMICVISCOSITYUNIT": "Pa.s",
    "HEATFLUXDENSITYUNIT": "W/m2",
    "HEATINGVALUEUNIT": "J/kg",
    "INTEGERCOUNTRATEUNIT": "1/s",
    "IONCONCENTRATIONUNIT": "kg/m3",
    "ISOTHERMALMOISTURECAPACITYUNIT": "m3/kg",
    "KINEMATICVISCOSITYUNIT": "m2/s",
    "LINEARFORCEUNIT": "N/m",
    "LINEARMOMENTUNIT": "N.m/m",
    "LINEARSTIFFNESSUNIT": "N/m",
    "LINEARVELOCITYUNIT": "m/s",
    "LUMINOUSINTENSITYDISTRIBUTIONUNIT": "cd/lm",
    "MASSDENSITYUNIT": "kg/m3",
    "MASSFLOWRATEUNIT": "kg/s",
    "MASSPERLENGTHUNIT": "kg/m",
    "MODULUSOFELASTICITYUNIT": "Pa",
    "MODULUSOFLINEARSUBGRADEREACTIONUNIT": "N/m2",
    "MODULUSOFROTATIONALSUBGRADEREACTIONUNIT": "N.m/(m.rad)",
    "MODULUSOFSUBGRADEREACTIONUNIT": "N/m3",
    "MOISTUREDIFFUSIVITYUNIT": "m3/s",
    "MOLECULARWEIGHTUNIT": "kg/mol",
    "MOMENTOFINERTIAUNIT": "m4",
    "PHUNIT": "[pH]",
    "PLANARFORCEUNIT": "N/m2",
    "ROTATIONALFREQUENCYUNIT": "Hz",
    "ROTATIONALMASSUNIT": "kg.m2",
    "ROTATIONALSTIFFNESSUNIT": "N.m/rad",
    "SECTIONAREAINTEGRALUNIT": "m5",
    "SECTIONMODULUSUNIT": "m3",
    "SHEARMODULUSUNIT": "Pa",
    "SOUNDPOWERUNIT": "W",
    "SOUNDPOWERLEVELUNIT": "dB",
    "SOUNDPRESSUREUNIT": "Pa",
    "SOUNDPRESSURELEVELUNIT": "dB",
    "SPECIFICHEATCAPACITYUNIT": "J/(kg.K)",
    "TEMPERATUREGRADIENTUNIT": "K/m",
    "TEMPERATURERATEOFCHANGEUNIT": "K/s",
    "THERMALADMITTANCEUNIT": "W/(m2.K)",
    "THERMALCONDUCTANCEUNIT": "W/(m.K)",
    "THERMALEXPANSIONCOEFFICIENTUNIT": "1/K",
    "THERMALRESISTANCEUNIT": "m2.K/W",
    "THERMALTRANSMITTANCEUNIT": "W/(m2.K)",
    "TORQUEUNIT": "N.m",
    "VAPORPERMEABILITYUNIT": "kg/(s.m.Pa)",
    "VOLUMETRICFLOWRATEUNIT": "m3/s",
    "WARPINGCONSTANTUNIT": "m6",
    "WARPINGMOMENTUNIT": "N.m2",
}
_UNIT_TYPE_BY_MEASURE: Mapping[str, str] = {  # where the name of the measure is not that of the unit type
    "IfcPositiveLengthMeasure": "LENGTHUNIT",
    "IfcNonNegativeLengthMeasure": "LENGTHUNIT",
    "IfcPositivePlaneAngleMeasure": "PLANEANGLEUNIT",
    "IfcThermalConductivityMeasure": "THERMALCONDUCTANCEUNIT",
    "IfcTemperatureGradientMeasure": "TEMPERATUREGRADIENTUNIT",
    "IfcWarpingMomentMeasure": "WARPINGMOMENTUNIT",
}
_PLAIN_MEASURES = frozenset(  # numbers without a unit
    {
        "IfcRatioMeasure",
        "IfcPositiveRatioMeasure",
        "IfcNormalisedRatioMeasure",
        "IfcCountMeasure",
        "IfcNumericMeasure",
        "IfcParameterValue",
        "IfcContextDependentMeasure",
    }
)
_PREFIXES: Mapping[str, float] = {
    "EXA": 1e18,
    "PETA": 1e15,
    "TERA": 1e12,
    "GIGA": 1e9,
    "MEGA": 1e6,
    "KILO": 1e3,
    "HECTO": 1e2,
    "DECA": 1e1,
    "DECI": 1e-1,
    "CENTI": 1e-2,
    "MILLI": 1e-3,
    "MICRO": 1e-6,
    "NANO": 1e-9,
    "PICO": 1e-12,
    "FEMTO": 1e-15,
    "ATTO": 1e-18,
}
_PREFIX_POWER: Mapping[str, int] = {"SQUARE_METRE": 2, "CUBIC_METRE": 3}
_KELVIN_OFFSET = -273.15
_MAX_DEPTH = 8  # a conversion of a conversion is legal; eight of them is a cycle


@dataclass(frozen=True, slots=True)
class Unit:
    """How a number of the file becomes SI: ``number * factor + offset`` in `ucum`."""

    factor: float
    ucum: str
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a file.

    Attributes:
        by_type: Unit per IFC unit type, such as ``LENGTHUNIT``.
        currency: ISO 4217 code of the project, or an empty string.
        findings: What is missing.
    """

    by_type: Mapping[str, Unit]
    currency: str = ""
    findings: tuple[ReadFinding, ...] = field(default=())

    @property
    def length_m(self) -> float:
        """Metres of one length unit of the file."""
        return self.by_type["LENGTHUNIT"].factor if "LENGTHUNIT" in self.by_type else 1.0

    def of_measure(self, kind: str) -> Unit | None:
        """Return the unit of the IFC measure `kind`, or None if it is no measure."""
        if kind in _PLAIN_MEASURES:
            return Unit(1.0, "1")
        if kind == "IfcMonetaryMeasure":
            return Unit(1.0, f"{{{self.currency}}}" if self.currency else "1")
        unit_type = _UNIT_TYPE_BY_MEASURE.get(kind) or f"{kind[3:].removesuffix('Measure').upper()}UNIT"
        if unit_type not in UCUM_BY_UNIT_TYPE or not kind.endswith("Measure"):
            return None
        return self.by_type.get(unit_type) or Unit(1.0, UCUM_BY_UNIT_TYPE[unit_type])


class UnitReader:
    """Turns unit instances into `Unit`.

    Args:
        source: The parsed file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[int, Unit | None] = {}

    def read(self, entity: Entity, depth: int = 0) -> Unit | None:
        """Return the unit of an IfcUnit instance, or None if it cannot be understood."""
        if entity is None or depth > _MAX_DEPTH:
            return None
        number = step_id(entity)
        if number not in self._known:
            self._known[number] = self._read(entity, depth)
        return self._known[number]

    def unit_type(self, entity: Entity) -> str:
        """Return the unit type of an IfcUnit instance, such as ``LENGTHUNIT``."""
        return str(self._source.get(entity, "UnitType") or "")

    def _read(self, entity: Entity, depth: int) -> Unit | None:
        kind = class_of(entity)
        if kind == "IfcSIUnit":
            return self._si(entity)
        if kind in ("IfcConversionBasedUnit", "IfcConversionBasedUnitWithOffset"):
            return self._converted(entity, depth)
        if kind == "IfcDerivedUnit":
            return self._derived(entity, depth)
        if kind == "IfcMonetaryUnit":
            return Unit(1.0, f"{{{self._source.get(entity, 'Currency')}}}")
        if kind == "IfcContextDependentUnit":
            return Unit(1.0, f"{{{self._source.text(self._source.get(entity, 'Name'))}}}")
        return None

    def _si(self, entity: Entity) -> Unit:
        get = self._source.get
        name, prefix = str(get(entity, "Name") or ""), str(get(entity, "Prefix") or "")
        ucum = UCUM_BY_UNIT_TYPE.get(self.unit_type(entity), "1")
        factor: float = math.pow(_PREFIXES.get(prefix, 1.0), _PREFIX_POWER.get(name, 1))
        if name == "GRAM":
            factor *= 1e-3
        if name == "KELVIN" and ucum == "Cel":
            return Unit(factor, ucum, _KELVIN_OFFSET)
        return Unit(factor, ucum)

    def _converted(self, entity: Entity, depth: int) -> Unit | None:
        get = self._source.get
        ucum = UCUM_BY_UNIT_TYPE.get(self.unit_type(entity), "1")
        if "FAHRENHEIT" in self._source.text(get(entity, "Name")).upper():
            return Unit(5.0 / 9.0, ucum, -160.0 / 9.0)  # exporters disagree on the sign and unit of the offset
        if ucum == "Cel" and "CELSIUS" in self._source.text(get(entity, "Name")).upper():
            return Unit(1.0, ucum)
        conversion = get(entity, "ConversionFactor")
        if conversion is None:
            return None
        value, base = get(conversion, "ValueComponent"), self.read(get(conversion, "UnitComponent"), depth + 1)
        number = value if isinstance(value, int | float) else self._wrapped(value)
        if base is None or number is None or not 0.0 < number < math.inf:
            return None
        shift = float(get(entity, "ConversionOffset") or 0.0)
        return Unit(number * base.factor, ucum, (shift * base.factor + base.offset) if shift else base.offset)

    def _wrapped(self, value: Entity) -> float | None:
        number = None if value is None else value[0]
        return float(number) if isinstance(number, int | float) else None

    def _derived(self, entity: Entity, depth: int) -> Unit | None:
        factor, parts = 1.0, list[str]()
        for element in members(self._source.get(entity, "Elements")):
            unit = self.read(self._source.get(element, "Unit"), depth + 1)
            exponent = int(self._source.get(element, "Exponent") or 0)
            if unit is None:
                return None
            factor *= math.pow(unit.factor, exponent)
            base = "K" if unit.ucum == "Cel" else unit.ucum
            parts.append(base if exponent == 1 else f"{base}{exponent}")
        ucum = UCUM_BY_UNIT_TYPE.get(self.unit_type(entity))
        return Unit(factor, ucum or ".".join(sorted(parts)) or "1")


def read_units(source: Source, reader: UnitReader) -> Units:
    """Return the units of the project, metres and SI where it names none."""
    by_type: dict[str, Unit] = {}
    currency = ""
    for assignment in _assignments(source):
        for entity in members(source.get(assignment, "Units")):
            if class_of(entity) == "IfcMonetaryUnit":
                currency = currency or str(source.get(entity, "Currency") or "")
                continue
            unit = reader.read(entity)
            if unit is not None:
                by_type.setdefault(reader.unit_type(entity), unit)
    if "LENGTHUNIT" in by_type:
        return Units(by_type, currency)
    missing = ReadFinding(
        "units.missing",
        Severity.WARNING,
        "The project names no length unit that can be understood; metres are assumed.",
        "Set the project units in the authoring tool.",
        entity="IfcUnitAssignment",
    )
    return Units(by_type, currency, (missing,))


def _assignments(source: Source) -> list[Entity]:
    """Return the unit assignments, that of the project first."""
    contexts = source.of("IfcContext") or source.of("IfcProject")
    own = [unit for context in contexts if (unit := source.get(context, "UnitsInContext")) is not None]
    return own or list(source.of("IfcUnitAssignment"))
