"""The life of a sample building: permitted, built otherwise, accepted, kept up, and changed without asking."""

import pytest

from signatures import KeySigner, Suite, add_proof, jcs, parse_canonical, pinned_contexts
from signatures.tlog import LogPolicy, verify_log_proof
from twin.errors import Conflict, InvalidInput, NotFound
from twin.lifecycle import TransitionRefused
from twin.sealing import Bundle, Evidence, verify_bundle
from twin.snapshot import Stage

HOUSE = "120900101"
PAPERS = {
    "submit": ("designer-qualification",),
    "permit": ("designer-qualification", "authority-decision", "derogation"),
    "complete": (
        "as-built-survey", "construction-diary", "covered-work-acts", "fire-report", "commissioning-report",
        "air-leakage-test", "use-permit",
    ),
    "maintain": ("maintenance-record",),
    "revoke": ("revocation-decision",),
}  # fmt: skip


def papers(name, without=()):
    return [Evidence(kind, kind, f"{n:064x}") for n, kind in enumerate(PAPERS[name]) if kind not in without]


def go(twin, version, name, *roles):
    lifecycles = twin.trust.lifecycles
    answer = lifecycles.begin(version, name, papers(name), "test", roles[0])
    for role in roles[1:]:
        answer = lifecycles.sign(version, "test", role)
    return answer


def version(twin, stage, number=1):
    return twin.catalogue.version(HOUSE, stage, number)


@pytest.fixture(scope="module")
def permitted(twin):
    designed = version(twin, Stage.AS_DESIGNED)
    assert go(twin, designed, "submit", "designer")["status"] == "S4"
    assert go(twin, designed, "permit", "designer", "municipality")["status"] == "A3"
    return designed


@pytest.fixture(scope="module")
def built(twin, permitted):
    built = version(twin, Stage.AS_BUILT)
    lifecycles = twin.trust.lifecycles
    with pytest.raises(TransitionRefused) as caught:
        lifecycles.begin(built, "complete", papers("complete"), "test", "builder")
    assert caught.value.reason == "deviation-not-accepted"
    wanted = [move.key for move in caught.value.moves]
    twin.trust.deviations.accept(
        permitted, built, wanted, role="municipality", reason="Seen on site", actor="test",
        figures=lifecycles.figure_moves(permitted, built),
    )  # fmt: skip
    answer = lifecycles.begin(built, "complete", papers("complete"), "test", "builder")
    assert answer["status"] == "S0"
    assert answer["pending"]["missing"] == ["The signature of the owner-supervision is missing."]
    assert lifecycles.sign(built, "test", "owner-supervision")["status"] == "A6"
    return built


def test_what_was_built_otherwise_is_named_as_the_truth_has_it(twin, permitted):
    moved = twin.trust.lifecycles.moves(permitted, version(twin, Stage.AS_BUILT))
    found = [(move.concern.value, move.path.split("/")[-1], move.before, move.after) for move in moved]
    assert ("fire", "330_Tulekindlus", "REI30", "REI15") in found
    assert ("fire", "FireRating", "REI30", "REI15") in found
    window = {move.path for move in moved if move.ifc_class == "IfcWindow"}  # the one that was not built
    assert "Pset_WindowCommon/ThermalTransmittance" in window
    assert len({move.global_id for move in moved if move.global_id}) == 2


def test_accepted_deviations_say_by_whom_and_when(twin, permitted, built):
    shown = twin.trust.deviations.documents(HOUSE)
    assert [item["valid"] for item in shown] == [True]
    acceptances = twin.trust.deviations.of(HOUSE)
    move = next(m for m in twin.trust.lifecycles.moves(permitted, built) if m.path.endswith("FireRating"))
    accepted = acceptances.of_value(move.global_id, move.path, move.before, move.after)
    assert (accepted.role, accepted.reason) == ("municipality", "Seen on site")
    assert accepted.by == twin.trust.keys.signer("municipality").controller
    assert acceptances.of_value(move.global_id, move.path, move.before, "REI5") is None


