"""Fixtures that every test may use."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from ifc import keep_compiled_code
from twin.service import open_twin
from twin.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KAKSIK_SHARED", ROOT.parent / "shared"))


def pytest_configure() -> None:
    """Keep compiled code where the command line keeps it, and time no single example."""
    keep_compiled_code()
    settings.register_profile("kaksik", deadline=None)  # a busy machine is no fault; `timeout` ends what hangs
    settings.load_profile("kaksik")


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


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of this test process, with `fsync`; see `tests.postgres`."""
    from tests.postgres import MISSING, PostgresServer, find_binaries

    binaries = find_binaries()
    if binaries is None:
        pytest.skip(MISSING)
    server = PostgresServer(binaries)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id):
    """Return a function that makes a folder once for all test processes of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def make(name, build):
        folder = shared / name
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / f"{name}.done").exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                build(folder)
                (shared / f"{name}.done").touch()
        return folder

    return make


@pytest.fixture(scope="session")
def sample_district(made_once) -> Path:
    """The folder of the generated sample district, with its truth."""
    from samples import generate

    return made_once("sample-district", generate)


@pytest.fixture(scope="session")
def demo_home(made_once) -> Path:
    """A data folder with the whole sample district loaded, checked and sealed; to be copied before it is changed."""
    from api.cli.demo import prepare

    def build(folder):
        twin = open_twin(Settings(home=folder))
        try:
            prepare(twin, [], with_samples=True)
        finally:
            twin.close()

    return made_once("demo-home", build)


@pytest.fixture(scope="module")
def home(demo_home, tmp_path_factory) -> Path:
    """A copy of the demo's data folder that the tests of one module share and may change."""
    folder = tmp_path_factory.mktemp("home") / "kaksik"
    shutil.copytree(demo_home, folder)
    return folder


@pytest.fixture(scope="module")
def twin(home):
    """An open twin on a copy of the demo's data."""
    opened = open_twin(Settings(home=home))
    yield opened
    opened.close()


@pytest.fixture
def empty_twin(tmp_path):
    """An open twin on an empty data folder."""
    opened = open_twin(Settings(home=tmp_path / "kaksik"))
    yield opened
    opened.close()
