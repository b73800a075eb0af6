"""A new version meshes only what changed, and the result is that of meshing all of it."""

import numpy as np
import pytest

from ifc import MeshSet, mesh_file, read_model
from ifc.geometry import meshing

WALL, OTHER, ROOM = "W" * 22, "V" * 22, "S" * 22


def house(author, *, x=0.0, height=2500.0, opening=False, red=1.0):
    """Author a wall at `x`, a second wall and a room; the wall may have a colour and an opening."""
    shape = author.solid("4000.", "200.", f"{height}")
    colour = author.add(f"IFCCOLOURRGB($,{red},0.5,0.25)")
    rendering = author.add(f"IFCSURFACESTYLERENDERING({colour},0.,$,$,$,$,$,$,.FLAT.)")
    style = author.add(f"IFCSURFACESTYLE($,.BOTH.,({rendering}))")
    author.add(f"IFCSTYLEDITEM({shape},({style}),$)")
    wall = author.element(author.place(f"{float(x)}"), author.shape(shape), guid=WALL)
    author.box(9000, 0, 0, (4000, 200, 2500), guid=OTHER)
    author.box(0, 1000, 0, (3000, 2000, 2600), ifc_class="IFCSPACE", guid=ROOM)
    if opening:
        hole = author.box(-500, -200, 0, (1000, 400, 2000), ifc_class="IFCOPENINGELEMENT", guid="O" * 22)
        author.add(f"IFCRELVOIDSELEMENT('{author.guid('R')}',$,$,$,{wall},{hole})")
    return author


@pytest.fixture
def meshed(write, monkeypatch):
    """Return a function that meshes an authored house and tells which elements went through the kernel."""

    def run(author, known=None):
        path = write(author)
        made = []
        real = meshing.harvest
        monkeypatch.setattr(meshing, "harvest", lambda out: made.append(real(out)) or made[-1])
        model = read_model(path)
        meshes, findings = mesh_file(path, shape_keys=model.shape_keys, known=known, outline=model.outline)
        monkeypatch.setattr(meshing, "harvest", real)
        through = {made[0].products[step].global_id for step in made[0].raw}
        return meshes, findings, through

    return run


def fresh(author):
    made = type(author)()
    made.start()
    return made


CHANGES = {
    "nothing": ({}, set()),
    "moved": ({"x": 500.0}, {WALL}),
    "higher": ({"height": 2700.0}, {WALL}),
    "recoloured": ({"red": 0.0}, {WALL}),
    "opened": ({"opening": True}, {WALL}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_changed_is_meshed_and_the_result_is_the_same(author, meshed, change):
    changed, expected = CHANGES[change]
    before, _, all_of_them = meshed(house(author))
    assert all_of_them == {WALL, OTHER, ROOM}
    stored = MeshSet.from_bytes(before.to_bytes())
    again, findings, through = meshed(house(fresh(author), **changed), known=stored)
    whole, whole_findings, _ = meshed(house(fresh(author), **changed))
    assert through == expected
    assert findings == whole_findings
    assert again.to_bytes() == whole.to_bytes()
    assert (again.to_bytes() == before.to_bytes()) is (change == "nothing")


def test_an_element_under_a_new_global_id_takes_the_known_mesh(author, meshed):
    before, _, _ = meshed(house(author))
    renamed = house(fresh(author))
    renamed.lines = [line.replace(OTHER, "N" * 22) for line in renamed.lines]
    again, _, through = meshed(renamed, known=before)
    assert through == set()
    np.testing.assert_array_equal(again.by_id()["N" * 22].vertices, before.by_id()[OTHER].vertices)


def test_an_element_that_openings_take_away_is_known_to_be_gone(author, meshed):
    def gone():
        made = house(fresh(author), opening=True)
        hole = made.box(-3000, -300, -1000, (8000, 600, 5000), ifc_class="IFCOPENINGELEMENT")
        wall = next(line.partition("=")[0] for line in made.lines if WALL in line)
        made.add(f"IFCRELVOIDSELEMENT('{made.guid('R')}',$,$,$,{wall},{hole})")
        return made

    before, findings, _ = meshed(gone())
    assert [item for item, _ in before.empty] == [WALL]
    again, findings_again, through = meshed(gone(), known=MeshSet.from_bytes(before.to_bytes()))
    assert through == set()
    assert [(item.rule, item.global_id) for item in findings] == [("geometry.empty", WALL)]
    assert findings_again == findings
    assert again.to_bytes() == before.to_bytes()


def test_meshes_with_a_finding_and_repeated_elements_are_made_again(author, meshed):
    def twins():
        made = house(fresh(author))
        made.box(20000, 0, 0, (1000, 1000, 1000), guid=OTHER)
        return made

    before, _, _ = meshed(twins())
    _, findings, through = meshed(twins(), known=before)
    assert through == {OTHER}
    assert [item.rule for item in findings] == ["geometry.ambiguous-id"]


def test_when_the_kernel_counts_around_another_point_everything_is_made_again(author, meshed):
    def district(*eastings):
        made = fresh(author)
        for number, easting in enumerate(eastings):
            made.box(easting, 6_589_000_000, 0, (4000, 3000, 2500), guid=f"{number:022}")
        return made

    first = (542_000_000, 542_010_000, 542_020_000)
    before, _, _ = meshed(district(*first))
    _, _, through = meshed(district(*first), known=before)
    assert through == set()
    moved = district(*first, 542_300_000, 542_400_000, 542_500_000)
    again, _, through = meshed(moved, known=before)
    whole, _, _ = meshed(moved)
    assert len(through) == 6
    assert again.to_bytes() == whole.to_bytes()
