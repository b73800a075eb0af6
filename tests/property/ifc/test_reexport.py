"""A re-export that changes only the writing gives the same digests."""

import random
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifc import Model, digest, read_model
from ifc.step import StepText

HEAD = (
    "ISO-10303-21;{w}HEADER;{w}FILE_DESCRIPTION(('x'),'2;1');{w}"
    "FILE_NAME('f','{time}',(''),(''),'{tool}','','');{w}FILE_SCHEMA(('{schema}'));{w}ENDSEC;{w}DATA;{w}"
)
TAIL = "ENDSEC;{w}END-ISO-10303-21;{w}"
TOKEN = re.compile(rb"'[^']*'|#\d+|\.\w+\.|[-+]?\d+\.\d*(?:[Ee][-+]?\d+)?|[(),]")
HOUSE = """#1=IFCPROJECT('0000000000000000000001',$,'P',$,$,$,$,(#2),#3)
#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#4,$)
#3=IFCUNITASSIGNMENT((#6,#7))
#4=IFCAXIS2PLACEMENT3D(#5,$,$)
#5=IFCCARTESIANPOINT((0.,0.,0.))
#6=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.)
#7=IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.)
#10=IFCBUILDINGSTOREY('0000000000000000000010',$,'1. korrus',$,$,#11,$,$,$,3000.)
#11=IFCLOCALPLACEMENT($,#12)
#12=IFCAXIS2PLACEMENT3D(#13,$,$)
#13=IFCCARTESIANPOINT((1000.,250.5,3000.))
#14=IFCRELAGGREGATES('0000000000000000000014',$,$,$,#1,(#10))
#20=IFCWALL('0000000000000000000020',$,'Sein; #5=x',$,$,#21,#30,$,$)
#21=IFCLOCALPLACEMENT(#11,#4)
#22=IFCWALL('0000000000000000000020',$,'Twin',$,$,#21,#30,$,$)
#23=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000023',$,$,$,(#20,#22),#10)
#30=IFCPRODUCTDEFINITIONSHAPE($,$,(#31))
#31=IFCSHAPEREPRESENTATION(#2,'Body','SweptSolid',(#32))
#32=IFCEXTRUDEDAREASOLID(#33,#4,#34,2700.125)
#33=IFCRECTANGLEPROFILEDEF(.AREA.,$,#35,200.,5000.)
#34=IFCDIRECTION((0.,0.,1.))
#35=IFCAXIS2PLACEMENT2D(#36,$)
#36=IFCCARTESIANPOINT((0.1,-0.30000000000000004))
#40=IFCRELDEFINESBYPROPERTIES('0000000000000000000040',$,$,$,(#20,#22),#41)
#41=IFCPROPERTYSET('0000000000000000000041',$,'AR_Sein',$,(#42,#43))
#42=IFCPROPERTYSINGLEVALUE('330_Tulekindlus',$,IFCLABEL('EI 60'),$)
#43=IFCPROPERTYSINGLEVALUE('Paksus',$,IFCLENGTHMEASURE(200.5),$)
#44=IFCRELDEFINESBYPROPERTIES('0000000000000000000044',$,$,$,(#20),#45)
#45=IFCPROPERTYSET('0000000000000000000045',$,'AR_Sein',$,(#46))
#46=IFCPROPERTYSINGLEVALUE('330_Tulekindlus',$,IFCLABEL('EI 30'),$)
#50=IFCRELASSOCIATESMATERIAL('0000000000000000000050',$,$,$,(#20),#51)
#51=IFCMATERIAL('Puit',$,$)
#52=IFCRELASSOCIATESMATERIAL('0000000000000000000052',$,$,$,(#20),#53)
#53=IFCMATERIAL('Vill',$,$)"""
HOUSE_STATEMENTS = {line.split(b"=", 1)[0]: line.split(b"=", 1)[1] for line in HOUSE.encode().split(b"\n")}


