import io
import pickle

import pytest

from ifc import IfcRecordError, Model, digest, read_model, read_records, write_records

BODY = (
    "#20=IFCWALL('0000000000000000000020',$,'S\\X2\\00E4\\X0\\in',$,$,#30,$,$,$);\n"
    "#30=IFCLOCALPLACEMENT($,#4);\n"
    "#40=IFCRELDEFINESBYPROPERTIES('0000000000000000000040',$,$,$,(#20),#41);\n"
    "#41=IFCPROPERTYSET('0000000000000000000041',$,'S',$,(#42,#43));\n"
    "#42=IFCPROPERTYSINGLEVALUE('A',$,IFCLENGTHMEASURE(1234.5),$);\n"
    "#43=IFCPROPERTYLISTVALUE('B',$,(IFCREAL(1.),IFCREAL(2.5)),$);\n"
)


@pytest.fixture
def model(step) -> Model:
    return read_model(step(BODY))


def text_of(model: Model) -> str:
    stream = io.StringIO()
    write_records(model, stream)
    return stream.getvalue()


def test_out_and_in_is_empty_in_diff(model: Model) -> None:
    back = read_records(io.StringIO(text_of(model)))

    assert [digest(record) for record in back.records] == [digest(record) for record in model.records]
    assert (back.header, back.findings, back.project_id) == (model.header, model.findings, model.project_id)
    assert text_of(back) == text_of(model)


def test_a_model_travels_between_processes(model: Model) -> None:
    assert pickle.loads(pickle.dumps(model)) == model


@pytest.mark.parametrize("damage", ["", "{}\n", "nonsense", "[1]\n"])
def test_what_is_no_export_is_refused(damage: str) -> None:
    with pytest.raises(IfcRecordError):
        read_records(io.StringIO(damage))


def test_a_cut_export_is_refused(model: Model) -> None:
    lines = text_of(model).splitlines(keepends=True)

    with pytest.raises(IfcRecordError, match="announces 2 records and holds 1"):
        read_records(io.StringIO("".join(lines[:-1])))
    with pytest.raises(IfcRecordError) as caught:
        read_records(io.StringIO("".join([*lines[:-1], lines[-1][:20]])))
    assert caught.value.line == 3
