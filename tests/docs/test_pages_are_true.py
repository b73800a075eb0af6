"""The pages are up to date, complete, and their links lead somewhere."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from api.app import create_app
from api.cli.app import build
from api.cli.commands import COMMANDS
from api.cli.output import Exit
from api.problems import BY_REASON, STATUS
from api.routers import CONFORMS_TO
from graph import QUESTIONS, EdgeType, Label
from ifc import Reason as IfcReason
from ifc import RelationKind
from signatures import AnyIssuer
from signatures import Reason as SignatureReason
from twin.permit import REGISTRY, bundled_packs
from twin.sealing import verify_bundle
from twin.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
OWN = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = sorted([*(ROOT / name for name in OWN), *DOCS.rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```", re.S)


def text_of(name):
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generate():
    sys.path.insert(0, str(DOCS))
    try:
        yield importlib.import_module("generate")
    finally:
        sys.path.remove(str(DOCS))
        for name in ("generate", "reasons"):
            sys.modules.pop(name, None)


def test_generated_places_are_up_to_date():
    command = [sys.executable, str(DOCS / "generate.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_old_place_is_noticed(generate):
    page = "before <!-- generated: rounding -->\nold\n<!-- end: rounding --> after"
    filled = generate.fill(page)
    assert filled.startswith("before <!-- generated")
    assert filled.endswith("<!-- end: rounding --> after")
    assert "old" not in filled
    assert generate.fill(filled) == filled


def test_every_generated_place_is_used(generate):
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in generate.BLOCKS if f"<!-- generated: {name} -->" not in everything] == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described(name):
    assert f"`KAKSIK_{name.upper()}`" in text_of("settings.md")
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_is_described(command):
    assert f"### kaksik {command}\n" in text_of("cli.md")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_the_list_of_commands_says_what_each_says_of_itself(command):
    assert (command.load().__doc__ or "").splitlines()[0] == command.summary


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_option_that_help_shows_is_described(command):
    shown = CliRunner().invoke(build(), [command, "--help"], env={"COLUMNS": "200"}).output
    section = text_of("cli.md").partition(f"### kaksik {command}\n")[2].partition("\n### ")[0]
    options = set(re.findall(r"(?<![\w-])--[a-z-]+", shown)) - {"--help"}
    assert options
    assert {option for option in options if not option.startswith("--no-")} <= set(re.findall(r"--[a-z-]+", section))


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_described(code):
    assert f"| {code.value} |" in text_of("cli.md")


def test_every_route_is_described():
    page = text_of("http.md")
    paths = create_app(Settings()).openapi()["paths"]
    missing = [
        (method, path)
        for path, operations in paths.items()
        for method in operations
        if f"`{method.upper()}` | `{path}`" not in page
    ]
    assert paths
    assert missing == []


def test_every_status_and_reason_is_described():
    page = text_of("errors.md")
    named = [kind.__name__ for kind, _ in STATUS] + list(BY_REASON)
    named += [reason.value for reason in (*IfcReason, *SignatureReason)]
    assert [name for name in named if f"`{name}`" not in page] == []


def test_every_reason_that_the_service_was_seen_to_give_is_described():
    """What the tests of the interface ask for must be found by the search that fills the page."""
    asked = set()
    for file in (ROOT / "tests" / "integration" / "api").rglob("*.py"):
        asked |= set(re.findall(r"\[\"reason\"\] == \"([a-z-]+)\"", file.read_text(encoding="utf-8")))
    page = text_of("errors.md")
    generic = {"method-not-allowed", "not-acceptable"}  # phrases of HTTP itself
    assert asked
    assert [reason for reason in sorted(asked - generic) if f"`{reason}`" not in page] == []


def test_the_graph_is_described():
    page = text_of("graph.md")
    named = [*(item.value for item in (*Label, *EdgeType)), *(item.name for item in QUESTIONS)]
    assert [name for name in named if f"`{name}`" not in page] == []


def test_relations_are_described():
    page = text_of("records.md")
    assert [kind.value for kind in RelationKind if f"| `{kind.value}` |" not in page] == []


def test_checks_and_their_tests_are_described():
    checks, guide = text_of("checks.md"), (DOCS / "guides" / "check-a-permit.md").read_text(encoding="utf-8")
    rules = [rule.rule_id for pack in bundled_packs() for rule in pack.rules]
    assert [rule for rule in rules if f"`{rule}`" not in checks] == []
    assert [name for name in REGISTRY if f"`{name}`" not in guide] == []


def test_the_steps_of_verification_are_those_of_the_page():
    taken = verify_bundle(b"", records=None, file_sha256=None, policy=AnyIssuer()).steps
    shown = re.findall(r"^\| (\d+) \| `([a-z-]+)` \|", text_of("seal-bundle.md"), re.M)
    assert [(str(step.number), step.name) for step in taken] == shown


def test_the_readme_lists_what_the_service_conforms_to():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [uri for uri in CONFORMS_TO if uri not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    relative = [target for target in LINK.findall(text) if "://" not in target]
    broken = [t for t in relative if not (page.parent / unquote(t.partition("#")[0])).exists()]
    assert broken == []


def test_every_page_can_be_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
        waiting += [(page.parent / t.partition("#")[0]).resolve() for t in targets if "://" not in t]
    assert set(PAGES) - seen == set()


def test_a_page_keeps_to_short_lines():
    """Prose is reviewed line by line; tables and generated places may be wide."""
    wide = []
    for page in PAGES:
        text = re.sub(r"<!-- generated: .*?<!-- end: [a-z-]+ -->", "", page.read_text(encoding="utf-8"), flags=re.S)
        lines = FENCE.sub("", text).splitlines()
        wide += [line for line in lines if len(line) > 130 and not line.startswith("|")]
    assert wide == []
