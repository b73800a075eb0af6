"""What a question is: a Cypher text with typed parameters and typed columns.

Rules that every text keeps:
1. It runs inside one scope: it names `$scope` (or `$city`), or begins at a node whose id holds the scope.
2. Paths are bounded: one of the engines stops at ten hops without saying so.
3. The order of the rows is total, so that all engines give the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ParameterKind(StrEnum):
    """What a parameter names."""

    SPACE = "space"
    STOREY = "storey"
    ELEMENT = "element"
    SYSTEM = "system"
    TEXT = "text"
    NUMBER = "number"


class ColumnKind(StrEnum):
    """Type of the values of a column; every value may be null."""

    GLOBAL_ID = "global_id"
    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question.

    Attributes:
        name: Name in the query string.
        kind: What it names.
        unit: UCUM unit of a number.
        default: What it is if not given; None if it must be given.
    """

    name: str
    kind: ParameterKind
    unit: str = ""
    default: str | float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Type of a column, with the UCUM unit of numbers."""

    name: str
    kind: ColumnKind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A named question.

    Attributes:
        name: Stable name.
        title: The question in words, by language (``en``, ``et``, ``fr``).
        parameters: What can be given.
        columns: What the answer holds, in order.
        key: Columns that tell rows apart; what another version answers is compared by them.
        text: The Cypher text.
    """

    name: str
    title: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    text: str

    @property
    def of_city(self) -> bool:
        """Return whether it asks the city around the building rather than the building itself."""
        return self.of_one_place or "$city" in self.text

    @property
    def of_one_place(self) -> bool:
        """Return whether what stands around one building is enough to answer it."""
        return "$place" in self.text


def _columns(kind: ColumnKind, names: str, unit: str = "") -> dict[str, Column]:
    return {name: Column(name, kind, unit) for name in names.split()}


# A column of one name means the same in every question.
COLUMNS: Mapping[str, Column] = {
    **_columns(ColumnKind.GLOBAL_ID, "space element door window storey system zone type opening filling"),
    **_columns(ColumnKind.TEXT, "name long_name ifc_class source fire_rating category dwelling material rating"),
    **_columns(ColumnKind.TEXT, "point kind quantity_kind unit predefined_type type_name"),
    **_columns(ColumnKind.INTEGER, "spaces elements members points with_volume connections", "1"),
    **_columns(ColumnKind.TEXT, "building taller parcel plan plan_area address land_use"),
    **_columns(ColumnKind.INTEGER, "max_storeys", "1"),
    **_columns(ColumnKind.NUMBER, "share", "1"),
    **_columns(ColumnKind.NUMBER, "max_footprint_m2", "m2"),
    **_columns(ColumnKind.NUMBER, "distance_m shared_wall_m taller_height_m max_height_m", "m"),
    **_columns(ColumnKind.BOOLEAN, "external load_bearing"),
    **_columns(ColumnKind.NUMBER, "area_m2", "m2"),
    **_columns(ColumnKind.NUMBER, "volume_m3", "m3"),
    **_columns(ColumnKind.NUMBER, "elevation_m width_m height_m", "m"),
    **_columns(ColumnKind.NUMBER, "u_value_w_m2k", "W/(m2.K)"),
}


def make(
    name: str, en: str, et: str, fr: str, text: str, *parameters: Parameter, columns: str, key: str = ""
) -> Question:
    """Return a question; `columns` and `key` are names of `COLUMNS`, by default the first column is the key."""
    chosen = tuple(COLUMNS[column] for column in columns.split())
    return Question(
        name, {"en": en, "et": et, "fr": fr}, parameters, chosen, tuple(key.split()) or (chosen[0].name,), text
    )


SPACE = Parameter("space", ParameterKind.SPACE)
STOREY = Parameter("storey", ParameterKind.STOREY)
ELEMENT = Parameter("element", ParameterKind.ELEMENT)
SYSTEM = Parameter("system", ParameterKind.SYSTEM)
TEXT = Parameter("text", ParameterKind.TEXT)
