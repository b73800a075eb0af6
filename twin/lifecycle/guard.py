"""Parameters that may not move in silence: fire, energy, use, loads, register figures.

An essential change of one of them needs a new building permit (verified: municipal guidance on changed designs).
Names are those of the national requirements (ÜBN Annex 1, verified) and of the common property sets of IFC. Of
load-bearing and of outer elements the shape, the place and the materials count too, whatever their properties say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ifc import ElementRecord, Measure, canonical_form
from twin.lifecycle.diff import Diff, plain


class Concern(StrEnum):
    """Why a parameter is guarded."""

    FIRE = "fire"
    ENERGY = "energy"
    USE = "use"
    LOADS = "loads"
    REGISTER = "register"


_NAMES: Mapping[Concern, frozenset[str]] = {
    Concern.FIRE: frozenset(
        {
            "FireRating", "FireExit", "Combustible", "SurfaceSpreadOfFlame", "SelfClosing", "SmokeStop",
            "Compartmentation", "MainFireUse", "FireRiskFactor", "SprinklerProtection",
            "SprinklerProtectionAutomatic", "AirPressurization", "085_Tuletõkkesektsioon", "330_Tulekindlus",
            "365_Isesulguv", "370_Evakuatsiooniväljapääs", "706_Eripõlemiskoormus", "707_Tuleohutusklass",
            "715_Evakuatsioonitee",
        }
    ),
    Concern.ENERGY: frozenset(
        {
            "ThermalTransmittance", "SolarHeatGainTransmittance", "SolarHeatGainCoefficient", "GlazingAreaFraction",
            "Infiltration", "340_Soojusläbivus", "345_Päikesekiirgus-tegur", "720_Köetav-pind",
            "721_Ruumitemperatuuriga-pind",
        }
    ),
    Concern.USE: frozenset(
        {
            "OccupancyType", "OccupancyNumber", "PubliclyAccessible", "115_Kategooria", "703_Kasutajate-arv",
            "704_Kasutusotstarve", "705_Kasutusotstarbe-kood",
        }
    ),
    Concern.LOADS: frozenset({"LoadBearing", "LiveLoad", "500_Kandev"}),
    Concern.REGISTER: frozenset(
        {
            "NumberOfStoreys", "AboveGround", "EntranceLevel", "040_Kõrgus", "041_Sügavus",
            "045_Hoonealune-pindala", "050_Neto-pindala", "055_Neto-ruumala", "070_Maapealne",
            "710_Määrusejärgne-korrus", "722_Eluruumi-number", "723_Mitteeluruumi-number",
        }
    ),
}  # fmt: skip
GUARDED: Mapping[str, Concern] = {name: concern for concern, names in _NAMES.items() for name in names}
BUILDING_QUANTITIES = frozenset(
    {
        "FootprintArea", "GrossFloorArea", "GrossVolume", "Height", "NetFloorArea", "NetVolume", "SiteCoverage",
        "TotalHeight",
    }
)  # fmt: skip
_LOAD_BEARING = frozenset({"LoadBearing", "500_Kandev"})
_OUTER = frozenset({"IsExternal", "335_Välispiire"})
_SHAPE = ("geometry_digest", "placement", "materials")
TOLERANCES: Mapping[str, float] = {  # half of the last digit that the register keeps; kernels differ by less
    "footprint_m2": 0.05,
    "height_m": 0.05,
    "net_floor_m2": 0.05,
    "storeys_above": 0.0,
}


@dataclass(frozen=True, slots=True)
class Move:
    """A guarded parameter that changed.

    Attributes:
        concern: Why it is guarded.
        global_id: The element; an empty string for a figure of the whole building.
        ifc_class: Its class.
        name: Its name.
        path: The parameter, such as ``AR_Sein/330_Tulekindlus``.
        before: Old value in canonical JSON form, None if there was none.
        after: New value, None if there is none.
    """

    concern: Concern
    global_id: str
    ifc_class: str
    name: str
    path: str
    before: Any
    after: Any

    @property
    def key(self) -> tuple[str, str]:
        """What names the parameter in a building."""
        return self.global_id, self.path

    @property
    def sentence(self) -> str:
        """The move in words."""
        who = f"{self.ifc_class} {self.name or self.global_id}".strip() if self.global_id else "The building"
        if self.path in _SHAPE:
            return f"{who}: {self.path.replace('_digest', '')} changed ({self.concern})."
        before, after = (("nothing" if value is None else plain(value)) for value in (self.before, self.after))
        return f"{who}: {self.path} changed from {before} to {after} ({self.concern})."

    def to_json(self) -> dict[str, Any]:
        """Return the move as JSON."""
        return {
            "concern": self.concern.value,
            "global_id": self.global_id,
            "ifc_class": self.ifc_class,
            "name": self.name,
            "path": self.path,
            "before": self.before,
            "after": self.after,
            "sentence": self.sentence,
        }


def moves(difference: Diff) -> tuple[Move, ...]:
    """Return the guarded parameters of elements that moved, by element and path."""
    pairs: list[tuple[ElementRecord | None, ElementRecord | None]] = [
        *((None, record) for record in difference.added),
        *((record, None) for record in difference.removed),
        *((element.before, element.after) for element in difference.changed),
    ]
    found = [move for before, after in pairs for move in _between(before, after)]
    return tuple(sorted(found, key=lambda move: move.key))


def figures(facts: Mapping[str, Any], records: Iterable[ElementRecord], footprint_m2: float | None) -> dict[str, Any]:
    """Return the figures of a whole building that the register keeps, as the model itself gives them.

    Args:
        facts: Facts of the version.
        records: Its records.
        footprint_m2: Area of its footprint in model coordinates, or None.
    """
    areas = [area for record in records if record.ifc_class == "IfcSpace" and (area := _net_area(record)) is not None]
    return {
        "footprint_m2": None if footprint_m2 is None else round(footprint_m2, 2),
        "height_m": facts.get("height_m"),
        "net_floor_m2": round(sum(areas), 2) if areas else None,
        "storeys_above": facts.get("storeys_above"),
    }


def figure_moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Move, ...]:
    """Return the figures that differ by more than their tolerance."""
    return tuple(
        Move(Concern.REGISTER, "", "IfcBuilding", "", f"figures/{name}", before[name], after[name])
        for name, tolerance in TOLERANCES.items()
        if _differs(before[name], after[name], tolerance)
    )


def parameters(record: ElementRecord) -> dict[str, tuple[Concern, Any]]:
    """Return the guarded parameters of an element: path -> why, and its value in canonical form."""
    form = canonical_form(record)
    found = dict(_properties(record, form))
    sets = record.property_sets.values()
    concern = Concern.LOADS if _says(sets, _LOAD_BEARING) else Concern.ENERGY if _says(sets, _OUTER) else None
    if concern is not None:
        found |= {path: (concern, form[path]) for path in _SHAPE if form.get(path)}
    return found


def _properties(record: ElementRecord, form: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Concern, Any]]]:
    for name, values in form.get("property_sets", {}).items():
        for key, value in values.items():
            if key in GUARDED:
                yield f"{name}/{key}", (GUARDED[key], value)
    if record.ifc_class == "IfcBuilding":
        for name, values in form.get("quantity_sets", {}).items():
            for key in BUILDING_QUANTITIES & values.keys():
                yield f"{name}/{key}", (Concern.REGISTER, values[key])


def _between(before: ElementRecord | None, after: ElementRecord | None) -> Iterator[Move]:
    old = {} if before is None else parameters(before)
    new = {} if after is None else parameters(after)
    record = after or before
    if record is None:
        return
    for path in sorted(old.keys() | new.keys()):
        concern = (old.get(path) or new[path])[0]
        values = tuple(side[path][1] if path in side else None for side in (old, new))
        if values[0] != values[1]:
            yield Move(concern, record.global_id, record.ifc_class, record.name, path, *values)


def _says(sets: Iterable[Mapping[str, Any]], names: frozenset[str]) -> bool:
    return any(values.get(name) is True for values in sets for name in names)


def _net_area(record: ElementRecord) -> float | None:
    for values in record.quantity_sets.values():
        area = values.get("NetFloorArea")
        if isinstance(area, Measure):
            return area.value
    return None


def _differs(before: Any, after: Any, tolerance: float) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(float(after) - float(before)) > tolerance + 1e-9
