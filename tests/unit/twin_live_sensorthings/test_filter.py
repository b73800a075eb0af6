"""The filter language against Python's own, on random expressions; and narrowing of long histories."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import InvalidInput
from twin.live import Point, PointKind
from twin.live.sensorthings import Answers, Model, Readings, holds, parse_filter, parse_options
from twin.live.sensorthings.filter import time_bounds
from twin.live.sensorthings.functions import FUNCTIONS
from twin.live.sensorthings.readings import Span

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SQUARE = "POLYGON((24 59,25 59,25 60,24 60,24 59))"
ROW = {
    "a": 3, "b": 4.5, "c": "O'Brien", "d": None, "t": "2026-05-01T11:55:30.250000+00:00", "name": "  Sensor Things ",
    "huge": 10**400, "location": {"type": "Point", "coordinates": [24.7, 59.4, 12.0]},
    "line": {"type": "LineString", "coordinates": [[24.0, 59.5], [24.0, 59.6], [24.3, 59.6]]},
    "feature": {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [
        [[24.5, 59.5], [25.5, 59.5], [25.5, 59.7], [24.5, 59.7], [24.5, 59.5]]]}},
}  # fmt: skip
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
    assert holds(parse_filter(odata, NOW), look) is eval(python, {}, dict(ROW))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab '()/,eqandornot19.-T:Z@%", max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(InvalidInput):
        assert holds(parse_filter(text, NOW), look) in (True, False)


# OGC 18-088, section 9.3.3.5: every operator and every function once, with what must not hold beside it.
STANDARD = {
    "eq": ("a eq 3", "a eq 4"),
    "ne": ("a ne 4", "a ne 3"),
    "gt": ("a gt 2", "a gt 3"),
    "ge": ("a ge 3", "a ge 4"),
    "lt": ("a lt 4", "a lt 3"),
    "le": ("a le 3", "a le 2"),
    "and": ("a eq 3 and b eq 4.5", "a eq 3 and b eq 4"),
    "or": ("a eq 4 or b eq 4.5", "a eq 4 or b eq 4"),
    "not": ("not endswith(c,'milk')", "not startswith(c,'O')"),
    "add": ("a add 2 eq 5", "a add 2 eq 6"),
    "sub": ("a sub 5 eq -2", "a sub 5 eq 2"),
    "mul": ("a mul b eq 13.5", "c mul 3 eq 1"),
    "div": ("b div 3 eq 1.5", "a div 0 eq 1"),
    "mod": ("a mod 2 eq 1 and -5 mod 3 eq -2", "-5 mod 3 eq 1"),
    "()": ("(a add 2) mul 2 eq 10", "a add 2 mul 2 eq 10"),
    "substringof": ("substringof('rie', c)", "substringof('RIE', c)"),
    "endswith": ("endswith(c,'en')", "endswith(tolower(c),'N')"),
    "startswith": ("startswith(c,'O')", "startswith(c,'B')"),
    "length": ("length(c) eq 7", "length(a) eq 1"),
    "indexof": ("indexof(c,'Brien') eq 2", "indexof(c,'x') ge 0"),
    "substring": ("substring(c,2) eq 'Brien' and substring(c,2,2) eq 'Br'", "substring(c,-1) eq 'n'"),
    "tolower": ("tolower(c) eq 'o''brien'", "tolower(c) eq c"),
    "toupper": ("toupper(c) eq 'O''BRIEN'", "toupper(a) eq '3'"),
    "trim": ("trim(name) eq 'Sensor Things'", "trim(name) eq name"),
    "concat": ("concat(concat(c,', '),trim(name)) eq 'O''Brien, Sensor Things'", "concat(c,a) eq 'O''Brien3'"),
    "year": ("year(t) eq 2026", "year(c) eq 2026"),
    "month": ("month(t) eq 5", "month(t) eq 4"),
    "day": ("day(t) eq 1", "day(t) eq 2"),
    "hour": ("hour(t) eq 11 and hour(2026-05-01T02:00:00+02:00) eq 2", "hour(t) eq 12"),
    "minute": ("minute(t) eq 55", "minute(t) eq 5"),
    "second": ("second(t) eq 30", "second(t) eq 30.25"),
    "fractionalseconds": ("fractionalseconds(t) eq 0.25", "fractionalseconds(t) eq 250"),
    "date": ("date(t) eq 2026-05-01 and date(t) lt date(t add duration'P1D')", "date(t) eq t"),
    "time": ("time(t) gt 11:55:30 and time(t) lt 11:56", "time(t) gt time(t)"),
    "totaloffsetminutes": (
        "totaloffsetminutes(t) eq 0 and totaloffsetminutes(2026-05-01T02:00:00+02:00) eq 120",
        "totaloffsetminutes(t) eq 60",
    ),
    "now": ("t ge now() sub duration'PT10M'", "t ge now()"),
    "mindatetime": ("t gt mindatetime()", "t lt mindatetime()"),
    "maxdatetime": ("t lt maxdatetime()", "t gt maxdatetime()"),
    "round": ("round(b) eq 5 and round(-2.5) eq -3 and round(2.49) eq 2", "round(b) eq 4"),
    "floor": ("floor(b) eq 4 and floor(-4.5) eq -5", "floor(b) eq 5"),
    "ceiling": ("ceiling(b) eq 5 and ceiling(-4.5) eq -4", "ceiling(b) eq 4"),
    "geo.distance": (
        "geo.distance(location,geography'POINT(24.7 59.9)') le 0.51", "geo.distance(location,'here') ge 0",
    ),
    "geo.length": ("geo.length(line) gt 0.399 and geo.length(line) lt 0.401", "geo.length(location) ge 0"),
    "geo.intersects": (
        f"geo.intersects(location,geography'{SQUARE}')", "geo.intersects(location,geography'POINT(1 1)')",
    ),
    "st_equals": ("st_equals(location,geography'POINT(24.7 59.4)')", "st_equals(location,line)"),
    "st_disjoint": ("st_disjoint(location,line)", f"st_disjoint(location,geography'{SQUARE}')"),
    "st_touches": (
        f"st_touches(geography'POINT(24 59.5)',geography'{SQUARE}')", f"st_touches(location,geography'{SQUARE}')",
    ),
    "st_within": (f"st_within(location,geography'{SQUARE}')", f"st_within(feature,geography'{SQUARE}')"),
    "st_overlaps": (f"st_overlaps(feature,geography'SRID=4326;{SQUARE}')", "st_overlaps(feature,feature)"),
    "st_crosses": (
        "st_crosses(geography'LINESTRING(23 59.5,26 59.5)',geography'LINESTRING(24.5 59,24.5 60)')",
        "st_crosses(line,line)",
    ),
    "st_intersects": (f"st_intersects(feature,geography'{SQUARE}')", "st_intersects(feature,location)"),
    "st_contains": (f"st_contains(geography'{SQUARE}',location)", f"st_contains(location,geography'{SQUARE}')"),
    "st_relate": (f"st_relate(location,geography'{SQUARE}','T*F**F***')", "st_relate(location,line,'T*F**F***')"),
}  # fmt: skip


@pytest.mark.parametrize("word", STANDARD)
def test_the_language_of_the_standard(word):
    right, wrong = STANDARD[word]
    assert holds(parse_filter(right, NOW), look)
    assert not holds(parse_filter(wrong, NOW), look)


def test_no_function_is_offered_beyond_the_table_but_the_one_that_clients_of_odata_4_know():
    assert set(FUNCTIONS) - set(STANDARD) == {"contains"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c eq 'O''Brien'", True),
        ("contains(c,'rie')", True),
        ("d eq null", True),
        ("a gt 'x'", False),
        ("1 eq 1 or 1 eq 1 and 1 eq 2", True),
        ("2 add 3 mul 4 eq 14", True),
        ("10 sub 3 sub 2 eq 5", True),
        ("2026-05-01T02:00:00+02:00 eq 2026-05-01T00:00:00Z", True),
        ("huge gt 1", True),
        ("a add huge eq 1", False),
        ("maxdatetime() add duration'P9D' gt t", False),
        ("t sub now() lt duration'PT1S'", True),
        ("st_relate(location,line,'no matrix')", False),
    ],
)
def test_the_corners_of_the_language(text, expected):
    assert holds(parse_filter(text, NOW), look) is expected


@pytest.mark.parametrize(
    "text",
    ["geography'POINT(181 0)' eq 1", "geography'POINT(nan 1)' eq 1", "geography'POINT(1e400 1)' eq 1",
     "geography'POLYGON((0 0,1 1,0 1,1 0,0 0))' eq 1", "geography'" + "GEOMETRYCOLLECTION(" * 200 + "' eq 1",
     "geography'SRID=3301;POINT(1 1)' eq 1", "duration'P' eq 1", "duration'one day' eq 1", "t gt 2026-02-30",
     "time(t) gt 25:00", "st_within(location)", "now(1) eq 1", "length(c,) eq 7", "length(c"],
)  # fmt: skip
def test_what_is_no_literal_and_no_call_is_refused_with_its_place(text):
    with pytest.raises(InvalidInput) as caught:
        parse_filter(text, NOW)
    assert caught.value.reason == "filter"
    assert caught.value.entity


def test_an_unknown_function_is_refused_with_those_that_are_offered():
    with pytest.raises(InvalidInput) as caught:
        parse_filter("st_buffer(location,1) eq 1", NOW)
    assert caught.value.reason == "filter-function"
    assert "st_within" in caught.value.hint


def test_sets_within_sets_cannot_multiply_without_end():
    node = parse_filter("many add many eq 1", NOW)
    with pytest.raises(InvalidInput, match="pairs"):
        holds(node, lambda _steps: list(range(200)))


def test_a_long_chain_is_refused_before_it_can_exhaust_the_stack():
    with pytest.raises(InvalidInput):
        parse_filter(" and ".join(["a eq 1"] * 200), NOW)


def test_times_bound_what_is_read():
    low, high = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    node = parse_filter("t ge 2026-01-01T00:00:00Z and (t lt 2026-02-01T00:00:00Z and result gt 1)", NOW)
    assert time_bounds(node, "t") == (low, high)
    recent = parse_filter("t gt now() sub duration'PT1H' and t lt now()", NOW)
    assert time_bounds(recent, "t") == (NOW - timedelta(hours=1), NOW)
    assert time_bounds(parse_filter("t ge 2026-01-01T00:00:00Z or result gt 1", NOW), "t") == (None, None)


def test_expansions_nest_with_their_own_options():
    options = parse_options(
        {"$expand": "Datastreams($top=2;$filter=name eq 'a;b,c';$expand=Sensor),Locations/Things"}, NOW
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

    def history(_building, _point, start, end, step_s=None, most=None):
        first, last = moments(start, end)
        if step_s is None:
            last = last if most is None else min(last, first + most)
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
    found = Readings(history, span.end).page(POINT, span, wanted, newest=newest)[:wanted]
    expected = range(total - 1, total - 1 - wanted, -1) if newest else range(wanted)
    assert [row["result"] for row in found] == list(expected)
    assert max(read) <= 4 * wanted + 1_000


def test_expansions_within_expansions_cannot_grow_without_end():
    points = [Point("101234567", f"p{n}", "g", PointKind.SENSOR, "Temperature", "Cel") for n in range(230)]
    model = Model(points, lambda building, _space: building, dict)
    answers = Answers(model, Readings(lambda *_: {"items": []}, NOW), NOW, "https://x")
    asked = {"$expand": "Thing($expand=Datastreams($top=230))", "$top": "230"}
    with pytest.raises(InvalidInput) as caught:
        answers.get("Datastreams", asked)
    assert caught.value.reason == "too-many-items"
