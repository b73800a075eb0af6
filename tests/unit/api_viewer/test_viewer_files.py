"""Files of the viewer: coded for the wire, and not sent again to a browser that has them."""

import asyncio
import json
import re
import shutil
import subprocess

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from api.joined import FIRST, joined
from api.viewer import add_viewer
from twin.errors import InvalidInput, NotFound


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


def write_page(folder, modules):
    for name, text in modules.items():
        (folder / "js" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "js" / name).write_text(text)
    page = '<head><link href="app.css"></head><script type="module" src="js/main.js"></script>'
    (folder / "index.html").write_text(page)


def test_files_have_an_address_that_changes_with_them_and_are_kept_for_ever_there(ask, tmp_path):
    write_page(tmp_path, dict.fromkeys(["main.js", "deep.js", "gl/workers/w.js"], "export {};"))
    found = ask().text
    (first,) = re.findall(r'src="(_/[0-9a-f]{16}/joined/first\.js)"', found)
    state = first.split("/")[1]
    assert f'<link rel="modulepreload" href="_/{state}/joined/rest.js" fetchpriority="low">' in found
    assert "w.js" not in found  # a worker is started when it is wanted
    for path in (f"/{first}", f"/_/{state}/js/gl/workers/w.js"):
        assert "immutable" in ask(path).headers["cache-control"]
    (tmp_path / "js" / "deep.js").write_text("export const changed = true;")
    assert f"_/{state}/" not in ask().text
    assert ask(f"/{first}").headers["cache-control"] == "no-cache"  # an old address is answered, not kept
    assert ask("/js/deep.js").text == "export const changed = true;"  # and each file is there as it is written


MODULES = {
    "main.js": """import { word as said } from "./core/words.js";
import { count } from "./core/state.js";
count.n += 1;
import("./panels.js").then(({ twice, HERE }) => process.stdout.write(JSON.stringify([said, count.n, twice(), HERE])));
""",
    "panels.js": """import {
  count,
} from "./core/state.js";
// import { nothing } from "nowhere";
export const HERE = new URL("../i18n/en.json", import.meta.url).href;
export function twice() { count.n += 1; return count.n; }
""",
    "core/words.js": "export const word = 'joined';\nexport class Count { constructor() { this.n = 0; } }\n",
    "core/state.js": """import { Count } from "./words.js";
/** @typedef {import("./words.js").Count} Count */
const count = new Count();
export { count };
""",
}


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_joined_modules_run_once_each_and_see_what_others_export(tmp_path):
    write_page(tmp_path, MODULES)
    files = joined(tmp_path)
    for address, text in {**files, "package.json": '{"type": "module"}'}.items():
        (tmp_path / "out" / address).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / address).write_text(text)
    run = subprocess.run(["node", tmp_path / "out" / FIRST], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == ["joined", 1, 2, (tmp_path / "out" / "i18n" / "en.json").as_uri()]


@pytest.mark.parametrize(
    "text", ["export default 1;", "export let n = 0;", 'import x from "./core/words.js";', 'import "./main.js";']
)
def test_a_module_that_cannot_be_joined_is_refused(tmp_path, text):
    write_page(tmp_path, {**MODULES, "odd.js": text})
    with pytest.raises(InvalidInput, match="cannot be joined") as refused:
        joined(tmp_path)
    assert (refused.value.reason, refused.value.entity) == ("viewer-module", "js/odd.js")


def test_modules_in_a_circle_are_refused(tmp_path):
    write_page(tmp_path, {"a.js": 'import { b } from "./b.js";', "b.js": 'import { a } from "./a.js";'})
    with pytest.raises(InvalidInput, match="needs itself"):
        joined(tmp_path)


def test_no_address_leads_out_of_the_folder(ask):
    with pytest.raises(NotFound):
        ask("/_/0123456789abcdef/%2e%2e/%2e%2e/%2e%2e/etc/passwd")
