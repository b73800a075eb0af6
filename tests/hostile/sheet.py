"""A small, sound IFC model to be spoilt: one storey, one wall, one room."""

SOUND_WALL = "3ound0000000000000wall"
SOUND_SPACE = "3ound000000000000space"
HEADER = (
    "ISO-10303-21;\nHEADER;\n"
    "FILE_DESCRIPTION(('ViewDefinition [ReferenceView]'),'2;1');\n"
    "FILE_NAME('house.ifc','2026-01-02T03:04:05',('a'),('o'),'exporter 1','author 2','');\n"
    "FILE_SCHEMA(('{schema}'));\nENDSEC;\n"
)
END = "ENDSEC;\nEND-ISO-10303-21;\n"


class Sheet:
    """Writes statements; lengths are metres.

    Args:
        schema: Token of the schema.
        units: Statement of the unit assignment, or None for SI units.
        project: Whether the project is written.
    """

    def __init__(self, schema="IFC4", units=None, project=True):
        self.header = HEADER.format(schema=schema)
        self.lines = []
        self.guids = 0
        names = (("LENGTH", "METRE"), ("AREA", "SQUARE_METRE"), ("VOLUME", "CUBIC_METRE"), ("PLANEANGLE", "RADIAN"))
        own = ",".join(self.add(f"IFCSIUNIT(*,.{kind}UNIT.,$,.{name}.)") for kind, name in names)
        self.units = units(self) if units else self.add(f"IFCUNITASSIGNMENT(({own}))")
        self.origin = self.point(0, 0, 0)
        self.axes = self.add(f"IFCAXIS2PLACEMENT3D({self.origin},$,$)")
        self.up = self.add("IFCDIRECTION((0.,0.,1.))")
        self.context = self.add(f"IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,{self.axes},$)")
        if project:
            self.project = self.add(
                f"IFCPROJECT('3ound000000000000proj0',$,'P',$,$,$,$,({self.context}),{self.units})"
            )
        self.place_site = self.place("$")
        self.site = self.add(f"IFCSITE('3ound000000000000site0',$,'S',$,$,{self.place_site},$,$,.ELEMENT.,$,$,$,$,$)")
        self.place_building = self.place(self.place_site)
        self.building = self.add(
            f"IFCBUILDING('3ound00000000000build0',$,'B',$,$,{self.place_building},$,$,.ELEMENT.,$,$,$)"
        )
        self.place_storey = self.place(self.place_building)
        self.storey = self.add(
            f"IFCBUILDINGSTOREY('3ound0000000000storey0',$,'1',$,$,{self.place_storey},$,$,.ELEMENT.,0.)"
        )
        if project:
            self.aggregate(self.project, self.site)
        self.aggregate(self.site, self.building)
        self.aggregate(self.building, self.storey)
        self.wall = self.element("IFCWALL", self.box(4, 0.2, 3), guid=SOUND_WALL)
        self.space = self.add(
            f"IFCSPACE('{SOUND_SPACE}',$,'101','Room',$,{self.place(self.place_storey)},{self.box(3, 3, 2.7)},"
            "$,.ELEMENT.,.INTERNAL.,$)"
        )
        self.aggregate(self.storey, self.space)

    def add(self, body):
        self.lines.append(f"#{len(self.lines) + 1}={body};")
        return f"#{len(self.lines)}"

    def next(self, ahead=0):
        """Return the number that the statement after `ahead` others will get."""
        return f"#{len(self.lines) + 1 + ahead}"

    def guid(self):
        self.guids += 1
        return f"2{self.guids:0>21}"

    def point(self, *numbers):
        inner = ",".join(n if isinstance(n, str) else f"{float(n)!r}" for n in numbers)
        return self.add(f"IFCCARTESIANPOINT(({inner}))")

    def place(self, parent, *at):
        axes = self.add(f"IFCAXIS2PLACEMENT3D({self.point(*(at or (0, 0, 0)))},$,$)")
        return self.add(f"IFCLOCALPLACEMENT({parent},{axes})")

    def extrusion(self, profile, depth, direction=None):
        height = depth if isinstance(depth, str) else f"{float(depth)!r}"
        return self.add(f"IFCEXTRUDEDAREASOLID({profile},{self.axes},{direction or self.up},{height})")

    def solid(self, x, y, z):
        return self.extrusion(self.add(f"IFCRECTANGLEPROFILEDEF(.AREA.,$,$,{float(x)!r},{float(y)!r})"), z)

    def polygon(self, *corners):
        points = ",".join(self.point(*corner) for corner in corners)
        return self.add(f"IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,{self.add(f'IFCPOLYLINE(({points}))')})")

    def shape(self, item, kind="SweptSolid"):
        body = self.add(f"IFCSHAPEREPRESENTATION({self.context},'Body','{kind}',({item}))")
        return self.add(f"IFCPRODUCTDEFINITIONSHAPE($,$,({body}))")

    def box(self, x, y, z):
        return self.shape(self.solid(x, y, z))

    def element(self, name, shape="$", guid=None, placement=None, title="'W'", contained=True):
        where = placement or self.place(self.place_storey, 10, 10, 0)
        tail = {"IFCOPENINGELEMENT": "$,$", "IFCFURNITURE": "$,$", "IFCELEMENTASSEMBLY": "$,$,$"}.get(name, "$,$")
        made = self.add(f"{name}('{guid or self.guid()}',$,{title},$,$,{where},{shape},{tail})")
        if contained and name != "IFCOPENINGELEMENT":
            self.contain(made)
        return made

    def contain(self, element, storey=None):
        return self.add(
            f"IFCRELCONTAINEDINSPATIALSTRUCTURE('{self.guid()}',$,$,$,({element}),{storey or self.storey})"
        )

    def aggregate(self, whole, *parts):
        return self.add(f"IFCRELAGGREGATES('{self.guid()}',$,$,$,{whole},({','.join(parts)}))")

    def properties(self, *members, on=None, name="'Pset_Test'"):
        own = self.add(f"IFCPROPERTYSET('{self.guid()}',$,{name},$,({','.join(members)}))")
        self.add(f"IFCRELDEFINESBYPROPERTIES('{self.guid()}',$,$,$,({on or self.wall}),{own})")
        return own

    def text(self):
        return self.header + "DATA;\n" + "\n".join(self.lines) + "\n" + END

    def bytes(self):
        return self.text().encode("utf-8")


def with_wall(body):
    """Return a base model with a second wall whose shape is what `body` makes of the sheet."""
    sheet = Sheet()
    item = body(sheet)
    sheet.element("IFCWALL", sheet.shape(item, "Brep"))
    return sheet.bytes()
