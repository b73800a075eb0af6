"""Named questions: the read queries that the service itself uses, in one Cypher text for all engines.

Every question runs inside one scope (`$scope`); a parameter that names an element is given as a GlobalId and reaches
the query as a node id. Paths are always bounded: one of the engines stops at ten hops without saying so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from graph.batch import Scope
from graph.errors import QueryRefused
from graph.store import DEFAULT_ROW_LIMIT, Answer, GraphStore

MAX_TEXT_CHARACTERS = 200  # of a text parameter: longer than any name that a person types


class ParameterKind(StrEnum):
    """What a parameter names."""

    SPACE = "space"
    STOREY = "storey"
    ELEMENT = "element"
    SYSTEM = "system"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question."""

    name: str
    kind: ParameterKind


@dataclass(frozen=True, slots=True)
class Question:
    """A named question.

    Attributes:
        name: Stable name.
        title: The question in words, by language (``en``, ``et``, ``fr``).
        parameters: What must be given.
        text: The Cypher text.
    """

    name: str
    title: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    text: str


_SPACE = Parameter("space", ParameterKind.SPACE)
_STOREY = Parameter("storey", ParameterKind.STOREY)
_ELEMENT = Parameter("element", ParameterKind.ELEMENT)
_SYSTEM = Parameter("system", ParameterKind.SYSTEM)
_TEXT = Parameter("text", ParameterKind.TEXT)


def _ask(name: str, en: str, et: str, fr: str, text: str, *parameters: Parameter) -> Question:
    return Question(name, {"en": en, "et": et, "fr": fr}, parameters, text)


