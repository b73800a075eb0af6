"""What differs between two versions of a building, and which deviations an officer has accepted."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.context import ActorDep, BuildingId, TwinDep, version_from
from api.shapes import diff_json
from twin.deviations import MAX_ITEMS, MAX_WORDS, WHOLE
from twin.lifecycle import Diff, diff

CONFORMS_TO = ("https://www.w3.org/TR/vc-data-model-2.0/",)
MAX_PAGE = 2_000  # elements of an answer: a changed one takes about 2 kB, so an answer stays below 10 MiB
router = APIRouter(prefix="/buildings/{building_id}", tags=["differences"])

From = Annotated[str, Query(alias="from", max_length=40, examples=["as-designed/1"])]
To = Annotated[str, Query(alias="to", max_length=40, examples=["as-built/latest"])]


class Deviation(BaseModel):
    """One difference that is accepted."""

    model_config = ConfigDict(extra="forbid")

    global_id: Annotated[str, Field(max_length=64, description="The element; empty for a figure of the building")]
    path: Annotated[str, Field(max_length=300, description="As the diff names it; * takes all of it")] = WHOLE


class Acceptance(BaseModel):
    """What an officer accepts."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    before: Annotated[str, Field(alias="from", max_length=40, examples=["as-designed/1"])]
    after: Annotated[str, Field(alias="to", max_length=40, examples=["as-built/1"])]
    role: Annotated[str, Field(max_length=40, examples=["municipality"])]
    reason: Annotated[str, Field(min_length=1, max_length=MAX_WORDS)]
    items: Annotated[list[Deviation], Field(min_length=1, max_length=MAX_ITEMS)]


@router.get("/diff", summary="Compare two versions of a building")
def compare(
    twin: TwinDep,
    building_id: BuildingId,
    before: From,
    after: To,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """Return what was added, removed and changed, in sentences, and who accepted it; a page of elements at a time."""
    old, new = version_from(twin, building_id, before), version_from(twin, building_id, after)
    digests = twin.catalogue.digests(old.key), twin.catalogue.digests(new.key)
    difference = diff(*digests, twin.catalogue.records_of)
    page, following = _page(difference, limit, offset)
    accepted = twin.trust.deviations.of(building_id)
    counts = {name: len(getattr(difference, name)) for name in ("added", "removed", "changed")}
    shown = diff_json(page, (*digests, accepted))
    moved = [move.to_json() for move in twin.trust.lifecycles.moves(old, new)] if offset == 0 else []
    head = {"from": str(old.key), "to": str(new.key), "counts": counts, "next": following}
    return {**head, **shown, "guarded": moved[:MAX_PAGE]}


@router.get("/deviations", summary="List the accepted deviations of a building")
def deviations(twin: TwinDep, building_id: BuildingId) -> dict[str, Any]:
    """Return every acceptance with its signer and the verdict on its credential."""
    twin.catalogue.building(building_id)
    return {"items": twin.trust.deviations.documents(building_id)}


@router.post("/deviations", summary="Accept deviations; an officer signs", status_code=201)
def accept(twin: TwinDep, building_id: BuildingId, actor: ActorDep, acceptance: Acceptance) -> dict[str, Any]:
    """Sign that differences between two versions are accepted, with a credential of its own."""
    old = version_from(twin, building_id, acceptance.before)
    new = version_from(twin, building_id, acceptance.after)
    entry = twin.trust.deviations.accept(
        old,
        new,
        [(item.global_id, item.path) for item in acceptance.items],
        role=acceptance.role,
        reason=acceptance.reason,
        actor=actor.name,
        figures=twin.trust.lifecycles.figure_moves(old, new),
    )
    return {"time": entry.time, **entry.content}


@router.get(
    "/deviations/{sha256}", summary="Get the document of an acceptance, or its credential", response_class=Response
)
def document(
    twin: TwinDep, building_id: BuildingId, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> Response:
    """Return the exact bytes that were signed, or the credential over them."""
    return Response(twin.trust.deviations.file(building_id, sha256), media_type="application/json")


def _page(difference: Diff, limit: int, offset: int) -> tuple[Diff, int | None]:
    """Return the elements from `offset` on, at most `limit`, counted through added, removed and changed."""
    total = len(difference.added) + len(difference.removed) + len(difference.changed)
    start, parts = offset, []
    left = limit
    for group in (difference.added, difference.removed, difference.changed):
        taken = group[start : start + left]
        start, left = max(0, start - len(group)), left - len(taken)
        parts.append(taken)
    following = offset + limit
    added, removed, changed = parts
    page = Diff(added, removed, changed, difference.unchanged)  # type: ignore[arg-type]
    return page, following if following < total else None
