from ifc.step import StepText, arguments, numbers, without_comments

TEXT = b"""ISO-10303-21;
HEADER;
FILE_NAME('a;b','','');
ENDSEC;
DATA;
#1=IFCWALL('x;#9=',$,
  'it''s');
/* #7=IFCDOOR(); */
#2 = IFCCARTESIANPOINT((1.,2.));
ENDSEC;
END-ISO-10303-21;
"""


def test_statements_respect_texts_comments_and_line_breaks() -> None:
    text = StepText(TEXT)

    assert list(text.statements) == [b"#1", b"#2"]
    assert text.statements[b"#2"] == b"IFCCARTESIANPOINT((1.,2.))"
    assert dict(text.counts) == {"IFCWALL": 1, "IFCCARTESIANPOINT": 1}


def test_lines_are_those_of_the_file() -> None:
    text = StepText(TEXT)

    assert (text.line_of(1), text.line_of(2), text.line_of(3)) == (6, 9, None)


def test_header_statements_are_found() -> None:
    assert StepText(TEXT).header("FILE_NAME") == b"FILE_NAME('a;b','','')"


def test_comment_marks_inside_texts_are_text() -> None:
    assert without_comments(b"'/* no */' /* yes\n */") == b"'/* no */'  \n"
    assert without_comments(b"/* yes */'/* no */'") == b" '/* no */'"


def test_arguments_split_at_the_top_level_only() -> None:
    assert arguments(b"IFCX('a,b',(1,(2,3)),$,IFCLABEL('c)'))") == [b"'a,b'", b"(1,(2,3))", b"$", b"IFCLABEL('c)')"]
    assert arguments(b"IFCX(#1, #2)") == [b"#1", b"#2"]
    assert numbers(b"(1.,-2.5E1)") == (1.0, -25.0)
    assert numbers(b"(#1)") == ()


def fault(statement: bytes, classes: frozenset[str] | None = None) -> tuple[int, str | None]:
    text = StepText(b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n#1=IFCWALL($);\n" + statement + b"\nENDSEC;\n")
    found = text.first_fault(classes)
    assert found is not None
    return found.line, found.entity


def test_the_first_fault_is_told_with_its_line() -> None:
    assert fault(b"#2=IFCWALL('open,$);") == (6, "#2 IFCWALL")
    assert fault(b"#2=IFCWALL((1.,2.);") == (6, "#2 IFCWALL")
    assert fault(b"#2=IFCPOINT((NAN,1.));") == (6, "#2 IFCPOINT")
    assert fault(b"#99999999999=IFCWALL($);")[0] == 6
    assert fault(b"#1=IFCDOOR($);")[0] == 6
    assert fault(b"#2 IFCDOOR($);")[0] == 6
    assert fault(b"#2=IFCGATE($);", frozenset({"IFCWALL"}))[0] == 6


def test_sound_statements_have_no_fault() -> None:
    sound = b"#1=IFCX($,*,.T.,'it''s',1,-2.,3.E-5,\"0F\",#7,(IFCLABEL('a'),()));"

    assert StepText(b"DATA;\n" + sound).first_fault() is None
