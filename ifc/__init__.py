"""Reading IFC: a file becomes element records and meshes, or is refused with a reason.

>>> from ifc import read_model            # doctest: +SKIP
>>> model = read_model(Path("house.ifc"))  # doctest: +SKIP
"""

from ifc.canonical import canonical_bytes, canonical_form, digest, record_from_form
from ifc.canonical_numbers import round_measure
from ifc.canonical_text import digested
from ifc.errors import IfcError, IfcGeometryError, IfcReadError, IfcRecordError, Reason
from ifc.exchange import read_records, write_records
from ifc.findings import ReadFinding, Severity
from ifc.geometry.adjacency import Adjacency, AdjacencySource, space_adjacency
from ifc.geometry.chunk import Chunk
from ifc.geometry.kernels import KERNEL_VERSIONS
from ifc.geometry.mesh import Kernel, Mesh, MeshSet
from ifc.geometry.meshing import mesh_file, mesh_uncut
from ifc.geometry.outline import outline
from ifc.geometry.palette import band_of
from ifc.geometry.plan import CUT_HEIGHT_M, CutElement, PlanOpening, PlanSpace, StoreyPlan, storey_plan
from ifc.geometry.plan_svg import plan_svg
from ifc.geometry.quantities import (
    DerivedQuantities,
    compare_quantities,
    derive_quantities,
    footprint,
    space_floor_polygon,
)
from ifc.geometry.scene import Scene, SceneElement, build_scene
from ifc.geometry.section import section
from ifc.geometry.shell import Shell, Surface, SurfaceKind, shell
from ifc.geometry.storeys import Storey, storey_of, storeys_of
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
from ifc.worker import Call, Limits, report_progress

__all__ = [
    "CUT_HEIGHT_M",
    "KERNEL_VERSIONS",
    "VALIDATION_VERSION",
    "Adjacency",
    "AdjacencySource",
    "Call",
    "Chunk",
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
    "build_scene",
    "canonical_bytes",
    "canonical_form",
    "compare_quantities",
    "derive_quantities",
    "digest",
    "digested",
    "footprint",
    "mesh_file",
    "mesh_uncut",
    "outline",
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
    "validate_file",
    "write_records",
]
