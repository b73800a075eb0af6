"""What a stranger's Cypher text may say: read one graph, by bounded paths, with known functions.

The engine refuses writes by itself. This gate refuses what the engine would do although it only reads: open files
(``LOAD CSV``), run procedures, walk without end, build lists of any length out of nothing. What passes may still take
all time and memory that there is; `graph.guarded_graph` sees to that.
"""

import re
from collections.abc import Sequence

from graph.errors import QueryRefused

MAX_QUERY_CHARACTERS = 10_000  # the longest named question has 600
MAX_HOPS = 30  # as in the named questions; a ventilation system of a school is below twenty

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`[^`]*`)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>\.\.|->|<-|.)""",
    re.VERBOSE | re.DOTALL,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FORBIDDEN = _words(
    "CREATE INSERT MERGE SET DELETE DETACH NODETACH REMOVE FOREACH DROP ALTER LOAD USE SHOW TERMINATE GRANT DENY "
    "REVOKE START STOP PROFILE EXPLAIN YIELD FORMAT FOR TRANSACTIONS"
)
_BEFORE_PARENTHESIS = _words(
    "MATCH WHERE AND OR XOR NOT IN RETURN WITH WHEN THEN ELSE CASE UNWIND BY ON AS DISTINCT EXISTS CALL ALL UNION "
    "CONTAINS LIMIT SKIP"
)
_FUNCTIONS = _words(
    "abs all any avg ceil coalesce collect count elementid endnode floor head id keys labels last left length ltrim "
    "max min nodes none percentile_cont percentile_disc properties reduce relationships replace reverse right round "
    "rtrim shortestpath sign single size split sqrt startnode stdev substring sum tail toboolean tofloat tointeger "
    "tolower tostring toupper trim type"
)

Token = tuple[str, str]


def check_read_only(text: str) -> None:
    """Let a query pass that only reads the graph, or say why it may not run.

    Raises:
        QueryRefused: (query) it is too long, unreadable, or calls what is not allowed; (unbounded-path) a path has
            no upper bound or one above `MAX_HOPS`.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise QueryRefused(f"The query is longer than {MAX_QUERY_CHARACTERS} characters.", reason="query")
    tokens = _tokens(text)
    for place, (kind, word) in enumerate(tokens):
        following = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        if kind == "word" and not _is_name(tokens, place):
            _check_word(word, following)
        elif kind == "quoted" and following == "(":
            _check_word(word.strip("`"), following)
        elif word == "[" and place and tokens[place - 1][1] in ("-", "<-"):
            _check_path(tokens[place + 1 :])


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "sign" and match.group() in "'\"`;\\":
            raise QueryRefused(
                "The query has a quote that is not closed, or more than one statement.", reason="query"
            )
        if kind != "skip":
            found.append((kind, match.group()))
    return found


def _is_name(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word is a label, a type, a property or a parameter."""
    before = tokens[place - 1][1] if place else ""
    return before in (":", ".", "$", "|", "&", "!") and not (len(tokens) > place + 1 and tokens[place + 1][1] == "(")


def _check_word(word: str, following: str) -> None:
    if word.upper() in _FORBIDDEN:
        raise QueryRefused(
            f"{word.upper()} is not allowed here.",
            reason="query",
            hint="Only MATCH, WHERE, WITH, UNWIND, RETURN, ORDER BY, SKIP, LIMIT, UNION and CALL { } read.",
        )
    if word.upper() == "CALL" and following not in ("{", "("):
        raise QueryRefused("Procedures are not allowed here.", reason="query", hint="CALL { } reads a part.")
    if following == "(" and word.lower() not in _FUNCTIONS and word.upper() not in _BEFORE_PARENTHESIS:
        raise QueryRefused(
            f"The function {word[:40]} is not allowed here.",
            reason="query",
            hint="Allowed are: " + ", ".join(sorted(_FUNCTIONS)) + ".",
        )


def _check_path(inside: Sequence[Token]) -> None:
    """Check the length of a relationship pattern; `inside` begins after its bracket."""
    words = [word for _, word in inside]
    end = words.index("]") if "]" in words else len(words)
    braces = words[:end].index("{") if "{" in words[:end] else end
    if "*" not in words[:braces]:
        return
    length = words[words.index("*") + 1 : braces]
    upper = length[-1] if length else ""
    if not upper.isdigit() or int(upper) > MAX_HOPS:
        raise QueryRefused(
            f"A path needs an upper bound of at most {MAX_HOPS} hops.",
            reason="unbounded-path",
            hint="Write *1..5 instead of *.",
        )
