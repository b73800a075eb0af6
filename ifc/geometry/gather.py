"""From the stream of the kernels to a mesh set: one mesh per element, cleaned, coloured, under its own key."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ifc.findings import ReadFinding, Severity
from ifc.geometry.clean import Cleaned, clean
from ifc.geometry.mesh import Kernel, Mesh, MeshSet
from ifc.geometry.palette import colour_of
from ifc.geometry.stream import Product, RawMesh, read

MAX_FINDINGS_PER_RULE = 200  # more of the same teach nobody; the last one says how many there are

FINE_STEP_M = 1e-3  # a mesh whose numbers are a millimetre apart serves every purpose of this package

_COARSE, _EMPTY, _BOX = 2, 3, 4  # an empty shape ranks before a box: the body is known to be gone


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the kernels made of one file.

    Attributes:
        products: Elements that the file says have a shape, by STEP number.
        meshes: One clean mesh per element.
        findings: Elements without a mesh, dropped triangles, repeated GlobalIds, boxes instead of bodies.
    """

    products: dict[int, Product]
    meshes: MeshSet
    findings: tuple[ReadFinding, ...]


def missing_ids(out: Path) -> frozenset[int]:
    """Return the STEP numbers of the elements in the stream at `out` that should have a mesh and have none yet."""
    products, _ = _load(out)
    return frozenset(step_id for step_id, product in products.items() if product.has_body) - shaped_ids(out)


def coarse_ids(out: Path) -> frozenset[int]:
    """Return the STEP numbers of the elements in the stream at `out` whose best mesh is a coarse one."""
    return frozenset(step_id for step_id, mesh in _load(out)[1].items() if _rank(mesh) == _COARSE)


def shaped_ids(out: Path) -> frozenset[int]:
    """Return the STEP numbers of the elements for which a kernel delivered good triangles."""
    return frozenset(step_id for step_id, mesh in _load(out)[1].items() if _rank(mesh) < _COARSE)


def has_ambiguous_ids(out: Path) -> bool:
    """Return whether elements in the stream at `out` share a GlobalId or have none."""
    ids = [product.global_id for product in _load(out)[0].values()]
    return "" in ids or len(set(ids)) < len(ids)


def gather(out: Path, keys_by_step: Mapping[int, str], voided: frozenset[int]) -> Gathered:
    """Return the clean meshes of the stream at `out`.

    Args:
        out: Stream file of the kernels.
        keys_by_step: Keys that reading gave by STEP number; where one is missing, the order in the file decides.
        voided: STEP numbers of elements that have a shape only as long as their openings are not cut.
    """
    products, raw = _load(out)
    keys = keys_of(products.values()) | {step: key for step, key in keys_by_step.items() if step in products}
    raw = {step_id: mesh for step_id, mesh in raw.items() if len(mesh.faces)}
    meshes: list[Mesh] = []
    findings: list[ReadFinding] = []
    for step_id, product in sorted(products.items()):
        key, mesh = keys[step_id], raw.get(step_id)
        if mesh is None:
            findings += [_empty(product, key)] if step_id in voided else _missing(product, key)
            continue
        cleaned = clean(mesh.vertices, mesh.faces)
        findings += _dropped(product, key, cleaned)
        if not len(cleaned.faces):
            continue
        colour = mesh.colour or colour_of(product.ifc_class)
        meshes.append(Mesh(key, cleaned.vertices, cleaned.faces, colour, mesh.kernel))
        findings += _remarks(product, key, mesh)
    meshes.sort(key=lambda mesh: mesh.global_id)
    return Gathered(products, MeshSet(tuple(meshes)), tuple(_capped(findings)))


def keys_of(products: Iterable[Product]) -> dict[int, str]:
    """Return the key of each product: its GlobalId, from the second of the same on with ``~2``, ``~3`` ..."""
    count: dict[str, int] = defaultdict(int)
    keys: dict[int, str] = {}
    for product in sorted(products, key=lambda item: item.step_id):
        own = product.global_id.replace("~", "-")  # as reading names it
        count[own] += 1
        keys[product.step_id] = own if count[own] == 1 else f"{own}~{count[own]}"
    return keys


