"""From the stream of the kernels to a mesh set: one mesh per element, cleaned, coloured, under its own key."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ifc.findings import ReadFinding, Severity
from ifc.geometry.clean import Cleaned, clean
from ifc.geometry.mesh import Kernel, Mesh, MeshSet
from ifc.geometry.palette import colour_of
from ifc.geometry.stream import Known, Product, RawMesh, Sketch, read

Point = tuple[float, float, float]

MAX_FINDINGS_PER_RULE = 200  # more of the same teach nobody; the last one says how many there are

FINE_STEP_M = 1e-3  # a mesh whose numbers are a millimetre apart serves every purpose of this package

_LAST_GOOD, _DOUBTFUL, _EMPTY, _BOX = 1, 2, 3, 4  # an empty shape ranks before a box: the body is known to be gone


@dataclass(frozen=True, slots=True)
class Harvest:
    """What the kernels wrote for one file so far.

    Attributes:
        products: Elements that the file says have a shape, by STEP number.
        raw: The best mesh of each, by STEP number.
        sketch: What the first kernel says of the file; None if it did not come to an end.
    """

    products: dict[int, Product]
    raw: dict[int, RawMesh]
    sketch: Sketch | None

    def missing(self) -> frozenset[int]:
        """Return the elements that should have a mesh and have no good one yet."""
        bodied = frozenset(step_id for step_id, product in self.products.items() if product.has_body)
        return bodied - self.shaped() - (self.sketch.known if self.sketch else frozenset())

    def coarse(self) -> frozenset[int]:
        """Return the elements whose best mesh is a coarse one."""
        return frozenset(step_id for step_id in self.doubtful() if self.raw[step_id].step_m > FINE_STEP_M)

    def unsure(self) -> frozenset[int]:
        """Return the elements whose best mesh may be wrong."""
        return frozenset(step_id for step_id in self.doubtful() if self.raw[step_id].unsure)

    def doubtful(self) -> frozenset[int]:
        """Return the elements whose best mesh is coarse or may be wrong."""
        return frozenset(step_id for step_id, mesh in self.raw.items() if _rank(mesh) == _DOUBTFUL)

    def shaped(self) -> frozenset[int]:
        """Return the elements for which a kernel delivered good triangles."""
        return frozenset(step_id for step_id, mesh in self.raw.items() if _rank(mesh) < _DOUBTFUL)

    def has_ambiguous_ids(self) -> bool:
        """Return whether elements share a GlobalId or have none."""
        ids = [product.global_id for product in self.products.values()]
        return "" in ids or len(set(ids)) < len(ids)


@dataclass(frozen=True, slots=True)
class Reuse:
    """What is known of the elements of a file before it is meshed.

    Attributes:
        keys: What the mesh of each element depends on, by GlobalId.
        meshes: Meshes that were made before, by that key; None for a shape of which openings leave nothing.
        centre: Point around which they were counted, metres.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    meshes: Mapping[str, Mesh | None] = field(default_factory=dict)
    centre: Point | None = None

    @classmethod
    def of(cls, keys: Mapping[str, str], known: MeshSet) -> "Reuse":
        """Return what can be used of `known` for a file with `keys`: those counted around the commonest centre."""
        by_centre: dict[Point, dict[str, Mesh | None]] = defaultdict(dict)
        wanted = frozenset(keys.values())
        made = [(mesh.shape_key, mesh) for mesh in known]
        for shape_key, mesh in (*made, *((shape_key, None) for _, shape_key in known.empty)):
            key, _, written = shape_key.partition("@")
            if key in wanted and written:
                x, y, z = (float(part) for part in written.split(","))
                by_centre[x, y, z][key] = mesh
        if not by_centre:
            return cls(keys)
        centre = max(by_centre, key=lambda point: (len(by_centre[point]), point))
        return cls(keys, by_centre[centre], centre)

    def known(self) -> Known | None:
        """Return the elements that need not be meshed."""
        if self.centre is None:
            return None
        repeated = {key.partition("~")[0] for key in self.keys if "~" in key}
        found = frozenset(item for item, key in self.keys.items() if key in self.meshes) - repeated
        return Known(frozenset(item for item in found if "~" not in item), self.centre)

    def mesh(self, global_id: str) -> Mesh | None:
        """Return the known mesh of an element; None if openings leave nothing of it."""
        mesh = self.meshes[self.keys[global_id]]
        return None if mesh is None else replace(mesh, global_id=global_id)

    def shape_key(self, global_id: str, sketch: Sketch | None) -> str:
        """Return the key under which a new mesh of an element may be used again."""
        key = self.keys.get(global_id)
        return f"{key}@{','.join(map(repr, sketch.centre))}" if key and sketch and sketch.centre else ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came out for one file.

    Attributes:
        products: Elements that the file says have a shape, by STEP number.
        meshes: One clean mesh per element.
        findings: Elements without a mesh, dropped triangles, repeated GlobalIds, boxes instead of bodies.
    """

    products: dict[int, Product]
    meshes: MeshSet
    findings: tuple[ReadFinding, ...]


def harvest(out: Path) -> Harvest:
    """Return what the stream at `out` holds."""
    products: dict[int, Product] = {}
    raw: dict[int, RawMesh] = {}
    sketch: Sketch | None = None
    unsure = frozenset[int]()
    for item in read(out):
        if isinstance(item, RawMesh):
            mesh = replace(item, unsure=item.kernel is Kernel.IFCLITE and item.step_id in unsure)
            if mesh.step_id not in raw or _order(mesh) < _order(raw[mesh.step_id]):
                raw[mesh.step_id] = mesh
        elif isinstance(item, Product):
            products[item.step_id] = item
        elif isinstance(item, Sketch):
            sketch = item
        else:
            unsure |= item.step_ids
    return Harvest(products, raw, sketch)


def gather(found: Harvest, keys_by_step: Mapping[int, str], voided: frozenset[int], reuse: Reuse) -> Gathered:
    """Return the clean meshes of what the kernels wrote.

    Args:
        found: What they wrote.
        keys_by_step: Keys that reading gave by STEP number; where one is missing, the order in the file decides.
        voided: STEP numbers of elements that have a shape only as long as their openings are not cut.
        reuse: Meshes of an earlier version.
    """
    keys = keys_of(found.products.values())
    keys |= {step: key for step, key in keys_by_step.items() if step in found.products}
    known = found.sketch.known if found.sketch else frozenset[int]()
    meshes: list[Mesh] = []
    empty: list[tuple[str, str]] = []
    findings: list[ReadFinding] = []
    for step_id, product in sorted(found.products.items()):
        key, raw = keys[step_id], found.raw.get(step_id)
        shape_key, mesh = reuse.shape_key(key, found.sketch), None
        if step_id in known:
            mesh = reuse.mesh(key)
        elif raw is not None and len(raw.faces):
            mesh, remarks = _cleaned(product, key, raw)
            fixed = mesh is None or remarks or raw.moved
            mesh = mesh if mesh is None or fixed else replace(mesh, shape_key=shape_key)
            findings += remarks
        elif step_id not in voided:
            findings += _missing(product, key)
        if mesh is not None:
            meshes.append(mesh)
        elif step_id in voided or step_id in known:
            empty.append((key, shape_key))
            findings.append(_empty(product, key))
    meshes.sort(key=lambda mesh: mesh.global_id)
    return Gathered(found.products, MeshSet(tuple(meshes), tuple(sorted(empty))), tuple(_capped(findings)))


def _cleaned(product: Product, key: str, raw: RawMesh) -> tuple[Mesh | None, list[ReadFinding]]:
    cleaned = clean(raw.vertices, raw.faces)
    findings = _dropped(product, key, cleaned)
    if not len(cleaned.faces):
        return None, findings
    colour = raw.colour or colour_of(product.ifc_class)
    mesh = Mesh(key, cleaned.vertices, cleaned.faces, colour, raw.kernel)
    return mesh, findings + _remarks(product, key, raw)


def keys_of(products: Iterable[Product]) -> dict[int, str]:
    """Return the key of each product: its GlobalId, from the second of the same on with ``~2``, ``~3`` ..."""
    count: dict[str, int] = defaultdict(int)
    keys: dict[int, str] = {}
    for product in sorted(products, key=lambda item: item.step_id):
        own = product.global_id.replace("~", "-")  # as reading names it
        count[own] += 1
        keys[product.step_id] = own if count[own] == 1 else f"{own}~{count[own]}"
    return keys


def _rank(mesh: RawMesh) -> int:
    """Return how good a mesh is, best first: first kernel, second, coarse or unsure, empty, box."""
    if mesh.replaced:
        return _LAST_GOOD
    if mesh.kernel is Kernel.BOX:
        return _BOX
    if not len(mesh.faces):
        return _EMPTY
    if mesh.step_m > FINE_STEP_M or mesh.unsure:
        return _DOUBTFUL
    return 0 if mesh.kernel is Kernel.IFCLITE else _LAST_GOOD


def _order(mesh: RawMesh) -> tuple[int, float]:
    return _rank(mesh), mesh.step_m


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
    if mesh.replaced:
        message = f"This {product.ifc_class} is shown as its box: its {mesh.replaced} triangles break the limit."
        hint = "Simplify the shape in the authoring tool, or export it with fewer segments."
        found.append(ReadFinding("geometry.too-detailed", Severity.WARNING, message, hint, key, _entity(product)))
    elif mesh.kernel is Kernel.BOX:
        message = f"This {product.ifc_class} is shown as the bounding box that the file states."
        found.append(ReadFinding("geometry.box", Severity.INFO, message, "", key, _entity(product)))
    if mesh.unsure:
        message = (
            f"This {product.ifc_class}, swept along a curve, may stand metres aside: no second kernel confirmed it."
        )
        hint = "Export the shape as a faceted body, which every program reads alike."
        found.append(ReadFinding("geometry.unconfirmed", Severity.WARNING, message, hint, key, _entity(product)))
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
