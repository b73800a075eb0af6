"""Reading IFC: a file becomes element records and meshes, or is refused with a reason.

>>> from ifc import read_model            # doctest: +SKIP
>>> model = read_model(Path("house.ifc"))  # doctest: +SKIP
"""

from ifc.canonical import canonical_bytes, canonical_form, digest, record_from_form
from ifc.errors import IfcError, IfcGeometryError, IfcReadError, IfcRecordError, Reason
from ifc.findings import ReadFinding, Severity
from ifc.geometry.mesh import Kernel, Mesh, MeshSet
from ifc.model import Model
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
    "Call",
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
    "ReadFinding",
    "Reason",
    "Reference",
    "Relation",
    "RelationKind",
    "Severity",
    "Value",
    "canonical_bytes",
    "canonical_form",
    "digest",
    "record_from_form",
    "report_progress",
]
