"""Files with shapes that no kernel can make as they stand."""

from .case import loaded
from .sheet import Sheet, with_wall


def shape(name, body, *rules, shapes=(), sound=True):
    return loaded(name, lambda: with_wall(body), *rules, shapes=shapes, sound=sound)


def extruded(depth, direction=None):
    def body(sheet):
        towards = sheet.add(f"IFCDIRECTION({direction})") if direction else None
        return sheet.extrusion(sheet.polygon((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)), depth, towards)

    return body


def over(*corners):
    return lambda sheet: sheet.extrusion(sheet.polygon(*corners), 1)


def profile(text):
    return lambda sheet: sheet.extrusion(sheet.add(text), 1)


def brep(*faces):
    def body(sheet):
        made = []
        for corners in faces:
            points = ",".join(sheet.point(*corner) for corner in corners)
            loop = sheet.add(f"IFCPOLYLOOP(({points}))")
            bound = sheet.add(f"IFCFACEOUTERBOUND({loop},.T.)")
            made.append(sheet.add(f"IFCFACE(({bound}))"))
        shell = sheet.add(f"IFCCLOSEDSHELL(({','.join(made)}))")
        return sheet.add(f"IFCFACETEDBREP({shell})")

    return body


def triangles(points, indexes):
    def body(sheet):
        own = sheet.add(f"IFCCARTESIANPOINTLIST3D(({points}))")
        return sheet.add(f"IFCTRIANGULATEDFACESET({own},$,$,({indexes}),$)")

    return body


def placed(*at):
    def build():
        sheet = Sheet()
        sheet.element("IFCWALL", sheet.box(1, 1, 1), placement=sheet.place(sheet.place_storey, *at))
        return sheet.bytes()

    return build


def zero_axes():
    sheet = Sheet()
    zero = sheet.add("IFCDIRECTION((0.,0.,0.))")
    axes = sheet.add(f"IFCAXIS2PLACEMENT3D({sheet.origin},{zero},{zero})")
    where = sheet.add(f"IFCLOCALPLACEMENT({sheet.place_storey},{axes})")
    sheet.element("IFCWALL", sheet.box(1, 1, 1), placement=where)
    return sheet.bytes()


def holed(sheet):
    outer = sheet.polygon((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    points = ",".join(sheet.point(*at) for at in ((5, 5), (6, 5), (6, 6), (5, 5)))
    hole = sheet.add(f"IFCPOLYLINE(({points}))")
    curve = sheet.lines[int(outer[1:]) - 1].rpartition(",")[2].rstrip(");")
    return sheet.extrusion(sheet.add(f"IFCARBITRARYPROFILEDEFWITHVOIDS(.AREA.,$,{curve},({hole}))"), 1)


def swept_disk(sheet):
    points = ",".join(sheet.point(*at) for at in ((0, 0, 0), (1, 0, 0), (0, 1e-6, 0)))
    line = sheet.add(f"IFCPOLYLINE(({points}))")
    return sheet.add(f"IFCSWEPTDISKSOLID({line},5.,$,$,$)")


def many_openings():
    sheet = Sheet()
    for index in range(200):
        hole = sheet.element(
            "IFCOPENINGELEMENT",
            sheet.box(0.5, 0.5, 0.5),
            placement=sheet.place(sheet.place_storey, index / 100, 0, 1),
        )
        sheet.add(f"IFCRELVOIDSELEMENT('{sheet.guid()}',$,$,$,{sheet.wall},{hole})")
    return sheet.bytes()


SQUARE = "(0.,0.,0.),(1.,0.,0.),(1.,1.,0.),(0.,1.,0.)"
LOST = ("geometry.missing",)

CASES = (
    loaded("placed-at-1e300", placed("1.E300", 0, 0), shapes=("geometry.not-finite",)),
    loaded("placed-at-1e400", placed("1.E400", 0, 0), "placement.invalid"),
    loaded("placed-a-light-year-away", placed("9.4607E15", 0, 0), shapes=("geometry.not-finite",)),
    loaded("placed-along-zero-axes", zero_axes),
    shape("corner-at-1e300", over((0, 0), ("1.E300", 0), (1, 1), (0, 0))),
    shape("corner-at-1e400", over((0, 0), ("1.E400", 0), (1, 1), (0, 0))),
    shape("extrusion-of-zero", extruded(0), shapes=LOST),
    shape("extrusion-negative", extruded(-1)),
    shape("extrusion-of-1e30", extruded("1.E30"), shapes=("geometry.not-finite",)),
    shape("extrusion-of-1e-30", extruded("1.E-30")),
    shape("extrusion-nowhere", extruded(1, "(0.,0.,0.)"), shapes=LOST),
    shape("extrusion-in-its-own-plane", extruded(1, "(1.,0.,0.)")),
    shape("profile-crosses-itself", over((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))),
    shape("profile-of-one-line", over((0, 0), (1, 0), (2, 0), (0, 0))),
    shape("profile-of-one-point", over((0, 0), (0, 0), (0, 0)), shapes=LOST),
    shape("profile-not-closed", over((0, 0), (1, 0), (1, 1))),
    shape("profile-hole-outside", holed),
    shape("rectangle-of-zero", profile("IFCRECTANGLEPROFILEDEF(.AREA.,$,$,0.,1.)")),
    shape("circle-negative", profile("IFCCIRCLEPROFILEDEF(.AREA.,$,$,-1.)")),
    shape("beam-thicker-than-wide", profile("IFCISHAPEPROFILEDEF(.AREA.,$,$,0.1,0.1,5.,5.,$,$,$)")),
    shape("shell-without-faces", lambda s: s.add(f"IFCFACETEDBREP({s.add('IFCCLOSEDSHELL(())')})"), shapes=LOST),
    shape(
        "faces-without-area", brep(((0, 0, 0), (1, 0, 0), (2, 0, 0)), ((0, 0, 0), (0, 0, 0), (0, 0, 0))), shapes=LOST
    ),
    shape("face-of-two-points", brep(((0, 0, 0), (1, 0, 0))), shapes=LOST),
    shape("triangle-beyond-the-points", triangles(SQUARE, "(1,2,99999999)")),
    shape("triangle-of-point-zero", triangles(SQUARE, "(0,1,2)")),
    shape("triangle-negative", triangles(SQUARE, "(-1,-2,-3)")),
    shape("triangle-without-points", triangles("", "(1,2,3)")),
    shape("disk-thicker-than-its-bend", swept_disk),
    loaded("wall-of-openings", many_openings),
)
