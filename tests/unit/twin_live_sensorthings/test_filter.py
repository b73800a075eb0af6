"""The filter language against Python's own, on random expressions; and narrowing of long histories."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import InvalidInput
from twin.live import Point, PointKind
from twin.live.sensorthings import Readings, holds, parse_filter, parse_options
from twin.live.sensorthings.filter import time_bounds
from twin.live.sensorthings.readings import Span

ROW = {"a": 3, "b": 4.5, "c": "O'Brien", "d": None}
COMPARE = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
REACH = {"add": "+", "sub": "-", "mul": "*"}


def look(steps):
    return [ROW.get(steps[0])]


@st.composite
def numbers(draw, depth=2):
    if depth and draw(st.booleans()):
        word = draw(st.sampled_from(sorted(REACH)))
        (left, mine), (right, its) = draw(numbers(depth - 1)), draw(numbers(depth - 1))
        return f"({left} {word} {right})", f"({mine} {REACH[word]} {its})"
    chosen = draw(st.one_of(st.sampled_from(["a", "b"]), st.integers(-9, 9).map(str)))
    return chosen, chosen


@st.composite
def truths(draw, depth=3):
    kind = draw(st.sampled_from(["compare", "and", "or", "not"] if depth else ["compare"]))
    if kind == "not":
        odata, python = draw(truths(depth - 1))
        return f"not ({odata})", f"(not ({python}))"
    if kind == "compare":
        word = draw(st.sampled_from(sorted(COMPARE)))
        (left, mine), (right, its) = draw(numbers()), draw(numbers())
        return f"{left} {word} {right}", f"({mine} {COMPARE[word]} {its})"
    (left, mine), (right, its) = draw(truths(depth - 1)), draw(truths(depth - 1))
    return f"({left}) {kind} ({right})", f"(({mine}) {kind} ({its}))"


@settings(max_examples=150, deadline=None)
@given(truths())
def test_it_means_what_python_means(pair):
    odata, python = pair
    assert holds(parse_filter(odata), look) is eval(python, {}, dict(ROW))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab '()/,eqandornot19.-T:Z@%", max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(InvalidInput):
        assert holds(parse_filter(text), look) in (True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c eq 'O''Brien'", True),
        ("startswith(c,'O')", True),
        ("substringof('rie', c)", True),
        ("endswith(tolower(c),'N')", False),
        ("length(c) eq 7", True),
        ("d eq null", True),
        ("a gt 'x'", False),
        ("c mul 3 eq 1", False),
        ("a div 0 eq 1", False),
        ("1 eq 1 or 1 eq 1 and 1 eq 2", True),
        ("2 add 3 mul 4 eq 14", True),
        ("10 sub 3 sub 2 eq 5", True),
        ("year(2026-05-01T00:00:00Z) eq 2026", True),
        ("2026-05-01T02:00:00+02:00 eq 2026-05-01T00:00:00Z", True),
    ],
)
def test_the_language(text, expected):
    assert holds(parse_filter(text), look) is expected


def test_a_long_chain_is_refused_before_it_can_exhaust_the_stack():
    with pytest.raises(InvalidInput):
        parse_filter(" and ".join(["a eq 1"] * 200))


def test_times_bound_what_is_read():
    low, high = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    node = parse_filter("t ge 2026-01-01T00:00:00Z and (t lt 2026-02-01T00:00:00Z and result gt 1)")
    assert time_bounds(node, "t") == (low, high)
    assert time_bounds(parse_filter("t ge 2026-01-01T00:00:00Z or result gt 1"), "t") == (None, None)


def test_expansions_nest_with_their_own_options():
    options = parse_options(
        {"$expand": "Datastreams($top=2;$filter=name eq 'a;b,c';$expand=Sensor),Locations/Things"}
    )
    (first, inner), (second, deep) = options.expand
    assert (first, inner.top, inner.expand[0][0]) == ("Datastreams", 2, "Sensor")
    assert (second, deep.expand[0][0]) == ("Locations", "Things")


POINT = Point("101234567", "p", "g", PointKind.SENSOR, "Temperature", "Cel")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 300), st.booleans(), st.integers(1, 60))
def test_a_page_of_a_long_history_is_right_and_reads_little(wanted, newest, every_s):
    """A year of a point, a reading each `every_s` seconds; only counts and one window are read."""
    total = 100_000
    read = []

    def moments(start, end):
        first = max(0, -(-int((start - BEGIN).total_seconds()) // every_s))
        last = min(total, -(-int((end - BEGIN).total_seconds()) // every_s))
        return first, max(first, last)

    def history(_building, _point, start, end, step_s=None):
        first, last = moments(start, end)
        if step_s is None:
            read.append(last - first)
            return {
                "items": [
                    {"t": (BEGIN + timedelta(seconds=n * every_s)).isoformat(), "v": n} for n in range(first, last)
                ]
            }
        items, edge = [], start
        while edge < end:
            low, high = moments(edge, min(end, edge + timedelta(seconds=step_s)))
            if high > low:
                items.append({"t": edge.isoformat(), "n": high - low})
            edge += timedelta(seconds=step_s)
        return {"items": items}

    span = Span(datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    found = Readings(history).page(POINT, span, wanted, newest=newest)[:wanted]
    expected = range(total - 1, total - 1 - wanted, -1) if newest else range(wanted)
    assert [row["result"] for row in found] == list(expected)
    assert max(read) <= 30_000