QUESTIONS: tuple[Question, ...] = (
    _ask(
        "storeys",
        "Which storeys are there, and how many rooms has each?",
        "Millised korrused on ja mitu ruumi on igaühel?",
        "Quels étages y a-t-il, et combien de pièces par étage ?",
        "MATCH (t:Storey {scope: $scope}) OPTIONAL MATCH (t)-[:HAS_SPACE]->(s:Space) "
        "RETURN t.global_id AS storey, t.name AS name, t.elevation_m AS elevation_m, count(s) AS spaces "
        "ORDER BY elevation_m, name",
    ),
    _ask(
        "spaces-of-storey",
        "Which rooms are on this storey?",
        "Millised ruumid on sellel korrusel?",
        "Quelles pièces se trouvent à cet étage ?",
        "MATCH (t:Storey {id: $storey})-[:HAS_SPACE]->(s:Space) "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name, s.area_m2 AS area_m2 ORDER BY name",
        _STOREY,
    ),
    _ask(
        "elements-in-space",
        "What stands in this room?",
        "Mis selles ruumis on?",
        "Que contient cette pièce ?",
        "MATCH (s:Space {id: $space})-[:CONTAINS_ELEMENT]->(e:Element) "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name ORDER BY ifc_class, name",
        _SPACE,
    ),
    _ask(
        "adjacent-spaces",
        "Which rooms touch this room?",
        "Millised ruumid külgnevad selle ruumiga?",
        "Quelles pièces touchent cette pièce ?",
        "MATCH (s:Space {id: $space})-[r:ADJACENT_TO]-(o:Space) "
        "RETURN DISTINCT o.global_id AS space, o.name AS name, o.long_name AS long_name, r.source AS source "
        "ORDER BY name",
        _SPACE,
    ),
    _ask(
        "doors-of-space",
        "Which doors lead into this room?",
        "Millised uksed viivad sellesse ruumi?",
        "Quelles portes mènent à cette pièce ?",
        "MATCH (d:Element)-[r:CONNECTS]->(s:Space {id: $space}) "
        "RETURN d.global_id AS door, d.name AS name, d.fire_rating AS fire_rating, r.source AS source ORDER BY name",
        _SPACE,
    ),
    _ask(
        "way-between-spaces",
        "Through which doors does one walk from one room to another?",
        "Milliste uste kaudu saab ühest ruumist teise?",
        "Par quelles portes va-t-on d'une pièce à l'autre ?",
        "MATCH (a:Space {id: $space}), (b:Space {id: $to}) "
        "MATCH p = shortestPath((a)-[:CONNECTS*1..30]-(b)) "
        "UNWIND nodes(p) AS n RETURN n.global_id AS element, n.ifc_class AS ifc_class, n.name AS name",
        _SPACE,
        Parameter("to", ParameterKind.SPACE),
    ),
    _ask(
        "rooms-served-by",
        "Which rooms does this equipment serve?",
        "Milliseid ruume see seade teenindab?",
        "Quelles pièces cet équipement dessert-il ?",
        "MATCH (e:Element {id: $element})-[:FEEDS*1..30]->(t:Element)<-[:CONTAINS_ELEMENT]-(s:Space) "
        "RETURN DISTINCT s.global_id AS space, s.name AS name, s.long_name AS long_name ORDER BY name",
        _ELEMENT,
    ),
    _ask(
        "fed-by",
        "What feeds this element?",
        "Mis seda elementi toidab?",
        "Qu'est-ce qui alimente cet élément ?",
        "MATCH (u:Element)-[:FEEDS*1..30]->(e:Element {id: $element}) "
        "RETURN DISTINCT u.global_id AS element, u.ifc_class AS ifc_class, u.name AS name ORDER BY ifc_class, name",
        _ELEMENT,
    ),
    _ask(
        "members-of-system",
        "What belongs to this system or zone?",
        "Mis sellesse süsteemi või tsooni kuulub?",
        "Qu'est-ce qui appartient à ce système ou à cette zone ?",
        "MATCH (m)-[:PART_OF]->(g {id: $system}) "
        "RETURN m.global_id AS element, m.ifc_class AS ifc_class, m.name AS name ORDER BY ifc_class, name",
        _SYSTEM,
    ),
    _ask(
        "systems",
        "Which systems and zones are there?",
        "Millised süsteemid ja tsoonid on?",
        "Quels systèmes et zones y a-t-il ?",
        "MATCH (m)-[:PART_OF]->(g {scope: $scope}) "
        "RETURN g.global_id AS system, g.ifc_class AS ifc_class, g.name AS name, count(m) AS members ORDER BY name",
    ),
    _ask(
        "elements-of-material",
        "What is made of a material with this text in its name?",
        "Mis on tehtud materjalist, mille nimes on see tekst?",
        "Qu'est-ce qui est fait d'un matériau dont le nom contient ce texte ?",
        "MATCH (e:Element {scope: $scope})-[:MADE_OF]->(m:Material) WHERE toLower(m.name) CONTAINS toLower($text) "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name, m.name AS material "
        "ORDER BY material, ifc_class, name",
        _TEXT,
    ),
    _ask(
        "materials",
        "Which materials are used, and in how many elements?",
        "Milliseid materjale on kasutatud ja mitmes elemendis?",
        "Quels matériaux sont employés, et dans combien d'éléments ?",
        "MATCH (e {scope: $scope})-[:MADE_OF]->(m:Material) "
        "RETURN m.name AS material, count(DISTINCT e) AS elements ORDER BY elements DESC, material",
    ),
    _ask(
        "fire-rated",
        "Which elements carry a fire rating?",
        "Millistel elementidel on tulepüsivus määratud?",
        "Quels éléments portent un degré de résistance au feu ?",
        "MATCH (e:Element {scope: $scope}) WHERE e.fire_rating IS NOT NULL "
        "RETURN e.fire_rating AS fire_rating, e.ifc_class AS ifc_class, count(e) AS elements "
        "ORDER BY fire_rating, ifc_class",
    ),
    _ask(
        "classes",
        "How many elements of each class are there?",
        "Mitu elementi igast klassist on?",
        "Combien d'éléments de chaque classe y a-t-il ?",
        "MATCH (e:Element {scope: $scope}) RETURN e.ifc_class AS ifc_class, count(e) AS elements "
        "ORDER BY elements DESC, ifc_class",
    ),
    _ask(
        "largest-spaces",
        "Which rooms are the largest?",
        "Millised ruumid on suurimad?",
        "Quelles sont les plus grandes pièces ?",
        "MATCH (s:Space {scope: $scope}) WHERE s.area_m2 IS NOT NULL "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name, s.area_m2 AS area_m2 "
        "ORDER BY area_m2 DESC, name LIMIT 20",
    ),
)


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


def ask(
    store: GraphStore, scope: Scope, name: str, given: Mapping[str, str], *, limit: int = DEFAULT_ROW_LIMIT
) -> Answer:
    """Return the answer to a named question inside `scope`.

    Args:
        store: The engine.
        scope: Building and stage.
        name: Name of the question.
        given: Its parameters; elements as GlobalIds.
        limit: Most rows.

    Raises:
        QueryRefused: (question, parameter) unknown question, or a parameter is missing, unknown or too long.
    """
    wanted = question(name)
    names = {parameter.name for parameter in wanted.parameters}
    for missing_or_unknown in sorted(names ^ given.keys()):
        word = "needs" if missing_or_unknown in names else "does not take"
        raise QueryRefused(f"The question “{name}” {word} “{missing_or_unknown[:80]}”.", reason="parameter")
    parameters = {"scope": str(scope)}
    for parameter in wanted.parameters:
        parameters[parameter.name] = _value(scope, parameter, given[parameter.name])
    return store.query(wanted.text, parameters, limit=limit)


def _value(scope: Scope, parameter: Parameter, text: str) -> str:
    if len(text) > MAX_TEXT_CHARACTERS:
        raise QueryRefused(f"“{parameter.name}” is longer than {MAX_TEXT_CHARACTERS} characters.", reason="parameter")
    return text if parameter.kind is ParameterKind.TEXT else scope.node_id(text)
