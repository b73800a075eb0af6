"""Asking a named question."""

import math
from collections.abc import Mapping

from graph.batch import CITY, Scope
from graph.city import city_id
from graph.errors import QueryRefused
from graph.questions.city import CITY_QUESTIONS
from graph.questions.elements import ELEMENTS
from graph.questions.rooms import ROOMS
from graph.questions.services import SERVICES
from graph.questions.values import Parameter, ParameterKind, Question
from graph.schema import Label
from graph.store import DEFAULT_ROW_LIMIT, Answer, Asked

MAX_TEXT_CHARACTERS = 200  # of a text parameter: longer than any name that a person types

QUESTIONS: tuple[Question, ...] = (*ROOMS, *ELEMENTS, *SERVICES, *CITY_QUESTIONS)


def question(name: str) -> Question:
    """Return a question by name.

    Raises:
        QueryRefused: (question) there is none of that name.
    """
    for candidate in QUESTIONS:
        if candidate.name == name:
            return candidate
    raise QueryRefused(
        f"There is no question “{name[:80]}”.", reason="question", hint="GET /api/v1/questions lists them."
    )


def question_of_versions(name: str) -> Question:
    """Return a question by name whose answers can be compared between versions.

    Raises:
        QueryRefused: (question) there is none of that name; (question-of-map) it is about the map.
    """
    wanted = question(name)
    if wanted.of_city:
        raise QueryRefused(
            f"The question “{name[:80]}” is about the map, which has no versions.",
            reason="question-of-map",
            hint="Ask it without comparing: it is answered as the map is known now.",
        )
    return wanted


def ask(store: Asked, scope: Scope, name: str, given: Mapping[str, str], *, limit: int = DEFAULT_ROW_LIMIT) -> Answer:
    """Return the answer to a named question inside `scope`.

    Args:
        store: The engine.
        scope: The version that is asked.
        name: Name of the question.
        given: Its parameters as text; elements as GlobalIds.
        limit: Most rows.

    Raises:
        QueryRefused: (question, parameter) unknown question, or a parameter is missing, unknown or wrong.
    """
    wanted = question(name)
    answer = store.query(wanted.text, parse_parameters(wanted, scope, given), limit=limit)
    columns = tuple(column.name for column in wanted.columns)
    return Answer(columns, answer.rows, answer.truncated)


def parse_parameters(wanted: Question, scope: Scope, given: Mapping[str, str]) -> dict[str, str | float]:
    """Return the Cypher parameters of a question; see `ask`."""
    names = {parameter.name for parameter in wanted.parameters}
    needed = {parameter.name for parameter in wanted.parameters if parameter.default is None}
    for name in sorted((needed - given.keys()) | (given.keys() - names)):
        word = "needs" if name in names else "does not take"
        raise QueryRefused(f"The question “{wanted.name}” {word} “{name[:80]}”.", reason="parameter")
    parameters: dict[str, str | float] = {"scope": str(scope)}
    if wanted.of_city:
        parameters |= {"city": str(CITY), "place": city_id(Label.CITY_BUILDING, scope.building_id)}
    for parameter in wanted.parameters:
        parameters[parameter.name] = _value(scope, parameter, given.get(parameter.name, parameter.default))
    return parameters


def _value(scope: Scope, parameter: Parameter, value: str | float | None) -> str | float:
    if parameter.kind is ParameterKind.NUMBER:
        return _number(parameter, value)
    text = str(value)
    if len(text) > MAX_TEXT_CHARACTERS:
        raise QueryRefused(f"“{parameter.name}” is longer than {MAX_TEXT_CHARACTERS} characters.", reason="parameter")
    return text if parameter.kind is ParameterKind.TEXT else scope.node_id(text)


def _number(parameter: Parameter, value: str | float | None) -> float:
    try:
        number = float(str(value)[:MAX_TEXT_CHARACTERS])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise QueryRefused(
            f"“{parameter.name}” is no number.",
            reason="parameter",
            hint=f"Give a decimal number in {parameter.unit}.",
        )
    return number
