"""Files whose statements are STEP, but refer, nest or count in ways that no model does."""

from .case import loaded, refused
from .sheet import SOUND_WALL, Sheet

DEEP_PLACEMENTS, DEEP_AGGREGATES, DEEP_BOOLEANS, DEEP_OTHER = 100_000, 10_000, 5_000, 5_000
MANY_SETS = 20_000  # a million of them are 150 MB and differ in size only
MANY_VALUES = 200_000


def after(change, **options):
    """Return the base model after `change` has added to it."""
    sheet = Sheet(**options)
    change(sheet)
    return sheet.bytes()


def case(name, change, *rules, shapes=(), sound=True, **options):
    return loaded(name, lambda: after(change, **options), *rules, shapes=shapes, sound=sound)


# --- cycles ---------------------------------------------------------------------------------------------------------


def cyclic_aggregates(sheet):
    first, second = (sheet.element("IFCELEMENTASSEMBLY", contained=False) for _ in range(2))
    sheet.aggregate(first, second)
    sheet.aggregate(second, first)


def spatial_cycle(sheet):
    sheet.aggregate(sheet.storey, sheet.site)


def cyclic_placement(sheet):
    one, two = sheet.next(1), sheet.next(3)
    sheet.add(f"IFCAXIS2PLACEMENT3D({sheet.origin},$,$)")
    sheet.add(f"IFCLOCALPLACEMENT({two},{sheet.axes})")
    sheet.add(f"IFCAXIS2PLACEMENT3D({sheet.origin},$,$)")
    sheet.add(f"IFCLOCALPLACEMENT({one},{sheet.axes})")
    sheet.element("IFCWALL", sheet.box(1, 1, 1), placement=one)


def own_placement(sheet):
    own = sheet.next()
    sheet.add(f"IFCLOCALPLACEMENT({own},{sheet.axes})")
    sheet.element("IFCWALL", sheet.box(1, 1, 1), placement=own)


def cyclic_boolean(sheet):
    solid, own = sheet.solid(1, 1, 1), sheet.next()
    other = sheet.next(1)
    sheet.add(f"IFCBOOLEANRESULT(.DIFFERENCE.,{other},{solid})")
    sheet.add(f"IFCBOOLEANRESULT(.DIFFERENCE.,{own},{solid})")
    sheet.element("IFCWALL", sheet.shape(own, "CSG"))


def own_boolean(sheet):
    own = sheet.next()
    sheet.add(f"IFCBOOLEANRESULT(.UNION.,{own},{own})")
    sheet.element("IFCWALL", sheet.shape(own, "CSG"))


def mapped(sheet, representation):
    origin = sheet.add(f"IFCREPRESENTATIONMAP({sheet.axes},{representation})")
    operator = sheet.add(f"IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,{sheet.origin},$,$)")
    return sheet.add(f"IFCMAPPEDITEM({origin},{operator})")


def cyclic_mapped_item(sheet):
    item = sheet.next(3)
    body = sheet.add(f"IFCSHAPEREPRESENTATION({sheet.context},'Body','MappedRepresentation',({item}))")
    mapped(sheet, body)
    sheet.element("IFCWALL", sheet.shape(item, "MappedRepresentation"))


def cyclic_property(sheet):
    own = sheet.next()
    sheet.add(f"IFCCOMPLEXPROPERTY('A',$,'x',({own}))")
    sheet.properties(own)


def group(sheet):
    return sheet.add(f"IFCGROUP('{sheet.guid()}',$,'G',$,$)")


def cyclic_group(sheet):
    one, two = group(sheet), group(sheet)
    for member, whole in ((one, two), (two, one), (one, one)):
        sheet.add(f"IFCRELASSIGNSTOGROUP('{sheet.guid()}',$,$,$,({member}),$,{whole})")


def cyclic_nesting(sheet):
    one, two = sheet.element("IFCFURNITURE"), sheet.element("IFCFURNITURE")
    for whole, member in ((one, two), (two, one)):
        sheet.add(f"IFCRELNESTS('{sheet.guid()}',$,$,$,{whole},({member}))")


