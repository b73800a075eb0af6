"""The gate: what a model must say before anyone looks at it, as IDS 1.0 files, and running any IDS file."""

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
