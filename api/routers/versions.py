"""One version of a building: what was read, its tree, its elements, its scene."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.context import TwinDep, VersionDep
from api.encoding import asked_again, coded, coded_body, coded_json
from api.shapes import MAX_TREE_DEPTH, derived_json, element_json, relations_json, tree_json
from ifc import (
    CUT_HEIGHT_M,
    ElementRecord,
    IfcGeometryError,
    RelationKind,
    StoreyPlan,
    derive_quantities,
    plan_svg,
    storey_plan,
)
from twin.catalogue import Version
from twin.errors import NotFound
from twin.overview import version_summary
from twin.service import Twin

CONFORMS_TO = (
    "https://standards.buildingsmart.org/IFC/RELEASE/IFC4_3",
    "https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html",
)
MAX_PAGE = 1_000  # rows of a list: below a megabyte of JSON
MAX_ROWS = 20_000  # of the table of elements: about 300 bytes each
TREE_FORM = "2"  # of the answer: another number has kept trees made anew
PREFIX = "/buildings/{building_id}/versions/{stage}/{number}"
StoreyPath = Annotated[str, Path(max_length=64, description="GlobalId of a storey")]
CutHeight = Annotated[float, Query(ge=0.0, le=10.0, description="Height of the cut above the storey, metres")]
router = APIRouter(tags=["versions"])


@router.get(PREFIX, summary="Show what was read of a model, and what was not", response_model=dict[str, Any])
def version(request: Request, twin: TwinDep, version: VersionDep) -> Response:
    """Return a version with its counts, its findings and its loss list."""
    header = version.header
    answer = {
        **version_summary(version, sealed=twin.seals.sealed(version)),
        "files": [asdict(file) for file in twin.catalogue.files(version.key)],
        "classes": twin.catalogue.class_counts(version.key),
        "findings_read": list(version.findings),
        "not_understood": dict(version.not_understood),
        "header": {
            "schema": header.schema,
            "declared_schema": header.declared_schema,
            "originating_system": header.originating_system,
            "time_stamp": header.time_stamp,
            "length_unit_m": header.length_unit_m,
        },
        "facts": dict(version.facts),
    }
    return coded_json(request, answer)


@router.get(PREFIX + "/scene", summary="Describe the geometry for a viewer")
def scene(
    request: Request,
    twin: TwinDep,
    version: VersionDep,
    first: Annotated[int, Query(ge=0, le=100_000_000, description="First row of the table of elements")] = 0,
    count: Annotated[int | None, Query(ge=0, le=MAX_ROWS, description="Rows of it; default is all")] = None,
) -> Response:
    """Return scene.json, or with a part of its table of elements; its chunks are at /blobs/{sha256}.glb."""
    whole = twin.blobs.get(version.scene_sha256)
    if count is not None:
        return JSONResponse(_part_of(json.loads(whole), first, count))
    packed = twin.blobs.gzipped(version.scene_sha256)
    return asked_again(coded(request, whole, packed, version.scene_sha256, "application/json"))


def _part_of(scene: dict[str, Any], first: int, count: int) -> dict[str, Any]:
    elements: dict[str, list[Any]] = scene["elements"]
    total = len(elements["global_id"])
    following = first + count if first + count < total else None
    cut = {name: column[first : first + count] for name, column in elements.items()}
    return {**scene, "elements": cut, "first": first, "total": total, "next": following}


@router.get("/blobs/{sha256}.glb", summary="Get one chunk of geometry", response_class=Response)
def blob(request: Request, twin: TwinDep, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """Return a GLB, with gzip if the reader takes it; its name is the digest of its content: it may be kept for ever.

    Raises:
        NotFound: (blob) there is no such chunk.
    """
    data = twin.blobs.get(sha256)
    if data[:4] != b"glTF":  # other blobs (submitted files, reports) are not given out here
        raise NotFound("There is no such chunk of geometry.", reason="blob", entity=sha256)
    answer = coded(request, data, twin.blobs.gzipped(sha256), sha256, "model/gltf-binary")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@router.get(PREFIX + "/plans/{storey}.svg", summary="Draw the plan of a storey", response_class=Response)
def plan_drawing(
    twin: TwinDep,
    version: VersionDep,
    storey: StoreyPath,
    cut_height_m: CutHeight = CUT_HEIGHT_M,
) -> Response:
    """Return a level cut through a storey as SVG, one unit a metre, with door swings and named spaces.

    Raises:
        NotFound: (storey) the version has no such storey.
    """
    return Response(plan_svg(_plan(twin, version, storey, cut_height_m)), media_type="image/svg+xml")


@router.get(PREFIX + "/plans/{storey}.json", summary="Show the plan of a storey as shapes")
def plan_shapes(
    twin: TwinDep,
    version: VersionDep,
    storey: StoreyPath,
    cut_height_m: CutHeight = CUT_HEIGHT_M,
) -> dict[str, Any]:
    """Return a level cut through a storey: GeoJSON geometries in model coordinates, metres.

    Raises:
        NotFound: (storey) the version has no such storey.
    """
    return _plan(twin, version, storey, cut_height_m).to_json()


def _plan(twin: Twin, version: Version, storey: str, cut_height_m: float) -> StoreyPlan:
    snapshot = twin.snapshots.read(version)
    try:
        return storey_plan(snapshot.records, snapshot.meshes, storey, cut_height_m)
    except IfcGeometryError as error:
        raise NotFound(error.message, reason="storey", entity=error.entity) from error


@router.get(PREFIX + "/tree", summary="Show the spatial structure")
def tree(
    request: Request,
    twin: TwinDep,
    version: VersionDep,
    root: Annotated[str | None, Query(max_length=64, description="Where to begin; default is the project")] = None,
    depth: Annotated[int, Query(ge=0, le=MAX_TREE_DEPTH, description="Levels below it")] = MAX_TREE_DEPTH,
) -> Response:
    """Return project, sites, buildings, storeys and spaces with their elements by class.

    Raises:
        NotFound: (element) this version has no element `root`.
    """
    if root is None and depth == MAX_TREE_DEPTH:
        sha256 = twin.trees.digest(version, TREE_FORM, lambda records: _tree(records, version.project_id, depth))
        packed = twin.blobs.gzipped(sha256)
        return asked_again(coded(request, twin.blobs.get(sha256), packed, sha256, "application/json"))
    records, first = twin.snapshots.read(version).records, root or version.project_id
    if root is not None and root not in records:
        raise NotFound("This version has no such element.", reason="element", entity=root)
    return coded_body(request, _tree(records, first, depth))


def _tree(records: Mapping[str, ElementRecord], first: str, depth: int) -> bytes:
    return json.dumps(tree_json(records, first, depth), ensure_ascii=False, separators=(",", ":")).encode()


@router.get(PREFIX + "/elements", summary="List elements")
def elements(
    twin: TwinDep,
    version: VersionDep,
    ifc_class: Annotated[str | None, Query(max_length=100, examples=["IfcDoor"])] = None,
    storey: Annotated[str | None, Query(max_length=64, description="GlobalId of a storey")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Part of the name, or a GlobalId")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """Return a page of elements by class and name."""
    rows, total = twin.catalogue.elements(
        version.key, ifc_class=ifc_class, storey=storey, text=q, limit=limit, offset=offset
    )
    items = [
        {"global_id": row.global_id, "ifc_class": row.ifc_class, "name": row.name, "storey": row.storey}
        for row in rows
    ]
    following = offset + len(rows)
    return {"items": items, "total": total, "next": following if following < total else None}


@router.get(PREFIX + "/elements/{global_id}", summary="Show one element with everything that is known of it")
def element(twin: TwinDep, version: VersionDep, global_id: Annotated[str, Path(max_length=64)]) -> dict[str, Any]:
    """Return an element with its type, relations in both directions and points."""
    record = twin.catalogue.record(version.key, global_id)
    snapshot = twin.snapshots.read(version)
    records = snapshot.records
    kind = next((records[t] for t in record.targets(RelationKind.TYPED_BY) if t in records), None)
    incoming = [
        (other.global_id, relation)
        for other in records.values()
        for relation in other.relations
        if relation.target == global_id
    ]
    points = twin.live.points(version.key.building_id, global_id)
    return {
        **element_json(record, kind),
        "derived": derived_json(derive_quantities(snapshot.meshes.only([global_id]), records).get(global_id)),
        "relations": relations_json(global_id, record.relations, incoming, records),
        "points": [point.as_json() for point in points],
    }
