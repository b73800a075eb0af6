"""What an energy calculation starts from: plain frozen data, every doubtful number with its source."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from twin.errors import InvalidInput

HOURS_OF_DAY = 24
LARGEST_U_W_M2K = 12.0  # a single bare metal sheet is about 5.9; above twice that the number is a slip of units
MODEL_FORMAT = 2


class Source(StrEnum):
    """Where a number comes from, from the most to the least trusted way."""

    MEASURED = "measured"
    PERSON = "person"
    IFC = "ifc"
    DERIVED = "derived"
    DEFAULT = "default-table"


class Boundary(StrEnum):
    """What lies on the far side of an element."""

    OUTSIDE = "outside"
    GROUND = "ground"
    ADIABATIC = "adiabatic"


class Kind(StrEnum):
    """What an element is to the heat balance."""

    WALL = "wall"
    WINDOW = "window"
    DOOR = "door"
    ROOF = "roof"
    FLOOR = "floor"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Sourced:
    """A number with its unit, its source and its doubt.

    Attributes:
        value: The number in `unit`, finite.
        unit: UCUM code.
        source: Where it comes from.
        doubt: Half width of the band in which the truth is expected nine times of ten, in `unit`.
        note: The property, the table row or the rule it comes from.
    """

    value: float
    unit: str
    source: Source
    doubt: float = 0.0
    note: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.doubt) and self.doubt >= 0.0):
            raise InvalidInput(
                f"{self.value} {self.unit} with doubt {self.doubt} is not a usable number.",
                reason="energy-number",
                hint="Give a finite number and a doubt that is zero or more.",
                entity=self.note or None,
            )


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a construction, homogeneous in its plane.

    Attributes:
        thickness_m: Thickness, above zero.
        conductivity_w_mk: Thermal conductivity λ, above zero.
        density_kg_m3: Density; 0 for a layer without mass.
        specific_heat_j_kgk: Specific heat capacity; 0 for a layer without mass.
        name: Name of the material.
    """

    thickness_m: float
    conductivity_w_mk: float
    density_kg_m3: float = 0.0
    specific_heat_j_kgk: float = 0.0
    name: str = ""

    @property
    def resistance_m2k_w(self) -> float:
        """Thermal resistance, m2.K/W."""
        return self.thickness_m / self.conductivity_w_mk


@dataclass(frozen=True, slots=True)
class Horizon:
    """What stands before a face: the height of the horizon in some directions.

    Attributes:
        azimuths_deg: Directions clockwise from true north, at least two, in the order of going round.
        angles_deg: Height of the horizon in each, 0 to 90; between two directions by line, beyond the ends 0.
    """

    azimuths_deg: tuple[float, ...]
    angles_deg: tuple[float, ...]

    def __post_init__(self) -> None:
        usable = len(self.azimuths_deg) == len(self.angles_deg) >= 2
        if not usable or not all(0.0 <= angle <= 90.0 for angle in self.angles_deg):
            raise InvalidInput(
                "A horizon needs at least two directions, each with an angle of 0 to 90 degrees.",
                reason="energy-horizon",
                hint="Give the height of what stands before the face in degrees.",
            )


@dataclass(frozen=True, slots=True)
class EnergyElement:
    """A part of the envelope, or of the mass inside it, with one orientation and one construction.

    Attributes:
        element_id: Name of the part, unique in the model.
        kind: What it is to the heat balance.
        boundary: What lies on its far side.
        area_m2: Area seen from inside.
        azimuth_deg: Outward normal clockwise from true north, 0 to 360; 0 for horizontal parts.
        tilt_deg: 0 looks up (roof), 90 is vertical, 180 looks down (floor).
        u_w_m2k: U-value with standard surface resistances (ISO 6946).
        layers: From outside to inside; empty if only the U-value is known.
        g: Total solar energy transmittance at normal incidence (EN 410) of a glazed part.
        absorptance: Solar absorptance of the outer face.
        global_ids: Elements of the IFC model that it stands for, sorted.
        horizon: What stands before it, or None.
    """

    element_id: str
    kind: Kind
    boundary: Boundary
    area_m2: Sourced
    azimuth_deg: float
    tilt_deg: float
    u_w_m2k: Sourced
    layers: tuple[Layer, ...] = ()
    g: Sourced | None = None
    absorptance: float = 0.6
    global_ids: tuple[str, ...] = ()
    horizon: Horizon | None = None

    def __post_init__(self) -> None:
        if not self.area_m2.value > 0.0:
            raise self._refuse("energy-area", f"an area of {self.area_m2.value} m²", "Areas must be above zero.")
        if not 0.0 < self.u_w_m2k.value <= LARGEST_U_W_M2K:
            raise self._refuse(
                "energy-u", f"a U-value of {self.u_w_m2k.value} W/(m²K)", f"Give one in (0, {LARGEST_U_W_M2K}]."
            )
        if self.g is not None and not 0.0 <= self.g.value <= 1.0:
            raise self._refuse("energy-g", f"a g-value of {self.g.value}", "Give one between 0 and 1.")
        if any(layer.thickness_m <= 0.0 or layer.conductivity_w_mk <= 0.0 for layer in self.layers):
            raise self._refuse(
                "energy-layer", "a layer without thickness or conductivity", "Both must be above zero."
            )

    def _refuse(self, reason: str, what: str, hint: str) -> InvalidInput:
        entity = self.global_ids[0] if self.global_ids else self.element_id
        return InvalidInput(f"{self.element_id} has {what}.", reason=reason, hint=hint, entity=entity)


