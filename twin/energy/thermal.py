"""U-values and g-values of elements: property, then layers, then a table by year, each with its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ifc import ElementRecord, MaterialPart, Measure, RelationKind, Severity, Value
from twin.energy.construction import u_of_layers
from twin.energy.findings import EnergyFinding
from twin.energy.values import LARGEST_U_W_M2K, Kind, Layer, Source, Sourced

U_UNIT = "W/(m2.K)"
U_PROPERTIES = ("ThermalTransmittance", "340_Soojusläbivus")
G_PROPERTIES = ("345_Päikesekiirgus-tegur", "SolarHeatGainTransmittance", "GValue")
YEAR_PROPERTIES = ("YearOfConstruction",)
WHOLES = frozenset(
    {"IfcRoof", "IfcWall", "IfcSlab", "IfcCurtainWall", "IfcWallElementedCase", "IfcSlabElementedCase"}
)
CONDUCTIVITY = "ThermalConductivity"
DOUBT_PROPERTY = 0.05  # share of the value: declared by the author, not measured
DOUBT_LAYERS = 0.10  # share: thermal bridges and moisture are not in the layers

Records = Mapping[str, ElementRecord]


@dataclass(frozen=True, slots=True)
class DefaultRow:
    """Usual values of a building period, where nothing better is known.

    Attributes:
        until: Last year of construction it stands for.
        u_w_m2k: U-value by kind.
        g: Total solar energy transmittance of windows.
        doubt: Share of the value.
        source_status: ``verified``, ``secondary`` or ``unverified``.
        note: Where the row comes from.
    """

    until: int
    u_w_m2k: Mapping[Kind, float]
    g: float
    doubt: float
    source_status: str
    note: str


def _row(
    until: int, values: tuple[float, float, float, float, float, float], doubt: float, status: str, note: str
) -> DefaultRow:
    wall, roof, floor, window, door, g = values
    u = {Kind.WALL: wall, Kind.ROOF: roof, Kind.FLOOR: floor, Kind.WINDOW: window, Kind.DOOR: door}
    return DefaultRow(until, u, g, doubt, status, note)


# wall, roof, floor, window, door in W/(m2.K), then g
DEFAULTS = (
    _row(
        1990, (0.8, 0.7, 0.7, 2.5, 2.5, 0.70), 0.4, "unverified",
        "walls of the 1970s and 1980s 0.6 to 0.86 (secondary source), the rest common knowledge",
    ),
    _row(2008, (0.35, 0.25, 0.35, 1.8, 1.8, 0.65), 0.5, "unverified", "common knowledge of the period"),
    _row(2018, (0.22, 0.16, 0.20, 1.2, 1.2, 0.55), 0.4, "unverified", "common knowledge of the period"),
    _row(
        9999, (0.13, 0.085, 0.11, 0.85, 1.0, 0.50), 0.3, "unverified",
        "middle of the values recommended for nearly-zero-energy small houses; doors and g common knowledge",
    ),
)  # fmt: skip
UNKNOWN_YEAR_ROW = DEFAULTS[1]
UNKNOWN_YEAR_DOUBT = 0.8  # share; covers the neighbouring rows


def number(value: Value) -> float | None:
    """Return a number of a property, or None."""
    if isinstance(value, Measure):
        return value.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def with_type(record: ElementRecord, records: Records) -> Iterator[ElementRecord]:
    """Yield the record, then its types, then the element that it is a part of (slab of a roof) with its types."""
    yield record
    for target in record.targets(RelationKind.TYPED_BY):
        if target in records:
            yield records[target]
    for target in record.targets(RelationKind.AGGREGATED_IN):
        whole = records.get(target)
        if whole is not None and whole.ifc_class in WHOLES:
            yield from with_type(whole, records)


def declared_year(records: Records) -> int | None:
    """Return the year of construction that the building declares, or None."""
    for record in records.values():
        if record.ifc_class == "IfcBuilding" and (found := find_property(record, records, YEAR_PROPERTIES)):
            digits = str(found[1])[:4]
            return int(digits) if digits.isdigit() and len(digits) == 4 else None
    return None


def find_property(record: ElementRecord, records: Records, names: tuple[str, ...]) -> tuple[str, Value] | None:
    """Return ``set.property`` and its value, of the element, its type or its whole."""
    for holder in with_type(record, records):
        for name in names:
            for set_name in sorted(holder.property_sets):
                if name in holder.property_sets[set_name]:
                    return f"{set_name}.{name}", holder.property_sets[set_name][name]
    return None


class Thermal:
    """Looks up the values of elements and keeps what it noticed.

    Args:
        records: All records of the version.
        construction_year: Year of the building, or None if nobody knows.
    """

    def __init__(self, records: Records, construction_year: int | None) -> None:
        self._records = records
        self._row = next((row for row in DEFAULTS if construction_year and construction_year <= row.until), None)
        self._known: dict[tuple[str, Kind], Sourced] = {}
        self._defaulted: dict[str, list[str]] = {}
        self._odd: list[EnergyFinding] = []

    def u(self, global_id: str, kind: Kind) -> Sourced:
        """Return the U-value of an element (empty id: of no element, from the table)."""
        key = (global_id, kind)
        if key not in self._known:
            self._known[key] = self._find_u(global_id, kind)
        return self._known[key]

    def g(self, global_id: str) -> Sourced:
        """Return the total solar energy transmittance of a window."""
        record = self._records.get(global_id)
        found = find_property(record, self._records, G_PROPERTIES) if record else None
        value = number(found[1]) if found else None
        if found and value is not None and 0.0 < value <= 1.0:
            return Sourced(value, "1", Source.IFC, DOUBT_PROPERTY * value, found[0])
        if found:
            self._report("energy.g-unusable", f"{found[0]} is {value}, not between 0 and 1.", global_id)
        row, doubt = self._table()
        return Sourced(row.g, "1", Source.DEFAULT, row.g * doubt / 2.0, self._table_note(row))

    def findings(self) -> tuple[EnergyFinding, ...]:
        """Return what was noticed so far."""
        missing = [
            EnergyFinding(
                "energy.u-default",
                Severity.WARNING,
                f"No usable U-value of {len(ids)} {kind} elements; the table by year of construction was used.",
                "Give ThermalTransmittance, or layers with a conductivity above zero.",
                tuple(sorted(ids)),
            )
            for kind, ids in sorted(self._defaulted.items())
        ]
        return (*self._odd, *missing)

    def _find_u(self, global_id: str, kind: Kind) -> Sourced:
        record = self._records.get(global_id)
        if record is not None:
            found = self._declared(record) or self._layered(record, kind)
            if found:
                return found
            self._defaulted.setdefault(kind.value, []).append(global_id)
        row, doubt = self._table()
        value = row.u_w_m2k[kind]
        return Sourced(value, U_UNIT, Source.DEFAULT, value * doubt, self._table_note(row))

    def _declared(self, record: ElementRecord) -> Sourced | None:
        found = find_property(record, self._records, U_PROPERTIES)
        if found is None:
            return None
        value = number(found[1])
        if value is not None and 0.0 < value <= LARGEST_U_W_M2K:
            return Sourced(value, U_UNIT, Source.IFC, DOUBT_PROPERTY * value, found[0])
        if value != 0.0:  # exporters write 0 for unknown
            self._report(
                "energy.u-unusable", f"{found[0]} is {value} W/(m²K), which no element has.", record.global_id
            )
        return None

    def _layered(self, record: ElementRecord, kind: Kind) -> Sourced | None:
        for holder in with_type(record, self._records):
            parts = [part for part in holder.materials if part.role == "layer" and part.thickness_m != 0.0]
            layers = [layer for layer in map(layer_of, parts) if layer is not None]
            if parts and len(layers) == len(parts):
                value = u_of_layers(tuple(layers), kind)
                return Sourced(value, U_UNIT, Source.DERIVED, DOUBT_LAYERS * value, f"{len(layers)} material layers")
        return None

    def _table(self) -> tuple[DefaultRow, float]:
        return (self._row, self._row.doubt) if self._row else (UNKNOWN_YEAR_ROW, UNKNOWN_YEAR_DOUBT)

    def _table_note(self, row: DefaultRow) -> str:
        year = f"built until {row.until}" if self._row else "year of construction unknown"
        return f"{year}; source {row.source_status}: {row.note}"

    def _report(self, rule: str, message: str, global_id: str) -> None:
        finding = EnergyFinding(rule, Severity.ERROR, message, "Correct the property in the model.", (global_id,))
        if finding not in self._odd:
            self._odd.append(finding)


def layer_of(part: MaterialPart) -> Layer | None:
    """Return the layer of a material part, or None if its conductivity is missing or zero."""
    values: dict[str, float] = {}
    for name in sorted(part.properties):
        for key, value in part.properties[name].items():
            found = number(value)
            if found is not None and found > 0.0:
                values.setdefault(key, found)
    if not part.thickness_m or part.thickness_m <= 0.0 or CONDUCTIVITY not in values:
        return None
    return Layer(
        part.thickness_m,
        values[CONDUCTIVITY],
        values.get("MassDensity", 0.0),
        values.get("SpecificHeatCapacity", 0.0),
        part.material,
    )
