"""Permit checks: rule packs as data, run over one version of a building, answered clause by clause."""

from twin.permit.evaluate import Comparison, check, compare
from twin.permit.links import PassageLinks, passage_links
from twin.permit.pack import Pack, Rule, bundled_packs, load_pack
from twin.permit.registry import REGISTRY
from twin.permit.sentences import kind_of
from twin.permit.subject import Need, Parameters, Subject, TestSpec
from twin.permit.values import (
    CheckResult,
    Limit,
    Mode,
    Outcome,
    PackUse,
    PermitReport,
    Picture,
    Quantity,
    SourceStatus,
    Verdict,
)
from twin.permit.view import CheckContext, label

__all__ = [
    "REGISTRY",
    "CheckContext",
    "CheckResult",
    "Comparison",
    "Limit",
    "Mode",
    "Need",
    "Outcome",
    "Pack",
    "PackUse",
    "Parameters",
    "PassageLinks",
    "PermitReport",
    "Picture",
    "Quantity",
    "Rule",
    "SourceStatus",
    "Subject",
    "TestSpec",
    "Verdict",
    "bundled_packs",
    "check",
    "compare",
    "kind_of",
    "label",
    "load_pack",
    "passage_links",
]
