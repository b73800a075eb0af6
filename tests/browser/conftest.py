"""The demo as a person starts it, in a process of its own, and a real Chromium that looks at it."""

import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SHOTS = Path(__file__).parent / "shots"
AXE = Path(__file__).parents[2] / "viewer" / "vendor" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses to run as root otherwise
    "--ignore-gpu-blocklist",  # else every picture is copied through the page's own thread
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_S = 120
TOKENS = {"mari": "mari-mari-mari-mari-mari-mari-mari", "jaan": "jaan-jaan-jaan-jaan-jaan-jaan-jaan"}


@dataclass(frozen=True)
class Demo:
    """A running demo."""

    address: str
    home: Path


def wait_for_address(child):
    """Return the address that the demo prints, or fail with what it printed instead."""
    seen, deadline = "", time.monotonic() + START_S
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline and child.poll() is None:
            if selector.select(timeout=1):
                seen += os.read(child.stdout.fileno(), 65536).decode()
                if found := re.search(r"Kaksik is at (http://\S+)/", seen):
                    return found[1]
    raise AssertionError(f"the demo did not start: {seen}")


def end(child):
    """Stop a demo as Ctrl-C does, and its children with it."""
    os.killpg(child.pid, signal.SIGINT)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    child.stdout.close()


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory):
    """Return a function that starts the demo with models of one's own only and gives its address."""
    children = []
    home = tmp_path_factory.mktemp("own")

    def start(*models):
        command = [sys.executable, "-c", "from api.cli import main; main()", "demo", "--only", "--port", "0"]
        child = subprocess.Popen(
            [*command, *map(str, models)],
            env={**os.environ, "KAKSIK_HOME": str(home / f"kaksik-{len(children)}")},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        children.append(child)
        return wait_for_address(child)

    yield start
    for child in children:
        end(child)


@contextmanager
def running(demo_home, folder, settings):
    """Run the demo on a copy of its data, with settings of one's own."""
    home = folder / "kaksik"
    shutil.copytree(demo_home, home)
    child = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "demo", "--port", "0"],
        env={**os.environ, "KAKSIK_HOME": str(home), **settings},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Demo(wait_for_address(child), home)
    finally:
        end(child)


@pytest.fixture(scope="session")
def demo(demo_home, tmp_path_factory):
    with running(demo_home, tmp_path_factory.mktemp("demo"), {}) as started:
        yield started


@pytest.fixture(scope="session")
def tokens():
    """Access tokens of the guarded demo, by the names of their holders."""
    return TOKENS


@pytest.fixture(scope="module")
def guarded_demo(demo_home, tmp_path_factory):
    """The demo where people sign in with tokens, and two of them may change set-points together."""
    folder = tmp_path_factory.mktemp("guarded")
    file = folder / "tokens"
    file.write_text("".join(f"{name}:{token}\n" for name, token in TOKENS.items()), encoding="utf-8")
    people = json.dumps(list(TOKENS))
    settings = {
        "KAKSIK_TOKEN_FILE": str(file), "KAKSIK_COMMANDS": "true", "KAKSIK_COMMAND_PROPOSERS": people,
        "KAKSIK_COMMAND_CONFIRMERS": people,
    }  # fmt: skip
    with running(demo_home, folder, settings) as started:
        yield started


@pytest.fixture(scope="module")  # its event loop must not outlive it: other tests run their own
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian package chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe():
    """The text of axe-core, which judges pages against WCAG."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm --prefix viewer/vendor ci)")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def context(browser):
    """One context for the tests of a module: what one test has loaded, the next need not."""
    made = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True, locale="en-GB")
    yield made
    made.close()


@pytest.fixture
def page(context, demo, request):
    """A page that fails its test on any error in the console and any request to elsewhere."""
    opened = context.new_page()
    faults = []
    opened.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "request", lambda r: None if r.url.startswith((demo.address, "blob:", "data:")) else faults.append(r.url)
    )
    opened.set_default_timeout(30_000)
    yield opened
    SHOTS.mkdir(exist_ok=True)
    opened.screenshot(path=str(SHOTS / f"{request.node.name}.png"))
    opened.evaluate("() => localStorage.clear()")
    opened.close()
    expected = request.node.get_closest_marker("expected_fault")
    assert [f for f in faults if not (expected and re.search(expected.args[0], f))] == []
