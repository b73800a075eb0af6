import pytest

from ifc import Measure, Model, Relation, RelationKind, read_model

SPATIAL = (
    "#10=IFCSITE('0000000000000000000010',$,'Site',$,$,$,$,$,$,$,$,$,$,$);\n"
    "#11=IFCBUILDING('0000000000000000000011',$,'B',$,$,$,$,$,$,$,$,$);\n"
    "#12=IFCBUILDINGSTOREY('0000000000000000000012',$,'S',$,$,$,$,$,$,3000.);\n"
    "#13=IFCSPACE('0000000000000000000013',$,'101',$,$,$,$,'Kitchen',.ELEMENT.,.INTERNAL.,$);\n"
    "#14=IFCRELAGGREGATES('0000000000000000000014',$,$,$,#1,(#10));\n"
    "#15=IFCRELAGGREGATES('0000000000000000000015',$,$,$,#10,(#11));\n"
    "#16=IFCRELAGGREGATES('0000000000000000000016',$,$,$,#11,(#12));\n"
    "#17=IFCRELAGGREGATES('0000000000000000000017',$,$,$,#12,(#13));\n"
)
WALL = "#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,$,$,$);\n"


def key(number: int) -> str:
    return str(number).rjust(22, "0")


def relations(model: Model, number: int) -> tuple[Relation, ...]:
    return model.by_id()[key(number)].relations


def rules(model: Model) -> set[str]:
    return {item.rule for item in model.findings}


def test_the_spatial_tree_points_from_child_to_parent(step) -> None:
    model = read_model(
        step(SPATIAL + WALL + "#21=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000021',$,$,$,(#20),#12);\n")
    )

    for child, parent in ((10, 1), (11, 10), (12, 11), (13, 12)):
        assert relations(model, child) == (Relation(RelationKind.AGGREGATED_IN, key(parent)),)
    assert relations(model, 20) == (Relation(RelationKind.CONTAINED_IN, key(12)),)
    assert model.project_id == key(1)
    assert rules(model) == {"georeference.none"}
    assert model.not_understood == {}


def test_openings_doors_types_groups_and_boundaries(step) -> None:
    model = read_model(
        step(
            SPATIAL + WALL + "#21=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000021',$,$,$,(#20,#23),#12);\n"
            "#22=IFCOPENINGELEMENT('0000000000000000000022',$,$,$,$,$,$,$,.OPENING.);\n"
            "#23=IFCDOOR('0000000000000000000023',$,'D',$,$,$,$,$,2100.,900.,.NOTDEFINED.,$,$);\n"
            "#24=IFCRELVOIDSELEMENT('0000000000000000000024',$,$,$,#20,#22);\n"
            "#25=IFCRELFILLSELEMENT('0000000000000000000025',$,$,$,#22,#23);\n"
            "#26=IFCDOORTYPE('0000000000000000000026',$,'T',$,$,$,$,$,'elem',.GATE.,.SINGLE_SWING_LEFT.,$,$);\n"
            "#27=IFCRELDEFINESBYTYPE('0000000000000000000027',$,$,$,(#23),#26);\n"
            "#28=IFCZONE('0000000000000000000028',$,'Z',$,$,$);\n"
            "#29=IFCRELASSIGNSTOGROUP('0000000000000000000029',$,$,$,(#13),$,#28);\n"
            "#30=IFCRELSPACEBOUNDARY2NDLEVEL('0000000000000000000030',$,'2ndLevel','2a',#13,#20,$,.PHYSICAL.,.EXTERNAL.,$,$);\n"
            "#31=IFCRELCONNECTSPATHELEMENTS('0000000000000000000031',$,$,$,$,#20,#33,(),(),.ATEND.,.ATSTART.);\n"
            "#32=IFCSYSTEM('0000000000000000000032',$,'V',$,$);\n"
            "#33=IFCWALL('0000000000000000000033',$,'W2',$,$,$,$,$,$);\n"
            "#34=IFCRELSERVICESBUILDINGS('0000000000000000000034',$,$,$,#32,(#11));\n"
            "#35=IFCRELSPACEBOUNDARY('0000000000000000000035',$,$,$,#13,$,$,.VIRTUAL.,.INTERNAL.);\n"
            "#36=IFCRELASSIGNSTOPROCESS('0000000000000000000036',$,$,$,(#20),$,#37,$);\n"
            "#37=IFCTASK('0000000000000000000037',$,'t',$,$,$,$,$,$,.F.,$,$,$);\n"
        )
    )

    assert relations(model, 22) == (Relation(RelationKind.VOIDS, key(20)),)
    assert [(r.kind, r.target) for r in relations(model, 23)] == [
        (RelationKind.CONTAINED_IN, key(12)),
        (RelationKind.FILLS, key(22)),
        (RelationKind.TYPED_BY, key(26)),
    ]
    assert model.by_id()[key(23)].predefined_type == "GATE"
    assert model.by_id()[key(26)].object_type == "elem"
    assert (RelationKind.ASSIGNED_TO, key(28)) in [(r.kind, r.target) for r in relations(model, 13)]
    bounds = next(r for r in relations(model, 20) if r.kind is RelationKind.BOUNDS)
    assert bounds.target == key(13)
    assert bounds.detail == {"level": 2, "description": "2a", "physical": "PHYSICAL", "external": "EXTERNAL"}
    connected = next(r for r in relations(model, 20) if r.kind is RelationKind.CONNECTED_TO)
    assert connected.detail == {"RelatingConnectionType": "ATSTART", "RelatedConnectionType": "ATEND"}
    assert relations(model, 32) == (Relation(RelationKind.SERVES, key(11)),)
    assert Relation(RelationKind.ASSIGNED_TO_PROCESS, key(37)) in relations(model, 20)
    assert model.not_understood == {"IfcRelSpaceBoundary": 1}
    assert [item.global_id for item in model.findings if item.rule == "containment.missing"] == [key(33)]


