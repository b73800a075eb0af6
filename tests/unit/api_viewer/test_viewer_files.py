"""Files of the viewer: coded for the wire, and not sent again to a browser that has them."""

import asyncio

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from api.viewer import add_viewer


@pytest.fixture
def ask(tmp_path):
    (tmp_path / "index.html").write_text("<p>Kaksik</p>" * 50)
    app = FastAPI()
    add_viewer(app, tmp_path)

    async def get(headers):
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as http:
            return await http.get("/", headers=headers)

    return lambda **headers: asyncio.run(get({name.replace("_", "-"): value for name, value in headers.items()}))


def test_a_known_file_is_not_sent_again(ask):
    first = ask(accept_encoding="gzip")
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in first.headers["content-security-policy"]
    again = ask(accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


def test_a_changed_file_is_sent(ask, tmp_path):
    tag = ask(accept_encoding="gzip").headers["etag"]
    (tmp_path / "index.html").write_text("<p>new</p>")
    assert ask(accept_encoding="gzip", if_none_match=tag).text == "<p>new</p>"


def test_a_reader_without_gzip_gets_the_file_plain(ask, tmp_path):
    plain = ask(accept_encoding="identity")
    assert plain.content == (tmp_path / "index.html").read_bytes()
    assert "content-encoding" not in plain.headers
