"""Files of the viewer: coded for the wire, and not sent again to a browser that has them."""

import asyncio
import re

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from api.viewer import add_viewer
from twin.errors import NotFound


@pytest.fixture
def ask(tmp_path):
    (tmp_path / "index.html").write_text("<p>Kaksik</p>" * 50)
    app = FastAPI()
    add_viewer(app, tmp_path)

    async def get(path, headers):
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as http:
            return await http.get(path, headers=headers)

    def call(path="/", **headers):
        return asyncio.run(get(path, {name.replace("_", "-"): value for name, value in headers.items()}))

    return call


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


def test_files_have_an_address_that_changes_with_them_and_are_kept_for_ever_there(ask, tmp_path):
    (tmp_path / "js" / "workers").mkdir(parents=True)
    for name in ("main.js", "deep.js", "workers/w.js"):
        (tmp_path / "js" / name).write_text("export {};")
    page = '<head><link href="app.css"></head><script type="module" src="js/main.js"></script>'
    (tmp_path / "index.html").write_text(page)
    found = ask().text
    (main,) = re.findall(r'src="(_/[0-9a-f]{16}/js/main\.js)"', found)
    state = main.split("/")[1]
    assert f'<link rel="modulepreload" href="_/{state}/js/deep.js">' in found
    assert "w.js" not in found  # a worker is started when it is wanted
    assert "immutable" in ask(f"/{main}").headers["cache-control"]
    (tmp_path / "js" / "deep.js").write_text("export const changed = true;")
    assert f"_/{state}/" not in ask().text
    assert ask(f"/{main}").headers["cache-control"] == "no-cache"  # an old address is answered, not kept


def test_no_address_leads_out_of_the_folder(ask):
    with pytest.raises(NotFound):
        ask("/_/0123456789abcdef/%2e%2e/%2e%2e/%2e%2e/etc/passwd")
