"""Named questions: the read queries that the service itself uses, in one Cypher text for all engines."""

from graph.questions.asking import QUESTIONS, ask, parse_parameters, question, question_of_versions
from graph.questions.differences import AnswerDiff, ChangedRow, diff_answers
from graph.questions.values import COLUMNS, Column, ColumnKind, Parameter, ParameterKind, Question

__all__ = [
    "COLUMNS",
    "QUESTIONS",
    "AnswerDiff",
    "ChangedRow",
    "Column",
    "ColumnKind",
    "Parameter",
    "ParameterKind",
    "Question",
    "ask",
    "diff_answers",
    "parse_parameters",
    "question",
    "question_of_versions",
]