def test_coverings_of_spaces_work_in_both_namings(step) -> None:
    body = (
        SPATIAL + "#20=IFCCOVERING('0000000000000000000020',{o},'C',$,$,$,$,$,$);\n"
        "#21=IFCRELCOVERSSPACES('0000000000000000000021',{o},$,$,#13,(#20));\n"
    )

    for schema, text in (("IFC4", body.format(o="$")), ("IFC2X3", body.format(o="#900"))):
        assert relations(read_model(step(text, schema=schema)), 20) == (Relation(RelationKind.COVERS, key(13)),)


def test_ports_nest_in_elements_and_connect(step) -> None:
    model = read_model(
        step(
            "#20=IFCPUMP('0000000000000000000020',$,'P',$,$,$,$,$,.CIRCULATOR.);\n"
            "#21=IFCDISTRIBUTIONPORT('0000000000000000000021',$,$,$,$,$,$,.SOURCE.,.PIPE.,.HEATING.);\n"
            "#22=IFCDISTRIBUTIONPORT('0000000000000000000022',$,$,$,$,$,$,.SINK.,.PIPE.,.HEATING.);\n"
            "#23=IFCRELNESTS('0000000000000000000023',$,$,$,#20,(#21,#22));\n"
            "#24=IFCRELCONNECTSPORTTOELEMENT('0000000000000000000024',$,$,$,#22,#20);\n"
            "#25=IFCRELCONNECTSPORTS('0000000000000000000025',$,$,$,#21,#22,$);\n"
        )
    )

    assert (RelationKind.NESTED_IN, key(20)) in [(r.kind, r.target) for r in relations(model, 21)]
    assert relations(model, 22) == (Relation(RelationKind.NESTED_IN, key(20)),)
    assert (RelationKind.PORT_CONNECTED_TO, key(22)) in [(r.kind, r.target) for r in relations(model, 21)]
    assert model.by_id()[key(21)].attributes["FlowDirection"] == "SOURCE"