def cyclic_voids(sheet):
    shape = sheet.box(1, 1, 1)
    one, two = sheet.element("IFCOPENINGELEMENT", shape), sheet.element("IFCOPENINGELEMENT", shape)
    for whole, hole in ((one, two), (two, one), (one, one)):
        sheet.add(f"IFCRELVOIDSELEMENT('{sheet.guid()}',$,$,$,{whole},{hole})")


def contained_in_itself(sheet):
    sheet.contain(sheet.storey)


def cyclic_classification(sheet):
    own = sheet.next()
    sheet.add(f"IFCCLASSIFICATIONREFERENCE($,'1','x',{own},$,$)")
    sheet.add(f"IFCRELASSOCIATESCLASSIFICATION('{sheet.guid()}',$,$,$,({sheet.wall}),{own})")


def cyclic_curve(sheet):
    own = sheet.next()
    sheet.add(f"IFCCOMPOSITECURVE(({sheet.next(1)}),.F.)")
    sheet.add(f"IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,{own})")
    profile = sheet.add(f"IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,{own})")
    sheet.element("IFCWALL", sheet.shape(sheet.extrusion(profile, 1)))


def cyclic_context(sheet):
    own = sheet.next()
    sheet.add(f"IFCGEOMETRICREPRESENTATIONSUBCONTEXT('Body','Model',*,*,*,*,{own},$,.MODEL_VIEW.,$)")
    body = sheet.add(f"IFCSHAPEREPRESENTATION({own},'Body','SweptSolid',({sheet.solid(1, 1, 1)}))")
    sheet.element("IFCWALL", sheet.add(f"IFCPRODUCTDEFINITIONSHAPE($,$,({body}))"))


def cyclic_unit(sheet):
    own = sheet.next(1)
    measure = sheet.add(f"IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(0.3048),{own})")
    sheet.add(f"IFCCONVERSIONBASEDUNIT($,.LENGTHUNIT.,'FOOT',{measure})")
    return sheet.add(f"IFCUNITASSIGNMENT(({own}))")


CYCLES = (
    case("cyclic-aggregates", cyclic_aggregates, "aggregation.cyclic"),
    case("cyclic-spatial-structure", spatial_cycle, "aggregation.cyclic"),
    case("cyclic-placement", cyclic_placement, "placement.cyclic"),
    case("placement-on-itself", own_placement, "placement.cyclic"),
    case("cyclic-boolean", cyclic_boolean, shapes=("geometry.missing",)),
    case("boolean-of-itself", own_boolean, shapes=("geometry.missing",)),
    case("cyclic-mapped-item", cyclic_mapped_item, shapes=("geometry.missing",)),
    case("cyclic-complex-property", cyclic_property),
    case("cyclic-group", cyclic_group),
    case("cyclic-nesting", cyclic_nesting, "aggregation.cyclic"),
    case("cyclic-voids", cyclic_voids, "aggregation.cyclic"),
    case("storey-contained-in-itself", contained_in_itself, "aggregation.cyclic"),
    case("cyclic-classification", cyclic_classification),
    case("cyclic-curve", cyclic_curve, shapes=("geometry.missing",)),
    case("cyclic-context", cyclic_context),
    loaded("cyclic-unit", lambda: Sheet(units=cyclic_unit).bytes(), "units.missing"),
)

# --- depth ----------------------------------------------------------------------------------------------------------


def deep_aggregates(sheet):
    above = sheet.element("IFCELEMENTASSEMBLY")
    for _ in range(DEEP_AGGREGATES):
        below = sheet.element("IFCELEMENTASSEMBLY", placement=sheet.place_storey, contained=False)
        sheet.aggregate(above, below)
        above = below


def deep_placements(sheet):
    above = sheet.place_storey
    for _ in range(DEEP_PLACEMENTS):
        above = sheet.add(f"IFCLOCALPLACEMENT({above},{sheet.axes})")
    sheet.element("IFCWALL", sheet.box(1, 1, 1), placement=above)


def deep_booleans(sheet):
    solid = result = sheet.solid(1, 1, 1)
    for _ in range(DEEP_BOOLEANS):
        result = sheet.add(f"IFCBOOLEANRESULT(.UNION.,{result},{solid})")
    sheet.element("IFCWALL", sheet.shape(result, "CSG"))