def test_a_fire_rating_changed_in_use_needs_a_permit_branch(twin, built):
    kept = version(twin, Stage.AS_MAINTAINED)
    lifecycles = twin.trust.lifecycles
    preview = next(rule for rule in lifecycles.describe(kept)["next"] if rule["transition"] == "maintain")
    assert len(preview["moved"]) == 2
    with pytest.raises(TransitionRefused) as caught:
        lifecycles.begin(kept, "maintain", papers("maintain"), "test", "owner")
    assert caught.value.reason == "permit-branch-needed"
    moved = caught.value.members["moved"]
    assert {(m["path"], m["before"], m["after"], m["concern"]) for m in moved} == {
        ("AR_Uks/330_Tulekindlus", None, "EI15", "fire"),
        ("Pset_DoorCommon/FireRating", None, "EI15", "fire"),
    }
    assert lifecycles.status(kept) == "S0"

    file = twin.catalogue.files(kept.key)[0].file_sha256
    branch = twin.load(twin.blobs.path(file), Stage.AS_DESIGNED, HOUSE)
    go(twin, branch, "submit", "designer")
    assert go(twin, branch, "permit", "designer", "municipality")["status"] == "A3"
    assert go(twin, kept, "maintain", "owner")["status"] == "A7"


def test_every_state_and_transition_is_in_the_log_and_the_chain_holds(twin, built):
    trust = twin.trust
    assert trust.registry.state()["waiting"] == 0
    policy = LogPolicy.parse(trust.registry.policy())
    for stage in (Stage.AS_DESIGNED, Stage.AS_BUILT):
        credential = trust.seals.credential(version(twin, stage))
        assert verify_log_proof(credential, trust.registry.proof(credential), policy, twin.clock()).index >= 0
    assert trust.journal.check("transitions") >= 3
    kinds = {entry["kind"] for entry in trust.registry.entries(0, 1000)}
    assert kinds == {"state", "transition", "keys"}


def test_the_bundle_says_status_signers_and_log(twin, built):
    verdict = verify_bundle(
        twin.seals.bundle(built), records=None, file_sha256=None, policy=_any(), log_policy=None, now=twin.clock()
    )
    assert verdict.valid
    assert verdict.facts["status"] == "A6"
    assert [signer["role"] for signer in verdict.facts["signers"]] == [None, "builder", "owner-supervision"]
    log = next(step for step in verdict.steps if step.name == "log")
    assert log.verdict == "passed"
    assert Bundle.from_bytes(twin.seals.bundle(built)).log is not None


@pytest.mark.parametrize(
    ("name", "without", "reason"),
    [("submit", ("designer-qualification",), "evidence"), ("complete", (), "transition")],
)
def test_refusals_have_reasons(twin, name, without, reason):
    other = twin.catalogue.version("120900102", Stage.AS_DESIGNED)
    with pytest.raises((TransitionRefused, NotFound)) as caught:
        twin.trust.lifecycles.begin(other, name, papers(name, without), "test", "designer")
    assert caught.value.reason == reason
    assert caught.value.hint


def test_a_failed_check_needs_a_derogation_and_one_key_is_not_two_people(twin):
    other = twin.catalogue.version("120900103", Stage.AS_DESIGNED)
    go(twin, other, "submit", "designer")
    failed = twin.permits.report(other)["counts"]["fail"]
    if failed:
        with pytest.raises(TransitionRefused, match="checks fail"):
            twin.trust.lifecycles.begin(other, "permit", papers("permit", ("derogation",)), "test", "designer")
    twin.trust.lifecycles.begin(other, "permit", papers("permit"), "test", "designer")
    with pytest.raises(Conflict) as caught:
        twin.trust.lifecycles.sign(other, "test", "designer")
    assert caught.value.reason == "already-signed"
    credential = twin.seals.credential(other)
    stranger = KeySigner.generate()
    signed = add_proof(
        parse_canonical(credential), stranger, suite=Suite.EDDSA_RDFC_2022, created=twin.clock(),
        contexts=pinned_contexts(), role="municipality",
    )  # fmt: skip
    forged = {**signed, "credentialSubject": {**signed["credentialSubject"], "leafCount": 1}}
    with pytest.raises(Conflict) as caught:
        twin.trust.lifecycles.merge(other, jcs(forged), "test")
    assert caught.value.reason == "other-credential"
    assert twin.trust.lifecycles.merge(other, jcs(signed), "test")["status"] == "A3"
    with pytest.raises(InvalidInput) as caught:
        twin.trust.keys.signer("king")
    assert caught.value.reason == "role"


def test_a_revoked_permit_is_no_permit(twin):
    other = twin.catalogue.version("120900104", Stage.AS_DESIGNED)
    go(twin, other, "submit", "designer")
    go(twin, other, "permit", "designer", "municipality")
    assert go(twin, other, "revoke", "municipality")["status"] == "archived"
    described = twin.trust.lifecycles.describe(other)
    assert [entry["to"] for entry in described["history"]] == ["S4", "A3", "archived"]
    assert described["next"] == []
    assert described["container"] == "archive"


def _any():
    from signatures import AnyIssuer

    return AnyIssuer()
