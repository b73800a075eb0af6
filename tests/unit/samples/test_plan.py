from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.builder import build
from samples.constructions import thickness_of
from samples.house import house
from samples.plan import Cut, Rect, Room, Storey, Window, lay_out
from samples.stages import AS_DESIGNED
from samples.work import MapPlacement

PLACE = MapPlacement(542_000.0, 6_588_000.0, 10.0)


def room(key):
    return Room(key, key, key)


def tree(depth):
    leaves = st.builds(room, st.uuids().map(str))
    if depth == 0:
        return leaves
    return leaves | st.builds(
        lambda axis, size, a, b, wall, key: Cut(str(key), axis, ((size, a), (0.0, b)), wall),
        st.sampled_from("xy"), st.floats(0.5, 1.5).map(lambda v: round(v, 3)), leaves, tree(depth - 1),
        st.sampled_from(["partition", "party"]), st.uuids(),
    )  # fmt: skip


@given(tree(4))
def test_rooms_and_walls_fill_the_storey_exactly(node):
    rect = Rect(0.3, 0.3, 11.3, 9.3)
    rooms, walls = lay_out(node, rect, thickness_of)
    pieces = [r for _, r in rooms] + [wall.rect for wall in walls]
    assert sum(piece.area for piece in pieces) == pytest.approx(rect.area, abs=1e-4)
    for index, a in enumerate(pieces):
        for b in pieces[index + 1 :]:
            assert min(a.x1, b.x1) - max(a.x0, b.x0) < 1e-6 or min(a.y1, b.y1) - max(a.y0, b.y0) < 1e-6


@pytest.mark.parametrize("sizes", [(3.0, 3.0), (9.0, 0.0, 9.0), (0.0, 0.0)])
def test_parts_that_do_not_fill_are_refused(sizes):
    cut = Cut("c", "x", tuple((size, room(str(i))) for i, size in enumerate(sizes)))
    with pytest.raises(ValueError, match="do not fill"):
        lay_out(cut, Rect(0, 0, 10, 10), thickness_of)


def test_a_window_that_leaves_its_room_is_refused(tmp_path):
    wrong = replace(room("a"), windows=(Window("S", 20.0),))
    plan = replace(house(), storeys=(Storey("k1", "1", 2.6, wrong),), equipment=())
    with pytest.raises(ValueError, match="leaves its room"):
        build(plan, PLACE, AS_DESIGNED, tmp_path / "wrong.ifc")
    assert not (tmp_path / "wrong.ifc").exists()


def test_two_windows_in_one_place_are_refused(tmp_path):
    wrong = replace(room("a"), windows=(Window("S", 1.0, at=4.0), Window("S", 1.0, at=4.5)))
    plan = replace(house(), storeys=(Storey("k1", "1", 2.6, wrong),), equipment=())
    with pytest.raises(ValueError, match="overlaps another opening"):
        build(plan, PLACE, AS_DESIGNED, tmp_path / "wrong.ifc")


def test_two_rooms_of_one_key_are_refused(tmp_path):
    twice = Cut("c", "x", ((3.0, room("a")), (0.0, replace(room("a"), name="b"))))
    plan = replace(house(), storeys=(Storey("k1", "1", 2.6, twice),), equipment=())
    with pytest.raises(ValueError, match="same key"):
        build(plan, PLACE, AS_DESIGNED, tmp_path / "wrong.ifc")
