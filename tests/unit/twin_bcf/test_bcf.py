"""BCF 2.1 and 3.0: written, read back, opened by bcf-client, judged by the official schemas."""

import io
import zipfile
from dataclasses import replace

import pytest
from bcf.bcfxml import load
from lxml import etree

from twin.bcf import BcfVersion, Comment, Project, Topic, View, guid_of, read_bcf, write_bcf
from twin.errors import InvalidInput

PNG = bytes.fromhex("89504e470d0a1a0a")
VIEW = View((1.5, -2.0, 3.25), (0.0, 0.6, -0.8), (0.0, 0.8, 0.6), 12.5, PNG)
COMMENT = Comment(guid_of("c"), "2026-01-02T00:00:00Z", "otto", "Nõus.")
TOPIC = Topic(
    guid_of("t"), "Uks on kitsas", "0,78 m < 0,80 m\nLaiemaks.", "Error", "Open", "Kaksik", "2026-01-01T00:00:00Z",
    ("ee-fire", "fails"), ("2QFZWdysnL2wc0PJ1d0IO5", "14zfUoFJLH0edIXMw4zAbd"), VIEW, (COMMENT,),
)  # fmt: skip
BARE = Topic(guid_of("b"), "x", "y", "Info", "Open", "Kaksik", "2026-01-01T00:00:00Z")
PROJECT = Project("120900101", "Eramu", "eramu.ifc", "14zfUoFJLH0edIXMw4zAbd")
SCHEMAS = {
    "markup.bcf": "markup.xsd",
    "viewpoint.bcfv": "visinfo.xsd",
    "bcf.version": "version.xsd",
    "project.bcfp": "project.xsd",
    "extensions.xml": "extensions.xsd",
}


@pytest.mark.parametrize("version", BcfVersion)
def test_what_is_written_is_read_back(version):
    found = read_bcf(write_bcf([TOPIC, BARE], PROJECT, version))
    assert sorted(found, key=lambda topic: topic.title) == [TOPIC, BARE]


@pytest.mark.parametrize("version", BcfVersion)
def test_equal_topics_give_equal_bytes(version):
    assert write_bcf([TOPIC], PROJECT, version) == write_bcf([replace(TOPIC)], PROJECT, version)


@pytest.mark.parametrize("version", BcfVersion)
def test_bcf_client_opens_it(version, tmp_path):
    path = tmp_path / "a.bcf"
    path.write_bytes(write_bcf([TOPIC, BARE], PROJECT, version))
    with load(path) as opened:
        assert opened.version.version_id == version.value
        handler = opened.topics[TOPIC.guid]
        assert handler.topic.title == TOPIC.title
        (shown,) = handler.viewpoints.values()
        camera = shown.visualization_info.orthogonal_camera
        assert camera.camera_view_point.x == VIEW.position[0]
        assert camera.view_to_world_scale == VIEW.height_m
        selected = shown.visualization_info.components.selection.component
        assert tuple(part.ifc_guid for part in selected) == TOPIC.elements
        assert shown.snapshot == PNG
        assert [comment.comment for comment in handler.comments] == [COMMENT.text]
        if version is BcfVersion.V3_0:
            assert opened.extensions.topic_types.topic_type == ["Error", "Info"]


@pytest.mark.conformance
@pytest.mark.parametrize("version", BcfVersion)
def test_the_official_schemas_accept_it(version, conformance_dir):
    folder = conformance_dir / "bcf-xml" / version.value
    if not folder.is_dir():
        pytest.skip(f"the schemas of BCF {version.value} are not among the outside suites (bcf-xml/{version.value})")
    archive = zipfile.ZipFile(io.BytesIO(write_bcf([TOPIC, BARE], PROJECT, version)))
    judged = 0
    for name in archive.namelist():
        schema = SCHEMAS.get(name.rpartition("/")[2])
        if schema is not None:
            etree.XMLSchema(etree.parse(folder / schema)).assertValid(etree.fromstring(archive.read(name)))
            judged += 1
    assert judged >= 5


@pytest.mark.parametrize("version", BcfVersion)
def test_what_is_no_global_id_is_not_selected(version):
    odd = replace(TOPIC, elements=("2QFZWdysnL2wc0PJ1d0IO5~2", "14zfUoFJLH0edIXMw4zAbd"), title="a\x00b")
    (found,) = read_bcf(write_bcf([odd], PROJECT, version))
    assert found.elements == ("14zfUoFJLH0edIXMw4zAbd",)
    assert found.title == "ab"


def archived(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return stream.getvalue()


VERSION = '<Version VersionId="3.0"/>'


@pytest.mark.parametrize(
    "data",
    [
        b"no archive",
        archived(other="x"),
        archived(bcf_version='<Version VersionId="1.0"/>'),
        archived(bcf_version="<Version"),
        archived(bcf_version=VERSION, a__markup_bcf="<Markup/>"),
        archived(bcf_version=VERSION, a__markup_bcf="<Markup><Topic"),
        archived(bcf_version='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><Version VersionId="&a;"/>'),
    ],
)
def test_what_is_no_bcf_is_refused(data):
    with pytest.raises(InvalidInput) as caught:
        read_bcf(data)
    assert caught.value.reason == "bcf"


def test_a_member_that_is_too_large_is_refused():
    with pytest.raises(InvalidInput) as caught:
        read_bcf(archived(bcf_version=VERSION, big=b"\0" * (33 * 2**20)))
    assert caught.value.reason == "too-large"
