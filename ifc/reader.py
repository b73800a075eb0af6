"""From a file to a model: gate, parse, bulk walk, records, findings."""

import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ifc.ahead import compile_ahead
from ifc.assembly import Assembly
from ifc.encoding import holds_shifted_bytes
from ifc.errors import IfcError, IfcReadError, Reason
from ifc.gate import MAX_FILE_BYTES, Admitted, admit
from ifc.model import Model
from ifc.property_text import take_ordinary
from ifc.relations import READ_FROM_TEXT
from ifc.source import BYPASSED, Source, failure_offset, families, parse, parse_text, schema_tables
from ifc.step import Fault, StepText
from ifc.step_table import MISSING, keep_referred, stand_ins, text_of
from ifc.worker import Call, Limits, report_progress

_REPEATED = ("IfcProperty", "IfcPhysicalQuantity")  # many say the same: each content is parsed and decoded once
_PROFILES, _OF_PROFILES = ("IfcProfileDef",), ("IfcMaterialProfile",)  # seen only where they say of what material is
_END = b"ENDSEC;\nEND-ISO-10303-21;\n"


def read_model(path: Path, max_bytes: int = MAX_FILE_BYTES) -> Model:
    """Read the IFC file at `path` in this process.

    The parser is native code: for files of strangers use `read_file`, which cannot take the process down.

    Args:
        path: IFC2X3, IFC4 or IFC4X3 as STEP text or ifcZIP.
        max_bytes: Largest file, and largest model inside an archive.

    Raises:
        IfcReadError: The file is refused; the reason says why.
    """
    try:
        with _without_collector():
            return _read(path, max_bytes)
    except (IfcError, MemoryError):
        raise
    except Exception as error:  # whatever the native parser makes of a damaged file
        raise IfcReadError(
            f"The file cannot be understood: {type(error).__name__}: {str(error)[:200]}",
            reason=Reason.INTERNAL,
            hint="The file is damaged in a way that no check knows; export it again.",
        ) from error


def _read(path: Path, max_bytes: int) -> Model:
    report_progress(0.0, "Checking the file")
    admitted = admit(path, max_bytes)
    text = StepText(admitted.data)
    report_progress(0.1, "Parsing")
    source = _parsed(path, admitted, text)
    try:
        model = Assembly(admitted, text, source).model()
    except (ValueError, RuntimeError) as error:  # the parser does not look at geometry: is it written in STEP?
        if fault := text.first_fault():
            raise _syntax_error(fault) from error
        raise
    report_progress(1.0, "Read")
    return model


def read_keys(path: Path, max_bytes: int = MAX_FILE_BYTES) -> dict[int, str]:
    """Return the key of every record of the file at `path` by STEP number, read in this process.

    Args:
        path: As in `read_model`.
        max_bytes: As in `read_model`.

    Raises:
        IfcReadError: The file is refused; the reason says why.
    """
    admitted = admit(path, max_bytes)
    text = StepText(admitted.data)
    with _without_collector():
        return Assembly(admitted, text, _parsed(path, admitted, text)).keys()


def read_file(
    path: Path,
    limits: Limits = Limits(),  # noqa: B008 - a frozen value
    on_progress: Callable[[float, str], None] | None = None,
    max_bytes: int = MAX_FILE_BYTES,
) -> Model:
    """Read the IFC file at `path` in a child process that is killed when it meets a limit.

    Args:
        path: As in `read_model`.
        limits: Seconds and memory of the child.
        on_progress: Is told a fraction (0 to 1) and a label as the work goes on.
        max_bytes: As in `read_model`.

    Raises:
        IfcReadError: The file is refused, or (timeout, memory, crash) the child was stopped or died.
    """
    return Call(read_model, compile_ahead).run(limits, on_progress, path, max_bytes)


def _parsed(path: Path, admitted: Admitted, text: StepText) -> Source:
    if fault := text.silent_fault():
        raise _syntax_error(fault)
    shifted = holds_shifted_bytes(admitted.data)
    if text.even and not text.header_fault():
        try:
            return _parsed_in_part(text, admitted.schema, shifted=shifted)
        except IfcReadError:  # the whole file tells where the fault stands
            report_progress(0.1, "Parsing once more")
    try:
        if admitted.untouched:
            return parse(path, admitted.schema, shifted=shifted)
        with tempfile.TemporaryDirectory(prefix="kaksik-") as folder:
            copy = Path(folder, "model.ifc")
            copy.write_bytes(admitted.data)
            return parse(copy, admitted.schema, shifted=shifted)
    except IfcReadError as error:
        raise _syntax_error(text.header_fault() or text.first_fault() or _given_up(admitted.data)) from error


def _parsed_in_part(text: StepText, schema: str, *, shifted: bool) -> Source:
    """Parse what the parser has to see of an evenly written file: the rest is read from its columns."""
    table = text.table
    first = stand_ins(table, families((*BYPASSED, *READ_FROM_TEXT, *_PROFILES), schema), families(_REPEATED, schema))
    keep_referred(table, first, families(_OF_PROFILES, schema), families(_PROFILES, schema))
    twins = ((first != np.arange(table.size)) & (first != MISSING)).nonzero()[0]
    originals = first[twins]
    properties = take_ordinary(table, first, schema_tables(schema).value_types)
    source = parse_text(b"".join([text.head, b"\n", text_of(table, first), _END]).decode(), schema, shifted=shifted)
    source.property_text = properties
    source.stand_in = dict(zip(table.number[twins].tolist(), table.number[originals].tolist(), strict=True))
    return source


def _given_up(data: bytes) -> Fault | None:
    """Return the place at which the parser gave up: a number out of range, a text in an unknown alphabet."""
    offset = failure_offset()
    if offset is None:
        return None
    statement = data[data.rfind(b";", 0, offset) + 1 : offset].strip()[:80].split(b"(")[0]
    entity = statement.decode("ascii", "replace").replace("=", " ").strip()
    line = data.count(b"\n", 0, offset) + 1
    return Fault("A value of this statement cannot be read.", line, entity or None)


def _syntax_error(fault: Fault | None) -> IfcReadError:
    return IfcReadError(
        fault.message if fault else "The file is not valid STEP.",
        reason=Reason.SYNTAX,
        hint="Export the file again; if it was edited by hand, correct this line.",
        entity=fault.entity if fault else None,
        line=fault.line if fault else None,
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Switch the cyclic collector off: the walk makes millions of objects and no garbage cycles.

    What was made is called old before the collector is on again: it would look at each of them at once.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            if not gc.get_freeze_count():  # somebody else's frozen objects stay frozen
                gc.freeze()
                gc.unfreeze()
            gc.enable()