Day = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class UseProfile:
    """How a zone is used; one value for each hour of the day, the same every day.

    Attributes:
        name: Name of the profile.
        official: True only for a verified profile of a regulation.
        heating_c: Heating set-point of the air; -inf is written as -273.15 (off).
        cooling_c: Cooling set-point of the air; 1000 is off.
        gains_w_m2: Internal heat gains of people, light and appliances per floor area.
        radiative_share: Share of the gains that is radiation.
        ventilation_1_h: Air change by ventilation, beside infiltration.
        heat_recovery: Share of the ventilation heat that is kept.
        ramp_k_h: Fastest rise of the heating set-point, K/h.
    """

    name: str
    official: bool
    heating_c: Day
    cooling_c: Day
    gains_w_m2: Day
    radiative_share: float = 0.6
    ventilation_1_h: Day = (0.0,) * HOURS_OF_DAY
    heat_recovery: float = 0.0
    ramp_k_h: float = 1000.0

    def __post_init__(self) -> None:
        days = (self.heating_c, self.cooling_c, self.gains_w_m2, self.ventilation_1_h)
        finite = all(len(day) == HOURS_OF_DAY and all(map(math.isfinite, day)) for day in days)
        crossed = finite and any(low > high for low, high in zip(self.heating_c, self.cooling_c, strict=True))
        if not finite or crossed:
            raise InvalidInput(
                f"The use profile {self.name!r} is not usable.",
                reason="energy-profile",
                hint="Give 24 finite values for each schedule, and no heating set-point above the cooling one.",
                entity=self.name,
            )


@dataclass(frozen=True, slots=True)
class Zone:
    """The heated space, one air node.

    Attributes:
        floor_area_m2: Floor area.
        volume_m3: Air volume.
        infiltration_1_h: Air change by leaks.
        profile: How it is used.
    """

    floor_area_m2: Sourced
    volume_m3: Sourced
    infiltration_1_h: Sourced
    profile: UseProfile

    def __post_init__(self) -> None:
        if not (self.floor_area_m2.value > 0.0 and self.volume_m3.value > 0.0 and self.infiltration_1_h.value >= 0.0):
            raise InvalidInput(
                "A zone needs floor area and volume above zero and an air change of zero or more.",
                reason="energy-zone",
                hint="Check the areas and volumes of the spaces.",
            )


@dataclass(frozen=True, slots=True)
class EnergyModel:
    """One building as a zone behind its elements; the same data gives the same digest.

    Attributes:
        name: The building it stands for.
        zone: The heated space.
        elements: Envelope and inner mass, in a stable order.
        ground_c: Temperature under the ground parts, degrees Celsius, one for each month; empty takes it from the
            climate.
        notes: Rules that made the model, as sentences.
    """

    name: str
    zone: Zone
    elements: tuple[EnergyElement, ...]
    ground_c: tuple[float, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        ids = [element.element_id for element in self.elements]
        if not ids or len(set(ids)) != len(ids):
            raise InvalidInput(
                "An energy model needs elements with different names.", reason="energy-elements", entity=self.name
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data that `from_json` reads back to an equal model."""
        return {"format": MODEL_FORMAT, **json.loads(json.dumps(asdict(self)))}

    def digest(self) -> str:
        """Return the SHA-256 (hex) of the JSON form with sorted keys."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the model that `to_json` wrote.

        Raises:
            InvalidInput: (energy-model-json) `data` is not such a form.
        """
        try:
            if data["format"] != MODEL_FORMAT:
                raise KeyError("format")  # noqa: TRY301 - one refusal for all that is wrong
            return cls(
                name=str(data["name"]),
                zone=_zone(data["zone"]),
                elements=tuple(_element(row) for row in data["elements"]),
                ground_c=tuple(float(value) for value in data["ground_c"]),
                notes=tuple(str(note) for note in data["notes"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"This is not a stored energy model: {error}.", reason="energy-model-json", hint="Build it again."
            ) from error


def _sourced(row: Mapping[str, Any]) -> Sourced:
    return Sourced(float(row["value"]), row["unit"], Source(row["source"]), float(row["doubt"]), row["note"])


def _zone(row: Mapping[str, Any]) -> Zone:
    return Zone(
        _sourced(row["floor_area_m2"]),
        _sourced(row["volume_m3"]),
        _sourced(row["infiltration_1_h"]),
        _profile(row["profile"]),
    )


def _profile(row: Mapping[str, Any]) -> UseProfile:
    return UseProfile(
        name=str(row["name"]),
        official=bool(row["official"]),
        heating_c=tuple(row["heating_c"]),
        cooling_c=tuple(row["cooling_c"]),
        gains_w_m2=tuple(row["gains_w_m2"]),
        radiative_share=float(row["radiative_share"]),
        ventilation_1_h=tuple(row["ventilation_1_h"]),
        heat_recovery=float(row["heat_recovery"]),
        ramp_k_h=float(row["ramp_k_h"]),
    )


def _element(row: Mapping[str, Any]) -> EnergyElement:
    return EnergyElement(
        element_id=row["element_id"],
        kind=Kind(row["kind"]),
        boundary=Boundary(row["boundary"]),
        area_m2=_sourced(row["area_m2"]),
        azimuth_deg=float(row["azimuth_deg"]),
        tilt_deg=float(row["tilt_deg"]),
        u_w_m2k=_sourced(row["u_w_m2k"]),
        layers=tuple(Layer(**layer) for layer in row["layers"]),
        g=None if row["g"] is None else _sourced(row["g"]),
        absorptance=float(row["absorptance"]),
        global_ids=tuple(row["global_ids"]),
        horizon=_horizon(row["horizon"]),
    )


def _horizon(row: Mapping[str, Any] | None) -> Horizon | None:
    return None if row is None else Horizon(tuple(row["azimuths_deg"]), tuple(row["angles_deg"]))
