"""Other people's programs read every tile that the service serves: Cesium's tools, the Khronos validator, CesiumJS.

They come into `.setup/tiles-readers` by `make test-long` or `make conformance`; what is not there is skipped, with a
word. py3dtiles is not asked: it knows no regions (12.1: "the support of bounding volume region and sphere is not
implemented yet").
"""

import functools
import http.server
import json
import shutil
import subprocess
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.app import create_app
from benchmarks.city import features, head
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.conformance.tiles.rules import check_metadata, check_tileset
from twin.service import open_twin
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

pytestmark = [pytest.mark.long, pytest.mark.conformance, pytest.mark.timeout(600)]

READERS = Path(__file__).resolve().parents[3] / ".setup" / "tiles-readers"
SHOTS = Path(__file__).resolve().parents[2] / "browser" / "shots"
CITY_BUILDINGS = 64
VERSION = "/api/v1/buildings/120900102/versions/as-designed/1"
BESIDE_THE_MODELS = [541_900.0, 6_588_060.0, 0.0]
TOOLS = """
const fs = require('fs'), path = require('path'), tools = require('3d-tiles-tools');
(async () => {
  const file = process.argv[1], folder = path.dirname(file), io = await tools.GltfTransform.getIO(), seen = [];
  const traverser = new tools.TilesetTraverser(
    folder, new tools.FileResourceResolver(folder), {traverseExternalTilesets: true});
  await traverser.traverse(JSON.parse(fs.readFileSync(file)), async (tile) => {
    for (const {uri} of tile.getFinalContents()) {
      if (!uri.endsWith('.glb')) continue;
      const document = await io.readBinary(new Uint8Array(await tile.getResourceResolver().resolveData(uri)));
      const metadata = document.getRoot().getExtension('EXT_structural_metadata');
      seen.push([uri, ...metadata.listPropertyTables().map(table => table.getCount())]);
    }
    return true;
  });
  console.log(JSON.stringify(seen));
})();
"""
GLTF = """
const {validateBytes} = require('gltf-validator'), fs = require('fs');
(async () => {
  const found = {};
  for (const file of process.argv.slice(1)) {
    const {issues} = await validateBytes(new Uint8Array(fs.readFileSync(file)), {maxIssues: 50});
    if (issues.numErrors || issues.numWarnings) found[file] = issues.messages;
  }
  console.log(JSON.stringify(found));
})();
"""
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="cesium/Widgets/CesiumWidget/CesiumWidget.css">
<style>html,body,#at{margin:0;width:100%;height:100%}</style><div id="at"></div>
<script>window.CESIUM_BASE_URL = 'cesium/';</script><script src="cesium/Cesium.js"></script>
<script>
window.failed = [];
async function show(url, metres) {
  const credits = document.createElement('div');
  const viewer = window.viewer = new Cesium.CesiumWidget(
    'at', {baseLayer: false, creditContainer: credits, requestRenderMode: true, maximumRenderTimeChange: Infinity});
  const scene = viewer.scene;
  scene.globe.show = false; scene.skyAtmosphere.show = false; scene.skyBox.show = false; scene.sun.show = false;
  scene.preRender.addEventListener(() => {  // the sun of the viewer's clock may be below the horizon
    scene.light = new Cesium.DirectionalLight({direction: scene.camera.directionWC});
  });
  const tileset = window.tileset = await Cesium.Cesium3DTileset.fromUrl(url);
  tileset.tileFailed.addEventListener(({message}) => failed.push(message));
  scene.primitives.add(tileset);
  await viewer.zoomTo(tileset, new Cesium.HeadingPitchRange(0.4, -0.7, metres));
}
function picked() {
  const seen = {}, {width, height} = viewer.canvas;
  viewer.useDefaultRenderLoop = false;  // a pick draws; nothing else need
  for (let x = 4; x < width; x += 20) for (let y = 4; y < height; y += 20) {
    const hit = viewer.scene.pick(new Cesium.Cartesian2(x, y), 1, 1);
    if (!(hit instanceof Cesium.Cesium3DTileFeature)) continue;
    const row = Object.fromEntries(hit.getPropertyIds().map(name => [name, hit.getProperty(name)]));
    seen[JSON.stringify(row)] = row;
  }
  return Object.values(seen);
}
</script>"""


@dataclass(frozen=True)
class Served:
    """A tileset as files, just as the service serves them.

    Attributes:
        root: Its ``tileset.json``.
        tilesets: All JSON files.
        tiles: All GLB files.
    """

    root: Path
    tilesets: tuple[Path, ...]
    tiles: tuple[Path, ...]


@pytest.fixture(scope="module")
def client(home):
    """The sample district among generated buildings."""
    twin = open_twin(Settings(home=home))
    transform = {**head()["transform"], "translate": BESIDE_THE_MODELS}
    lines = [{**head(), "transform": transform}, *features(CITY_BUILDINGS)]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    try:
        assert twin.city.take(twin.blobs.put(text)).read == CITY_BUILDINGS
    finally:
        twin.close()
    with TestClient(create_app(Settings(home=home)), base_url="http://127.0.0.1") as opened:
        yield opened


def fetched(client, url, folder):
    """Fetch a tileset with everything that it refers to."""
    folder.mkdir()

    def fetch(name):
        answer = client.get(f"{url}/{name}")
        assert answer.status_code == 200, answer.text
        (folder / name).write_bytes(answer.content)
        if name.endswith(".json"):
            walk(answer.json()["root"])

    def walk(one):
        if "content" in one:
            fetch(one["content"]["uri"])
        for child in one.get("children", ()):
            walk(child)

    fetch("tileset.json")
    return Served(folder / "tileset.json", tuple(sorted(folder.glob("*.json"))), tuple(sorted(folder.glob("*.glb"))))


@pytest.fixture(scope="module")
def city(client, tmp_path_factory):
    """All buildings as tiles."""
    return fetched(client, "/api/v1/tiles", tmp_path_factory.mktemp("tiles") / "city")


@pytest.fixture(scope="module")
def building(client, city):
    """One version of a building as tiles, element by element."""
    return fetched(client, f"{VERSION}/tiles", city.root.parents[1] / "building")


@pytest.fixture(params=["city", "building"])
def served(request):
    """Both tilesets, one after the other."""
    return request.getfixturevalue(request.param)


def node(script, *files):
    """Run a script with the readers and return what it says."""
    program = shutil.which("node")
    if program is None or not (READERS / "node_modules").is_dir():
        pytest.skip("the readers of 3D Tiles are not here (make .setup/tiles-readers; it needs Node and npm)")
    ran = subprocess.run(
        [program, "-e", script, *map(str, files)],
        cwd=READERS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)


def test_every_tileset_and_every_property_table_keeps_the_rules(served):
    for file in served.tilesets:
        check_tileset(json.loads(file.read_text()))
    assert all(check_metadata(file.read_bytes()) for file in served.tiles)


def test_every_building_is_in_one_tile(city, client):
    rows = sum(check_metadata(file.read_bytes()) for file in city.tiles)
    assert rows == client.get("/api/v1/ogc/collections/buildings/items?limit=1").json()["numberMatched"]
    assert rows > CITY_BUILDINGS


def test_the_tools_of_cesium_find_every_tile_and_read_its_table(served):
    found = {uri: counts for uri, *counts in node(TOOLS, served.root)}
    assert set(found) == {file.name for file in served.tiles}
    assert all(counts == [check_metadata(served.root.with_name(uri).read_bytes())] for uri, counts in found.items())


def test_the_validator_of_khronos_has_nothing_to_say(served):
    assert node(GLTF, *served.tiles) == {}


def test_the_validator_of_3d_tiles_has_nothing_to_say(served, tmp_path):
    own = READERS / "node_modules" / ".bin" / "3d-tiles-validator"
    program = shutil.which("3d-tiles-validator") or (str(own) if own.exists() else None)
    if program is None:
        pytest.skip("3d-tiles-validator is not here: the package index does not have it (404)")
    report = tmp_path / "report.json"
    subprocess.run([program, "--tilesetFile", served.root, "--reportFile", report], check=True, timeout=300)
    found = json.loads(report.read_text())
    assert (found["numErrors"], found["numWarnings"]) == (0, 0), found


@pytest.fixture(scope="module")
def page(city):
    """Return a function that opens a tileset in CesiumJS and gives the page."""
    cesium = READERS / "node_modules" / "cesium" / "Build" / "Cesium"
    if CHROMIUM is None or not cesium.is_dir():
        pytest.skip("CesiumJS or Chromium is not here (make .setup/tiles-readers)")
    sync_api = pytest.importorskip("playwright.sync_api")
    folder = city.root.parents[1]
    (folder / "cesium").symlink_to(cesium)
    (folder / "index.html").write_text(PAGE)
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            opened = browser.new_page(viewport={"width": 900, "height": 600})

            def show(url, metres):
                opened.goto(f"http://127.0.0.1:{server.server_port}/index.html")
                opened.evaluate("([url, metres]) => show(url, metres)", [url, metres])
                opened.wait_for_function(
                    "tileset.tilesLoaded && tileset.totalMemoryUsageInBytes > 0", timeout=200_000
                )
                opened.wait_for_timeout(1_000)
                assert opened.evaluate("failed") == []
                return opened

            yield show
            browser.close()
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *args):
        """Keep quiet."""


@pytest.mark.browser
def test_cesium_opens_the_city_and_a_pick_says_which_building_it_is(page, client):
    shown = page("city/tileset.json", 450)
    SHOTS.mkdir(exist_ok=True)
    shown.screenshot(path=SHOTS / "cesium_city.png", timeout=120_000)
    rows = shown.evaluate("picked()")
    assert {"model", "context"} == {row["source"] for row in rows}
    assert len(rows) > 10
    for row in rows:
        known = client.get(f"/api/v1/ogc/collections/buildings/items/{row['building_id']}").json()["properties"]
        for name in ("ground_m", "height_m"):
            assert known[name] is None or known[name] == pytest.approx(row[name], abs=1e-3)


@pytest.mark.browser
def test_cesium_opens_a_building_and_a_pick_says_which_element_it_is(page, building, client):
    shown = page("building/tileset.json", 45)
    SHOTS.mkdir(exist_ok=True)
    shown.screenshot(path=SHOTS / "cesium_building.png", timeout=120_000)
    rows = shown.evaluate("picked()")
    assert len(rows) > 10
    assert len({row["storey"] for row in rows}) > 1
    for row in rows[:40]:
        known = client.get(f"{VERSION}/elements/{row['global_id']}").json()
        assert (known["ifc_class"], known["name"] or "") == (row["ifc_class"], row["name"])
