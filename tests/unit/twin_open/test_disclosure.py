"""Attacks on what is released: differences, repetitions, one member against another."""

import math

from hypothesis import given
from hypothesis import strategies as st

from twin.disclosure import OTHER, Rules, clusters, laplace, release

RULES = Rules(k=10, clip=1.0, noise=1.0, grain=0.001)
KEYS = [number.to_bytes(32, "big") for number in range(12_000)]
SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 40), max_size=12)


def groups(**sizes):
    return {name: [[0.5]] * size for name, size in sizes.items()}


def first_value(given, key, name="r"):
    return release(name, given, RULES, key)["rows"][0]["values"][0]


@given(SIZES, st.integers(5, 15))
def test_no_row_and_no_difference_of_rows_and_total_is_small(sizes, k):
    rows = clusters(sizes, k)
    shown = [name for row in rows for name in row]
    assert len(shown) == len(set(shown))
    assert all(sum(sizes[name] for name in row) >= k for row in rows)
    left = sum(size for name, size in sizes.items() if name not in shown)
    assert left == 0 or sum(sizes.values()) < k  # what is not shown is nothing, or all there is


def test_a_small_group_takes_the_smallest_shown_one_along():
    assert clusters({"a": 40, "b": 12, "c": 3}, 10) == [("a",), ("b", "c")]
    assert clusters({"a": 40, "b": 12, "c": 9, "d": 1}, 10) == [("a",), ("b",), ("c", "d")]
    assert clusters({"a": 9}, 10) == clusters({}, 10) == []
    told = release("r", groups(a=40, b=12, c=3), RULES, b"k")
    assert [row["group"] for row in told["rows"]] == ["a", OTHER]
    assert told["total"] == [sum(row["values"][0] for row in told["rows"])]  # a difference with the total is nothing
    assert [row["units_at_least"] for row in told["rows"]] == [40, 15]


def test_asking_again_says_the_same_so_nothing_averages_away():
    said = {first_value(groups(a=20), b"one key") for _ in range(200)}
    assert len(said) == 1
    assert abs(said.pop() - 10.0) > 1e-6  # and it is not the truth


def test_other_values_other_names_and_other_keys_have_other_noise():
    def noise_of(given, **changes):
        truth = sum(unit[0] for unit in given["a"])
        return round(first_value(given, changes.get("key", b"k"), changes.get("name", "r")) - truth, 6)

    late = {"a": [*[[0.5]] * 19, [0.75]]}  # a reading that came late: the difference of two releases is not it
    found = {
        noise_of(groups(a=20)),
        noise_of(late),
        noise_of(groups(a=20), name="s"),
        noise_of(groups(a=20), key=b"l"),
    }
    assert len(found) == 4


def test_whoever_knows_all_others_can_hardly_tell_what_one_did():
    """Differential privacy, measured: a victim at 0 or at the clip changes no chance by more than e^(1/noise)."""
    others = [[0.5]] * 19
    at_none = [first_value({"a": [*others, [0.0]]}, key) for key in KEYS]
    at_most = [first_value({"a": [*others, [1.0]]}, key) for key in KEYS]
    bound = math.exp(1 / RULES.noise) * 1.2  # a fifth for the chance in twelve thousand draws
    for threshold in (8.5, 9.0, 9.5, 10.0, 10.5, 11.0, 11.5):
        above_none, above_most = (sum(value > threshold for value in found) for found in (at_none, at_most))
        assert above_most <= bound * above_none
        assert len(KEYS) - above_none <= bound * (len(KEYS) - above_most)


def test_one_that_uses_a_hundred_times_as_much_counts_as_the_most_that_one_counts():
    usual, huge = ({"a": [*[[0.5]] * 19, [value]]} for value in (1.0, 100.0))
    assert first_value(usual, b"k") == first_value(huge, b"k")


def test_the_noise_is_that_of_laplace():
    draws = [laplace(b"key", str(number), 2.0) for number in range(5_000)]
    assert abs(sum(draws) / len(draws)) < 0.15
    assert abs(sum(map(abs, draws)) / len(draws) - 2.0) < 0.15
    assert abs(sum(draw > 0 for draw in draws) - 2_500) < 200
    assert len(set(draws)) == len(draws)