def _load(out: Path) -> tuple[dict[int, Product], dict[int, RawMesh]]:
    products: dict[int, Product] = {}
    raw: dict[int, RawMesh] = {}
    for item in read(out):
        if isinstance(item, Product):
            products[item.step_id] = item
        elif item.step_id not in raw or _rank(item) < _rank(raw[item.step_id]):
            raw[item.step_id] = item
    return products, raw


def _rank(mesh: RawMesh) -> int:
    """Return how good a mesh is, best first: first kernel, second, too coarse, empty, box."""
    if mesh.kernel is Kernel.BOX:
        return _BOX
    if not len(mesh.faces):
        return _EMPTY
    if mesh.step_m > FINE_STEP_M:
        return _COARSE
    return 0 if mesh.kernel is Kernel.IFCLITE else 1


def _entity(product: Product) -> str:
    return f"#{product.step_id} {product.ifc_class}"


def _missing(product: Product, key: str) -> list[ReadFinding]:
    if not product.has_body:
        return []
    return [
        ReadFinding(
            "geometry.missing",
            Severity.WARNING,
            f"No kernel could make the shape of this {product.ifc_class}.",
            "Check the shape in the authoring tool, or export it as a faceted body.",
            key,
            _entity(product),
        )
    ]


def _empty(product: Product, key: str) -> ReadFinding:
    return ReadFinding(
        "geometry.empty",
        Severity.WARNING,
        f"The openings of this {product.ifc_class} take all of its shape away.",
        "Delete the element, or correct the openings that cut it.",
        key,
        _entity(product),
    )


def _dropped(product: Product, key: str, cleaned: Cleaned) -> list[ReadFinding]:
    found: list[ReadFinding] = []
    if cleaned.invalid:
        message = f"{cleaned.invalid} triangles with coordinates that are not finite or not on Earth were dropped."
        hint = "Correct the coordinates or the length unit in the authoring tool."
        found.append(ReadFinding("geometry.not-finite", Severity.WARNING, message, hint, key, _entity(product)))
    if cleaned.collapsed:
        message = f"{cleaned.collapsed} triangles without extent were dropped."
        found.append(ReadFinding("geometry.degenerate", Severity.INFO, message, "", key, _entity(product)))
    return found


def _remarks(product: Product, key: str, mesh: RawMesh) -> list[ReadFinding]:
    found: list[ReadFinding] = []
    if mesh.kernel is Kernel.BOX:
        message = f"This {product.ifc_class} is shown as the bounding box that the file states."
        found.append(ReadFinding("geometry.box", Severity.INFO, message, "", key, _entity(product)))
    if mesh.step_m > FINE_STEP_M:
        message = f"The coordinates of this {product.ifc_class} are only good to {mesh.step_m * 1000:.0f} mm."
        hint = "Model near the origin and state the map position as IfcMapConversion."
        found.append(ReadFinding("geometry.imprecise", Severity.WARNING, message, hint, key, _entity(product)))
    if key != product.global_id:
        message = f"The GlobalId {product.global_id} is repeated; this shape is kept as {key}."
        hint = "Give every element its own GlobalId in the authoring tool."
        found.append(ReadFinding("geometry.ambiguous-id", Severity.WARNING, message, hint, key, _entity(product)))
    return found


def _capped(findings: list[ReadFinding]) -> list[ReadFinding]:
    by_rule: dict[str, list[ReadFinding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    kept: list[ReadFinding] = []
    for rule, group in sorted(by_rule.items()):
        kept += group[:MAX_FINDINGS_PER_RULE]
        more = len(group) - MAX_FINDINGS_PER_RULE
        if more > 0:
            kept.append(ReadFinding(rule, group[0].severity, f"{more} more elements have the same finding."))
    return kept
