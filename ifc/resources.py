"""Classes without GlobalId: which of them end in records, and which are on the list of what was not understood."""

from collections import Counter
from collections.abc import Collection, Mapping

from ifc.source import Source, step_id

NESTED = (  # read as a value of the attribute or property that refers to them
    "IfcAlignmentParameterSegment",
    "IfcAppliedValue",
    "IfcBoundaryCondition",
    "IfcGridAxis",
    "IfcOrganization",
    "IfcPerson",
    "IfcPersonAndOrganization",
    "IfcPhysicalQuantity",
    "IfcProfileDef",
    "IfcReference",
    "IfcSchedulingTime",
    "IfcStructuralLoad",
    "IfcTable",
    "IfcTableColumn",
    "IfcTableRow",
)
_COUNTED = (  # of those above: one that nothing refers to is lost; the others are owner history or stand in sets
    "IfcAlignmentParameterSegment",
    "IfcAppliedValue",
    "IfcBoundaryCondition",
    "IfcGridAxis",
    "IfcReference",
    "IfcSchedulingTime",
    "IfcStructuralLoad",
    "IfcTable",
    "IfcTableColumn",
    "IfcTableRow",
)
_READ = (
    "IfcRoot",  # counted where records and relations are made
    # geometry, for the digest and the kernels
    "IfcRepresentation", "IfcRepresentationItem", "IfcProductRepresentation", "IfcRepresentationMap",
    "IfcRepresentationContext", "IfcProfileDef", "IfcObjectPlacement", "IfcConnectionGeometry",
    "IfcVirtualGridIntersection",
    # looks
    "IfcPresentationItem", "IfcPresentationStyle", "IfcPresentationStyleAssignment", "IfcColourSpecification",
    "IfcPreDefinedItem", "IfcPreDefinedProperties", "IfcCurveStyleFont", "IfcCurveStyleFontPattern",
    "IfcCurveStyleFontAndScaling", "IfcTextStyleForDefinedFont", "IfcTextStyleTextModel", "IfcTextStyleFontModel",
    "IfcSurfaceStyleLighting", "IfcSurfaceStyleRefraction", "IfcSurfaceStyleShading", "IfcSurfaceStyleWithTextures",
    "IfcSurfaceTexture", "IfcTextureCoordinate", "IfcTextureVertex", "IfcPresentationLayerAssignment",
    "IfcMaterialDefinitionRepresentation",
    # owner history, kept out on purpose
    "IfcOwnerHistory", "IfcApplication", "IfcActorRole", "IfcAddress", "IfcOrganization", "IfcPerson",
    "IfcPersonAndOrganization",
    # units and place on the map
    "IfcNamedUnit", "IfcDerivedUnit", "IfcDerivedUnitElement", "IfcUnitAssignment", "IfcMeasureWithUnit",
    "IfcDimensionalExponents", "IfcMonetaryUnit", "IfcCoordinateOperation", "IfcCoordinateReferenceSystem",
    # values
    "IfcProperty", "IfcPropertyEnumeration", "IfcPhysicalQuantity",
    # materials
    "IfcMaterial", "IfcMaterialLayer", "IfcMaterialLayerSet", "IfcMaterialLayerSetUsage", "IfcMaterialList",
    "IfcMaterialConstituent", "IfcMaterialConstituentSet", "IfcMaterialProfile", "IfcMaterialProfileSet",
    "IfcMaterialProfileSetUsage", "IfcMaterialProperties",
    # properties of profiles, named parts of shapes
    "IfcProfileProperties", "IfcShapeAspect",
    # references
    "IfcExternalReference", "IfcClassification", "IfcClassificationItem", "IfcClassificationNotation",
    "IfcClassificationNotationFacet", "IfcDocumentInformation", "IfcDocumentElectronicFormat",
    "IfcLibraryInformation",
)  # fmt: skip


def lost_resources(source: Source, counts: Mapping[str, int], visited: Collection[int]) -> Counter[str]:
    """Count the instances without GlobalId of which nothing is in a record.

    Args:
        source: The parsed file.
        counts: Number of statements of each class, named in capitals.
        visited: STEP numbers of the resources that were read as values.
    """
    read, counted = (frozenset[str]().union(*map(source.family, names)) for names in (_READ, _COUNTED))
    lost: Counter[str] = Counter()
    for name in source.classes:
        count = counts.get(name.upper(), 0)
        if count and name in counted:
            lost[name] = sum(step_id(item) not in visited for item in source.file.by_type(name, False))
        elif count and name not in read:
            lost[name] = count
    return +lost
