"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KAKSIK_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder of real IFC files beside the checkout."""
    folder = SHARED / "models"
    if not folder.is_dir():
        pytest.skip("the real models are not beside the checkout (../shared/models)")
    return folder


@pytest.fixture(scope="session")
def conformance_dir() -> Path:
    """The folder of outside test suites beside the checkout."""
    folder = SHARED / "conformance"
    if not folder.is_dir():
        pytest.skip("the outside suites are not beside the checkout (../shared/conformance)")
    return folder
