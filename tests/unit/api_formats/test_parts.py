"""Reports of thousands of findings come in parts that an answer can carry."""

import json

from api.formats import part_of

FINDINGS, TEN_MIB = 2_000, 10 * 2**20
WORDS = {"et": "x" * 400, "en": "y" * 400, "fr": "z" * 400}


def report(elements):
    named = [f"{number:022}" for number in range(elements)]
    results = [
        {"check_id": f"check-{number}", "messages": WORDS, "advices": WORDS, "elements": named}
        for number in range(FINDINGS)
    ]
    return {"building_id": "b", "results": results}


def walked(made, limit):
    offset, names = 0, []
    while offset is not None:
        part = part_of(made, offset, limit)
        assert len(json.dumps(part).encode()) < TEN_MIB
        assert (part["offset"], part["total"]) == (offset, FINDINGS)
        names += [result["check_id"] for result in part["results"]]
        offset = part["next"]
    return names


def test_every_finding_comes_once_in_parts_below_ten_mebibytes():
    wanted = [f"check-{number}" for number in range(FINDINGS)]
    for elements in (0, 300):
        assert walked(report(elements), FINDINGS) == wanted
    assert walked(report(1), 250) == wanted


def test_a_result_about_a_whole_city_is_cut_and_says_so():
    (result, *_) = part_of(report(30_000), 0, 1)["results"]
    assert (len(result["elements"]), result["elements_total"]) == (20_000, 30_000)
