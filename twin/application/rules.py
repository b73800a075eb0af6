"""What may be done to an application, by whom, and what it then is.

Rules that it keeps:
1. An application is what its journal says: acts are added, never changed.
2. From draft or a requested revision it is submitted; submitted it is taken into review; a revision may be requested
   of a submitted one or of one in review; only one in review is granted or refused; then nothing follows.
3. What was frozen at a submission stays; findings are ruled on for the last submission only.
4. The applicant submits and justifies; somebody else rules, requests, grants and refuses.
5. It is granted only when every open finding is ruled on and none is upheld.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from twin.application.values import Act, Application, Ruling, Said, State, Submission
from twin.errors import Conflict, NotFound

AFTER: Mapping[tuple[State, Act], State] = {
    (State.DRAFT, Act.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Act.REVIEW): State.IN_REVIEW,
    (State.SUBMITTED, Act.REQUEST_REVISION): State.REVISION_REQUESTED,
    (State.IN_REVIEW, Act.REQUEST_REVISION): State.REVISION_REQUESTED,
    (State.REVISION_REQUESTED, Act.SUBMIT): State.SUBMITTED,
    (State.IN_REVIEW, Act.GRANT): State.GRANTED,
    (State.IN_REVIEW, Act.REFUSE): State.REFUSED,
}
WITHIN: Mapping[Act, frozenset[State]] = {  # acts that leave the state as it is
    Act.PLAN: frozenset({State.DRAFT, State.REVISION_REQUESTED}),
    Act.JUSTIFY: frozenset({State.SUBMITTED, State.IN_REVIEW, State.REVISION_REQUESTED}),
    Act.DECIDE: frozenset({State.IN_REVIEW}),
}
OF_APPLICANT = frozenset({Act.PLAN, Act.SUBMIT, Act.JUSTIFY})
LOCAL = "local"  # the one actor of an installation without sign-in plays both parts


def require(application: Application, act: Act, actor: str, finding: str | None = None) -> None:
    """Refuse an act that may not be done.

    Raises:
        Conflict: (transition) not in this state; (party) not by this actor; (findings-open) not before every finding
            is ruled on.
        NotFound: (finding) the last submission has no such finding.
    """
    _require_state(application, act)
    _require_party(application, act, actor)
    if finding is not None and finding not in application.submissions[-1].open_findings:
        raise NotFound(
            "The last submission has no such open finding.", reason="finding", entity=finding[:80],
            hint="Findings that pass or do not apply need no word.",
        )  # fmt: skip
    if act is Act.GRANT:
        _require_rulings(application)


def fold(application: Application | None, subject: str, time: str, content: Mapping[str, Any]) -> Application:
    """Return an application after one entry of its journal."""
    act, actor = Act(content["act"]), str(content["actor"])
    if application is None:
        application = Application(subject, content["building_id"], actor, time)
    noted = {"time": time, "actor": actor, "act": act.value, "message": content.get("message", "")}
    application = replace(
        application,
        state=AFTER.get((application.state, act), application.state),
        history=(*application.history, noted),
    )
    return _with(application, act, time, content)


def fold_all(entries: Iterable[tuple[str, str, Mapping[str, Any]]]) -> dict[str, Application]:
    """Return the applications that entries (subject, time, content) tell of, by id."""
    found: dict[str, Application] = {}
    for subject, time, content in entries:
        found[subject] = fold(found.get(subject), subject, time, content)
    return found


def _with(application: Application, act: Act, time: str, content: Mapping[str, Any]) -> Application:
    if act is Act.PLAN:
        return replace(application, **{f"{content['layer']}_sha256": content["sha256"]})
    if act is Act.SUBMIT:
        frozen = content["submission"]
        made = Submission(
            **{
                **frozen,
                "time": time,
                "packs": tuple(frozen["packs"]),
                "open_findings": tuple(frozen["open_findings"]),
            }
        )
        return replace(application, submissions=(*application.submissions, made))
    if act in (Act.JUSTIFY, Act.DECIDE):
        key = (int(content["submission"]), str(content["finding"]))
        ruling = Ruling(content["ruling"]) if act is Act.DECIDE else None
        said = Said(content["actor"], time, content["message"], ruling)
        if act is Act.JUSTIFY:
            return replace(application, justifications=_added(application.justifications, key, said))
        return replace(application, rulings=_added(application.rulings, key, said))
    return application


def _added(
    known: Mapping[tuple[int, str], tuple[Said, ...]], key: tuple[int, str], said: Said
) -> Mapping[tuple[int, str], tuple[Said, ...]]:
    return {**known, key: (*known.get(key, ()), said)}


def _require_state(application: Application, act: Act) -> None:
    allowed = WITHIN.get(act) or frozenset(state for state, known in AFTER if known is act)
    if application.state not in allowed:
        raise Conflict(
            f"An application that is {application.state.value} does not take “{act.value}”.",
            reason="transition",
            entity=application.application_id,
            hint=f"It does when it is {' or '.join(sorted(state.value for state in allowed))}.",
        )


def _require_party(application: Application, act: Act, actor: str) -> None:
    own = actor == application.applicant
    if actor != LOCAL and own is not (act in OF_APPLICANT):
        who = "the applicant" if act in OF_APPLICANT else "somebody other than the applicant"
        raise Conflict(f"“{act.value}” is for {who}.", reason="party", entity=application.application_id)


def _require_rulings(application: Application) -> None:
    standing = (*application.undecided, *application.upheld)
    if standing:
        raise Conflict(
            f"{len(application.undecided)} findings are not ruled on and {len(application.upheld)} are upheld.",
            reason="findings-open",
            entity=standing[0],
            hint="Rule on each, request a revision, or refuse the application.",
        )
