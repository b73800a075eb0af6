"""Packs: what is refused, and where the error points."""

import hashlib
import json
from importlib.resources import files
from typing import Any

import pytest

from twin.errors import InvalidInput
from twin.permit import REGISTRY, SourceStatus, bundled_packs, load_pack

TITLE = {"et": "Ruum", "en": "Room", "fr": "Pièce"}


def rule(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": "x.area",
        "title": TITLE,
        "clause": "§ 1",
        "parameters": {"minimum": {"value": 8, "unit": "m2"}},
        "requirement": {"test": "room_area_at_least", "arguments": {"kinds": ["living"]}},
        "source_status": "verified",
        "confidence_note": "read",
        "advice": TITLE,
    }
    return made | changes


def pack(*rules: dict[str, Any], **changes: Any) -> bytes:
    document = {
        "id": "x",
        "title": TITLE,
        "act": "Act",
        "version": "1",
        "valid_from": "2020-01-01",
        "rules": list(rules),
    }
    return json.dumps(document | changes, ensure_ascii=False, indent=1).encode()


def refusal(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        load_pack(data, "x.json")
    return caught.value


def line_of(data: bytes, text: str) -> int:
    return next(i for i, line in enumerate(data.decode().splitlines(), 1) if text in line)


def test_a_good_pack() -> None:
    data = pack(rule())
    made = load_pack(data, "x.json")
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert made.rules[0].parameters.number("minimum") == 8.0


def test_units_are_converted() -> None:
    data = pack(
        rule(
            requirement={"test": "door_width_at_least", "arguments": {"role": "outer"}},
            parameters={"minimum": {"value": 900, "unit": "mm"}, "frame": {"value": 10, "unit": "cm"}},
        )
    )
    assert load_pack(data, "x.json").rules[0].parameters.numbers == {"minimum": 0.9, "frame": 0.1}


def test_the_weakest_parameter_counts() -> None:
    weak = {"minimum": {"value": 8, "unit": "m2", "source_status": "unverified"}}
    assert load_pack(pack(rule(parameters=weak)), "x.json").rules[0].source_status is SourceStatus.UNVERIFIED


@pytest.mark.parametrize(
    ("changes", "reason", "word"),
    [
        ({"requirement": {"test": "room_smells_good"}}, "pack-test", "room_smells_good"),
        ({"parameters": {"minimum": {"value": 8, "unit": "m"}}}, "pack-unit", '"m"'),
        ({"parameters": {"minimum": {"value": 8, "unit": "furlong"}}}, "pack-unit", "furlong"),
        ({"parameters": {"minimun": {"value": 8, "unit": "m2"}}}, "pack-parameter", "minimun"),
        (
            {"requirement": {"test": "room_area_at_least", "arguments": {"kinds": "living"}}},
            "pack-argument",
            '"kinds"',
        ),
        ({"requirement": {"test": "room_area_at_least", "arguments": {"kinds": [8]}}}, "pack-argument", '"kinds"'),
        (
            {"requirement": {"test": "room_area_at_least", "arguments": {"kinds": [], "colour": ""}}},
            "pack-argument",
            "colour",
        ),
        ({"source_status": "certain"}, "pack-schema", "source_status"),
        ({"colour": "red"}, "pack-schema", "x.second"),
    ],
)
def test_bad_rule_is_named_with_its_line(changes: dict[str, Any], reason: str, word: str) -> None:
    data = pack(rule(), rule(id="x.second", **changes))
    error = refusal(data)
    assert (error.reason, error.entity) == (reason, "x.second")
    second = line_of(data, "x.second")
    text = data.decode().splitlines()
    assert error.line == next(i for i, line in enumerate(text, 1) if i >= second and word in line)
    assert "x.second" in error.message
    assert error.hint


def test_missing_parameter() -> None:
    error = refusal(pack(rule(parameters={})))
    assert (error.reason, error.entity) == ("pack-parameter", "x.area")
    assert "'minimum' is missing" in error.message


def test_missing_title_language() -> None:
    assert refusal(pack(rule(title={"et": "a", "en": "b"}))).reason == "pack-schema"


def test_repeated_rule() -> None:
    assert refusal(pack(rule(), rule())).reason == "pack-duplicate"


def test_broken_pattern() -> None:
    arguments = {"ifc_class": "IfcDoor", "properties": ["A.b"], "pattern": "(", "example": "x"}
    error = refusal(pack(rule(parameters={}, requirement={"test": "property_matches", "arguments": arguments})))
    assert error.reason == "pack-argument"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"x" * (5 * 1024 * 1024)])
def test_not_json(data: bytes) -> None:
    assert refusal(data).reason == "pack-json"


@pytest.mark.parametrize("data", [b"[]", b"{}", b"null", pack()])
def test_not_a_pack(data: bytes) -> None:
    assert refusal(data).reason == "pack-schema"


def test_json_error_has_its_line() -> None:
    assert refusal(b'{\n"id": "x",\n oops}').line == 3


def test_bundled_packs_use_every_test() -> None:
    packs = bundled_packs()
    used = {rule.spec.run for pack in packs for rule in pack.rules}
    assert used == {spec.run for spec in REGISTRY.values()}
    names = [rule.rule_id for pack in packs for rule in pack.rules]
    assert len(names) == len(set(names)) >= 14


def test_titles_are_translated() -> None:
    for made in bundled_packs():
        for title in (made.title, *(rule.title for rule in made.rules)):
            assert len({title["et"], title["en"], title["fr"]}) == 3


def test_numbers_without_a_source_are_marked() -> None:
    unsure = {r.rule_id for p in bundled_packs() for r in p.rules if r.source_status is SourceStatus.UNVERIFIED}
    assert {"fire.separation", "acc.outer-door-width"} <= unsure


def test_the_schema_is_a_schema() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(json.loads((files("twin.permit") / "packs/schema.json").read_text("utf-8")))
