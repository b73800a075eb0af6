"""A part of the mutation bench, and what it stands on: compliant buildings, needs, sentences, pack versions."""

import ast
import string
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.permit import Row, judge
from benchmarks.permit_cases import OPEN, indications, read_case, run_case
from ifc import MeshSet, Value
from samples.mutation_table import mutations
from samples.permit import COMPLIANT_CASES, write_case
from twin.permit import (
    CheckContext,
    Mode,
    Need,
    Pack,
    PermitReport,
    Rule,
    SourceStatus,
    Verdict,
    bundled_packs,
    check,
    compare,
    load_pack,
)
from twin.permit.remedies import GENERAL
from twin.permit.sentences import LANGUAGES, catalogue

PACKS = bundled_packs()
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]
SAMPLED = [m for m in mutations() if m.building == "house" and m.kind != "far"][::9]
FLAGGED_CONTEXT = ("plan", "parcels", "neighbours")


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckContext]:
    root = tmp_path_factory.mktemp("permit")
    return {name: read_case(write_case(make(), root / name)) for name, make in COMPLIANT_CASES.items()}


@pytest.fixture(scope="module")
def reports(contexts: dict[str, CheckContext]) -> dict[str, PermitReport]:
    return {name: check(context, PACKS) for name, context in contexts.items()}


def test_there_are_enough_checks_with_their_mutations() -> None:
    names = {rule.rule_id for _, rule in RULES}
    assert len(names) == len(RULES) >= 64
    by_kind = {kind: {m.check_id for m in mutations() if m.kind == kind} for kind in ("beyond", "far", "inside")}
    assert all(found == names for found in by_kind.values())


@pytest.mark.parametrize("name", sorted(COMPLIANT_CASES))
def test_compliant_buildings_have_no_findings(reports: dict[str, PermitReport], name: str) -> None:
    assert {c: v for c, v in indications(reports[name]).items() if v in OPEN} == {}


def test_every_check_applies_to_one_of_the_compliant_buildings(reports: dict[str, PermitReport]) -> None:
    passing = {r.check_id for report in reports.values() for r in report.results if r.indication is Verdict.PASS}
    duties = {"fire.operational-card"}  # a duty that begins only where a person must look
    assert {rule.rule_id for _, rule in RULES} - passing <= duties


@pytest.mark.parametrize("mutation", SAMPLED, ids=lambda m: f"{m.check_id}-{m.kind}")
def test_sampled_mutation(mutation: object, reports: dict[str, PermitReport], tmp_path: Path) -> None:
    row = Row()
    after = indications(run_case(mutation.case(), PACKS, tmp_path))  # type: ignore[attr-defined]
    judge(mutation, indications(reports["house"]), after, row)  # type: ignore[arg-type]
    assert (row.found, row.alarms, row.flips) == (row.violations, 0, [])


def resolved(names: tuple[str, ...], rule: Rule) -> list[str]:
    found: list[str] = []
    for name in names:
        value = rule.parameters.arguments[name[1:]] if name.startswith("$") else name
        found += value if isinstance(value, list) else [value]
    return found


def without(context: CheckContext, need: Need, rule: Rule) -> CheckContext:
    """Return the context without the data that a need names."""
    snapshot, classes = context.snapshot, set(resolved(need.classes, rule))
    if need.kind == "context":
        if "georeference" in classes:
            return replace(context, snapshot=replace(snapshot, georeference=None))
        return replace(context, **dict.fromkeys(classes))  # type: ignore[arg-type]
    chosen = {gid for gid, r in snapshot.records.items() if "*" in classes or plain(r.ifc_class) in classes}
    if need.kind == "geometry":
        meshes = MeshSet(tuple(mesh for mesh in snapshot.meshes if mesh.global_id not in chosen))
        return replace(context, snapshot=replace(snapshot, meshes=meshes))
    records = dict(snapshot.records)
    if need.kind == "element":
        return replace(
            context, snapshot=replace(snapshot, records={g: r for g, r in records.items() if g not in chosen})
        )
    places = resolved(need.paths, rule)
    types = {
        target for gid in chosen for relation in records[gid].relations if (target := relation.target) in records
    }
    for gid in chosen | types:
        records[gid] = replace(
            records[gid],
            attributes={k: v for k, v in records[gid].attributes.items() if f"@{k}" not in places},
            property_sets=stripped(records[gid].property_sets, places),
            quantity_sets=stripped(records[gid].quantity_sets, places),
        )
    return replace(context, snapshot=replace(snapshot, records=records))


def plain(ifc_class: str) -> str:
    return ifc_class.removesuffix("StandardCase").removesuffix("ElementedCase")


