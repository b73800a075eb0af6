"""Questions to the graph as of any version, and the difference of two answers."""

from collections.abc import Collection, Mapping
from typing import Any

from graph import (
    DEFAULT_ROW_LIMIT,
    Answer,
    AnswerDiff,
    GraphStore,
    Label,
    ParameterKind,
    QueryRefused,
    Question,
    Scope,
    ask,
    diff_answers,
    parse_parameters,
    projected_labels,
    question,
    question_of_versions,
)
from twin.catalogue import Version
from twin.errors import NotFound
from twin.projection_city import CityProjection
from twin.projections import Projections
from twin.turnstile import Turnstile

FREE_QUERY_S = 2.0  # of a free query; with the limit of work it bounds what one asker can take from the others
FREE_AT_ONCE = 2  # of all askers: each has a process with its memory
FREE_WAITING = 6  # more would keep the threads from those who ask something else
MAX_COMPARED_ROWS = 20_000  # of each answer of a difference: every element of a large model, some 10 MB

_THINGS: Mapping[ParameterKind, Collection[Label]] = {
    ParameterKind.SPACE: (Label.SPACE,),
    ParameterKind.STOREY: (Label.STOREY,),
    ParameterKind.SYSTEM: (Label.SYSTEM, Label.ZONE),
    ParameterKind.ELEMENT: tuple(Label),
}  # what a parameter may name


class Questions:
    """Asks the graph.

    Args:
        graph: The engine.
        projections: Sees to it that a version is in the graph.
        city: Sees to it that the city around is.
        free_queries: Whether queries that are not named may be asked.
    """

    def __init__(
        self, graph: GraphStore, projections: Projections, city: CityProjection, *, free_queries: bool = False
    ) -> None:
        self._graph = graph
        self._projections = projections
        self._city = city
        self._free_queries = free_queries
        self._turnstile = Turnstile(FREE_AT_ONCE, FREE_WAITING)

    def answer(
        self, version: Version, name: str, given: Mapping[str, str], *, limit: int = DEFAULT_ROW_LIMIT
    ) -> Answer:
        """Return the answer to a named question as of `version`; see `graph.ask`.

        The city around a building has no versions: what is asked of it is answered as it is known now.

        Raises:
            NotFound: (element) the answer is empty because the version has no space, storey, system or element of a
                GlobalId that was given; (building) or because the building has no place on the map.
        """
        if (wanted := question(name)).of_city:  # an unknown one is refused before anything is projected
            return self._of_city(wanted, Scope(version.key.building_id, version.key.stage.value), given, limit)
        found, unknown = self._of_version(version, wanted, given, limit)
        if unknown:
            raise NotFound("This version has no such element.", reason="element", entity=unknown[:80])
        return found

    def _of_version(
        self, version: Version, wanted: Question, given: Mapping[str, str], limit: int
    ) -> tuple[Answer, str]:
        if self._projections.is_latest(version):
            found = self._asked(Scope(version.key.building_id, version.key.stage.value), wanted, given, limit)
            if self._projections.is_latest(version):  # no newer version came in between
                return found
        with self._projections.held(version) as scope:
            return self._asked(scope, wanted, given, limit)

    def _asked(self, scope: Scope, wanted: Question, given: Mapping[str, str], limit: int) -> tuple[Answer, str]:
        """Return an answer, and what the version has not, if the answer is empty because of that."""
        found = ask(self._graph, scope, wanted.name, given, limit=limit)
        things = {given[p.name]: _THINGS[p.kind] for p in wanted.parameters if p.kind in _THINGS}
        labels = {} if found.rows or not things else projected_labels(self._graph, scope, things)
        unknown = [thing for thing, kinds in things.items() if labels.get(thing) not in kinds]
        return found, "" if found.rows or not unknown else unknown[0]

    def _of_city(self, wanted: Question, scope: Scope, given: Mapping[str, str], limit: int) -> Answer:
        if wanted.of_one_place:
            found = ask(self._city.around(scope.building_id), scope, wanted.name, given, limit=limit)
            if not found.rows:
                self._city.require(scope.building_id)  # nothing is around it, or nobody knows where it stands
            return found
        if wanted.name == "touching-a-taller-one":  # the one question about the whole city
            asked = self._city.touching(str(parse_parameters(wanted, scope, given)["text"]), limit)
            return ask(asked, scope, wanted.name, given, limit=limit)
        self._city.ensure()
        return ask(self._graph, scope, wanted.name, given, limit=limit)

    def renew_map(self) -> bool:
        """Bring the map in the graph in line and return whether it had to be written: 16 s for a large city."""
        return self._city.ensure()

    def difference(self, before: Version, after: Version, name: str, given: Mapping[str, str]) -> AnswerDiff:
        """Return how the answer to a named question differs between two versions of one building.

        Raises:
            QueryRefused: (question, question-of-map) there is no such question, or the map answers it.
        """
        wanted = question_of_versions(name)
        answers = [self._of_version(version, wanted, given, MAX_COMPARED_ROWS)[0] for version in (before, after)]
        return diff_answers(wanted, *answers)

    def free(self, version: Version, text: str, parameters: Mapping[str, Any], *, limit: int, offset: int) -> Answer:
        """Return a page of the answer to any reading query on a graph that holds `version` alone.

        Raises:
            NotFound: (cypher-off) the operator does not allow it.
            QueryRefused: (query, unbounded-path, timeout, memory, answer-too-large) see `graph.GuardedGraph.query`;
                (many-queries) too many others ask.
        """
        if not self._free_queries:
            raise NotFound(
                "Free queries are switched off.", reason="cypher-off", hint="The operator sets KAKSIK_CYPHER=true."
            )
        with self._turnstile.turn() as mine:
            if not mine:
                raise QueryRefused(
                    f"There are {self._turnstile.room} free queries already.",
                    reason="many-queries",
                    hint="Ask again in some seconds.",
                )
            alone = self._projections.alone(version)
            return alone.query(text, parameters, timeout_s=FREE_QUERY_S, limit=limit, offset=offset)
