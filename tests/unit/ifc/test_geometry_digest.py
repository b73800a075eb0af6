from ifc.geometry_digest import GeometryDigester

GRAPH = {
    b"#1": b"IFCCARTESIANPOINT((0.,1.,2.5))",
    b"#2": b"IFCCARTESIANPOINT((0.,1.,2.5))",
    b"#3": b"IFCPOLYLINE((#1,#2))",
    b"#4": b"IFCSHAPEREPRESENTATION($,'Axis','Curve',(#3))",
}


def digest(graph: dict[bytes, bytes], *keys: bytes, likely: frozenset[bytes] = frozenset()) -> str:
    groups = {name: [key for key in graph if graph[key].startswith(name + b"(")] for name in likely}
    return GeometryDigester(graph, groups).digest(keys or (b"#4",))


def changed(**changes: str) -> dict[bytes, bytes]:
    return GRAPH | {f"#{key[1:]}".encode(): value.encode() for key, value in changes.items()}


def test_notation_white_space_and_sharing_change_nothing() -> None:
    base = digest(GRAPH)

    assert len(base) == 64
    assert digest(changed(_1="IFCCARTESIANPOINT( (0.E0, 1.0,\n 2.50000000001) )")) == base
    assert digest(changed(_3="IFCPOLYLINE((#1,#1))")) == base
    assert digest(dict(reversed(GRAPH.items()))) == base
    assert digest(GRAPH, likely=frozenset({b"IFCCARTESIANPOINT", b"IFCPOLYLINE"})) == base
    assert digest(changed(_2="IFCCARTESIANPOINT((0,1,25.E-1))"), likely=frozenset({b"IFCCARTESIANPOINT"})) == base
    renamed = {key.replace(b"#", b"#77"): body.replace(b"#", b"#77") for key, body in GRAPH.items()}
    assert digest(renamed, b"#774") == base


def test_what_is_seen_changes_it() -> None:
    base = digest(GRAPH)

    assert digest(changed(_1="IFCCARTESIANPOINT((0.,1.,2.50001))")) != base
    assert digest(changed(_1="IFCCARTESIANPOINT((0.,2.5,1.))")) != base
    assert digest(changed(_4="IFCSHAPEREPRESENTATION($,'Body','Curve',(#3))")) != base
    assert digest(changed(_4="IFCSHAPEREPRESENTATION($,'A xis','Curve',(#3))")) != base


def test_negative_zero_is_zero() -> None:
    assert digest({b"#4": b"P((-0.))"}) == digest({b"#4": b"P((0.))"})


def test_nothing_has_no_digest() -> None:
    assert digest(GRAPH, b"#99") == ""


def test_cycles_end_and_do_not_depend_on_where_one_enters() -> None:
    ring = {b"#1": b"A(#2,1.)", b"#2": b"B(#3,2.)", b"#3": b"C(#1,3.)", b"#4": b"D(#1)", b"#5": b"E(#3)"}
    forwards, backwards = GeometryDigester(ring), GeometryDigester(ring)

    first = [forwards.digest([key]) for key in (b"#4", b"#5", b"#1")]
    second = [backwards.digest([key]) for key in (b"#1", b"#5", b"#4")]

    assert first == second[::-1]
    assert digest({b"#4": b"A(#4,1.)"}) != digest({b"#4": b"A(#4,2.)"})


def test_a_hundred_thousand_levels_need_no_stack() -> None:
    deep = {b"#%d" % n: b"IFCBOOLEANRESULT(#%d)" % (n - 1) for n in range(1, 100_001)} | {b"#0": b"P(1.)"}

    assert len(digest(deep, b"#100000")) == 64


def test_a_fan_of_references_is_visited_once() -> None:
    fan = {b"#%d" % n: b"N(#%d,#%d)" % (n - 1, n - 1) for n in range(1, 2_000)} | {b"#0": b"P(1.)"}

    assert len(digest(fan, b"#1999")) == 64


def test_owner_history_and_dangling_references_do_not_matter() -> None:
    one = {b"#4": b"X(#9,#8)", b"#9": b"IFCOWNERHISTORY(#7,1)"}
    two = {b"#4": b"X(#9,#8)", b"#9": b"IFCOWNERHISTORY(#6,2)"}

    assert digest(one) == digest(two)


def test_the_sweep_writes_the_same_tokens_as_the_descent() -> None:
    bodies = [
        b"IFCPOINT((0.,1.5E0, -2.))",
        b"IFCPOINT( (0.,1.5E0,-2.) )",
        b"IFCPOINT((0.,1.5E0,-2.)) ",
        b"IFCBOUND(#0,.T.)",
        b"IFCBOUND(#0, .T. ) ",
        b"IFCBOUND($,*, 5,#0)",
        b"IFCLIST(())",
        b"IFCLIST((#0,#0))",
        b"IFCLIST(((1.,2.),(3.,4.)),$)",
        b"IFCTEXT('a,(b',1.)",
        b"IFCTYPED(IFCLENGTHMEASURE(2.50))",
        b'IFCBINARY("0F",7)',
    ]
    graph = {b"#%d" % index: body for index, body in enumerate(bodies)}
    names = frozenset(body.partition(b"(")[0] for body in bodies)

    for key in graph:
        assert digest(graph, key, likely=names) == digest(graph, key)
    assert digest(graph, b"#0") == digest(graph, b"#1") == digest(graph, b"#2")
    assert digest(graph, b"#3") == digest(graph, b"#4")
