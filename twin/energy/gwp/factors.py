"""Emission factors of materials (modules A1 to A3): from a user's file, or the illustrative table that comes along.

No published table comes along: the licences of those at hand do not allow it. A file is CSV with the columns
`COLUMNS`, or JSON, a list of objects with the same members.
"""

import csv
import hashlib
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from twin.errors import InvalidInput

COLUMNS = ("id", "name", "unit", "kg_co2e", "density_kg_m3", "source", "status", "licence")
UNITS = ("kg", "m3")
STATUSES = ("verified", "secondary", "unverified")
MAX_FACTOR_BYTES = 16 * 1024 * 1024  # thirty thousand products
MAX_FACTORS = 50_000


@dataclass(frozen=True, slots=True)
class Factor:
    """The emission of making one unit of a material.

    Attributes:
        factor_id: Its id in its table.
        name: Name of the product or material.
        unit: ``kg`` or ``m3``.
        kg_co2e: kg CO2 equivalent of one unit, modules A1 to A3; below zero for stored biogenic carbon.
        density_kg_m3: Density, needed for ``kg`` where the model gives none.
        source: Who published it.
        status: ``verified``, ``secondary`` or ``unverified``.
        licence: Under which terms.
    """

    factor_id: str
    name: str
    unit: str
    kg_co2e: float
    density_kg_m3: float | None
    source: str
    status: str
    licence: str

    def per_m3(self, density_kg_m3: float | None) -> float | None:
        """Return kg CO2 equivalent per m3; the density of the model counts first; None if none is known."""
        if self.unit == "m3":
            return self.kg_co2e
        density = density_kg_m3 or self.density_kg_m3
        return None if density is None else self.kg_co2e * density


@dataclass(frozen=True, slots=True)
class FactorTable:
    """Factors by id.

    Attributes:
        name: Name of the table.
        sha256: Digest of its bytes.
        factors: The factors.
    """

    name: str
    sha256: str
    factors: Mapping[str, Factor]

    def get(self, factor_id: str) -> Factor:
        """Return a factor.

        Raises:
            InvalidInput: (gwp-factor) there is none of that id.
        """
        try:
            return self.factors[factor_id]
        except KeyError:
            raise InvalidInput(
                "There is no such factor in the table.", reason="gwp-factor", hint=f"Table: {self.name}.",
                entity=factor_id[:80],
            ) from None  # fmt: skip


def read_factors(data: bytes, name: str) -> FactorTable:
    """Read a table of factors, CSV or JSON.

    Raises:
        InvalidInput: (gwp-table) the table cannot be used; the line or the place in the list is named.
    """
    if len(data) > MAX_FACTOR_BYTES:
        raise _refuse("The table is too large.", name, None)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse("The table is not UTF-8.", name, None) from error
    rows = _json_rows(text, name) if text.lstrip()[:1] in ("[", "{") else _csv_rows(text, name)
    factors: dict[str, Factor] = {}
    for line, row in rows:
        factor = _factor(row, name, line)
        if factor.factor_id in factors:
            raise _refuse(f"The id {factor.factor_id[:40]!r} is there twice.", name, line)
        factors[factor.factor_id] = factor
    if not 0 < len(factors) <= MAX_FACTORS:
        raise _refuse(f"The table has {len(factors)} factors, not 1 to {MAX_FACTORS}.", name, None)
    return FactorTable(name, hashlib.sha256(data).hexdigest(), factors)


def illustrative_factors() -> FactorTable:
    """Return the table that comes along: round figures to try the way with, each marked unverified."""
    data = resources.files("twin.energy.gwp").joinpath("illustrative.csv").read_bytes()
    return read_factors(data, "illustrative (unverified)")


def _csv_rows(text: str, name: str) -> list[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    missing = set(COLUMNS) - {(column or "").strip() for column in reader.fieldnames or ()}
    if missing:
        raise _refuse(f"Columns are missing: {', '.join(sorted(missing))}.", name, 1)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise _refuse("The table is not CSV.", name, reader.line_num) from error


def _json_rows(text: str, name: str) -> list[tuple[int, Mapping[str, Any]]]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _refuse("The table is not JSON.", name, getattr(error, "lineno", None)) from error
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise _refuse("The table is no list of objects.", name, None)
    return list(enumerate(data, 1))


def _factor(row: Mapping[str, Any], name: str, line: int) -> Factor:
    texts = {key: str(row.get(key) or "").strip() for key in COLUMNS}
    try:
        kg = float(texts["kg_co2e"])
        density = float(texts["density_kg_m3"]) if texts["density_kg_m3"] else None
    except ValueError as error:
        raise _refuse("A factor or a density is no number.", name, line) from error
    fine = math.isfinite(kg) and (density is None or (math.isfinite(density) and density > 0.0))
    if not fine or not texts["id"] or texts["unit"] not in UNITS or texts["status"] not in STATUSES:
        raise _refuse(
            f"A row needs an id, a finite factor, a unit of {', '.join(UNITS)}, a status of {', '.join(STATUSES)}.",
            name, line,
        )  # fmt: skip
    return Factor(
        texts["id"], texts["name"], texts["unit"], kg, density, texts["source"], texts["status"], texts["licence"]
    )


def _refuse(message: str, name: str, line: int | None) -> InvalidInput:
    hint = f"CSV or JSON with {', '.join(COLUMNS)}."
    return InvalidInput(message, reason="gwp-table", hint=hint, entity=name[:80], line=line)
