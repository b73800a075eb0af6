"""Reading IFC: a file becomes element records and meshes, or is refused with a reason.

The door is lazy (PEP 562): a name is fetched from its module when it is first asked for, so that a child process
loads what its own work needs and nothing else.

>>> from ifc import read_model            # doctest: +SKIP
>>> model = read_model(Path("house.ifc"))  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ifc.ahead import compile_ahead, keep_compiled_code
    from ifc.archive import unpack
    from ifc.canonical import canonical_bytes, canonical_form, digest, record_from_form
    from ifc.canonical_numbers import round_measure
    from ifc.canonical_text import digested
    from ifc.errors import IfcError, IfcGeometryError, IfcReadError, IfcRecordError, Reason
    from ifc.exchange import read_records, write_records
    from ifc.findings import ReadFinding, Severity
    from ifc.geometry.adjacency import Adjacency, AdjacencySource, space_adjacency
    from ifc.geometry.authored import Comparison, compare_quantities, comparisons
    from ifc.geometry.bounding import Bounding, bounding_elements
    from ifc.geometry.chunk import Chunk
    from ifc.geometry.mesh import Kernel, Mesh, MeshSet
    from ifc.geometry.meshing import mesh_file, mesh_uncut
    from ifc.geometry.outline import outline
    from ifc.geometry.packed import plain_glb
    from ifc.geometry.palette import band_of
    from ifc.geometry.plan import CUT_HEIGHT_M, CutElement, PlanOpening, PlanSpace, StoreyPlan, storey_plan
    from ifc.geometry.plan_svg import plan_svg
    from ifc.geometry.quantities import (
        DerivedQuantities,
        derive_quantities,
        footprint,
        space_floor_polygon,
    )
    from ifc.geometry.scene import Scene, SceneElement, build_scene
    from ifc.geometry.section import section
    from ifc.geometry.shell import Shell, Surface, SurfaceKind, shell
    from ifc.geometry.storeys import Storey, storey_of, storeys_of
    from ifc.geometry.versions import KERNEL_VERSIONS
    from ifc.model import Model
    from ifc.quality.validate import VALIDATION_VERSION, validate_file
    from ifc.reader import read_file, read_model
    from ifc.records import (
        ElementRecord,
        Georeference,
        Header,
        MaterialPart,
        Measure,
        Reference,
        Relation,
        RelationKind,
        Value,
    )
    from ifc.worker import Call, Limits, close_fork_server, report_progress

__all__ = [
    "CUT_HEIGHT_M",
    "KERNEL_VERSIONS",
    "VALIDATION_VERSION",
    "Adjacency",
    "AdjacencySource",
    "Bounding",
    "Call",
    "Chunk",
    "Comparison",
    "CutElement",
    "DerivedQuantities",
    "ElementRecord",
    "Georeference",
    "Header",
    "IfcError",
    "IfcGeometryError",
    "IfcReadError",
    "IfcRecordError",
    "Kernel",
    "Limits",
    "MaterialPart",
    "Measure",
    "Mesh",
    "MeshSet",
    "Model",
    "PlanOpening",
    "PlanSpace",
    "ReadFinding",
    "Reason",
    "Reference",
    "Relation",
    "RelationKind",
    "Scene",
    "SceneElement",
    "Severity",
    "Shell",
    "Storey",
    "StoreyPlan",
    "Surface",
    "SurfaceKind",
    "Value",
    "band_of",
    "bounding_elements",
    "build_scene",
    "canonical_bytes",
    "canonical_form",
    "close_fork_server",
    "compare_quantities",
    "comparisons",
    "compile_ahead",
    "derive_quantities",
    "digest",
    "digested",
    "footprint",
    "keep_compiled_code",
    "mesh_file",
    "mesh_uncut",
    "outline",
    "plain_glb",
    "plan_svg",
    "read_file",
    "read_model",
    "read_records",
    "record_from_form",
    "report_progress",
    "round_measure",
    "section",
    "shell",
    "space_adjacency",
    "space_floor_polygon",
    "storey_of",
    "storey_plan",
    "storeys_of",
    "unpack",
    "validate_file",
    "write_records",
]

_NAMES = {  # module: what the door hands out of it; the block above tells the type checker the same
    "ifc.ahead": (
        "compile_ahead",
        "keep_compiled_code",
    ),
    "ifc.archive": ("unpack",),
    "ifc.canonical": (
        "canonical_bytes",
        "canonical_form",
        "digest",
        "record_from_form",
    ),
    "ifc.canonical_numbers": ("round_measure",),
    "ifc.canonical_text": ("digested",),
    "ifc.errors": (
        "IfcError",
        "IfcGeometryError",
        "IfcReadError",
        "IfcRecordError",
        "Reason",
    ),
    "ifc.exchange": (
        "read_records",
        "write_records",
    ),
    "ifc.findings": (
        "ReadFinding",
        "Severity",
    ),
    "ifc.geometry.adjacency": (
        "Adjacency",
        "AdjacencySource",
        "space_adjacency",
    ),
    "ifc.geometry.authored": (
        "Comparison",
        "compare_quantities",
        "comparisons",
    ),
    "ifc.geometry.bounding": (
        "Bounding",
        "bounding_elements",
    ),
    "ifc.geometry.chunk": ("Chunk",),
    "ifc.geometry.versions": ("KERNEL_VERSIONS",),
    "ifc.geometry.mesh": (
        "Kernel",
        "Mesh",
        "MeshSet",
    ),
    "ifc.geometry.meshing": (
        "mesh_file",
        "mesh_uncut",
    ),
    "ifc.geometry.outline": ("outline",),
    "ifc.geometry.packed": ("plain_glb",),
    "ifc.geometry.palette": ("band_of",),
    "ifc.geometry.plan": (
        "CUT_HEIGHT_M",
        "CutElement",
        "PlanOpening",
        "PlanSpace",
        "StoreyPlan",
        "storey_plan",
    ),
    "ifc.geometry.plan_svg": ("plan_svg",),
    "ifc.geometry.quantities": (
        "DerivedQuantities",
        "derive_quantities",
        "footprint",
        "space_floor_polygon",
    ),
    "ifc.geometry.scene": (
        "Scene",
        "SceneElement",
        "build_scene",
    ),
    "ifc.geometry.section": ("section",),
    "ifc.geometry.shell": (
        "Shell",
        "Surface",
        "SurfaceKind",
        "shell",
    ),
    "ifc.geometry.storeys": (
        "Storey",
        "storey_of",
        "storeys_of",
    ),
    "ifc.model": ("Model",),
    "ifc.quality.validate": (
        "VALIDATION_VERSION",
        "validate_file",
    ),
    "ifc.reader": (
        "read_file",
        "read_model",
    ),
    "ifc.records": (
        "ElementRecord",
        "Georeference",
        "Header",
        "MaterialPart",
        "Measure",
        "Reference",
        "Relation",
        "RelationKind",
        "Value",
    ),
    "ifc.worker": (
        "Call",
        "Limits",
        "close_fork_server",
        "report_progress",
    ),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a public name from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
