"""Tables: the records come back from them, and no cell is a formula."""

import csv
import io
import json
import zipfile
from itertools import groupby

import duckdb
import pytest

from ifc import (
    ElementRecord,
    Limits,
    MaterialPart,
    Measure,
    Reference,
    Relation,
    RelationKind,
    canonical_form,
    record_from_form,
)
from twin.errors import InvalidInput
from twin.export import TABLES, Exportable, Format, SubmittedFile, rows_of, write
from twin.exports import of_file

NASTY = ("=1+1", "+49", "-5", "@SUM(A1)", "\tx", "\r\nx", "'quoted", '"a","b"', "a\nb", "", "＝1", "öäüõ", "null")


def read_csv(folder):
    """Read the tables with the CSV reader of Python, and take the protection of text away again."""
    tables = {}
    for table in TABLES:
        with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, strict=True))
        tables[table.name] = [{key: _cell(key, text, table) for key, text in row.items()} for row in rows]
    return tables


def _cell(key, text, table):
    if key in table.numbers:
        return float(text) if text else None
    return text[1:] if text.startswith("'") else text


def read_parquet(folder):
    connection = duckdb.connect()
    tables = {}
    for table in TABLES:
        found = connection.read_parquet(str(folder / f"{table.name}.parquet"))
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        tables[table.name] = [{key: "" if value is None and key not in table.numbers else value
                               for key, value in row.items()} for row in rows]  # fmt: skip
    return tables


def value_of(row):
    match row["type"]:
        case "null":
            return None
        case "boolean":
            return row["text"] == "true"
        case "string":
            return row["text"]
        case "integer":
            return int(row["number"])
        case "real":
            return {"f": row["number"]}
        case "measure":
            return {"v": row["number"], "u": row["unit"], "k": row["measure"]}
        case "json":
            return json.loads(row["text"])


def sets_of(rows):
    return {
        name: {row["name"]: value_of(row) for row in group if row["type"] != "empty"}
        for name, group in groupby(rows, key=lambda row: row["set_name"])
    }


def records_from(tables):
    """Build the records again from the four tables."""
    by_id = {
        name: {i: list(group) for i, group in groupby(rows, key=lambda row: row["global_id"])}
        for name, rows in tables.items()
    }
    return [record_from_form(_form(row, by_id)) for row in tables["elements"]]


def _form(row, by_id):
    identity = row["global_id"]
    properties = by_id["properties"].get(identity, [])
    plain = {key: row[key] for key in ("global_id", "ifc_class", "name", "description", "object_type")}
    return plain | {
        "predefined_type": row["predefined_type"],
        "geometry_digest": row["geometry_digest"],
        "attributes": {p["name"]: value_of(p) for p in properties if p["origin"] == "attribute"},
        "property_sets": sets_of([p for p in properties if p["origin"] == "property"]),
        "quantity_sets": sets_of(by_id["quantities"].get(identity, [])),
        "placement": json.loads(row["placement"]) if row["placement"] else None,
        "materials": json.loads(row["materials"]) if row["materials"] else [],
        "references": json.loads(row["references"]) if row["references"] else [],
        "relations": [
            {"kind": r["kind"], "target": r["target"], "detail": json.loads(r["detail"]) if r["detail"] else {}}
            for r in by_id["relations"].get(identity, [])
        ],
    }


@pytest.fixture
def odd():
    """Records that hold every kind of value and every text that a spreadsheet might run."""
    measure = Measure(-0.25, "W/(m2.K)", "IfcThermalTransmittanceMeasure")
    values = {f"p{place}": text for place, text in enumerate(NASTY)}
    values |= {"=formula": True, "no": False, "none": None, "integer": -7, "huge": 2**60, "real": -1.5e-7}
    values |= {"measure": measure, "list": ("a", measure, ("b", 1)), "map": {"x": 0.5, "y": {"z": None}}}
    record = ElementRecord(
        "0$$ZYdOYXN$xNfY88ga3oD",
        "IfcWall",
        name="=HYPERLINK(1)",
        description="-cmd",
        attributes={"Tag": "@x", "Width": measure, "Flags": (True, False)},
        placement=tuple(float(number) for number in range(16)),
        property_sets={"Pset": values, "+Empty": {}},
        quantity_sets={"Qto": {"Area": Measure(12.5, "m2", "IfcAreaMeasure")}},
        materials=(MaterialPart("layer", 0, "'Wood", 0.2, properties={"Pset": {"U": measure}}),),
        references=(Reference("classification", "CCI-EE", identification="=A"),),
        relations=(Relation(RelationKind.BOUNDS, "1", {"level": 2}), Relation(RelationKind.FILLS, "2")),
    )
    other = ElementRecord("1", "IfcSpace")
    records = {record.global_id: record, other.global_id: other}
    return Exportable((), lambda: records, None, None, None)


