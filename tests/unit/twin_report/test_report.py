"""Pictures and the printable page."""

import io
import re
from html.parser import HTMLParser
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image

from ifc import ElementRecord, Kernel, Mesh, MeshSet
from twin.errors import InvalidInput
from twin.report import LANGUAGES, look_at, permit_page, to_png, to_svg, topics_of
from twin.report.words import WORDS
from twin.snapshot import Snapshot, Stage

FACES = np.array(
    [[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4], [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6],
     [3, 0, 4], [3, 4, 7]],
    dtype=np.uint32,
)  # fmt: skip
DOOR, WALL = "0" * 22, "1" * 22


def box(gid, low, high):
    (x, y, z), (u, v, w) = low, high
    corners = [(x, y, z), (u, y, z), (u, v, z), (x, v, z), (x, y, w), (u, y, w), (u, v, w), (x, v, w)]
    return Mesh(gid, np.array(corners, dtype=np.float64), FACES, (0.5, 0.5, 0.5, 1.0), Kernel.IFCLITE)


@pytest.fixture
def snapshot():
    meshes = MeshSet((box(DOOR, (1, 0, 0), (2, 0.1, 2.1)), box(WALL, (0, 0, 0), (5, 0.3, 2.7))))
    records = {
        DOOR: ElementRecord(DOOR, "IfcDoor", name="<b>Uks</b> & \x07co"),
        WALL: ElementRecord(WALL, "IfcWall", name="VS-01"),
    }
    return Snapshot("120900101", Stage.AS_DESIGNED, 1, "0" * 64, MappingProxyType(records), meshes, None)


def words(text):
    return {"et": f"et {text}", "en": f"en {text}", "fr": f"fr {text}"}


def report(*results):
    made = [
        {
            "check_id": "door", "pack_id": "p", "pack_sha256": "c" * 64, "title": words("<i>title"), "act": "Act",
            "clause": "§ 1", "verdict": verdict, "indication": indication, "source_status": "verified",
            "messages": words("found"), "advices": words("widen"), "measured": {"value": 0.78, "unit": "m"},
            "limit": {"value": 0.8, "unit": "m", "comparison": ">=", "tolerance": 0.0}, "elements": list(elements),
            "geometry": geometry,
        }
        for verdict, indication, elements, geometry in results
    ]  # fmt: skip
    verdicts = ("pass", "fail", "not_applicable", "needs_human", "data_missing")
    return {
        "building_id": "120900101", "stage": "as-designed", "version": 1, "mode": "pre-check",
        "packs": [{"id": "p", "title": words("pack"), "version": "1", "sha256": "c" * 64}],
        "counts": {v: sum(r["verdict"] == v for r in made) for v in verdicts}, "results": made,
    }  # fmt: skip


FAIL = ("fail", "fail", [DOOR], None)


def test_the_camera_sees_the_whole_element(snapshot):
    drawing = look_at([DOOR], snapshot.meshes, snapshot.records)
    assert drawing.shown == 1
    sheet = drawing.camera.project(snapshot.meshes.by_id()[DOOR].vertices)
    assert (np.abs(sheet[:, 1]) < drawing.camera.height_m / 2).all()
    assert (np.abs(sheet[:, 0]) < drawing.camera.height_m * 0.75).all()
    assert (sheet[:, 2] > 0).all()  # in front of the camera
    assert len(drawing.edges) == 12  # the edges of a box, without the diagonals of its faces
    assert len(drawing.around) == 12


def test_farther_faces_are_drawn_first(snapshot):
    drawing = look_at([DOOR, WALL], snapshot.meshes, snapshot.records)
    assert len(drawing.faces) == 24
    assert all(0 < face.light <= 1.1 for face in drawing.faces)


