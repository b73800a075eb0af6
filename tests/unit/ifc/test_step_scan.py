"""The compiled pass over a file sees what the slow search sees, and never more than the file."""

import random
import re
from pathlib import Path

import numpy as np
import pytest

from ifc.step import StepText
from ifc.step_table import MISSING, StepTable, scanned, stand_ins, tabled, text_of

HEAD = b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n"
TAIL = b"ENDSEC;\nEND-ISO-10303-21;\n"
EVEN = (
    b"#1=IFCWALL('x;y''z',$,*,.T.,(#2,#3),IFCLABEL('a'),(),-1.5E-3,\"0F\");\n"
    b"#2 = IFCPOINT ( (1.,2) ) ;\r\n#3=IFCSET((),((#1),$),#2);"
)
INSTANCE = re.compile(rb"(#\d+)\s*=\s*([^';]*+(?:'[^']*+'[^';]*+)*+);")


def scan(body: bytes) -> StepTable | None:
    return scanned(HEAD + body + TAIL, len(HEAD))


def test_statements_classes_and_references_are_columns() -> None:
    table = scan(EVEN)

    assert table is not None
    assert table.number.tolist() == [1, 2, 3]
    assert [table.names[code] for code in table.code] == [b"IFCWALL", b"IFCPOINT", b"IFCSET"]
    assert (table.target.tolist(), table.place.tolist()) == ([2, 3, 1, 2], [4, 4, 1, 2])
    assert table.pointer.tolist() == [0, 2, 2, 4]
    assert table.body(1) == b"IFCPOINT ( (1.,2) )"
    assert table.rows.tolist() == [1, 2, 0, 1]
    assert [item.tolist() for item in table.links(np.array([0, 2], np.int32), 1)] == [[2], [1]]


@pytest.mark.parametrize(
    "body",
    [
        b"#1=IFCWALL('open,$);",
        b"#1=IFCWALL($;",
        b"#1=IFCWALL($));",
        b"#1=IFCWALL($)",
        b"#1=IFCWALL($,);",
        b"#1=IFCWALL(,$);",
        b"#1=IFCWALL($ $);",
        b"#1=IFCWALL(1.2.3);",
        b"#1=IFCWALL(NAN);",
        b"#1=IFCWALL(1.E999);",
        b"#1=IFCWALL(99999999999);",
        b"#1=IFCWALL(#);",
        b"#1=IFCWALL(.T);",
        b"#1=ifcwall($);",
        b"#1=(IFCA()IFCB());",
        b"#1=IFCWALL($);#1=IFCWALL($);",
        b"#01=IFCWALL($);",
        b"#99999999999=IFCWALL($);",
        b"1=IFCWALL($);",
        b"#1=IFCWALL('a;\n#2=IFCWALL('');",
        b"#1=IFCWALL(" + b"(" * 100 + b")" * 100 + b");",
    ],
)
def test_what_is_not_even_is_left_to_the_search(body: bytes) -> None:
    assert scan(body) is None


@pytest.mark.parametrize("end", range(0, len(EVEN), 3))
def test_a_file_that_ends_anywhere_is_read_no_further(end: int) -> None:
    beyond = np.frombuffer(HEAD + EVEN[:end], np.uint8)
    table = scanned(beyond.tobytes(), len(HEAD))

    assert table is None


def test_damaged_files_are_seen_as_the_search_sees_them_or_not_at_all() -> None:
    chance = random.Random(7)
    seen = 0
    for _ in range(3_000):
        damaged = bytearray(EVEN)
        for _ in range(chance.randint(1, 2)):
            damaged[chance.randrange(len(damaged))] = chance.choice(b"#=;'(),.$ 1AZ\"\x01\xff")
        table = scan(bytes(damaged))
        if table is not None:
            seen += 1
            found = {b"#%d" % number: table.body(row) for row, number in enumerate(table.number.tolist())}
            assert found == {key: body.strip() for key, body in INSTANCE.findall(bytes(damaged))}
    assert seen > 100


def test_numbers_far_apart_are_found_as_well() -> None:
    table = scan(b"#7=IFCA(#4000000000,#9);#4000000000=IFCB(#7);")

    assert table is not None
    assert table.rows.tolist() == [1, -1, 0]


@pytest.mark.models
def test_real_files_have_the_same_statements_both_ways(models_dir: Path) -> None:
    for name in ("duplex_arch_2x3", "acca_telecom_4x3", "three_rooms_sb_ifc4"):
        text = StepText((models_dir / f"{name}.ifc").read_bytes())
        slow = tabled(dict(INSTANCE.findall((models_dir / f"{name}.ifc").read_bytes())))

        assert text.table.number.tolist() == slow.number.tolist()
        assert text.even
        assert [text.table.names[code] for code in text.table.code] == [slow.names[code] for code in slow.code]
        assert text.table.target.tolist() == slow.target.tolist()
        assert text.table.place.tolist() == slow.place.tolist()
        assert text.table.pointer.tolist() == slow.pointer.tolist()


def test_the_parser_sees_what_stays_with_references_that_follow() -> None:
    table = scan(
        b"#1=IFCGONE();#2=IFCVALUE('a#1');#30=IFCVALUE('a#1');#4=IFCVALUE('b');"
        b"#5=IFCSET(#1,(#30,#4,#1),(#1),(#1,#2),(#2,#1,#4),(#99));"
    )

    assert table is not None
    first = stand_ins(table, [b"IFCGONE"], [b"IFCVALUE"])
    text = text_of(table, first)
    assert text == b"#2=IFCVALUE('a#1');\n#4=IFCVALUE('b');\n#5=IFCSET($,(#2,#4),(),(#2),(#2,#4),(#99));\n"
    assert first.tolist() == [MISSING, 1, 1, 3, 4]


def test_numbers_too_large_for_any_column_are_kept_apart() -> None:
    table = tabled({b"#1": b"IFCA(#" + b"9" * 6_000 + b")", b"#" + b"9" * 6_000: b"IFCB(#1)"})

    assert table.number.tolist() == [1, 1 << 62]
    assert table.rows.tolist() == [1, 0]
