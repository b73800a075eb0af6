"""The registry in public: the transparency log as files (C2SP tlog-tiles), its state, and the audit trail."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.context import ActorDep, TwinDep
from api.formats import to_openapi_30
from api.routers.trust import rules_json
from api.security import refuse_xroad

CONFORMS_TO = (
    "https://www.w3.org/TR/vc-bitstring-status-list/",
    "https://www.w3.org/TR/cid-1.0/",
    "https://c2sp.org/tlog-checkpoint",
    "https://c2sp.org/tlog-tiles",
    "https://c2sp.org/tlog-witness",
)
PREFIX = "/api/v1"
MAX_PAGE = 500  # entries of an answer; each has about 2 kB
router = APIRouter(tags=["registry"])
Start = Annotated[int, Query(ge=0, le=10**12, description="First entry")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("/openapi-3.0.json", summary="Describe the interface in OpenAPI 3.0, for an X-Road Security Server")
def openapi_30(request: Request) -> dict[str, Any]:
    """Return the description as OpenAPI 3.0; that of 3.1 is at openapi.json. No address of ours stands in it."""
    return to_openapi_30(request.app.openapi(), PREFIX, PREFIX)


@router.get("/transitions", summary="List the transitions and what each must prove")
def transitions() -> dict[str, Any]:
    """Return the table of transitions between statuses."""
    return {"items": rules_json()}


@router.get("/log", summary="Show name, key, size and witnesses of the log")
def log(twin: TwinDep) -> dict[str, Any]:
    """Return what a verifier, a witness or a monitor needs to know of the log."""
    return twin.trust.registry.state()


@router.get("/log/entries", summary="List entries of the log")
def entries(twin: TwinDep, start: Start = 0, limit: Limit = 100) -> dict[str, Any]:
    """Return a page of the log's entries as JSON."""
    items = twin.trust.registry.entries(start, limit)
    following = items[-1]["position"] + 1 if len(items) == limit else None
    return {"items": items, "next": following}


@router.get("/log/checkpoint", summary="Get the newest checkpoint of the log", response_class=Response)
def checkpoint(twin: TwinDep) -> Response:
    """Return the signed note with its cosignatures."""
    data = twin.trust.registry.file("checkpoint")
    return Response(data, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.get("/log/keys", summary="List the keys that issue states, with their history")
def keys(twin: TwinDep) -> dict[str, Any]:
    """Return every version of the issuers' key documents; `kaksik verify --keys` reads it."""
    return twin.trust.standing.histories()


@router.get("/log/status/{name}", summary="Get a status list", response_class=Response)
def status_list(
    twin: TwinDep, name: Annotated[str, Path(max_length=40, pattern="^[1-9A-HJ-NP-Za-km-z]{12}-[1-9][0-9]{0,5}$")]
) -> Response:
    """Return a Bitstring Status List credential, signed now: which of the states that name it were revoked."""
    data = twin.trust.standing.listed(name)
    return Response(data, media_type="application/vc+ld+json", headers={"Cache-Control": "no-cache"})


@router.get("/log/{kind}/{path:path}", summary="Get a tile or an earlier checkpoint", response_class=Response)
def tile(
    twin: TwinDep,
    kind: Annotated[str, Path(pattern="^(tile|checkpoints)$")],
    path: Annotated[str, Path(max_length=100, pattern=r"^[0-9a-z./]+$")],
) -> Response:
    """Return a file of the log; a full tile never changes."""
    data = twin.trust.registry.file(f"{kind}/{path}")
    fixed = kind == "tile" and ".p/" not in path
    keep = "public, max-age=31536000, immutable" if fixed else "no-cache"
    return Response(data, media_type="application/octet-stream", headers={"Cache-Control": keep})


@router.get("/audit", summary="Read the audit trail")
def audit(
    twin: TwinDep,
    actor: ActorDep,
    after: Annotated[int, Query(ge=0, le=10**12, description="Number of the last entry known")] = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Return a page of who asked for what; not to callers from X-Road, for it names persons."""
    refuse_xroad(actor)
    items = twin.trust.audit.entries(after, limit)
    return {"items": items, "next": items[-1]["entry"] if len(items) == limit else None}


@router.get("/audit/check", summary="Follow the chain of the journals and compare it with the log")
def check(twin: TwinDep, actor: ActorDep) -> dict[str, Any]:
    """Return how many entries each journal has and which anchors contradict it."""
    refuse_xroad(actor)
    return twin.trust.audit.check()