def stripped(sets: object, places: list[str]) -> dict[str, dict[str, Value]]:
    return {
        name: {key: value for key, value in values.items() if f"{name}.{key}" not in places}
        for name, values in sets.items()  # type: ignore[attr-defined]
    }


NEEDED = [(pack, rule, need) for pack, rule in RULES for need in rule.spec.needs]


@pytest.mark.parametrize(
    ("pack", "rule", "need"), NEEDED, ids=[f"{r.rule_id}-{n.kind}-{'-'.join(n.classes)[:40]}" for _, r, n in NEEDED]
)
def test_missing_data_never_passes(
    contexts: dict[str, CheckContext], reports: dict[str, PermitReport], pack: Pack, rule: Rule, need: Need
) -> None:
    name = next((n for n, report in reports.items() if indications(report)[rule.rule_id] is Verdict.PASS), "house")
    alone = replace(pack, rules=(replace(rule, use_code_prefixes=()),))
    results = check(without(contexts[name], need, rule), (alone,)).results
    found = {r.verdict for r in results}
    assert Verdict.DATA_MISSING in found
    assert Verdict.PASS not in found, [r.message for r in results if r.verdict is Verdict.PASS]
    lacking = [r for r in results if r.verdict is Verdict.DATA_MISSING]
    for result in lacking:  # it says which data to add, not what to build otherwise
        assert result.advices != rule.advice
        assert result.advice != GENERAL.template
        assert len(set(result.advices.values())) == len(LANGUAGES)
    if need.kind == "property":
        places = [place.removeprefix("@") for place in resolved(need.paths, rule)]
        assert any(place in result.advice for result in lacking for place in places)


def test_every_test_says_what_it_needs_or_has_its_own_case() -> None:
    own = {"model.elements-in-storey", "model.geometry", "ubn.fire-rating-form"}
    assert {rule.rule_id for _, rule in RULES if not rule.spec.needs} == own


def test_an_unverified_rule_never_decides(
    reports: dict[str, PermitReport], contexts: dict[str, CheckContext]
) -> None:
    formal = check(contexts["house"], PACKS, Mode.FORMAL)
    for result in (*formal.results, *(r for report in reports.values() for r in report.results)):
        if result.source_status is SourceStatus.UNVERIFIED:
            assert result.verdict not in {Verdict.PASS, Verdict.FAIL}
    decided = {r.source_status for r in formal.results if r.verdict in {Verdict.PASS, Verdict.FAIL}}
    assert decided == {SourceStatus.VERIFIED}


def test_a_finding_says_what_to_change_and_a_pass_nothing(contexts: dict[str, CheckContext]) -> None:
    advised = {rule.rule_id: rule.advice for _, rule in RULES}
    for result in check(contexts["house"], PACKS, Mode.FORMAL).results:
        if result.indication is Verdict.FAIL:
            assert result.advices == advised[result.check_id]
        elif result.indication is Verdict.PASS:
            assert result.advice.startswith("Nothing has to be changed")


def templates() -> set[str]:
    found: set[str] = set()
    for path in (Path(__file__).parents[3] / "twin" / "permit").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                first = node.args[0]
                found |= {first.value} if isinstance(first, ast.Constant) and isinstance(first.value, str) else set()
    return found


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_sentence_is_worded_in_every_language() -> None:
    said = templates()
    assert said
    assert said <= set(catalogue())
    for template, wordings in catalogue().items():
        assert set(wordings) == set(LANGUAGES) - {"en"}
        assert all(fields(text) == fields(template) for text in wordings.values())


def test_numbers_follow_the_language(reports: dict[str, PermitReport]) -> None:
    way = next(r for r in reports["school"].results if r.check_id == "fire.escape-path" and r.measured)
    assert way.measured is not None
    written = f"{way.measured.value:.3f}".rstrip("0")
    assert written in way.messages["en"]
    assert written.replace(".", ",") in way.messages["et"]
    assert way.geometry is not None
    assert way.geometry.type == "path"


def test_two_versions_of_a_pack_are_compared(contexts: dict[str, CheckContext]) -> None:
    path = Path(__file__).parents[3] / "twin" / "permit" / "packs" / "20-dwelling-rooms.json"
    old = path.read_bytes()
    new = old.replace(b'"value": 8,', b'"value": 12,', 1).replace(b'"version": "1.1.0"', b'"version": "2.0.0"', 1)
    first, second = (check(contexts["house"], (load_pack(data, path.name),)) for data in (old, new))
    found = compare(first, second)
    assert {r.check_id for r in found.new} == {"r85.room-area"}
    assert not found.fixed
    digests = [{r.to_json()["pack_sha256"] for r in report.results} for report in (first, second)]
    assert [len(group) for group in digests] == [1, 1]
    assert digests[0] != digests[1]
