"""Patches of entities, beside another implementation of RFC 6902."""

from copy import deepcopy

import jsonpatch
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import InvalidInput
from twin.live.sensorthings.patches import patched

NAMES = st.sampled_from(["name", "a", "b/c", "d~e", "0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text("xy", max_size=2),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(NAMES, v, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_what_another_implementation_writes_is_applied(before, after):
    patch = jsonpatch.make_patch(before, after).patch
    assert patched(before, patch) == after


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, st.lists(st.dictionaries(st.sampled_from(["op", "path", "value", "from"]), VALUES), max_size=3))
def test_any_list_is_applied_or_refused_and_the_document_stays(document, patch):
    before, reason = deepcopy(document), "patch"
    try:
        patched(document, patch)
    except InvalidInput as error:
        reason = error.reason
    assert (document, reason) == (before, "patch")


def test_a_merge_patch_takes_null_for_removal_and_merges_objects():
    before = {"name": "x", "properties": {"a": 1, "b": {"c": 2}}}
    assert patched(before, {"properties": {"a": None, "b": {"d": 3}}}) == {
        "name": "x",
        "properties": {"b": {"c": 2, "d": 3}},
    }


@pytest.mark.parametrize(
    "patch",
    [5, "x", [5], [{"op": "add", "path": "name", "value": 1}], [{"op": "add", "path": "/a/b", "value": 1}],
     [{"op": "eval", "path": "/name"}], [{"op": "replace", "path": "/name"}], [{"op": "remove", "path": "/nothing"}],
     [{"op": "copy", "path": "/name"}], [{"op": "add", "path": "/" * 50, "value": 1}],
     [{"op": "test", "path": "/name", "value": "y"}], [{"op": "remove", "path": "/name"}] * 101,
     {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}}],
)  # fmt: skip
def test_a_faulty_patch_is_refused(patch):
    with pytest.raises(InvalidInput) as caught:
        patched({"name": "x"}, patch)
    assert caught.value.reason == "patch"
