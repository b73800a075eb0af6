from ifc.encoding import from_shift_jis, repair_escapes, to_utf8


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
