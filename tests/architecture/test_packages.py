"""The packages are ours, their doors are sorted, and nothing private or local is in the tree."""

import importlib
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "graph", "ifc", "samples", "signatures", "twin")
MAX_LINES = 500
# a path of a machine, or the host of a registry: what only one machine or network understands
FORBIDDEN = re.compile(r"(/home/\w+/|/root/|/work/main|registry\.npmjs|pypi\.org|files\.pythonhosted|deb\.debian)")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_is_ours(name):
    module = importlib.import_module(name)
    assert Path(module.__file__).is_relative_to(ROOT)
    assert set(packages_distributions().get(name, ["kaksik"])) == {"kaksik"}


@pytest.mark.parametrize("name", PACKAGES)
def test_each_door_is_sorted_and_true(name):
    module = importlib.import_module(name)
    door = getattr(module, "__all__", [])
    assert all(hasattr(module, member) for member in door)
    assert len(set(door)) == len(door)


def test_no_module_is_far_too_long():
    long = {
        p.relative_to(ROOT).as_posix(): n for p in tracked("*.py") if (n := p.read_text().count("\n")) > MAX_LINES
    }
    assert long == {}


def test_the_tree_names_no_machine_and_no_registry():
    own = Path(__file__).resolve()
    for path in tracked():
        if path == own or path.suffix in {".png", ".ifc", ".epw"}:
            continue
        found = FORBIDDEN.search(path.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{path.relative_to(ROOT)}: {found[0] if found else ''}"
