import gzip
import io
import zipfile
from pathlib import Path

import pytest

from ifc import IfcReadError, Reason, read_model, read_records, write_records
from ifc.gate import admit


def refused(path: Path, content: bytes, **options: int) -> IfcReadError:
    path.write_bytes(content)
    with pytest.raises(IfcReadError) as caught:
        admit(path, **options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "reason", "word"),
    [
        (b"", Reason.EMPTY, "empty"),
        (b" \n ", Reason.EMPTY, "empty"),
        (b"%PDF-1.7 ...", Reason.NOT_STEP, "PDF"),
        (b'{"type": "IfcProject"}', Reason.NOT_STEP, "JSON"),
        (b'<?xml version="1.0"?><ifcXML/>', Reason.NOT_STEP, "XML"),
        (gzip.compress(b"ISO-10303-21;", mtime=0), Reason.NOT_STEP, "gzip"),
        (b"glTF" + bytes(60), Reason.NOT_STEP, "GLB"),
        ("ISO-10303-21;\n".encode("utf-16"), Reason.ENCODING, "UTF-16"),
        ("ISO-10303-21;\n".encode("utf-16-be"), Reason.ENCODING, "UTF-16"),
        (b"\0" * 100, Reason.NOT_STEP, "binary"),
        (b"hello world", Reason.NOT_STEP, "no STEP file"),
    ],
)
def test_what_is_no_ifc_is_refused_by_name(tmp_path: Path, content: bytes, reason: Reason, word: str) -> None:
    error = refused(tmp_path / "a.ifc", content)

    assert error.reason is reason
    assert word in error.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IfcReadError) as caught:
        admit(tmp_path / "none.ifc")

    assert caught.value.reason is Reason.NOT_FOUND


def test_a_truncated_file_tells_its_last_line(step, tmp_path: Path) -> None:
    whole = step("").read_bytes()

    error = refused(tmp_path / "a.ifc", whole[: whole.index(b"#5=")])

    assert error.reason is Reason.TRUNCATED
    assert error.line == whole[: whole.index(b"#5=")].count(b"\n")


def test_a_large_file_is_refused_before_it_is_read(step) -> None:
    path = step("")
    with pytest.raises(IfcReadError) as caught:
        admit(path, max_bytes=100)

    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("declared", "schema", "rules"),
    [
        ("IFC2X3", "IFC2X3", []),
        ("IFC4", "IFC4", []),
        ("IFC4X3_ADD2", "IFC4X3_ADD2", []),
        ("IFC4X3", "IFC4X3_ADD2", ["schema.approximated"]),
        *((f"IFC4X3_RC{number}", "IFC4X3_ADD2", ["schema.approximated"]) for number in (1, 2, 3, 4)),
        ("IFC4X3_TC1", "IFC4X3_ADD2", ["schema.approximated"]),
        ("IFC4X3_ADD1", "IFC4X3_ADD2", ["schema.approximated"]),
        ("IFC4X3_ADD2_TC1", "IFC4X3_ADD2", ["schema.approximated"]),
        ("IFC4X1", "IFC4X3_ADD2", ["schema.approximated"]),
        ("IFC4X2", "IFC4X3_ADD2", ["schema.approximated"]),
        ("IFC2X_FINAL", "IFC2X3", ["schema.approximated"]),
        ("IFC2X3_FINAL", "IFC2X3", ["schema.approximated"]),
        ("IFC4_ADD2", "IFC4", ["schema.approximated"]),
    ],
)
def test_schema_tokens_are_read_as_the_nearest_known(step, declared: str, schema: str, rules: list[str]) -> None:
    admitted = admit(step("", schema=declared))

    assert (admitted.schema, admitted.declared_schema) == (schema, declared)
    assert [finding.rule for finding in admitted.findings] == rules
    assert f"FILE_SCHEMA(('{schema}'))".encode() in admitted.data


def test_an_unknown_schema_is_refused_with_its_line(step) -> None:
    with pytest.raises(IfcReadError) as caught:
        admit(step("", schema="IFC9"))

    assert caught.value.reason is Reason.SCHEMA_UNKNOWN
    assert caught.value.line == 5


def test_byte_order_mark_and_leading_comment_are_tolerated_and_lines_kept(step, tmp_path: Path) -> None:
    path = tmp_path / "bom.ifc"
    path.write_bytes(b"\xef\xbb\xbf\n/* made by\n hand */\n" + step("").read_bytes())

    assert read_model(path).header.schema == "IFC4"
    assert admit(path).data.count(b"\n") == path.read_bytes().count(b"\n")


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_ifczip_reads_like_its_content(step, tmp_path: Path) -> None:
    plain = step("")
    packed = tmp_path / "house.ifczip"
    packed.write_bytes(zipped({"model/house.ifc": plain.read_bytes(), "readme.txt": b"hi"}))

    assert read_model(packed).records == read_model(plain).records
    assert read_model(packed).file_sha256 != read_model(plain).file_sha256


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ({"a.ifc": b" " * 50_000_000}, "bomb"),
        ({"../a.ifc": b"ISO-10303-21;"}, "outside"),
        ({"/etc/a.ifc": b"ISO-10303-21;"}, "outside"),
        ({"C:\\a.ifc": b"ISO-10303-21;"}, "outside"),
        ({"a.ifc": b"x", "b.ifc": b"x"}, "2 IFC files"),
        ({"a.txt": b"x"}, "0 IFC files"),
        ({f"{n}.txt": b"x" for n in range(100)}, "entries"),
    ],
)
def test_dangerous_archives_are_refused(tmp_path: Path, entries: dict[str, bytes], word: str) -> None:
    error = refused(tmp_path / "a.ifczip", zipped(entries))

    assert error.reason is Reason.ARCHIVE
    assert word in error.message


def test_a_broken_archive_is_refused(step, tmp_path: Path) -> None:
    whole = zipped({"a.ifc": step("").read_bytes()})

    assert refused(tmp_path / "a.ifczip", whole[: len(whole) // 2]).reason is Reason.ARCHIVE


def test_the_size_limit_holds_inside_an_archive(tmp_path: Path) -> None:
    content = bytes(range(256)) * 400

    assert refused(tmp_path / "a.ifczip", zipped({"a.ifc": content}), max_bytes=2_000).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("token", ["IFC4X1", "IFC4X1_FINAL", "IFC4X2"])
def test_intermediate_schemas_are_read_as_the_latest_with_a_warning(step, token: str) -> None:
    model = read_model(step("", schema=token))

    assert (model.header.schema, model.header.declared_schema) == ("IFC4X3_ADD2", token)
    assert "schema.approximated" in {item.rule for item in model.findings}


def test_a_signature_after_the_end_is_kept_and_not_verified(step, tmp_path: Path) -> None:
    plain = step("").read_bytes()
    block = b"SIGNATURE;\nMIIB1234==\nENDSEC;"
    signed = tmp_path / "signed.ifc"
    signed.write_bytes(plain + block + b"\n")

    model, bare = read_model(signed), read_model(step(""))
    assert (model.signature_block, bare.signature_block) == (block, None)
    assert model.records == bare.records
    assert [item.rule for item in model.findings if item.rule.startswith("file.")] == ["file.signature"]
    stream = io.StringIO()
    write_records(model, stream)
    stream.seek(0)
    assert read_records(stream).signature_block == block
