"""Records out and in: JSON Lines, a header line first, then one canonical record per line."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TextIO

import rfc8785

from ifc.canonical import canonical_bytes, record_from_form
from ifc.errors import IfcRecordError, Reason
from ifc.findings import ReadFinding, Severity
from ifc.model import Model
from ifc.records import ElementRecord, Georeference, Header

FORMAT = "kaksik-records/1"


def write_records(model: Model, stream: TextIO) -> None:
    """Write `model` to `stream` as JSON Lines."""
    head: dict[str, Any] = {
        "format": FORMAT,
        "header": asdict(model.header),
        "file_sha256": model.file_sha256,
        "project_id": model.project_id,
        "records": len(model.records),
        "georeference": None if model.georeference is None else asdict(model.georeference),
        "findings": [{**asdict(item), "severity": item.severity.value} for item in model.findings],
        "not_understood": dict(model.not_understood),
        "signature_block": None if model.signature_block is None else model.signature_block.decode("latin-1"),
    }
    stream.write(rfc8785.dumps(head).decode() + "\n")
    for record in model.records:
        stream.write(canonical_bytes(record).decode() + "\n")


def read_records(stream: TextIO) -> Model:
    """Return the model that `write_records` wrote to `stream`.

    Raises:
        IfcRecordError: (record) the text is not of this format, is cut off, or a record is malformed.
    """
    lines = enumerate(stream, start=1)
    head = _json(next(lines, (1, "")))
    if head.get("format") != FORMAT:
        raise IfcRecordError("This is no export of records.", reason=Reason.RECORD, line=1)
    records = tuple(_records(lines))
    if head.get("records") != len(records):
        raise IfcRecordError(
            f"The export announces {head.get('records')} records and holds {len(records)}.",
            reason=Reason.RECORD,
            hint="The file was cut off or edited; export it again.",
        )
    try:
        return _model(head, records)
    except (KeyError, TypeError, ValueError) as error:
        raise IfcRecordError("The first line of the export is malformed.", reason=Reason.RECORD, line=1) from error


def _records(lines: Iterator[tuple[int, str]]) -> Iterator[ElementRecord]:
    for line in lines:
        if line[1].strip():
            yield record_from_form(_json(line))


def _json(line: tuple[int, str]) -> dict[str, Any]:
    try:
        form = json.loads(line[1])
    except ValueError as error:
        raise IfcRecordError("A line of the export is not JSON.", reason=Reason.RECORD, line=line[0]) from error
    if not isinstance(form, dict):
        raise IfcRecordError("A line of the export is not an object.", reason=Reason.RECORD, line=line[0])
    return form


def _model(head: dict[str, Any], records: tuple[ElementRecord, ...]) -> Model:
    place, signature = head["georeference"], head.get("signature_block")
    return Model(
        header=Header(**head["header"]),
        file_sha256=head["file_sha256"],
        project_id=head["project_id"],
        records=records,
        georeference=None if place is None else Georeference(**place),
        findings=tuple(ReadFinding(**{**item, "severity": Severity(item["severity"])}) for item in head["findings"]),
        not_understood=head["not_understood"],
        signature_block=None if signature is None else signature.encode("latin-1"),
    )
