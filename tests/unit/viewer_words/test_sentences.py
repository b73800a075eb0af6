"""Every reason code, and every sentence of the service that the viewer shows, can be said in each language."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.reasons import known_reasons

ROOT = Path(__file__).parents[3]
WORDS = ROOT / "viewer" / "static" / "i18n"
LANGUAGES = ("en", "et", "fr")
ANY_REQUEST = {"request"}  # what no route could make sense of; no module raises it
# Modules whose sentences are read in the viewer: findings of reading, energy, seals, transitions, commands, refusals.
SHOWN = (
    "ifc/archive.py", "ifc/assembly.py", "ifc/checks.py", "ifc/drafts.py", "ifc/encoding.py", "ifc/gate.py",
    "ifc/georeference.py", "ifc/identities.py", "ifc/reader.py", "ifc/site_location.py", "ifc/step.py",
    "ifc/units.py",
    "ifc/geometry/authored.py", "ifc/geometry/gather.py", "ifc/geometry/meshing.py", "ifc/worker.py",
    "signatures/policy.py", "signatures/status.py", "signatures/verify.py", "twin/application/rules.py",
    "twin/applications.py", "twin/bcf/read.py", "twin/catalogue/values.py", "twin/catalogue/catalogue.py",
    "twin/district/placement.py", "twin/energy/areas.py", "twin/energy/assemble.py", "twin/energy/assess.py",
    "twin/energy/bands.py", "twin/energy/envelope.py", "twin/energy/flags.py", "twin/energy/horizons.py",
    "twin/energy/indicator/delivered.py", "twin/energy/indicator/rating.py", "twin/energy/junctions.py",
    "twin/energy/openings.py", "twin/energy/operated/attribution.py", "twin/energy/operated/calibrate.py",
    "twin/energy/operated/changepoint.py", "twin/energy/operated/degree_days.py", "twin/energy/operated/operation.py",
    "twin/energy/operated/series.py", "twin/energy/operated/statistics.py", "twin/energy/operated/weather.py",
    "twin/energy/spread.py", "twin/energy/thermal.py", "twin/jobs/runner.py", "twin/lifecycle/judge.py",
    "twin/lifecycle/rules.py", "twin/lifecycle/status.py", "twin/live/commands/command.py",
    "twin/live/commands/desk.py", "twin/live/rules/book.py", "twin/live/rules/rule.py", "twin/live/state/meters.py",
    "twin/questions.py", "twin/readings.py", "twin/sealing/seal.py", "twin/sealing/verify.py", "twin/seals.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def words():
    return {code: json.loads((WORDS / f"service.{code}.json").read_text(encoding="utf-8")) for code in LANGUAGES}


@pytest.fixture(scope="module")
def codes():
    return {reason.code for reason in known_reasons(ROOT)}


def _template(node: ast.AST) -> str | None:
    """Return a string or an f-string with its places as {}."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def _strings(node: ast.AST) -> Iterator[str]:
    """Yield the strings below a node, f-strings whole, without docstrings."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    text = _template(node)
    if text is not None:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def sentences(source: str) -> set[str]:
    """Return what reads as a sentence: it begins with a capital or a place, has several words and ends in a stop."""
    found = set()
    for raw in _strings(ast.parse(source)):
        text = raw.strip()
        if text.endswith(".") and " " in text and (text[0].isupper() or text.startswith("{}")):
            found.add(text)
    return found


def test_sentences_are_found_in_source():
    source = '"""Not this."""\ndef f(a):\n    """Nor this one."""\n    raise E(f"It is {a} m.", hint="Try again.")\n'
    assert sentences(source) == {"It is {} m.", "Try again."}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_code_has_a_sentence(words, codes, language):
    said = words[language]["reasons"]
    assert sorted(codes - set(said)) == []
    assert sorted(set(said) - codes - ANY_REQUEST) == []
    assert [code for code, text in said.items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_sentence_that_is_shown_is_translated(words, language):
    told = words[language]["sentences"]
    for module in SHOWN:
        missing = sentences((ROOT / module).read_text(encoding="utf-8")) - set(told)
        assert sorted(missing) == [], module
