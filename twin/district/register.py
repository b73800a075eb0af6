"""Read a CSV of register data: one row a building, named by its EHR code."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ifc import ReadFinding
from twin.district.context import Findings, Scalar
from twin.errors import InvalidInput

if TYPE_CHECKING:
    from _csv import Reader

MAX_CSV_BYTES = 256 * 1024 * 1024  # all buildings of the national register with thirty columns
MAX_COLUMNS = 200  # a sheet with more is not a list of buildings
MAX_CELL_CHARACTERS = 2_000  # descriptions included
CODE = "ehr_code"
COLUMNS: Mapping[str, str] = {
    "ehr_code": CODE, "ehr_kood": CODE, "ehrkood": CODE, "ehr": CODE, "ehr_gid": CODE, "ehitisregistri_kood": CODE,
    "ehr_code_": CODE, "building_id": CODE,
    "address": "address", "aadress": "address", "lahiaadress": "address", "taisaadress": "address",
    "use": "use", "kasutusotstarve": "use", "use_code": "use", "kaos_kood": "use", "kaoskood": "use",
    "year": "year", "aasta": "year", "ehitusaasta": "year", "esmane_kasutus": "year", "esmase_kasutuse_aasta": "year",
    "storeys": "storeys", "korruseid": "storeys", "korruste_arv": "storeys", "maapealsete_korruste_arv": "storeys",
    "area_m2": "area_m2", "ehitisealune_pind": "area_m2", "footprint_m2": "area_m2",
    "energy_class": "energy_class", "energiaklass": "energy_class", "energiamargise_klass": "energy_class",
    "height_m": "register_height_m", "korgus": "register_height_m", "korgus_m": "register_height_m",
}  # fmt: skip
_ONE_ROW = "Keep one row per building."
_REGISTER_CODE = re.compile(r"[12][0-9]{8}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
MAX_NUMBER = 1e15  # nothing about a building is larger, and steps between such numbers can still be counted


@dataclass(frozen=True, slots=True)
class CodedTable:
    """Rows of a CSV by register code.

    Attributes:
        columns: Names of the columns as used, without the code.
        rows: Attributes by EHR code.
        findings: Rows and cells that were left out.
        skipped: Number of rows left out.
    """

    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Scalar]]
    findings: tuple[ReadFinding, ...]
    skipped: int


def read_register(data: bytes) -> CodedTable:
    """Read register data; known columns get standard names and are checked, others stay as they are.

    Raises:
        InvalidInput: (too-large, csv, column, empty) the file as a whole cannot be used.
    """
    checks: Mapping[str, Callable[[str], Scalar]] = {
        "year": lambda text: _whole(text[:4] if re.match(r"\d{4}-", text) else text, 1000, 2200),
        "storeys": lambda text: _whole(text, 0, 200),
        "area_m2": _positive,
        "register_height_m": _positive,
    }
    return read_coded_table(data, COLUMNS, checks)


def read_coded_table(
    data: bytes,
    names: Mapping[str, str] = COLUMNS,
    checks: Mapping[str, Callable[[str], Scalar]] | None = None,
) -> CodedTable:
    """Read a CSV with a column of EHR codes.

    Args:
        data: UTF-8 text; comma, semicolon or tab between cells, a header line first.
        names: Standard names of columns by their folded header.
        checks: Turns the cells of a column into values; raises ValueError for a cell that cannot be used.

    Raises:
        InvalidInput: (too-large, csv, column, empty) the file as a whole cannot be used.
    """
    lines = _reader(data)
    try:
        header = _header(next(lines, []), names)
        findings = Findings()
        rows: dict[str, Mapping[str, Scalar]] = {}
        for cells in lines:
            _row(lines.line_num, cells, header, checks or {}, rows, findings)
    except csv.Error as error:
        raise InvalidInput("The file is not CSV.", reason="csv", hint="Save it as CSV in UTF-8.") from error
    if not rows:
        first = findings.all()[0] if findings.skipped else None
        raise InvalidInput(
            "The file has no row with an EHR code." + (f" The first: {first.message}" if first else ""),
            reason="empty",
            hint=first.hint if first else "A code has nine digits.",
            line=first.line if first else None,
        )
    return CodedTable(tuple(n for n in header if n and n != CODE), rows, findings.all(), findings.skipped)


def _reader(data: bytes) -> "Reader":
    if len(data) > MAX_CSV_BYTES:
        raise InvalidInput(
            f"The file has {len(data)} bytes.", reason="too-large", hint=f"Keep it under {MAX_CSV_BYTES} bytes."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is not UTF-8 text.", reason="csv", hint="Save it as CSV in UTF-8.") from error
    if "\0" in text:
        raise InvalidInput("The file holds null characters.", reason="csv", hint="Save it as CSV in UTF-8.")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _header(cells: Sequence[str], names: Mapping[str, str]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise InvalidInput(
            f"The file has {len(cells)} columns.", reason="column", hint=f"Keep it under {MAX_COLUMNS}."
        )
    header = [names.get(_folded(cell), cell.strip()[:80]) for cell in cells]
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        raise InvalidInput(f"Two columns mean “{twice}”.", reason="column", entity=twice, hint="Keep one of them.")
    if CODE not in header:
        raise InvalidInput(
            "There is no column of EHR codes.",
            reason="column",
            entity=CODE,
            hint="Name the column ehr_code; the file must be a table with commas, semicolons or tabs.",
        )
    return header


def _row(
    line: int,
    cells: Sequence[str],
    header: Sequence[str],
    checks: Mapping[str, Callable[[str], Scalar]],
    rows: dict[str, Mapping[str, Scalar]],
    findings: Findings,
) -> None:
    if not any(cell.strip() for cell in cells):
        return
    texts = dict(zip(header, (cell.strip()[:MAX_CELL_CHARACTERS] for cell in cells), strict=False))
    texts.pop("", None)  # a column without a name, as spreadsheets add them at the end
    code = texts.pop(CODE, "")
    if not _REGISTER_CODE.fullmatch(code):
        message = f"“{code[:20]}” is not an EHR code of nine digits."
        findings.skip("register.code", message, f"line {line}", "Write the code of the building register.", line)
    elif code in rows:
        findings.skip("register.duplicate", "The code stands twice; the first row was kept.", code, _ONE_ROW, line)
    elif len(cells) != len(header):
        message = f"The row has {len(cells)} cells, the header {len(header)}."
        findings.skip("register.cells", message, code, "Put cells that hold a delimiter between quotes.", line)
    else:
        rows[code] = {name: _value(name, text, checks, code, line, findings) for name, text in texts.items() if text}


def _value(
    name: str, text: str, checks: Mapping[str, Callable[[str], Scalar]], code: str, line: int, findings: Findings
) -> Scalar:
    if name not in checks:
        return text
    try:
        return checks[name](text)
    except ValueError:
        message = f"“{text[:40]}” is no {name}; it was left out."
        findings.warn("register.value", message, f"Correct the cell under {name}.", entity=code, line=line)
        return None


def number(text: str) -> float:
    """Return a finite number written with a decimal point or comma.

    Raises:
        ValueError: it is none.
    """
    plain = text.replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    value = float(plain.replace(",", "."))
    if abs(value) > MAX_NUMBER:
        raise ValueError(text)
    return value


def _positive(text: str) -> float:
    value = number(text)
    if value < 0:
        raise ValueError(text)
    return value


def _whole(text: str, low: int, high: int) -> int:
    value = number(text)
    if not value.is_integer() or not low <= value <= high:
        raise ValueError(text)
    return int(value)


def _folded(cell: str) -> str:
    folded = cell.strip().lower().translate(str.maketrans("äöõü", "aoou"))
    return re.sub(r"[^a-z0-9]+", "_", folded).strip("_")
