"""Run an IDS file over a model, in a child process with limits."""

import hashlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import ifcopenshell
from ifctester.ids import Ids, Specification

from ifc import Call, IfcReadError, Limits, report_progress
from ifc import Reason as ReadReason
from twin.gate.audit import audit_form, audit_sense, parse_ids, refusal_of
from twin.gate.sense import Nonsense
from twin.gate.tolerant import make_tolerant
from twin.gate.values import MAX_REASONS, GateReport, Reason, SpecificationResult, Status


def run_ids(
    data: bytes, model: Path, limits: Limits, on_progress: Callable[[float, str], None] | None = None
) -> GateReport:
    """Return what an IDS file says of a model.

    Args:
        data: The IDS file.
        model: An IFC file.
        limits: What the child process may use.
        on_progress: Told how far the work is.

    Raises:
        InvalidInput: (ids, ids-xml) the IDS file is not valid.
        IfcReadError: the model cannot be read, or the limits are used up.
    """
    audit_form(data)
    found = Call(_run).run(limits, on_progress, data, model)
    if isinstance(found, Nonsense):
        raise refusal_of(found)
    return found


def _run(data: bytes, model: Path) -> GateReport | Nonsense:
    senseless = audit_sense(data)  # here, for it runs the patterns of the file
    if senseless is not None:
        return senseless
    report_progress(0.05, "Opening the model")
    try:
        file = ifcopenshell.open(model)
    except (OSError, RuntimeError, ValueError) as error:
        raise IfcReadError(
            "The model cannot be opened.", reason=ReadReason.SYNTAX, hint="Export it again as IFC2X3 or IFC4."
        ) from error
    return report_of(parse_ids(data), file, hashlib.sha256(data).hexdigest())


def report_of(ids: Ids, file: ifcopenshell.file, sha256: str = "") -> GateReport:
    """Return what a parsed IDS file says of an open model."""
    make_tolerant(ids)
    ids.validate(file)
    results = tuple(_result(item) for item in ids.specifications)
    return GateReport(str(ids.info.get("title", "")), sha256, file.schema_identifier, results)


def _result(item: Specification) -> SpecificationResult:
    failed = len(item.failed_entities)
    if item.get_usage() == "prohibited":
        failed = len(item.applicable_entities)
    reasons = list(islice(_reasons(item), MAX_REASONS))
    total = sum(len(facet.failures) for facet in item.requirements)
    return SpecificationResult(
        item.name,
        item.identifier or "",
        item.description or "",
        item.get_usage(),
        _status(item),
        len(item.applicable_entities),
        len(item.applicable_entities) - failed,
        failed,
        tuple(reasons),
        max(0, total - len(reasons)),
        bool(item.is_ifc_version),
    )


def _status(item: Specification) -> Status:
    if item.status is False:
        return Status.FAIL
    unmet = not item.applicable_entities and item.get_usage() != "prohibited"
    return Status.NOT_APPLICABLE if item.status is None or unmet else Status.PASS


def _reasons(item: Specification) -> Any:
    if item.get_usage() == "prohibited":
        for element in item.applicable_entities:
            yield _reason(element, "There shall be no such element", "The element is there.")
    for facet in item.requirements:
        wanted = facet.to_string("requirement", item, facet)
        for failure in facet.failures:
            yield _reason(failure["element"], wanted, failure["reason"])


def _reason(element: Any, wanted: str, reason: str) -> Reason:
    name = getattr(element, "Name", None)
    return Reason(getattr(element, "GlobalId", "") or "", element.is_a(), str(name or ""), wanted, reason)
