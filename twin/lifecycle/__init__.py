"""The lifecycle wing: what changed between two versions, what may not change in silence, and which status follows."""

from twin.lifecycle.diff import Aspect, Change, ChangedElement, Diff, compare, diff
from twin.lifecycle.guard import GUARDED, Concern, Move, figure_moves, figures, moves, parameters
from twin.lifecycle.judge import Case, Demand, TransitionRefused, check, demands, forbidden, signatures
from twin.lifecycle.rules import ACCEPTED_AS, ROLES, RULES, Guard, Lineage, Rule, rule_for, rules_from
from twin.lifecycle.status import BEGIN, COMMENCED, PERMITTED, Container, check_status, container_of

__all__ = [
    "ACCEPTED_AS",
    "BEGIN",
    "COMMENCED",
    "GUARDED",
    "PERMITTED",
    "ROLES",
    "RULES",
    "Aspect",
    "Case",
    "Change",
    "ChangedElement",
    "Concern",
    "Container",
    "Demand",
    "Diff",
    "Guard",
    "Lineage",
    "Move",
    "Rule",
    "TransitionRefused",
    "check",
    "check_status",
    "compare",
    "container_of",
    "demands",
    "diff",
    "figure_moves",
    "figures",
    "forbidden",
    "moves",
    "parameters",
    "rule_for",
    "rules_from",
    "signatures",
]
