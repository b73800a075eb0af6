"""IDS 1.0 files of a design stage, made from the table of what the register asks for.

The data type is demanded for numbers and truth values. For text it is left out: the IFC text types differ in their
length only, and authoring programs choose among them freely. A property that the workbook maps to an attribute, such
as the name of a wall, is demanded as that attribute.
"""

from collections.abc import Mapping, Sequence

from lxml import etree

from twin.errors import InvalidInput
from twin.gate.table import DataRow, DesignStage, data_rows

IDS = "http://standards.buildingsmart.org/IDS"
XS = "http://www.w3.org/2001/XMLSchema"
SCHEMAS = ("IFC2X3", "IFC4")
DATE = "2022-08-29"  # of the workbook
SUBCLASSES: Mapping[str, Mapping[str, Sequence[str]]] = {  # IDS names classes exactly, without their subclasses
    "IFC2X3": {"IfcWall": ("IFCWALLSTANDARDCASE",)},
    "IFC4": {
        "IfcWall": ("IFCWALLSTANDARDCASE", "IFCWALLELEMENTEDCASE"),
        "IfcSlab": ("IFCSLABSTANDARDCASE", "IFCSLABELEMENTEDCASE"),
        "IfcDoor": ("IFCDOORSTANDARDCASE",),
        "IfcWindow": ("IFCWINDOWSTANDARDCASE",),
    },
}
ALWAYS_THERE = frozenset({"IfcBuilding", "IfcBuildingStorey", "IfcSpace"})  # else there is no building
TEXT_TYPES = frozenset({"IfcLabel", "IfcIdentifier", "IfcText", "IfcLogical"})
PATTERNS = {
    "700_EHR-kood": "1[0-9]{8}",
    "707_Tuleohutusklass": "TP[1-3]",
}
CHOICES: Mapping[str, Sequence[str]] = {
    "110_Tüüp": (
        "Korruse avatud netopind",
        "Tehnopind",
        "Vertikaalsete ühendusteede pind",
        "Üüritav pind",
        "Üldkasutatav pind",
    ),
}
STAGE_NAMES = {
    DesignStage.SKETCH: "eskiis / sketch",
    DesignStage.PRELIMINARY: "eelprojekt / preliminary design",
    DesignStage.MAIN: "põhiprojekt / main design",
    DesignStage.WORKING: "tööprojekt / working design",
    DesignStage.AS_BUILT: "teostus / as built",
}


def generate_ids(stage: DesignStage, schema: str) -> bytes:
    """Return the IDS file of a design stage.

    Args:
        stage: The stage; a later one asks for all that an earlier one does.
        schema: ``IFC2X3`` or ``IFC4``.

    Raises:
        InvalidInput: (ids-schema) there is no such file for `schema`.
    """
    if schema not in SCHEMAS:
        raise InvalidInput(
            "The register's requirements stand for IFC2X3 and IFC4.", reason="ids-schema", entity=schema[:40]
        )
    root = etree.Element(_ids("ids"), nsmap={None: IDS, "xs": XS})
    info = _child(root, "info")
    for name, text in (
        ("title", f"ÜBN Lisa 1, {STAGE_NAMES[stage]}, {schema}"),
        ("version", DATE),
        ("description", "Andmed, mida ehitisregister mudelilt ootab. Data that the register of buildings asks for."),
        ("date", DATE),
        ("milestone", stage.value),
    ):
        _child(info, name).text = text
    specifications = _child(root, "specifications")
    for row in data_rows(stage):
        _specification(specifications, row, schema)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def _specification(parent: etree._Element, row: DataRow, schema: str) -> None:
    made = _child(parent, "specification")
    made.set("name", f"{row.property_set}.{row.property}")
    made.set("ifcVersion", schema)
    made.set("identifier", f"{row.property_set}.{row.property}")
    made.set("description", _advice(row))
    applicability = _child(made, "applicability")
    applicability.set("minOccurs", "1" if row.required and row.ifc_class in ALWAYS_THERE else "0")
    applicability.set("maxOccurs", "unbounded")
    _names(_child(_child(applicability, "entity"), "name"), _classes(row, schema))
    if row.ifc_class == "IfcZone":  # zones of use and of fire are told apart by the set that they carry
        _zone_of(applicability, row.property_set)
    requirement = _attribute if row.attribute else _property
    requirement(_child(made, "requirements"), row)


def _classes(row: DataRow, schema: str) -> tuple[str, ...]:
    return (row.ifc_class.upper(), *SUBCLASSES[schema].get(row.ifc_class, ()))


def _zone_of(applicability: etree._Element, property_set: str) -> None:
    made = _child(applicability, "property")
    _simple(_child(made, "propertySet"), property_set)
    _restriction(_child(made, "baseName"), "pattern", (".+",))


def _attribute(parent: etree._Element, row: DataRow) -> None:
    made = _child(parent, "attribute")
    made.set("cardinality", "required" if row.required else "optional")
    _simple(_child(made, "name"), row.attribute)
    _value(made, row)


def _property(parent: etree._Element, row: DataRow) -> None:
    made = _child(parent, "property")
    if row.data_type not in TEXT_TYPES:
        made.set("dataType", row.data_type.upper())
    made.set("cardinality", "required" if row.required else "optional")
    _simple(_child(made, "propertySet"), row.property_set)
    _simple(_child(made, "baseName"), row.property)
    _value(made, row)


def _value(parent: etree._Element, row: DataRow) -> None:
    if row.property in PATTERNS:
        _restriction(_child(parent, "value"), "pattern", (PATTERNS[row.property],))
    elif row.property in CHOICES:
        _restriction(_child(parent, "value"), "enumeration", CHOICES[row.property])


def _advice(row: DataRow) -> str:
    place = f"{row.ifc_class}.{row.attribute}" if row.attribute else f"{row.property_set}.{row.property}"
    return f"Täida {place} ({row.data_type}). Fill in {place} ({row.data_type})."


def _names(parent: etree._Element, names: Sequence[str]) -> None:
    if len(names) == 1:
        _simple(parent, names[0])
    else:
        _restriction(parent, "enumeration", names)


def _simple(parent: etree._Element, text: str) -> None:
    _child(parent, "simpleValue").text = text


def _restriction(parent: etree._Element, kind: str, values: Sequence[str]) -> None:
    made = etree.SubElement(parent, f"{{{XS}}}restriction", base="xs:string")
    for value in values:
        etree.SubElement(made, f"{{{XS}}}{kind}", value=value)


def _child(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, _ids(name))


def _ids(name: str) -> str:
    return f"{{{IDS}}}{name}"
