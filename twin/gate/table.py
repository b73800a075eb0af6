"""The data that the register asks of a model (ÜBN Annex 1), as rows."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

TABLE = "ubn.tsv"


class DesignStage(StrEnum):
    """Stages of design in their order."""

    SKETCH = "ES"
    PRELIMINARY = "EP"
    MAIN = "PP"
    WORKING = "TP"
    AS_BUILT = "TJ"


@dataclass(frozen=True, slots=True)
class DataRow:
    """One property that is asked for.

    Attributes:
        property_set: User-defined property set, such as ``AR_Hoone``.
        ifc_class: Class that carries it.
        property: Name, to be spelled exactly so.
        attribute: IFC attribute that holds the value instead, or an empty string.
        data_type: IFC type of the value.
        stage: Asked for from this stage on.
        required: It must be there; the others are judged where they are given.
    """

    property_set: str
    ifc_class: str
    property: str
    attribute: str
    data_type: str
    stage: DesignStage
    required: bool


def data_rows(stage: DesignStage) -> tuple[DataRow, ...]:
    """Return what is asked for at `stage`, in the order of the workbook."""
    order = list(DesignStage)
    return tuple(row for row in _all() if order.index(row.stage) <= order.index(stage))


def _all() -> list[DataRow]:
    text = (files("twin.gate") / TABLE).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [
        DataRow(
            row["property_set"],
            row["ifc_class"],
            row["property"],
            row["attribute"],
            row["data_type"],
            DesignStage(row["stage"]),
            row["property"] not in EITHER,
        )
        for row in csv.DictReader(lines, delimiter="\t")
    ]


EITHER = frozenset({"722_Eluruumi-number", "723_Mitteeluruumi-number"})  # a room belongs to one kind of unit or none