def test_an_element_without_geometry_shows_the_whole_model(snapshot):
    drawing = look_at(["nowhere"], snapshot.meshes, snapshot.records)
    assert drawing.shown == 0
    assert len(drawing.around) == 24
    assert look_at(["nowhere"], MeshSet(()), snapshot.records) is None


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "line", "crs": "model", "coordinates": [[0, 0, 0], [3, 0, 0]]},
        {"type": "polygon", "crs": "model", "coordinates": [[[0, 0, 0], [3, 0, 0], [3, 3, 0], [0, 0, 0]]]},
        {"type": "box", "crs": "model", "coordinates": [[0, 0, 0], [1, 1, 1]]},
    ],
)
def test_geometry_of_a_finding_is_marked(snapshot, geometry):
    drawing = look_at([], snapshot.meshes, snapshot.records, geometry)
    assert len(drawing.marks) == 1
    assert 'stroke="#0b57d0"' in to_svg(drawing, "x")
    on_map = {"type": "line", "crs": "EPSG:3301", "coordinates": [[540000, 6580000], [540001, 6580000]]}
    assert look_at([], snapshot.meshes, snapshot.records, on_map).marks == ()


def test_the_picture_shows_the_element_in_colour(snapshot):
    image = Image.open(io.BytesIO(to_png(look_at([DOOR], snapshot.meshes, snapshot.records))))
    assert image.size == (480, 320)
    red, green, blue = image.getpixel((240, 160))
    assert red > green + 40
    assert red > blue + 40
    assert image.getpixel((1, 1)) == (255, 255, 255)


class Balanced(HTMLParser):
    """Notes what is opened, closed and referred to."""

    VOID = frozenset({"meta", "br", "path", "!doctype"})

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.outside = [], [], []

    def handle_starttag(self, tag, attrs):
        self.outside += [name for name, _ in attrs if name in ("src", "href", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(tag)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_stands_alone(snapshot, language):
    made = report(FAIL, ("needs_human", "pass", [WALL], None), ("pass", "pass", [], None))
    page = permit_page(made, snapshot, language, "2026")
    parser = Balanced()
    parser.feed(page)
    assert (parser.open, parser.faults, parser.outside) == ([], [], [])
    assert f'lang="{language}"' in page
    assert f"{language} &lt;i&gt;title" in page
    assert "&lt;b&gt;Uks&lt;/b&gt; &amp; co" in page
    assert ("≥ 0.8 m" if language == "en" else "≥ 0,8 m") in page
    assert page.count("<svg") == 2
    assert page.count(f"{language} widen") == 1  # nothing to change where a person only has to confirm


def test_words_of_applicant_and_officer_stand_in_the_page(snapshot):
    made = report(FAIL)
    made["results"][0]["justifications"] = [{"actor": "anne", "time": "t", "text": "<equal>", "ruling": None}]
    made["results"][0]["rulings"] = [{"actor": "otto", "time": "t", "text": "no", "ruling": "upheld"}]
    page = permit_page(made, snapshot, "en", "2026")
    assert re.search(r"Justification of the applicant · anne, t</b><br>&lt;equal&gt;", page)
    assert "Ruling of the officer · upheld · otto" in page


def test_another_language_is_refused(snapshot):
    with pytest.raises(InvalidInput):
        permit_page(report(), snapshot, "de", "2026")


def test_every_word_has_three_languages():
    assert all(len(set(texts)) >= 2 or name == "source" for name, texts in WORDS.items())
    assert all(text.strip() for texts in WORDS.values() for text in texts)


def test_topics_name_what_asks_for_something(snapshot):
    made = report(FAIL, FAIL, ("pass", "pass", [], None), ("data_missing", "data_missing", [], None))
    topics = topics_of(made, snapshot, "et", "Kaksik", "2026-01-01T00:00:00Z")
    assert [topic.kind for topic in topics] == ["Error", "Error", "Info"]
    assert len({topic.guid for topic in topics}) == 3
    assert topics[0].elements == (DOOR,)
    (view,) = topics[0].views
    assert view.snapshot.startswith(b"\x89PNG")
    assert view.camera.height_m > 2.1
    assert topics == topics_of(made, snapshot, "et", "Kaksik", "2026-01-01T00:00:00Z")


def test_a_line_of_a_finding_is_a_line_of_the_view(snapshot):
    line = {"type": "path", "crs": "model", "coordinates": [[0, 0, 0], [1, 0, 0], [1, 2, 0]]}
    (topic,) = topics_of(report(("fail", "fail", [DOOR], line)), snapshot, "et", "Kaksik", "2026-01-01T00:00:00Z")
    assert topic.views[0].lines == (((0, 0, 0), (1, 0, 0)), ((1, 0, 0), (1, 2, 0)))
