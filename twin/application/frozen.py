"""What is frozen at a submission: every finding under a name of its own, so that people can speak of it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from twin.permit import CheckResult, Mode, PermitReport, SourceStatus, Verdict, compare

OPEN = frozenset({"fail", "needs_human", "data_missing"})


def named(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a permit report (JSON) whose results have a `finding_id`, of rule and elements to outlive a revision."""
    seen: dict[str, int] = {}
    results = []
    for result in report["results"]:
        name = _name(result)
        seen[name] = seen.get(name, 0) + 1
        suffix = "" if seen[name] == 1 else f"-{seen[name]}"
        results.append({"finding_id": name + suffix, **result})
    return {**report, "results": results}


def open_findings(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the identifiers of the results that ask for something."""
    return tuple(result["finding_id"] for result in report["results"] if result["verdict"] in OPEN)


def difference(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Return what of a frozen report is fixed in a later one, what is still open, and what is new."""
    before, after = _by_content(first), _by_content(second)
    compared = compare(_report(first, before), _report(second, after))
    return {
        "fixed": [before[_key(result)] for result in compared.fixed],
        "still_open": [after[_key(result)] for result in compared.still_open],
        "new": [after[_key(result)] for result in compared.new],
    }


def _name(result: Mapping[str, Any]) -> str:
    form = json.dumps([result["pack_id"], result["check_id"], sorted(result["elements"])])
    return hashlib.sha256(form.encode()).hexdigest()[:16]


def _by_content(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {result["finding_id"]: result for result in report["results"]}


def _key(result: CheckResult) -> str:
    return result.clause  # where `_result` put the identifier


def _report(report: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]) -> PermitReport:
    made = tuple(_result(name, result) for name, result in results.items())
    return PermitReport(report["building_id"], report["stage"], report["version"], Mode(report["mode"]), (), made)


def _result(name: str, result: Mapping[str, Any]) -> CheckResult:
    """Return what `compare` looks at: rule, verdict and elements; the clause carries the identifier."""
    verdict = Verdict(result["verdict"])
    return CheckResult(
        result["check_id"], result["pack_id"], result["pack_sha256"], result["title"], result["act"], name, verdict,
        verdict, SourceStatus(result["source_status"]), result["messages"], result["advices"],
        elements=tuple(result["elements"]),
    )  # fmt: skip