def deep_properties(sheet):
    inner = sheet.add("IFCPROPERTYSINGLEVALUE('p',$,IFCLABEL('v'),$)")
    for _ in range(DEEP_OTHER):
        inner = sheet.add(f"IFCCOMPLEXPROPERTY('A',$,'x',({inner}))")
    sheet.properties(inner)


def deep_classification(sheet):
    above = sheet.add("IFCCLASSIFICATION($,$,$,'C',$,$,$)")
    for _ in range(DEEP_OTHER):
        above = sheet.add(f"IFCCLASSIFICATIONREFERENCE($,'1','x',{above},$,$)")
    sheet.add(f"IFCRELASSOCIATESCLASSIFICATION('{sheet.guid()}',$,$,$,({sheet.wall}),{above})")


def deep_mapped_items(sheet):
    item, kind = sheet.solid(1, 1, 1), "SweptSolid"
    for _ in range(1_000):
        body = sheet.add(f"IFCSHAPEREPRESENTATION({sheet.context},'Body','{kind}',({item}))")
        item, kind = mapped(sheet, body), "MappedRepresentation"
    sheet.element("IFCWALL", sheet.shape(item, kind))


def exponential_mapped_items(sheet):
    """Thirty levels that each show the one below twice: a thousand million boxes in 200 lines."""
    items, kind = [sheet.solid(1, 1, 1)], "SweptSolid"
    for _ in range(30):
        body = sheet.add(f"IFCSHAPEREPRESENTATION({sheet.context},'Body','{kind}',({','.join(items)}))")
        items, kind = [mapped(sheet, body), mapped(sheet, body)], "MappedRepresentation"
    sheet.element("IFCWALL", sheet.shape(",".join(items), kind))


def exponential_properties(sheet):
    inner = sheet.add("IFCPROPERTYSINGLEVALUE('p',$,IFCLABEL('v'),$)")
    for level in range(30):
        one, two = (sheet.add(f"IFCCOMPLEXPROPERTY('{side}{level}',$,'x',({inner}))") for side in "AB")
        inner = f"{one},{two}"
    sheet.properties(inner)


DEPTH = (
    case("deep-aggregates", deep_aggregates),
    case("deep-placements", deep_placements),
    case("deep-booleans", deep_booleans),
    case("deep-complex-properties", deep_properties),
    case("deep-classification", deep_classification),
    case("deep-mapped-items", deep_mapped_items),
    case("exponential-mapped-items", exponential_mapped_items, shapes=("geometry.missing",), sound=False),
    case("exponential-complex-properties", exponential_properties),
)

# --- identity and structure -----------------------------------------------------------------------------------------


def same_ids(count):
    def change(sheet):
        shape = sheet.box(1, 1, 1)
        for index in range(count):
            sheet.element("IFCFURNITURE", shape, guid="2twin00000000000000000", title=f"'{index}'")

    return change


def twin_of_the_wall(sheet):
    sheet.element("IFCWALL", sheet.box(1, 1, 1), guid=SOUND_WALL)


def invalid_ids(sheet):
    for guid in ("short", "", "z000000000000000000000", "2not base64 !!!!!!!!!!", "2" * 5_000, "~2"):
        sheet.element("IFCFURNITURE", sheet.box(1, 1, 1), guid=guid)


def suffix_clash(sheet):
    """A GlobalId that looks like the key which reading gives to a twin."""
    for guid in ("2twin00000000000000000", "2twin00000000000000000", "2twin00000000000000000~2"):
        sheet.element("IFCFURNITURE", sheet.box(1, 1, 1), guid=guid, title=f"'{sheet.next()}'")


def no_id(sheet):
    sheet.add("IFCFURNITURE($,$,'a',$,$,$,$,$,$)")
    sheet.add("IFCFURNITURE($,$,'a',$,$,$,$,$,$)")


def two_projects(sheet):
    sheet.add(f"IFCPROJECT('{sheet.guid()}',$,'Q',$,$,$,$,({sheet.context}),{sheet.units})")


def two_storeys_for_one(sheet):
    other = sheet.add(f"IFCBUILDINGSTOREY('{sheet.guid()}',$,'2',$,$,{sheet.place_storey},$,$,.ELEMENT.,3.)")
    sheet.aggregate(sheet.building, other)
    sheet.contain(sheet.wall, other)


