"""Tables as files: CSV that no spreadsheet executes, and Parquet."""

import csv
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from ifc import ElementRecord
from twin.errors import InvalidInput
from twin.export.tables import TABLES, Cell, Table, rows_of

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"  # a spreadsheet takes a cell that begins so for a formula (OWASP)
QUOTE = "'"  # put before such a text; a text that begins with it gets one more, so that reading takes one away
MAX_JSON_ROW_BYTES = 256 * 1024**2  # one row of the largest property list; DuckDB's own limit is 16 MiB

WriteTable = Callable[[Table, Mapping[str, ElementRecord], Path], None]


def write_csv(table: Table, records: Mapping[str, ElementRecord], path: Path) -> None:
    """Write `table` as CSV (RFC 4180): UTF-8, comma, CRLF, a header line, text that is no formula."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(table.columns)
        for row in rows_of(table, records):
            writer.writerow([_safe(cell) for cell in row])


def write_parquet(table: Table, records: Mapping[str, ElementRecord], path: Path) -> None:
    """Write `table` as Parquet: text as UTF-8 strings, numbers as 64-bit floats, nothing as null."""
    types = {column: "DOUBLE" if column in table.numbers else "VARCHAR" for column in table.columns}
    with tempfile.TemporaryDirectory(prefix="kaksik-") as folder:
        lines = Path(folder, "rows.jsonl")
        with lines.open("w", encoding="utf-8") as stream:
            for row in rows_of(table, records):
                stream.write(json.dumps(dict(zip(table.columns, row, strict=True)), ensure_ascii=False) + "\n")
        with duckdb.connect(config={"autoinstall_known_extensions": "false", "temp_directory": folder}) as connection:
            rows = connection.read_json(
                str(lines), columns=types, format="newline_delimited", maximum_object_size=MAX_JSON_ROW_BYTES
            )
            rows.write_parquet(str(path), compression="zstd")


def write_tables(write: WriteTable, suffix: str, records: Mapping[str, ElementRecord], target: Path) -> None:
    """Write all tables with `write` into the folder `target`, or into one archive if its name ends in ``.zip``.

    Raises:
        InvalidInput: (target) `target` is a file that is no archive.
    """
    if target.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory(prefix="kaksik-") as folder:
            write_tables(write, suffix, records, Path(folder))
            pack({file.name: file for file in sorted(Path(folder).iterdir())}, target)
        return
    if target.exists() and not target.is_dir():
        raise InvalidInput(
            "The tables need a folder or a .zip archive.",
            reason="target",
            entity=target.name,
            hint="Name a folder, or a file that ends in .zip.",
        )
    target.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        write(table, records, target / f"{table.name}.{suffix}")


def pack(files: Mapping[str, Path], target: Path) -> None:
    """Write an archive of `files` under the names given; equal files give equal bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as place:
                while block := source.read(1 << 20):
                    place.write(block)


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith((*FORMULA_STARTS, QUOTE)):
        return QUOTE + cell
    return repr(cell) if isinstance(cell, float) else cell
