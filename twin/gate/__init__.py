"""The gate: what a model must say before anyone looks at it, as IDS 1.0 files, and running any IDS file.

The door is lazy (PEP 562): the library that reads IDS is loaded by who runs one.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.gate.audit import MAX_IDS_BYTES, audit_ids, parse_ids
    from twin.gate.generate import SCHEMAS, generate_ids
    from twin.gate.run import report_of, run_ids
    from twin.gate.table import DataRow, DesignStage, data_rows
    from twin.gate.values import GateReport, Reason, SpecificationResult, Status

__all__ = [
    "MAX_IDS_BYTES",
    "SCHEMAS",
    "DataRow",
    "DesignStage",
    "GateReport",
    "Reason",
    "SpecificationResult",
    "Status",
    "audit_ids",
    "data_rows",
    "generate_ids",
    "parse_ids",
    "report_of",
    "run_ids",
]

_MODULES = {
    "MAX_IDS_BYTES": "twin.gate.audit",
    "audit_ids": "twin.gate.audit",
    "parse_ids": "twin.gate.audit",
    "SCHEMAS": "twin.gate.generate",
    "generate_ids": "twin.gate.generate",
    "report_of": "twin.gate.run",
    "run_ids": "twin.gate.run",
    "DataRow": "twin.gate.table",
    "DesignStage": "twin.gate.table",
    "data_rows": "twin.gate.table",
    "GateReport": "twin.gate.values",
    "Reason": "twin.gate.values",
    "SpecificationResult": "twin.gate.values",
    "Status": "twin.gate.values",
}


def __getattr__(name: str) -> Any:
    """Return a public name from the module where it lives."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
