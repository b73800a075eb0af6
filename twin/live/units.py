"""Units that building sensors use (UCUM, case-sensitive) and the conversions between them.

A unit converts to another only within one dimension. `value_si = value * factor + offset`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Unit:
    """One UCUM unit.

    Attributes:
        code: UCUM code.
        dimension: Name of the dimension; only units of one dimension convert into each other.
        factor: Multiplier to the SI unit of the dimension.
        offset: Added after the multiplication; not zero only for temperatures.
    """

    code: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0


HOUR_S = 3600.0
_PSI_PA = 6894.757293168361  # (0.45359237 kg * 9.80665 m/s2) / (0.0254 m)^2, exact by definition of its parts
_BTU_J = 1055.05585262  # UCUM [Btu_IT]

_TABLE: tuple[Unit, ...] = (
    Unit("K", "temperature"),
    Unit("Cel", "temperature", 1.0, 273.15),
    Unit("[degF]", "temperature", 5 / 9, 459.67 * 5 / 9),
    Unit("1", "ratio"),
    Unit("{count}", "ratio"),
    Unit("{person}", "ratio"),
    Unit("%", "ratio", 1e-2),
    Unit("[ppm]", "ratio", 1e-6),
    Unit("[ppb]", "ratio", 1e-9),
    Unit("J", "energy"),
    Unit("kJ", "energy", 1e3),
    Unit("MJ", "energy", 1e6),
    Unit("GJ", "energy", 1e9),
    Unit("W.h", "energy", HOUR_S),
    Unit("kW.h", "energy", 1e3 * HOUR_S),
    Unit("MW.h", "energy", 1e6 * HOUR_S),
    Unit("[Btu_IT]", "energy", _BTU_J),
    Unit("W", "power"),
    Unit("kW", "power", 1e3),
    Unit("MW", "power", 1e6),
    Unit("V.A", "apparent power"),
    Unit("kV.A", "apparent power", 1e3),
    Unit("Pa", "pressure"),
    Unit("hPa", "pressure", 1e2),
    Unit("kPa", "pressure", 1e3),
    Unit("mbar", "pressure", 1e2),
    Unit("bar", "pressure", 1e5),
    Unit("[psi]", "pressure", _PSI_PA),
    Unit("lx", "illuminance"),
    Unit("klx", "illuminance", 1e3),
    Unit("lm", "luminous flux"),
    Unit("W/m2", "irradiance"),
    Unit("m3", "volume"),
    Unit("L", "volume", 1e-3),
    Unit("l", "volume", 1e-3),
    Unit("m3/s", "volume flow"),
    Unit("m3/h", "volume flow", 1 / HOUR_S),
    Unit("L/s", "volume flow", 1e-3),
    Unit("l/s", "volume flow", 1e-3),
    Unit("L/min", "volume flow", 1e-3 / 60),
    Unit("l/min", "volume flow", 1e-3 / 60),
    Unit("L/h", "volume flow", 1e-3 / HOUR_S),
    Unit("l/h", "volume flow", 1e-3 / HOUR_S),
    Unit("kg", "mass"),
    Unit("g", "mass", 1e-3),
    Unit("t", "mass", 1e3),
    Unit("kg/s", "mass flow"),
    Unit("kg/h", "mass flow", 1 / HOUR_S),
    Unit("m", "length"),
    Unit("cm", "length", 1e-2),
    Unit("mm", "length", 1e-3),
    Unit("m/s", "speed"),
    Unit("km/h", "speed", 1 / 3.6),
    Unit("s", "time"),
    Unit("min", "time", 60.0),
    Unit("h", "time", HOUR_S),
    Unit("d", "time", 24 * HOUR_S),
    Unit("Hz", "frequency"),
    Unit("/min", "frequency", 1 / 60),
    Unit("V", "voltage"),
    Unit("mV", "voltage", 1e-3),
    Unit("kV", "voltage", 1e3),
    Unit("A", "current"),
    Unit("mA", "current", 1e-3),
    Unit("kg/m3", "mass concentration"),
    Unit("g/m3", "mass concentration", 1e-3),
    Unit("mg/m3", "mass concentration", 1e-6),
    Unit("ug/m3", "mass concentration", 1e-9),
    Unit("rad", "angle"),
    Unit("deg", "angle", 0.017453292519943295),
    Unit("dB[SPL]", "sound pressure level"),
    Unit("[pH]", "acidity"),
)
UNITS: Mapping[str, Unit] = {unit.code: unit for unit in _TABLE}

# What devices really write, beside UCUM. Nothing here may be a UCUM code of another meaning (so no "C" for Celsius).
ALIASES: Mapping[str, str] = {
    "°C": "Cel",
    "degC": "Cel",
    "°F": "[degF]",
    "degF": "[degF]",
    "": "1",
    "percent": "%",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "Wh": "W.h",
    "kWh": "kW.h",
    "MWh": "MW.h",
    "kVA": "kV.A",
    "psi": "[psi]",
    "W/m²": "W/m2",
    "m³": "m3",
    "m³/h": "m3/h",
    "µg/m3": "ug/m3",
    "µg/m³": "ug/m3",
    "{#}": "{count}",
}

# QUDT quantity kinds and the dimensions of the units that fit them.
QUANTITY_KINDS: Mapping[str, tuple[str, ...]] = {
    "Temperature": ("temperature",),
    "RelativeHumidity": ("ratio",),
    "AmountOfSubstanceFraction": ("ratio",),
    "MoleFraction": ("ratio",),
    "VolumeFraction": ("ratio",),
    "MassFraction": ("ratio",),
    "Dimensionless": ("ratio",),
    "DimensionlessRatio": ("ratio",),
    "Count": ("ratio",),
    "Energy": ("energy",),
    "ThermalEnergy": ("energy",),
    "Power": ("power", "apparent power"),
    "ActivePower": ("power",),
    "ElectricPower": ("power",),
    "ApparentPower": ("apparent power",),
    "HeatFlowRate": ("power",),
    "Pressure": ("pressure",),
    "Illuminance": ("illuminance",),
    "LuminousFlux": ("luminous flux",),
    "Irradiance": ("irradiance",),
    "Volume": ("volume",),
    "VolumeFlowRate": ("volume flow",),
    "Mass": ("mass",),
    "MassFlowRate": ("mass flow",),
    "MassConcentration": ("mass concentration",),
    "Length": ("length",),
    "Distance": ("length",),
    "Speed": ("speed",),
    "Velocity": ("speed",),
    "Time": ("time",),
    "Frequency": ("frequency",),
    "Voltage": ("voltage",),
    "ElectricPotential": ("voltage",),
    "ElectricCurrent": ("current",),
    "Angle": ("angle",),
    "SoundPressureLevel": ("sound pressure level",),
    "Acidity": ("acidity",),
}


def unit_of(code: str) -> Unit:
    """Return the unit named by a UCUM code or one of its common spellings.

    Raises:
        InvalidInput: (unit-unknown) the code is not in the table.
    """
    unit = UNITS.get(ALIASES.get(code, code))
    if unit is None:
        raise InvalidInput(
            f"The unit {code[:32]!r} is not known.",
            reason="unit-unknown",
            hint="Use a UCUM code such as Cel, %, [ppm], kW.h, W, Pa, lx or m3.",
            entity=code[:32],
        )
    return unit


def convert(value: float, source: str, target: str) -> float:
    """Return `value` in `source` expressed in `target` (UCUM codes or common spellings).

    Raises:
        InvalidInput: (unit-unknown) a code is not in the table; (unit-dimension) the two measure different things.
    """
    unit_from, unit_to = unit_of(source), unit_of(target)
    if unit_from.dimension != unit_to.dimension:
        raise InvalidInput(
            f"{source} measures {unit_from.dimension}, {target} measures {unit_to.dimension}.",
            reason="unit-dimension",
            hint="Correct the unit of the device or of its point.",
            entity=source,
        )
    if unit_from == unit_to:
        return value
    if unit_from.factor == unit_to.factor and unit_from.offset == unit_to.offset:
        return value
    return (value * unit_from.factor + unit_from.offset - unit_to.offset) / unit_to.factor


def fits_quantity_kind(quantity_kind: str, unit: str) -> bool | None:
    """Tell whether `unit` can measure the QUDT `quantity_kind`; None if the kind is not in the table."""
    dimensions = QUANTITY_KINDS.get(quantity_kind)
    return None if dimensions is None else unit_of(unit).dimension in dimensions
