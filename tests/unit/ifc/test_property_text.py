"""Properties read from their text are those that the parser decodes."""

import random

import pytest

from ifc import Measure, Model, digest, read_model
from ifc.reader import read_model as read_again

WALL = "#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,$,$,$);\n"
KEY = "0000000000000000000020"
VALUES = (
    "$",
    "IFCLABEL('EI 60')",
    "IFCLABEL('')",
    "IFCTEXT('Women''s')",
    r"IFCLABEL('H\X2\00F600E4\X0\he')",
    r"IFCLABEL('tail \X2\4E00\X0\ and ''more'' \X2\00D5\X0\')",
    r"IFCLABEL('\X2\D83DDE00\X0\ pair')",
    r"IFCLABEL('\S\) old \X\E4')",
    r"IFCLABEL('\X2\0085\X0\ control')",
    "IFCLABEL ( 'spaces' )",
    "IFCBOOLEAN(.T.)",
    "IFCBOOLEAN(.F.)",
    "IFCLOGICAL(.T.)",
    "IFCLOGICAL(.U.)",
    "IFCINTEGER(7)",
    "IFCINTEGER(-3)",
    "IFCREAL(0.1)",
    "IFCREAL(-1.5E-3)",
    "IFCREAL(5.)",
    "IFCLENGTHMEASURE(2500.)",
    "IFCPOSITIVELENGTHMEASURE(+12.5)",
    "IFCCOUNTMEASURE(4.)",
    "IFCCOUNTMEASURE(4)",
    "IFCTHERMODYNAMICTEMPERATUREMEASURE(294.15)",
    "IFCPLANEANGLEMEASURE(90.)",
    "IFCRATIOMEASURE(0.5)",
    "IFCTIMESTAMP(1700000000)",
    "IFCNUMERICMEASURE(3.25)",
    "IFCDATE('2026-01-02')",
    "IFCIDENTIFIER('a;b,(c)')",
)
QUANTITIES = (
    "IFCQUANTITYLENGTH('q{n}',$,$,2500.)",
    "IFCQUANTITYAREA('q{n}','note',$,12.5)",
    "IFCQUANTITYVOLUME( 'q{n}' ,\n$ , $ , 1.E1 )",
    "IFCQUANTITYWEIGHT('q{n}',$,$,70.5)",
    "IFCQUANTITYCOUNT('q{n}',$,$,3.)",
    "IFCQUANTITYTIME('q{n}',$,$,60.)",
    "IFCQUANTITYAREA('q{n}',$,#6,12.5)",
    r"IFCQUANTITYLENGTH('H\X2\00F6\X0\he {n}',$,$,1.5)",
)


def body(chance: random.Random) -> str:
    lines = [WALL]
    values = list(VALUES)
    chance.shuffle(values)
    for n, value in enumerate(values):
        note, own = (
            chance.choice(["$", "''", "'a note'"]),
            "#6" if "LENGTH" in value and chance.random() < 0.5 else "$",
        )
        space = chance.choice(["", "", " ", "\n"])
        lines.append(f"#{100 + n}=IFCPROPERTYSINGLEVALUE('p{n}',{space}{note},{space}{value}{space},{own});\n")
    quantities = [form.format(n=n) for n, form in enumerate(QUANTITIES)]
    quantities = [
        text.rstrip(" )") + ",$)" if n % 2 else text for n, text in enumerate(quantities)
    ]  # a formula: IFC4
    lines += [f"#{200 + n}={text};\n" for n, text in enumerate(quantities)]
    held = ",".join(f"#{100 + n}" for n in range(len(VALUES)))
    amounts = ",".join(f"#{200 + n}" for n in range(len(QUANTITIES)))
    lines += [
        f"#30=IFCPROPERTYSET('0000000000000000000030',$,'Pset {chance.random()}',$,({held},#40));\n",
        f"#31=IFCELEMENTQUANTITY('0000000000000000000031',$,'Qto',$,'by hand',({amounts}));\n",
        "#32=IFCRELDEFINESBYPROPERTIES('0000000000000000000032',$,$,$,(#20),#30);\n",
        "#33=IFCRELDEFINESBYPROPERTIES('0000000000000000000033',$,$,$,(#20),#31);\n",
        "#40=IFCCOMPLEXPROPERTY('both',$,'use',(#100,#101));\n",  # the parser has to see these two
    ]
    return "".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_every_form_is_what_the_parser_makes_of_it(step, monkeypatch, seed: int) -> None:
    path = step(body(random.Random(seed)))
    fast: Model = read_model(path)
    monkeypatch.setattr("ifc.step.scanned", lambda *_: None)
    slow: Model = read_again(path)
    assert {r.global_id: digest(r) for r in fast.records} == {r.global_id: digest(r) for r in slow.records}
    assert fast.by_id()[KEY].property_sets == slow.by_id()[KEY].property_sets
    assert fast.by_id()[KEY].quantity_sets == slow.by_id()[KEY].quantity_sets
    assert fast.not_understood == slow.not_understood == {}


def test_values_have_the_unit_of_the_project(step) -> None:
    lines = (
        "#30=IFCPROPERTYSET('0000000000000000000030',$,'S',$,(#31,#32));\n"
        "#31=IFCPROPERTYSINGLEVALUE('Height',$,IFCLENGTHMEASURE(2500.),$);\n"
        r"#32=IFCPROPERTYSINGLEVALUE('M\X2\00E4\X0\rkus',$,IFCTEXT('it''s'),$);" + "\n"
        "#33=IFCRELDEFINESBYPROPERTIES('0000000000000000000033',$,$,$,(#20),#30);\n"
    )
    found = read_model(step(WALL + lines)).by_id()[KEY].property_sets["S"]
    assert found == {"Height": Measure(2.5, "m", "IfcLengthMeasure"), "Märkus": "it's"}


def test_a_set_of_no_object_is_counted(step) -> None:
    lines = "#30=IFCPROPERTYSET('0000000000000000000030',$,'S',$,(#31));\n#31=IFCPROPERTYSINGLEVALUE('a',$,$,$);\n"
    assert read_model(step(lines)).not_understood == {"IfcPropertySet": 1}