def test_cyclic_aggregation_is_told(step) -> None:
    model = read_model(
        step(
            WALL + "#21=IFCWALL('0000000000000000000021',$,'W',$,$,$,$,$,$);\n"
            "#22=IFCRELAGGREGATES('0000000000000000000022',$,$,$,#20,(#21));\n"
            "#23=IFCRELAGGREGATES('0000000000000000000023',$,$,$,#21,(#20));\n"
        )
    )

    found = [item for item in model.findings if item.rule == "aggregation.cyclic"]
    assert [item.global_id for item in found] == [key(20), key(21)]
    assert found[0].entity == "#20 IfcWall"
    assert found[0].line is not None


def test_repeated_identities_are_both_kept_in_an_order_of_content(step) -> None:
    wall = "#{n}=IFCWALL('0000000000000000000020',$,'{name}',$,$,$,$,$,$);\n"
    one, two = wall.format(n=20, name="A"), wall.format(n=21, name="B")
    swapped = wall.format(n=21, name="A"), wall.format(n=20, name="B")

    for body in (one + two, two + one, swapped[0] + swapped[1]):
        model = read_model(step(body))
        names = {identity: record.name for identity, record in model.by_id().items() if identity != key(1)}
        assert names == {key(20): "A", f"{key(20)}~2": "B"}
        assert [item.global_id for item in model.findings if item.rule == "guid.duplicate"] == [f"{key(20)}~2"]


def test_invalid_and_missing_identities_are_told(step) -> None:
    model = read_model(
        step("#20=IFCWALL('short',$,'A',$,$,$,$,$,$);\n#21=IFCWALL('',$,'B',$,$,$,$,$,$);\n")
    )  # fmt: skip

    found = [item for item in model.findings if item.rule == "guid.invalid"]
    assert len(found) == 2
    assert model.by_id()["short"].name == "A"
    assert all(item.hint and item.line for item in found)


def test_a_class_beyond_the_schema_is_listed_as_not_understood(step) -> None:
    assert read_model(step("#20=IFCGATEKEEPER($);\n")).not_understood == {"IFCGATEKEEPER": 1}


def test_an_unattached_property_set_is_listed_as_not_understood(step) -> None:
    model = read_model(
        step("#30=IFCPROPERTYSET('0000000000000000000030',$,'S',$,(#31));\n#31=IFCPROPERTYSINGLEVALUE('A',$,$,$);\n")
    )

    assert model.not_understood == {"IfcPropertySet": 1}


def test_assignments_projections_interferences_and_sequences(step) -> None:
    model = read_model(
        step(
            WALL + "#33=IFCWALL('0000000000000000000033',$,'W2',$,$,$,$,$,$);\n"
            "#40=IFCTASK('0000000000000000000040',$,'t',$,$,$,$,$,$,.F.,$,$,$);\n"
            "#41=IFCTASK('0000000000000000000041',$,'u',$,$,$,$,$,$,.F.,$,$,$);\n"
            "#42=IFCRELSEQUENCE('0000000000000000000042',$,$,$,#40,#41,$,.FINISH_START.,$);\n"
            "#43=IFCWORKSCHEDULE('0000000000000000000043',$,'s',$,$,$,'',$,$,$,$,'',$,$);\n"
            "#44=IFCRELASSIGNSTOCONTROL('0000000000000000000044',$,$,$,(#40),$,#43);\n"
            "#45=IFCCREWRESOURCE('0000000000000000000045',$,'c',$,$,$,$,$,$,$,$);\n"
            "#46=IFCRELASSIGNSTORESOURCE('0000000000000000000046',$,$,$,(#20),$,#45);\n"
            "#47=IFCACTOR('0000000000000000000047',$,'a',$,$,#48);\n#48=IFCPERSON($,'x',$,$,$,$,$,$);\n"
            "#49=IFCRELASSIGNSTOACTOR('0000000000000000000049',$,$,$,(#20),$,#47,$);\n"
            "#50=IFCRELASSIGNSTOPRODUCT('0000000000000000000050',$,$,$,(#40),$,#33);\n"
            "#51=IFCPROJECTIONELEMENT('0000000000000000000051',$,$,$,$,$,$,$,$);\n"
            "#52=IFCRELPROJECTSELEMENT('0000000000000000000052',$,$,$,#20,#51);\n"
            "#53=IFCRELINTERFERESELEMENTS('0000000000000000000053',$,$,$,#20,#33,$,'Clash',.F.);\n"
            "#54=IFCWALLTYPE('0000000000000000000054',$,'T',$,$,$,$,$,$,.SOLIDWALL.);\n"
            "#55=IFCRELDECLARES('0000000000000000000055',$,$,$,#1,(#54));\n"
        )
    )

    assert relations(model, 41) == (Relation(RelationKind.FOLLOWS, key(40), {"SequenceType": "FINISH_START"}),)
    assert {r.kind for r in relations(model, 40)} == {
        RelationKind.ASSIGNED_TO_CONTROL,
        RelationKind.ASSIGNED_TO_PRODUCT,
    }
    wall = {r.kind: r for r in relations(model, 20)}
    assert wall[RelationKind.ASSIGNED_TO_RESOURCE].target == key(45)
    assert wall[RelationKind.ASSIGNED_TO_ACTOR].target == key(47)
    clash = wall[RelationKind.INTERFERES_WITH]
    assert (clash.target, clash.detail["InterferenceType"]) == (key(33), "Clash")
    assert relations(model, 51) == (Relation(RelationKind.PROJECTS, key(20)),)
    assert relations(model, 54) == (Relation(RelationKind.DECLARED_IN, key(1)),)
    assert model.not_understood == {}


