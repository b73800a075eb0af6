"""A package of measures for a building: what it is after them."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from twin.energy.values import EnergyModel, Kind, Source, Sourced
from twin.errors import InvalidInput

LIMITS = {
    "wall_u_w_m2k": (0.05, 3.0), "roof_u_w_m2k": (0.05, 3.0), "floor_u_w_m2k": (0.05, 3.0),
    "window_u_w_m2k": (0.4, 6.0), "window_g": (0.1, 0.9), "leak_factor": (0.05, 1.0), "heat_recovery": (0.0, 0.95),
    "set_point_c": (15.0, 25.0),
}  # fmt: skip
MOST_NAME = 200
MOST_NUMBER = 1e6  # far above all limits: an integer of a thousand digits is no float
U_OF = {
    Kind.WALL: "wall_u_w_m2k",
    Kind.ROOF: "roof_u_w_m2k",
    Kind.FLOOR: "floor_u_w_m2k",
    Kind.WINDOW: "window_u_w_m2k",
}


@dataclass(frozen=True, slots=True)
class Package:
    """Measures; None leaves the building as it is. A U-value or a recovery that is better already stays.

    Attributes:
        name: Name of the package.
        wall_u_w_m2k: U-value of walls after it.
        roof_u_w_m2k: Of roofs.
        floor_u_w_m2k: Of floors, the ground included.
        window_u_w_m2k: Of windows and doors of glass.
        window_g: Total solar energy transmittance of new windows.
        leak_factor: What is left of the leaks.
        heat_recovery: Share of the ventilation heat that is kept.
        set_point_c: Heating set-point.
    """

    name: str
    wall_u_w_m2k: float | None = None
    roof_u_w_m2k: float | None = None
    floor_u_w_m2k: float | None = None
    window_u_w_m2k: float | None = None
    window_g: float | None = None
    leak_factor: float | None = None
    heat_recovery: float | None = None
    set_point_c: float | None = None

    def __post_init__(self) -> None:
        values = {name: getattr(self, name) for name in LIMITS}
        if all(value is None for value in values.values()):
            raise InvalidInput("The package has no measure.", reason="energy-package", entity=self.name[:80])
        for name, value in values.items():
            low, high = LIMITS[name]
            if value is not None and not (math.isfinite(value) and low <= value <= high):
                raise InvalidInput(
                    f"{name} of {value} is not between {low:g} and {high:g}.",
                    reason="energy-package",
                    hint="Check the unit.",
                    entity=name,
                )
        if self.window_g is not None and self.window_u_w_m2k is None:
            raise InvalidInput(
                "window_g is that of new windows, and no new windows are in the package.",
                reason="energy-package",
                hint="Give window_u_w_m2k too.",
                entity="window_g",
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the package that `to_json` wrote.

        Raises:
            InvalidInput: (energy-package) a member is not known or no number.
        """
        unknown = set(data) - {"name", *LIMITS}
        if unknown or not isinstance(data.get("name"), str):
            raise InvalidInput(
                "This is no package of measures.",
                reason="energy-package",
                hint=f"A name and some of: {', '.join(LIMITS)}.",
                entity=", ".join(sorted(unknown))[:80] or "name",
            )
        given = {name: data[name] for name in LIMITS if data.get(name) is not None}
        for name, value in given.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST_NUMBER:
                raise InvalidInput("A measure is no number.", reason="energy-package", entity=name)
        if not 0 < len(data["name"]) <= MOST_NAME:
            raise InvalidInput(f"A name has 1 to {MOST_NAME} characters.", reason="energy-package", entity="name")
        return cls(data["name"], **{name: float(value) for name, value in given.items()})


def renovated(model: EnergyModel, package: Package) -> EnergyModel:
    """Return a building after a package of measures."""
    elements = []
    for element in model.elements:
        wanted = getattr(package, U_OF[element.kind]) if element.kind in U_OF else None
        if wanted is None or wanted >= element.u_w_m2k.value:
            elements.append(element)
            continue
        glass = package.window_g if element.kind is Kind.WINDOW and element.g is not None else None
        g = element.g if glass is None else _by(package, glass, "1")
        elements.append(replace(element, u_w_m2k=_by(package, wanted, "W/(m2.K)"), layers=(), g=g))
    return replace(model, zone=_zone(model, package), elements=tuple(elements))


def without_effect(model: EnergyModel, package: Package) -> tuple[str, ...]:
    """Return the measures that change nothing: the building is as good already, or has no such part."""
    profile = model.zone.profile
    idle = []
    for kind, name in U_OF.items():
        wanted = getattr(package, name)
        if wanted is not None and not any(e.kind is kind and wanted < e.u_w_m2k.value for e in model.elements):
            idle += [name, "window_g"] if kind is Kind.WINDOW and package.window_g is not None else [name]
    if package.leak_factor == 1.0:
        idle.append("leak_factor")
    if package.heat_recovery is not None and package.heat_recovery <= profile.heat_recovery:
        idle.append("heat_recovery")
    if package.set_point_c is not None and set(profile.heating_c) == {package.set_point_c}:
        idle.append("set_point_c")
    return tuple(idle)


def _zone(model: EnergyModel, package: Package) -> Any:
    zone, profile = model.zone, model.zone.profile
    if package.heat_recovery is not None:
        profile = replace(profile, heat_recovery=max(profile.heat_recovery, package.heat_recovery), official=False)
    if package.set_point_c is not None:
        profile = replace(profile, heating_c=(package.set_point_c,) * len(profile.heating_c), official=False)
    leaks = zone.infiltration_1_h
    if package.leak_factor is not None:
        leaks = _by(package, leaks.value * package.leak_factor, "1/h")
    return replace(zone, infiltration_1_h=leaks, profile=profile)


def _by(package: Package, value: float, unit: str) -> Sourced:
    return Sourced(value, unit, Source.PERSON, 0.1 * value, f"package {package.name}")
