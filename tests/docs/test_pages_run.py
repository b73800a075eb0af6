"""What the pages tell people to type works, and prints what they show."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = "docs/tutorial/first-building.md"
PAGES = (TUTORIAL, "docs/guides/check-a-permit.md", "docs/guides/watch-live.md")


@pytest.fixture(scope="module")
def shell():
    spec = importlib.util.spec_from_file_location("docs_shell", Path(__file__).with_name("shell.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_what_it_says(name, shell, tmp_path):
    steps = shell.steps_of((ROOT / name).read_text(encoding="utf-8"), tmp_path)
    assert steps
    if not shutil.which("curl"):
        steps = [step for step in steps if "curl" not in step.command]
    for step, printed in zip(steps, shell.run(steps, tmp_path, tmp_path / "home"), strict=True):
        assert shell.missing(step, printed) == [], f"{step.command}\nprinted\n{printed}"


def test_a_page_that_shows_something_else_is_noticed(shell, tmp_path):
    page = "```sh\necho one; echo two\n```\n\n```text\none\nthr…e\n```\n"
    steps = shell.steps_of(page, tmp_path)
    printed = shell.run(steps, tmp_path, tmp_path)
    assert shell.missing(steps[0], printed[0]) == ["thr…e"]


def test_the_tour_of_the_readme_is_the_path_of_the_tutorial(shell, tmp_path):
    tour = shell.steps_of((ROOT / "README.md").read_text(encoding="utf-8"), tmp_path)
    path = shell.steps_of((ROOT / TUTORIAL).read_text(encoding="utf-8"), tmp_path)
    walked = [line for step in path for line in step.command.splitlines()]
    lines = [line for step in tour for line in step.command.splitlines()]
    assert len(lines) > 5
    assert [line for line in lines if not any(step.startswith(line) for step in walked)] == []
