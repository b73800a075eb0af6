"""Applications for a building permit: states, what is frozen at submission, justifications and rulings."""

from twin.application.frozen import difference, named, open_findings
from twin.application.rules import AFTER, LOCAL, fold, fold_all, require
from twin.application.values import Act, Application, Ruling, Said, State, Submission

__all__ = [
    "AFTER",
    "LOCAL",
    "Act",
    "Application",
    "Ruling",
    "Said",
    "State",
    "Submission",
    "difference",
    "fold",
    "fold_all",
    "named",
    "open_findings",
    "require",
]