PLANE = (
    "#60=IFCCURVEBOUNDEDPLANE(#61,#62,(#63));\n#61=IFCPLANE(#4);\n"
    "#62=IFCPOLYLINE((#64,#65,#66,#67,#64));\n#63=IFCPOLYLINE((#68,#69,#70,#68));\n"
    "#64=IFCCARTESIANPOINT((0.,0.));\n#65=IFCCARTESIANPOINT((4000.,0.));\n"
    "#66=IFCCARTESIANPOINT((4000.,3000.));\n#67=IFCCARTESIANPOINT((0.,3000.));\n"
    "#68=IFCCARTESIANPOINT((1000.,1000.));\n#69=IFCCARTESIANPOINT((2000.,1000.));\n"
    "#70=IFCCARTESIANPOINT((1000.,2000.));\n"
)
STRIP = (
    "#60=IFCSURFACEOFLINEAREXTRUSION(#61,#4,#62,2500.);\n#61=IFCARBITRARYOPENPROFILEDEF(.CURVE.,$,#63);\n"
    "#62=IFCDIRECTION((0.,0.,1.));\n#63=IFCPOLYLINE((#64,#65,#66));\n"
    "#64=IFCCARTESIANPOINT((0.,0.));\n#65=IFCCARTESIANPOINT((3000.,0.));\n#66=IFCCARTESIANPOINT((3000.,1000.));\n"
)
ROUND = "#60=IFCCURVEBOUNDEDPLANE(#61,#62,());\n#61=IFCPLANE(#4);\n#62=IFCCIRCLE(#4,1.);\n"


@pytest.mark.parametrize(
    ("surface", "detail"),
    [
        (PLANE, {"area": Measure(11.5, "m2", "IfcAreaMeasure")}),
        (STRIP, {"area": Measure(10.0, "m2", "IfcAreaMeasure")}),
        (ROUND, {"surface": "IFCCURVEBOUNDEDPLANE"}),
    ],
)
def test_the_surface_of_a_boundary_is_told_as_an_area_where_it_is_plain(step, surface, detail) -> None:
    boundary = (
        "#30=IFCRELSPACEBOUNDARY('0000000000000000000030',$,$,$,#13,#20,#31,.PHYSICAL.,.EXTERNAL.);\n"
        "#31=IFCCONNECTIONSURFACEGEOMETRY(#60,$);\n"
    )
    model = read_model(step(SPATIAL + WALL + boundary + surface))

    (bounds,) = [r for r in relations(model, 20) if r.kind is RelationKind.BOUNDS]
    assert {name: value for name, value in bounds.detail.items() if name in ("area", "surface")} == detail
