"""Any named question as of any version: it answers for that version alone, and two answers differ by what is said."""

import importlib.util
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import CITY, QUESTIONS, KgliteStore, ParameterKind, PrivateGraph, Scope, ask, diff_answers
from graph.questions import parse_parameters

_spec = importlib.util.spec_from_file_location("graph_models", Path(__file__).with_name("test_engines.py"))
_models = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_models)
models, batch_of = _models.models, _models.batch_of

SCOPES = (Scope("1", "as-designed", 3), Scope("1", "as-built", 1), Scope("1", "as-built"))
OFFERED = {
    ParameterKind.SPACE: _models.SPACES,
    ParameterKind.STOREY: _models.STOREYS,
    ParameterKind.ELEMENT: _models.ELEMENTS,
    ParameterKind.SYSTEM: ("none",),
    ParameterKind.TEXT: (*_models.CLASSES, "a", "kivi", "'"),
    ParameterKind.NUMBER: ("0.5", "2"),
}


def _counted(rows):
    return Counter(json.dumps(dict(row), sort_keys=True, default=str) for row in rows)


def _applied(before, difference):
    """Return the rows of the later answer, made from the earlier one and the difference."""
    rows = _counted(before.rows)
    rows.subtract(_counted(difference.removed))
    rows.subtract(_counted(change.before for change in difference.changed))
    rows.update(_counted((*difference.added, *(change.after for change in difference.changed))))
    return +rows


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(versions=st.tuples(models(), models(), models()), chance=st.randoms(use_true_random=False))
def test_every_question_answers_as_of_each_version_and_tells_any_two_apart(versions, chance):
    folder = Path(tempfile.mkdtemp())
    store = KgliteStore(folder / "g.kgl")
    try:
        batches = [
            batch_of(records, number, scope)
            for number, (records, scope) in enumerate(zip(versions, SCOPES, strict=True), 1)
        ]
        for batch in batches:
            store.replace(batch)
        alone = [PrivateGraph([batch]) for batch in batches]
        for question in (item for item in QUESTIONS if not item.of_city):
            arguments = {p.name: chance.choice(OFFERED[p.kind]) for p in question.parameters}
            answers = [ask(store, scope, question.name, arguments) for scope in SCOPES]
            for scope, private, answer in zip(SCOPES, alone, answers, strict=True):
                expected = private.query(question.text, parse_parameters(question, scope, arguments))
                assert _counted(answer.rows) == _counted(expected.rows), question.name
            for before in answers:
                for after in answers:
                    found = diff_answers(question, before, after)
                    assert found.complete
                    assert found.unchanged + len(found.changed) + len(found.added) == len(after.rows)
                    assert _applied(before, found) == _counted(after.rows), question.name
                    assert before is not after or not (found.added or found.removed or found.changed)
        assert CITY not in store.loaded()
    finally:
        store.close()
        shutil.rmtree(folder)