def sets_on_one(sheet):
    value = sheet.add("IFCPROPERTYSINGLEVALUE('p',$,IFCLABEL('v'),$)")
    for index in range(MANY_SETS):
        sheet.properties(value, name=f"'Set {index}'")


def values_in_one(sheet):
    values = ",".join(["IFCREAL(1.)"] * MANY_VALUES)
    sheet.properties(sheet.add(f"IFCPROPERTYLISTVALUE('p',$,({values}),$)"))


def same_set_names(sheet):
    for index in range(1_000):
        sheet.properties(sheet.add(f"IFCPROPERTYSINGLEVALUE('p',$,IFCREAL({index}.),$)"))


def strange_keys(sheet):
    value = sheet.add("IFCPROPERTYSINGLEVALUE('__proto__',$,IFCLABEL('v'),$)")
    sheet.properties(value, name="'constructor'")
    sheet.properties(sheet.add("IFCPROPERTYSINGLEVALUE('',$,IFCLABEL('v'),$)"), name="''")
    sheet.properties(sheet.add("IFCPROPERTYSINGLEVALUE('a.b/c$',$,IFCREAL(1.E300),$)"), name="'x/y.z'")


def endless_value(sheet):
    sheet.properties(sheet.add("IFCPROPERTYSINGLEVALUE('p',$,IFCREAL(1.E400),$)"))


def huge_values(sheet):
    body = ("IFCINTEGER(99999999999999999999)", "IFCREAL(1.E308)", "IFCLENGTHMEASURE(-1.E308)", "IFCBOOLEAN(.U.)")
    sheet.properties(*(sheet.add(f"IFCPROPERTYSINGLEVALUE('p{i}',$,{value},$)") for i, value in enumerate(body)))


IDENTITY = (
    case("same-id-twice", twin_of_the_wall, "guid.duplicate", shapes=("geometry.ambiguous-id",)),
    case("same-id-1000-times", same_ids(1000), "guid.duplicate"),
    case("invalid-ids", invalid_ids, "guid.invalid"),
    case("id-that-looks-like-a-suffix", suffix_clash, "guid.duplicate", "guid.invalid"),
    case("no-ids", no_id, "guid.invalid"),
    refused("no-project", lambda: Sheet(project=False).bytes(), "no-project"),
    case("two-projects", two_projects),
    case("in-two-storeys", two_storeys_for_one),
    case("sets-on-one-element", sets_on_one),
    case("values-in-one-property", values_in_one),
    case("same-set-1000-times", same_set_names),
    case("strange-keys", strange_keys),
    case("huge-values", huge_values),
    refused("value-beyond-numbers", lambda: after(endless_value), "syntax"),
)

# --- units ----------------------------------------------------------------------------------------------------------


def units(*statements):
    """Return the base model with these units; ``{n}`` in a statement is its own number plus n."""

    def build(sheet):
        made = [sheet.add(text.replace("{next}", sheet.next(1))) for text in statements]
        return sheet.add(f"IFCUNITASSIGNMENT(({','.join(made)}))")

    return lambda: Sheet(units=build).bytes()


def foot(factor):
    def build(sheet):
        metre = sheet.add("IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.)")
        measure = sheet.add(f"IFCMEASUREWITHUNIT(IFCLENGTHMEASURE({factor}),{metre})")
        size = sheet.add("IFCDIMENSIONALEXPONENTS(1,0,0,0,0,0,0)")
        unit = sheet.add(f"IFCCONVERSIONBASEDUNIT({size},.LENGTHUNIT.,'FOOT',{measure})")
        return sheet.add(f"IFCUNITASSIGNMENT(({unit}))")

    return lambda: Sheet(units=build).bytes()


METRE, MILLI = "IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.)", "IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.)"

UNITS = (
    loaded("no-units", lambda: Sheet(units=lambda _: "$").bytes(), "units.missing"),
    loaded("no-length-unit", units("IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.)"), "units.missing"),
    loaded("contradictory-units", units(METRE, MILLI)),
    loaded("length-in-seconds", units("IFCSIUNIT(*,.LENGTHUNIT.,$,.SECOND.)")),
    loaded("zero-unit", foot("0."), "units.missing", sound=False),
    loaded("negative-unit", foot("-1."), "units.missing", sound=False),
    refused("endless-unit", foot("1.E400"), "syntax"),
)

