"""A model: the records of one file, with what was noticed while reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ifc.findings import ReadFinding
from ifc.records import ElementRecord, Georeference, Header


@dataclass(frozen=True, slots=True)
class Shaped:
    """An element that has a shape, as the file writes it.

    Attributes:
        step_id: STEP number.
        global_id: GlobalId as written, possibly repeated or empty.
        ifc_class: Exact class.
    """

    step_id: int
    global_id: str
    ifc_class: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What the kernels have to know of a file before they mesh it.

    Attributes:
        file_sha256: SHA-256 (hex) of the bytes that were submitted.
        unit_m: Length of one unit of the file in metres.
        elements: Elements that have a shape, openings among them, by STEP number.
    """

    file_sha256: str
    unit_m: float
    elements: tuple[Shaped, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that was understood of one IFC file, and an honest list of what was not.

    Attributes:
        header: What the file says of itself.
        file_sha256: SHA-256 (hex) of the bytes that were submitted (of the archive for ifcZIP).
        project_id: GlobalId of the IfcProject.
        records: All records, sorted by GlobalId.
        georeference: Where the origin lies, or None if the file does not say.
        findings: What is odd in the file.
        not_understood: Classes of instances with a GlobalId, or relationships, that became no record or relation,
            with their count.
        shape_keys: What the mesh of each placed element depends on, as a digest; equal keys, equal meshes. Not part
            of any record.
        signature_block: The signature section that follows the model in the file, as written, not verified.
        outline: What meshing the same file has to know, so that it is not listed twice.
    """

    header: Header
    file_sha256: str
    project_id: str
    records: tuple[ElementRecord, ...]
    georeference: Georeference | None = None
    findings: tuple[ReadFinding, ...] = ()
    not_understood: Mapping[str, int] = field(default_factory=dict)
    shape_keys: Mapping[str, str] = field(default_factory=dict)
    signature_block: bytes | None = None
    outline: Outline | None = None

    def by_id(self) -> dict[str, ElementRecord]:
        """Return the records by GlobalId."""
        return {record.global_id: record for record in self.records}

    def of_class(self, *classes: str) -> Iterator[ElementRecord]:
        """Yield the records whose exact class is one of `classes`, sorted by GlobalId."""
        return (record for record in self.records if record.ifc_class in classes)
