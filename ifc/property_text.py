"""Ordinary properties, quantities and sets, read from their text: the parser need not see them.

Ordinary is what exporters write: texts in ASCII and its common escapes, no unit of its own, and a value of the kind
that the schema declares. Whatever else a property says, and whatever else refers to it, the parser decodes it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ifc.records import Value
from ifc.step_table import MISSING, Ints, StepTable

_PLAIN = rb"[ -&(-\[\]-~]*"
_MORE = rb"(?:(?:''|\\X2\\(?:(?!00[89]|D[89A-F])[0-9A-F]{4})+\\X0\\)" + _PLAIN + rb")*"  # C1 letters may be Shift-JIS
_TEXT = rb"'(" + _PLAIN + _MORE + rb")'"
_NOTE = rb"(?:\$|'" + _PLAIN + _MORE + rb"')"
_REAL = rb"([-+]?\d+\.\d*(?:E[-+]?\d+)?)"
_OPEN, _NEXT, _CLOSE = rb"\(\s*", rb"\s*,\s*", rb"\s*\)"
_SINGLE = re.compile(
    rb"IFCPROPERTYSINGLEVALUE" + _OPEN + _TEXT + _NEXT + _NOTE + _NEXT
    + rb"(?:(\$)|([A-Z0-9]+)" + _OPEN + rb"(?:" + _TEXT + rb"|" + _REAL + rb"|([-+]?\d+)|\.([TF])\.)" + _CLOSE + rb")"
    + _NEXT + rb"\$" + _CLOSE
)  # fmt: skip
_QUANTITY = re.compile(
    rb"IFCQUANTITY[A-Z]+" + _OPEN + _TEXT + _NEXT + _NOTE + _NEXT + rb"\$" + _NEXT + _REAL
    + rb"(?:" + _NEXT + rb"\$)?" + _CLOSE
)  # fmt: skip
_SET = re.compile(
    rb"[A-Z]+" + _OPEN + _NOTE + _NEXT + rb"(?:\$|#\d+)" + _NEXT + rb"(?:\$|" + _TEXT + rb")" + _NEXT + _NOTE
    + rb"(?:" + _NEXT + _NOTE + rb")?" + _NEXT + rb"\([#\d,\s]*\)" + _CLOSE
)  # fmt: skip
_ESCAPE = re.compile(r"\\X2\\([0-9A-F]+)\\X0\\")
_NAME, _NOTHING, _TYPE, _LABEL, _NUMBER, _WHOLE, _TRUTH = range(1, 8)  # groups of a single value
_KINDS: Mapping[int, frozenset[str]] = {  # what the schema must declare for a value of each form
    _LABEL: frozenset({"string"}),
    _NUMBER: frozenset({"real", "number"}),
    _WHOLE: frozenset({"integer"}),
    _TRUTH: frozenset({"boolean", "logical"}),
}
_SINGLE_CLASS = b"IFCPROPERTYSINGLEVALUE"
QUANTITY_MEASURES: Mapping[bytes, str] = {
    b"IFCQUANTITYLENGTH": "IfcLengthMeasure",
    b"IFCQUANTITYAREA": "IfcAreaMeasure",
    b"IFCQUANTITYVOLUME": "IfcVolumeMeasure",
    b"IFCQUANTITYWEIGHT": "IfcMassMeasure",
    b"IFCQUANTITYTIME": "IfcTimeMeasure",
    b"IFCQUANTITYCOUNT": "IfcCountMeasure",
    b"IFCQUANTITYNUMBER": "IfcNumericMeasure",
}
_SETS: Mapping[bytes, str] = {b"IFCPROPERTYSET": "IfcPropertySet", b"IFCELEMENTQUANTITY": "IfcElementQuantity"}

Measured = Callable[[float, str], Value]
_Matches = Mapping[int, re.Match[bytes]]


@dataclass(frozen=True, slots=True)
class PropertyText:
    """What was found in the text of a file and left out of what the parser sees.

    Attributes:
        singles: Single values by STEP number.
        quantities: Quantities by STEP number, with the measure that the schema declares.
        sets: Class and name of property and quantity sets by STEP number.
        types: Types of values as the schema spells them, by their name in capitals.
    """

    singles: Mapping[int, re.Match[bytes]] = field(default_factory=dict)
    quantities: Mapping[int, tuple[re.Match[bytes], str]] = field(default_factory=dict)
    sets: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    types: Mapping[bytes, tuple[str, str]] = field(default_factory=dict)

    def property(self, number: int, measured: Measured) -> tuple[str, Value] | None:
        """Return name and value of a property or quantity, or None if the parser has it.

        Args:
            number: STEP number.
            measured: Makes the value of a finite number that the schema declares as a measure.
        """
        single = self.singles.get(number)
        if single is not None:
            return _decoded(single[_NAME]), self._single(single, measured)
        found = self.quantities.get(number)
        return None if found is None else (_decoded(found[0][1]), measured(float(found[0][2]), found[1]))

    def _single(self, match: re.Match[bytes], measured: Measured) -> Value:
        form = match.lastindex
        if form == _LABEL:
            return _decoded(match[_LABEL])
        if form == _TRUTH:
            return match[_TRUTH] == b"T"
        if form == _NOTHING:
            return None
        number = float(match[_NUMBER]) if form == _NUMBER else int(match[_WHOLE])
        return measured(number, self.types[match[_TYPE]][0])


def take_ordinary(table: StepTable, first: Ints, types: Mapping[bytes, tuple[str, str]]) -> PropertyText:
    """Return the ordinary properties and sets of a file, and leave them out of what the parser has to see.

    Args:
        table: The statements of the file.
        first: Of each statement the one that stands for it, `MISSING` if it is left out; changed.
        types: Types of values by name in capitals: as the schema spells it, and the kind it is declared as.
    """
    sets = _matched(table, first, tuple(_SETS), _SET)
    singles = _matched(table, first, (_SINGLE_CLASS,), _SINGLE)
    singles = {row: match for row, match in singles.items() if _declared(match, types)}
    quantities = _matched(table, first, tuple(QUANTITY_MEASURES), _QUANTITY)
    kept = _wanted_elsewhere(table, first, [*singles, *quantities])
    found = PropertyText(
        _by_number(table, singles, kept),
        {number: (match, _measure(match)) for number, match in _by_number(table, quantities, kept).items()},
        {number: _titled(match) for number, match in _by_number(table, sets, kept).items()},
        types,
    )
    first[[row for row in (*sets, *singles, *quantities) if row not in kept]] = MISSING
    return found


def _by_number(table: StepTable, found: _Matches, kept: frozenset[int]) -> dict[int, re.Match[bytes]]:
    """Return statements by STEP number, without those that are `kept` for the parser."""
    numbers = table.number[list(found)].tolist() if found else []
    return {number: match for number, (row, match) in zip(numbers, found.items(), strict=True) if row not in kept}


def _decoded(written: bytes) -> str:
    """Return a text without its escapes."""
    text = written.decode("ascii")
    if "'" in text:
        text = text.replace("''", "'")
    return _ESCAPE.sub(lambda match: bytes.fromhex(match[1]).decode("utf-16-be"), text) if "\\" in text else text


def _measure(match: re.Match[bytes]) -> str:
    return QUANTITY_MEASURES[_class(match)]


def _class(match: re.Match[bytes]) -> bytes:
    return match.string[match.start() : match.string.index(b"(", match.start())]


def _matched(table: StepTable, first: Ints, names: tuple[bytes, ...], form: re.Pattern[bytes]) -> _Matches:
    """Return the statements of some classes that are written in a form, by row."""
    rows = table.of(names)
    rows = rows[first[rows] == rows]
    places = zip(rows.tolist(), table.begin[rows].tolist(), table.end[rows].tolist(), strict=True)
    text, match = table.text, form.fullmatch
    return {row: found for row, begin, end in places if (found := match(text, begin, end))}


def _declared(match: re.Match[bytes], types: Mapping[bytes, tuple[str, str]]) -> bool:
    """Tell whether a single value is of the kind that its type is declared as."""
    form = match.lastindex or 0
    return form == _NOTHING or types.get(match[_TYPE], ("", ""))[1] in _KINDS[form]


def _titled(match: re.Match[bytes]) -> tuple[str, str]:
    """Return class and name of a set."""
    return _SETS[_class(match)], _decoded(match[1] or b"")


def _wanted_elsewhere(table: StepTable, first: Ints, rows: list[int]) -> frozenset[int]:
    """Return those of `rows` to which something refers that is no set: the parser has to see them."""
    taken = np.zeros(table.size + 1, np.bool_)  # the last one is that of no row
    taken[rows] = True
    taken[:-1] = taken[first]
    hits = taken[table.rows].nonzero()[0]
    owners = np.searchsorted(table.pointer, hits, side="right") - 1
    sets = [code for name, code in table.codes.items() if name in _SETS]
    return frozenset(first[table.rows[hits[~np.isin(table.code[owners], sets)]]].tolist())