# --- arguments and references ---------------------------------------------------------------------------------------


def raw(body):
    return lambda sheet: sheet.add(body)


def dangling(sheet):
    sheet.element("IFCWALL", "#99999", placement="#99998")
    sheet.contain("#99997")
    sheet.add(f"IFCRELCONTAINEDINSPATIALSTRUCTURE('{sheet.guid()}',$,$,$,({sheet.wall}),#99996)")
    sheet.add(f"IFCRELDEFINESBYPROPERTIES('{sheet.guid()}',$,$,$,({sheet.wall}),#99995)")
    sheet.add(f"IFCRELDEFINESBYTYPE('{sheet.guid()}',$,$,$,(#99994),#99993)")
    sheet.aggregate("#99992", sheet.wall)


def wrong_classes(sheet):
    sheet.element("IFCWALL", sheet.project, placement=sheet.project)
    sheet.contain(sheet.origin, sheet.origin)
    sheet.add(f"IFCRELDEFINESBYPROPERTIES('{sheet.guid()}',$,$,$,({sheet.wall}),{sheet.origin})")
    sheet.add(f"IFCRELDEFINESBYTYPE('{sheet.guid()}',$,$,$,({sheet.wall}),{sheet.axes})")
    sheet.add(f"IFCRELASSOCIATESMATERIAL('{sheet.guid()}',$,$,$,({sheet.wall}),{sheet.storey})")
    sheet.aggregate(sheet.units, sheet.up)
    sheet.element("IFCWALL", sheet.shape(sheet.wall))
    sheet.element("IFCWALL", sheet.shape(sheet.extrusion(sheet.wall, 1)))


def nulls(sheet):
    for name, count in (("AGGREGATES", 6), ("CONTAINEDINSPATIALSTRUCTURE", 6), ("DEFINESBYTYPE", 6),
                        ("DEFINESBYPROPERTIES", 6), ("ASSOCIATESMATERIAL", 6), ("VOIDSELEMENT", 6),
                        ("FILLSELEMENT", 6), ("SPACEBOUNDARY", 9), ("ASSIGNSTOGROUP", 7)):  # fmt: skip
        sheet.add(f"IFCREL{name}({','.join('$' * count)})")
    sheet.add("IFCPROPERTYSET($,$,$,$,$)")
    sheet.add("IFCWALL($,$,$,$,$,$,$,$,$)")


ARGUMENTS = (
    case("too-few-arguments", raw("IFCWALL('2few000000000000000000',$,'W')")),
    case("no-arguments", raw("IFCWALL()")),
    case("too-many-arguments", raw("IFCWALL('2many00000000000000000',$,'W',$,$,$,$,$,$,$,$,$,$,$)")),
    case("text-for-a-number", raw("IFCCARTESIANPOINT(('a','b','c'))")),
    case("number-for-a-text", raw("IFCWALL('2number000000000000000',$,42,$,$,$,$,$,$)")),
    case("list-for-a-text", raw("IFCWALL('2list00000000000000000',$,('a','b'),$,$,$,$,$,$)")),
    case("text-for-a-reference", raw("IFCWALL('2text00000000000000000',$,'W',$,$,'here','there',$,$)")),
    case("unknown-choice", raw("IFCWALL('2enum00000000000000000',$,'W',$,$,$,$,$,.NO_SUCH_WALL.)")),
    case("unknown-class", raw("IFCFLYINGCARPET('2fly000000000000000000',$,'W')")),
    case("abstract-class", raw("IFCELEMENT('2abstract0000000000000',$,'W',$,$,$,$,$)")),
    case("class-of-another-schema", raw("IFCELECTRICDISTRIBUTIONPOINT('2old000000000000000000',$,'W',$,$,$,$,$)")),
    case("complex-instance", raw("(IFCWALL('2complex00000000000000')IFCDOOR($))")),
    case("dangling-references", dangling),
    case("references-to-wrong-classes", wrong_classes),
    case("nulls-everywhere", nulls),
)

CASES = (*CYCLES, *DEPTH, *IDENTITY, *UNITS, *ARGUMENTS)