@pytest.mark.parametrize(("form", "read"), [(Format.CSV, read_csv), (Format.PARQUET, read_parquet)])
def test_records_come_back_from_the_tables(house, odd, written, form, read):
    for name, source in (("house", house), ("odd", odd)):
        found = records_from(read(written(source, form, name)))
        assert [canonical_form(r) for r in found] == [canonical_form(r) for r in source.records().values()]


@pytest.mark.models
def test_the_records_of_a_real_model_come_back(models_dir, written):
    source = of_file(models_dir / "fzk_haus_ac20_ifc4.ifc", Limits())
    expected = [canonical_form(r) for r in source.records().values()]
    for form, read in ((Format.CSV, read_csv), (Format.PARQUET, read_parquet)):
        assert [canonical_form(r) for r in records_from(read(written(source, form, form.value)))] == expected


def test_no_cell_of_csv_is_a_formula(odd, written):
    folder = written(odd, Format.CSV, "odd")
    text_cells = 0
    for table in TABLES:
        with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for key, cell in row.items():
                    if key not in table.numbers and cell:
                        text_cells += 1
                        assert cell[0] not in "=+-@\t\r\n＝＋－＠", (key, cell)
    assert text_cells > 40


def test_csv_follows_rfc_4180(odd, written):
    raw = (written(odd, Format.CSV, "odd") / "properties.csv").read_bytes()
    assert raw.startswith(b"global_id,origin,set_name,name,type,text,number,unit,measure\r\n")
    assert raw.endswith(b"\r\n")
    assert b'"""a"",""b"""' in raw


def test_units_stand_in_a_column_of_their_own(house):
    quantities = next(table for table in TABLES if table.name == "quantities")
    units = {row[quantities.columns.index("unit")] for row in rows_of(quantities, house.records())}
    assert {"m", "m2", "m3"} <= units


def test_tables_fit_into_an_archive(house, written):
    folder, archive = written(house, Format.CSV, "folder"), written(house, Format.CSV, "tables.zip")
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert {n: opened.read(n) for n in opened.namelist()} == {f.name: f.read_bytes() for f in folder.iterdir()}


def test_parquet_columns_are_typed(house, written):
    folder = written(house, Format.PARQUET, "house")
    found = duckdb.connect().read_parquet(str(folder / "quantities.parquet"))
    types = dict(zip(found.columns, map(str, found.types), strict=True))
    assert (types["number"], types["unit"]) == ("DOUBLE", "VARCHAR")


def test_tables_do_not_overwrite_a_file(odd, tmp_path):
    (tmp_path / "file.csv").write_text("mine")
    with pytest.raises(InvalidInput) as refused:
        write(odd, Format.CSV, tmp_path / "file.csv")
    assert refused.value.reason == "target"
    assert (tmp_path / "file.csv").read_text() == "mine"


def test_submitted_bytes_go_out_as_they_came(house, written, tmp_path):
    assert written(house, Format.IFC, "copy.ifc").read_bytes() == house.files[0].path.read_bytes()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.ifc").write_bytes(b"one")
    (tmp_path / "x.ifc").write_bytes(b"two")
    files = (SubmittedFile("x.ifc", tmp_path / "a" / "x.ifc"), SubmittedFile("x.ifc", tmp_path / "x.ifc"))
    several = Exportable(files, None, None, None, None)
    with zipfile.ZipFile(io.BytesIO(written(several, Format.IFC, "all.zip").read_bytes())) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == {"x.ifc": b"one", "2-x.ifc": b"two"}