def notation(number: bytes, chance: random.Random) -> bytes:
    value = float(number)
    forms = [number, repr(value).encode(), b"%.16E" % value, number + b"0" if b"E" not in number.upper() else number]
    return chance.choice([form for form in forms if b"." in form and float(form) == value])


def rewritten(statements: dict[bytes, bytes], schema: str, chance: random.Random) -> bytes:
    """Return the same model with other numbers, order, white space, time, tool and float notation."""
    fresh = dict(zip(statements, chance.sample(range(1, 10 * len(statements)), len(statements)), strict=True))

    def token(match: re.Match[bytes]) -> bytes:
        text = match[0]
        if text[:1] in b"'.":
            return text
        if text[:1] == b"#":
            return b"#%d" % fresh[text] if text in fresh else text
        if text in (b"(", b")", b","):
            return text + chance.choice([b"", b"", b" ", b"\r\n  "])
        return notation(text, chance)

    lines = [b"#%d=%s;" % (fresh[key], TOKEN.sub(token, body)) for key, body in statements.items()]
    chance.shuffle(lines)
    space = chance.choice(["\n", "\r\n", "\n\n"])
    head = HEAD.format(w=space, time=chance.choice(["", "2030-01-01T00:00:00"]), tool=chance.random(), schema=schema)
    return head.encode() + space.encode().join(lines) + space.encode() + TAIL.format(w=space).encode()


def read(content: bytes) -> Model:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.ifc")
        path.write_bytes(content)
        return read_model(path)


def digests(model: Model) -> dict[str, str]:
    return {record.global_id: digest(record) for record in model.records}


@cache
def reference() -> dict[str, str]:
    lines = b"".join(b"%s=%s;\n" % item for item in HOUSE_STATEMENTS.items())
    head = HEAD.format(w="\n", time="", tool="", schema="IFC4").encode()
    return digests(read(head + lines + TAIL.format(w="\n").encode()))


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_writing_of_a_file_changes_no_digest(chance: random.Random) -> None:
    model = read(rewritten(HOUSE_STATEMENTS, "IFC4", chance))

    assert digests(model) == reference()
    assert len(model.records) == 4
    twins = [record for record in model.records if record.global_id.startswith("0000000000000000000020")]
    assert {record.name for record in twins} == {"Sein; #5=x", "Twin"}
    assert all(record.geometry_digest for record in twins)


CHANGES: list[tuple[bytes, Callable[[bytes], bytes]]] = [
    (b"#13", lambda body: body.replace(b"250.5", b"251.5")),
    (b"#36", lambda body: body.replace(b"0.1", b"0.2")),
    (b"#42", lambda body: body.replace(b"60", b"90")),
    (b"#32", lambda body: body.replace(b"2700.125", b"2800.")),
    (b"#51", lambda body: body.replace(b"Puit", b"Kivi")),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_matters_on_site_changes_a_digest(change: tuple[bytes, Callable[[bytes], bytes]]) -> None:
    key, edit = change
    edited = HOUSE_STATEMENTS | {key: edit(HOUSE_STATEMENTS[key])}

    assert digests(read(rewritten(edited, "IFC4", random.Random(1)))) != reference()


@pytest.mark.models
@pytest.mark.parametrize(
    "name",
    ["openhouse_ifc4.ifc", "revit_quantities_2x3.ifc", "pcert_building_architecture_4x3.ifc", "doubleguids_2x3.ifc"],
)
def test_real_files_survive_a_rewrite(models_dir: Path, name: str) -> None:
    content = (models_dir / name).read_bytes()
    original = read_model(models_dir / name)
    statements = StepText(content).statements

    for seed in range(3):
        again = read(rewritten(statements, original.header.schema, random.Random(seed)))
        assert digests(again) == digests(original)
        assert sorted(item.rule for item in again.findings) == sorted(item.rule for item in original.findings)
