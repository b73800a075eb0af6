import asyncio
import gzip

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient

from api.encoding import accepts_gzip, coded
from twin.blobs import GZIPPED, FileBlobStore

PLAIN = b"glTF" + bytes(range(64)) * 200


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("*;q=0.1, gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("gzip;q=nonsense", False),
        ("br, zstd", False),
        ("identity", False),
        ("", False),
    ],
)
def test_gzip_is_used_only_where_it_is_allowed(header, allowed):
    assert accepts_gzip(header) is allowed


@pytest.fixture
def client():
    app = FastAPI()

    @app.get("/packed")
    def packed(request: Request):
        return coded(request, PLAIN, gzip.compress(PLAIN), "abc", "model/gltf-binary")

    @app.get("/plain")
    def plain(request: Request):
        return coded(request, PLAIN, None, "abc", "model/gltf-binary")

    async def fetch(path, headers):
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as http:
            return await http.get(path, headers=headers)

    return lambda path, **headers: asyncio.run(fetch(path, {k.replace("_", "-"): v for k, v in headers.items()}))


def test_each_coding_has_the_same_content_and_its_own_tag(client):
    answers = [client("/packed", Accept_Encoding=coding) for coding in ("gzip", "identity")]
    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", None]
    assert [answer.content for answer in answers] == [PLAIN, PLAIN]
    assert [answer.headers["etag"] for answer in answers] == ['"abc-gzip"', '"abc"']
    assert int(answers[0].headers["content-length"]) < len(PLAIN) / 2
    assert {answer.headers["vary"] for answer in answers} == {"Accept-Encoding"}


def test_content_that_does_not_shrink_travels_as_it_is(client):
    answer = client("/plain", Accept_Encoding="gzip")
    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"] == '"abc"'


@pytest.mark.parametrize(("tag", "status"), [('"abc-gzip"', 304), ('W/"abc-gzip"', 304), ("*", 304), ('"abc"', 200)])
def test_a_reader_that_has_it_is_told_so(client, tag, status):
    answer = client("/packed", Accept_Encoding="gzip", If_None_Match=tag)
    assert answer.status_code == status
    assert (answer.content == b"") is (status == 304)


def test_a_blob_is_compressed_once_and_the_copy_may_go(tmp_path, monkeypatch):
    store = FileBlobStore(tmp_path)
    name = store.put(PLAIN)
    packed = store.gzipped(name)
    assert packed is not None
    assert gzip.decompress(packed) == PLAIN
    copy = tmp_path / GZIPPED / name[:2] / name
    monkeypatch.setattr(store, "get", lambda _: pytest.fail("compressed twice"))
    assert store.gzipped(name) == packed
    monkeypatch.undo()
    copy.unlink()
    assert store.gzipped(name) == packed
    assert copy.is_file()


def test_a_blob_that_does_not_shrink_is_said_to_be_so_twice(tmp_path):
    store = FileBlobStore(tmp_path)
    name = store.put(gzip.compress(PLAIN))
    assert [store.gzipped(name), store.gzipped(name)] == [None, None]
