import pytest

from ifc.geometry_digest import GeometryDigester
from ifc.step_table import tabled

GRAPH = {
    b"#1": b"IFCCARTESIANPOINT((0.,1.,2.5))",
    b"#2": b"IFCCARTESIANPOINT((0.,1.,2.5))",
    b"#3": b"IFCPOLYLINE((#1,#2))",
    b"#4": b"IFCSHAPEREPRESENTATION($,'Axis','Curve',(#3))",
}


def digest(graph: dict[bytes, bytes], *keys: bytes) -> str:
    return GeometryDigester(tabled(graph)).digest(int(key[1:]) for key in keys or (b"#4",))


def changed(**changes: str) -> dict[bytes, bytes]:
    return GRAPH | {f"#{key[1:]}".encode(): value.encode() for key, value in changes.items()}


def test_notation_white_space_and_sharing_change_nothing() -> None:
    base = digest(GRAPH)

    assert len(base) == 64
    assert digest(changed(_1="IFCCARTESIANPOINT( (0.E0, 1.0,\n 2.50000000001) )")) == base
    assert digest(changed(_3="IFCPOLYLINE((#1,#1))")) == base
    assert digest(dict(reversed(GRAPH.items()))) == base
    assert digest(changed(_2="IFCCARTESIANPOINT((0,1,25.E-1))")) == base
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
    forwards, backwards = GeometryDigester(tabled(ring)), GeometryDigester(tabled(ring))

    first = [forwards.digest([number]) for number in (4, 5, 1)]
    second = [backwards.digest([number]) for number in (1, 5, 4)]

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


def test_every_notation_of_a_statement_has_one_token() -> None:
    same = [
        (b"IFCPOINT((0.,1.5E0, -2.))", b"IFCPOINT( (0.,15.E-1,-2.0) ) "),
        (b"IFCCARTESIANPOINT((0.,1.5))", b"IFCCARTESIANPOINT ((0,1.50))"),
        (b"IFCBOUND($,*, 5,+07)", b"IFCBOUND($,*,5,7)"),
        (b"IFCTYPED(IFCLENGTHMEASURE(2.50),.T.)", b"IFCTYPED( IFCLENGTHMEASURE (2.5), .T. )"),
        (b"IFCTEXT('a,(b',1.)", b"IFCTEXT( 'a,(b' ,1.0)"),
        (b'IFCBINARY("0F",-0)', b'IFCBINARY( "0F",0)'),
    ]
    for one, other in same:
        assert digest({b"#4": one}) == digest({b"#4": other})
    assert len({digest({b"#4": one}) for one, _ in same}) == len(same)


def test_whole_numbers_and_reals_are_told_apart() -> None:
    assert digest({b"#4": b"P(5)"}) != digest({b"#4": b"P(5.)"})
    assert digest({b"#4": b"P(5)"}) != digest({b"#4": b"P(-5)"})


def test_a_token_of_any_length_has_room() -> None:
    wide = {b"#1": b"P(" + b",".join([b"1."] * 50_000) + b")", b"#4": b"Q(#1)"}

    assert digest(wide) != digest(wide | {b"#1": wide[b"#1"].replace(b"1.)", b"2.)")})


def test_groups_are_digested_at_once_and_empty_ones_have_no_digest() -> None:
    digester = GeometryDigester(tabled(GRAPH))

    assert digester.digests([[4], [], [99], [3, 99]]) == [digest(GRAPH), "", "", digest(GRAPH, b"#3")]


@pytest.mark.parametrize("body", [b"", b"#", b"P(#", b"P(#1", b"P('", b"P(.T", b"P(1.E", b"P(+", b"P(--1,#2", b'P("'])
def test_damaged_text_ends_where_it_ends(body: bytes) -> None:
    assert len(digest({b"#4": body, b"#5": b"IFCSECRET(1.)"})) == 64
    assert digest({b"#4": body, b"#5": b"IFCSECRET(1.)"}) == digest({b"#4": body, b"#5": b"9,')(8"})
