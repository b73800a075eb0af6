import pytest

from ifc import read_model
from ifc.encoding import escape_letters, from_shift_jis, repair_escapes, to_utf8


def test_utf8_passes_untouched() -> None:
    data = "Köök".encode()

    assert to_utf8(data) == (data, [])


def test_shift_jis_bytes_are_decoded_and_told() -> None:
    data, findings = to_utf8("x\n'壁タイプ'".encode("cp932"))

    assert data.decode() == "x\n'壁タイプ'"
    assert [(item.rule, item.line) for item in findings] == [("encoding.guessed", 2)]


def test_western_bytes_are_not_taken_for_japanese() -> None:
    data, findings = to_utf8("'Köök Größe'".encode("cp1252"))

    assert data.decode() == "'Köök Größe'"
    assert "cp1252" in findings[0].message


def test_shift_jis_written_byte_by_byte_is_decoded() -> None:
    assert from_shift_jis("ガラス".encode("cp932").decode("latin-1")) == "ガラス"
    assert from_shift_jis("Köök") == "Köök"


def test_broken_escapes_are_replaced_with_their_line() -> None:
    data, findings = repair_escapes(rb"ok \X2\00E4\X0\ " + b"\n" + rb"bad \X2\00E\X0\ and \X2\D800\X0\ end")

    assert data == rb"ok \X2\00E4\X0\ " + b"\n" + rb"bad \X2\FFFD\X0\ and \X2\FFFD\X0\ end"
    assert [item.line for item in findings] == [2, 2]


def test_a_section_sign_with_a_bare_quote_does_not_end_the_text() -> None:
    assert repair_escapes(rb"('\S\'x',1)")[0] == rb"('\X\A7x',1)"
    assert repair_escapes(rb"('\S\''x',1)")[0] == rb"('\X\A7x',1)"
    assert repair_escapes(rb"('x\S\'',1)")[0] == rb"('x\X\A7',1)"


@pytest.mark.parametrize("text", ["OÜ", "Õue tn 5", "žürii", "壁タイプ", "🏠 maja", "a\\\\ö", "öäüõ šž"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig"])
def test_letters_written_as_they_are_arrive(step, text, coding) -> None:
    path = step(
        f"#20=IFCWALL('0000000000000000000020',$,'{text}',$,$,$,$,$,$);\n"
        "#21=IFCRELDEFINESBYPROPERTIES('0000000000000000000021',$,$,$,(#20),#22);\n"
        f"#22=IFCPROPERTYSET('0000000000000000000022',$,'{text}',$,(#23));\n"
        f"#23=IFCPROPERTYSINGLEVALUE('Nimi',$,IFCLABEL('{text}'),$);\n"
    )
    path.write_bytes(path.read_text(encoding="utf-8").replace("'author 2'", f"'{text}'").encode(coding))

    model = read_model(path)

    wall = model.by_id()["20".rjust(22, "0")]
    said = text.replace("\\\\", "\\")
    assert wall.name == said
    assert wall.property_sets == {said: {"Nimi": said}}
    assert model.header.originating_system == said


def test_letters_of_other_code_pages_arrive(step) -> None:
    path = step("#20=IFCWALL('0000000000000000000020',$,'壁タイプ',$,$,$,$,$,$);\n")
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp932"))
    assert read_model(path).by_id()["20".rjust(22, "0")].name == "壁タイプ"
    path.write_bytes(path.read_bytes().replace("壁タイプ".encode("cp932"), "Köök Größe".encode("cp1252")))
    assert read_model(path).by_id()["20".rjust(22, "0")].name == "Köök Größe"


def test_escapes_of_letters_are_those_of_the_standard() -> None:
    assert escape_letters("'aäb🏠'".encode()) == rb"'a\X2\00E4\X0\b\X4\0001F3E0\X0\'"
    assert escape_letters(b"plain") == b"plain"
